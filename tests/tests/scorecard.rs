//! The score card that stands in the README is the one that a run makes, and the tests that it names are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use system_tests::attacks::{BEGIN, Card, END, Ground, columns, stories};

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

#[test]
fn every_attack_is_detected_at_its_place_and_the_readmes_card_is_that_of_a_run() {
    let card = Card::seen(&Ground::new(), "");
    assert_eq!(card.missed(), Vec::<String>::new());
    let text = std::fs::read_to_string(readme()).expect("the README");
    let (before, rest) = text.split_once(BEGIN).expect("the card's beginning");
    let (stands, after) = rest.split_once(END).expect("its end");
    if std::env::var_os("SCORE_CARD").is_some_and(|v| v == "write") {
        std::fs::write(readme(), format!("{before}{BEGIN}\n\n{}\n{END}{after}", card.table())).expect("writes");
        return;
    }
    let lines = |table: &str| -> Vec<Vec<String>> {
        let rows = table.lines().filter(|l| l.starts_with('|')).map(columns);
        rows.map(|row| row.into_iter().map(str::to_owned).collect()).collect()
    };
    assert_eq!(lines(stands), lines(&card.table()), "SCORE_CARD=write makes it anew");
}

#[test]
fn the_tests_that_tell_the_other_attacks_are_there() {
    let mut names = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.join("tests/tests"), root.join("proto/tests"), root.join("services")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(path).expect("reads");
                let lines =
                    text.lines().filter_map(|l| l.trim_start().trim_start_matches("async ").strip_prefix("fn "));
                names.extend(lines.filter_map(|l| Some(l.split_once('(')?.0.to_owned())));
            }
        }
    }
    for told in stories() {
        for name in told.by {
            assert!(names.contains(*name), "{}: no test is called {name}", told.id);
        }
    }
}
