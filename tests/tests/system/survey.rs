//! Ballots of a survey through the binary: looked at, taken in, put on record, proved one by one, and one of them destroyed.

use std::fs;

use proto::act::survey::RecordBatch;
use serde_json::{Value, json};
use system_tests::folder::{Folder, Said};

/// Survey leaves of the sample's departments.
const LEAVES: [&str; 3] = ["1.6.1", "1.6.2", "1.6.3"];
/// All of them, as the sample's rulebook has them.
fn leaves() -> Vec<String> {
    let mut leaves = Vec::new();
    for (field, last) in
        [("1.6", 3), ("2.6", 3), ("3.7", 5), ("4.5", 3), ("5.8", 4), ("6.4", 3), ("7.7", 4), ("8.2", 7)]
    {
        leaves.extend((1..=last).map(|n| format!("{field}.{n}")));
    }
    leaves
}

/// A file of ballots about two departments, as a spreadsheet saves it: the first three leaves are answered, the others not.
pub fn file(ballots: usize) -> String {
    let mut text = format!("Đơn vị;Nhóm;Ngày;Điều tra viên;Giây;{}\r\n", leaves().join(";"));
    for n in 0..ballots {
        let (unit, answer) = (["congthuong", "dulich"][n % 2], ["a", "b", "c", "d"][n % 4]);
        let rest = ";".repeat(leaves().len() - LEAVES.len());
        text += &format!("{unit};so-5;{}/12/2022;dtv-rieng;240;{answer};b;{answer}{rest}\r\n", n % 28 + 1);
    }
    text
}

pub fn enter(folder: &Folder, file: &str, more: &[&str]) -> Said {
    let batch =
        ["--round", "hanoi-2022", "--batch", "phieu-1", "--tally", "phieu-1", "--method", "paper", "--unit", "noivu"];
    folder.run(&[&["survey", "enter", "--data", "@", "--file", file], &batch[..], more].concat())
}

fn of_ballot<'a>(what: &'a str, index: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let of = ["survey", what, "--data", "@", "--round", "hanoi-2022", "--batch", "phieu-1", "--index", index];
    [&of[..], more].concat()
}

fn check(folder: &Folder, proof: &str) -> Said {
    folder.run(&[
        "survey",
        "check-ballot",
        "--data",
        "@",
        "--round",
        "hanoi-2022",
        "--batch",
        "phieu-1",
        "--proof",
        proof,
    ])
}

/// Puts what `survey enter` wrote on record, at a moment of the sample's survey.
fn play(folder: &Folder, commands: &str) -> String {
    let commands = fs::read_to_string(folder.beside(commands)).expect("commands");
    let line = |command: &str| {
        let command: Value = serde_json::from_str(command).expect("a command");
        json!({ "at": "2023-02-16T02:00:00.000000Z", "actor": "srv-1", "command": command }).to_string() + "\n"
    };
    fs::write(folder.beside("batch.ndjson"), commands.lines().map(line).collect::<String>()).expect("writes");
    folder.must(&["play", "--data", "@", "batch.ndjson"]).out
}

