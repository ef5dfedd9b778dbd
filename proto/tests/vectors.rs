//! The vectors in `vectors/`: made here, compared with what is on disk, and checked against this crate and `verify.py`.
//! A test run never changes a file, unless PROTO_VECTORS=write is set.

#[path = "vectors/canon.rs"]
mod canon;
#[path = "vectors/chains.rs"]
mod chains;
#[path = "notes/curve.rs"]
mod curve;
#[path = "vectors/events.rs"]
mod events;
#[path = "proofs/trees.rs"]
mod grown;
#[path = "vectors/heads.rs"]
mod heads;
#[path = "vectors/notes.rs"]
mod notes;
#[path = "vectors/proofs.rs"]
mod proofs;
mod story;
#[path = "vectors/stretches.rs"]
mod stretches;
#[path = "vectors/trees.rs"]
mod trees;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proto::event::DecodeError;
use proto::note::{Key, Note};
use proto::policy::{Believed, Policy};
use proto::receipt::Receipt;
use proto::tree::{CompactRange, TreeHead, verify_consistency, verify_inclusion};
use proto::walk::Broken;
use proto::{Event, Hash};
use serde::Serialize;

use chains::{Case, Verdict};
use story::check;
use story::log::{STORY, whole};

const NAMES: [&str; 7] =
    ["canon.json", "chains.json", "events.json", "heads.json", "notes.json", "proofs.json", "trees.json"];

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("plain structs have a form") + "\n"
}

