//! `verify.py`, the independent verifier: it passes the vectors, says of damaged logs what this crate says, and prints what the
//! README tells.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proto::event::DecodeError;
use proto::{Event, Hash};

use super::chain_file::{self, Case, Verdict};
use super::story::log::{STORY, whole};
use super::story::{self, check};
use super::{files, home, text, verdict};

fn python(args: &[&Path]) -> Output {
    Command::new("python3").arg(home().join("verify.py")).args(args).output().expect("python3 runs")
}

#[track_caller]
fn assert_all_vectors_hold(folder: &Path) {
    let output = python(&[Path::new("--vectors"), folder]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}", said.chars().take(4000).collect::<String>());
}

#[test]
fn the_verifier_in_python_passes_all_vectors() {
    assert_all_vectors_hold(&home().join("vectors"));
}

/// Numbers without pattern, the same in every run (a linear congruential generator, Knuth's constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }
}

/// Where the data stands in a good body.
fn data(body: &[u8]) -> Range<usize> {
    let text = std::str::from_utf8(body).expect("written as text");
    text.find(",\"data\":").expect("a member")..text.rfind("},\"id\":").expect("a tail")
}

/// Flips a bit in none to two neighbours.
fn flip(bodies: &mut [Vec<u8>], dice: &mut Dice) {
    let first = dice.below(bodies.len());
    for body in bodies[first..].iter_mut().take(dice.below(3)) {
        let good = body.clone();
        let byte = dice.below(body.len());
        body[byte] ^= 1 << dice.below(8);
        // The shape of a kind's data is not for a verifier without schemas (README, section 6, check 11).
        if matches!(Event::decode(body), Err(DecodeError::Shape(_))) && data(&good).contains(&byte) {
            *body = good;
        }
    }
}

/// Takes a line out, puts one in, cuts one, changes their order, or does none of that. Says whether the last LF is lost.
fn displace(bodies: &mut Vec<Vec<u8>>, dice: &mut Dice) -> bool {
    let (at, other) = (dice.below(bodies.len()), dice.below(bodies.len()));
    match dice.below(8) {
        0 => drop(bodies.remove(at)),
        1 => bodies.swap(at, other),
        2 => bodies.insert(at, bodies[other].clone()),
        3 => {
            let len = dice.below(bodies[at].len());
            bodies[at].truncate(len);
            return dice.below(2) == 0;
        }
        _ => {}
    }
    false
}

#[test]
fn rust_and_python_say_the_same_of_a_thousand_damaged_logs() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("damaged");
    fs::create_dir_all(&folder).expect("a scratch folder");
    for (name, made) in files() {
        fs::write(folder.join(name), made).expect("the folder can be written");
    }
    let good = whole(&STORY);
    let mut dice = Dice(2022);
    let cases: Vec<Case> = (0..1000)
        .map(|i| {
            let mut bodies = good.clone();
            flip(&mut bodies, &mut dice);
            let breaks_off = displace(&mut bodies, &mut dice);
            let head = chain_file::head_of(&good[..dice.below(13)]);
            let unknown = Verdict::Ok { ok: 0 };
            let (without_head, with_head) = (unknown.clone(), unknown);
            let case = Case { name: format!("damaged {i}"), bodies, breaks_off, head, without_head, with_head };
            let (without_head, with_head) = (verdict(&case.export(), None), verdict(&case.export(), Some(&case.head)));
            Case { without_head, with_head, ..case }
        })
        .collect();
    fs::write(folder.join("chains.json"), text(&chain_file::file(&cases))).expect("the folder can be written");
    assert_all_vectors_hold(&folder);
}

/// Exit code and first line of `verify.py` on an export, with a head where there is one.
fn said(name: &str, export: &[u8], head: Option<&str>) -> (Option<i32>, String) {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.jsonl"));
    fs::write(&file, export).expect("a scratch file");
    let head_file = file.with_extension("jsonl.head");
    let output = match head {
        Some(head) => {
            fs::write(&head_file, head).expect("a scratch file");
            python(&[&file, Path::new("--head"), &head_file])
        }
        None => python(&[&file]),
    };
    let first = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned();
    (output.status.code(), first)
}

