//! An appeal against the log through the doors: examined at the command line and over HTTP, put on record, verified.
//! Whoever forges an examination and writes all that follows anew is found at its position.

use platform::outward;
use proto::act::examination::{Found, verdicts_digest};
use proto::{Command, Event, Fact, Hash};
use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::folder::{Folder, Said};
use system_tests::forged::rewrite;

use super::api::Server;

/// What the sample's first appeal claims, and what the log says to it.
const VERDICTS: [&str; 3] = ["borne_out", "contradicted", "needs_judgement"];

fn examine(folder: &Folder, more: &[&str]) -> Said {
    folder.run(&[&["inspector", "examine", "--data", "@"], more].concat())
}

fn json_of(said: &Said) -> Value {
    assert_eq!(said.code, Some(0), "{}", said.err);
    serde_json::from_str(&said.out).expect("JSON")
}

fn founds(told: &Value) -> Vec<&str> {
    told["verdicts"].as_array().expect("verdicts").iter().filter_map(|v| v["found"].as_str()).collect()
}

#[test]
fn an_appeal_of_the_sample_is_examined_on_record_and_decided_by_it() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let told = json_of(&examine(&folder, &["--appeal", "1", "--json"]));
    assert_eq!(founds(&told), VERDICTS);
    assert_eq!(told["outcome"], "upheld_in_part");
    let recorded = &told["recorded"][0];
    assert_eq!((&recorded["digest"], &recorded["decided"]), (&told["digest"], &json!(true)));

    // The events that it names are those of the unit's history, hash by hash.
    let history = folder.must(&["replay", "--data", "@", "--unit", "273", "--json"]).out;
    let history: Value = serde_json::from_str(&history).expect("JSON");
    let steps = history["steps"].as_array().expect("steps");
    let events = told["events"].as_array().expect("events");
    assert!(events.len() >= 3, "{events:?}");
    for event in events {
        let step = steps.iter().find(|step| step["position"] == event["cited"]["position"]).expect("a step");
        for member in ["hash", "stream", "version"] {
            assert_eq!(step[member], event["cited"][member], "{member}");
        }
        assert_eq!((&step["kind"], &step["reason"]), (&event["kind"], &event["reason"]));
    }
    let kinds: Vec<&str> = steps.iter().filter_map(|step| step["kind"].as_str()).collect();
    let appeal = ["appeal_lodged", "appeal_examined", "appeal_answered", "appeal_decided", "score_corrected"];
    let places = appeal.map(|kind| kinds.iter().position(|k| *k == kind).expect(kind));
    assert!(places.is_sorted(), "{kinds:?}");
    assert_eq!(kinds.iter().filter(|k| **k == "result_published").count(), 2);

    // As of just before it was put on record it is the same; before it was lodged there is no appeal.
    let position = recorded["event"]["position"].as_u64().expect("a position") - 1;
    let then = json_of(&examine(&folder, &["--appeal", "1", "--json", "--as-of", &position.to_string()]));
    assert_eq!((&then["digest"], then["position"].as_u64()), (&told["digest"], Some(position)));
    assert!(then.get("recorded").is_none());
    for (unknown, code) in
        [(&["--appeal", "3"][..], "appeal_unknown"), (&["--appeal", "1", "--as-of", "500"], "appeal_unknown")]
    {
        let said = examine(&folder, unknown);
        assert!(said.code != Some(0) && said.err.contains(code), "{}", said.err);
    }
    let text = examine(&folder, &["--appeal", "2", "--lang", "en"]).out;
    assert!(
        text.contains("contradicted: Contradicted by the log") && text.contains("the decision rests on it"),
        "{text}"
    );
}

/// The sample up to its publication, and the appeal of the file after it.
fn lodged() -> Folder {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--until", "publication", "--data", "@"]);
    let script =
        std::fs::read_to_string(system_tests::folder::sample_round().join("09-appeals.ndjson")).expect("it is there");
    std::fs::write(folder.beside("lodge.ndjson"), script.lines().next().expect("a line")).expect("writes");
    folder.must(&["play", "--data", "@", "lodge.ndjson"]);
    folder
}

