//! Dossiers that were damaged or forged, each in one way. A forger makes the manifest anew over what he has changed; an accident
//! does not.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use proto::Hash;
use proto::canon::{Value, to_vec};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// An archive's members by name.
pub type Members = BTreeMap<String, Vec<u8>>;

/// Unpacks an archive.
pub fn read(archive: &[u8]) -> Members {
    let mut zip = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut members = Members::new();
    for place in 0..zip.len() {
        let mut member = zip.by_index(place).expect("a member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("unpacks");
        members.insert(member.name().expect("a name").into_owned(), bytes);
    }
    members
}

/// Packs members, under names that a dossier need not allow.
fn pack(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).expect("begins");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("ends").into_inner()
}

fn packed(members: &Members) -> Vec<u8> {
    let all: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    pack(&all, CompressionMethod::Deflated)
}

fn manifest_of(members: &Members) -> Said {
    match Value::parse(&members["manifest.json"]).expect("a manifest") {
        Value::Object(manifest) => manifest,
        _ => panic!("the manifest is an object"),
    }
}

/// The archive of a forger: the manifest names what there is now.
pub fn forged(mut members: Members, change: impl FnOnce(&mut Said)) -> Vec<u8> {
    let mut manifest = manifest_of(&members);
    let one = |(name, bytes): (&String, &Vec<u8>)| {
        let size = i64::try_from(bytes.len()).expect("small");
        let member = [
            ("name".to_owned(), Value::Text(name.clone())),
            ("sha256".to_owned(), Value::Text(Hash::digest(bytes).to_string())),
            ("size".to_owned(), Value::Int(size)),
        ];
        Value::Object(member.into())
    };
    let others = members.iter().filter(|(name, _)| *name != "manifest.json");
    manifest.insert("members".to_owned(), Value::Array(others.map(one).collect()));
    change(&mut manifest);
    members.insert("manifest.json".to_owned(), to_vec(&Value::Object(manifest)).expect("canonical"));
    packed(&members)
}

/// Replaces the first occurrence of some bytes behind a place.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from.as_bytes()).expect("it stands there");
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

pub fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
}

/// A dossier of several rounds in which the hash of a unit's first score stands in its body's place.
pub fn withheld_body(members: &Members) -> Vec<u8> {
    let mut members = members.clone();
    let mut events = lines(&members["events.ndjson"]);
    let scored = |line: &&mut Vec<u8>| {
        let line = String::from_utf8_lossy(line);
        line.contains("\"kind\":\"self_scored\"") && line.contains("\"version\":1,")
    };
    let first = events.iter_mut().find(scored).expect("a score");
    *first = format!("{}\n", Hash::entry(&first[..first.len() - 1])).into_bytes();
    members.insert("events.ndjson".to_owned(), events.concat());
    forged(members, |manifest| {
        for (name, by) in [("bodies", -1), ("withheld", 1)] {
            if let Some(Value::Int(n)) = manifest.get_mut(name) {
                *n += by;
            }
        }
    })
}

