//! Dossiers through the binary: made of the sample round, checked by it and by `verify.py`, which share no line of code. Every
//! kind of damage is found by both, each under its own name.

mod complete;
mod damage;
mod printed;
mod rounds;

use std::path::Path;
use std::process::Command;

use proto::note::{KeyKind, KeyName, Note, NoteSigner};
use serde_json::Value;
use system_tests::folder::{Folder, Said};

use super::signing::public_key;

/// What Python's verifier says of a dossier.
fn python(file: &Path, more: &[&str]) -> Said {
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py")).arg("--dossier").arg(file).args(more);
    Said::by(command)
}

fn key(folder: &Folder) -> String {
    public_key(&folder.data().join("signer")).to_string()
}

/// The members of an archive, by name.
fn members(file: &Path) -> damage::Members {
    damage::read(&std::fs::read(file).expect("the dossier"))
}

fn manifest(file: &Path) -> Value {
    serde_json::from_slice(&members(file)["manifest.json"]).expect("a manifest")
}

/// The manifest of a dossier, by whose digest it is known.
pub fn manifest_bytes(file: &Path) -> Vec<u8> {
    members(file)["manifest.json"].clone()
}

#[test]
fn the_sample_rounds_dossier_holds_for_both_verifiers_and_every_damage_is_named_by_both() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let said = folder.must(&["inspector", "export", "round", "--data", "@", "round.zip"]).out;
    assert!(said.contains("no event is missing") && said.contains("2 publications"), "{said}");
    folder.must(&["inspector", "export", "round", "--data", "@", "again.zip"]);
    let (file, again) = (folder.beside("round.zip"), folder.beside("again.zip"));
    let bytes = std::fs::read(&file).expect("a dossier");
    assert!(bytes == std::fs::read(&again).expect("a dossier"), "the same round makes the same bytes");
    let taken = folder.run(&["inspector", "export", "round", "--data", "@", "round.zip"]);
    assert!(taken.code == Some(2) && std::fs::read(&file).expect("it stands") == bytes, "{}", taken.err);

    // What it says of its events is what the log's own export says.
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let (all, log) = (members(&file), std::fs::read(folder.beside("log.ndjson")).expect("exported"));
    assert!(all["events.ndjson"] == log, "the events are those of the log, byte for byte");
    let ranked = folder.must(&["ranking", "--data", "@", "--publication", "2", "--json"]).out;
    let ranked: Vec<Value> = serde_json::from_str(&ranked).expect("rows");
    let rows = String::from_utf8(all["results/publication-2.ndjson"].clone()).expect("text");
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(rows.len(), ranked.len());
    for row in &rows {
        let same = |other: &&Value| other["unit"] == row["unit"] && other["rank"] == row["rank"];
        assert!(ranked.iter().any(|other| same(&other)), "{row}");
    }

    let key = key(&folder);
    for named in [&["--log-key", &key][..], &[]] {
        let ours = folder.run(&[&["inspector", "verify-dossier", "round.zip"], named].concat());
        let theirs = python(&file, named);
        for said in [&ours, &theirs] {
            assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
            assert_eq!(said.out.contains("BY THE KEY THAT IT NAMES ITSELF"), named.is_empty(), "{}", said.out);
        }
    }
    let stranger =
        folder.must(&["keygen", "--kind", "log", "--name", "parindex.example/hanoi-2022/training", "stranger.key"]).out;
    for said in [
        folder.run(&["inspector", "verify-dossier", "round.zip", "--log-key", stranger.trim()]),
        python(&file, &["--log-key", stranger.trim()]),
    ] {
        assert!(said.code == Some(1) && said.out.contains("dossier_checkpoint"), "{}", said.out);
    }

    every_damage_is_named(&folder, &key, damage::table(&bytes));
    a_scores_dossier_holds_and_its_damage_is_named(&folder, &key);
    printed::is_read_off_the_sheet_and_verifies(&folder, &key);
    complete::history_is_in_a_scores_dossier_and_nothing_can_be_left_out_of_it(&folder, &key);
}

