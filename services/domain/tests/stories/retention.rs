//! Stories of what is past the time for which it is kept: told by a rule and a day, and kept all the same while a case is open.
//! Nothing follows from a date by itself: all that is made here is a list.

use domain::{CaseList, KeptFor, PastTime, Retained, Retention, Years};
use proto::act::grants::GrantCapacity;
use proto::act::privacy::{ErasedBatch, OpenCase, OrderErasure, RequestKind};
use proto::act::sheet::ScoreSelf;
use proto::{Act, Capacity, Day, Event, Hash, Stream};

use super::acts::{
    answer_case, close_case, close_round, confirm_erasure, file, grant, open_case, order_erasure, publish, revoke,
    score_self,
};
use super::fixture::{id, moment, r22};
use super::given::{Steps, adopted, all_signed, at, balloted, does, founded, opened, play, surveyed};
use super::harness::Log;
use super::people::{admin_a, drafter, publisher, secretary};

const YEARS: Years = Years { evidence: 10, ballots: 2, access: 5 };

/// A round with two files and a batch of ballots, up to its publication.
fn until_published() -> Steps {
    let own = ScoreSelf { evidence: vec![file(1), file(2)], ..score_self("a", "1.1", "6") };
    let filed = does(drafter("a"), Act::ScoreSelf(own));
    let batch = [at("11-20"), balloted("b2")].concat();
    let publishes = does(publisher(), publish(1, "d1"));
    [opened(), filed, all_signed(), batch, surveyed(), adopted(), at("01-03"), publishes].concat()
}

/// The same, closed on 21 January 2023.
fn closed(more: Steps) -> Log {
    let mut log = Log::of(founded());
    let end = [at("01-21"), does(secretary(), close_round()), more].concat();
    play(&mut log, [until_published(), end].concat());
    log
}

fn past(events: &[Event], day: &str) -> Vec<PastTime> {
    let mut retention = Retention::default();
    events.iter().for_each(|event| retention.take(event).expect("what was folded folds again"));
    retention.past(YEARS, Day::parse(day).expect("a day"))
}

fn what(past: &[PastTime]) -> Vec<Retained> {
    past.iter().map(|past| past.what.clone()).collect()
}

fn over() -> Act {
    let Act::OpenCase(case) = open_case("p1") else { panic!("a case") };
    Act::OpenCase(OpenCase { request: RequestKind::Retention, requester: None, ..case })
}

#[test]
fn each_kind_of_thing_is_past_its_time_on_its_own_day() {
    let log = closed(Vec::new());
    assert_eq!(past(&log.events, "2025-01-21"), [], "the last day on which ballots are kept");
    let first = past(&log.events, "2025-01-22");
    let set = Hash::digest(b"file");
    assert_eq!(what(&first), [Retained::BatchFile(set), Retained::Ballots(id("b2"))]);
    assert!(first.iter().all(|past| past.since == Day::parse("2025-01-22").expect("a day") && past.kept.is_none()));
    assert_eq!(what(&past(&log.events, "2033-01-21")), what(&first));
    let all = past(&log.events, "2033-01-22");
    let files = [Retained::File(file(1).address), Retained::File(file(2).address)];
    assert_eq!(what(&all), [&files[..], &what(&first)].concat(), "and then the files of evidence");
}

#[test]
fn a_round_that_never_closed_keeps_everything() {
    let mut log = Log::of(founded());
    play(&mut log, [until_published(), at("01-21")].concat());
    assert_eq!(past(&log.events, "2099-01-01"), []);
}

#[test]
fn a_file_that_another_round_refers_to_is_kept_as_long_as_that_round_keeps_it() {
    let mut events = closed(Vec::new()).events;
    let scored = events.iter().find(|event| event.fact.evidence().len() == 2).expect("the score with files");
    let mut again = scored.clone();
    again.envelope.stream = Stream::Sheet(id("r23"), id("a"));
    events.push(again);
    let kept: Vec<_> = past(&events, "2033-01-22").into_iter().map(|past| past.kept).collect();
    let by_the_other = Some(KeptFor::Round(id("r23")));
    assert_eq!(kept, [by_the_other.clone(), by_the_other, None, None]);
}

