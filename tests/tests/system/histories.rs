//! Complete histories through the doors: a file that proves all that ever happened to a sheet, and every way to leave something
//! out of it (ATTACKS T24 to T26). What Rust says of each, `proto/verify.py` says too.

use std::process::Command;

use proto::canon::to_vec;
use proto::heads::{Absence, Folded, HeadsRoot, HeadsTree, Listing};
use proto::history_proof::{BadHistory, HistoryProof};
use proto::note::{Key, NoteSigner};
use proto::policy::Policy;
use proto::{Event, Hash, Stream};
use system_tests::folder::Folder;
use system_tests::forged::{Reanchored, reanchored};

/// The whole sample, anchored and signed, and the file of a unit that appealed.
fn proven() -> (Folder, Policy, HistoryProof) {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    folder.must(&["anchor", "--data", "@"]);
    let said = folder.must(&["inspector", "prove-history", "--data", "@", "--unit", "273", "history.json"]).out;
    assert!(said.contains("OK: nothing is left out"), "{said}");
    let key = std::fs::read_to_string(folder.data().join("signer/key")).expect("the signer's key");
    let policy = Policy::of_logs([Key::parse(key.trim()).expect("a key")]);
    let history = HistoryProof::parse(&std::fs::read(folder.beside("history.json")).expect("the file")).expect("reads");
    (folder, policy, history)
}

fn verdict(history: &HistoryProof, policy: &Policy) -> &'static str {
    inspector::verify_history(history, policy).map_or_else(|bad| bad.code(), |_| "ok")
}

/// What the verifier in Python says, and how it ends.
fn independent(folder: &Folder, history: &HistoryProof) -> (Option<i32>, String) {
    std::fs::write(folder.beside("tried.json"), history.to_bytes().expect("writes")).expect("writes");
    let key = std::fs::read_to_string(folder.data().join("signer/key")).expect("the signer's key");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/verify.py");
    let mut python = Command::new("python3");
    python.arg(script).arg("--history").arg(folder.beside("tried.json")).args(["--log-key", key.trim()]);
    let output = python.output().expect("python3");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn sheet(history: &mut HistoryProof) -> &mut proto::history_proof::WholeStream {
    let of_sheet = |s: &&mut proto::history_proof::WholeStream| matches!(s.presence.head.stream, Stream::Sheet(..));
    history.streams.iter_mut().find(of_sheet).expect("the sheet")
}

/// A body after a change, and what its hash becomes.
fn changed(body: &str, change: impl Fn(&mut Event)) -> (String, Hash) {
    let mut event = Event::decode(body.as_bytes()).expect("an event");
    change(&mut event);
    let body = event.encode().expect("a body");
    let hash = Hash::entry(&body);
    (String::from_utf8(body).expect("text"), hash)
}

/// The event is left out, and all that follow in the stream are numbered and linked anew.
fn without_one(history: &mut HistoryProof, at: usize) {
    let sheet = sheet(history);
    sheet.events.remove(at);
    let mut last = Some(Hash::entry(sheet.events[at - 1].body.as_bytes()));
    for (i, event) in sheet.events.iter_mut().enumerate().skip(at) {
        let (body, hash) = changed(&event.body, |event| {
            (event.envelope.version, event.envelope.stream_prev) = (i as u64 + 1, last);
        });
        (event.body, last) = (body, Some(hash));
    }
}

/// A map of the forger's own that lacks some streams: proofs hold in it, and in no other.
fn own_map(history: &HistoryProof, without: &Stream) -> HeadsTree {
    let heads = history.streams.iter().map(|s| s.presence.head.clone()).filter(|head| head.stream != *without);
    HeadsTree::over(heads.collect()).expect("a map")
}

type Forgery = fn(&mut HistoryProof);

#[test]
fn a_complete_history_proves_itself_and_whatever_is_left_out_of_it_is_found() {
    let (folder, policy, good) = proven();
    assert_eq!(verdict(&good, &policy), "ok");
    let (code, said) = independent(&folder, &good);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("ok: "), "{said}");

    let cases: [(&str, Forgery, &str); 17] = [
        ("T24 the newest event of the sheet", |h| drop(sheet(h).events.pop()), "history_cut"),
        (
            "T24 the newest event, and the proof says so",
            |h| {
                let sheet = sheet(h);
                sheet.events.pop();
                let last = Event::decode(sheet.events.last().expect("one").body.as_bytes()).expect("an event");
                sheet.presence.head.version = last.envelope.version;
                sheet.presence.head.hash = Hash::entry(sheet.events.last().expect("one").body.as_bytes());
            },
            "history_heads",
        ),
        ("T25 one in the middle", |h| drop(sheet(h).events.remove(3)), "history_gap"),
        ("T25 one in the middle, links rewritten", |h| without_one(h, 3), "history_not_in_log"),
        ("the first one", |h| drop(sheet(h).events.remove(0)), "history_gap"),
        ("all of them", |h| sheet(h).events.clear(), "history_cut"),
        (
            "T26 the sheet is said to have no events",
            |h| {
                let stream = sheet(h).presence.head.stream.clone();
                let absence = own_map(h, &stream).absence(&stream).expect("not in the forged map");
                h.streams.retain(|s| s.presence.head.stream != stream);
                h.absences = vec![absence];
            },
            "history_heads",
        ),
        (
            "T26 by nothing at all",
            |h| {
                let stream = sheet(h).presence.head.stream.clone();
                h.streams.retain(|s| s.presence.head.stream != stream);
                h.absences = vec![Absence { after: None, before: None, stream }];
            },
            "history_heads",
        ),
        (
            "the sheet, without a word",
            |h| {
                let stream = sheet(h).presence.head.stream.clone();
                h.streams.retain(|s| s.presence.head.stream != stream);
            },
            "history_stream_missing",
        ),
        (
            "an appeal, from the list too",
            |h| {
                let gone = h.listings[0].within.pop().expect("an appeal").head.stream;
                h.streams.retain(|s| s.presence.head.stream != gone);
            },
            "history_heads",
        ),
        (
            "an appeal, from the streams alone",
            |h| {
                let gone = h.listings[0].within[0].head.stream.clone();
                h.streams.retain(|s| s.presence.head.stream != gone);
            },
            "history_stream_missing",
        ),
        (
            "T26 the round is said to have no appeals",
            |h| {
                let gone: Vec<Stream> = h.listings[0].within.iter().map(|one| one.head.stream.clone()).collect();
                h.streams.retain(|s| !gone.contains(&s.presence.head.stream));
                let prefix = h.listings[0].prefix.clone();
                h.listings[0] = Listing { after: None, before: None, prefix, within: Vec::new() };
            },
            "history_heads",
        ),
        (
            "a word of an event",
            |h| {
                let event = &mut sheet(h).events[2];
                event.body = changed(&event.body, |event| event.envelope.cause = Some(event.envelope.id.clone())).0;
            },
            "history_not_in_log",
        ),
        (
            "another state",
            |h| {
                let other = h.streams.last().expect("one").state.clone();
                sheet(h).state = other;
            },
            "history_state",
        ),
        (
            "another heads map in the anchor",
            |h| {
                h.anchor.body = changed(&h.anchor.body, |event| {
                    let proto::Fact::Anchored(anchor) = &mut event.fact else { panic!("an anchor") };
                    anchor.heads = HeadsRoot { count: 1, ..anchor.heads };
                })
                .0;
            },
            "history_anchor",
        ),
        (
            "the rulebook",
            |h| h.streams.retain(|s| !s.presence.head.stream.to_string().starts_with("rulebook/")),
            "history_stream_missing",
        ),
        ("another checkpoint", |h| h.checkpoint = h.checkpoint.replacen("\n", "x\n", 1), "history_checkpoint"),
    ];
    for (case, forge, code) in cases {
        let mut forged = good.clone();
        forge(&mut forged);
        assert_eq!(verdict(&forged, &policy), code, "{case}");
        let (status, said) = independent(&folder, &forged);
        assert_eq!((status, said.split(['_', ':']).next()), (Some(1), Some("refused")), "{case}: {said}");
    }

    // Nobody's key but the log's makes it believed, and no other bytes are a file of this form.
    let stranger = proto::note::NoteSigner::new(
        proto::note::KeyName::parse("x.example/1").expect("a name"),
        proto::note::KeyKind::Log,
        &[1; 32],
    );
    let stranger = Policy::of_logs([stranger.expect("a key").key().clone()]);
    assert_eq!(verdict(&good, &stranger), "history_checkpoint");
    let mut bytes = to_vec(&good).expect("writes");
    bytes.pop();
    assert!(matches!(HistoryProof::parse(&bytes), Err(BadHistory::Canon(_))));
    assert!(matches!(HistoryProof::parse(b"{}"), Err(BadHistory::Shape(_))));
}

