//! Stories of requests about personal data: cases with their ground and days, and erasures that take two people.
//! Nothing that was written is touched by one: what an erasure destroys never stood in the log.

use proto::act::privacy::{CaseOutcome, ERASED_MAX, ErasedBallot, ErasedBatch, OpenCase, OrderErasure, RequestKind};
use proto::{Act, Capacity, CaseId, Hash};

use super::acts::{answer_case, close_case, confirm_erasure, open_case, order_erasure};
use super::fixture::{id, r22};
use super::given::{Steps, at, does, empowered, founded, play};
use super::harness::Log;
use super::people::{admin_a, admin_b, person, secretary};
use super::story::given;

fn opening(change: impl FnOnce(&mut OpenCase)) -> Act {
    let mut act = open_case("p1");
    if let Act::OpenCase(case) = &mut act {
        change(case);
    }
    act
}

fn ordering(change: impl FnOnce(&mut OrderErasure)) -> Act {
    let mut act = order_erasure("p1", &[1]);
    if let Act::OrderErasure(order) = &mut act {
        change(order);
    }
    act
}

fn opened() -> Steps {
    does(secretary(), open_case("p1"))
}

fn ordered() -> Steps {
    [opened(), does(secretary(), order_erasure("p1", &[1, 2]))].concat()
}

#[test]
fn a_request_is_a_case_with_its_ground_and_its_days() {
    given([at("10-03")])
        .when(secretary(), answer_case("p1"))
        .then_refused("case_unknown")
        .when(secretary(), opening(|case| case.ground = " ".to_owned()))
        .then_refused("reason_required")
        .when(secretary(), open_case("p1"))
        .then("case_opened")
        .in_stream("case/p1")
        .when(secretary(), open_case("p1"))
        .then_refused("case_exists")
        .when(secretary(), answer_case("p1"))
        .then("case_answered")
        .in_stream("case/p1");
    let mut log = Log::of(founded());
    play(&mut log, opened());
    let case = &log.world.cases[&id::<CaseId>("p1")];
    let days = (case.answer_by().expect("somebody asked").to_string(), case.done_by().to_string());
    assert_eq!(
        days,
        ("2022-10-04".to_owned(), "2022-10-20".to_owned()),
        "two working days from a Friday, and twenty days"
    );
}

#[test]
fn an_erasure_takes_a_ground_and_two_people() {
    let both = empowered("both", Capacity::Secretariat, "");
    let mut steps = [both, at("10-03"), opened()].concat();
    steps.extend(does(person("both", Capacity::Secretariat, ""), answer_case("p1")));
    given([steps])
        .when(secretary(), ordering(|order| order.ground = String::new()))
        .then_refused("reason_required")
        .when(admin_a(), confirm_erasure("p1"))
        .then_refused("erasure_not_ordered")
        .when(secretary(), order_erasure("p1", &[1, 2]))
        .then("erasure_ordered")
        .in_stream("case/p1")
        .when(secretary(), confirm_erasure("p1"))
        .then_refused("capacity_wrong")
        .when(admin_b(), confirm_erasure("p1"))
        .then("erasure_confirmed")
        .in_stream("case/p1")
        .when(admin_a(), confirm_erasure("p1"))
        .then_refused("erasure_not_ordered");
    // Whoever holds both capacities confirms nothing that he has ordered himself.
    let mut log = Log::of(founded());
    play(&mut log, ordered());
    let order = log.world.cases.get_mut(&id::<CaseId>("p1")).expect("the case").orders.last_mut().expect("the order");
    order.by = admin_a().principal.actor;
    let refused = log.send(&admin_a(), confirm_erasure("p1")).expect_err("the same person");
    assert_eq!(refused.code(), "erasure_same_person");
    assert_eq!(domain::confirmed(&log.world.cases).count(), 0);
}

