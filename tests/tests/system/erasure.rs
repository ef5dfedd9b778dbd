//! Erasure of a file (ATTACKS T41 to T43): ordered by one person, confirmed by another, gone from wherever it stood, gone again after a
//! restore of older keys, and on record for ever.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::Row;
use system_tests::folder::Folder;

use super::api::Server;
use super::files::{Client, code, open_now, pdf};

/// How many bytes make a trace: a key, or any other piece of what was sealed.
pub const TRACE_BYTES: usize = 32;

/// The sealed row of a file.
async fn sealed(folder: &Folder, address: &str) -> Option<Vec<u8>> {
    let mut keys = folder.tamper("keys.db").await;
    let row = sqlx::query("SELECT sealed FROM files WHERE address = $1").bind(address).fetch_optional(&mut keys).await;
    row.expect("reads").map(|row| row.get(0))
}

/// The files under a folder in which any piece of some bytes stands; one that is taken away meanwhile has none.
pub fn traces(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let pieces: HashSet<&[u8]> = bytes.chunks_exact(TRACE_BYTES).collect();
    // Most places are passed over by a look at one byte: a server has files of hundreds of MiB.
    let mut begins = [false; 256];
    pieces.iter().for_each(|piece| begins[usize::from(piece[0])] = true);
    holding(folder, &|held| held.windows(TRACE_BYTES).any(|at| begins[usize::from(at[0])] && pieces.contains(at)))
}

/// The files under a folder of whose bytes something holds.
pub fn holding(folder: &Path, holds: &dyn Fn(&[u8]) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, holds));
            continue;
        }
        let held = match fs::read(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            read => read.expect("reads"),
        };
        if holds(&held) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// A command of the case.
pub fn of(kind: &str, capacity: &str, more: Value) -> Value {
    let mut data = json!({ "case": "2026-1" });
    data.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    match capacity {
        "secretariat" => json!({ "capacity": capacity, "unit": "noivu", "kind": kind, "data": data }),
        _ => json!({ "capacity": capacity, "kind": kind, "data": data }),
    }
}

/// What is asked for in it.
pub fn request() -> Value {
    let requester = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    json!({
        "request": "erasure", "requester": requester, "ground": "Luật 91/2025/QH15", "received": "2026-03-02", "within_days": 20,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_file_is_gone_from_wherever_it_stood_and_gone_again_after_a_restore() {
    let server = Server::over(open_now().await, "127.0.0.1:0");
    let client = |actor: &str| Client::of(&server, server.token(actor));
    let (drafter, secretariat, administrator) = (client("001-d"), client("sec-1"), client("admin-a"));
    let erased = drafter.taken("001", "erased.pdf", pdf(5_000)).await.receipt.evidence;
    let kept = drafter.taken("001", "kept.pdf", pdf(6_000)).await.receipt.evidence;
    assert_eq!(drafter.attach(&erased).await, "accepted");
    let address = erased.address.to_string();
    let row = sealed(&server.folder, &address).await.expect("it is there");
    assert!(!traces(&server.folder.data(), &row).is_empty(), "the search finds what is there");
    let backup =
        ["keys.db", "keys.db-wal", "keys.db-shm"].map(|name| (name, fs::read(server.folder.data().join(name))));

    // One person's order destroys nothing; the second person's word does, before he has the answer.
    assert_eq!(secretariat.ask(of("open_case", "secretariat", request())).await, "accepted");
    assert_eq!(secretariat.ask(of("confirm_erasure", "secretariat", json!({}))).await, "capacity_wrong");
    assert_eq!(administrator.ask(of("confirm_erasure", "administrator", json!({}))).await, "erasure_not_ordered");
    let order = json!({ "ground": "Người có dữ liệu yêu cầu", "files": [address] });
    assert_eq!(secretariat.ask(of("order_erasure", "secretariat", order)).await, "accepted");
    assert_eq!(drafter.open("001", &address).await.status().as_u16(), 200, "it is ordered and not confirmed");
    assert_eq!(administrator.ask(of("confirm_erasure", "administrator", json!({}))).await, "accepted");
    assert_eq!(code(drafter.open("001", &address).await).await, "file_key_missing");
    assert_eq!(traces(&server.folder.data(), &row), Vec::<String>::new());
    assert_eq!(
        drafter.open("001", &kept.address.to_string()).await.status().as_u16(),
        200,
        "the other one is as it was"
    );
    let close = json!({ "outcome": "carried_out", "text": "Đã xóa" });
    assert_eq!(secretariat.ask(of("close_case", "secretariat", close)).await, "accepted");

    // Everything that rests on the log still holds, and what was done shows.
    let folder = &server.folder;
    folder.must(&["verify", "--data", "@"]);
    let said = folder.must(&["scrub", "--data", "@"]).out;
    assert!(said.contains(&format!("erased  {address}")) && said.contains(", 1 erased"), "{said}");
    let said = folder.must(&["erase", "--data", "@"]).out;
    assert!(said.contains("nothing is there any more; complete on") && said.contains(", 0 were erased now"), "{said}");

    // Older keys are put back: the erasure is carried out again before anybody is served.
    let data = folder.data();
    let restored = folder.copy();
    drop(server);
    fs::remove_file(restored.data().join("server.json")).expect("the card of the server that was");
    for (name, bytes) in backup {
        let path = restored.data().join(name);
        let _ = fs::remove_file(&path);
        if let Ok(bytes) = bytes {
            fs::write(path, bytes).expect("writes");
        }
    }
    assert!(!data.exists() && !traces(&restored.data(), &row).is_empty(), "the older keys have it");
    let server = Server::over(restored, "127.0.0.1:0");
    let drafter = Client::of(&server, server.token("001-d"));
    assert_eq!(code(drafter.open("001", &address).await).await, "file_key_missing");
    assert_eq!(traces(&server.folder.data(), &row), Vec::<String>::new());
}
