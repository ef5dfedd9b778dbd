//! Laws of events: every kind reads back as it was written, and no edited byte passes a walk unseen.
//! Nothing here names a kind that another list does not: a new kind breaks `story::facts`, and then the table below.

mod story;

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;
use proto::canon::Value;
use proto::event::DecodeError;
use proto::tail::{Front, Tail};
use proto::tree::CompactRange;
use proto::walk::{Broken, Fault, Walk, blame};
use proto::{Act, Event, Fact, Hash, Origin};

use story::check::{Check, Unfit};
use story::facts;
use story::log::{Members, ORIGIN, STORY, whole, write};

fn origin() -> Origin {
    Origin::parse(ORIGIN).expect("an origin")
}

fn text(body: &[u8]) -> &str {
    std::str::from_utf8(body).expect("written as text")
}

/// A body of every kind, some of them twice.
fn samples() -> Vec<Vec<u8>> {
    whole(&facts::deeds())
}

#[test]
fn every_kind_has_a_sample_and_stands_in_its_stream() {
    let mut kinds = Vec::new();
    for body in samples() {
        let event = Event::decode(&body).unwrap_or_else(|e| panic!("{e}: {}", text(&body)));
        assert_eq!(facts::stream(&event.fact), event.envelope.stream, "{}", text(&body));
        kinds.push(event.fact.kind());
    }
    kinds.dedup();
    assert_eq!(kinds, Fact::KINDS);
}

#[test]
fn every_kind_reads_back_as_it_was_written() {
    for body in samples() {
        let event = Event::decode(&body).unwrap_or_else(|e| panic!("{e}: {}", text(&body)));
        let again = event.encode().expect("small enough");
        assert_eq!(text(&again), text(&body));
        assert_eq!(Event::decode(&again).expect("the same bytes"), event);
    }
}

#[test]
fn the_tail_says_what_the_whole_body_says() {
    let hex = |hash: Option<Hash>| hash.map(|h| h.to_string()).unwrap_or_default();
    for body in samples() {
        let tail = Tail::read(&body).unwrap_or_else(|| panic!("{}", text(&body)));
        let Event { envelope, fact } = Event::decode(&body).expect("a sample");
        assert_eq!(text(tail.id), envelope.id.as_str());
        assert_eq!(text(tail.kind), fact.kind());
        assert_eq!(text(tail.log), envelope.log.as_str());
        assert_eq!(tail.position, envelope.position);
        assert_eq!(text(tail.prev), hex(envelope.prev));
        assert_eq!(text(tail.stream), envelope.stream.to_string());
        assert_eq!(text(tail.stream_prev), hex(envelope.stream_prev));
        assert_eq!(tail.version, envelope.version);
    }
}

#[test]
fn the_front_says_what_the_whole_body_says() {
    for body in samples() {
        let front = Front::read(&body).unwrap_or_else(|| panic!("{}", text(&body)));
        let envelope = Event::decode(&body).expect("a sample").envelope;
        assert_eq!(text(front.at), envelope.at.to_string());
        assert_eq!(text(front.command), envelope.command.id.as_str());
        let escaped = text(&body).replacen("\",\"cause\"", "\\u0041\",\"cause\"", 1);
        assert_eq!(Front::read(escaped.as_bytes()), None, "{escaped}");
    }
}

#[test]
fn what_a_body_says_never_reaches_a_terminal_as_it_is() {
    let good = whole(&STORY);
    let said = |at: usize, edits: &[(&str, &str)]| {
        let mut check = Check::new(origin());
        for body in &good[..at - 1] {
            check.take(body).expect("the story is whole");
        }
        let body = edits.iter().fold(text(&good[at - 1]).to_owned(), |body, (from, to)| body.replace(from, to));
        match check.take(body.as_bytes()) {
            Err(Unfit::Walk(fault)) => fault.broken.to_string(),
            _ => Event::decode(body.as_bytes()).expect_err("no event").to_string(),
        }
    };
    const STEERS: &str = "\u{1b}[2Jế";
    const SHOWN: &str = "\"\\x1b[2J\\xe1\\xba\\xbf\"";
    let stream = ("sheet/hanoi-2022/ldtbxh", STEERS);
    assert_eq!(said(2, &[(ORIGIN, STEERS)]), format!("the body belongs to the log {SHOWN}"));
    assert_eq!(said(8, &[stream]), format!("version 2 in stream {SHOWN}, where 1 must stand"));
    let link = format!("stream_prev is not the hash of the event before in stream {SHOWN}");
    assert_eq!(said(8, &[stream, ("\"version\":2", "\"version\":1")]), link);
    // The same in strings that are canonical, so that only the reading of the whole body meets them.
    assert_eq!(said(2, &[("capacity_granted", "\u{9b}2J")]), "unknown kind \"\\xc2\\x9b2J\" of v 1");
    let shape = said(2, &[("\"administrator\"", "\"\\u001b[2J\"")]);
    assert!(shape.starts_with("not an event: ") && !shape.contains('\u{1b}'), "{shape:?}");
}

