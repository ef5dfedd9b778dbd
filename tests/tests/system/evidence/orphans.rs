//! Orphans through the binary: told always, removed on demand and when they are old, in a folder and in a bucket. Nothing that
//! the log names in whatever way is ever removed.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use proto::act::sheet::Evidence;
use serde_json::Value;
use sqlx::Connection;
use system_tests::folder::sample_round;

use super::shelf::{Shelf, pdf};

/// Has it look as if a file had stood for so many days.
fn aged(path: &Path, days: u64) {
    let file = File::options().write(true).open(path).expect("it is there");
    file.set_modified(SystemTime::now() - Duration::from_secs(days * 86_400)).expect("takes a time");
}

/// Has a score say the address in its explanation, where nobody looks for a reference.
fn mentioned(shelf: &Shelf, file: &Evidence) {
    let scores = fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
    let line = scores.lines().filter(|line| line.contains("\"kind\":\"score_self\"")).nth(20).expect("a score");
    let mut line: Value = serde_json::from_str(line).expect("a line");
    line["command"]["data"]["evidence"] = serde_json::json!([]);
    line["command"]["data"]["explanation"] = file.address.to_string().into();
    fs::write(shelf.beside("mentioned.ndjson"), format!("{line}\n")).expect("writes");
    let said = shelf.must(&["play", "--data", "@", "mentioned.ndjson"]);
    assert!(said.out.contains("\"accepted\""), "{}", said.out);
}

#[tokio::test]
async fn orphans_are_removed_once_they_are_old_and_nothing_that_the_log_names() {
    for mut shelf in Shelf::both() {
        removed_once_they_are_old(&mut shelf).await;
    }
}

async fn removed_once_they_are_old(shelf: &mut Shelf) {
    let names = ["referred", "mentioned", "old", "young"];
    let files: Vec<Evidence> = names.iter().map(|n| shelf.taken(&format!("{n}.pdf"), &pdf(50_000 + n.len()))).collect();
    shelf.refer(&[&files[0]]);
    mentioned(shelf, &files[1]);
    for (file, days) in files.iter().zip([400, 400, 31, 29]) {
        aged(&shelf.stored(file), days);
    }
    let coming = shelf.files().join("incoming");
    fs::create_dir_all(&coming).expect("a folder");
    for (name, days) in [("0a", 31), ("0b", 29)] {
        fs::write(coming.join(name), b"half").expect("writes");
        aged(&coming.join(name), days);
    }
    // One that broke off under the address of a file that is referred to takes nothing with it.
    let alike = files[0].address.to_string();
    fs::write(coming.join(&alike), b"half").expect("writes");
    aged(&coming.join(&alike), 31);
    shelf.meddled();

    let said = shelf.scrub();
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains(": 1 sound") && said.out.contains("; 3 more are stored, 3 broke off"), "{}", said.out);
    assert!(!said.out.contains("removed") && shelf.whole().len() == 4, "nobody asked for it: {}", said.out);

    let said = shelf.say(&["scrub", "--data", "@", "--remove-orphans"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let removed: Vec<&str> = said.out.lines().filter(|line| line.starts_with("removed  ")).collect();
    assert_eq!(removed.len(), 3, "{}", said.out);
    let broken_off = removed[1..].iter().any(|line| line.starts_with("removed  0a: "));
    assert!(removed[0].contains(&files[2].address.to_string()) && broken_off, "{}", said.out);
    assert!(said.out.contains(&format!("kept  {}: event #", files[1].address)), "{}", said.out);
    assert!(said.out.contains("1 removed, 2 broken off removed"), "{}", said.out);
    let stand: Vec<bool> = files.iter().map(|file| shelf.stored(file).exists()).collect();
    assert_eq!(stand, [true, true, false, true]);
    assert!(!coming.join("0a").exists() && coming.join("0b").exists() && !coming.join(&alike).exists());

    // Its key is gone with it, and no other.
    let mut keys = shelf.tamper("keys.db").await;
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM files").fetch_one(&mut keys).await.expect("counts");
    keys.close().await.expect("closes");
    assert_eq!(count, 3);
    let said = shelf.get(&files[2], "out.pdf");
    assert!(said.err.starts_with("error: file_missing: "), "{}", said.err);
    assert_eq!(shelf.get(&files[0], "out.pdf").code, Some(0));
    let said = shelf.say(&["scrub", "--data", "@", "--remove-orphans"]);
    assert!(said.out.contains("0 removed, 0 broken off removed"), "{}", said.out);
}
