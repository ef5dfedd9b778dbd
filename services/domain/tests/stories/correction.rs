//! Stories of what becomes of appeals: decided as the council decided, corrected leaf by leaf, published anew.
//! A correction never comes before its decision, and never says anything that was not decided.

use proto::Fact;
use proto::act::appeal::{AppealDecided, CorrectScore, DecideAppeal, ScoreCorrected};
use proto::act::council::{Matter, Outcome, Vote};

use super::acts::{
    WHY, answer, change, close_round, correct, decide_appeal, inputs, lodge, propose, propose_appeal, publish, record,
    vote,
};
use super::fixture::{dec, id, r22};
use super::given::{Steps, appealed, carried, corrected, does, upheld};
use super::people::{appraiser, chief, member, publisher, secretary};
use super::story::given;
use super::variant::seen;

/// The appeal 1 is dismissed by the decision `d2`, but not yet decided.
fn dismissed() -> Steps {
    [appealed(), carried("d2", propose_appeal("d2", 1, &[]))].concat()
}

#[test]
fn an_appeal_is_decided_as_the_council_decided() {
    let act = DecideAppeal { round: r22(), number: 1, decision: id("d2") };
    let fact = |outcome| {
        Fact::AppealDecided(AppealDecided { act: act.clone(), outcome, reason: WHY.to_owned(), examination: None })
    };
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
        .when(secretary(), close_round())
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
