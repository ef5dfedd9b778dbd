//! Anchors through the doors: made by the operator's word and by themselves, borne out by `verify`, and found where they say
//! what the log does not (ATTACKS T23).

use std::path::Path;
use std::time::Duration;

use domain::{Heads, World};
use ledger::{Config, Ledger};
use platform::feed::Feed;
use proto::heads::{HeadsTree, StreamHead};
use proto::script::Line;
use proto::{Answer, Command, Event, Fact, Hash};
use sqlx::Connection;
use system_tests::folder::{Folder, PARTS};
use system_tests::forged::{bodies, rewrite};
use system_tests::load::round::{Caller, begin};
use system_tests::timed::{Timed, lines};
use tempfile::TempDir;
use tokio::time::timeout;

/// How long an anchor by itself may take.
const WAIT: Duration = Duration::from_secs(60);

/// The heads of a log's streams over its first events, folded here.
fn heads(bodies: &[Vec<u8>]) -> Vec<StreamHead> {
    let (mut world, mut heads) = (World::default(), Heads::default());
    for body in bodies {
        let event = Event::decode(body).expect("an event");
        world.evolve(&event).expect("folds");
        heads.take(&event, Hash::entry(body));
    }
    let tree = heads.tree(&world).expect("every stream has a state");
    tree.listing("").within.into_iter().map(|one| one.head).collect()
}

#[test]
fn an_anchor_is_made_by_the_operators_word_and_verify_bears_it_out() {
    let folder = Folder::small_round(40);
    let said = folder.must(&["anchor", "--data", "@"]).out;
    assert!(said.starts_with("anchored at #"), "{said}");
    folder.must(&["play", "--data", "@", "script.ndjson"]);
    folder.must(&["anchor", "--data", "@"]);
    let said = folder.must(&["verify", "--data", "@"]).out;
    assert!(said.contains("anchors: 2 hold"), "{said}");
    let said = folder.must(&["anchor", "--data", "@"]).out;
    assert!(said.starts_with("anchored at #"), "also where only an anchor was written since: {said}");
}

/// What somebody makes of the heads map before he anchors it.
type Forgery = fn(&mut Vec<StreamHead>, &[Vec<u8>]);

#[tokio::test]
async fn an_anchor_that_says_what_the_log_does_not_is_found_at_its_position() {
    let base = Folder::small_round(60);
    base.must(&["anchor", "--data", "@"]);
    let mut db = base.tamper("ledger.db").await;
    let all: Vec<Vec<u8>> = bodies(&mut db, 1).await.into_iter().map(|(_, body)| body).collect();
    db.close().await.expect("closes");
    let (position, before) = (all.len() as i64, &all[..all.len() - 1]);
    let Fact::Anchored(stands) = Event::decode(&all[before.len()]).expect("an event").fact else { panic!("an anchor") };
    let map = heads(before);
    assert_eq!(HeadsTree::over(map.clone()).expect("a map").root(), stands.heads, "what was anchored is the fold's");

    // The newest sheet is told as it ended one event earlier.
    let older: Forgery = |heads, bodies| {
        let one = heads.iter_mut().find(|head| head.stream.to_string().starts_with("sheet/") && head.version > 1);
        let one = one.expect("a sheet of more than one event");
        let mut earlier = bodies.iter().filter(|body| {
            let envelope = Event::decode(body).expect("an event").envelope;
            envelope.stream == one.stream && envelope.version < one.version
        });
        one.hash = Hash::entry(earlier.next_back().expect("an earlier one"));
        one.version -= 1;
    };
    let same = "the anchor's heads map is not the one that the log led to";
    let cases: [(&str, Forgery, String); 6] = [
        ("nothing", |_, _| (), String::new()),
        ("a leaf is altered", |heads, _| heads[3].hash = Hash([7; 32]), same.to_owned()),
        ("an older version", older, same.to_owned()),
        ("a wrong state", |heads, _| heads.last_mut().expect("one").state = Hash([7; 32]), same.to_owned()),
        (
            "a stream is dropped",
            |heads, _| drop(heads.pop()),
            format!("the anchor's heads map has {} streams, the log had {}", map.len() - 1, map.len()),
        ),
        (
            "a stream more",
            |heads, _| heads.push(StreamHead { stream: "tally/zzz".parse().expect("a stream"), ..heads[0].clone() }),
            format!("the anchor's heads map has {} streams, the log had {}", map.len() + 1, map.len()),
        ),
    ];
    for (case, forge, words) in cases {
        let copy = base.copy();
        let mut forged = map.clone();
        forge(&mut forged, before);
        let root = HeadsTree::over(forged).expect("a map").root();
        let mut db = copy.tamper("ledger.db").await;
        rewrite(&mut db, position, |event| {
            let Fact::Anchored(anchor) = &mut event.fact else { panic!("an anchor") };
            anchor.heads = root;
        })
        .await;
        db.close().await.expect("closes");
        told(&copy, position, &words, case);
    }
    for (case, change, words) in [
        (
            "another root",
            (|anchor| anchor.root = Hash([7; 32])) as fn(&mut proto::act::log::Anchor),
            "the anchor's root",
        ),
        ("an event less", |anchor| anchor.size -= 1, "the anchor's root is not the log's over its first"),
        ("an event more", |anchor| anchor.size += 1, "which do not all stand before it"),
    ] {
        let copy = base.copy();
        let mut db = copy.tamper("ledger.db").await;
        rewrite(&mut db, position, |event| {
            let Fact::Anchored(anchor) = &mut event.fact else { panic!("an anchor") };
            change(anchor);
        })
        .await;
        db.close().await.expect("closes");
        told(&copy, position, words, case);
    }
}

