//! Stories of appeals: lodged by the unit's chief in time, answered by those who appraised, put to the council's vote.
//! An appeal changes no score by itself.

use proto::act::appeal::LodgeAppeal;
use proto::act::council::Vote;
use proto::act::round::Phase;
use proto::{Act, Capacity};

use super::acts::{
    answer, change, correct, decide_appeal, extend, file, grant, lodge, lodge_appeal, propose_appeal, propose_result,
    publish, record, vote,
};
use super::fixture::{id, just_before, moment, round_with};
use super::given::{
    Steps, adopted, all_signed, appealed, at, does, empowered, opened, published, published_as, surveyed,
};
use super::people::{appraiser, chief, drafter, granted, member, person, publisher, secretary};
use super::story::given;
use super::variant::because;

/// The result is published and it is 6 January.
fn january() -> Steps {
    [published(), at("01-06")].concat()
}

fn lodging(change: impl FnOnce(&mut LodgeAppeal)) -> Act {
    let mut act = lodge_appeal(1, "c", &["1.1"]);
    change(&mut act);
    Act::LodgeAppeal(act)
}

#[test]
fn a_units_chief_appeals_against_the_published_result() {
    given([january()])
        .when(chief("c"), lodge(1, "c", &["1.1", "1.2"]))
        .then("appeal_lodged")
        .in_stream("appeal/r22/1")
        .shows("c", "1.1", "self 2");
}

#[test]
fn nobody_but_the_units_chief_appeals() {
    given([january()])
        .when(drafter("c"), lodge(1, "c", &["1.1"]))
        .then_refused_with("capacity_wrong", "needed", "chief")
        .when(chief("b"), lodge(1, "c", &["1.1"]))
        .then_refused_with("unit_not_own", "unit", "c")
        .when(secretary(), lodge(1, "c", &["1.1"]))
        .then_refused("capacity_wrong");
}

#[test]
fn there_is_no_appeal_before_a_publication() {
    given([opened(), all_signed(), surveyed(), adopted(), at("01-06")])
        .when(chief("c"), lodge(1, "c", &["1.1"]))
        .then_refused("not_published")
        .when(publisher(), publish(1, "d1"))
        .then("result_published")
        .when(chief("c"), lodge(1, "c", &["1.1"]))
        .then("appeal_lodged");
}

#[test]
fn appeals_are_lodged_within_their_phase_and_the_units_own_extension() {
    given([published()])
        .when(chief("c"), lodge(1, "c", &["1.1"]))
        .then_refused_with("too_early", "from", &moment("01-05").to_string())
        .at("01-06")
        .when(secretary(), extend(Phase::Appeals, "b", "01-25"))
        .then("deadline_extended")
        .at_instant(just_before(moment("01-20")))
        .when(chief("c"), lodge(1, "c", &["1.1"]))
        .then("appeal_lodged")
        .at("01-20")
        .when(chief("c"), lodge(2, "c", &["1.1"]))
        .then_refused_with("deadline_passed", "phase", "appeals")
        .when(chief("b"), lodge(2, "b", &["1.1"]))
        .then("appeal_lodged");
}

#[test]
fn a_round_without_a_phase_of_appeals_takes_none() {
    let without = round_with(|r| r.phases.retain(|w| w.phase != Phase::Appeals));
    given([published_as(without)]).when(chief("c"), lodge(1, "c", &[])).then_refused_with(
        "phase_unknown",
        "phase",
        "appeals",
    );
}

#[test]
fn appeals_are_numbered_from_one_without_gaps_across_units() {
    given([january()])
        .when(chief("c"), lodge(0, "c", &["1.1"]))
        .then_refused_with("appeal_out_of_order", "expected", "1")
        .when(chief("c"), lodge(2, "c", &["1.1"]))
        .then_refused("appeal_out_of_order")
        .when(chief("c"), lodge(1, "c", &["1.1"]))
        .then("appeal_lodged")
        .when(chief("b"), lodge(1, "b", &["1.1"]))
        .then_refused_with("appeal_out_of_order", "expected", "2")
        .when(chief("b"), lodge(2, "b", &[]))
        .then("appeal_lodged")
        .in_stream("appeal/r22/2");
}

#[test]
fn an_appeal_is_about_leaves_of_the_unit_and_says_why() {
    given([january()])
        .when(chief("c"), lodge(1, "c", &["1.1", "9.9"]))
        .then_refused_with("leaf_unknown", "leaf", "9.9")
        .when(chief("c"), lodge(1, "c", &["2.2"]))
        .then_refused("leaf_is_survey")
        .when(chief("c"), because("", lodge(1, "c", &["1.1"])))
        .then_refused("reason_required")
        .when(chief("c"), lodging(|a| a.evidence = (0..21).map(file).collect()))
        .then_refused("bad_evidence")
        .when(chief("c"), lodging(|a| a.evidence = vec![file(1)]))
        .then("appeal_lodged");
}

