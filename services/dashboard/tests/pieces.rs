//! Rows in pieces, by what they are, and as of a moment; and answers of the inspector's that somebody holds already.

mod fixture;

use axum::http::StatusCode;
use fixture::{INDEX_POSITION, RANKING_POSITION, Site, root};
use serde_json::{Value, json};

/// Lists of rows: the address, the member that holds them, and whether their pieces are bound to the position of the first.
const LISTS: [(&str, &str, &str); 6] = [
    ("/api/rounds", "rounds", ""),
    ("/api/rounds/hanoi-2022?lang=en", "units", "as_of=812"),
    ("/api/rounds/hanoi-2022/ranking", "rows", "publication=2"),
    ("/api/rounds/hanoi-2022/ranking?publication=live", "rows", "as_of=810"),
    ("/api/rounds/hanoi-2022/units/ldtbxh", "scores", "as_of=812"),
    ("/api/rounds/hanoi-2022/units/ldtbxh/history", "steps", "as_of=812"),
];

fn rows(answer: &Value, member: &str) -> Vec<Value> {
    answer[member].as_array().expect("rows").clone()
}

#[tokio::test]
async fn pieces_put_together_are_the_whole_and_each_stands_where_the_first_did() {
    let site = Site::full().await;
    for (path, member, bound) in LISTS {
        let (_, whole) = site.json(path).await;
        let all = rows(&whole, member);
        assert!(all.len() > 1 && whole["next"].is_null(), "{path}");
        assert_eq!(whole["total"], all.len(), "{path}");
        let (bare, asked) = path.split_once('?').unwrap_or((path, ""));
        let mut query = format!("?{asked}{}limit=1", if asked.is_empty() { "" } else { "&" });
        let mut together = Vec::new();
        for _ in 0..all.len() {
            let (status, piece) = site.json(&format!("{bare}{query}")).await;
            assert_eq!((status, rows(&piece, member).len()), (StatusCode::OK, 1), "{bare}{query}");
            assert_eq!((&piece["total"], &piece["as_of"]), (&whole["total"], &whole["as_of"]), "{bare}{query}");
            together.extend(rows(&piece, member));
            query = piece["next"].as_str().unwrap_or_default().to_owned();
            assert_eq!(query.is_empty(), together.len() == all.len(), "{path}");
            assert!(query.is_empty() || query.contains(bound), "{query} has {bound}");
        }
        assert_eq!(together, all, "{path}");
    }
}

#[tokio::test]
async fn rows_are_asked_for_by_what_they_are() {
    let site = Site::full().await;
    let table = [
        ("/api/rounds?year=2021", "rounds", "year", json!(2021), 1),
        ("/api/rounds/hanoi-2022?block=so", "units", "block", json!("so"), 3),
        ("/api/rounds/hanoi-2022?kind=huyen", "units", "kind", json!("huyen"), 1),
        ("/api/rounds/hanoi-2022/ranking?band=a", "rows", "band", json!("a"), 4),
        ("/api/rounds/hanoi-2022/ranking?band=none", "rows", "band", json!("none"), 0),
        ("/api/rounds/hanoi-2022/units/ldtbxh/history?kind=self_scored", "steps", "kind", json!("self_scored"), 1),
    ];
    for (path, member, column, value, count) in table {
        let (status, answer) = site.json(path).await;
        let found = rows(&answer, member);
        assert_eq!((status, found.len()), (StatusCode::OK, count), "{path}");
        assert!(found.iter().all(|row| row[column] == value), "{path}");
    }
    let unit = "/api/rounds/hanoi-2022/units/ldtbxh";
    let (_, whole) = site.json(unit).await;
    let (_, none) = site.json(&format!("{unit}?field=9")).await;
    let (_, first) = site.json(&format!("{unit}?field=1")).await;
    assert_eq!((rows(&none, "scores").len(), rows(&first, "scores")), (0, rows(&whole, "scores")));
    let flagged = rows(&whole, "scores").iter().filter(|score| score["flag"] == "open").count();
    let (_, open) = site.json(&format!("{unit}?flag=open")).await;
    assert_eq!(rows(&open, "scores").len(), flagged);
}

