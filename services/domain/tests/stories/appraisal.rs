//! Stories of the two appraisals: confirm, adjust, flag; in whose fields, in which window, on whose sheets.
//! An appraisal stands beside the stage before it and never in its place.

use proto::act::appraisal::{AdjustScore, Appraised, ConfirmScore};
use proto::act::round::{OwnUnit, Phase, Stage};
use proto::{Act, Capacity, Fact};

use super::acts::{adjust, bind, confirm, extend, flag, grant, revoke};
use super::fixture::{id, just_before, moment, round_with};
use super::given::{Steps, all_signed, at, does, drafted, opened, opened_as, scored};
use super::people::{admin_a, appraiser, chief, drafter, granted, member, operator, person, secretary, token_of};
use super::story::given;
use super::variant::{because, second, seen};

/// Every sheet is signed and it is 20 November.
fn first() -> Steps {
    [opened(), all_signed(), at("11-20")].concat()
}

/// Every sheet is signed and it is 9 December.
fn late() -> Steps {
    [opened(), all_signed(), at("12-09")].concat()
}

fn confirmed(act: Act, own_unit: bool) -> Fact {
    let Act::ConfirmScore(act) = act else { panic!("a confirmation") };
    Fact::ScoreConfirmed(Appraised::<ConfirmScore> { act, own_unit })
}

fn adjusted(act: Act, own_unit: bool) -> Fact {
    let Act::AdjustScore(act) = act else { panic!("an adjustment") };
    Fact::ScoreAdjusted(Appraised::<AdjustScore> { act, own_unit })
}

#[test]
fn a_confirmation_sets_the_points_as_they_stand() {
    given([first()])
        .when(appraiser(), confirm("b", "1.1"))
        .then(confirmed(seen(1, confirm("b", "1.1")), false))
        .in_stream("sheet/r22/b")
        .without_cause()
        .shows("b", "1.1", "self 4, first 4");
}

#[test]
fn an_adjustment_sets_other_points_and_the_units_own_stay_beside_them() {
    given([first()])
        .when(appraiser(), adjust("b", "1.1", "3.25"))
        .then(adjusted(seen(1, adjust("b", "1.1", "3.25")), false))
        .in_stream("sheet/r22/b")
        .shows("b", "1.1", "self 4, first 13/4")
        .counts("b", "1.1", "13/4")
        .reaches("b", "53/4", "16");
}

#[test]
fn the_second_appraisal_counts_over_the_first() {
    given([first(), does(appraiser(), adjust("b", "1.1", "3")), at("12-09")])
        .when(appraiser(), second(confirm("b", "1.1")))
        .then("score_confirmed")
        .shows("b", "1.1", "self 4, first 3, second 3")
        .when(appraiser(), second(adjust("b", "1.1", "3.5")))
        .then("score_adjusted")
        .shows("b", "1.1", "self 4, first 3, second 7/2")
        .counts("b", "1.1", "7/2");
}

#[test]
fn an_adjustment_of_options_says_which_one() {
    given([first()]).when(appraiser(), adjust("a", "1.2", "2.5")).then("score_adjusted").shows(
        "a",
        "1.2",
        "self 4, first 5/2",
    );
}

#[test]
fn an_adjustment_and_a_flag_give_a_reason() {
    given([first()])
        .when(appraiser(), because("", adjust("b", "1.1", "3")))
        .then_refused("reason_required")
        .when(appraiser(), because(" ", flag("b", "1.1")))
        .then_refused("reason_required")
        .when(appraiser(), because(&"x".repeat(8_001), adjust("b", "1.1", "3")))
        .then_refused_with("text_too_long", "bytes", "8001");
}

#[test]
fn an_appraisal_of_a_score_that_moved_on_is_refused() {
    given([first(), does(appraiser(), adjust("b", "1.1", "3"))])
        .when(appraiser(), seen(1, adjust("b", "1.1", "2")))
        .then_refused_with("stale_revision", "stands", "first 3/1")
        .when(appraiser(), seen(1, confirm("b", "1.1")))
        .then_refused_with("stale_revision", "current", "6")
        .when(appraiser(), seen(1, flag("b", "1.1")))
        .then_refused("stale_revision")
        .when(appraiser(), seen(6, adjust("b", "1.1", "2")))
        .then("score_adjusted")
        .shows("b", "1.1", "self 4, first 2");
}

