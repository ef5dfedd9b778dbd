//! Stories of signing: submitted by the chief over what he saw, withdrawn in time, reopened with a reason, closed by the timer.
//! Nobody but the chief, or who signs in his place, submits a sheet.

use proto::act::round::Unsubmitted;
use proto::act::sheet::{ScoreSelf, SheetClosed, SubmitSheet};
use proto::{Act, Capacity, Fact, Hash};

use super::acts::{
    FRESH, FRESH_DIGEST, adjust, claim, close_sheet, confirm, figure, file, reopen, score, score_self, submit, withdraw,
};
use super::fixture::{dec, id, just_before, moment, r22, round_with};
use super::given::{at, does, drafted, opened, opened_as, published, scored, signed};
use super::people::{appraiser, chief, drafter, operator, secretary, timer};
use super::story::given;
use super::variant::because;

fn signing(version: u64, digest: Hash) -> Act {
    Act::SubmitSheet(SubmitSheet { round: r22(), unit: id("a"), version, digest, evidence: Vec::new() })
}

#[test]
fn the_chief_signs_and_submits_the_sheet() {
    given([opened(), drafted("a", &[])])
        .sheet("a", "open", 4)
        .when(chief("a"), submit("a"))
        .then("sheet_submitted")
        .in_stream("sheet/r22/a")
        .sheet("a", "submitted", 4);
}

#[test]
fn nobody_but_the_units_chief_signs() {
    given([opened(), drafted("a", &[])])
        .when(drafter("a"), submit("a"))
        .then_refused_with("capacity_wrong", "needed", "chief")
        .when(drafter("a").in_capacity(Capacity::Chief), submit("a"))
        .then_refused("capacity_missing")
        .when(chief("b"), submit("a"))
        .then_refused_with("unit_not_own", "unit", "a")
        .when(secretary(), submit("a"))
        .then_refused("capacity_wrong")
        .when(operator(), submit("a"))
        .then_refused("capacity_wrong");
}

#[test]
fn every_leaf_is_scored_or_claimed_as_exempt_before_the_chief_signs() {
    given([opened(), scored("a", "1.1", "6"), scored("a", "2.1.2", "0")])
        .when(chief("a"), submit("a"))
        .then_refused_with("sheet_incomplete", "missing", "2")
        .when(chief("a"), submit("a"))
        .then_refused_with("sheet_incomplete", "first", "1.2")
        .when(drafter("a"), claim("a", "1.2"))
        .then("exemption_claimed")
        .when(chief("a"), submit("a"))
        .then_refused_with("sheet_incomplete", "first", "2.1.1")
        .when(drafter("a"), score("a", "2.1.1", "0"))
        .then("self_scored")
        .when(chief("a"), submit("a"))
        .then("sheet_submitted");
}

#[test]
fn the_chief_signs_the_version_and_the_digest_that_he_saw() {
    let story = given([opened(), drafted("a", &[])]);
    let digest = story.unit("a").digest;
    story
        .when(drafter("a"), score("a", "1.1", "5"))
        .then("self_scored")
        .when(chief("a"), signing(4, digest))
        .then_refused_with("stale_sheet", "current", "5")
        .when(chief("a"), signing(5, digest))
        .then_refused_with("stale_sheet", "seen", "5")
        .when(chief("a"), signing(4, FRESH_DIGEST))
        .then_refused("stale_sheet")
        .when(chief("a"), signing(FRESH, FRESH_DIGEST))
        .then("sheet_submitted");
}

#[test]
fn the_same_scores_have_the_same_digest_again_but_not_the_same_revision() {
    let story = given([opened(), drafted("a", &[])]);
    let digest = story.unit("a").digest;
    let story = story.when(drafter("a"), score("a", "1.1", "6")).then("self_scored");
    assert_ne!(story.unit("a").digest, digest, "the digest is over the revisions too");
}

#[test]
fn a_sheet_is_signed_once() {
    given([opened(), signed("a", &[])]).when(chief("a"), submit("a")).then_refused_with(
        "sheet_locked",
        "state",
        "submitted",
    );
}

