//! Stories of deadlines: extended for all or for one unit, in time, with a reason, and never shortened.
//! A deadline that has passed stays passed, whether or not the timer has come.

use proto::act::round::Phase;

use super::acts::{extend, score};
use super::fixture::{just_before, moment, round_with};
use super::given::{does, opened, opened_as};
use super::people::{drafter, secretary};
use super::story::given;
use super::variant::because;

#[test]
fn a_deadline_that_is_extended_for_all_holds_for_all() {
    let old = just_before(moment("11-16"));
    given([opened()])
        .at_instant(old)
        .when(secretary(), extend(Phase::SelfScoring, "", "11-20"))
        .then("deadline_extended")
        .in_stream("round/r22")
        .at("11-17")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .at_instant(just_before(moment("11-20")))
        .when(drafter("x"), score("x", "1.1", "6"))
        .then("self_scored")
        .at("11-20")
        .when(drafter("a"), score("a", "1.1", "5"))
        .then_refused("sheet_locked");
}

#[test]
fn a_deadline_that_is_extended_for_one_unit_holds_for_it_alone() {
    given([opened()])
        .when(secretary(), extend(Phase::SelfScoring, "b", "11-20"))
        .then("deadline_extended")
        .at_before_the_timer("11-16")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then_refused_with("deadline_passed", "until", &moment("11-16").to_string())
        .when(drafter("b"), score("b", "1.1", "6"))
        .then("self_scored")
        .at_before_the_timer("11-20")
        .when(drafter("b"), score("b", "1.1", "5"))
        .then_refused_with("deadline_passed", "until", &moment("11-20").to_string());
}

#[test]
fn an_extension_lies_after_the_deadline_and_after_now() {
    given([opened(), does(secretary(), extend(Phase::SelfScoring, "b", "11-20"))])
        .when(secretary(), extend(Phase::SelfScoring, "", "11-16"))
        .then_refused_with("not_an_extension", "until", &moment("11-16").to_string())
        .when(secretary(), extend(Phase::SelfScoring, "", "11-15"))
        .then_refused("not_an_extension")
        .when(secretary(), extend(Phase::SelfScoring, "b", "11-19"))
        .then_refused_with("not_an_extension", "until", &moment("11-20").to_string())
        .when(secretary(), extend(Phase::SelfScoring, "b", "11-21"))
        .then("deadline_extended");
}

#[test]
fn a_deadline_that_has_passed_is_not_extended_whether_or_not_the_timer_has_come() {
    given([opened()])
        .at_before_the_timer("11-16")
        .when(secretary(), extend(Phase::SelfScoring, "", "11-20"))
        .then_refused("deadline_passed")
        .at("11-16")
        .when(secretary(), extend(Phase::SelfScoring, "", "11-20"))
        .then_refused("deadline_passed")
        .when(secretary(), extend(Phase::SelfScoring, "a", "11-20"))
        .then_refused("deadline_passed");
}

#[test]
fn an_extension_names_a_phase_of_the_round_a_unit_of_it_and_a_reason() {
    let without = round_with(|r| r.phases.retain(|w| w.phase != Phase::Explanation));
    given([opened_as(without)])
        .when(secretary(), extend(Phase::Explanation, "", "12-10"))
        .then_refused_with("phase_unknown", "phase", "explanation")
        .when(secretary(), extend(Phase::Council, "z", "01-10"))
        .then_refused("unit_unknown")
        .when(secretary(), because(" ", extend(Phase::Council, "", "01-10")))
        .then_refused("reason_required")
        .when(secretary(), extend(Phase::Council, "", "01-10"))
        .then("deadline_extended");
}

#[test]
fn a_later_extension_for_all_does_not_shorten_one_units_own() {
    given([opened(), does(secretary(), extend(Phase::SelfScoring, "b", "11-25"))])
        .when(secretary(), extend(Phase::SelfScoring, "", "11-20"))
        .then("deadline_extended")
        .at("11-24")
        .when(drafter("b"), score("b", "1.1", "6"))
        .then("self_scored")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then_refused("sheet_locked");
}