#[tokio::test]
async fn an_examination_is_drafted_sent_over_http_and_shown_on_the_appeals_page() {
    let server = Server::over(lodged(), "127.0.0.1:0");
    let http = outward::client();
    let draft = ["--appeal", "1", "--command", "--capacity", "inspector", "--unit", "thanhtra"];
    let said = examine(&server.folder, &draft);
    let command = Command::parse(said.out.trim().as_bytes()).expect("a command");
    assert_eq!(command.act.kind(), "examine_appeal");
    let get = async |path: &str| {
        let answer = http.get(format!("{}{path}", server.url)).send().await.expect("answers");
        (answer.status(), answer.text().await.expect("a body"))
    };
    let (_, before) = get("/api/rounds/hanoi-2022/appeals/1").await;
    let before: Value = serde_json::from_str(&before).expect("JSON");
    assert_eq!((founds(&before), before.get("recorded")), (VERDICTS.to_vec(), None));

    let post = async |actor: &str, body: &str| {
        let token = server.token(actor);
        let sent = http.post(format!("{}/api/commands", server.url)).bearer_auth(token).body(body.to_owned()).send();
        let text = sent.await.expect("answers").text().await.expect("a body");
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let forged = said.out.replace(&before["digest"].as_str().expect("a digest")[..8], "00000000");
    assert_eq!(post("insp-1", &forged).await["code"], "examination_differs");
    let accepted = post("insp-1", &said.out).await;
    assert_eq!((&accepted["result"], &accepted["stream"]), (&json!("accepted"), &json!("appeal/hanoi-2022/1")));

    let (_, after) = get("/api/rounds/hanoi-2022/appeals/1").await;
    let after: Value = serde_json::from_str(&after).expect("JSON");
    assert_eq!(after["recorded"][0]["event"]["hash"], accepted["hash"]);
    assert_eq!(after["recorded"][0]["digest"], before["digest"]);
    let (status, page) = get("/rounds/hanoi-2022/appeals/1").await;
    assert_eq!(status, StatusCode::OK);
    for words in ["Nhật ký xác nhận", "Nhật ký cho thấy khác", "Cần người xem xét", "Đã ghi vào nhật ký"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// Lodging and examination in one batch: what is examined is not durable yet, and is read all the same.
#[test]
fn an_examination_sees_what_was_decided_just_before_it() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--until", "publication", "--data", "@"]);
    let script =
        std::fs::read_to_string(system_tests::folder::sample_round().join("09-appeals.ndjson")).expect("it is there");
    let lines: Vec<&str> = script.lines().take_while(|line| !line.contains("answer_appeal")).collect();
    assert_eq!(lines.len(), 4, "two appeals and two examinations");
    std::fs::write(folder.beside("both.ndjson"), lines.join("\n")).expect("writes");
    let said = folder.must(&["play", "--data", "@", "both.ndjson"]);
    assert_eq!(said.out.lines().filter(|line| line.contains("accepted")).count(), 4, "{}", said.out);
    assert_eq!(folder.run(&["verify", "--data", "@"]).code, Some(0));
}

/// What somebody makes of an examination who has the database.
type Forgery = fn(&mut proto::act::examination::AppealExamined);

#[tokio::test]
async fn an_examination_that_the_log_does_not_bear_out_is_found_at_its_position() {
    let base = Folder::new();
    base.must(&["demo", "--no-serve", "--data", "@"]);
    let told = json_of(&examine(&base, &["--appeal", "1", "--json"]));
    let position = told["recorded"][0]["event"]["position"].as_i64().expect("a position");
    let forge = |change: fn(&mut proto::act::examination::AppealExamined)| {
        move |event: &mut Event| {
            let Fact::AppealExamined(examined) = &mut event.fact else { panic!("an examination") };
            change(examined);
        }
    };
    let with_digest: fn(&mut proto::act::examination::AppealExamined) = |examined| {
        examined.verdicts[1].found = Found::BorneOut;
        examined.act.digest = verdicts_digest(&examined.verdicts);
    };
    let cases: [(&str, Forgery, &str); 5] = [
        ("nothing but the links", |_| (), ""),
        (
            "a verdict",
            |e| e.verdicts[0].found = Found::Contradicted,
            "the verdict on claim 1 of the appeal 1 is contradicted",
        ),
        ("a verdict and its digest", with_digest, "the verdict on claim 2 of the appeal 1 is borne_out"),
        ("a verdict less", |e| drop(e.verdicts.pop()), "the examination of the appeal 1 is not the one"),
        (
            "another event",
            |e| e.verdicts[0].events[0].hash = Hash([7; 32]),
            "the examination of the appeal 1 is not the one",
        ),
    ];
    for (case, change, words) in cases {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        rewrite(&mut db, position, forge(change)).await;
        sqlx::Connection::close(db).await.expect("closes");
        let said = copy.run(&["verify", "--data", "@"]);
        let found = said.out.lines().find(|line| line.starts_with("BROKEN")).unwrap_or_default();
        match words {
            "" => assert_eq!(said.code, Some(0), "{case}: {}", said.out),
            _ => {
                assert_eq!(said.code, Some(1), "{case}: {}", said.out);
                assert!(found.starts_with(&format!("BROKEN  position {position}: {words}")), "{case}: {found}");
            }
        }
    }
}