#[test]
fn an_appeal_is_answered_by_those_who_appraised_and_not_by_the_unit() {
    let of_c = empowered("appraiser-c", Capacity::Appraiser, "c");
    given([appealed(), of_c])
        .when(appraiser(), answer(1))
        .then("appeal_answered")
        .in_stream("appeal/r22/1")
        .when(secretary(), answer(1))
        .then("appeal_answered")
        .when(person("appraiser-c", Capacity::Appraiser, "c"), answer(1))
        .then_refused_with("conflict_of_interest", "unit", "c")
        .when(granted("appraiser-b"), answer(1))
        .then("appeal_answered")
        .when(chief("c"), answer(1))
        .then_refused("capacity_wrong")
        .when(appraiser(), because(" ", answer(1)))
        .then_refused("reason_required");
}

#[test]
fn an_appeal_that_nobody_lodged_is_unknown() {
    given([january()])
        .when(appraiser(), answer(1))
        .then_refused_with("appeal_unknown", "number", "1")
        .when(appraiser(), answer(0))
        .then_refused("appeal_unknown")
        .when(secretary(), propose_appeal("d2", 1, &[]))
        .then_refused("appeal_unknown")
        .when(secretary(), decide_appeal(1, "d1"))
        .then_refused("appeal_unknown")
        .when(secretary(), correct("c", "1.1", 1))
        .then_refused("appeal_unknown");
}

#[test]
fn the_council_decides_an_appeal_after_its_own_phase_is_over() {
    given([appealed()])
        .when(secretary(), propose_appeal("d2", 1, &[change("c", "1.1", "5")]))
        .then("decision_proposed")
        .in_stream("round/r22")
        .when(member(3), vote("d2", Vote::For))
        .then("vote_cast");
}

#[test]
fn what_is_decided_about_an_appeal_concerns_its_unit_and_gives_a_reason() {
    given([appealed()])
        .when(secretary(), propose_appeal("d2", 1, &[change("b", "1.1", "5")]))
        .then_refused_with("change_unknown", "leaf", "1.1")
        .when(secretary(), propose_appeal("d2", 1, &[change("c", "1.1", "5"), change("c", "1.1", "6")]))
        .then_refused("change_unknown")
        .when(secretary(), propose_appeal("d2", 1, &[change("c", "1.1", "7")]))
        .then_refused("points_over_maximum")
        .when(secretary(), because("", propose_appeal("d2", 1, &[])))
        .then_refused("reason_required");
}

#[test]
fn a_member_who_belongs_to_the_unit_does_not_vote_on_its_appeal() {
    for changes in [&[][..], &[change("c", "1.1", "5")]] {
        let six = empowered("member-6", Capacity::Council, "c");
        given([appealed(), six, does(secretary(), propose_appeal("d2", 1, changes))])
            .when(person("member-6", Capacity::Council, "c"), vote("d2", Vote::Against))
            .then_refused_with("recused", "unit", "c")
            .when(member(1), vote("d2", Vote::For))
            .then("vote_cast");
    }
}

#[test]
fn a_member_who_belongs_to_the_unit_is_not_counted_in_its_appeal() {
    let six = empowered("member-6", Capacity::Council, "c");
    let votes = [3, 4, 5].map(|n| does(member(n), vote("d2", Vote::For))).concat();
    let proposed = does(secretary(), propose_appeal("d2", 1, &[change("c", "1.1", "5")]));
    let story = given([appealed(), six, proposed, votes]).when(secretary(), record("d2")).then("decision_recorded");
    assert_eq!((story.recorded().members, story.recorded().carried), (5, true));
}

#[test]
fn a_chief_of_another_round_appeals_in_that_round_only() {
    let mut elsewhere = grant("chief-z", "g1", Capacity::Chief, "c");
    elsewhere.round = Some(id("r21"));
    let token = does(super::people::operator(), super::acts::bind("chief-z", "token-chief-z"));
    given([january(), token, does(super::people::admin_a(), Act::GrantCapacity(elsewhere))])
        .when(person("chief-z", Capacity::Chief, "c"), lodge(1, "c", &["1.1"]))
        .then_refused("capacity_missing");
}

#[test]
fn an_appeal_and_the_result_are_different_matters() {
    given([appealed()]).when(secretary(), propose_result("d2")).then_refused_with(
        "deadline_passed",
        "phase",
        "council",
    );
}

#[test]
fn a_unit_that_is_not_assessed_has_nothing_to_appeal_against() {
    given([january(), empowered("chief-agency", Capacity::Chief, "agency")])
        .when(person("chief-agency", Capacity::Chief, "agency"), lodge(1, "agency", &[]))
        .then_refused_with("unit_unknown", "unit", "agency");
}