/// A form's part whose content nests this many arrays around a number.
fn nested(brackets: usize) -> Event {
    let mut event = Event::decode(&whole(&STORY)[2]).expect("a part");
    let Fact::PartEntered(part) = &mut event.fact else { panic!("a part") };
    let text = format!("{{\"a\":{}0{}}}", "[".repeat(brackets), "]".repeat(brackets));
    part.content = Value::parse(text.as_bytes()).expect("JSON");
    event
}

#[test]
fn no_event_is_written_that_cannot_be_read() {
    for brackets in 0..40 {
        // The body, its data and the content are three: 29 more may stand around a value.
        match nested(brackets).encode() {
            Ok(body) => assert!(brackets <= 29 && Event::decode(&body).is_ok(), "{brackets}"),
            Err(_) => assert!(brackets > 29, "{brackets}"),
        }
    }
}

#[test]
fn no_data_takes_a_member_more_wherever_it_stands() {
    for body in samples() {
        let data = values(text(&body)).into_iter().find(|(name, _)| *name == "data").expect("a member").1;
        let free = text(&body).contains("\"kind\":\"part_entered\"");
        for (at, _) in text(&body)[data.clone()].match_indices('}') {
            let at = data.start + at;
            let comma = if body[at - 1] == b'{' { "" } else { "," };
            let more = format!("{}{comma}\"zz\":0{}", text(&body[..at]), text(&body[at..]));
            match Event::decode(more.as_bytes()) {
                Err(DecodeError::Shape(_)) => {}
                // A part's content is any object; its last brace but one is its own.
                Ok(_) if free && at != data.end - 1 => {}
                other => panic!("{other:?}: {more}"),
            }
        }
    }
}

#[test]
fn the_readme_lists_every_kind_with_its_command_and_stream() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("it is there");
    let section = readme.split("\n## ").find(|s| s.starts_with("11. Kinds")).expect("the section of kinds");
    let cell = |row: &str, n: usize| row.split('`').nth(2 * n + 1).unwrap_or_default().to_owned();
    let is_row = |l: &&str| l.starts_with("| `");
    // The first table; further ones tell of parts of some kinds.
    let rows: Vec<&str> = section.lines().skip_while(|l| !is_row(l)).take_while(is_row).collect();
    assert_eq!(rows.iter().map(|r| cell(r, 0)).collect::<Vec<_>>(), Act::KINDS);
    assert_eq!(rows.iter().map(|r| cell(r, 1)).collect::<Vec<_>>(), Fact::KINDS);
    for body in samples() {
        let event = Event::decode(&body).expect("a sample");
        let row = rows.iter().find(|r| cell(r, 1) == event.fact.kind()).expect("listed");
        let (stated, stream) = (cell(row, 2), event.envelope.stream.to_string());
        let stated = stated.replace("<document>", stream.split('/').next().expect("a first part"));
        let same = |(a, b): (&str, &str)| a == b || a.starts_with('<');
        assert!(stated.split('/').zip(stream.split('/')).all(same), "{stated}: {stream}");
        assert_eq!(stated.split('/').count(), stream.split('/').count(), "{stated}: {stream}");
    }
}

