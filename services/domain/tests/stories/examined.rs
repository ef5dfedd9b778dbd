//! What becomes of an examination: who may put one on record, what waits for it, and how an appeal goes on from there.

use proto::act::appeal::LodgeAppeal;
use proto::act::council::Outcome;
use proto::act::examination::{Asserted, CLAIMS_MAX, Claim};
use proto::{Act, Fact, Hash};

use super::acts::{
    WHY, adjust, answer, change, correct, decide_appeal, examine, lodge, lodge_appeal, lodge_claiming, propose_appeal,
    publish,
};
use super::examination::{after_deadline, omitted, published_differs, self_scored, told, with, without_reason};
use super::fixture::{id, r22};
use super::given::{at, carried, does, published};
use super::people::{appraiser, chief, granted, publisher, secretary};
use super::story::given;
use super::variant::because;

#[test]
fn verdicts_that_the_log_does_not_give_are_refused_whoever_sends_them() {
    let Act::ExamineAppeal(act) = examine(1) else { panic!("an examination") };
    let forged = |digest| Act::ExamineAppeal(proto::act::examination::ExamineAppeal { digest, ..act.clone() });
    let ahead = proto::act::examination::ExamineAppeal { position: 100_000, ..act.clone() };
    given([published(), at("01-06"), does(chief("c"), lodge_claiming(&[self_scored("1.1", "2", None)]))])
        .when(granted("inspector"), forged(Hash([7; 32])))
        .then_refused("examination_differs")
        .when(secretary(), forged(Hash([7; 32])))
        .then_refused("examination_differs")
        .when(secretary(), Act::ExamineAppeal(ahead))
        .then_refused_with("position_ahead", "position", "100000")
        .when(secretary(), examine(2))
        .then_refused_with("appeal_unknown", "number", "2")
        .when(secretary(), examine(1))
        .then("appeal_examined");
}

#[test]
fn an_appeal_without_claims_is_decided_as_ever_and_not_examined() {
    given([published(), at("01-06"), does(chief("c"), lodge(1, "c", &["1.1"]))])
        .when(secretary(), examine(1))
        .then_refused_with("nothing_claimed", "number", "1")
        .when(secretary(), propose_appeal("d2", 1, &[]))
        .then("decision_proposed");
}

#[test]
fn an_appeal_with_claims_is_put_to_the_vote_once_it_was_examined() {
    let lodged = does(chief("c"), lodge_claiming(&[self_scored("1.1", "2", None)]));
    let story = given([published(), at("01-06"), lodged])
        .when(secretary(), propose_appeal("d2", 1, &[]))
        .then_refused_with("appeal_not_examined", "number", "1")
        .when(secretary(), examine(1))
        .then("appeal_examined");
    let first = story.event().envelope.id.clone();
    // What lay before the council is named, not what came while it voted.
    let voted = carried("d2", propose_appeal("d2", 1, &[]));
    let story = story.and(voted).when(secretary(), examine(1)).then("appeal_examined");
    let story =
        story.when(secretary(), decide_appeal(1, "d2")).then(Fact::AppealDecided(proto::act::appeal::AppealDecided {
            act: proto::act::appeal::DecideAppeal { round: r22(), number: 1, decision: id("d2") },
            outcome: Outcome::Dismissed,
            reason: WHY.to_owned(),
            examination: Some(first),
        }));
    story.when(secretary(), examine(1)).then_refused("appeal_closed");
}

#[test]
fn claims_are_few_and_about_what_the_appeal_and_the_round_have() {
    let claiming = |leaves: &[&str], claims: Vec<Asserted>| {
        let claims = claims.into_iter().map(|that| Claim { that, text: String::new() }).collect();
        Act::LodgeAppeal(LodgeAppeal { claims, ..lodge_appeal(1, "c", leaves) })
    };
    let many = (0..=CLAIMS_MAX).map(|n| self_scored("1.1", &n.to_string(), None)).collect();
    let january = || [published(), at("01-06")].concat();
    given([january()])
        .when(chief("c"), claiming(&[], many))
        .then_refused("bad_claim")
        .when(chief("c"), claiming(&["1.1"], vec![after_deadline("1.2")]))
        .then_refused("bad_claim")
        .when(chief("c"), claiming(&[], vec![after_deadline("1.2"), after_deadline("1.2")]))
        .then_refused("bad_claim")
        .when(chief("c"), claiming(&[], vec![published_differs("1.1", Some(2))]))
        .then_refused("bad_claim")
        .when(chief("c"), claiming(&[], vec![published_differs("1.1", Some(0))]))
        .then_refused("bad_claim")
        .when(chief("c"), claiming(&[], vec![after_deadline("9.9")]))
        .then_refused_with("leaf_unknown", "leaf", "9.9")
        .when(chief("c"), claiming(&[], vec![after_deadline("2.2")]))
        .then_refused("leaf_is_survey")
        .when(chief("c"), claiming(&[], vec![Asserted::Judgement {}]))
        .then_refused("reason_required")
        .when(chief("c"), claiming(&["1.1"], vec![after_deadline("1.1"), omitted("b1")]))
        .then("appeal_lodged");
}

#[test]
fn an_appeal_is_lodged_examined_answered_decided_corrected_and_published_anew() {
    let steps = with(does(appraiser(), because("…", adjust("c", "1.1", "1"))));
    let story = given([steps])
        .when(chief("c"), lodge_claiming(&[without_reason("1.1", "2", "1"), self_scored("1.1", "2", Some("11-16"))]))
        .then("appeal_lodged")
        .when(granted("inspector"), examine(1))
        .then("appeal_examined");
    assert_eq!(told(&story), ["borne_out score_adjusted", "borne_out self_scored sheet_submitted"]);
    let examination = story.event().envelope.id.clone();
    let story = story
        .when(appraiser(), answer(1))
        .then("appeal_answered")
        .and(carried("d2", propose_appeal("d2", 1, &[change("c", "1.1", "2")])))
        .when(secretary(), decide_appeal(1, "d2"))
        .then("appeal_decided")
        .because_of("decision_recorded");
    let Fact::AppealDecided(decided) = &story.event().fact else { panic!("a decision") };
    assert_eq!((decided.outcome, decided.examination.as_ref()), (Outcome::Upheld, Some(&examination)));
    story
        .when(secretary(), correct("c", "1.1", 1))
        .then("score_corrected")
        .because_of("appeal_decided")
        .shows("c", "1.1", "self 2, first 1, correction 2")
        .when(publisher(), publish(2, "d2"))
        .then("result_published")
        .because_of("decision_recorded");
}
