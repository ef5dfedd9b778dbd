//! Receipts with answers: asked for by the sender, or wanted by the round; and what is told where none can come.
//! A receipt is verified with nothing but the public key and itself.

use platform::outward;
use proto::checkpoint::Checkpoint;
use proto::policy::Policy;
use proto::receipt::Receipt;
use proto::{Hash, Instant};
use serde_json::Value;
use system_tests::folder::{Folder, sample_round};

use super::{Server, public_key};

/// A round whose answers wait for their receipts, with one self-score.
fn round(receipts: &str) -> Folder {
    let folder = Folder::new();
    let setup = std::fs::read_to_string(sample_round().join("01-setup.ndjson")).expect("the sample");
    let script: String = setup.replace("\"policy\":{", &format!("\"policy\":{{\"receipts\":{receipts},"));
    assert_ne!(script, setup);
    // The clock of a script stands where its last line does: in the time of self-scoring.
    let scores = std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
    let script = script + scores.lines().next().expect("a self-score") + "\n";
    std::fs::write(folder.beside("script.ndjson"), &script).expect("writes");
    let first: proto::script::Line = serde_json::from_str(script.lines().next().expect("lines")).expect("a line");
    let at: Instant = first.at;
    let at = at.to_string();
    let mut init = vec!["init", "--data", "@", "--origin", "test.example/small", "--training"];
    init.extend(["--administrator", "admin-a", "--administrator", "admin-b", "--scripted-from", &at]);
    folder.must(&init);
    folder.must(&["play", "--data", "@", "script.ndjson"]);
    folder
}

pub fn score(n: u8, revision: u64) -> String {
    let id = proto::ids::uuid_v7(1_667_500_000_000, [n; 10]);
    format!(
        "{{\"id\":\"{id}\",\"capacity\":\"drafter\",\"unit\":\"282\",\"kind\":\"score_self\",\"data\":{{\
         \"round\":\"hanoi-2022\",\"unit\":\"282\",\"leaf\":\"1.1.1\",\"revision\":{revision},\
         \"inputs\":{{\"option\":\"late\"}},\"claimed\":\"0.2\",\"explanation\":\"x\"}}}}"
    )
}

