//! Stories of leaves that do not apply: claimed by the unit with a ground, accepted or refused by an appraiser.
//! An exemption that nobody accepted takes nothing out of the maximum.

use super::acts::{accept, adjust, claim, confirm, flag, refuse, score, submit};
use super::given::{Steps, at, does, drafted, opened, scored, signed};
use super::people::{appraiser, chief, drafter, granted, secretary};
use super::story::given;
use super::variant::{because, second, seen};

/// `a` claims that 1.2 does not apply and signs; it is 20 November.
fn claimed() -> Steps {
    let claims = does(drafter("a"), claim("a", "1.2"));
    [opened(), drafted("a", &[]), claims, does(chief("a"), submit("a")), at("11-20")].concat()
}

#[test]
fn a_unit_claims_that_a_leaf_does_not_apply_to_it() {
    given([opened(), scored("a", "1.2", "4")])
        .when(drafter("a"), claim("a", "1.2"))
        .then("exemption_claimed")
        .in_stream("sheet/r22/a")
        .shows("a", "1.2", "self 4, exemption claimed")
        .reaches("a", "4", "16");
}

#[test]
fn only_what_the_rulebook_says_may_be_claimed_with_a_ground_on_the_revision_seen() {
    given([opened(), scored("a", "1.2", "4")])
        .when(drafter("a"), claim("a", "1.1"))
        .then_refused_with("not_exemptible", "leaf", "1.1")
        .when(drafter("a"), claim("a", "2.2"))
        .then_refused("leaf_is_survey")
        .when(drafter("a"), because("", claim("a", "1.2")))
        .then_refused("reason_required")
        .when(drafter("a"), seen(0, claim("a", "1.2")))
        .then_refused_with("stale_revision", "current", "1")
        .when(drafter("b"), claim("a", "1.2"))
        .then_refused("unit_not_own")
        .when(appraiser(), claim("a", "1.2"))
        .then_refused("capacity_wrong");
}

#[test]
fn scoring_again_takes_a_claim_back() {
    given([opened(), does(drafter("a"), claim("a", "1.2"))])
        .shows("a", "1.2", "exemption claimed")
        .when(drafter("a"), score("a", "1.2", "2.5"))
        .then("self_scored")
        .shows("a", "1.2", "self 5/2");
}

#[test]
fn an_accepted_exemption_takes_the_leaf_out_of_the_maximum() {
    given([claimed()])
        .reaches("a", "16", "16")
        .when(appraiser(), accept("a", "1.2"))
        .then("exemption_accepted")
        .in_stream("sheet/r22/a")
        .shows("a", "1.2", "self 4, exemption accepted")
        .reaches("a", "12", "12");
}

#[test]
fn a_refused_exemption_leaves_the_leaf_as_it_was() {
    given([claimed()])
        .when(appraiser(), refuse("a", "1.2"))
        .then("exemption_refused")
        .in_stream("sheet/r22/a")
        .shows("a", "1.2", "self 4, exemption refused")
        .reaches("a", "16", "16")
        .when(appraiser(), accept("a", "1.2"))
        .then_refused("exemption_not_claimed")
        .when(appraiser(), confirm("a", "1.2"))
        .then("score_confirmed");
}

#[test]
fn an_exemption_that_was_not_claimed_is_not_judged() {
    given([claimed()])
        .when(appraiser(), accept("a", "2.1.1"))
        .then_refused_with("exemption_not_claimed", "leaf", "2.1.1")
        .when(appraiser(), refuse("a", "2.1.1"))
        .then_refused("exemption_not_claimed")
        .when(appraiser(), accept("a", "1.2"))
        .then("exemption_accepted")
        .when(appraiser(), accept("a", "1.2"))
        .then_refused("exemption_not_claimed");
}

#[test]
fn an_exemption_is_judged_by_an_appraiser_of_the_field_with_a_reason_on_the_revision_seen() {
    given([claimed()])
        .when(appraiser(), because("", accept("a", "1.2")))
        .then_refused("reason_required")
        .when(appraiser(), seen(2, accept("a", "1.2")))
        .then_refused_with("stale_revision", "current", "5")
        .when(secretary(), accept("a", "1.2"))
        .then_refused("capacity_wrong")
        .when(granted("appraiser-1"), refuse("a", "1.2"))
        .then("exemption_refused");
    given([
        opened(),
        drafted("a", &[]),
        does(drafter("a"), claim("a", "2.1.1")),
        does(chief("a"), submit("a")),
        at("11-20"),
    ])
    .when(granted("appraiser-1"), accept("a", "2.1.1"))
    .then_refused_with("field_not_granted", "field", "2");
}

#[test]
fn an_exemption_is_judged_in_either_appraisal_and_not_between_or_after() {
    given([claimed()])
        .at("12-02")
        .when(appraiser(), accept("a", "1.2"))
        .then_refused_with("deadline_passed", "phase", "first_appraisal")
        .at("12-09")
        .when(appraiser(), accept("a", "1.2"))
        .then("exemption_accepted");
    given([claimed()]).at("12-20").when(appraiser(), accept("a", "1.2")).then_refused("deadline_passed");
}

#[test]
fn an_exemption_of_an_open_sheet_is_not_judged() {
    let open = [does(drafter("a"), claim("a", "1.2")), does(secretary(), super::acts::extend(PHASE, "a", "11-25"))];
    given([opened(), open.concat(), at("11-20")]).when(appraiser(), accept("a", "1.2")).then_refused_with(
        "sheet_open",
        "unit",
        "a",
    );
}

const PHASE: proto::act::round::Phase = proto::act::round::Phase::SelfScoring;

#[test]
fn a_leaf_that_does_not_apply_is_not_appraised() {
    given([claimed(), does(appraiser(), accept("a", "1.2"))])
        .when(appraiser(), confirm("a", "1.2"))
        .then_refused_with("leaf_exempt", "leaf", "1.2")
        .when(appraiser(), adjust("a", "1.2", "0"))
        .then_refused("leaf_exempt")
        .when(appraiser(), flag("a", "1.2"))
        .then_refused("leaf_exempt")
        .at("12-09")
        .when(appraiser(), second(confirm("a", "1.2")))
        .then_refused("leaf_exempt");
}

#[test]
fn a_leaf_with_a_claim_and_no_points_counts_as_nothing_of_its_maximum() {
    let claims = ["1.2", "2.1.1"].map(|l| does(drafter("a"), claim("a", l))).concat();
    let own = [scored("a", "1.1", "6"), scored("a", "2.1.2", "2")].concat();
    given([opened(), own, claims, does(chief("a"), submit("a")), signed("b", &[]), at("11-20")])
        .reaches("a", "8", "16")
        .when(appraiser(), confirm("a", "1.2"))
        .then_refused("not_scored")
        .when(appraiser(), adjust("a", "1.2", "2.5"))
        .then("score_adjusted")
        .reaches("a", "21/2", "16");
}