/// Where the envelope's values stand in a body, without quotes. Everything else is structure.
fn values(body: &str) -> Vec<(&'static str, Range<usize>)> {
    const BEFORE: [(&str, &str); 18] = [
        ("actor.capacity", "{\"actor\":{\"capacity\":\""),
        ("actor.id", "\",\"id\":\""),
        ("actor.unit", "\",\"unit\":\""),
        ("at", "\"},\"at\":\""),
        ("cause", "\",\"cause\":\""),
        ("command.digest", "\",\"command\":{\"digest\":\""),
        ("command.id", "\",\"id\":\""),
        ("data", "\"},\"data\":"),
        ("id", ",\"id\":\""),
        ("kind", "\",\"kind\":\""),
        ("log", "\",\"log\":\""),
        ("position", "\",\"position\":"),
        ("prev", ",\"prev\":\""),
        ("stream", "\",\"stream\":\""),
        ("stream_prev", "\",\"stream_prev\":\""),
        ("v", "\",\"v\":"),
        ("version", ",\"version\":"),
        ("via.credential", ",\"via\":{\"credential\":\""),
    ];
    let mut values: Vec<(&'static str, Range<usize>)> = Vec::new();
    for (name, before) in BEFORE {
        let from = values.last().map_or(0, |(_, last)| last.start);
        // The data may hold anything, so that what follows it is looked for from the end.
        let start = match name {
            "id" => body.rfind("},\"id\":\"").map(|at| at + 1),
            _ => body[from..].find(before).map(|at| from + at),
        };
        let start = start.unwrap_or_else(|| panic!("no {name} in {body}"));
        if let Some((_, last)) = values.last_mut() {
            last.end = start;
        }
        values.push((name, start + before.len()..start + before.len()));
    }
    let way = body.rfind("\",\"kind\":\"").expect("a tail");
    values.last_mut().expect("pushed above").1.end = way;
    values.push(("via.kind", way + 10..body.len() - 3));
    values
}

/// Every bit of every body is flipped. It is found at its own position: at once, or, where the body is still an event
/// that fits what stands before it, by the next two, which agree with each other and not with it. Only the last two have
/// no two behind them: the last but one is found by `prev` of the last, the last by the root alone.
/// Which of these it is follows from what was hit: structure, capacity, kind, log, position, prev, stream_prev, v,
/// version and via.kind are always found at once.
#[test]
fn a_flipped_bit_is_found_at_its_own_position() {
    const MAY_BE_LATE: [&str; 10] = [
        "actor.id",
        "actor.unit",
        "at",
        "cause",
        "command.digest",
        "command.id",
        "data",
        "id",
        "stream",
        "via.credential",
    ];
    let bodies = whole(&STORY);
    let mut late = BTreeSet::new();
    let mut before = Check::new(origin());
    for (i, body) in bodies.iter().enumerate() {
        let values = values(text(body));
        let position = i as u64 + 1;
        for bit in 0..body.len() * 8 {
            let mut edited = body.clone();
            edited[bit / 8] ^= 1 << (bit % 8);
            let mut check = before.clone();
            let hash = match check.take(&edited) {
                Ok(hash) => hash,
                Err(Unfit::Body(_)) => continue,
                Err(Unfit::Walk(fault)) => {
                    let next = bodies.get(i + 1).map(Vec::as_slice);
                    assert_eq!(blame(fault, &edited, next).position, position, "byte {}", bit / 8);
                    continue;
                }
            };
            let hit = values.iter().find(|(_, at)| at.contains(&(bit / 8))).map_or("structure", |(name, _)| *name);
            assert!(MAY_BE_LATE.contains(&hit), "position {position}, byte {}, {hit}: not found at once", bit / 8);
            late.insert(hit);
            assert_ne!(hash, Hash::entry(body));
            let Some(next) = bodies.get(i + 1) else { continue };
            let Err(Unfit::Walk(fault)) = check.take(next) else {
                panic!("position {position}: not found by the next")
            };
            assert_eq!(fault, Fault { position: position + 1, broken: Broken::Prev });
            let found = match bodies.get(i + 2) {
                Some(after) => (blame(fault, next, Some(after)), Fault { position, broken: Broken::Changed }),
                None => (blame(fault.clone(), next, None), fault),
            };
            assert_eq!(found.0, found.1);
        }
        before.take(body).expect("the story is whole");
    }
    assert_eq!(late, BTreeSet::from(MAY_BE_LATE));
}

#[test]
fn blame_moves_only_where_two_neighbours_agree_against_the_one_before_them() {
    let bodies = whole(&STORY);
    let prev = Fault { position: 7, broken: Broken::Prev };
    let stays = |fault: &Fault, body: &[u8], next: Option<&[u8]>| assert_eq!(blame(fault.clone(), body, next), *fault);
    let changed = Fault { position: 6, broken: Broken::Changed };
    assert_eq!(blame(prev.clone(), &bodies[6], Some(&bodies[7])), changed);
    stays(&prev, &bodies[6], None);
    for other in [&bodies[8], &bodies[6], &bodies[5], &b"{}".to_vec(), &b"".to_vec()] {
        stays(&prev, &bodies[6], Some(other));
    }
    // The next one fits, but is larger than an event may be.
    let large = [vec![b' '; proto::EVENT_BYTES_MAX], bodies[7].clone()].concat();
    stays(&prev, &bodies[6], Some(&large));
    for broken in [Broken::NoEnvelope, Broken::Position { says: 8 }, Broken::TooLarge(65_536)] {
        stays(&Fault { position: 7, broken }, &bodies[6], Some(&bodies[7]));
    }
    // Nothing stands before the first; and `prev` that is no hash says nothing of the one before.
    stays(&Fault { position: 1, broken: Broken::Prev }, &bodies[0], Some(&bodies[1]));
    let unlink = |at, members: &mut Members| {
        if at == 7 {
            members.prev.clear();
        }
    };
    let unlinked = write(&STORY, unlink, |_, body| body);
    stays(&prev, &unlinked[6], Some(&unlinked[7]));
}

#[test]
fn a_walk_goes_on_after_a_cursor() {
    let bodies = whole(&STORY);
    let mut walk = Walk::new(origin());
    for body in &bodies {
        walk.step(body).expect("the story is whole");
    }
    for cursor in 0..=bodies.len() {
        let mut first = Walk::new(origin());
        for body in &bodies[..cursor] {
            first.step(body).expect("the story is whole");
        }
        let stored = first.range().to_bytes();
        let range = CompactRange::from_bytes(cursor as u64, &stored).expect("it was stored so");
        let mut second = Walk::resume(origin(), range, first.hash());
        assert_eq!((second.position(), second.root()), (first.position(), first.root()));
        for body in &bodies[cursor..] {
            second.step(body).expect("the story is whole");
        }
        assert_eq!((second.position(), second.hash(), second.root()), (walk.position(), walk.hash(), walk.root()));
    }
}

#[test]
fn a_resumed_walk_trusts_the_next_body_as_little_as_a_whole_one() {
    let bodies = whole(&STORY);
    let mut walk = Walk::new(origin());
    for body in &bodies[..6] {
        walk.step(body).expect("the story is whole");
    }
    let resumed = || Walk::resume(origin(), walk.range().clone(), walk.hash());
    let said = |body: &[u8]| resumed().step(body).map_err(|fault| (fault.position, fault.broken.to_string()));
    assert!(said(&bodies[6]).is_ok());
    assert_eq!(said(&bodies[5]), Err((7, "the body says position 6".to_owned())));
    assert_eq!(said(&bodies[7]), Err((7, "the body says position 8".to_owned())));
    // A place without the other half of it is a defect of whoever kept it.
    let half = |range: CompactRange, last| std::panic::catch_unwind(move || Walk::resume(origin(), range, last));
    assert!(half(walk.range().clone(), None).is_err());
    assert!(half(CompactRange::default(), walk.hash()).is_err());
    let elsewhere = Walk::resume(origin(), walk.range().clone(), Some(Hash::digest(b"other"))).step(&bodies[6]);
    assert_eq!(elsewhere.expect_err("another cursor").position, 7);
}

#[test]
fn a_refused_body_leaves_the_walk_where_it_was() {
    let bodies = whole(&STORY);
    let mut walk = Walk::new(origin());
    walk.step(&bodies[0]).expect("the story is whole");
    for other in [&bodies[0], &bodies[2], &b"{}".to_vec()] {
        assert_eq!(walk.step(other).expect_err("not the next one").position, 2);
    }
    walk.step(&bodies[1]).expect("the next one");
}

/// A sample with a few edits at random places.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let samples = samples();
    let edit = (any::<prop::sample::Index>(), 0..6_usize, prop::collection::vec(any::<u8>(), 0..6));
    let textual =
        (any::<prop::sample::Index>(), 0..3_usize, "[\"{}\\[\\],:\\\\a-z0-9.-]{0,4}".prop_map(String::into_bytes));
    let edits = prop::collection::vec(prop_oneof![edit, textual], 1..5);
    (prop::sample::select(samples), edits).prop_map(|(mut body, edits)| {
        for (at, cut, put) in edits {
            let at = at.index(body.len() + 1);
            let end = (at + cut).min(body.len());
            body.splice(at..end, put);
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Tail::read(&bytes).is_none() && Front::read(&bytes).is_none());
        prop_assert!(Event::decode(&bytes).is_err());
        prop_assert!(Walk::new(origin()).step(&bytes).is_err());
    }

    #[test]
    fn damaged_bodies_are_read_or_refused_without_panic(body in damaged()) {
        let (front, tail) = (Front::read(&body), Tail::read(&body));
        let fault = Fault { position: 2, broken: Broken::Prev };
        let _ = blame(fault, &body, Some(&body));
        if let Ok(event) = Event::decode(&body) {
            let (front, tail) = (front.expect("a whole event has a front"), tail.expect("a whole event has a tail"));
            prop_assert_eq!(text(front.at), event.envelope.at.to_string());
            prop_assert_eq!(text(front.command), event.envelope.command.id.as_str());
            prop_assert_eq!(tail.position, event.envelope.position);
            prop_assert_eq!(text(tail.stream), event.envelope.stream.to_string());
            prop_assert_eq!(text(tail.kind), event.fact.kind());
        }
    }
}