async fn post(server: &Server, token: &str, query: &str, body: String) -> Value {
    let post = outward::client().post(format!("{}/api/commands{query}", server.url)).bearer_auth(token).body(body);
    let text = post.send().await.expect("answers").text().await.expect("text");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// Verifies an answer's receipt by the key alone; gives the event that it is about.
fn verified(folder: &Folder, answer: &Value) -> Value {
    let receipt = answer["receipt"]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let receipt = Receipt::parse(receipt.as_bytes()).expect("a receipt");
    let body = receipt.extra.clone().expect("the event");
    let policy = Policy::of_logs([public_key(&folder.data().join("signer"))]);
    let believed = receipt.verify(Hash::entry(&body), &policy).expect("it holds");
    assert!(believed.checkpoint.head.size >= answer["position"].as_u64().expect("a position"));
    let event: Value = serde_json::from_slice(&body).expect("an event");
    assert_eq!(event["position"], answer["position"]);
    event
}

#[tokio::test]
async fn an_answer_waits_for_its_receipt_where_the_round_wants_it_or_the_sender_asks() {
    let wants = round("{\"vouched\":\"signed\",\"wait_seconds\":20}");
    let server = Server::start(&wants, "127.0.0.1:0");
    let token = wants.must(&["token", "--data", "@", "--actor", "282-d"]).out.trim().to_owned();
    let answer = post(&server, &token, "", score(1, 0)).await;
    assert_eq!(verified(&wants, &answer)["kind"], "self_scored");
    let again = post(&server, &token, "", score(1, 0)).await;
    assert_eq!(again["position"], answer["position"], "sent twice, it is one event with a receipt");
    verified(&wants, &again);
    // The file alone, and the key: nothing else is needed.
    std::fs::write(wants.beside("r.tlog-proof"), again["receipt"]["text"].as_str().expect("a text")).expect("writes");
    let key = public_key(&wants.data().join("signer")).to_string();
    let said = wants.run(&["inspector", "verify-receipt", "r.tlog-proof", "--log-key", &key]);
    assert!(said.code == Some(0) && said.out.contains("OK: the event is in the log"), "{}{}", said.out, said.err);
    let other = public_key(&Folder::small_round(0).data().join("signer")).to_string();
    let said = wants.run(&["inspector", "verify-receipt", "r.tlog-proof", "--log-key", &other]);
    assert!(said.code == Some(1) && said.out.contains("FAILED"), "{}{}", said.out, said.err);
    std::fs::write(wants.beside("other"), "{}").expect("writes");
    let said = wants.run(&["inspector", "verify-receipt", "r.tlog-proof", "--log-key", &key, "--event", "other"]);
    assert!(said.code == Some(1) && said.out.contains("another root"), "{}{}", said.out, said.err);
    let said = wants.run(&["inspector", "verify-receipt", "other", "--log-key", &key]);
    assert!(said.code == Some(2) && said.err.contains("bad_receipt"), "{}", said.err);
    let said = wants.run(&["inspector", "verify-receipt", "r.tlog-proof"]);
    assert!(said.code == Some(2) && said.err.contains("usage"), "{}", said.err);
    let many = post(&server, &token, "", format!("[{},{}]", score(2, 1), score(3, 9))).await;
    verified(&wants, &many[0]);
    assert_eq!((&many[1]["code"], &many[1]["receipt"]), (&"stale_revision".into(), &Value::Null));
    drop(server);

    let plain = Folder::small_round(1);
    let server = Server::start(&plain, "127.0.0.1:0");
    let token = plain.must(&["token", "--data", "@", "--actor", "282-d"]).out.trim().to_owned();
    let answer = post(&server, &token, "", score(1, 0)).await;
    assert_eq!(answer["receipt"], Value::Null, "nobody wanted one");
    let answer = post(&server, &token, "?receipt=signed&wait_ms=20000", score(2, 1)).await;
    verified(&plain, &answer);
    let answer = post(&server, &token, "?receipt=gold", score(3, 2)).await;
    assert_eq!(answer["code"], "wrong_shape");
}

#[tokio::test]
async fn where_no_witness_cosigns_the_receipt_is_pending_and_the_event_stands() {
    let folder = round("{\"vouched\":\"cosigned\",\"wait_seconds\":1}");
    let server = Server::start(&folder, "127.0.0.1:0");
    let token = folder.must(&["token", "--data", "@", "--actor", "282-d"]).out.trim().to_owned();
    let answer = post(&server, &token, "", score(1, 0)).await;
    assert_eq!((&answer["result"], &answer["receipt"]["text"]), (&"accepted".into(), &"".into()));
    assert_eq!(answer["receipt"]["vouched"], Value::Null);
    let position = answer["position"].as_u64().expect("a position");
    let receipt = outward::client().get(format!("{}/api/receipt?position={position}&wait_ms=20000", server.url));
    let receipt = receipt.send().await.expect("answers").bytes().await.expect("bytes");
    let receipt = Receipt::parse(&receipt).expect("the signed one can be fetched");
    assert!(Checkpoint::parse(receipt.checkpoint.text()).expect("a checkpoint").head.size >= position);
}

#[test]
fn a_round_that_has_answers_wait_too_long_or_not_at_all_is_refused() {
    for seconds in [0, 31] {
        let folder = Folder::small_round(0);
        let setup = std::fs::read_to_string(sample_round().join("01-setup.ndjson")).expect("the sample");
        let line = setup.lines().find(|l| l.contains("\"kind\":\"open_round\"")).expect("a round");
        let wants = format!("\"policy\":{{\"receipts\":{{\"vouched\":\"signed\",\"wait_seconds\":{seconds}}},");
        let line = line.replace("\"policy\":{", &wants).replace("\"round\":\"hanoi-2022\"", "\"round\":\"other\"");
        let mut line: Value = serde_json::from_str(&line).expect("a line");
        line["command"]["id"] = proto::ids::uuid_v7(1_667_500_000_000, [seconds; 10]).into();
        std::fs::write(folder.beside("open.ndjson"), format!("{line}\n")).expect("writes");
        let said = folder.run(&["play", "--data", "@", "open.ndjson"]);
        assert!(said.code != Some(0) && said.out.contains("bad_round"), "{}{}", said.out, said.err);
    }
}
