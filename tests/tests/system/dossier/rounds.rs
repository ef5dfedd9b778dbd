//! A dossier of one round of several: what belongs to the others stays with them, and that nothing of its own is among what is
//! withheld is open until an anchor stands under its checkpoint, whose heads map then proves it.

use std::fs::read;

use proto::canon::{Value, to_vec};
use proto::dossier::RoundHeads;
use proto::heads::StreamHead;
use proto::note::NoteSigner;
use proto::{Event, Hash, RoundId, Stream};
use serde_json::Value as Json;
use system_tests::folder::{Folder, sample_round};
use system_tests::forged::{Reanchored, reanchored};

use super::damage::{self, Case, Members, Said, forged, lines};
use super::{every_damage_is_named, key, manifest, members, python};

/// The sample's setup and some self-scores, and beside each act of its round the same one in a twin of it.
fn two_rounds() -> Folder {
    let folder = Folder::new();
    let read = |name: &str| std::fs::read_to_string(sample_round().join(name)).expect("the sample is there");
    let scores: String = read("02-self-scoring.ndjson").split_inclusive('\n').take(40).collect();
    let mut script = String::new();
    for line in (read("01-setup.ndjson") + &scores).lines() {
        let mut twin: Json = serde_json::from_str(line).expect("a line");
        let command = &mut twin["command"];
        if command["kind"] == "grant_capacity" {
            // Powers for both.
            command["data"].as_object_mut().expect("data").remove("round");
            script += &format!("{twin}\n");
            continue;
        }
        script += &format!("{line}\n");
        if ["open_round", "score_self"].contains(&command["kind"].as_str().expect("a kind")) {
            command["data"]["round"] = "twin-2022".into();
            let id = command["id"].as_str().expect("an id");
            let last = if id.ends_with('0') { "1" } else { "0" };
            command["id"] = format!("{}{last}", &id[..id.len() - 1]).into();
            script += &format!("{twin}\n");
        }
    }
    std::fs::write(folder.beside("script.ndjson"), &script).expect("writes");
    let first: Json = serde_json::from_str(script.lines().next().expect("lines")).expect("a line");
    let at = first["at"].as_str().expect("a time");
    let init = ["init", "--data", "@", "--origin", "test.example/two", "--training", "--administrator", "admin-a"];
    folder.must(&[&init[..], &["--administrator", "admin-b", "--scripted-from", at]].concat());
    folder.must(&["play", "--data", "@", "script.ndjson"]);
    folder
}

#[test]
fn a_dossier_of_one_round_of_two_keeps_the_other_ones_events_to_itself_and_says_what_that_leaves_open() {
    let folder = two_rounds();
    let said = folder.must(&["inspector", "export", "round", "--data", "@", "--round", "hanoi-2022", "one.zip"]).out;
    assert!(said.contains("NOT PROVEN"), "{said}");
    let file = folder.beside("one.zip");
    let (all, said) = (members(&file), manifest(&file));
    assert!(said["withheld"].as_u64().is_some_and(|n| n == 41) && said["complete"] == "unproven", "{said}");
    for (name, bytes) in &all {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("twin-2022"), "{name} speaks of the other round");
    }
    let key = key(&folder);
    for said in [
        folder.run(&["inspector", "verify-dossier", "one.zip", "--log-key", &key]),
        python(&file, &["--log-key", &key]),
    ] {
        assert!(said.code == Some(0) && said.out.contains("NOT PROVEN"), "{}{}", said.out, said.err);
    }
    // A body that is withheld in the middle of a stream leaves a gap there.
    let damaged = folder.beside("damaged.zip");
    std::fs::write(&damaged, damage::withheld_body(&all)).expect("writes");
    for said in [
        folder.run(&["inspector", "verify-dossier", "damaged.zip", "--log-key", &key]),
        python(&damaged, &["--log-key", &key]),
    ] {
        assert!(said.code == Some(1) && said.out.contains("dossier_events: position "), "{}", said.out);
    }
    let none = folder.run(&["inspector", "export", "round", "--data", "@", "--round", "none", "none.zip"]);
    assert!(none.code == Some(2) && none.err.contains("round_unknown"), "{}", none.err);
    assert!(!folder.beside("none.zip").exists(), "half a dossier is none");
}

fn export(folder: &Folder, round: &str, file: &str) -> Members {
    folder.must(&["inspector", "export", "round", "--data", "@", "--round", round, file]);
    members(&folder.beside(file))
}

#[test]
fn under_an_anchor_nothing_of_one_round_of_two_can_be_left_out_unseen() {
    let folder = two_rounds();
    folder.must(&["anchor", "--data", "@"]);
    let (one, twin) = (export(&folder, "hanoi-2022", "one.zip"), export(&folder, "twin-2022", "twin.zip"));
    let (key, said) = (key(&folder), manifest(&folder.beside("one.zip")));
    assert!(said["complete"] == "heads" && said["complete_to"] == said["size"].as_u64().expect("a size") - 1, "{said}");
    for said in [
        folder.run(&["inspector", "verify-dossier", "one.zip", "--log-key", &key]),
        python(&folder.beside("one.zip"), &["--log-key", &key]),
    ] {
        let proven = said.out.contains("none of the round's events is missing up to #");
        assert!(said.code == Some(0) && proven, "{}{}", said.out, said.err);
    }
    let log = {
        folder.must(&["export", "--data", "@", "log.ndjson"]);
        read(folder.beside("log.ndjson")).expect("exported")
    };
    let signer = std::fs::read_to_string(folder.data().join("signing.key")).expect("the key");
    let signer = NoteSigner::parse(signer.trim()).expect("a key");
    let mut table = table(&one, &twin);
    // Whoever has the log's key can anchor a state that the events do not lead to; Python folds nothing, and says so.
    table.push(("another state in the map", with_another_state(&one, &log, &signer), ("dossier_heads", "")));
    every_damage_is_named(&folder, &key, table);
}

