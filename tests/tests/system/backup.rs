//! Copies of a data folder: taken while it is served, put back, verified, and measured by a head that was kept elsewhere.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use system_tests::folder::{Folder, sample_round};

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
    assert!(said.out.contains("LOST: the head kept outside knows 3 events beyond "), "{}", said.out);
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
