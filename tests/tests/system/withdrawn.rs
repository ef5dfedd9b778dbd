//! Files taken back from a score: the score goes on without them, the log refers to them for ever, and whoever may read the unit's
//! files may open them still.

use serde_json::{Value, json};

use super::api::Server;
use super::files::{Client, code, open_now, pdf};

fn withdrawal(address: &str, revision: u64) -> Value {
    let data = json!({
        "round": "hanoi-2022", "unit": "001", "leaf": "1.1.1", "revision": revision, "address": address, "reason": "Nhầm tệp",
    });
    json!({ "capacity": "drafter", "unit": "001", "kind": "withdraw_evidence", "data": data })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_taken_back_is_no_orphan_and_opens_for_those_who_may_read_it() {
    let server = Server::over(open_now().await, "127.0.0.1:0");
    let client = |actor: &str| Client::of(&server, server.token(actor));
    let (drafter, other, inspector) = (client("001-d"), client("002-d"), client("insp-1"));
    let file = drafter.taken("001", "nham.pdf", pdf(5_000)).await.receipt.evidence;
    let address = file.address.to_string();
    assert_eq!(drafter.ask(withdrawal(&address, 0)).await, "evidence_not_attached");
    assert_eq!(drafter.attach(&file).await, "accepted");
    assert_eq!(other.ask(withdrawal(&address, 1)).await, "capacity_missing");
    assert_eq!(drafter.ask(withdrawal(&address, 0)).await, "stale_revision");
    // The only file of a score that says nothing else stays until the score says why there is none.
    assert_eq!(drafter.ask(withdrawal(&address, 1)).await, "evidence_required");
    let second = drafter.taken("001", "dung.pdf", pdf(6_000)).await.receipt.evidence;
    let data = json!({
        "round": "hanoi-2022", "unit": "001", "leaf": "1.1.1", "revision": 1, "inputs": { "option": "late" },
        "claimed": "0.2", "evidence": [file, second], "explanation": "",
    });
    let again = json!({ "capacity": "drafter", "unit": "001", "kind": "score_self", "data": data });
    assert_eq!(drafter.ask(again).await, "accepted");
    assert_eq!(drafter.ask(withdrawal(&address, 2)).await, "accepted");
    assert_eq!(drafter.ask(withdrawal(&address, 3)).await, "evidence_not_attached");

    assert_eq!(drafter.open("001", &address).await.status().as_u16(), 200);
    assert_eq!(inspector.open("001", &address).await.status().as_u16(), 200);
    assert_eq!(code(other.open("001", &address).await).await, "file_not_open");
    let folder = &server.folder;
    let said = folder.must(&["scrub", "--data", "@"]).out;
    assert!(said.contains("2 files are referred to: 2 sound") && said.contains("; 0 more are stored"), "{said}");
    folder.must(&["verify", "--data", "@"]);
    // The score keeps its points; its history tells of the withdrawal and why.
    let replay = folder.must(&["replay", "--data", "@", "--unit", "001", "--leaf", "1.1.1"]).out;
    assert!(replay.contains("evidence_withdrawn") && replay.contains("Nhầm tệp"), "{replay}");
    let explained = folder.must(&["explain", "--data", "@", "--unit", "001", "--leaf", "1.1.1", "--lang", "en"]).out;
    assert!(explained.contains("0.2"), "{explained}");
}
