//! The signer as a service of its own: ledgers ask it for receipts, and go on writing without it.
//! PostgreSQL and every process are real.

use platform::outward;
use proto::Hash;
use proto::policy::Policy;
use proto::receipt::Receipt;
use reqwest::StatusCode;
use system_tests::folder::sample_round;
use system_tests::postgres::Disk;
use system_tests::stack::Stack;

use super::public_key;
use super::receipts::score;

#[tokio::test]
async fn ledgers_ask_the_signer_for_receipts_and_write_on_without_it() {
    // A scripted clock stands where its last line does: in the time of self-scoring.
    let folder = tempfile::tempdir().expect("a scratch folder");
    let scores = std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
    let first = folder.path().join("first.ndjson");
    std::fs::write(&first, format!("{}\n", scores.lines().next().expect("a line"))).expect("writes");
    let scripts = [&*sample_round().join("01-setup.ndjson"), &*first];
    let mut stack = Stack::new(Disk::Unsynced, None, "test.example/signer", &scripts);
    let store = stack.make_signer();
    stack.start_ready(&["ledger", "signer"]).await;
    let token = stack.token("282-d");
    let post = async |stack: &Stack, body: String| {
        let url = format!("{}/api/commands?receipt=signed&wait_ms=10000", stack.url("ledger"));
        let answer = outward::client().post(url).bearer_auth(&token).body(body).send().await.expect("answers");
        let answer: serde_json::Value = serde_json::from_slice(&answer.bytes().await.expect("bytes")).expect("json");
        answer
    };
    let answer = post(&stack, score(1, 0)).await;
    let text = answer["receipt"]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let receipt = Receipt::parse(text.as_bytes()).expect("a receipt");
    let body = receipt.extra.clone().expect("the event");
    let policy = Policy::of_logs([public_key(&store)]);
    let believed = receipt.verify(Hash::entry(&body), &policy).expect("it holds");
    assert_eq!(believed.checkpoint.origin, "test.example/signer");

    stack.kill("signer");
    let answer = post(&stack, score(2, 1)).await;
    assert_eq!(answer["result"], "accepted", "{answer}");
    assert_eq!(answer["receipt"]["text"], "", "it is pending");
    let position = answer["position"].as_u64().expect("a position");

    stack.start_ready(&["signer"]).await;
    let url = |path: &str| format!("{}/{path}", stack.url("signer"));
    let get = async |path: &str| outward::client().get(url(path)).send().await.expect("answers");
    let answer = get(&format!("api/receipt?position={position}&wait_ms=10000")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    Receipt::parse(&answer.bytes().await.expect("bytes")).expect("a receipt");
    let metrics = get("metrics").await.text().await.expect("text");
    assert!(metrics.contains("parindex_window_events{vouched=\"signed\"} 0.0"), "{metrics}");
    assert!(metrics.contains("parindex_window_events{vouched=\"cosigned\"}"), "{metrics}");

    // A log that is not the one that was signed: the signer says so, and is not ready.
    let mut admin = stack.postgres.admin().await;
    system_tests::postgres::execute(&mut admin, "SET session_replication_role = replica").await;
    for trigger in ["events_are_not_updated", "events_are_not_deleted"] {
        let off = format!("ALTER TABLE ledger.events DISABLE TRIGGER {trigger}");
        system_tests::postgres::execute(&mut admin, off).await;
    }
    let last = format!("UPDATE ledger.events SET hash = '\\x00' WHERE position = {position}");
    system_tests::postgres::execute(&mut admin, last).await;
    let told = stack.until("signer", |ready, _| !ready).await;
    assert!(told.to_string().contains("log_forked"), "{told}");
    assert_eq!(stack.end("signer"), Some(0));
}