#[test]
fn the_first_appraisal_lasts_from_its_first_moment_until_just_before_its_deadline() {
    given([opened(), all_signed()])
        .at_instant(just_before(moment("11-16")))
        .when(appraiser(), confirm("a", "1.1"))
        .then_refused_with("too_early", "phase", "first_appraisal")
        .at("11-16")
        .when(appraiser(), confirm("a", "1.1"))
        .then("score_confirmed")
        .at_instant(just_before(moment("12-01")))
        .when(appraiser(), adjust("a", "1.1", "5"))
        .then("score_adjusted")
        .at_before_the_timer("12-01")
        .when(appraiser(), confirm("a", "1.2"))
        .then_refused_with("deadline_passed", "phase", "first_appraisal")
        .when(appraiser(), flag("a", "1.2"))
        .then_refused("deadline_passed");
}

#[test]
fn the_second_appraisal_has_a_window_of_its_own() {
    given([first()])
        .when(appraiser(), second(confirm("a", "1.1")))
        .then_refused_with("too_early", "phase", "second_appraisal")
        .at("12-08")
        .when(appraiser(), second(confirm("a", "1.1")))
        .then("score_confirmed")
        .when(appraiser(), confirm("a", "1.2"))
        .then_refused_with("deadline_passed", "phase", "first_appraisal")
        .when(appraiser(), flag("a", "1.2"))
        .then_refused_with("deadline_passed", "phase", "first_appraisal")
        .at_before_the_timer("12-20")
        .when(appraiser(), second(adjust("a", "1.2", "0")))
        .then_refused_with("deadline_passed", "phase", "second_appraisal");
}

#[test]
fn a_round_without_a_second_appraisal_has_none() {
    let without = round_with(|r| r.phases.retain(|w| w.phase != Phase::SecondAppraisal));
    given([opened_as(without), all_signed(), at("12-09")])
        .when(appraiser(), second(confirm("a", "1.1")))
        .then_refused_with("phase_unknown", "phase", "second_appraisal");
}

#[test]
fn an_appraisal_that_is_extended_for_a_unit_goes_on_for_that_unit_alone() {
    given([first(), does(secretary(), extend(Phase::FirstAppraisal, "b", "12-05")), at("12-04")])
        .when(appraiser(), confirm("b", "1.1"))
        .then("score_confirmed")
        .when(appraiser(), confirm("a", "1.1"))
        .then_refused("deadline_passed");
}

#[test]
fn a_sheet_that_is_still_open_is_not_appraised() {
    let more_time = does(secretary(), extend(Phase::SelfScoring, "a", "11-25"));
    given([opened(), drafted("a", &[]), more_time, at("11-20")])
        .when(appraiser(), confirm("a", "1.1"))
        .then_refused_with("sheet_open", "unit", "a")
        .when(appraiser(), adjust("a", "1.1", "5"))
        .then_refused("sheet_open")
        .when(appraiser(), flag("a", "1.1"))
        .then_refused("sheet_open");
}

#[test]
fn nobody_but_an_appraiser_appraises() {
    for who in [secretary(), drafter("a"), chief("a"), member(3), granted("publisher"), granted("inspector")] {
        given([first()]).when(who, confirm("b", "1.1")).then_refused_with("capacity_wrong", "needed", "appraiser");
    }
}

#[test]
fn an_appraiser_acts_in_the_fields_that_he_was_granted() {
    let of_field_1 = || granted("appraiser-1");
    given([first()])
        .when(of_field_1(), confirm("a", "1.1"))
        .then("score_confirmed")
        .when(of_field_1(), confirm("a", "2.1.1"))
        .then_refused_with("field_not_granted", "field", "2")
        .when(of_field_1(), adjust("a", "2.1.2", "0"))
        .then_refused("field_not_granted")
        .when(of_field_1(), flag("a", "2.1.1"))
        .then_refused("field_not_granted");
}

#[test]
fn an_appraiser_who_belongs_to_the_unit_is_refused() {
    let of_b = || granted("appraiser-b");
    given([first()])
        .when(of_b(), confirm("b", "1.1"))
        .then_refused_with("conflict_of_interest", "unit", "b")
        .when(of_b(), adjust("b", "1.1", "6"))
        .then_refused("conflict_of_interest")
        .when(of_b(), flag("b", "1.1"))
        .then_refused("conflict_of_interest")
        .when(of_b(), confirm("a", "1.1"))
        .then("score_confirmed");
}

#[test]
fn whoever_belongs_to_the_unit_by_any_grant_is_refused() {
    let also_drafter = Act::GrantCapacity(grant("appraiser", "g2", Capacity::Drafter, "a"));
    given([first(), does(admin_a(), also_drafter)])
        .when(appraiser(), confirm("a", "1.1"))
        .then_refused("conflict_of_interest")
        .when(admin_a(), revoke("appraiser", "g2"))
        .then("capacity_revoked")
        .when(appraiser(), confirm("a", "1.1"))
        .then("score_confirmed");
}