#[test]
fn the_verifier_prints_what_the_readme_says() {
    let good = whole(&STORY);
    let head = chain_file::head_of(&good);
    let root = head.lines().nth(2).expect("three lines");
    let whole_log = format!("ok: 12 events, root {root}, log {}; ", story::log::ORIGIN);
    let export = story::log::export(&good);
    let vouched = whole_log.clone() + "the head vouches for the end";
    assert_eq!(said("vouched", &export, Some(&head)), (Some(0), vouched));
    let unvouched = whole_log.clone() + "NOTHING OUTSIDE THIS FILE VOUCHES FOR ITS END";
    assert_eq!(said("unvouched", &export, None), (Some(0), unvouched));
    let behind = whole_log.clone() + "the head vouches for the first 9 events, NOTHING OUTSIDE THIS FILE FOR THE REST";
    assert_eq!(said("older", &export, Some(&chain_file::head_of(&good[..9]))), (Some(0), behind));
    let again = [export.as_slice(), &good[0], b"\n"].concat();
    let broken = "broken at position 13: the body says position 1";
    assert_eq!(said("broken", &again, Some(&head)), (Some(1), broken.to_owned()));
    let end = "broken at the end: the head counts 12 events, the log has 11";
    assert_eq!(said("cut", &story::log::export(&good[..11]), Some(&head)), (Some(1), end.to_owned()));
    let nothing = format!(
        "ok: 0 events, root {}, log -; NOTHING OUTSIDE THIS FILE VOUCHES FOR ITS END",
        check::base64(&Hash::digest(b"").0)
    );
    assert_eq!(said("nothing", b"", None), (Some(0), nothing));
    let other = check::head(story::log::ORIGIN, 9, Hash::digest(b"other"));
    let root = "broken at position 9: the root up to here is not the head's";
    assert_eq!(said("other", &export, Some(&other)), (Some(1), root.to_owned()));
    let mut edited = good.clone();
    edited[5] = String::from_utf8(edited[5].clone()).expect("written as text").replace("8.25", "9.25").into_bytes();
    let changed = "broken at position 6: the event was changed: the next one holds another hash of it";
    assert_eq!(said("changed", &story::log::export(&edited), None), (Some(1), changed.to_owned()));
    let second = String::from_utf8(good[1].clone()).expect("written as text");
    let steers = second.replace("grants/a-07", "\u{1b}[2J").replace("\"version\":1", "\"version\":2");
    let shown = "broken at position 2: version 2 in stream \"\\x1b[2J\", where 1 must stand";
    let steers = story::log::export(&[good[0].clone(), steers.into_bytes()]);
    assert_eq!(said("steers", &steers, None), (Some(1), shown.to_owned()));
    assert_eq!(python(&[Path::new("no such file")]).status.code(), Some(2));
    assert_eq!(python(&[]).status.code(), Some(2));
}

#[test]
fn the_verifier_knows_every_kind_of_event() {
    let bodies = whole(&story::facts::deeds());
    let (code, line) = said("kinds", &story::log::export(&bodies), Some(&chain_file::head_of(&bodies)));
    assert_eq!(code, Some(0), "{line}");
    assert!(line.starts_with(&format!("ok: {} events", bodies.len())), "{line}");
}

#[test]
fn the_verifier_finds_a_sample_that_its_seed_does_not_draw() {
    let mut deeds = story::facts::deeds();
    let at = deeds.iter().position(|deed| deed.kind == "sample_drawn").expect("a sample");
    let drawn = deeds[at].data;
    let (before, indexes) = drawn.split_once("\"indexes\":[").expect("its indexes");
    let (first, rest) = indexes.split_once(',').expect("more than one");
    let other = first.parse::<u32>().expect("a number") + 1;
    deeds[at].data = format!("{before}\"indexes\":[{other},{rest}").leak();
    let bodies = whole(&deeds);
    let (code, line) = said("forged", &story::log::export(&bodies), None);
    let stands = format!("broken at position {}: the sample s1 is not what its seed draws", at + 1);
    assert_eq!((code, line), (Some(1), stands));
}

/// Keys, notes, policies, proofs and receipts in `verify.py`, held against the specifications by tests in its own language.
#[test]
fn the_verifiers_own_tests_hold() {
    let tests = home().join("tests/verifier");
    let python =
        Command::new("python3").args(["-m", "unittest", "discover", "-p", "*_test.py", "-s"]).arg(&tests).output();
    let output = python.expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("\nOK"), "{}", said.chars().take(8000).collect::<String>());
    assert!(!said.contains("Ran 0 tests"), "{said}");
}
