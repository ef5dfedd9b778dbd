//! What is served is given to verifiers that share no line with us: `verify.py`, and golang.org/x/mod, which nobody here wrote.
//! Go is asked with `tests/run --full` alone, which installs it.

use std::path::Path;
use std::process::Command;

use platform::outward;
use proto::Hash;
use proto::note::Note;
use proto::receipt::Receipt;
use proto::witness::AddCheckpoint;
use serde_json::Value;
use system_tests::folder::{Folder, Said};

use super::{Server, public_key};

async fn get(server: &Server, path: &str) -> Vec<u8> {
    let answer = outward::client().get(format!("{}/{path}", server.url)).send().await.expect("answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.bytes().await.expect("bytes").to_vec()
}

/// The checker in Go, built once; none where nobody installed it.
fn go(folder: &Folder) -> Option<std::path::PathBuf> {
    std::env::var_os("PARINDEX_FULL")?;
    let built = folder.beside("check");
    let mut build = Command::new("go");
    build.arg("build").arg("-o").arg(&built).arg(concat!(env!("CARGO_MANIFEST_DIR"), "/go/check.go"));
    let build =
        build.env("GO111MODULE", "off").env("GOPATH", "/usr/share/gocode").env("GOCACHE", folder.beside("cache"));
    let output = build.output().expect("go");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(built)
}

fn python(receipt: &Path, event: Option<&Path>, key: &str) -> Said {
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py")).arg("--receipt").arg(receipt);
    command.args(["--log-key", key]);
    event.map(|event| command.arg("--event").arg(event));
    Said::by(command)
}

#[tokio::test]
async fn served_receipts_hold_for_strangers_and_another_event_under_one_does_not() {
    let folder = Folder::small_round(200);
    let old = std::fs::read(folder.data().join("signer/checkpoint")).expect("it was signed");
    let older = Note::parse(&old).expect("a note");
    let size: u64 = older.text().lines().nth(1).and_then(|line| line.parse().ok()).expect("a size");
    folder.play_scores(200, 100);
    let server = Server::start(&folder, "127.0.0.1:0");
    let key = public_key(&folder.data().join("signer")).to_string();
    let newest = Note::parse(&get(&server, "checkpoint").await).expect("a note");
    let proof = get(&server, &format!("api/proof/consistency?old={size}")).await;
    let proof: Value = serde_json::from_slice(&proof).expect("JSON");
    let proof: Vec<Hash> = serde_json::from_value(proof["proof"].clone()).expect("hashes");
    let request = AddCheckpoint { old: size, proof, note: newest };
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.beside(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    };
    let (old, request) = (file("old", &old), file("request", request.to_string().as_bytes()));
    let go = go(&folder);
    for position in [1, 2, 255, 256, 257, size, size + 1] {
        let whole = get(&server, &format!("api/receipt/whole?position={position}")).await;
        let event = Receipt::parse(&whole).expect("a receipt").extra.expect("the event in it");
        let mut other = event.clone();
        let digit = other.iter().rposition(u8::is_ascii_digit).expect("a digit");
        other[digit] ^= 1;
        let (receipt, event, other) = (file("receipt", &whole), file("event", &event), file("other", &other));
        let said = python(&receipt, None, &key);
        assert_eq!(said.code, Some(0), "{position}: {}{}", said.out, said.err);
        let said = python(&receipt, Some(&other), &key);
        assert_eq!(said.code, Some(1), "{position}: {}{}", said.out, said.err);
        let Some(go) = &go else { continue };
        for (event, code) in [(&event, 0), (&other, 1)] {
            let mut check = Command::new(go);
            check.arg(&old).arg(&key).arg(&receipt).arg(event).arg(&request);
            let said = Said::by(check);
            assert_eq!(said.code, Some(code), "{position}: {}{}", said.out, said.err);
        }
    }
}
