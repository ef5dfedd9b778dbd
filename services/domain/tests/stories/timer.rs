//! Stories of the ledger's timer: it closes phases and unsubmitted sheets at their deadlines, in one order, by fixed ids.
//! It never acts before a deadline, and nobody else closes anything.

use domain::{due, system_command_id};
use proto::act::round::Phase;
use proto::{Event, Fact, Instant};

use super::acts::{close_phase, explain, extend, flag, open, reopen, submit, withdraw};
use super::fixture::{id, just_before, moment, r22, round_with};
use super::given::{all_signed, at, does, drafted, ended, founded, opened, opened_as, play, signed};
use super::harness::{Log, origin};
use super::people::{appraiser, chief, drafter, secretary, timer};
use super::story::given;

/// What the timer did: at which moment, and what.
fn told(events: &[Event]) -> Vec<(Instant, String)> {
    let what = |event: &Event| match &event.fact {
        Fact::PhaseClosed(f) => f.phase.as_str().to_owned(),
        Fact::SheetClosed(f) => f.unit.as_str().to_owned(),
        other => panic!("the timer does no {}", other.kind()),
    };
    events.iter().map(|e| (e.envelope.at, what(e))).collect()
}

/// A log in which the round is open, and nobody has done anything.
fn idle() -> Log {
    let mut log = Log::of(founded());
    play(&mut log, opened());
    log
}

/// Everything that the timer did in a log.
fn timed(log: &Log) -> Vec<Event> {
    log.events.iter().filter(|e| e.envelope.actor.id.as_str() == "system").cloned().collect()
}

const ORDER: [(&str, &str); 12] = [
    ("11-16", "self_scoring"),
    ("11-16", "a"),
    ("11-16", "b"),
    ("11-16", "c"),
    ("11-16", "x"),
    ("11-16", "y"),
    ("12-01", "first_appraisal"),
    ("12-08", "explanation"),
    ("12-20", "second_appraisal"),
    ("12-20", "survey"),
    ("01-05", "council"),
    ("01-20", "appeals"),
];

#[test]
fn the_timer_closes_each_phase_at_its_deadline_and_then_the_sheets_that_are_open() {
    let mut log = idle();
    log.go_to(moment("02-01"));
    let expected: Vec<_> = ORDER.iter().map(|(at, what)| (moment(at), (*what).to_owned())).collect();
    assert_eq!(told(&timed(&log)), expected);
    assert_eq!(log.world.next_due(), None);
}

#[test]
fn a_timer_that_comes_late_does_the_same_in_the_same_order_by_the_same_ids() {
    let (mut prompt, mut late) = (idle(), idle());
    prompt.go_to(moment("02-01"));
    late.at = moment("02-01");
    late.tick();
    let ids = |log: &Log| timed(log).iter().map(|e| e.envelope.command.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&prompt), ids(&late));
    assert_eq!(ids(&prompt).len(), 12);
    let expected: Vec<_> = ORDER.iter().map(|(_, what)| (moment("02-01"), (*what).to_owned())).collect();
    assert_eq!(told(&timed(&late)), expected);
}

#[test]
fn the_id_of_a_closing_follows_from_log_round_phase_unit_and_deadline() {
    let mut log = idle();
    log.go_to(moment("02-01"));
    let timed = timed(&log);
    for (event, (deadline, what)) in timed.iter().zip(ORDER) {
        let (phase, unit) = if what.len() == 1 { ("self_scoring", what) } else { (what, "") };
        let expected = system_command_id(&origin(), &r22(), phase, unit, moment(deadline));
        assert_eq!(event.envelope.command.id, expected, "{what}");
        let plain = expected.as_str().replace('-', "");
        assert!(plain.starts_with(&format!("{:012x}", moment(deadline).millis())), "the deadline's milliseconds");
    }
    let mut ids: Vec<_> = timed.iter().map(|e| e.envelope.command.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 12, "every closing has an id of its own");
    let others = [
        system_command_id(&id("another.example/log"), &r22(), "survey", "", moment("12-20")),
        system_command_id(&origin(), &id("r23"), "survey", "", moment("12-20")),
        system_command_id(&origin(), &r22(), "survey", "a", moment("12-20")),
        system_command_id(&origin(), &r22(), "survey", "", moment("12-21")),
    ];
    assert!(others.iter().all(|id| !ids.contains(id)), "another log, round, unit or deadline gives another id");
}