#[test]
fn a_sheet_is_signed_before_its_deadline() {
    given([opened(), drafted("a", &[])])
        .at_before_the_timer("11-16")
        .when(chief("a"), submit("a"))
        .then_refused("deadline_passed");
    given([opened(), drafted("a", &[])])
        .at_instant(just_before(moment("11-16")))
        .when(chief("a"), submit("a"))
        .then("sheet_submitted");
}

#[test]
fn the_chief_takes_a_sheet_back_before_the_deadline_and_says_why() {
    given([opened(), signed("a", &[])])
        .when(chief("a"), because("", withdraw("a")))
        .then_refused("reason_required")
        .when(drafter("a"), withdraw("a"))
        .then_refused("capacity_wrong")
        .when(chief("b"), withdraw("a"))
        .then_refused("unit_not_own")
        .at_instant(just_before(moment("11-16")))
        .when(chief("a"), withdraw("a"))
        .then("sheet_withdrawn")
        .sheet("a", "open", 4)
        .when(drafter("a"), score("a", "1.1", "5"))
        .then("self_scored")
        .when(chief("a"), submit("a"))
        .then("sheet_submitted");
}

#[test]
fn a_sheet_is_not_taken_back_after_the_deadline() {
    given([opened(), signed("a", &[])])
        .at_before_the_timer("11-16")
        .when(chief("a"), withdraw("a"))
        .then_refused_with("deadline_passed", "phase", "self_scoring")
        .at("11-16")
        .when(chief("a"), withdraw("a"))
        .then_refused("deadline_passed");
}

#[test]
fn only_a_submitted_sheet_is_taken_back() {
    given([opened(), drafted("a", &[])])
        .when(chief("a"), withdraw("a"))
        .then_refused_with("sheet_not_submitted", "unit", "a")
        .at("11-16")
        .when(chief("a"), withdraw("a"))
        .then_refused("sheet_not_submitted");
}

#[test]
fn a_sheet_that_was_taken_back_and_not_signed_again_is_closed_as_not_submitted() {
    given([opened(), signed("a", &[]), does(chief("a"), withdraw("a"))])
        .at("11-16")
        .sheet("a", "closed", 4)
        .reaches("a", "0", "16");
}

#[test]
fn the_secretariat_reopens_a_locked_sheet_until_a_deadline_of_its_own() {
    given([opened(), signed("a", &[]), at("11-18")])
        .when(secretary(), reopen("a", "11-20"))
        .then("sheet_reopened")
        .in_stream("sheet/r22/a")
        .sheet("a", "open", 4)
        .when(drafter("a"), score("a", "1.1", "5"))
        .then("self_scored")
        .when(chief("a"), submit("a"))
        .then("sheet_submitted")
        .at_instant(just_before(moment("11-20")))
        .when(chief("a"), withdraw("a"))
        .then("sheet_withdrawn")
        .at_before_the_timer("11-20")
        .when(drafter("a"), score("a", "1.1", "4"))
        .then_refused_with("deadline_passed", "until", &moment("11-20").to_string())
        .when(chief("a"), submit("a"))
        .then_refused("deadline_passed");
}

#[test]
fn a_sheet_is_reopened_only_when_locked_for_a_later_deadline_and_with_a_reason() {
    given([opened(), signed("a", &[]), drafted("b", &[])])
        .when(secretary(), reopen("b", "11-20"))
        .then_refused_with("sheet_open", "unit", "b")
        .at("11-18 12:00")
        .when(secretary(), reopen("a", "11-18"))
        .then_refused_with("not_an_extension", "until", &moment("11-18 12:00").to_string())
        .when(secretary(), reopen("a", "11-18 12:00"))
        .then_refused("not_an_extension")
        .when(secretary(), because(" ", reopen("a", "11-20")))
        .then_refused("reason_required")
        .when(chief("a"), reopen("a", "11-20"))
        .then_refused("capacity_wrong")
        .when(secretary(), reopen("a", "11-18 12:01"))
        .then("sheet_reopened");
}

#[test]
fn no_sheet_is_reopened_once_the_result_is_published() {
    given([published()]).when(secretary(), reopen("a", "01-10")).then_refused("result_fixed");
}

