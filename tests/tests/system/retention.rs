//! What is past the time for which it is kept: listed by a rule, brought before two people, and destroyed by their word alone.

use std::fs;

use serde_json::{Value, json};
use system_tests::folder::Folder;

const RULE: &str = "[keep]\nevidence_years = 10\nballots_years = 2\naccess_years = 5\n";

fn retention(folder: &Folder, more: &[&str]) -> system_tests::folder::Said {
    folder.run(&[&["retention", "--data", "@", "--rule", "rule.toml"], more].concat())
}

/// Puts commands on record at a moment.
fn play(folder: &Folder, actor: &str, at: &str, commands: &[Value]) -> String {
    let line = |command: &Value| json!({ "at": at, "actor": actor, "command": command }).to_string() + "\n";
    fs::write(folder.beside("play.ndjson"), commands.iter().map(line).collect::<String>()).expect("writes");
    folder.must(&["play", "--data", "@", "play.ndjson"]).out
}

#[test]
fn a_rule_that_is_none_is_told_whole_and_a_round_that_never_closed_keeps_everything() {
    let folder = Folder::small_round(20);
    fs::write(folder.beside("rule.toml"), RULE.replace("= 10", "= ten").replace("ten", "\"ten\"") + "x = 1\n")
        .expect("writes");
    let said = retention(&folder, &[]);
    assert_eq!(said.code, Some(2));
    let told = "keep.x: there is no such key; keep.evidence_years: a whole number of years, 1 to 100";
    assert!(said.err.starts_with("error: retention_rule_bad: ") && said.err.contains(told), "{}", said.err);
    fs::write(folder.beside("rule.toml"), RULE).expect("writes");
    let said = retention(&folder, &["--as-of", "2099-01-01", "--out", "none.ndjson"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for told in [
        "round hanoi-2022 never closed: it keeps everything (0 appeals open)",
        "0 past their time on 2099-01-01, 0 of them kept",
    ] {
        assert!(said.out.contains(told), "{}", said.out);
    }
    assert_eq!(fs::read(folder.beside("none.ndjson")).expect("a file"), b"");
}

#[test]
fn what_is_past_its_time_is_erased_by_two_people_and_by_no_date() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    fs::write(folder.beside("rule.toml"), RULE).expect("writes");
    let before = retention(&folder, &["--as-of", "2024-06-01"]).out;
    assert!(before.contains("0 past their time on 2024-06-01"), "{before}");
    let listed = retention(&folder, &["--as-of", "2034-01-03", "--held-in", "noivu", "--out", "orders.ndjson"]).out;
    assert!(
        listed.contains("past  file ") && listed.contains(" 0 of them kept"),
        "{}",
        listed.lines().last().unwrap_or("")
    );
    let commands = fs::read_to_string(folder.beside("orders.ndjson")).expect("commands");
    let commands: Vec<Value> = commands.lines().map(|line| serde_json::from_str(line).expect("a command")).collect();
    let files = |command: &Value| command["data"]["files"].as_array().map_or(0, Vec::len);
    let ordered: usize = commands.iter().map(files).sum();
    let past = listed.lines().filter(|line| line.starts_with("past  ")).count();
    assert!(ordered > 200 && ordered == past, "{ordered} of {past}");

    // The first case: opened, ordered, and kept by that from being ordered twice.
    let at = "2034-01-03T02:00:00.000000Z";
    let answers = play(&folder, "sec-1", at, &commands[..2]);
    assert_eq!(answers.matches("\"accepted\"").count(), 2, "{answers}");
    let again = retention(&folder, &["--as-of", "2034-01-03"]).out;
    let waits = again.lines().filter(|line| line.contains("orders it to be erased already")).count();
    assert_eq!(waits, files(&commands[1]), "nothing is destroyed yet");
    let case = commands[0]["data"]["case"].as_str().expect("a case");
    assert!(commands[0]["data"]["ground"].as_str().expect("a ground").contains("33/2024/QH15"));
    let said = folder.must(&["privacy", "cases", "--data", "@", "--lang", "en", "--as-of", "2034-02-01"]).out;
    assert!(said.contains("past the time for keeping: open") && said.contains("nobody is to be answered"), "{said}");
    assert!(said.contains("to be carried out by 2034-01-23 (LATE)"), "{said}");

    // Another person's word: from then on they are no longer held.
    let confirm = json!({
        "id": "01840000-0000-7000-8000-0000000000f1", "capacity": "administrator", "kind": "confirm_erasure", "data": { "case": case },
    });
    let answers = play(&folder, "admin-a", at, &[confirm]);
    assert!(answers.contains("\"accepted\""), "{answers}");
    let after = retention(&folder, &["--as-of", "2034-01-03"]).out;
    let left = after.lines().filter(|line| line.starts_with("past  ")).count();
    assert_eq!(left, past - files(&commands[1]));

    // Somebody asks what is held of him: nobody but the secretariat knows what that is about, so everything is kept.
    let open = json!({
        "id": "01840000-0000-7000-8000-0000000000f2", "capacity": "secretariat", "unit": "noivu", "kind": "open_case",
        "data": {
            "case": "2034-9", "request": "access", "ground": "Luật 91/2025/QH15", "received": "2034-01-03", "within_days": 10,
            "requester": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
    });
    let answers = play(&folder, "sec-1", at, &[open]);
    assert!(answers.contains("\"accepted\""), "{answers}");
    let kept = retention(&folder, &["--as-of", "2034-01-03"]).out;
    assert!(!kept.contains("past  ") && kept.contains("the case 2034-9 is open, and may be about it"));
    folder.must(&["verify", "--data", "@"]);
}
