//! Stories of appeals: lodged by the chief, answered, decided as the council decided, corrected leaf by leaf.
//! An appeal changes no score by itself, and a correction never comes before its decision.

use proto::act::appeal::{AppealDecided, CorrectScore, DecideAppeal, LodgeAppeal, ScoreCorrected};
use proto::act::council::{Matter, Outcome, Vote};
use proto::act::round::Phase;
use proto::{Act, Capacity, Fact};

use super::acts::{
    WHY, answer, because, change, correct, decide_appeal, extend, file, grant, inputs, lodge, lodge_appeal, propose,
    propose_appeal, propose_result, publish, record, seen, vote,
};
use super::fixture::{dec, id, just_before, moment, r22, round_with};
use super::given::{
    Steps, adopted, all_signed, appealed, at, carried, corrected, does, empowered, opened, published, published_as,
    surveyed, upheld,
};
use super::people::{appraiser, chief, drafter, granted, member, person, publisher, secretary};
use super::story::given;

/// The result is published and it is 6 January.
fn january() -> Steps {
    [published(), at("01-06")].concat()
}

/// The appeal 1 is dismissed by the decision `d2`, but not yet decided.
fn dismissed() -> Steps {
    [appealed(), carried("d2", propose_appeal("d2", 1, &[]))].concat()
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
fn an_appeal_is_decided_as_the_council_decided() {
    let act = DecideAppeal { round: r22(), number: 1, decision: id("d2") };
    let fact = |outcome| Fact::AppealDecided(AppealDecided { act: act.clone(), outcome, reason: WHY.to_owned() });
    given([dismissed()])
        .when(secretary(), decide_appeal(1, "d2"))
        .then(fact(Outcome::Dismissed))
        .in_stream("appeal/r22/1")
        .because_of("decision_recorded")
        .shows("c", "1.1", "self 2");
    let matter = Matter::Appeal {
        number: 1,
        outcome: Outcome::UpheldInPart,
        changes: vec![change("c", "1.1", "3")],
        reason: WHY.to_owned(),
    };
    given([appealed(), carried("d2", propose("d2", matter))])
        .when(secretary(), decide_appeal(1, "d2"))
        .then(fact(Outcome::UpheldInPart))
        .shows("c", "1.1", "self 2");
}

#[test]
fn an_appeal_is_decided_by_a_decision_about_it_that_carried() {
    let second = does(chief("b"), lodge(2, "b", &["1.1"]));
    let about_2 = carried("d3", propose_appeal("d3", 2, &[]));
    let lost = [does(secretary(), propose_appeal("d4", 1, &[])), does(secretary(), record("d4"))].concat();
    given([appealed(), second, about_2, lost])
        .when(secretary(), decide_appeal(1, "d3"))
        .then_refused_with("decision_unfit", "decision", "d3")
        .when(secretary(), decide_appeal(1, "d1"))
        .then_refused_with("decision_unfit", "decision", "d1")
        .when(secretary(), decide_appeal(1, "d4"))
        .then_refused_with("decision_unfit", "decision", "d4")
        .when(secretary(), decide_appeal(1, "d9"))
        .then_refused("decision_unknown")
        .when(member(3), decide_appeal(2, "d3"))
        .then_refused("capacity_wrong");
}

#[test]
fn an_appeal_that_is_decided_is_closed() {
    let also_open = does(secretary(), propose_appeal("d5", 1, &[]));
    given([dismissed(), also_open, does(secretary(), decide_appeal(1, "d2"))])
        .when(secretary(), decide_appeal(1, "d2"))
        .then_refused_with("appeal_closed", "number", "1")
        .when(appraiser(), answer(1))
        .then_refused("appeal_closed")
        .when(secretary(), propose_appeal("d6", 1, &[]))
        .then_refused("appeal_closed")
        .when(member(3), vote("d5", Vote::For))
        .then_refused("appeal_closed");
}

#[test]
fn a_leaf_is_corrected_once_its_appeal_is_decided() {
    let act = CorrectScore { round: r22(), unit: id("c"), leaf: id("1.1"), revision: 1, appeal: 1 };
    let fact = ScoreCorrected { act, inputs: inputs("1.1", "5"), points: dec("5"), reason: WHY.to_owned() };
    given([upheld()])
        .shows("c", "1.1", "self 2")
        .when(secretary(), correct("c", "1.1", 1))
        .then(Fact::ScoreCorrected(fact))
        .in_stream("sheet/r22/c")
        .because_of("appeal_decided")
        .shows("c", "1.1", "self 2, correction 5")
        .counts("c", "1.1", "5")
        .stands(0, "c", "87.00", 3, "fair")
        .stands(1, "c", "72.00", 3, "weak");
}

#[test]
fn nothing_is_corrected_while_the_appeal_is_open() {
    given([appealed(), carried("d2", propose_appeal("d2", 1, &[change("c", "1.1", "5")]))])
        .when(secretary(), correct("c", "1.1", 1))
        .then_refused_with("appeal_open", "number", "1");
}

#[test]
fn only_what_was_decided_is_corrected_once_on_the_revision_seen() {
    given([upheld()])
        .when(secretary(), correct("c", "1.2", 1))
        .then_refused_with("change_unknown", "leaf", "1.2")
        .when(secretary(), correct("b", "1.1", 1))
        .then_refused("change_unknown")
        .when(secretary(), correct("c", "1.1", 2))
        .then_refused("appeal_unknown")
        .when(secretary(), seen(0, correct("c", "1.1", 1)))
        .then_refused_with("stale_revision", "current", "1")
        .when(chief("c"), correct("c", "1.1", 1))
        .then_refused("capacity_wrong")
        .when(secretary(), correct("c", "1.1", 1))
        .then("score_corrected")
        .when(secretary(), correct("c", "1.1", 1))
        .then_refused("change_unknown");
}

#[test]
fn a_dismissed_appeal_corrects_nothing_and_leaves_nothing_to_publish() {
    given([dismissed(), does(secretary(), decide_appeal(1, "d2"))])
        .when(secretary(), correct("c", "1.1", 1))
        .then_refused("change_unknown")
        .at("01-20")
        .when(secretary(), super::acts::close_round())
        .then("round_closed");
}

#[test]
fn a_second_appeal_may_correct_what_the_first_one_did() {
    let again = [
        does(publisher(), publish(2, "d2")),
        does(chief("c"), lodge(2, "c", &["1.1"])),
        carried("d3", propose_appeal("d3", 2, &[change("c", "1.1", "6")])),
        does(secretary(), decide_appeal(2, "d3")),
    ];
    given([corrected(), again.concat()])
        .when(secretary(), correct("c", "1.1", 2))
        .then("score_corrected")
        .shows("c", "1.1", "self 2, correction 6")
        .when(publisher(), publish(3, "d3"))
        .then("result_published")
        .stands(2, "c", "87.00", 3, "fair")
        .stands(3, "c", "92.00", 2, "good");
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