#[test]
fn a_sheet_that_was_closed_counts_again_once_it_is_reopened_and_signed() {
    given([opened(), drafted("a", &[]), at("11-17")])
        .reaches("a", "0", "16")
        .when(secretary(), reopen("a", "11-20"))
        .then("sheet_reopened")
        .reaches("a", "16", "16")
        .when(chief("a"), submit("a"))
        .then("sheet_submitted")
        .at("11-21")
        .sheet("a", "submitted", 4)
        .reaches("a", "16", "16");
}

#[test]
fn appraisals_stand_beside_what_a_reopened_sheet_says_anew() {
    given([opened(), signed("a", &[]), at("11-18"), does(appraiser(), adjust("a", "1.1", "3"))])
        .when(secretary(), reopen("a", "11-20"))
        .then("sheet_reopened")
        .when(drafter("a"), score("a", "1.1", "5"))
        .then("self_scored")
        .shows("a", "1.1", "self 5, first 3")
        .counts("a", "1.1", "3");
}

#[test]
fn the_timer_closes_what_was_not_submitted_and_says_how_it_counts() {
    for policy in [Unsubmitted::Zero, Unsubmitted::AsDrafted] {
        let counted = if policy == Unsubmitted::Zero { "0" } else { "6" };
        let fact = SheetClosed { round: r22(), unit: id("a"), policy };
        given([opened_as(round_with(|r| r.policy.unsubmitted = policy)), scored("a", "1.1", "6")])
            .at_before_the_timer("11-16")
            .when(timer(), super::acts::close_phase(proto::act::round::Phase::SelfScoring))
            .then("phase_closed")
            .when(timer(), close_sheet("a"))
            .then(Fact::SheetClosed(fact))
            .in_stream("sheet/r22/a")
            .because_of("phase_closed")
            .sheet("a", "closed", 1)
            .shows("a", "1.1", "self 6")
            .counts("a", "1.1", counted);
    }
}

#[test]
fn a_sheet_is_closed_only_by_the_timer_only_when_due_and_only_if_open() {
    given([opened(), signed("b", &[])])
        .when(secretary(), close_sheet("a"))
        .then_refused_with("capacity_wrong", "needed", "system")
        .when(timer(), close_sheet("a"))
        .then_refused_with("not_due", "until", &moment("11-16").to_string())
        .when(timer(), close_sheet("b"))
        .then_refused("sheet_locked")
        .at_before_the_timer("11-16")
        .when(timer(), close_sheet("a"))
        .then_refused("not_due")
        .at("11-16")
        .when(timer(), close_sheet("a"))
        .then_refused_with("sheet_locked", "state", "closed");
}

#[test]
fn what_was_never_submitted_is_appraised_like_any_sheet() {
    given([opened(), scored("a", "1.1", "6"), at("11-18")])
        .when(appraiser(), confirm("a", "1.2"))
        .then_refused_with("not_scored", "leaf", "1.2")
        .when(appraiser(), adjust("a", "1.1", "5"))
        .then("score_adjusted")
        .shows("a", "1.1", "self 6, first 5")
        .counts("a", "1.1", "5")
        .reaches("a", "5", "16");
}

#[test]
fn the_digest_is_over_everything_that_the_unit_said() {
    let of = |change: fn(&mut ScoreSelf)| {
        let mut act = score_self("a", "1.1", "5");
        change(&mut act);
        given([opened()]).when(drafter("a"), Act::ScoreSelf(act)).then("self_scored").unit("a").digest
    };
    let digests = [
        of(|_| ()),
        of(|a| a.claimed = dec("4.75")),
        of(|a| (a.leaf, a.claimed) = (id("2.1.1"), dec("4"))),
        of(|a| a.inputs.figures = vec![figure("cases", "12")]),
        of(|a| a.inputs.figures = vec![figure("cases", "13")]),
        of(|a| a.explanation = "Kế hoạch số 6".to_owned()),
        of(|a| a.evidence = vec![file(1)]),
        of(|a| a.evidence = vec![file(2)]),
    ];
    let mut distinct = digests.to_vec();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), digests.len());
}
