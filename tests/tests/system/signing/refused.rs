//! What the signer does not sign: a log that is smaller, goes on otherwise, or is not what its rows say.
//! After each refusal what had been signed stands unchanged.

use std::path::PathBuf;

use platform::key_file;
use proto::Origin;
use signer::{LogRows, Refusal, Signer, StoreError};
use sqlx::Connection;
use system_tests::folder::{Folder, copy_folder, execute};

/// Lines of self-scores that are signed, and more that are not yet.
const SIGNED: usize = 300;
const MORE: usize = 200;

/// A log of which only the first part is signed.
struct Grown {
    folder: Folder,
    /// The signed part's size.
    signed: u64,
}

impl Grown {
    fn new() -> Self {
        let folder = Folder::small_round(SIGNED);
        let store = folder.data().join("signer");
        copy_folder(&store, &folder.beside("signer"));
        let signed = size_of(&store);
        folder.play_scores(SIGNED, MORE);
        std::fs::remove_dir_all(&store).expect("removes");
        copy_folder(&folder.beside("signer"), &store);
        Self { folder, signed }
    }

    fn copy(&self) -> Self {
        Self { folder: self.folder.copy(), signed: self.signed }
    }
}

fn size_of(store: &std::path::Path) -> u64 {
    let note = std::fs::read_to_string(store.join("checkpoint")).expect("a checkpoint");
    note.lines().nth(1).expect("a size").parse().expect("a number")
}

/// What a signer in a data folder says when it is asked to sign.
async fn sign(folder: &Folder) -> Result<u64, Refusal> {
    let data = folder.data();
    let origin = Origin::parse("test.example/small").expect("an origin");
    let rows = LogRows::open(data.join("ledger.db"), origin).await.expect("opens");
    let key = key_file::read(&data.join("signing.key")).expect("a key");
    let mut signer = Signer::new(rows.clone(), &data.join("signer"), vec![key])?;
    let signed = signer.sign().await;
    rows.close().await;
    signed.map(|_| size_of(&data.join("signer")))
}

#[tokio::test]
async fn what_grew_is_signed_and_signed_once() {
    let grown = Grown::new();
    let events = u64::try_from(grown.folder.count("ledger.db", "events").await).expect("a count");
    assert!(events > grown.signed + 100);
    assert_eq!(sign(&grown.folder).await.expect("signs"), events);
    let note = std::fs::read(grown.folder.data().join("signer/checkpoint")).expect("reads");
    assert_eq!(sign(&grown.folder).await.expect("nothing to do"), events);
    assert_eq!(std::fs::read(grown.folder.data().join("signer/checkpoint")).expect("reads"), note);
}

#[tokio::test]
async fn rows_that_are_not_what_they_say_are_not_signed() {
    let grown = Grown::new();
    let new = grown.signed + 20;
    let last = grown.folder.count("ledger.db", "events").await;
    let flip = |column: &str, at: u64| {
        format!(
            "UPDATE events SET {column} = CAST(substr({column}, 1, 9) || x'7e' || substr({column}, 11) AS BLOB) WHERE position = {at}"
        )
    };
    let cases: Vec<(&str, Vec<String>, &str)> = vec![
        ("a flipped bit in the hash column", vec![flip("hash", new)], "log_unreadable"),
        ("a flipped byte in a body", vec![flip("body", new)], "log_unreadable"),
        ("a row that is gone", vec![format!("DELETE FROM events WHERE position = {new}")], "log_unreadable"),
        ("another type", vec![format!("UPDATE events SET hash = 'x' WHERE position = {new}")], "log_unreadable"),
        ("the head row's root", vec!["UPDATE head SET root = zeroblob(32)".to_owned()], "log_root_differs"),
        ("no head row", vec!["DELETE FROM head".to_owned()], "log_unreadable"),
        (
            "the last event and the counter",
            vec![
                format!("DELETE FROM events WHERE position = {last}"),
                format!("UPDATE head SET position = {}", last - 1),
            ],
            "log_root_differs",
        ),
        (
            "two that changed places",
            vec![
                format!("UPDATE events SET position = -1 WHERE position = {new}"),
                format!("UPDATE events SET position = {new} WHERE position = {}", new + 1),
                format!("UPDATE events SET position = {} WHERE position = -1", new + 1),
            ],
            "log_unreadable",
        ),
        ("what was signed last", vec![flip("hash", grown.signed)], "log_forked"),
    ];
    for (case, statements, code) in cases {
        let copy = grown.copy();
        let mut db = copy.folder.tamper("ledger.db").await;
        for statement in statements {
            execute(&mut db, statement).await;
        }
        db.close().await.expect("closes");
        let refused = sign(&copy.folder).await.expect_err(case).to_string();
        assert!(refused.starts_with(code), "{case}: {refused}");
        assert_eq!(size_of(&copy.folder.data().join("signer")), grown.signed, "{case}: what was signed stands");
    }
}

#[tokio::test]
async fn a_restored_backup_and_a_log_that_grew_otherwise_are_not_signed() {
    let grown = Grown::new();
    sign(&grown.folder).await.expect("signs");
    let signed = size_of(&grown.folder.data().join("signer"));
    // Yesterday's backup: a log of the same origin that ends earlier.
    let older = Folder::small_round(SIGNED);
    replace_log(&grown.folder, &older);
    let refused = sign(&grown.folder).await.expect_err("it is smaller");
    assert!(matches!(refused, Refusal::Shrank { found, signed: s } if found < s && s == signed), "{refused}");
    // It goes on being written, otherwise than before, until it is larger than what was signed.
    older.play_scores(SIGNED + 1, MORE * 2);
    replace_log(&grown.folder, &older);
    let refused = sign(&grown.folder).await.expect_err("it is another");
    assert!(matches!(refused, Refusal::Forked { position } if position == signed), "{refused}");
    assert_eq!(size_of(&grown.folder.data().join("signer")), signed);
}