#[test]
fn nothing_is_due_before_a_deadline_and_something_is_from_then_on() {
    let mut log = idle();
    for deadline in ["11-16", "12-01", "12-08", "12-20", "01-05", "01-20"] {
        let deadline = moment(deadline);
        assert_eq!(log.world.next_due(), Some(deadline));
        assert!(due(&log.world, just_before(deadline)).is_none(), "before {deadline}");
        let first = due(&log.world, deadline).expect("due at the deadline");
        assert_eq!(first.deadline, deadline);
        let again = due(&log.world, deadline.plus_micros(1)).expect("and still due after it");
        assert_eq!((again.deadline, again.command), (deadline, first.command), "asking changes nothing");
        log.go_to(deadline);
    }
    assert_eq!(log.world.next_due(), None);
    assert!(due(&log.world, moment("09-30")).is_none());
}

#[test]
fn sheets_that_were_signed_are_not_closed() {
    let mut log = idle();
    play(&mut log, signed("a", &[]));
    play(&mut log, signed("b", &[]));
    play(&mut log, does(chief("b"), withdraw("b")));
    log.go_to(moment("11-16"));
    let told: Vec<String> = told(&timed(&log)).into_iter().map(|(_, what)| what).collect();
    assert_eq!(told, ["self_scoring", "b", "c", "x", "y"]);
}

#[test]
fn only_the_timer_closes_a_phase_only_when_due_and_only_once() {
    given([opened()])
        .when(secretary(), close_phase(Phase::SelfScoring))
        .then_refused_with("capacity_wrong", "needed", "system")
        .when(timer().through(proto::ViaKind::Token), close_phase(Phase::SelfScoring))
        .then_refused("capacity_wrong")
        .at_instant(just_before(moment("11-16")))
        .when(timer(), close_phase(Phase::SelfScoring))
        .then_refused_with("not_due", "until", &moment("11-16").to_string())
        .at_before_the_timer("11-16")
        .when(timer(), close_phase(Phase::SelfScoring))
        .then("phase_closed")
        .in_stream("round/r22")
        .without_cause()
        .when(timer(), close_phase(Phase::SelfScoring))
        .then_refused_with("phase_closed", "phase", "self_scoring");
}

#[test]
fn a_phase_that_the_round_has_not_is_not_closed() {
    let without = round_with(|r| r.phases.retain(|w| w.phase != Phase::Survey));
    given([opened_as(without), at("12-25")]).when(timer(), close_phase(Phase::Survey)).then_refused_with(
        "phase_unknown",
        "phase",
        "survey",
    );
}

#[test]
fn a_phase_that_was_extended_for_all_is_closed_at_its_new_deadline_by_another_id() {
    let mut log = idle();
    play(&mut log, does(secretary(), extend(Phase::SelfScoring, "", "11-20")));
    assert_eq!(log.world.next_due(), Some(moment("11-20")));
    log.go_to(moment("11-20"));
    let timed = timed(&log);
    assert_eq!(told(&timed)[0], (moment("11-20"), "self_scoring".to_owned()));
    let expected = system_command_id(&origin(), &r22(), "self_scoring", "", moment("11-20"));
    assert_eq!(timed[0].envelope.command.id, expected);
}

#[test]
fn a_sheet_whose_deadline_was_extended_is_closed_at_its_own_deadline() {
    let mut log = idle();
    play(&mut log, does(secretary(), extend(Phase::SelfScoring, "b", "11-20")));
    log.go_to(moment("12-01"));
    let expected = [
        ("11-16", "self_scoring"),
        ("11-16", "a"),
        ("11-16", "c"),
        ("11-16", "x"),
        ("11-16", "y"),
        ("11-20", "b"),
        ("12-01", "first_appraisal"),
    ];
    assert_eq!(told(&timed(&log)), expected.map(|(at, what)| (moment(at), what.to_owned())));
    let closed = timed(&log).into_iter().find(|e| e.envelope.at == moment("11-20")).expect("b");
    let expected = system_command_id(&origin(), &r22(), "self_scoring", "b", moment("11-20"));
    assert_eq!(closed.envelope.command.id, expected);
}

