//! Stories of bonus and penalty: outside the total, each with its own cap, set by number and with a reason.
//! A bonus is never set as a penalty, nor a penalty as a bonus.

use proto::act::appraisal::{Appraised, SetExtra};
use proto::act::round::{OwnUnit, Phase};
use proto::{Act, Fact};

use super::acts::{bonus, extend, extra, penalty};
use super::fixture::{moment, round_with};
use super::given::{Steps, all_signed, at, does, drafted, opened, opened_as};
use super::people::{appraiser, chief, drafter, granted, member, secretary};
use super::story::given;
use super::variant::{because, seen};

fn first() -> Steps {
    [opened(), all_signed(), at("11-20")].concat()
}

#[test]
fn a_bonus_is_added_and_a_penalty_subtracted_outside_the_total() {
    given([first()])
        .when(appraiser(), bonus("a", "0.75"))
        .then(Fact::BonusAwarded(Appraised {
            act: SetExtra { revision: 0, ..extra("a", "plus", "0.75") },
            own_unit: false,
        }))
        .in_stream("sheet/r22/a")
        .reaches("a", "67/4", "16")
        .when(secretary(), penalty("a", "2"))
        .then(Fact::PenaltyImposed(Appraised {
            act: SetExtra { revision: 0, ..extra("a", "minus", "2") },
            own_unit: false,
        }))
        .in_stream("sheet/r22/a")
        .reaches("a", "59/4", "16");
}

#[test]
fn a_bonus_or_penalty_that_is_set_again_takes_the_place_of_the_last_one() {
    given([first(), does(appraiser(), bonus("a", "1")), does(appraiser(), penalty("a", "1"))])
        .when(appraiser(), bonus("a", "0.25"))
        .then("bonus_awarded")
        .reaches("a", "61/4", "16")
        .when(appraiser(), penalty("a", "0"))
        .then("penalty_imposed")
        .reaches("a", "65/4", "16");
}

#[test]
fn a_bonus_or_penalty_that_moved_on_is_not_overwritten() {
    given([first(), does(appraiser(), bonus("a", "1"))])
        .when(appraiser(), seen(0, bonus("a", "0.5")))
        .then_refused_with("stale_revision", "current", "6")
        .when(appraiser(), seen(0, bonus("a", "0.5")))
        .then_refused_with("stale_revision", "stands", "1/1")
        .when(appraiser(), seen(6, penalty("a", "0.5")))
        .then_refused_with("stale_revision", "stands", "-")
        .when(appraiser(), seen(6, bonus("a", "0.5")))
        .then("bonus_awarded");
}

#[test]
fn each_code_has_its_own_cap_and_no_points_below_zero() {
    given([first()])
        .when(appraiser(), bonus("a", "1.000000001"))
        .then_refused_with("over_cap", "cap", "1")
        .when(appraiser(), penalty("a", "2.5"))
        .then_refused_with("over_cap", "cap", "2")
        .when(appraiser(), bonus("a", "-1"))
        .then_refused("points_negative")
        .when(appraiser(), penalty("a", "-0.5"))
        .then_refused("points_negative")
        .when(appraiser(), bonus("a", "1"))
        .then("bonus_awarded")
        .when(appraiser(), penalty("a", "2"))
        .then("penalty_imposed")
        .reaches("a", "15", "16");
}

#[test]
fn a_code_is_of_its_sign_and_of_its_kind_of_unit() {
    given([first()])
        .when(appraiser(), Act::ImposePenalty(extra("a", "plus", "1")))
        .then_refused_with("extra_unknown", "code", "plus")
        .when(appraiser(), Act::AwardBonus(extra("a", "minus", "1")))
        .then_refused("extra_unknown")
        .when(appraiser(), bonus("x", "1"))
        .then_refused("extra_unknown")
        .when(appraiser(), Act::AwardBonus(extra("a", "1.1", "1")))
        .then_refused("extra_unknown");
}

#[test]
fn a_bonus_or_penalty_gives_a_reason() {
    given([first()])
        .when(appraiser(), because("", bonus("a", "1")))
        .then_refused("reason_required")
        .when(secretary(), because("\u{a0}", penalty("a", "1")))
        .then_refused("reason_required");
}

#[test]
fn appraisers_and_the_secretariat_set_extras_and_nobody_else() {
    for who in [chief("a"), drafter("a"), member(3), granted("publisher"), granted("surveyor")] {
        given([first()])
            .when(who.clone(), bonus("a", "1"))
            .then_refused("capacity_wrong")
            .when(who, penalty("a", "1"))
            .then_refused("capacity_wrong");
    }
}

#[test]
fn whoever_belongs_to_the_unit_sets_no_extras_of_it_unless_the_round_records_that() {
    given([first()])
        .when(granted("appraiser-b"), bonus("b", "1"))
        .then_refused_with("conflict_of_interest", "unit", "b")
        .when(granted("appraiser-b"), penalty("b", "1"))
        .then_refused("conflict_of_interest");
    let act = SetExtra { revision: 0, ..extra("b", "plus", "1") };
    given([opened_as(round_with(|r| r.policy.own_unit = OwnUnit::Record)), all_signed(), at("11-20")])
        .when(granted("appraiser-b"), bonus("b", "1"))
        .then(Fact::BonusAwarded(Appraised { act, own_unit: true }));
}

#[test]
fn extras_are_set_in_the_appraisals_and_before_the_council_but_not_between_or_after() {
    given([opened(), all_signed()])
        .when(appraiser(), bonus("a", "1"))
        .then_refused_with("too_early", "phase", "first_appraisal")
        .at("12-02")
        .when(appraiser(), bonus("a", "1"))
        .then_refused_with("deadline_passed", "phase", "first_appraisal")
        .at("12-09")
        .when(appraiser(), bonus("a", "1"))
        .then("bonus_awarded")
        .at("12-22")
        .when(secretary(), penalty("a", "1"))
        .then("penalty_imposed")
        .at_before_the_timer("01-05")
        .when(secretary(), penalty("a", "2"))
        .then_refused_with("deadline_passed", "until", &moment("12-01").to_string());
}

#[test]
fn an_open_sheet_gets_no_extras() {
    given([opened(), drafted("a", &[]), does(secretary(), extend(Phase::SelfScoring, "a", "11-25")), at("11-20")])
        .when(appraiser(), bonus("a", "1"))
        .then_refused_with("sheet_open", "unit", "a")
        .when(appraiser(), penalty("a", "1"))
        .then_refused("sheet_open");
}

#[test]
fn extras_are_no_part_of_what_the_chief_signed() {
    let story = given([first()]);
    let digest = story.unit("a").digest;
    let story = story.when(appraiser(), bonus("a", "1")).then("bonus_awarded");
    assert_eq!(story.unit("a").digest, digest, "the digest is over scores");
    assert_eq!(story.unit("a").version, 6, "the version is of the stream");
}
