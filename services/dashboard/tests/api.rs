//! The read API as a program gets it: rows by their columns, each answer with what it stands on.

mod fixture;

use axum::http::StatusCode;
use fixture::{HOSTILE, INDEX_POSITION, RANKING_POSITION, Site, root};
use proto::rows::{Row, StandingRow, UnitRow};
use serde_json::{Value, json};

fn stands_at(answer: &Value, position: u64) {
    assert_eq!(answer["as_of"], json!({ "position": position, "root": root(position).to_string() }));
}

fn column_names<R: Row>() -> Vec<&'static str> {
    R::TABLE.columns.iter().map(|c| c.name).collect()
}

fn has_columns<R: Row>(row: &Value) {
    for name in column_names::<R>() {
        assert!(row.get(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn rounds_and_their_units_are_told_by_their_columns() {
    let site = Site::full().await;
    let (status, all) = site.json("/api/rounds").await;
    assert_eq!(status, StatusCode::OK);
    stands_at(&all, INDEX_POSITION);
    assert_eq!((&all["rounds"][0]["round"], &all["rounds"][1]["year"]), (&json!("hanoi-2022"), &json!(2021)));
    let (_, one) = site.json("/api/rounds/hanoi-2022").await;
    stands_at(&one, INDEX_POSITION);
    assert_eq!((one["phases"].as_array().map(Vec::len), one["units"].as_array().map(Vec::len)), (Some(3), Some(4)));
    has_columns::<UnitRow>(&one["units"][0]);
    assert_eq!(one["units"][0]["index"], "96.08");
}

#[tokio::test]
async fn explanations_and_what_if_are_the_inspectors_answers() {
    let site = Site::full().await;
    let (status, told) = site.json("/api/rounds/hanoi-2022/units/ldtbxh/explain?node=1.1.2").await;
    assert_eq!((status, &told["lines"][1]["value"]), (StatusCode::OK, &json!("17/30")));
    stands_at(&told, INDEX_POSITION);
    let (status, told) = site.json("/api/rounds/hanoi-2022/check").await;
    assert_eq!((status, &told["observations"][0]["severity"]), (StatusCode::OK, &json!("fault")));
    stands_at(&told, INDEX_POSITION);
    let (status, told) = site.json("/api/rounds/hanoi-2022/units/ldtbxh/what-if?leaf=1.1.2&points=2.5").await;
    assert_eq!((status, &told["units"][0]["after"]["rank"]), (StatusCode::OK, &json!(1)));
    stands_at(&told, INDEX_POSITION);
    let (status, told) = site.json("/api/rounds/hanoi-2022/units/ldtbxh/what-if?leaf=9.9&points=1").await;
    assert_eq!((status, &told["code"]), (StatusCode::NOT_FOUND, &json!("leaf_unknown")));
    let (status, told) = site.json("/api/rounds/hanoi-2022/units/ldtbxh/what-if").await;
    assert_eq!((status, &told["code"]), (StatusCode::BAD_REQUEST, &json!("bad_query")));
}

#[tokio::test]
async fn verdicts_on_an_appeal_are_the_inspectors_answer() {
    let site = Site::full().await;
    let (status, told) = site.json("/api/rounds/hanoi-2022/appeals/1?position=900").await;
    assert_eq!((status, &told["verdicts"][0]["found"]), (StatusCode::OK, &json!("borne_out")));
    assert_eq!((&told["query"]["position"], &told["verdicts"][0]["events"][0]["position"]), (&json!(900), &json!(400)));
    stands_at(&told, INDEX_POSITION);
    let (status, told) = site.json("/api/rounds/hanoi-2022/appeals/2").await;
    assert_eq!((status, &told["code"]), (StatusCode::NOT_FOUND, &json!("appeal_unknown")));
}

#[tokio::test]
async fn a_ranking_has_rank_index_exact_and_rounded_and_its_parts() {
    let site = Site::full().await;
    let (_, answer) = site.json("/api/rounds/hanoi-2022/ranking?block=so&lang=en").await;
    stands_at(&answer, RANKING_POSITION);
    assert_eq!((&answer["publication"], &answer["provisional"]), (&json!(2), &json!(false)));
    let first = &answer["rows"][0];
    has_columns::<StandingRow>(first);
    assert_eq!((&first["rank"], &first["unit"], &first["block"]), (&json!(1), &json!("ldtbxh"), &json!("so")));
    assert_eq!((&first["index"], &first["index_value"]), (&json!("91.68"), &json!("2292/25")));
    assert_eq!(
        (&first["name"], &first["movement"], &first["band"]),
        (&json!("Department of Labour"), &json!(1), &json!("a"))
    );
    assert_eq!(first["parts"]["appraisal"], json!({ "reached": "63/1", "maximum": "346/5", "percent": "91.04" }));
    assert_eq!(answer["rows"][1]["name"], HOSTILE);
    let (_, live) = site.json("/api/rounds/hanoi-2022/ranking?publication=live").await;
    assert_eq!((&live["publication"], &live["provisional"]), (&json!(0), &json!(true)));
    let blocks: Vec<&Value> = live["rows"].as_array().expect("rows").iter().map(|r| &r["block"]).collect();
    assert_eq!(blocks, ["so", "so", "so", "huyen"], "in the order of the page");
}

#[tokio::test]
async fn a_unit_tells_what_its_chief_signs_and_its_scores_in_the_trees_order() {
    let (_, answer) = Site::full().await.json("/api/rounds/hanoi-2022/units/ldtbxh").await;
    stands_at(&answer, INDEX_POSITION);
    assert_eq!(answer["unit"]["version"], 57);
    assert_eq!(answer["unit"]["digest"], proto::Hash::digest(b"ldtbxh").to_string());
    let leaves: Vec<&Value> = answer["scores"].as_array().expect("scores").iter().map(|s| &s["leaf"]).collect();
    assert_eq!(leaves, ["1.1.2", "1.1.10", "1.1.1", "1.2"]);
    assert_eq!((&answer["scores"][0]["revision"], &answer["scores"][0]["final_points"]), (&json!(12), &json!("17/2")));
    assert_eq!((&answer["extras"][0]["code"], &answer["totals"][0]["node"]), (&json!("thuong.1"), &json!("1")));
}

#[tokio::test]
async fn a_history_is_the_inspectors_answer_with_what_it_stands_on() {
    let site = Site::full().await;
    let path = "/api/rounds/hanoi-2022/units/ldtbxh/history";
    let (_, answer) = site.json(&format!("{path}?leaf=1.1.2&position=400")).await;
    stands_at(&answer, INDEX_POSITION);
    assert_eq!(answer["query"], json!({ "round": "hanoi-2022", "unit": "ldtbxh", "leaf": "1.1.2", "position": 400 }));
    let steps = answer["steps"].as_array().expect("steps");
    assert_eq!((steps.len(), &steps[2]["after"], &steps[2]["own_unit"]), (3, &json!("first 17/2"), &json!(true)));
    let (_, then) = site.json(&format!("{path}?at=2022-11-02T01:30:14.999999Z")).await;
    assert_eq!(then["steps"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_happened_between_two_moments_and_who_did_it_are_the_inspectors_answers() {
    let site = Site::full().await;
    let (status, told) = site.json("/api/rounds/hanoi-2022/diff?from=60&to=2022-11-02&unit=ldtbxh&leaf=1.1.2").await;
    assert_eq!((status, &told["units"][0]["leaves"][0]["leaf"]), (StatusCode::OK, &json!("1.1.2")));
    stands_at(&told, INDEX_POSITION);
    assert_eq!((&told["query"]["from"], &told["from"]["position"]), (&json!({ "position": 60 }), &json!(60)));
    assert_eq!(told["query"]["to"], json!({ "at": "2022-11-02T16:59:59.999999Z" }));
    let (status, told) = site.json("/api/rounds/hanoi-2022/units/ldtbxh/why-rank").await;
    assert_eq!((status, &told["effects"][0]["places"]), (StatusCode::OK, &json!(1)));
    assert_eq!(
        (&told["query"], &told["from"]["position"]),
        (&json!({ "round": "hanoi-2022", "unit": "ldtbxh" }), &json!(0))
    );
    stands_at(&told, INDEX_POSITION);
    let (status, told) = site.json("/api/who?actor=td-07&as_of=400").await;
    assert_eq!((status, &told["grants"][0]["state"]), (StatusCode::OK, &json!("revoked")));
    stands_at(&told, INDEX_POSITION);
    let (status, told) = site.json("/api/who?capacity=appraiser&unit=noivu").await;
    assert_eq!((status, &told["held"][0]["actor"]), (StatusCode::OK, &json!("td-07")));
    stands_at(&told, INDEX_POSITION);
}

#[tokio::test]
async fn a_refusal_is_a_problem_with_a_code_and_both_sentences() {
    let site = Site::full().await;
    let table = [
        ("/api/nothing", 404, "page_unknown"),
        ("/api/rounds/hanoi-1999", 404, "round_unknown"),
        ("/api/rounds/HANOI/ranking", 404, "round_unknown"),
        ("/api/rounds/hanoi-2022/ranking?publication=x", 400, "bad_query"),
        ("/api/rounds/hanoi-2022/ranking?publication=9", 404, "publication_unknown"),
        ("/api/rounds/hanoi-2022/ranking?block=xa", 404, "block_unknown"),
        ("/api/rounds/hanoi-2022/ranking?block=%20%3C", 400, "bad_query"),
        ("/api/rounds/hanoi-2022/units/gtvt", 404, "unit_unknown"),
        ("/api/rounds/hanoi-2022/units/ldtbxh/history?leaf=9", 404, "leaf_unknown"),
        ("/api/rounds/hanoi-2022/units/ldtbxh/history?position=-1", 400, "bad_query"),
        ("/api/rounds/hanoi-2022/units/ldtbxh/history?position=813", 422, "position_ahead"),
        ("/api/rounds/hanoi-2022/diff?from=9&to=8", 422, "moments_reversed"),
        ("/api/rounds/HANOI/diff", 404, "round_unknown"),
        ("/api/rounds/hanoi-2022/units/ldtbxh/why-rank?to=x", 400, "bad_query"),
        ("/api/who", 400, "bad_query"),
        ("/api/who?capacity=operator", 400, "bad_query"),
        ("/api/rounds/hanoi-2022/units/002/history", 500, "internal"),
        ("/api/rounds/hanoi-2022/units/002/history?position=6", 500, "internal"),
    ];
    for (path, status, code) in table {
        let got = site.get(path).await;
        assert_eq!(got.status.as_u16(), status, "{path}: {}", got.body);
        assert_eq!(got.header("content-type"), "application/problem+json", "{path}");
        let problem: Value = serde_json::from_str(&got.body).expect("JSON");
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)), "{path}");
        assert!(problem["vi"].as_str().is_some_and(|s| !s.is_empty()) && problem["en"] == problem["detail"], "{path}");
        assert!(!got.body.contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn an_answer_of_the_same_position_is_not_made_again_and_one_of_another_question_is() {
    let site = Site::full().await;
    let mut tags = Vec::new();
    for path in ["/api/rounds", "/api/rounds/hanoi-2022/ranking", "/rounds/hanoi-2022", "/rounds/hanoi-2022/state"] {
        let (first, again) = (site.get(path).await, site.get(path).await);
        let tag = first.header("etag").to_owned();
        assert!(tag.len() == 34 && tag.starts_with('"'), "{path}: {tag}");
        assert_eq!((again.header("etag"), &again.body), (tag.as_str(), &first.body), "{path}: the one that was kept");
        assert_eq!(again.header("content-type"), first.header("content-type"), "{path}");
        for held in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            let got = site.get_as(path, ("if-none-match", &held)).await;
            assert_eq!(
                (got.status, got.body.len(), got.header("etag")),
                (StatusCode::NOT_MODIFIED, 0, tag.as_str()),
                "{held}"
            );
        }
        let other = site.get_as(path, ("if-none-match", "\"00000000000000000000000000000000\"")).await;
        assert_eq!((other.status, &other.body), (StatusCode::OK, &first.body), "{path}");
        let asked = site.get(&format!("{path}?lang=en")).await;
        assert_ne!(asked.header("etag"), tag, "{path} in another language");
        tags.push(tag);
    }
    tags.dedup();
    assert_eq!(tags.len(), 4, "each of its own");
    // What is no page of rows has no tag of theirs, and a refusal has none at all.
    for path in ["/rounds/hanoi-2022/inspect", "/rounds/nowhere", "/api/rounds/hanoi-2022/units/nowhere"] {
        assert_eq!(site.get(path).await.header("etag"), "", "{path}");
    }
}
