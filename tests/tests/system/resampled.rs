//! Samples for asking respondents again, by the binary: a seed committed to before the ballots, drawn once, found again by everybody
//! who has the log; and a forged one found by both verifiers.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use proto::act::survey::RecordBatch;
use proto::{Fact, Hash};
use serde_json::{Value, json};
use system_tests::folder::{Folder, Said};
use system_tests::forged::{bodies, rewrite};

use super::survey::{enter, file};

fn of<'a>(what: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let sample = ["--data", "@", "--round", "hanoi-2022", "--sample", "mau-1", "--held-in", "noivu"];
    [&["survey", what], &sample[..], more].concat()
}

/// Puts commands on record by the actor who may send them, at a moment of the sample's survey.
fn play(folder: &Folder, actor: &str, day: u8, commands: &str) -> Said {
    let line = |command: &str| {
        let command: Value = serde_json::from_str(command).expect("a command");
        json!({ "at": format!("2023-02-{day}T02:00:00.000000Z"), "actor": actor, "command": command }).to_string()
            + "\n"
    };
    fs::write(folder.beside("play.ndjson"), commands.lines().map(line).collect::<String>()).expect("writes");
    folder.run(&["play", "--data", "@", "play.ndjson"])
}

/// What `verify.py` says of the log: status and first line.
fn by_python(folder: &Folder, name: &str) -> (Option<i32>, String) {
    folder.must(&["export", "--data", "@", name]);
    verifier(&[&folder.beside(name).display().to_string()])
}

fn verifier(arguments: &[&str]) -> (Option<i32>, String) {
    let verifier = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py");
    let said = Command::new("python3").arg(verifier).args(arguments).output().expect("python3 runs");
    (said.status.code(), String::from_utf8_lossy(&said.stdout).lines().next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_drawn_from_a_seed_that_stood_before_the_ballots_and_a_forged_one_is_found() {
    let folder = Folder::small_round(0);
    let made = folder.must(&of("seed", &["--out", "seed"])).out;
    let mode = fs::metadata(folder.beside("seed")).expect("the seed").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else reads it");
    assert_eq!(folder.must(&of("seed", &["--out", "seed"])).out, made, "what is there is committed to again");
    let text = fs::read_to_string(folder.beside("seed")).expect("the seed");
    let seed = Hash::parse(text.lines().last().expect("lines").trim_start_matches("seed ")).expect("a seed");
    assert!(!made.contains(&seed.to_string()), "the command holds no seed");
    let answer = play(&folder, "sec-1", 15, &made).out;
    assert!(answer.contains("\"accepted\""), "{answer}");

    fs::write(folder.beside("phieu.csv"), file(200)).expect("writes");
    assert_eq!(enter(&folder, "phieu.csv", &["--out", "commands.ndjson"]).code, Some(0));
    let commands = fs::read_to_string(folder.beside("commands.ndjson")).expect("commands");
    let answers = play(&folder, "srv-1", 16, &commands).out;
    assert!(answers.lines().all(|answer| answer.contains("\"accepted\"")), "{answers}");
    let last: Value = serde_json::from_str(commands.lines().last().expect("lines")).expect("a command");
    let record: RecordBatch = serde_json::from_value(last["data"].clone()).expect("a batch");
    let root = record.ballots.expect("ballots").root;

    let token = folder.must(&["token", "--data", "@", "--actor", "sec-1"]).out.trim().to_owned();
    let draw = |share: &'static str, seed: &'static str| {
        folder.run(&of("draw", &["--batch", "phieu-1", "--seed", seed, "--share", share, "--token", &token]))
    };
    fs::write(folder.beside("other"), text.replace(&seed.to_string(), &Hash([9; 32]).to_string())).expect("writes");
    let refused = draw("25", "other");
    assert!(refused.code == Some(1) && refused.out.contains("seed_differs"), "{} {}", refused.out, refused.err);
    let drawn = draw("25", "seed");
    assert_eq!(drawn.code, Some(0), "{} {}", drawn.out, drawn.err);
    let indexes: Vec<u32> = drawn.out.lines().skip(1).map(|line| line.parse().expect("an index")).collect();
    assert_eq!(indexes, proto::sample::drawn(&seed, &root, 200, 50), "a quarter of 200");
    assert_eq!(draw("25", "seed").out, drawn.out, "sent twice, it is one");
    let more = draw("30", "seed");
    assert!(more.code == Some(1) && more.out.contains("sample_already_drawn"), "{} {}", more.out, more.err);

    folder.must(&["verify", "--data", "@"]);
    let (code, said) = by_python(&folder, "log.ndjson");
    assert!(code == Some(0) && said.starts_with("ok: "), "{said}");
    folder.must(&["inspector", "export", "round", "--data", "@", "round.zip"]);
    folder.must(&["inspector", "verify-dossier", "round.zip"]);
    let dossier = folder.beside("round.zip").display().to_string();
    let (code, said) = verifier(&["--dossier", &dossier]);
    assert!(code == Some(0) && said.starts_with("ok: the dossier"), "{said}");

    // Another respondent in the place of one that was drawn; everything else fits.
    let mut db = folder.tamper("ledger.db").await;
    let drawn = |fact: &Fact| matches!(fact, Fact::SampleDrawn(_));
    let at = bodies(&mut db, 1)
        .await
        .into_iter()
        .find(|(_, body)| drawn(&proto::Event::decode(body).expect("an event").fact));
    let position = at.expect("a sample").0;
    rewrite(&mut db, position, |event| {
        if let Fact::SampleDrawn(fact) = &mut event.fact {
            let missing = (0..200).find(|index| !fact.indexes.contains(index)).expect("150 were not drawn");
            fact.indexes[0] = missing;
            fact.indexes.sort_unstable();
        }
    })
    .await;
    drop(db);
    let found = folder.run(&["verify", "--data", "@"]);
    assert!(found.code == Some(1) && found.out.contains(&format!("position {position}")), "{}", found.out);
    let (code, said) = by_python(&folder, "forged.ndjson");
    let told = format!("broken at position {position}: the sample mau-1 is not what its seed draws");
    assert_eq!((code, said), (Some(1), told));
}
