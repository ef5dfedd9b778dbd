//! Copies of a data folder: taken while it is served, put back, verified, and measured by a head that was kept elsewhere.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use system_tests::folder::{Folder, Said, sample_round};

use super::signing::public_key;

#[test]
fn a_backup_taken_while_the_folder_is_written_holds_and_goes_on() {
    let folder = Folder::small_round(1);
    let script = sample_round().join("02-self-scoring.ndjson");
    let play = ["play", "--data", "@", script.to_str().expect("a path")];
    let mut child = folder.command(&play).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    let mut copies = Vec::new();
    for number in 0..3 {
        assert_eq!(lines.by_ref().take(500).count(), 500, "it is still being written");
        let copy = folder.beside(&format!("copy-{number}"));
        let said = folder.must(&["backup", "--data", "@", copy.to_str().expect("a path")]);
        let events: u64 = said.out.split(' ').next().expect("a number").parse().expect("a number");
        copies.push((copy, events));
    }
    assert!(lines.count() > 0, "it went on behind the last copy");
    assert!(child.wait().expect("waits").success());
    let said = folder.must(&["export", "--data", "@", "all.ndjson"]).out;
    let all: u64 = said.split(' ').next().expect("a number").parse().expect("a number");
    for (number, (copy, events)) in copies.iter().enumerate() {
        assert!((500 * (number as u64 + 1)..all).contains(events), "{events} of {all}");
        let back = folder.beside(&format!("back-{number}"));
        let (copy, back) = (copy.to_str().expect("a path"), back.to_str().expect("a path"));
        let said = folder.must(&["restore", "--data", back, copy]);
        assert!(said.out.contains(&format!("log: {events} events hold")), "{}", said.out);
        assert!(said.out.contains("OK: the log and both projections hold"), "{}", said.out);
        // Work goes on from there.
        folder.must(&["token", "--data", back, "--actor", "001-d"]);
        let said = folder.must(&["verify", "--data", back]);
        assert!(said.out.contains(&format!("log: {} events hold", events + 1)), "{}", said.out);
    }
}

#[test]
fn a_head_kept_elsewhere_tells_what_a_restored_folder_has_lost() {
    let folder = Folder::small_round(20);
    folder.must(&["export", "--data", "@", "early.ndjson"]);
    folder.must(&["backup", "--data", "@", "copy"]);
    for _ in 0..3 {
        folder.must(&["token", "--data", "@", "--actor", "001-d"]);
    }
    folder.must(&["export", "--data", "@", "late.ndjson"]);
    let said = folder.must(&["restore", "--data", "one", "--head", "early.ndjson.head", "copy"]);
    assert!(said.out.contains("the head vouches for the end"), "{}", said.out);
    let said = folder.run(&["restore", "--data", "two", "--head", "late.ndjson.head", "copy"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.out.contains("LOST: the head knows 3 events beyond "), "{}", said.out);
    // Nothing is written over, and half a copy is no backup.
    for (data, from, code) in [("one", "copy", "folder_taken"), ("three", "nowhere", "data_missing")] {
        let said = folder.run(&["restore", "--data", data, from]);
        assert!(said.code == Some(2) && said.err.starts_with(&format!("error: {code}: ")), "{}", said.err);
    }
    std::fs::remove_file(folder.beside("copy").join("parindex.json")).expect("removes");
    assert_eq!(folder.run(&["restore", "--data", "four", "copy"]).code, Some(2));
    let said = folder.run(&["backup", "--data", "@", "one"]);
    assert!(said.code == Some(2) && said.err.starts_with("error: folder_taken: "), "{}", said.err);
}

#[test]
fn the_signed_checkpoint_in_a_backup_tells_by_the_logs_key_whether_it_is_still_what_was_signed() {
    let folder = Folder::small_round(20);
    let key = public_key(&folder.data().join("signer")).to_string();
    folder.must(&["backup", "--data", "@", "copy"]);
    folder.must(&["token", "--data", "@", "--actor", "001-d"]);
    folder.must(&["export", "--data", "@", "late.ndjson"]);
    let restore = |data: &str, more: &[&str]| folder.run(&[&["restore", "--data", data, "copy"], more].concat());

    let said = restore("one", &["--log-key", &key]);
    assert!(
        said.code == Some(0) && said.out.contains("the backup's checkpoint, signed by "),
        "{}{}",
        said.out,
        said.err
    );
    // Whoever has the backup can put an older one into it: it vouches for no end.
    assert!(said.out.contains("NOTHING OUTSIDE VOUCHES FOR THE END"), "{}", said.out);
    assert!(!folder.beside("one").join("checkpoint").exists(), "what signs goes on from its own store alone");
    let said = restore("two", &[]);
    assert!(said.code == Some(0) && said.err.contains("signed checkpoints are not looked at"), "{}", said.err);
    let said = restore("three", &["--checkpoint", "late.ndjson.checkpoint", "--log-key", &key]);
    let lost = "LOST: the checkpoint late.ndjson.checkpoint knows 1 events beyond ";
    assert!(said.code == Some(1) && said.out.contains(lost), "{}{}", said.out, said.err);
    let said = restore("four", &["--checkpoint", "late.ndjson.checkpoint"]);
    assert!(said.code == Some(2) && !folder.beside("four").exists(), "nobody's word was asked for: {}", said.err);

    // Another log of the same size and origin in its place.
    let other = Folder::small_round(20);
    let (from, to) = (other.beside("copy"), folder.beside("copy"));
    other.must(&["backup", "--data", "@", "copy"]);
    std::fs::copy(from.join("ledger.db"), to.join("ledger.db")).expect("copies");
    for projection in ["index.db", "ranking.db"] {
        std::fs::copy(from.join(projection), to.join(projection)).expect("copies");
    }
    let said = restore("five", &[]);
    assert_eq!(said.code, Some(0), "a copy by itself proves nothing: {}{}", said.out, said.err);
    let said = restore("six", &["--log-key", &key]);
    let changed = "the root up to here is not that of the backup's checkpoint";
    assert!(said.code == Some(1) && said.out.contains(changed), "{}{}", said.out, said.err);
}

#[test]
fn an_export_has_its_signed_checkpoint_beside_it() {
    let folder = Folder::small_round(20);
    let key = public_key(&folder.data().join("signer")).to_string();
    let said = folder.must(&["export", "--data", "@", "log.ndjson"]).out;
    assert!(said.contains("signed checkpoint of "), "{said}");
    let python = || {
        let mut command = Command::new("python3");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py");
        command.arg(script).arg(folder.beside("log.ndjson"));
        command.arg("--checkpoint").arg(folder.beside("log.ndjson.checkpoint")).args(["--log-key", &key]);
        Said::by(command)
    };
    let said = python();
    assert!(said.code == Some(0) && said.out.starts_with("ok: "), "{}{}", said.out, said.err);
    // The last event left out: what goes with the file tells.
    let all = std::fs::read_to_string(folder.beside("log.ndjson")).expect("exported");
    let cut = all.trim_end().rfind('\n').expect("lines") + 1;
    std::fs::write(folder.beside("log.ndjson"), &all[..cut]).expect("writes");
    let said = python();
    assert!(said.code == Some(1) && said.out.contains("broken at "), "{}{}", said.out, said.err);
}