/// One unit's history out of the same log.
fn a_scores_dossier_holds_and_its_damage_is_named(folder: &Folder, key: &str) {
    let export = ["inspector", "export", "score", "--data", "@", "--unit", "gtvt", "--leaf", "1.1.1", "score.zip"];
    let said = folder.must(&export).out;
    assert!(said.contains("NOT PROVEN"), "{said}");
    let file = folder.beside("score.zip");
    for said in [
        folder.run(&["inspector", "verify-dossier", "score.zip", "--log-key", key]),
        python(&file, &["--log-key", key]),
    ] {
        assert!(said.code == Some(0) && said.out.contains("the sheet of gtvt"), "{}{}", said.out, said.err);
        assert!(said.out.contains("NOT PROVEN"), "{}", said.out);
    }
    let events = String::from_utf8(members(&file)["events.ndjson"].clone()).expect("text");
    let of_others = |line: &&str| line.contains("\"stream\":\"sheet/") && !line.contains("/gtvt\"");
    assert!(events.lines().count() > 100 && events.lines().find(of_others).is_none(), "another unit's sheet");
    let bytes = std::fs::read(&file).expect("a dossier");
    every_damage_is_named(folder, key, damage::of_a_score(&bytes));
    let unknown = folder.run(&["inspector", "export", "score", "--data", "@", "--unit", "nobody", "nobody.zip"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("unit_unknown"), "{}", unknown.err);
}

/// Both verifiers refuse each, under the name of its damage.
fn every_damage_is_named(folder: &Folder, key: &str, table: Vec<damage::Case>) {
    let damaged = folder.beside("damaged.zip");
    for (name, made, (ours, theirs)) in table {
        std::fs::write(&damaged, made).expect("writes");
        let said = folder.run(&["inspector", "verify-dossier", "damaged.zip", "--log-key", key]);
        let first = said.out.lines().next().unwrap_or_default();
        assert!(said.code == Some(1) && first.starts_with(&format!("FAILED: {ours}: ")), "{name}: {first}{}", said.err);
        let said = python(&damaged, &["--log-key", key]);
        let first = said.out.lines().next().unwrap_or_default();
        if theirs.is_empty() {
            assert!(said.code == Some(0) && said.out.contains("NOT CHECKED HERE"), "{name}: {}", said.out);
            continue;
        }
        assert!(
            said.code == Some(1) && first.starts_with(&format!("refused: {theirs}: ")),
            "{name}: {first}{}",
            said.err
        );
    }
}

#[test]
fn a_dossier_stands_under_the_cosignatures_that_its_policy_asks_for_and_says_whose() {
    let folder = Folder::small_round(20);
    let mut note =
        Note::parse(&std::fs::read(folder.data().join("signer/checkpoint")).expect("signed")).expect("a note");
    let witness = |n: u8| {
        let name = KeyName::parse(&format!("witness-{n}.example")).expect("a name");
        NoteSigner::new(name, KeyKind::Witness, &[n; 32]).expect("a key")
    };
    let (log, witnesses) = (key(&folder), [witness(1), witness(2)]);
    let lines: String = witnesses.iter().zip(1..).map(|(w, n)| format!("witness w{n} {}\n", w.key())).collect();
    let policy = |least: &str| format!("log {log}\n{lines}group both {least} w1 w2\nquorum both\n");
    std::fs::write(folder.beside("one"), policy("1")).expect("writes");
    std::fs::write(folder.beside("all"), policy("all")).expect("writes");
    note.push(witnesses[0].sign(note.text(), 1_700_000_000)).expect("few");
    std::fs::write(folder.beside("kept"), note.to_string()).expect("writes");
    let export = |policy: &'static str, more: &[&'static str]| {
        let all = ["inspector", "export", "round", "--data", "@", "--policy", policy];
        folder.run(&[&all[..], more, &["cosigned.zip"]].concat())
    };
    let too_few = export("all", &["--checkpoint", "kept"]);
    assert!(too_few.code == Some(2) && too_few.err.contains("dossier_quorum"), "{}", too_few.err);
    let none = export("one", &[]);
    assert!(none.code == Some(2) && none.err.contains("checkpoint_missing"), "{}", none.err);
    let said = export("one", &["--checkpoint", "kept"]);
    assert!(said.code == Some(0) && said.out.contains("cosigned by w1"), "{}{}", said.out, said.err);
    for (policy, code, words) in [("one", 0, "cosigned by"), ("all", 1, "dossier_quorum")] {
        let theirs = folder.beside(policy);
        for said in [
            folder.run(&["inspector", "verify-dossier", "cosigned.zip", "--policy", policy]),
            python(&folder.beside("cosigned.zip"), &["--policy", theirs.to_str().expect("a name")]),
        ] {
            assert!(said.code == Some(code) && said.out.contains(words), "{policy}: {}{}", said.out, said.err);
        }
    }
}