#[test]
fn what_is_asked_about_is_kept_and_what_is_ordered_or_erased_is_not_ordered_again() {
    let asked = closed(does(secretary(), open_case("p9")));
    let kept = past(&asked.events, "2033-01-22");
    assert!(kept.len() == 4 && kept.iter().all(|past| past.kept == Some(KeptFor::CaseOpen(id("p9")))), "{kept:?}");
    let ended = closed([does(secretary(), open_case("p9")), does(secretary(), close_case("p9"))].concat());
    assert!(past(&ended.events, "2033-01-22").iter().all(|past| past.kept.is_none()));

    let Act::OrderErasure(order) = order_erasure("p1", &[1]) else { panic!("an order") };
    let batches = vec![ErasedBatch { round: r22(), batch: id("b2") }];
    let order = Act::OrderErasure(OrderErasure { batches, ..order });
    let ordered = [does(secretary(), over()), does(secretary(), order)].concat();
    let waiting = past(&closed(ordered.clone()).events, "2033-01-22");
    let waits = Some(KeptFor::Ordered(id("p1")));
    let found: Vec<_> = waiting.iter().map(|past| past.kept.clone()).collect();
    assert_eq!(found, [waits.clone(), None, None, waits]);
    let erased = past(&closed([ordered, does(admin_a(), confirm_erasure("p1"))].concat()).events, "2033-01-22");
    assert_eq!(what(&erased), [Retained::File(file(2).address), Retained::BatchFile(Hash::digest(b"file"))]);
}

#[test]
fn a_case_is_late_from_the_day_after_and_says_what_happened() {
    let mut log = Log::of(founded());
    let answered = does(secretary(), answer_case("p1"));
    play(&mut log, [at("10-03"), does(secretary(), open_case("p1")), at("10-05"), answered].concat());
    let at = |events: &[Event], day: &str| {
        let mut list = CaseList::default();
        events.iter().for_each(|event| list.take(event, Hash([1; 32])).expect("it folds"));
        list.at(moment(day)).remove(0)
    };
    // It came on Friday 30 September: two working days are over with Tuesday 4 October, twenty days with 20 October.
    let opened = &log.events[..log.events.len() - 1];
    let line = at(opened, "10-04");
    assert!(!line.answer_late && !line.done_late, "the day itself is not over");
    assert!(at(opened, "10-05").answer_late);
    let line = at(&log.events, "10-20");
    assert!(line.answer_late && !line.done_late, "it was answered on the 5th, which was late, and stays so");
    let line = at(&log.events, "10-21");
    assert!(line.done_late && line.outcome.is_none());
    let kinds: Vec<&str> = line.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["case_opened", "case_answered"]);
}

#[test]
fn cases_are_read_by_inspectors_secretariat_and_administrators() {
    let mut log = Log::of(founded());
    play(&mut log, opened());
    let may = |who: super::people::Who| domain::may_read_cases(&log.world, &who.principal, log.at);
    for who in [secretary(), admin_a(), super::people::granted("inspector")] {
        assert_eq!(may(who), Ok(()));
    }
    for who in [drafter("a"), publisher(), super::people::appraiser(), super::people::surveyor()] {
        assert_eq!(may(who).expect_err("not his").code(), "capacity_missing");
    }
    // A grant that was taken back is none, and one for a single round is none for what belongs to no round.
    let revoked = does(admin_a(), revoke("inspector", "g1"));
    let narrowed = does(admin_a(), revoke("secretary", "g1"));
    let of_a_round = GrantCapacity { round: Some(r22()), ..grant("secretary", "g2", Capacity::Secretariat, "") };
    let mut later = Log::of(founded());
    play(&mut later, [opened(), revoked, narrowed, does(admin_a(), Act::GrantCapacity(of_a_round))].concat());
    for who in [super::people::granted("inspector"), secretary()] {
        let refused = domain::may_read_cases(&later.world, &who.principal, later.at).expect_err("not his any more");
        assert_eq!(refused.code(), "capacity_missing");
    }
    let nobody = super::people::person("nobody", Capacity::Inspector, "");
    assert_eq!(may(nobody).expect_err("nobody").code(), "credential_not_bound");
}