fn table(one: &Members, twin: &Members) -> Vec<Case> {
    let both = ("dossier_heads", "dossier_heads");
    let with = |bytes: Vec<u8>| {
        let mut members = one.clone();
        members.insert("heads.json".to_owned(), bytes);
        forged(members, |_| {})
    };
    let changed = |change: fn(&mut RoundHeads)| {
        let mut heads = RoundHeads::parse(&one["heads.json"]).expect("a proof");
        change(&mut heads);
        with(to_vec(&heads).expect("canonical"))
    };
    let told = |name: &'static str, value: Value| forged(one.clone(), move |m| drop(m.insert(name.to_owned(), value)));
    let mut without = one.clone();
    without.remove("heads.json");
    vec![
        (
            "a sheet's newest event by its hash",
            by_hash(one, |stream, newest| newest && stream.starts_with("sheet/")),
            both,
        ),
        ("a whole sheet by its hashes", by_hash(one, |stream, _| stream.starts_with("sheet/")), both),
        (
            "everyone's newest powers by their hashes",
            by_hash(one, |stream, newest| stream.starts_with("grants/") && newest),
            ("dossier_rules", "dossier_heads"),
        ),
        ("another size told", told("complete_to", Value::Int(1)), both),
        (
            "no size told",
            forged(one.clone(), |m| drop(m.remove("complete_to"))),
            ("dossier_manifest", "dossier_manifest"),
        ),
        (
            "a history told",
            told("complete", Value::Text("history".to_owned())),
            ("dossier_manifest", "dossier_manifest"),
        ),
        ("the other round's proof", with(twin["heads.json"].clone()), both),
        ("a proof that is none", with(b"{}".to_vec()), both),
        ("no proof", forged(without, |_| {}), ("dossier_members", "dossier_members")),
        ("another event for the anchor", changed(|heads| heads.anchor = 2), both),
        ("a list less", changed(|heads| drop(heads.listings.pop())), both),
        ("a sheet not listed", changed(|heads| heads.listings[2].within.clear()), both),
        ("a document twice", changed(|heads| heads.streams.push(heads.streams[0].clone())), both),
        ("a document less", changed(|heads| drop(heads.streams.remove(0))), both),
    ]
}

/// Events in whose bodies' place their hashes stand: those of which this is so, by their stream and whether they are the newest there.
fn by_hash(one: &Members, withheld: fn(&str, bool) -> bool) -> Vec<u8> {
    let (mut members, mut events) = (one.clone(), lines(&one["events.ndjson"]));
    let stream =
        |line: &Vec<u8>| Event::decode(&line[..line.len() - 1]).ok().map(|event| event.envelope.stream.to_string());
    let streams: Vec<Option<String>> = events.iter().map(stream).collect();
    let mut count = 0;
    for (at, stream) in streams.iter().enumerate() {
        let Some(stream) = stream.as_deref() else { continue };
        let newest = !streams[at + 1..].iter().flatten().any(|later| later == stream);
        if stream != "log" && withheld(stream, newest) {
            events[at] = format!("{}\n", Hash::entry(&events[at][..events[at].len() - 1])).into_bytes();
            count += 1;
        }
    }
    assert!(count > 0, "something is withheld");
    members.insert("events.ndjson".to_owned(), events.concat());
    forged(members, |manifest: &mut Said| {
        for (name, by) in [("bodies", -count), ("withheld", count)] {
            let Some(Value::Int(n)) = manifest.get_mut(name) else { panic!("{name} is a number") };
            *n += by;
        }
    })
}

/// The dossier as it would be if the last event, its anchor, held a heads map in which a sheet folds to another state: signed anew.
fn with_another_state(one: &Members, log: &[u8], signer: &NoteSigner) -> Vec<u8> {
    let round = RoundId::parse("hanoi-2022").expect("a round");
    let Reanchored { map, anchor, tree, note } = reanchored(log, signer, |heads| {
        let of_round = |head: &&mut StreamHead| matches!(&head.stream, Stream::Sheet(r, _) if *r == round);
        heads.iter_mut().find(of_round).expect("a sheet").state = Hash::digest(b"another");
    });
    let mut proof = RoundHeads::parse(&one["heads.json"]).expect("a proof");
    proof.listings = RoundHeads::prefixes(&round).map(|prefix| map.listing(&prefix)).into();
    proof.streams = proof.streams.iter().filter_map(|one| map.presence(&one.head.stream)).collect();
    let mut members = one.clone();
    let mut events = lines(&one["events.ndjson"]);
    *events.last_mut().expect("events") = [&anchor[..], b"\n"].concat();
    members.insert("events.ndjson".to_owned(), events.concat());
    members.insert("checkpoint".to_owned(), note.to_string().into_bytes());
    members.insert("heads.json".to_owned(), to_vec(&proof).expect("canonical"));
    let root = tree.head(events.len() as u64).root;
    forged(members, |manifest| drop(manifest.insert("root".to_owned(), Value::Text(root.to_string()))))
}
