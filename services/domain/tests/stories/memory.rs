//! Stories of what the working state holds: open rounds; what has ended is dropped and loaded again on demand.
//! What is loaded again is the same as if it had never been dropped.

use domain::{IndexRows, RankingRows, World, reach};
use proto::act::round::Phase;
use proto::document::DocKind;
use proto::fold::{Fold, Streams};
use proto::{Act, Event};

use super::acts::{batch, close_round, merge, open, part, revoke, score, seal};
use super::check::{index_of, ranking_of};
use super::fixture::{id, r22, round, round_with, rulebook, rulebook_value, tally_value, usual_tally};
use super::given::{Steps, at, batched, does, ended, founded, opened, play, published, republished, scored, sealed};
use super::harness::Log;
use super::people::{secretary, surveyor};

fn log_of(steps: Steps) -> Log {
    let mut log = Log::of(founded());
    play(&mut log, steps);
    log
}

fn rows(world: &World) -> (IndexRows, RankingRows) {
    (index_of(world, &r22()), ranking_of(world, &r22()))
}

/// Takes the events of these streams again, before each of them what it needs in turn.
fn restore(world: &mut World, events: &[Event], streams: &Streams) {
    let ranges = streams.ranges();
    let within = |event: &&Event| {
        let name = event.envelope.stream.to_string();
        ranges.iter().any(|(from, until)| *from <= name && name < *until)
    };
    for event in events.iter().filter(within) {
        for need in world.needs(event).iter().filter(|need| *need != streams) {
            restore(world, events, need);
        }
        world.restore(event).expect("what was folded once folds again");
    }
}

#[test]
fn a_round_that_has_ended_is_dropped_with_its_documents_and_loads_again_the_same() {
    let Log { mut world, events, .. } = log_of(ended());
    let before = rows(&world);
    let (position, at) = (world.position, world.at);
    world.take_touched();
    world.forget_closed();
    assert!(world.rounds.is_empty() && world.documents.is_empty());
    restore(&mut world, &events, &Streams::Round(r22()));
    assert_eq!(rows(&world), before);
    assert_eq!((world.position, world.at), (position, at), "loading again is no new event");
    assert!(world.take_touched().rounds.is_empty(), "and touches nothing that a projector must write");
    assert_eq!(world.next_due(), None);
    assert!(world.rounds[&r22()].closed);
    world.forget_closed();
    assert!(world.rounds.is_empty() && world.documents.is_empty());
}

#[test]
fn a_round_that_was_loaded_again_is_still_over() {
    let mut log = log_of(ended());
    log.world.forget_closed();
    let events = log.events.clone();
    for streams in reach(&close_round()) {
        restore(&mut log.world, &events, &streams);
    }
    let refused = log.send(&secretary(), close_round()).expect_err("it has ended");
    assert_eq!(refused.code(), "round_closed");
    let refused = log.send(&secretary(), open(round())).expect_err("it was opened once");
    assert_eq!(refused.code(), "round_exists");
}

#[test]
fn an_open_round_that_is_loaded_from_its_streams_alone_is_the_same() {
    let log = log_of(published());
    let mut world = World::default();
    for streams in [Streams::Log, Streams::Grants, Streams::Round(r22())] {
        restore(&mut world, &log.events, &streams);
    }
    assert_eq!(rows(&world), rows(&log.world));
    assert_eq!(world.next_due(), log.world.next_due());
    assert_eq!(world.next_due(), Some(super::fixture::window(Phase::Council, "12-20", "01-05").until));
}

#[test]
fn open_rounds_are_kept_with_the_documents_that_they_name() {
    let form = proto::canon::Value::parse(b"{\"questions\":[]}").expect("JSON");
    let unfinished = does(surveyor(), part(DocKind::Form, "unfinished", 1, &form));
    let unused = sealed(&secretary(), DocKind::Rulebook, "unused", &rulebook_value(&rulebook()));
    let mut log = log_of([published(), unfinished, unused].concat());
    let before = rows(&log.world);
    log.world.forget_closed();
    assert_eq!(rows(&log.world), before);
    let mut held: Vec<String> = log.world.documents.keys().map(|(kind, doc)| format!("{kind}/{doc}")).collect();
    held.sort();
    assert_eq!(held, ["catalogue/units", "form/unfinished", "rulebook/rules", "tally/tally-b1"]);
}

