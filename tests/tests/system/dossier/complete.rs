//! A score's dossier with the sheet's complete history in it: nothing is missing up to the anchor, by both verifiers.

use proto::canon::Value;
use proto::history_proof::HistoryProof;
use system_tests::folder::Folder;

use super::damage::{Case, Members, Said, forged, lines};
use super::{every_damage_is_named, members, python};

const EXPORT: [&str; 7] = ["inspector", "export", "score", "--data", "@", "--complete", "--unit"];

/// Out of a log that has an anchor under its checkpoint: first it has none.
pub fn history_is_in_a_scores_dossier_and_nothing_can_be_left_out_of_it(folder: &Folder, key: &str) {
    let export = |unit, file| folder.run(&[&EXPORT[..], &[unit, file]].concat());
    let none = export("273", "none.zip");
    assert!(none.code == Some(2) && none.err.contains("anchor_missing"), "{}", none.err);
    folder.must(&["anchor", "--data", "@"]);
    for (unit, file) in [("273", "whole.zip"), ("gtvt", "other.zip")] {
        let said = export(unit, file);
        assert!(said.code == Some(0) && said.out.contains("no event is missing up to #"), "{}", said.out);
        for said in [
            folder.run(&["inspector", "verify-dossier", file, "--log-key", key]),
            python(&folder.beside(file), &["--log-key", key]),
        ] {
            assert!(said.code == Some(0) && said.out.contains("no event is missing up to"), "{}{}", said.out, said.err);
        }
    }
    let (whole, other) = (members(&folder.beside("whole.zip")), members(&folder.beside("other.zip")));
    every_damage_is_named(folder, key, table(&whole, &other));
}

fn table(whole: &Members, other: &Members) -> Vec<Case> {
    let with = |name: &str, bytes: Vec<u8>| {
        let mut members = whole.clone();
        members.insert(name.to_owned(), bytes);
        members
    };
    let said = |members: Members| forged(members, |_| {});
    let both = ("dossier_history", "dossier_history");
    let mut cut = HistoryProof::parse(&whole["history.json"]).expect("a history");
    let sheet = cut.streams.iter_mut().find(|s| s.presence.head.stream.to_string().starts_with("sheet/"));
    sheet.expect("the sheet").events.pop();
    let mut without = whole.clone();
    without.remove("history.json");
    let later = |manifest: &mut Said| drop(manifest.insert("complete_to".to_owned(), Value::Int(1)));
    vec![
        ("another size told", forged(whole.clone(), later), both),
        ("the sheet's newest event left out", newest_left_out(whole), both),
        ("another sheet's history", said(with("history.json", other["history.json"].clone())), both),
        ("a history that is cut", said(with("history.json", cut.to_bytes().expect("writes"))), both),
        ("a history that is none", said(with("history.json", b"{}".to_vec())), both),
        ("no history", said(without), ("dossier_members", "dossier_members")),
    ]
}

/// The newest event of the sheet left out, with its proof, and the manifest made to fit.
fn newest_left_out(whole: &Members) -> Vec<u8> {
    let (mut members, mut events) = (whole.clone(), lines(&whole["events.ndjson"]));
    let mut proofs = lines(&whole["proofs.ndjson"]);
    let of_sheet = |line: &Vec<u8>| String::from_utf8_lossy(line).contains("\"stream\":\"sheet/");
    let last = events.iter().rposition(of_sheet).expect("the sheet has events");
    events.remove(last);
    proofs.remove(last);
    members.insert("events.ndjson".to_owned(), events.concat());
    members.insert("proofs.ndjson".to_owned(), proofs.concat());
    forged(members, |manifest: &mut Said| {
        for (name, by) in [("bodies", -1), ("withheld", 1)] {
            let Some(Value::Int(count)) = manifest.get_mut(name) else { panic!("{name} is a number") };
            *count += by;
        }
    })
}