#[test]
fn ballots_are_counted_put_on_record_and_proved_and_one_can_be_destroyed() {
    let folder = Folder::small_round(0);
    fs::write(folder.beside("phieu.csv"), file(1_000)).expect("writes");
    let preview = folder.must(&["survey", "read", "--data", "@", "--round", "hanoi-2022", "--file", "phieu.csv"]).out;
    assert!(preview.starts_with("1000 ballots, 1 collectors\ncongthuong so-5: 500\ndulich so-5: 500\n"), "{preview}");
    assert!(!folder.data().join("ballots.db").exists(), "a look keeps nothing");

    let entered = enter(&folder, "phieu.csv", &["--out", "commands.ndjson"]);
    assert_eq!(
        (entered.code, entered.out.lines().next()),
        (Some(0), Some("1000 ballots, 1 collectors")),
        "{}",
        entered.err
    );
    let answers = play(&folder, "commands.ndjson");
    assert!(answers.lines().all(|answer| answer.contains("\"accepted\"")), "{answers}");
    let commands = fs::read_to_string(folder.beside("commands.ndjson")).expect("commands");
    let last: Value = serde_json::from_str(commands.lines().last().expect("lines")).expect("a command");
    let record: RecordBatch = serde_json::from_value(last["data"].clone()).expect("a batch");
    assert_eq!((record.respondents, record.groups.len()), (1_000, 1));
    assert!(!commands.contains("dtv-rieng"), "no collector's name goes into the log");

    // Sent again, also with a token, it is the same batch; another file under its name is refused.
    let token = folder.must(&["token", "--data", "@", "--actor", "srv-1"]).out.trim().to_owned();
    let again = enter(&folder, "phieu.csv", &["--token", &token]);
    assert!(
        again.code == Some(0) && again.out.ends_with("on record: hanoi-2022 phieu-1\n"),
        "{} {}",
        again.out,
        again.err
    );
    fs::write(folder.beside("other.csv"), file(999)).expect("writes");
    let other = enter(&folder, "other.csv", &["--out", "other.ndjson"]);
    assert!(other.code == Some(2) && other.err.starts_with("error: batch_stored: "), "{}", other.err);

    folder.must(&of_ballot("prove", "0", &["first.json"]));
    folder.must(&of_ballot("prove", "998", &["other.json"]));
    for proof in ["first.json", "other.json"] {
        let said = check(&folder, proof);
        assert!(said.code == Some(0) && said.out.starts_with("OK  ballot "), "{} {}", said.out, said.err);
    }
    let forged = fs::read_to_string(folder.beside("first.json")).expect("a proof").replacen(
        "\"answer\":\"a\"",
        "\"answer\":\"d\"",
        1,
    );
    fs::write(folder.beside("forged.json"), forged).expect("writes");
    let said = check(&folder, "forged.json");
    assert!(said.code == Some(1) && said.out.starts_with("NOT COUNTED  "), "{} {}", said.out, said.err);

    let said = folder.must(&of_ballot("drop-ballot", "0", &[])).out;
    assert_eq!(said, "ballot 0 is destroyed, and so is the key of the file that it came in\n");
    let gone = folder.run(&of_ballot("prove", "0", &["again.json"]));
    assert!(gone.code == Some(2) && gone.err.starts_with("error: ballot_destroyed: "), "{}", gone.err);
    folder.must(&of_ballot("prove", "999", &["last.json"]));
    assert_eq!(check(&folder, "last.json").code, Some(0));
    // The log holds, and says of the file that nothing opens it any more.
    folder.must(&["verify", "--data", "@"]);
    let file = folder.run(&[
        "evidence",
        "get",
        "--data",
        "@",
        &record.ballots.expect("ballots").file.address.to_string(),
        "x.csv",
    ]);
    assert!(file.code == Some(2) && file.err.starts_with("error: file_key_missing: "), "{}", file.err);
}

#[test]
fn a_file_of_ballots_with_faults_goes_nowhere_and_all_of_them_are_told() {
    let folder = Folder::small_round(0);
    let good = file(40);
    let bad = good.replacen("congthuong;", "congthuongx;", 1).replacen("240;b;b;b", "240;b;e;b", 1);
    fs::write(folder.beside("bad.csv"), bad + "dulich;so-5;1/12").expect("writes");
    let read = ["survey", "read", "--data", "@", "--round", "hanoi-2022", "--file", "bad.csv", "--lang", "en"];
    let entered = enter(&folder, "bad.csv", &["--out", "no.ndjson", "--lang", "en"]);
    for said in [folder.run(&read), entered] {
        assert_eq!(said.code, Some(1), "{}", said.err);
        let codes: Vec<&str> =
            said.out.lines().filter_map(|line| line.split_once(": row").map(|(code, _)| code)).collect();
        assert_eq!(codes, ["unit_unknown", "answer_unknown", "cells_missing"], "{}", said.out);
        assert!(said.out.contains("row 2, column A “Đơn vị” (A2)"), "{}", said.out);
    }
    assert!(!folder.beside("no.ndjson").exists(), "no command is written");
    let none = folder.run(&of_ballot("prove", "0", &["x.json"]));
    assert!(none.code == Some(2) && none.err.starts_with("error: batch_not_stored: "), "{}", none.err);
    let unknown = folder.run(&["survey", "read", "--data", "@", "--round", "hue-2022", "--file", "bad.csv"]);
    assert!(unknown.code == Some(2) && unknown.err.starts_with("error: round_unknown: "), "{}", unknown.err);
    // Saved in an encoding that cannot be seen: it is asked for, and then read.
    let old = b"don_vi;nhom;ngay;1.6.1;1.6.2;1.6.3\r\nS\xf5\xd2;so-5;1/12/2022;a;b;c\r\n";
    fs::write(folder.beside("old.csv"), old).expect("writes");
    let old = ["survey", "read", "--data", "@", "--round", "hanoi-2022", "--file", "old.csv"];
    let said = folder.run(&old);
    assert!(said.code == Some(1) && said.out.starts_with("encoding_unknown: "), "{} {}", said.out, said.err);
    let said = folder.run(&[&old[..], &["--encoding", "cp1258"]].concat());
    assert!(said.out.contains("unit_unknown: dòng 2, cột A “don_vi” (A2): “Sở”"), "{} {}", said.out, said.err);
}