#[tokio::test]
async fn rows_as_of_an_earlier_moment_are_those_of_the_log_there_and_name_it() {
    let site = Site::full().await;
    for (path, member) in [
        ("/api/rounds/hanoi-2022", "units"),
        ("/api/rounds/hanoi-2022/ranking", "rows"),
        ("/api/rounds/hanoi-2022/units/ldtbxh", "scores"),
    ] {
        let (_, now) = site.json(path).await;
        for (asked, position) in
            [("as_of=400", 400), ("position=400", 400), ("as_of=2022-11-02", 500), ("at=2022-11-02T08:30", 500)]
        {
            let (status, then) = site.json(&format!("{path}?{asked}")).await;
            assert_eq!(status, StatusCode::OK, "{path}?{asked}: {then}");
            assert_eq!(
                then["as_of"],
                json!({ "position": position, "root": root(position).to_string() }),
                "{path}?{asked}"
            );
            // The fold of these tests holds the same rows at every moment: they come in the same order.
            assert_eq!(rows(&then, member), rows(&now, member), "{path}?{asked}");
        }
        // Where the rows stand themselves, nothing is folded.
        let own = if member == "rows" { RANKING_POSITION } else { INDEX_POSITION };
        let (_, here) = site.json(&format!("{path}?as_of={own}")).await;
        assert_eq!(here, now, "{path}");
    }
    let (_, told) = site.json("/api/rounds/hanoi-2022/check?as_of=400").await;
    assert_eq!(told["query"]["position"], 400);
    let (_, told) =
        site.json("/api/rounds/hanoi-2022/units/ldtbxh/what-if?leaf=1.1.2&points=1&at=2022-11-02T08:30").await;
    assert_eq!(told["query"]["as_of"], json!({ "at": "2022-11-02T01:30:59.999999Z" }));
    let (_, told) = site.json("/api/rounds/hanoi-2022/units/ldtbxh/explain?as_of=400").await;
    assert_eq!(told["query"]["position"], 400);
    let (_, told) = site.json("/api/rounds/hanoi-2022/appeals/1?as_of=2022-11-02").await;
    assert_eq!(told["query"]["at"], "2022-11-02T16:59:59.999999Z");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_its_code() {
    let site = Site::full().await;
    let table = [
        ("/api/rounds?as_of=400", 400, "as_of_unanswered"),
        ("/api/rounds?limit=0", 400, "bad_query"),
        ("/api/rounds?limit=5001", 400, "bad_query"),
        ("/api/rounds/hanoi-2022?after=nowhere", 400, "bad_query"),
        ("/api/rounds/hanoi-2022?as_of=400&position=400", 400, "bad_query"),
        ("/api/rounds/hanoi-2022?position=400&at=2022-11-02T08:30", 400, "bad_query"),
        ("/api/rounds/hanoi-2022?as_of=yesterday", 400, "bad_query"),
        ("/api/rounds/hanoi-2022?as_of=813", 422, "position_ahead"),
        ("/api/rounds/hanoi-2022?as_of=4", 404, "round_unknown"),
        ("/api/rounds/hanoi-2022/ranking?as_of=400&publication=9", 404, "publication_unknown"),
        ("/api/rounds/hanoi-2022/units/ldtbxh/history?after=x", 400, "bad_query"),
        ("/rounds/hanoi-2022/events", 406, "stream_alone"),
    ];
    for (path, status, code) in table {
        let (got, problem) = site.json(path).await;
        assert_eq!((got.as_u16(), &problem["code"]), (status, &json!(code)), "{path}");
    }
    let nowhere = site.get_as("/rounds/hanoi-1999/events", ("accept", "text/event-stream")).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_answer_of_the_inspectors_is_not_sent_to_whoever_holds_it() {
    let site = Site::full().await;
    let unit = "/api/rounds/hanoi-2022/units/ldtbxh";
    let paths = [
        format!("{unit}/history"),
        format!("{unit}/explain"),
        format!("{unit}/what-if?leaf=1.1.2&points=2.5"),
        format!("{unit}/why-rank"),
        "/api/rounds/hanoi-2022/check".to_owned(),
        "/api/rounds/hanoi-2022/diff?from=60".to_owned(),
        "/api/rounds/hanoi-2022/appeals/1".to_owned(),
        "/api/who?actor=td-07".to_owned(),
        "/api/who?actor=td-07&limit=5".to_owned(),
        "/api/who?capacity=appraiser".to_owned(),
        "/rounds/hanoi-2022/units/ldtbxh/history".to_owned(),
        "/rounds/hanoi-2022/units/ldtbxh/explain?node=1.1.2".to_owned(),
        "/rounds/hanoi-2022/units/ldtbxh/what-if?leaf=1.1.2&points=2.5".to_owned(),
        "/rounds/hanoi-2022/units/ldtbxh/why-rank".to_owned(),
        "/rounds/hanoi-2022/check".to_owned(),
        "/rounds/hanoi-2022/check?as=json".to_owned(),
        "/rounds/hanoi-2022/check?lang=en".to_owned(),
        "/rounds/hanoi-2022/diff?from=60".to_owned(),
        "/rounds/hanoi-2022/appeals/1".to_owned(),
        "/rounds/hanoi-2022/who?actor=td-07".to_owned(),
    ];
    let mut tags = Vec::new();
    for path in &paths {
        let first = site.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(first.status == StatusCode::OK && tag.len() == 34, "{path}: {tag}");
        for held in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            let got = site.get_as(path, ("if-none-match", &held)).await;
            assert_eq!(
                (got.status, got.body.len(), got.header("etag")),
                (StatusCode::NOT_MODIFIED, 0, tag.as_str()),
                "{path}"
            );
        }
        let other = site.get_as(path, ("if-none-match", "\"00000000000000000000000000000000\"")).await;
        assert_eq!((other.status, &other.body), (StatusCode::OK, &first.body), "{path}");
        tags.push(tag);
    }
    let (count, _) = (tags.len(), tags.sort());
    tags.dedup();
    assert_eq!(tags.len(), count, "each of its own");
    for path in [format!("{unit}/history?leaf=9"), "/api/who".to_owned()] {
        assert_eq!(site.get(&path).await.header("etag"), "", "{path}: a refusal has none");
    }
}

#[tokio::test]
async fn the_page_of_the_api_is_made_from_the_document_in_both_languages() {
    let site = Site::full().await;
    for lang in ["vi", "en"] {
        let (status, document) = site.json(&format!("/api/openapi.json?lang={lang}")).await;
        assert_eq!((status, &document["openapi"]), (StatusCode::OK, &json!("3.1.0")));
        let page = site.get(&format!("/api/docs?lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let heading = format!("<code>{} {path}</code></h3>", method.to_uppercase());
                assert_eq!(page.body.matches(&heading).count(), 1, "{heading}");
                let summary = operation["summary"].as_str().expect("a sentence").replace('\'', "&#39;");
                assert!(page.body.contains(&summary), "{summary}");
            }
        }
        for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
            assert!(page.body.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_read_names_where_it_hears_of_what_is_new_below_its_own_address() {
    let site = Site::full().await;
    let live = [
        ("/rounds/hanoi-2022", "/rounds/hanoi-2022/events"),
        ("/rounds/hanoi-2022?publication=live&lang=en", "/rounds/hanoi-2022/events?publication=live"),
        ("/rounds/hanoi-2022/state", "/rounds/hanoi-2022/state/events"),
        ("/rounds/hanoi-2022/units/ldtbxh", "/rounds/hanoi-2022/units/ldtbxh/events"),
    ];
    for (path, events) in live {
        let page = site.get(path).await.body;
        assert!(page.contains(&format!("data-events=\"{events}\" data-position=\"{RANKING_POSITION}\"")), "{path}");
        assert!(page.contains("/live.js\" defer") && page.contains("<aside id=\"live\""), "{path}");
    }
    for path in ["/rounds/hanoi-2022/check", "/rounds/hanoi-2022/report", "/privacy", "/api/docs"] {
        assert!(!site.get(path).await.body.contains("live.js"), "{path}");
    }
}