#[test]
fn a_sheet_that_was_reopened_is_closed_again_at_the_deadline_of_its_own() {
    given([opened(), all_signed(), at("11-18"), does(secretary(), reopen("a", "11-22"))])
        .at_instant(just_before(moment("11-22")))
        .sheet("a", "open", 4)
        .at("11-22")
        .sheet("a", "closed", 4)
        .reaches("a", "0", "16");
    let mut log = idle();
    play(&mut log, [all_signed(), at("11-18"), does(secretary(), reopen("a", "11-22"))].concat());
    assert_eq!(log.world.next_due(), Some(moment("11-22")));
    log.go_to(moment("11-22"));
    let last = log.events.last().expect("the closing");
    let phase = log.events.iter().find(|e| e.fact.kind() == "phase_closed").expect("the phase's end");
    assert_eq!((last.fact.kind(), last.envelope.cause.as_ref()), ("sheet_closed", Some(&phase.envelope.id)));
}

#[test]
fn a_sheet_that_was_reopened_and_signed_in_time_is_not_closed() {
    given([opened(), drafted("a", &[]), at("11-18"), does(secretary(), reopen("a", "11-22"))])
        .when(chief("a"), submit("a"))
        .then("sheet_submitted")
        .at("11-25")
        .sheet("a", "submitted", 4);
}

#[test]
fn a_sheet_is_closed_and_reopened_as_often_as_it_takes() {
    given([opened(), at("11-18"), does(secretary(), reopen("a", "11-22"))])
        .at("11-22")
        .sheet("a", "closed", 0)
        .when(secretary(), reopen("a", "11-24"))
        .then("sheet_reopened")
        .at("11-24")
        .sheet("a", "closed", 0);
}

#[test]
fn a_phase_that_the_timer_closed_goes_on_for_a_unit_with_an_extension() {
    let flags = ["a", "b"].map(|u| does(appraiser(), flag(u, "1.1"))).concat();
    let extended = does(secretary(), extend(Phase::Explanation, "b", "12-12"));
    let story = given([opened(), all_signed(), at("11-20"), flags, extended, at("12-10")]);
    let closed = &story.log.world.rounds[&r22()].closed_phases;
    assert!(closed.contains_key(&Phase::Explanation), "closed for all");
    story
        .when(drafter("a"), explain("a", "1.1"))
        .then_refused("deadline_passed")
        .when(drafter("b"), explain("b", "1.1"))
        .then("flag_explained");
}

#[test]
fn the_timer_serves_every_open_round() {
    let later = round_with(|r| {
        r.round = id("r23");
        for window in &mut r.phases {
            (window.from, window.until) =
                (window.from.plus_micros(3_600_000_000), window.until.plus_micros(3_600_000_000));
        }
    });
    let mut log = idle();
    play(&mut log, does(secretary(), open(later)));
    log.go_to(moment("11-16 01:00"));
    let rounds: Vec<_> = timed(&log).iter().map(|e| e.envelope.stream.round().cloned().expect("a round")).collect();
    assert_eq!(rounds.iter().filter(|r| **r == r22()).count(), 6);
    assert_eq!(rounds.iter().filter(|r| **r == id("r23")).count(), 6);
    assert_eq!(log.world.next_due(), Some(moment("12-01")));
}

#[test]
fn a_round_that_has_ended_does_not_keep_the_timer_from_the_others() {
    let mut log = Log::of(founded());
    play(&mut log, ended());
    let next = round_with(|r| {
        r.round = id("r23");
        let year = 365 * 86_400_000_000;
        r.phases.iter_mut().for_each(|w| (w.from, w.until) = (w.from.plus_micros(year), w.until.plus_micros(year)));
    });
    play(&mut log, does(secretary(), open(next)));
    let deadline = moment("11-16").plus_micros(365 * 86_400_000_000);
    assert_eq!(log.world.next_due(), Some(deadline));
    let due = due(&log.world, deadline).expect("r23 is due, although r22 stands before it");
    assert_eq!(due.deadline, deadline);
}

#[test]
fn a_sheet_and_a_later_phase_with_one_deadline_are_closed_in_that_order() {
    let mut log = idle();
    play(&mut log, does(secretary(), extend(Phase::SelfScoring, "b", "12-01")));
    log.go_to(moment("12-01"));
    let last: Vec<String> = told(&timed(&log)).into_iter().map(|(_, what)| what).skip(5).collect();
    assert_eq!(last, ["b", "first_appraisal"]);
}

#[test]
fn a_timer_that_slept_through_a_signature_window_closes_the_sheet_all_the_same() {
    given([opened(), drafted("a", &[])])
        .at_before_the_timer("11-30")
        .when(chief("a"), submit("a"))
        .then_refused("deadline_passed")
        .at("11-30")
        .sheet("a", "closed", 4);
}