#[test]
fn a_sheet_that_nobody_touched_is_proven_to_have_no_events() {
    let folder = Folder::small_round(3);
    folder.must(&["anchor", "--data", "@"]);
    let key = std::fs::read_to_string(folder.data().join("signer/key")).expect("the signer's key");
    folder.must(&["inspector", "prove-history", "--data", "@", "--unit", "273", "none.json"]);
    let said = folder.must(&["inspector", "verify-history", "none.json", "--log-key", key.trim()]).out;
    assert!(said.contains("sheet/hanoi-2022/273: no events") && said.contains("OK: nothing is left out"), "{said}");
}

#[test]
fn a_state_that_the_events_do_not_lead_to_is_found_by_whoever_folds_them() {
    let (folder, policy, good) = proven();
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read(folder.beside("log.ndjson")).expect("exported");
    let secret = std::fs::read_to_string(folder.data().join("signing.key")).expect("the key");
    let signer = NoteSigner::parse(secret.trim()).expect("a key");
    let mut history = good;
    let Folded::Sheet(state) = &mut sheet(&mut history).state else { panic!("a sheet's state") };
    state.scores.pop().expect("it has scores");
    let (stream, state) = (sheet(&mut history).presence.head.stream.clone(), sheet(&mut history).state.digest());
    let state = state.expect("it has a digest");
    let Reanchored { map, anchor, tree, note } = reanchored(&log, &signer, |heads| {
        heads.iter_mut().find(|head| head.stream == stream).expect("the sheet").state = state;
    });
    for stream in &mut history.streams {
        stream.presence = map.presence(&stream.presence.head.stream).expect("it is in the map");
    }
    history.listings = history.listings.iter().map(|listing| map.listing(&listing.prefix)).collect();
    let size = log.split(|b| *b == b'\n').count() as u64 - 1;
    history.anchor.body = String::from_utf8(anchor).expect("text");
    history.anchor.proof = tree.inclusion(size - 1, size).expect("the anchor is the last");
    history.checkpoint = note.to_string();
    assert_eq!(verdict(&history, &policy), "history_fold");
    // Python folds nothing, and says so.
    let (code, said) = independent(&folder, &history);
    assert!(code == Some(0) && said.contains("IS NOT LOOKED AT"), "{said}");
}