#[test]
fn a_case_ends_once_nothing_waits_to_be_confirmed() {
    given([at("10-03"), ordered()])
        .when(secretary(), order_erasure("p1", &[3]))
        .then_refused("erasure_pending")
        .when(secretary(), close_case("p1"))
        .then_refused("erasure_pending")
        .when(admin_b(), confirm_erasure("p1"))
        .then("erasure_confirmed")
        .when(secretary(), close_case("p1"))
        .then("case_closed")
        .in_stream("case/p1")
        .when(secretary(), answer_case("p1"))
        .then_refused("case_closed");
    let mut log = Log::of(founded());
    play(&mut log, [ordered(), does(admin_b(), confirm_erasure("p1")), does(secretary(), close_case("p1"))].concat());
    let case = &log.world.cases[&id::<CaseId>("p1")];
    assert_eq!(case.outcome, Some(CaseOutcome::CarriedOut));
    let (erased, confirmed) = domain::confirmed(&log.world.cases).next().expect("an erasure");
    assert_eq!((erased.files.len(), confirmed.by.as_str()), (2, "admin-b"));
}

#[test]
fn a_case_or_an_order_that_cannot_be_is_refused() {
    const NOBODY: &str = "somebody asks, unless it is the time for keeping that is over, and then nobody does";
    let ballot = |index| ErasedBallot { round: r22(), batch: id("b1"), index };
    let batch = || ErasedBatch { round: r22(), batch: id("b1") };
    let mut story = given([at("10-03")]);
    for (act, what) in [
        (opening(|case| case.within_days = 9), "it is carried out in 10 to 20 days"),
        (opening(|case| case.within_days = 21), "it is carried out in 10 to 20 days"),
        (opening(|case| case.requester = None), NOBODY),
        (opening(|case| case.request = RequestKind::Retention), NOBODY),
        (opening(|case| case.received = id("2022-10-04")), "the request would come in the future"),
    ] {
        story = story.when(secretary(), act).then_refused_with("bad_case", "detail", what);
    }
    story = story.when(secretary(), open_case("p1")).then("case_opened");
    let many = (0..=ERASED_MAX as u64).map(ballot).collect();
    for (act, what) in [
        (ordering(|order| order.files.clear()), "it erases nothing"),
        (ordering(|order| order.files = vec![Hash([1; 32]); 2]), "a file, ballot or batch stands twice"),
        (ordering(|order| order.ballots = vec![ballot(1), ballot(1)]), "a file, ballot or batch stands twice"),
        (ordering(|order| order.batches = vec![batch(), batch()]), "a file, ballot or batch stands twice"),
        (ordering(|order| order.ballots = many), "more than 200 files, ballots and batches"),
    ] {
        story = story.when(secretary(), act).then_refused_with("bad_case", "detail", what);
    }
    let access = opening(|case| (case.case, case.request) = (id("p2"), RequestKind::Access));
    let of_access = ordering(|order| order.case = id("p2"));
    story.when(secretary(), access).then("case_opened").when(secretary(), of_access).then_refused_with(
        "bad_case",
        "detail",
        "all that was asked for is to be told",
    );
}

#[test]
fn what_is_past_its_time_is_erased_by_two_people_though_nobody_asks() {
    let over = opening(|case| (case.request, case.requester) = (RequestKind::Retention, None));
    let batches = vec![ErasedBatch { round: r22(), batch: id("b1") }];
    let story = given([at("10-03")])
        .when(secretary(), over)
        .then("case_opened")
        .when(secretary(), answer_case("p1"))
        .then_refused_with("bad_case", "detail", "nobody asked who could be answered")
        .when(secretary(), ordering(|order| (order.files, order.batches) = (Vec::new(), batches)))
        .then("erasure_ordered")
        .when(admin_a(), confirm_erasure("p1"))
        .then("erasure_confirmed");
    let case = &story.log.world.cases[&id::<CaseId>("p1")];
    assert_eq!((case.answer_by(), case.first_answer), (None, None));
    let (erased, _) = domain::confirmed(&story.log.world.cases).next().expect("an erasure");
    assert_eq!((erased.files.len(), erased.batches.len()), (0, 1));
}