#[test]
fn a_round_that_records_conflicts_takes_the_act_and_says_so() {
    let records = round_with(|r| r.policy.own_unit = OwnUnit::Record);
    let of_b = || granted("appraiser-b");
    given([opened_as(records), all_signed(), at("11-20")])
        .when(of_b(), confirm("b", "1.1"))
        .then(confirmed(seen(1, confirm("b", "1.1")), true))
        .when(of_b(), adjust("b", "1.2", "0"))
        .then(adjusted(seen(2, adjust("b", "1.2", "0")), true))
        .when(of_b(), confirm("a", "1.1"))
        .then(confirmed(seen(1, confirm("a", "1.1")), false));
}

#[test]
fn a_leaf_without_points_is_adjusted_not_confirmed() {
    given([opened(), scored("a", "1.1", "6"), at("11-20")])
        .when(appraiser(), confirm("a", "2.1.1"))
        .then_refused_with("not_scored", "leaf", "2.1.1")
        .when(appraiser(), adjust("a", "2.1.1", "0"))
        .then("score_adjusted")
        .shows("a", "2.1.1", "first 0");
}

#[test]
fn what_was_not_submitted_is_confirmed_as_it_counts() {
    given([opened(), scored("a", "1.1", "6"), at("11-20")])
        .when(appraiser(), confirm("a", "1.1"))
        .then("score_confirmed")
        .shows("a", "1.1", "self 6, first 0");
}

#[test]
fn a_flag_stands_until_the_second_appraisal_and_is_raised_once() {
    given([first()])
        .when(appraiser(), flag("a", "1.1"))
        .then("score_flagged")
        .in_stream("sheet/r22/a")
        .shows("a", "1.1", "self 6, flag raised")
        .when(appraiser(), flag("a", "1.1"))
        .then_refused_with("already_flagged", "leaf", "1.1")
        .when(appraiser(), adjust("a", "1.1", "5"))
        .then("score_adjusted")
        .shows("a", "1.1", "self 6, first 5, flag raised")
        .when(appraiser(), flag("a", "1.1"))
        .then_refused("already_flagged")
        .at("12-09")
        .when(appraiser(), second(confirm("a", "1.1")))
        .then("score_confirmed")
        .shows("a", "1.1", "self 6, first 5, second 5, flag settled");
}

#[test]
fn flags_that_wait_are_counted() {
    let flags = ["1.1", "1.2"].map(|l| does(appraiser(), flag("a", l))).concat();
    let story = given([first(), flags, at("12-09"), does(appraiser(), second(confirm("a", "1.2")))]);
    assert_eq!((story.unit("a").flagged, story.unit("b").flagged), (1, 0));
}

#[test]
fn a_leaf_without_a_flag_is_appraised_a_second_time_without_one() {
    given([late()]).when(appraiser(), second(confirm("a", "1.1"))).then("score_confirmed").shows(
        "a",
        "1.1",
        "self 6, second 6",
    );
}

#[test]
fn a_stage_that_does_not_count_is_shown_but_not_counted() {
    let no_second = round_with(|r| r.policy.counts.retain(|s| *s != Stage::Second));
    given([opened_as(no_second), all_signed(), at("11-20"), does(appraiser(), adjust("a", "1.1", "5")), at("12-09")])
        .when(appraiser(), second(adjust("a", "1.1", "1")))
        .then("score_adjusted")
        .shows("a", "1.1", "self 6, first 5, second 1")
        .counts("a", "1.1", "5");
}

#[test]
fn an_appraiser_with_several_fields_or_several_grants_acts_in_all_of_them() {
    let fields = |actor: &str, id_: &str, fields: &[&str]| {
        let mut act = grant(actor, id_, Capacity::Appraiser, "agency");
        act.fields = fields.iter().map(|f| id(f)).collect();
        does(admin_a(), Act::GrantCapacity(act))
    };
    let both = || person("both", Capacity::Appraiser, "agency");
    let token = does(operator(), bind("both", &token_of("both")));
    given([first(), token.clone(), fields("both", "g1", &["1", "2"])])
        .when(both(), confirm("a", "1.1"))
        .then("score_confirmed")
        .when(both(), confirm("a", "2.1.1"))
        .then("score_confirmed");
    given([first(), token, fields("both", "g1", &["1"]), fields("both", "g2", &["2"])])
        .when(both(), confirm("a", "1.1"))
        .then("score_confirmed")
        .when(both(), confirm("a", "2.1.1"))
        .then("score_confirmed")
        .when(admin_a(), revoke("both", "g2"))
        .then("capacity_revoked")
        .when(both(), adjust("a", "2.1.1", "0"))
        .then_refused("field_not_granted");
}