fn files() -> [(&'static str, String); 7] {
    let [canon, chains, events, heads, notes, proofs, trees] = NAMES;
    [
        (canon, text(&canon::file())),
        (chains, text(&chains::file(&chains::cases()))),
        (events, text(&events::file())),
        (heads, text(&heads::file())),
        (notes, text(&notes::file())),
        (proofs, text(&proofs::file())),
        (trees, text(&trees::file())),
    ]
}

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
fn the_vectors_on_disk_are_what_this_code_makes() {
    let folder = home().join("vectors");
    let write = std::env::var("PROTO_VECTORS").is_ok_and(|v| v == "write");
    for (name, made) in files() {
        let path = folder.join(name);
        if write {
            fs::write(&path, &made).expect("the folder can be written");
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == made, "{name} differs; if that is meant, run this test with PROTO_VECTORS=write");
    }
}

#[test]
fn every_text_has_the_fault_that_is_stated_for_it() {
    for (name, text) in canon::GOOD {
        assert_eq!(proto::canon::check(text.as_bytes()), Ok(()), "{name}");
    }
    for (name, bytes, at, what) in canon::BAD {
        let fault = proto::canon::check(bytes).expect_err(name);
        assert_eq!((fault.at, fault.what), (*at, *what), "{name}");
    }
}

#[test]
fn every_event_comes_from_its_command() {
    for case in events::file() {
        let event = Event::decode(case.body.as_bytes()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(event.encode().expect("small"), case.body.as_bytes(), "{}", case.name);
        let command = proto::Command::parse(case.command.as_bytes()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(command.to_canonical(), case.command.as_bytes(), "{}", case.name);
        assert_eq!(command.digest, event.envelope.command.digest, "{}", case.name);
        assert_eq!(command.id, event.envelope.command.id, "{}", case.name);
    }
}

#[test]
fn every_tree_has_the_root_that_the_definition_gives() {
    let mut range = CompactRange::default();
    for size in trees::SIZES {
        while range.size() < size {
            range.append(trees::entry(range.size()));
        }
        assert_eq!(range.root(), trees::root(0, size), "{size}");
    }
}

#[test]
fn every_proof_has_the_verdict_that_is_stated_for_it() {
    let file = proofs::file();
    for case in file.inclusion {
        let found = verify_inclusion(case.index, case.entry, case.size, case.root, &case.proof);
        assert_eq!(found.is_ok(), case.holds, "{}: {found:?}", case.name);
    }
    for case in file.consistency {
        let (old, new) =
            (TreeHead { size: case.old, root: case.old_root }, TreeHead { size: case.new, root: case.new_root });
        let found = verify_consistency(old, new, &case.proof);
        assert_eq!(found.is_ok(), case.holds, "{}: {found:?}", case.name);
    }
}

#[test]
fn every_heads_map_and_every_proof_about_one_is_as_stated() {
    let file = heads::file();
    for map in file.maps {
        let count = map.heads.len();
        let tree = proto::heads::HeadsTree::over(map.heads).expect("in order");
        assert_eq!(tree.root(), map.root, "{count}");
    }
    let asked = |name: &str| proto::Stream::parse(name).expect("a stream");
    for case in file.presences {
        assert_eq!(case.proof.verify(&case.root).is_ok(), case.holds, "{}", case.name);
    }
    for case in file.absences {
        assert_eq!(case.proof.verify(&asked(&case.asked), &case.root).is_ok(), case.holds, "{}", case.name);
    }
    for case in file.listings {
        assert_eq!(case.proof.verify(&case.asked, &case.root).is_ok(), case.holds, "{}", case.name);
    }
}

#[test]
fn every_key_and_policy_is_read_or_refused_as_stated() {
    let file = notes::file();
    for case in file.keys {
        let found = Key::parse(&case.key);
        assert_eq!(found.is_ok(), case.good, "{}: {found:?}", case.name);
    }
    for (name, policy) in file.policies {
        Policy::parse(&policy).unwrap_or_else(|bad| panic!("{name}: {bad}"));
    }
    for case in file.bad_policies {
        assert!(Policy::parse(&case.policy).is_err(), "{}", case.name);
    }
}

/// What is found of a signed checkpoint, in the words of the vectors.
fn note_verdict<E>(found: Result<Believed, E>) -> notes::Verdict {
    match found {
        Ok(found) => notes::Verdict::Believed(notes::Believed {
            size: found.checkpoint.head.size,
            extensions: found.checkpoint.extensions,
            signed: found.signed_by.len(),
            cosigned: found.cosigned_by,
            quorum_met: found.quorum_met,
        }),
        Err(_) => notes::Verdict::Refused(true),
    }
}

#[test]
fn every_note_and_receipt_has_the_verdict_that_is_stated_for_it() {
    let file = notes::file();
    let policy = |name: &str| Policy::parse(&file.policies[name]).expect("a policy");
    for case in &file.notes {
        let found =
            Note::parse(&notes::bytes(&case.note)).map_err(Into::into).and_then(|n| policy(case.policy).open(&n));
        let words = format!("{}: {found:?}", case.name);
        assert_eq!(note_verdict(found), case.verdict, "{words}");
    }
    for case in &file.receipts {
        let event = Hash::entry(case.event.as_bytes());
        let found = Receipt::parse(&notes::bytes(&case.receipt)).and_then(|r| r.verify(event, &policy(case.policy)));
        let words = format!("{}: {found:?}", case.name);
        assert_eq!(note_verdict(found), case.verdict, "{words}");
    }
}

/// What the full check says, in the words of the vectors.
fn verdict(export: &[u8], head: Option<&str>) -> Verdict {
    match check::verify(export, head) {
        check::Verdict::Whole { events, .. } => Verdict::Ok { ok: events },
        check::Verdict::Broken { position, reason } => Verdict::Broken { position, reason },
        check::Verdict::End { reason } => Verdict::End { end: reason },
    }
}

fn agrees(found: &Verdict, stated: &Verdict) -> bool {
    match (found, stated) {
        (Verdict::Ok { ok: a }, Verdict::Ok { ok: b }) => a == b,
        (Verdict::Broken { position: a, reason: x }, Verdict::Broken { position: b, reason: y }) => {
            a == b && x.starts_with(y)
        }
        (Verdict::End { end: x }, Verdict::End { end: y }) => x.starts_with(y),
        _ => false,
    }
}

#[test]
fn every_broken_chain_is_found_at_its_position_with_its_reason() {
    for case in chains::cases() {
        for (head, stated) in [(None, &case.without_head), (Some(case.head.as_str()), &case.with_head)] {
            let found = verdict(&case.export(), head);
            assert!(agrees(&found, stated), "{}: {found:?} instead of {stated:?}", case.name);
        }
    }
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
            let head = chains::head_of(&good[..dice.below(13)]);
            let unknown = Verdict::Ok { ok: 0 };
            let (without_head, with_head) = (unknown.clone(), unknown);
            let case = Case { name: format!("damaged {i}"), bodies, breaks_off, head, without_head, with_head };
            let (without_head, with_head) = (verdict(&case.export(), None), verdict(&case.export(), Some(&case.head)));
            Case { without_head, with_head, ..case }
        })
        .collect();
    fs::write(folder.join("chains.json"), text(&chains::file(&cases))).expect("the folder can be written");
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
    let head = chains::head_of(&good);
    let root = head.lines().nth(2).expect("three lines");
    let whole_log = format!("ok: 12 events, root {root}, log {}; ", story::log::ORIGIN);
    let export = story::log::export(&good);
    let vouched = whole_log.clone() + "the head vouches for the end";
    assert_eq!(said("vouched", &export, Some(&head)), (Some(0), vouched));
    let unvouched = whole_log.clone() + "NOTHING OUTSIDE THIS FILE VOUCHES FOR ITS END";
    assert_eq!(said("unvouched", &export, None), (Some(0), unvouched));
    let behind = whole_log.clone() + "the head vouches for the first 9 events, NOTHING OUTSIDE THIS FILE FOR THE REST";
    assert_eq!(said("older", &export, Some(&chains::head_of(&good[..9]))), (Some(0), behind));
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
    let (code, line) = said("kinds", &story::log::export(&bodies), Some(&chains::head_of(&bodies)));
    assert_eq!(code, Some(0), "{line}");
    assert!(line.starts_with(&format!("ok: {} events", bodies.len())), "{line}");
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

#[test]
fn the_readme_shows_what_the_code_makes() {
    let readme = fs::read_to_string(home().join("README.md")).expect("it is there");
    let good = whole(&STORY);
    let first = String::from_utf8(good[0].clone()).expect("written as text");
    for shown in [first, Hash::entry(&good[0]).to_string(), chains::head_of(&good)] {
        assert!(readme.contains(&shown), "the README does not show {shown}");
    }
    for broken in [Broken::NoEnvelope, Broken::Prev, Broken::Changed] {
        assert!(readme.contains(&format!("`{broken}`")), "the README does not know {broken}");
    }
    for (name, _, _, what) in canon::BAD {
        assert!(readme.contains(&format!("| {what} |")), "{name}: the README does not know {what:?}");
    }
}
