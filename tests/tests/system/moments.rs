//! The state of a round and what would be if, as of a moment, and whoever did much in pieces: by a server over a log of its own, each
//! against what stood there.

use platform::outward;
use serde_json::Value;

use super::api::Server;
use super::browser::{Browser, signed_in};
use super::survey_pages::events;
use super::unit_sheets::{by_typing, round};

const ROUND: &str = "/rounds/hanoi-2022";

async fn got(server: &Server, path: &str) -> (u16, String) {
    let answer = outward::client().get(format!("{}{path}", server.url)).send().await.expect("answers");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

async fn json(server: &Server, path: &str) -> Value {
    let (status, body) = got(server, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).expect("JSON")
}

/// How many leaves of the unit are scored, as the state's own file says it.
async fn scored(server: &Server, query: &str) -> Value {
    let told = json(server, &format!("{ROUND}/state?as=json{query}")).await;
    let tables = told["tables"].as_array().expect("tables");
    let rows = tables.iter().filter(|table| table["name"] == "tien-do-so").flat_map(|t| t["rows"].as_array().cloned());
    rows.flatten().find(|row| row["unit"] == "ldtbxh").expect("the unit")["scored"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_a_round_and_what_would_be_if_are_those_of_the_moment_that_was_asked_for() {
    let folder = round();
    by_typing(&folder);
    let server = Server::over(folder, "127.0.0.1:0");
    let own: Vec<Value> = events(&server.folder, "self_scored");
    let own: Vec<&Value> = own.iter().filter(|event| event["stream"] == "sheet/hanoi-2022/ldtbxh").collect();
    let at = |n: usize| (own[n]["position"].clone(), own[n]["at"].as_str().expect("a moment").to_owned());
    assert_eq!(scored(&server, "").await, own.len());
    for n in [0, 4, own.len() - 1] {
        let (position, moment) = at(n);
        assert_eq!(scored(&server, &format!("&position={position}")).await, n + 1);
        assert_eq!(scored(&server, &format!("&as_of={position}")).await, n + 1);
        let after = own.iter().filter(|event| event["at"].as_str() <= Some(moment.as_str())).count();
        assert_eq!(scored(&server, &format!("&at={moment}")).await, after);
        let (status, page) = got(&server, &format!("{ROUND}/state?position={position}")).await;
        assert!(status == 200 && page.contains(&format!("#{position}")) && page.contains("Như hiện tại"), "{page}");
        assert!(page.contains(&format!("value=\"{position}\"")), "the form shows it: {page}");
    }
    let (first, _) = at(0);
    let before = first.as_u64().expect("a position") - 1;
    assert_eq!(scored(&server, &format!("&position={before}")).await, 0);
    let (opened, _) = (events(&server.folder, "round_opened")[0]["position"].as_u64().expect("a position"), ());
    assert_eq!(got(&server, &format!("{ROUND}/state?position={}", opened - 1)).await.0, 404, "there was no such round");
    for bad in ["position=0", "at=x", "position=9&as_of=9"] {
        assert_eq!(got(&server, &format!("{ROUND}/state?{bad}")).await.0, 400, "{bad}");
    }

    // The page asks the inspector what programs ask him, and says as of when.
    let asked = format!("{ROUND}/units/ldtbxh/what-if?leaf=1.2&points=1");
    for (more, position) in [(format!("&position={first}"), first.clone()), (String::new(), Value::Null)] {
        let told = json(&server, &format!("/api{asked}{more}")).await;
        let (status, page) = got(&server, &format!("{asked}{more}")).await;
        let stands = format!("#{}", told["as_of"]["position"]);
        let root = told["as_of"]["root"].as_str().expect("a root");
        assert!(status == 200 && page.contains(&stands) && page.contains(root), "{stands} {root}: {page}");
        assert_eq!(page.contains("Như hiện tại"), !position.is_null());
        assert!(position.is_null() || told["as_of"]["position"] == position, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_somebody_holds_is_another_page_to_somebody_else() {
    let server = Server::over(round(), "0.0.0.0:0");
    let (one, other) = (signed_in(&server, "insp-1").await, signed_in(&server, "council-1").await);
    let asks = async |of: &Browser<'_>, held: &str| {
        let cookie = of.cookie.clone().expect("signed in");
        let asked = outward::client().get(format!("{}{ROUND}/check", server.url)).header("cookie", cookie);
        let got = asked.header("if-none-match", held).send().await.expect("answers");
        (got.status().as_u16(), got.headers()["etag"].to_str().expect("a tag").to_owned())
    };
    let (status, tag) = asks(&one, "").await;
    assert_eq!((status, asks(&one, &tag).await), (200, (304, tag.clone())));
    // It names whoever is signed in.
    let theirs = asks(&other, &tag).await;
    assert!(theirs.0 == 200 && theirs.1 != tag, "{theirs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_and_holders_in_pieces_are_all_of_them_and_stand_where_the_first_piece_did() {
    let folder = round();
    by_typing(&folder);
    let server = Server::over(folder, "127.0.0.1:0");
    let position = |act: &Value| act["position"].as_u64().expect("a position");
    for (of, member, least) in [("actor=ldtbxh-d", "acts", 13), ("capacity=drafter", "held", 10)] {
        let whole = json(&server, &format!("/api/who?{of}")).await;
        let all = whole[member].as_array().expect("a list").clone();
        assert!(all.len() >= least && whole["next"].is_null(), "{whole}");
        for limit in [1, 5, all.len() - 1, all.len(), 5_000] {
            let (mut together, mut query) = (Vec::new(), format!("?{of}&limit={limit}"));
            loop {
                let piece = json(&server, &format!("/api/who{query}")).await;
                let rows = piece[member].as_array().expect("a list").clone();
                assert!(!rows.is_empty() && rows.len() <= limit, "{query}: {piece}");
                assert_eq!((&piece["total"], &piece["as_of"]), (&all.len().into(), &whole["as_of"]), "{query}");
                together.extend(rows);
                match piece["next"].as_str() {
                    Some(next) => next.clone_into(&mut query),
                    None => break,
                }
                assert!(query.contains(&format!("as_of={}", whole["as_of"]["position"])), "{query}");
            }
            assert_eq!(together, all, "{of} {limit}");
        }
    }
    let last = json(&server, "/api/who?actor=ldtbxh-d").await;
    let acts = last["acts"].as_array().expect("acts");
    let behind = json(&server, &format!("/api/who?actor=ldtbxh-d&after={}", position(&acts[2]))).await;
    assert_eq!((&behind["acts"][0], &behind["acts_left_out"]), (&acts[3], &3.into()), "what is before is counted");
    for bad in ["limit=0", "limit=5001", "after=x"] {
        assert_eq!(got(&server, &format!("/api/who?actor=ldtbxh-d&{bad}")).await.0, 400, "{bad}");
    }
}
