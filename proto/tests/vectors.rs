//! The vectors in `vectors/`: made here, compared with what is on disk, and checked against this crate and `verify.py`.
//! A test run never changes a file, unless PROTO_VECTORS=write is set.

#[path = "vectors/canon.rs"]
mod canon;
#[path = "vectors/chain_file.rs"]
mod chain_file;
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
#[path = "vectors/independent.rs"]
mod independent;
#[path = "vectors/notes.rs"]
mod notes;
#[path = "vectors/proofs.rs"]
mod proofs;
#[path = "vectors/samples.rs"]
mod samples;
mod story;
#[path = "vectors/stretches.rs"]
mod stretches;
#[path = "vectors/trees.rs"]
mod trees;

use std::fs;
use std::path::Path;

use proto::note::{Key, Note};
use proto::policy::{Believed, Policy};
use proto::receipt::Receipt;
use proto::tree::{CompactRange, TreeHead, verify_consistency, verify_inclusion};
use proto::walk::Broken;
use proto::{Event, Hash};
use serde::Serialize;

use chain_file::Verdict;
use story::check;
use story::log::{STORY, whole};

const NAMES: [&str; 8] = [
    "canon.json",
    "chains.json",
    "events.json",
    "heads.json",
    "notes.json",
    "proofs.json",
    "samples.json",
    "trees.json",
];

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("plain structs have a form") + "\n"
}

fn files() -> [(&'static str, String); 8] {
    let [canon, chains, events, heads, notes, proofs, samples, trees] = NAMES;
    [
        (canon, text(&canon::file())),
        (chains, text(&chain_file::file(&chains::cases()))),
        (events, text(&events::file())),
        (heads, text(&heads::file())),
        (notes, text(&notes::file())),
        (proofs, text(&proofs::file())),
        (samples, text(&samples::file())),
        (trees, text(&trees::file())),
    ]
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
fn the_readme_shows_what_the_code_makes() {
    let readme = fs::read_to_string(home().join("README.md")).expect("it is there");
    let good = whole(&STORY);
    let first = String::from_utf8(good[0].clone()).expect("written as text");
    for shown in [first, Hash::entry(&good[0]).to_string(), chain_file::head_of(&good)] {
        assert!(readme.contains(&shown), "the README does not show {shown}");
    }
    for broken in [Broken::NoEnvelope, Broken::Prev, Broken::Changed] {
        assert!(readme.contains(&format!("`{broken}`")), "the README does not know {broken}");
    }
    for (name, _, _, what) in canon::BAD {
        assert!(readme.contains(&format!("| {what} |")), "{name}: the README does not know {what:?}");
    }
}
