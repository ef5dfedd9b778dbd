//! Ballots where services run apart: taken in by the intake, kept on the server of keys, proved and destroyed by the operator with the
//! intake's configuration, and destroyed as a whole batch by the log's word.

use platform::outward;
use reqwest::StatusCode;
use serde_json::{Value, json};
use system_tests::postgres::{KEYS_DATABASE, Postgres};
use system_tests::stack::Stack;

use super::super::super::erasure::{of, request, traces};
use super::super::super::survey::file;
use super::{apart, client, log_holds};

/// Every sealed block.
async fn blocks(server: &Postgres) -> Vec<Vec<u8>> {
    let mut db = server.server_of("admin", KEYS_DATABASE).connect().await.expect("the administrator comes in");
    let read = "SELECT sealed FROM ballots.blocks ORDER BY place";
    sqlx::query_scalar(read).fetch_all(&mut db).await.expect("reads")
}

/// Asks something of one ballot with the intake's configuration; its status, what it said, and its errors.
fn of_ballot(stack: &Stack, what: &str, index: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let asked = ["survey", what, "--round", "hanoi-2022", "--batch", "phieu-1", "--index", index];
    let said = stack.operates("intake", &[&asked[..], more].concat());
    (said.code, said.out, said.err)
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_of_an_intake_apart_are_proved_destroyed_one_by_one_and_as_a_batch() {
    let mut stack = apart(None).await;
    stack.start_ready(&["ledger", "intake", "inspector"]).await;
    let (staff, stranger) = (client(&stack, "srv-1"), client(&stack, "001-d"));
    let path = "api/ballots/hanoi-2022/phieu-1?tally=phieu-1&method=paper&unit=noivu&name=phieu.csv";
    let send = async |token: &str| {
        let request = outward::client().post(format!("{}/{path}", stack.url("intake"))).bearer_auth(token);
        let response = request.body(file(600)).send().await.expect("answers");
        let status = response.status();
        (status, serde_json::from_slice::<Value>(&response.bytes().await.expect("a body")).expect("json"))
    };
    assert_eq!(send(&stranger.token).await.1["code"], "capacity_missing");
    let (status, taken) = send(&staff.token).await;
    assert_eq!(status, StatusCode::CREATED, "{taken}");
    assert_eq!(send(&staff.token).await.1, taken, "sent twice it is one batch");
    for command in taken["commands"].as_array().expect("commands") {
        assert_eq!(staff.ask(command.clone()).await, "accepted");
    }
    assert_eq!(blocks(&stack.postgres).await.len(), 3, "of 256 ballots each");

    // One is shown to be counted; one is destroyed, and every other one is still shown.
    let to = |name: &str| stack.postgres.beside(name).display().to_string();
    let proof = to("proof.json");
    assert_eq!(of_ballot(&stack, "prove", "7", &[&proof]).0, Some(0));
    let before = blocks(&stack.postgres).await;
    let (code, out, err) = of_ballot(&stack, "drop-ballot", "7", &[]);
    assert_eq!((code, out.starts_with("ballot 7 is destroyed")), (Some(0), true), "{err}");
    assert!(of_ballot(&stack, "prove", "7", &[&to("gone.json")]).2.contains("ballot_destroyed"));
    assert_eq!(of_ballot(&stack, "prove", "8", &[&to("other.json")]).0, Some(0));
    let after = blocks(&stack.postgres).await;
    assert!(before[0] != after[0] && before[1..] == after[1..]);
    let data = stack.postgres.beside("data");
    assert_eq!(traces(&data, &before[0]), Vec::<String>::new(), "the block that held it stands nowhere any more");

    // Another one, and then the whole batch, by two people's word on record: gone when the second one has his answer.
    let (secretariat, administrator) = (client(&stack, "sec-1"), client(&stack, "admin-a"));
    assert_eq!(secretariat.ask(of("open_case", "secretariat", request())).await, "accepted");
    let erase = async |what: Value| {
        assert_eq!(secretariat.ask(of("order_erasure", "secretariat", what)).await, "accepted");
        assert_eq!(administrator.ask(of("confirm_erasure", "administrator", json!({}))).await, "accepted");
    };
    let batch = json!({ "round": "hanoi-2022", "batch": "phieu-1" });
    let mut ballot = batch.clone();
    ballot["index"] = json!(9);
    erase(json!({ "ground": "Người trả lời yêu cầu", "ballots": [ballot] })).await;
    assert!(of_ballot(&stack, "prove", "9", &[&to("gone.json")]).2.contains("ballot_destroyed"));
    assert_eq!(of_ballot(&stack, "prove", "10", &[&to("next.json")]).0, Some(0));
    let after = blocks(&stack.postgres).await;
    erase(json!({ "ground": "Hết thời hạn lưu", "batches": [batch] })).await;
    assert!(blocks(&stack.postgres).await.is_empty());
    assert_eq!(traces(&data, &after.concat()), Vec::<String>::new());
    assert!(of_ballot(&stack, "prove", "8", &[&to("gone.json")]).2.contains("ballot_destroyed"));
    let erasures = stack.operates("intake", &["erase"]);
    assert!(
        erasures.code == Some(0) && erasures.out.contains("hanoi-2022/phieu-1"),
        "{} {}",
        erasures.out,
        erasures.err
    );
    let scrub = stack.operates("intake", &["scrub"]);
    assert!(scrub.code == Some(0) && scrub.out.contains("1 erased"), "{} {}", scrub.out, scrub.err);

    // Cases are told by the inspector apart, to those who may read them.
    let cases = async |token: &str| {
        let url = format!("{}/api/privacy/cases", stack.url("inspector"));
        let response = outward::client().get(url).bearer_auth(token).send().await.expect("answers");
        serde_json::from_slice::<Value>(&response.bytes().await.expect("a body")).expect("json")
    };
    let told = cases(&secretariat.token).await;
    assert_eq!((&told["cases"][0]["case"], &told["cases"][0]["erased"]), (&json!("2026-1"), &json!(2)), "{told}");
    assert_eq!(cases(&stranger.token).await["code"], "capacity_missing");
    log_holds(&stack);
}
