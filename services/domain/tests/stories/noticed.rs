//! Stories of notices: what somebody is to be told of a round, when it begins to be told, and when it is over.

use proto::work::RoundQuery;
use proto::{Act, Capacity, Hash};

use super::acts::{adjust, confirm, explain, extend, flag, grant};
use super::fixture::{id, moment, r22};
use super::given::{Steps, all_signed, at, does, drafted, ended, founded, opened, play, published, upheld};
use super::harness::Log;
use super::people::{Who, admin_a, appraiser, chief, drafter, member, secretary};

/// What somebody is told, without the round and the year.
fn told(steps: Steps, who: &Who) -> Vec<String> {
    let mut log = Log::of(founded());
    play(&mut log, steps);
    told_by(&log, who)
}

fn told_by(log: &Log, who: &Who) -> Vec<String> {
    let query = RoundQuery { round: r22() };
    let told = domain::notices(&log.world, &who.principal, (log.at, Hash::digest(b"")), query).expect("told");
    let of = domain::notices_of(&log.world, &r22(), std::slice::from_ref(&who.principal.actor), log.at);
    assert_eq!(of.expect("told")[0].notices, told.notices, "whoever sends it on is told the same");
    let say = |notice: &proto::notices::Notice| {
        let waiting = notice.waiting.map(|waiting| format!(" {waiting}")).unwrap_or_default();
        let key = notice.key(&r22());
        let parts = key.split('/').skip(1).filter(|part| !part.is_empty());
        format!(
            "{}{waiting}",
            parts.map(|part| part.trim_end_matches("T17:00:00.000000Z")).collect::<Vec<_>>().join(" ")
        )
    };
    told.notices.iter().map(say).collect()
}

/// Every sheet is signed, and one score of a unit was confirmed, one adjusted, one asked about.
fn appraised() -> Steps {
    let steps = [confirm("b", "1.2"), adjust("b", "1.1", "3"), flag("a", "1.1")];
    let steps = steps.into_iter().flat_map(|act| does(appraiser(), act)).collect();
    [opened(), all_signed(), at("11-20"), steps].concat()
}

#[test]
fn a_deadline_is_near_three_days_before_it_for_whoever_has_something_to_do() {
    let none: [&str; 0] = [];
    assert_eq!(told([opened(), at("11-12")].concat(), &drafter("b")), none, "four days are left");
    let near = [opened(), at("11-13")].concat();
    assert_eq!(told(near.clone(), &drafter("b")), ["deadline_near b self_scoring 2022-11-15 4"]);
    assert_eq!(told(near.clone(), &chief("b")), ["deadline_near b self_scoring 2022-11-15 4"]);
    assert_eq!(told(near.clone(), &member(1)), none);
    assert_eq!(told(near.clone(), &appraiser()), none, "nothing waits before it is signed");
    // A sheet that is drafted whole waits for its chief; a signed one for nobody.
    let whole = [opened(), drafted("b", super::given::own_leaves("b")), at("11-13")].concat();
    assert_eq!(told(whole, &chief("b")), ["deadline_near b self_scoring 2022-11-15 1"]);
    assert_eq!(told([opened(), all_signed(), at("11-13")].concat(), &chief("b")), none);
    // Who has more time is told of his own deadline.
    let extended = does(secretary(), extend(proto::act::round::Phase::SelfScoring, "b", "11-20"));
    assert_eq!(told([near, extended.clone()].concat(), &drafter("b")), none);
    let later = [opened(), extended, at("11-18")].concat();
    assert_eq!(told(later, &drafter("b")), ["deadline_near b self_scoring 2022-11-19 4"]);
}

#[test]
fn whoever_appraises_is_told_how_much_waits_in_his_fields_before_the_appraisal_ends() {
    let none: [&str; 0] = [];
    assert_eq!(told([opened(), all_signed(), at("11-27")].concat(), &appraiser()), none);
    let near = [opened(), all_signed(), at("11-29")].concat();
    let all = told(near.clone(), &appraiser());
    assert_eq!(all.len(), 1);
    let waiting: u64 = all[0].rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a count");
    let one = does(appraiser(), confirm("b", "1.1"));
    assert_eq!(
        told([near.clone(), one].concat(), &appraiser()),
        [format!("deadline_near first_appraisal 2022-11-30 {}", waiting - 1)]
    );
    // Whoever belongs to a unit is not told of its scores, which others appraise.
    let of_b = does(admin_a(), Act::GrantCapacity(grant("appraiser", "of-b", Capacity::Drafter, "b")));
    let fewer = told([near, of_b].concat(), &appraiser());
    let left: u64 = fewer.last().and_then(|told| told.rsplit(' ').next()?.parse().ok()).expect("a count");
    assert!(left < waiting, "{left} of {waiting}");
}

#[test]
fn a_unit_is_told_of_an_appraisal_and_of_questions_once_they_are_released() {
    let none: [&str; 0] = [];
    for unit in ["a", "b"] {
        assert_eq!(told(appraised(), &drafter(unit)), none, "not while it is appraised");
    }
    let released = [appraised(), at("12-02")].concat();
    assert_eq!(told(released.clone(), &drafter("b")), ["appraisal_released b first"]);
    assert_eq!(told(released.clone(), &chief("a")), ["flag_raised a 1.1 2022-12-07"]);
    let near = [released.clone(), at("12-06")].concat();
    assert_eq!(
        told(near.clone(), &drafter("a")),
        ["deadline_near a explanation 2022-12-07 1", "flag_raised a 1.1 2022-12-07"]
    );
    assert_eq!(told([near, does(drafter("a"), explain("a", "1.1"))].concat(), &drafter("a")), none);
    assert_eq!(told([released, at("12-09")].concat(), &drafter("a")), none, "the time to explain is over");
}

#[test]
fn a_result_and_a_decision_on_an_appeal_are_told_to_the_units_people_until_the_round_ends() {
    let none: [&str; 0] = [];
    let out = [published(), at("01-06")].concat();
    assert_eq!(told(out.clone(), &drafter("c")), ["result_published c 2023-01-19 1"]);
    assert_eq!(told(out, &member(1)), none);
    let decided = told(upheld(), &chief("c"));
    assert!(decided.contains(&"appeal_decided c 1".to_owned()), "{decided:?}");
    assert!(!told(upheld(), &chief("b")).iter().any(|told| told.starts_with("appeal_decided")), "another's appeal");
    assert_eq!(told(ended(), &chief("c")), none);
}

#[test]
fn whoever_the_log_does_not_know_is_told_nothing_and_a_round_that_is_not_there_is_refused() {
    let mut log = Log::of(founded());
    play(&mut log, [opened(), at("11-13")].concat());
    let actors = [id("nobody"), drafter("b").principal.actor];
    let of = domain::notices_of(&log.world, &r22(), &actors, log.at).expect("told");
    assert_eq!(of.iter().map(|of| of.actor.as_str()).collect::<Vec<_>>(), [actors[1].as_str()]);
    let other = domain::notices_of(&log.world, &id("r99"), &actors, moment("11-13")).expect_err("refused");
    assert_eq!(other.code(), "round_unknown");
}