#[test]
fn a_document_that_was_dropped_is_still_sealed() {
    let mut log = log_of(sealed(&secretary(), DocKind::Rulebook, "unused", &rulebook_value(&rulebook())));
    log.world.forget_closed();
    let act = part(DocKind::Rulebook, "unused", 2, &rulebook_value(&rulebook()));
    let events = log.events.clone();
    for streams in reach(&act) {
        restore(&mut log.world, &events, &streams);
    }
    assert_eq!(log.send(&secretary(), act).expect_err("sealed").code(), "document_sealed");
}

#[test]
fn a_round_goes_on_after_another_was_dropped() {
    let other = does(secretary(), open(round_with(|r| r.round = id("r23"))));
    let mut log = log_of([republished(), other, does(secretary(), close_round())].concat());
    log.world.forget_closed();
    assert_eq!(log.world.rounds.keys().map(proto::RoundId::as_str).collect::<Vec<_>>(), ["r23"]);
    assert_eq!(log.world.documents.len(), 2, "rulebook and catalogue serve the other round");
}

#[test]
fn a_survey_is_merged_after_closed_rounds_were_dropped() {
    let mut log = log_of([opened(), at("11-20"), batched("b1", &usual_tally())].concat());
    log.world.forget_closed();
    log.send(&secretary(), merge(&["b1"])).expect("its tally is still held");
}

#[test]
fn an_act_reaches_the_round_that_it_names_and_the_documents_that_it_binds() {
    let round_22 = Streams::Round(r22());
    let document = |kind, doc: &str| Streams::Document(kind, id(doc));
    assert_eq!(
        reach(&open(round())),
        [document(DocKind::Rulebook, "rules"), document(DocKind::Catalogue, "units"), round_22.clone()]
    );
    let tally = tally_value(&usual_tally());
    assert_eq!(reach(&Act::RecordBatch(batch("b1", "t1", &tally))), [document(DocKind::Tally, "t1"), round_22.clone()]);
    assert_eq!(reach(&part(DocKind::Form, "f", 1, &tally)), [document(DocKind::Form, "f")]);
    assert_eq!(reach(&seal(DocKind::Form, "f", 1, &tally)), [document(DocKind::Form, "f")]);
    assert!(reach(&revoke("new", "g1")).is_empty(), "people are always held");
    assert_eq!(reach(&score("a", "1.1", "6")), [round_22]);
}

#[test]
fn an_event_needs_what_it_refers_to_and_nothing_that_is_held() {
    let log = log_of(published());
    let (none, all) = (World::default(), &log.world);
    let needs = |kind: &str| {
        let event = log.events.iter().rfind(|e| e.fact.kind() == kind).expect(kind);
        assert!(all.needs(event).is_empty(), "{kind} needs nothing where all is held");
        none.needs(event)
    };
    let document = |kind, doc: &str| Streams::Document(kind, id(doc));
    assert_eq!(needs("round_opened"), [document(DocKind::Rulebook, "rules"), document(DocKind::Catalogue, "units")]);
    assert_eq!(needs("batch_recorded"), [Streams::Round(r22()), document(DocKind::Tally, "tally-b1")]);
    assert_eq!(needs("self_scored"), [Streams::Round(r22())]);
    assert_eq!(needs("document_sealed"), [document(DocKind::Tally, "tally-b1")]);
    assert!(needs("part_entered").is_empty(), "the first part of a document stands alone");
    assert!(needs("capacity_granted").is_empty());
}

#[test]
fn what_does_not_fit_is_said_with_its_position() {
    let log = log_of([opened(), scored("a", "1.1", "6")].concat());
    let last = log.events.last().expect("a score");
    let unfit = World::default().evolve(last).expect_err("there is no round");
    assert_eq!((unfit.position, unfit.what.as_str()), (last.envelope.position, "no round r22"));
}