/// The codes that the program and `verify.py` must give.
type Codes = (&'static str, &'static str);
/// A case's name, and its archive.
pub type Case = (&'static str, Vec<u8>, Codes);

type Change = fn(&mut Members);
/// What a forger does to the members, and to the manifest.
type Forgery = (&'static str, Box<dyn Fn(&mut Members)>, Codes);
type Lie = (&'static str, Box<dyn Fn(&mut Said)>, &'static str);
/// What a manifest says.
pub type Said = BTreeMap<String, Value>;

/// Everything that is tried.
pub fn table(good: &[u8]) -> Vec<Case> {
    let members = read(good);
    let mut table = of_archives(good, &members);
    table.extend(of_accidents(&members));
    table.extend(of_forgers(&members));
    table.extend(of_manifests(&members));
    assert!(table.len() >= 15, "{} kinds of damage", table.len());
    table
}

fn both(code: &'static str) -> Codes {
    (code, code)
}

fn of_archives(good: &[u8], members: &Members) -> Vec<Case> {
    let with = |name: &str, bytes: &[u8]| {
        let mut all: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
        all.push((name, bytes));
        pack(&all, CompressionMethod::Deflated)
    };
    let crowd: Vec<String> = (0..1_100).map(|n| format!("a{n}")).collect();
    let crowd: Vec<(&str, &[u8])> = crowd.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let archive = both("dossier_archive");
    vec![
        ("no archive", b"not an archive".to_vec(), archive),
        ("cut short", good[..good.len() / 2].to_vec(), archive),
        ("something before it", [b"#!/bin/sh\n", good].concat(), archive),
        ("something behind it", [good, b"\n"].concat(), archive),
        ("a path to elsewhere", with("../../etc/cron.d/x", b"x"), archive),
        ("an absolute path", with("/etc/passwd", b"x"), archive),
        ("a bomb", with("zeros", &vec![0; 50 << 20]), archive),
        ("a crowd", pack(&crowd, CompressionMethod::Stored), archive),
        ("nothing in it", pack(&[], CompressionMethod::Stored), both("dossier_members")),
    ]
}

/// One bit, or one member: the manifest still names what was there.
fn of_accidents(members: &Members) -> Vec<Case> {
    let changes: [(&str, Change, &str); 5] = [
        ("a member that nobody names", |m| drop(m.insert("note.txt".to_owned(), b"x".to_vec())), "dossier_members"),
        ("a member taken away", |m| drop(m.remove("evidence.ndjson")), "dossier_members"),
        ("no manifest", |m| drop(m.remove("manifest.json")), "dossier_members"),
        ("a flipped bit", |m| m.get_mut("events.ndjson").expect("events")[5_000] ^= 1, "dossier_changed"),
        ("a schema changed", |m| m.get_mut("schema/envelope.json").expect("a schema").push(b' '), "dossier_changed"),
    ];
    let case = |(name, change, code): (&'static str, Change, &'static str)| {
        let mut members = members.clone();
        change(&mut members);
        (name, packed(&members), both(code))
    };
    changes.map(case).into()
}

/// What a forger changes and then names in the manifest as it is now.
fn of_forgers(members: &Members) -> Vec<Case> {
    let events = |change: fn(&mut Vec<Vec<u8>>)| {
        move |m: &mut Members| {
            let mut events = lines(&m["events.ndjson"]);
            change(&mut events);
            m.insert("events.ndjson".to_owned(), events.concat());
        }
    };
    let text = |name: &'static str, from: &'static str, to: &'static str| {
        move |m: &mut Members| {
            let changed = replaced(&m[name], from, to);
            m.insert(name.to_owned(), changed);
        }
    };
    let in_events = both("dossier_events");
    let changes: Vec<Forgery> = vec![
        ("an event changed", Box::new(text("events.ndjson", "\"page\":\"tr. 9\"", "\"page\":\"tr. 8\"")), in_events),
        ("an event left out", Box::new(events(|e| drop(e.remove(200)))), in_events),
        ("two exchanged", Box::new(events(|e| e.swap(200, 201))), in_events),
        ("the last cut off", Box::new(events(|e| drop(e.pop()))), both("dossier_root")),
        ("the last changed", Box::new(last_changed), both("dossier_root")),
        ("a line without end", Box::new(|m| m.get_mut("events.ndjson").expect("events").truncate(5_000)), in_events),
        ("a body by its hash", Box::new(by_hash), in_events),
        (
            "a rank changed",
            Box::new(text("results/publication-1.ndjson", "\"rank\":2", "\"rank\":3")),
            both("dossier_results"),
        ),
        ("rows of no publication", Box::new(more_rows), both("dossier_results")),
        ("evidence left out", Box::new(less_evidence), both("dossier_evidence")),
        ("another checkpoint", Box::new(text("checkpoint", "\n\n", "\nmore\n\n")), both("dossier_checkpoint")),
        ("no policy", Box::new(text("policy", "quorum none", "quorum some")), both("dossier_policy")),
    ];
    let case = |(name, change, code): Forgery| {
        let mut members = members.clone();
        change(&mut members);
        (name, forged(members, |_| {}), code)
    };
    let mut cases: Vec<Case> = changes.into_iter().map(case).collect();
    // Python checks no page; it says so.
    let mut page = members.clone();
    text("index.html", "<td class=\"num\">1</td>", "<td class=\"num\">2</td>")(&mut page);
    cases.push(("a page that lies", forged(page, |_| {}), ("dossier_page", "")));
    cases
}

/// One digit of the last event's own id, which nothing behind it holds.
fn last_changed(members: &mut Members) {
    let mut events = lines(&members["events.ndjson"]);
    let last = events.last_mut().expect("events");
    let text = String::from_utf8_lossy(last).into_owned();
    // The envelope's own, not the credential's kind.
    let log = text.rfind("\",\"log\":\"").expect("a log");
    let at = text[..log].rfind("\",\"kind\":\"").expect("a kind, behind the id") - 1;
    last[at] = if last[at] == b'0' { b'1' } else { b'0' };
    members.insert("events.ndjson".to_owned(), events.concat());
}

fn by_hash(members: &mut Members) {
    let mut events = lines(&members["events.ndjson"]);
    let line = &mut events[300];
    *line = format!("{}\n", Hash::entry(&line[..line.len() - 1])).into_bytes();
    members.insert("events.ndjson".to_owned(), events.concat());
}

fn more_rows(members: &mut Members) {
    let rows = members["results/publication-1.ndjson"].clone();
    members.insert("results/publication-9.ndjson".to_owned(), rows);
}

fn less_evidence(members: &mut Members) {
    let evidence = lines(&members["evidence.ndjson"]);
    members.insert("evidence.ndjson".to_owned(), evidence[1..].concat());
}

fn of_manifests(members: &Members) -> Vec<Case> {
    let text = |value: &str| Value::Text(value.to_owned());
    let changes: Vec<Lie> = vec![
        ("another size", Box::new(|m| count(m, 1)), "dossier_checkpoint"),
        ("another root", Box::new(move |m| drop(m.insert("root".into(), text(&"0".repeat(64))))), "dossier_checkpoint"),
        ("another log", Box::new(move |m| drop(m.insert("log".into(), text("else.example")))), "dossier_checkpoint"),
        (
            "another round",
            Box::new(move |m| drop(m.insert("round".into(), text("hanoi-2023")))),
            "dossier_manifest_differs",
        ),
        ("another format", Box::new(|m| drop(m.insert("format".into(), Value::Int(2)))), "dossier_manifest"),
        (
            "complete by itself",
            Box::new(move |m| drop(m.insert("complete".into(), text("unproven")))),
            "dossier_manifest",
        ),
        ("a word more", Box::new(move |m| drop(m.insert("more".into(), text("x")))), "dossier_manifest"),
        ("a document less", Box::new(|m| shorter(m, "documents")), "dossier_documents"),
        ("a publication less", Box::new(|m| shorter(m, "publications")), "dossier_results"),
        ("a member unnamed", Box::new(|m| shorter(m, "members")), "dossier_members"),
    ];
    changes.into_iter().map(|(name, change, code)| (name, forged(members.clone(), |m| change(m)), both(code))).collect()
}

fn count(manifest: &mut Said, by: i64) {
    for name in ["size", "bodies"] {
        if let Some(Value::Int(n)) = manifest.get_mut(name) {
            *n += by;
        }
    }
}

fn shorter(manifest: &mut Said, name: &str) {
    if let Some(Value::Array(array)) = manifest.get_mut(name) {
        array.pop();
    }
}

/// What is tried on a score's dossier.
pub fn of_a_score(good: &[u8]) -> Vec<Case> {
    let members = read(good);
    let drop_line = |name: &'static str, at: usize| {
        move |m: &mut Members| {
            let mut of = lines(&m[name]);
            of.remove(at);
            m.insert(name.to_owned(), of.concat());
        }
    };
    let fewer = |m: &mut Said| {
        for (name, by) in [("bodies", -1), ("withheld", 1)] {
            if let Some(Value::Int(n)) = m.get_mut(name) {
                *n += by;
            }
        }
    };
    let case = |name, change: &dyn Fn(&mut Members), code| {
        let mut members = members.clone();
        change(&mut members);
        (name, forged(members, fewer), both(code))
    };
    let one_in_the_middle = |m: &mut Members| {
        drop_line("events.ndjson", 60)(m);
        drop_line("proofs.ndjson", 60)(m);
    };
    let another_hash = |m: &mut Members| {
        let proofs = lines(&m["proofs.ndjson"]);
        let text = String::from_utf8(proofs[60].clone()).expect("text");
        let (before, after) = text.split_once("\"proof\":[\"").expect("a proof");
        let changed = format!("{before}\"proof\":[\"{}{}", "0".repeat(64), &after[64..]);
        let all = [&proofs[..60].concat(), changed.as_bytes(), &proofs[61..].concat()].concat();
        m.insert("proofs.ndjson".to_owned(), all);
    };
    let changed = |m: &mut Members| {
        let events = replaced(&m["events.ndjson"], "\"page\":\"tr. ", "\"page\":\"TR. ");
        m.insert("events.ndjson".to_owned(), events);
    };
    let with = |unit: Option<&str>| {
        forged(members.clone(), |m| {
            m.remove("unit");
            m.extend(unit.map(|unit| ("unit".to_owned(), Value::Text(unit.to_owned()))));
        })
    };
    let last = lines(&members["events.ndjson"]).len() - 1;
    vec![
        case("one in the middle left out", &one_in_the_middle, "dossier_events"),
        case("an event changed", &changed, "dossier_proofs"),
        case("a proof changed", &another_hash, "dossier_proofs"),
        case("a proof left out", &drop_line("proofs.ndjson", 60), "dossier_proofs"),
        case("a proof too many", &drop_line("events.ndjson", last), "dossier_proofs"),
        ("of no unit", with(None), both("dossier_manifest")),
        ("of another unit", with(Some("noivu")), both("dossier_events")),
    ]
}