#[track_caller]
fn told(folder: &Folder, position: i64, words: &str, case: &str) {
    let said = folder.run(&["verify", "--data", "@"]);
    let found = said.out.lines().find(|line| line.starts_with("BROKEN")).unwrap_or_default();
    if words.is_empty() {
        assert_eq!(said.code, Some(0), "{case}: {}", said.out);
        return;
    }
    assert_eq!(said.code, Some(1), "{case}: {}", said.out);
    assert!(found.starts_with(&format!("BROKEN  position {position}: ")) && found.contains(words), "{case}: {found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn anchors_are_made_while_many_write_and_by_themselves_where_something_was_written() {
    let folder = TempDir::new().expect("a folder");
    let place = folder.path().join("ledger.db");
    let open = begin(place.clone()).await.expect("begins");
    let mut writing = tokio::task::JoinSet::new();
    for i in 0..6 {
        let (caller, door) = (Caller::new(i, &open.units).expect("a caller"), open.ledger.door());
        writing.spawn(async move {
            for _ in 0..60 {
                let command = caller.next().expect("a command");
                door.enqueue(caller.principal(), vec![Ok(command)], None).await.answers().await;
            }
        });
    }
    for _ in 0..5 {
        let made = open.ledger.anchor(None).await.expect("an anchor");
        assert!(made.anchor.size < made.accepted.position);
    }
    while let Some(done) = writing.join_next().await {
        done.expect("writes");
    }
    let (units, caller) = (open.units.clone(), Caller::new(7, &open.units).expect("a caller"));
    assert!(!units.is_empty());
    open.ledger.stop().await;

    let config = Config { anchor_every: Some(Duration::from_millis(400)), ..Config::begun(place.clone()) };
    let ledger = Ledger::open(config).await.expect("opens");
    let mut head = ledger.log().head();
    let command = caller.next().expect("a command");
    let answers = ledger.door().enqueue(caller.principal(), vec![Ok(command)], None).await.answers().await;
    assert!(matches!(answers[..], [proto::Answer::Accepted(_)]), "{answers:?}");
    let written = *head.borrow_and_update();
    head.wait_for(|position| *position > written).await.expect("an anchor by itself");
    let last = ledger.log().after(*head.borrow() - 1, 1).await.expect("reads").pop().expect("an event");
    let last = Event::decode(&last).expect("an event");
    assert_eq!((last.fact.kind(), last.envelope.actor.id.as_str()), ("anchored", "system"));
    // Nothing is written since: an anchor over an anchor alone would say nothing new.
    let more = tokio::time::timeout(Duration::from_millis(1_500), head.wait_for(|p| *p > last.envelope.position)).await;
    assert!(more.is_err(), "nothing was written, and an anchor was made");
    ledger.stop().await;

    let source = inspector::Source::open(&place).await.expect("opens");
    let mut anchors = 0;
    let all = source.after(0, 100_000).await.expect("reads");
    for (i, body) in all.iter().enumerate() {
        if let Fact::Anchored(anchor) = Event::decode(body).expect("an event").fact {
            let size = usize::try_from(anchor.size).expect("small");
            assert!(size <= i);
            assert_eq!(HeadsTree::over(heads(&all[..size])).expect("a map").root(), anchor.heads);
            anchors += 1;
        }
    }
    assert_eq!(anchors, 6);
}

/// The last event of a log.
async fn newest(place: &Path) -> Event {
    let source = inspector::Source::open(place).await.expect("opens");
    let body = source.after(0, 100_000).await.expect("reads").pop().expect("events");
    source.close().await;
    Event::decode(&body).expect("an event")
}

/// Waits until an anchor stands in a ledger's log that was made by itself, over all events up to a position at least.
async fn anchored(ledger: &Ledger, upto: u64) {
    let (log, mut seen) = (ledger.log(), upto);
    loop {
        let head = *log.head().wait_for(|position| *position > seen).await.expect("more events");
        for body in log.after(seen, 100).await.expect("reads") {
            let Event { envelope, fact } = Event::decode(&body).expect("an event");
            if matches!(&fact, Fact::Anchored(anchor) if anchor.size >= upto) {
                assert_eq!(envelope.actor.id.as_str(), "system");
                return;
            }
        }
        seen = head;
    }
}

/// The sample's round up to its council, by a clock that the test sets, and what publishes its result.
async fn adopted() -> (Timed, Line) {
    let mut played = Vec::new();
    for part in PARTS.into_iter().take_while(|part| *part != "08-publication") {
        played.extend(lines(&format!("{part}.ndjson")).expect("the sample"));
    }
    let mut log = Timed::begin(played[0].at).await.expect("begins");
    log.play_all(&played).await.expect("the sample's own lines");
    (log, lines("08-publication.ndjson").expect("the sample").pop().expect("a line"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_is_followed_by_an_anchor() {
    let (mut log, publication) = adopted().await;
    let publisher = log.speaks(&publication.actor, publication.at).await.expect("bound");
    let log = log.end().await.expect("projected");
    let ledger = Ledger::open(Config::begun(log.scratch.path().join("ledger.db"))).await.expect("opens");
    let command = Command::from_value(publication.command).expect("a command");
    let answers = ledger.door().enqueue(publisher, vec![Ok(command)], None).await.answers().await;
    let [Answer::Accepted(accepted)] = &answers[..] else { panic!("{answers:?}") };
    timeout(WAIT, anchored(&ledger, accepted.position)).await.expect("an anchor");
    ledger.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_that_was_due_when_the_writer_was_killed_is_made_by_the_next_one_once() {
    // A script's clock makes none by itself: so the publication stands there as after a kill.
    let (mut log, publication) = adopted().await;
    let published = log.play(&publication, publication.at).await.expect("published");
    let log = log.end().await.expect("projected");
    let place = log.scratch.path().join("ledger.db");
    assert_eq!(newest(&place).await.envelope.position, published);
    let open =
        || Ledger::open(Config { anchor_every: Some(Duration::from_secs(3_600)), ..Config::begun(place.clone()) });
    let ledger = open().await.expect("opens");
    timeout(WAIT, anchored(&ledger, published)).await.expect("what was owed is made");
    ledger.stop().await;
    let made = newest(&place).await.envelope.position;
    let ledger = open().await.expect("opens");
    assert!(timeout(Duration::from_millis(2_500), anchored(&ledger, made)).await.is_err(), "it is made once");
    ledger.stop().await;
}