fn replace_log(folder: &Folder, by: &Folder) {
    for name in ["ledger.db", "ledger.db-wal"] {
        let to = folder.data().join(name);
        let _ = std::fs::remove_file(&to);
        let from = by.data().join(name);
        if from.exists() {
            std::fs::copy(from, to).expect("copies");
        }
    }
}

#[tokio::test]
async fn tiles_that_were_changed_are_made_anew_from_the_log_or_not_at_all() {
    let grown = Grown::new();
    let tile = |folder: &Folder, name: &str| -> PathBuf { folder.data().join("signer/tile").join(name) };
    let width = grown.signed % 256;
    for name in [
        "0/000".to_owned(),
        format!("0/{:03}.p/{width}", grown.signed / 256),
        format!("1/000.p/{}", grown.signed / 256),
    ] {
        let copy = grown.copy();
        let path = tile(&copy.folder, &name);
        let mut bytes = std::fs::read(&path).expect(&name);
        let good = bytes.clone();
        bytes[3] ^= 1;
        std::fs::write(&path, &bytes).expect("writes");
        let signed = sign(&copy.folder).await.expect("it signs what the rows bear out");
        assert!(signed > grown.signed);
        if name == "0/000" {
            // A full tile is no part of the edge: no later tree hangs on it, and no proof is made of it.
            assert_ne!(std::fs::read(&path).expect("reads"), good);
        }
        // With the log changed too, nothing vouches for either, and nothing is signed.
        let copy = grown.copy();
        std::fs::write(tile(&copy.folder, &name), &bytes).expect("writes");
        let mut db = copy.folder.tamper("ledger.db").await;
        execute(&mut db, "UPDATE events SET hash = zeroblob(32) WHERE position = 7").await;
        db.close().await.expect("closes");
        let signed = sign(&copy.folder).await;
        if name != "0/000" {
            assert!(signed.expect_err(&name).to_string().starts_with("log_unreadable"));
        }
    }
}

#[tokio::test]
async fn a_signers_folder_is_held_by_one_and_is_no_other_keys() {
    let grown = Grown::new();
    let (data, other) = (grown.folder.data(), Folder::small_round(1));
    let origin = || Origin::parse("test.example/small").expect("an origin");
    let rows = LogRows::open(data.join("ledger.db"), origin()).await.expect("opens");
    let key = || key_file::read(&data.join("signing.key")).expect("a key");
    let store = data.join("signer");
    let first = Signer::new(rows.clone(), &store, vec![key()]).expect("opens");
    let second = Signer::new(rows.clone(), &store, vec![key()]).expect_err("held");
    assert!(matches!(second, Refusal::Store(StoreError::Locked(_))), "{second}");
    drop(first);
    let strange = key_file::read(&other.data().join("signing.key")).expect("a key");
    let refused = Signer::new(rows.clone(), &store, vec![strange]).expect_err("another key");
    assert!(matches!(refused, Refusal::Store(StoreError::OtherKey(_))), "{refused}");
    let lost = Signer::new(rows.clone(), &grown.folder.beside("nothing"), vec![key()]).expect_err("lost");
    assert!(matches!(lost, Refusal::Store(StoreError::Missing(_))), "{lost}");
    std::fs::copy(other.data().join("signer/checkpoint"), store.join("checkpoint")).expect("copies");
    let refused = Signer::new(rows, &store, vec![key()]).expect_err("another's checkpoint").to_string();
    assert!(refused.starts_with("signer_store_damaged"), "{refused}");
}

#[test]
fn keys_are_made_once_for_their_owner_and_a_lost_folder_is_made_from_the_last_checkpoint() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::small_round(1);
    let keygen = ["keygen", "--kind", "log", "--name", "test.example/small", "new.key"];
    let made = folder.must(&keygen).out;
    assert!(made.starts_with("test.example/small+"), "{made}");
    let mode = std::fs::metadata(folder.beside("new.key")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = folder.run(&keygen);
    assert!(again.code == Some(2) && again.err.contains("key_file_taken"), "{}", again.err);

    let key = folder.data().join("signing.key");
    let key = key.to_str().expect("a name");
    let checkpoint = folder.data().join("signer/checkpoint");
    std::fs::copy(&checkpoint, folder.beside("last")).expect("copies");
    std::fs::remove_dir_all(folder.data().join("signer")).expect("removes");
    let store = folder.data().join("signer");
    let store = store.to_str().expect("a name");
    let strange = folder.run(&["signer-store", "--key", "new.key", "--last", "last", store]);
    assert!(strange.code == Some(2) && strange.err.contains("bad_checkpoint"), "{}", strange.err);
    folder.must(&["signer-store", "--key", key, "--last", "last", store]);
    folder.play_scores(1, 5);
    assert!(size_of(&folder.data().join("signer")) > 1, "it goes on from there");
    std::fs::set_permissions(key, PermissionsExt::from_mode(0o644)).expect("sets");
    let open = folder.run(&["play", "--data", "@", "more.ndjson"]);
    assert!(open.code == Some(2) && open.err.contains("key_file_open"), "{}", open.err);
}
