//! Stories of a unit's own acts on its open sheet: scoring and explaining, by whom, when, on which revision.
//! A score that moved on is never overwritten unseen.

use proto::act::round::Phase;
use proto::act::sheet::{EVIDENCE_MAX, Evidence};
use proto::{Act, Capacity};

use super::acts::{accept, claim, explain, extend, file, flag, score, score_self};
use super::acts::{adjust, confirm};
use super::fixture::{just_before, moment, round_with};
use super::given::{all_signed, at, does, opened, opened_as, scored, signed};
use super::people::{appraiser, chief, drafter, person, secretary, surveyor};
use super::story::given;
use super::variant::{because, second, seen};

#[test]
fn a_units_drafter_scores_a_leaf() {
    given([opened()])
        .when(drafter("a"), score("a", "1.1", "5.5"))
        .then("self_scored")
        .in_stream("sheet/r22/a")
        .without_cause()
        .shows("a", "1.1", "self 11/2")
        .sheet("a", "open", 1)
        .reaches("a", "11/2", "16")
        .reaches("b", "0", "16");
}

#[test]
fn a_units_chief_may_score_too_and_nobody_else() {
    given([opened()])
        .when(chief("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .when(secretary(), score("a", "1.1", "5"))
        .then_refused("capacity_wrong")
        .when(appraiser(), score("a", "1.1", "5"))
        .then_refused("capacity_wrong")
        .when(surveyor(), score("a", "1.1", "5"))
        .then_refused("capacity_wrong")
        .when(drafter("a").in_capacity(Capacity::Chief), score("a", "1.1", "5"))
        .then_refused("capacity_missing")
        .when(person("nobody", Capacity::Drafter, "a"), score("a", "1.1", "5"))
        .then_refused("credential_not_bound");
}

#[test]
fn a_unit_scores_only_its_own_sheet() {
    given([opened()]).when(drafter("a"), score("b", "1.1", "6")).then_refused_with("unit_not_own", "unit", "b");
}

#[test]
fn a_new_self_score_takes_the_place_of_the_last_one() {
    given([opened(), scored("a", "1.1", "6")])
        .when(drafter("a"), seen(1, score("a", "1.1", "4")))
        .then("self_scored")
        .shows("a", "1.1", "self 4")
        .sheet("a", "open", 1);
}

#[test]
fn a_score_that_moved_on_is_not_overwritten() {
    let story = given([opened(), scored("a", "1.1", "6"), scored("a", "1.2", "4"), scored("a", "1.1", "5.75")]);
    let story = story
        .when(drafter("a"), seen(1, score("a", "1.1", "4")))
        .then_refused_with("stale_revision", "current", "3")
        .when(drafter("a"), seen(1, score("a", "1.1", "4")))
        .then_refused_with("stale_revision", "stands", "self 23/4")
        .when(drafter("a"), seen(0, score("a", "1.1", "4")))
        .then_refused_with("stale_revision", "seen", "0")
        .when(drafter("a"), seen(4, score("a", "1.1", "4")))
        .then_refused("stale_revision")
        .when(drafter("a"), seen(1, score("a", "2.1.1", "4")))
        .then_refused_with("stale_revision", "stands", "-");
    story.when(drafter("a"), seen(3, score("a", "1.1", "4"))).then("self_scored").shows("a", "1.1", "self 4");
}

#[test]
fn a_revision_is_of_one_score_and_not_of_the_sheet() {
    given([opened(), scored("a", "1.1", "6"), scored("a", "1.2", "4")])
        .when(drafter("a"), seen(1, score("a", "1.1", "4")))
        .then("self_scored")
        .when(drafter("a"), seen(2, score("a", "1.2", "0")))
        .then("self_scored");
}

#[test]
fn self_scoring_lasts_from_its_first_moment_until_just_before_its_deadline() {
    let late = round_with(|r| r.phases[0].from = moment("11-03"));
    given([opened_as(late)])
        .when(drafter("a"), score("a", "1.1", "6"))
        .then_refused_with("too_early", "from", &moment("11-03").to_string())
        .at_instant(just_before(moment("11-03")))
        .when(drafter("a"), score("a", "1.1", "6"))
        .then_refused("too_early")
        .at("11-03")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .at_instant(just_before(moment("11-16")))
        .when(drafter("a"), score("a", "1.1", "5"))
        .then("self_scored")
        .at_before_the_timer("11-16")
        .when(drafter("a"), score("a", "1.1", "4"))
        .then_refused_with("deadline_passed", "until", &moment("11-16").to_string());
}

#[test]
fn a_sheet_that_is_signed_is_locked_for_its_unit() {
    given([opened(), signed("a", &[])])
        .when(drafter("a"), score("a", "1.1", "5"))
        .then_refused_with("sheet_locked", "state", "submitted")
        .when(drafter("a"), claim("a", "1.2"))
        .then_refused("sheet_locked")
        .when(drafter("b"), score("b", "1.1", "5"))
        .then("self_scored");
}

#[test]
fn a_sheet_that_the_timer_closed_is_locked_for_its_unit() {
    given([opened(), scored("a", "1.1", "6"), at("11-17")])
        .when(drafter("a"), score("a", "1.1", "5"))
        .then_refused_with("sheet_locked", "state", "closed");
}

#[test]
fn a_flag_is_explained_by_the_unit_and_settled_by_the_second_appraisal() {
    let flagged = does(appraiser(), flag("a", "1.1"));
    given([opened(), all_signed(), at("11-20"), flagged])
        .shows("a", "1.1", "self 6, flag raised")
        .at("12-02")
        .when(drafter("a"), explain("a", "1.1"))
        .then("flag_explained")
        .in_stream("sheet/r22/a")
        .shows("a", "1.1", "self 6, flag explained")
        .when(drafter("a"), explain("a", "1.1"))
        .then_refused("not_flagged")
        .at("12-09")
        .when(appraiser(), second(adjust("a", "1.1", "5")))
        .then(proto::Fact::ScoreAdjusted(appraised(second(seen(7, adjust("a", "1.1", "5"))))))
        .shows("a", "1.1", "self 6, second 5, flag settled");
}

fn appraised(act: Act) -> proto::act::appraisal::Appraised<proto::act::appraisal::AdjustScore> {
    let Act::AdjustScore(act) = act else { panic!("an adjustment") };
    proto::act::appraisal::Appraised { act, own_unit: false }
}

#[test]
fn only_what_was_flagged_is_explained() {
    given([opened(), all_signed(), at("11-20"), does(appraiser(), flag("a", "1.1")), at("12-02")])
        .when(drafter("a"), explain("a", "1.2"))
        .then_refused_with("not_flagged", "leaf", "1.2")
        .when(drafter("a"), because("", explain("a", "1.1")))
        .then_refused("reason_required")
        .when(drafter("a"), seen(5, explain("a", "1.1")))
        .then_refused_with("stale_revision", "current", "6")
        .when(drafter("b"), explain("a", "1.1"))
        .then_refused("unit_not_own")
        .when(chief("a"), explain("a", "1.1"))
        .then("flag_explained");
}

#[test]
fn a_flag_is_explained_in_its_phase_with_the_units_own_extension() {
    let flags = ["a", "b"].map(|u| does(appraiser(), flag(u, "1.1"))).concat();
    given([opened(), all_signed(), at("11-20"), flags])
        .when(drafter("a"), explain("a", "1.1"))
        .then_refused_with("too_early", "from", &moment("12-01").to_string())
        .when(secretary(), extend(Phase::Explanation, "b", "12-10"))
        .then("deadline_extended")
        .at("12-08")
        .when(drafter("a"), explain("a", "1.1"))
        .then_refused_with("deadline_passed", "phase", "explanation")
        .at_instant(just_before(moment("12-10")))
        .when(drafter("b"), explain("b", "1.1"))
        .then("flag_explained");
}

#[test]
fn an_explanation_adds_files_up_to_the_limit_of_the_score() {
    let with = |mut act: Act, files: usize| {
        if let Act::ExplainFlag(a) = &mut act {
            a.evidence = (0..files).map(|n| file(u8::try_from(n).expect("few"))).collect();
        }
        act
    };
    let mut own = score_self("a", "1.1", "6");
    own.evidence = vec![file(100), file(101)];
    let empty = |mut act: Act| {
        if let Act::ExplainFlag(a) = &mut act {
            a.evidence = vec![Evidence { size: 0, ..file(1) }];
        }
        act
    };
    let drafted = super::given::drafted("a", &[]);
    let signed =
        [drafted, does(drafter("a"), Act::ScoreSelf(own)), does(chief("a"), super::acts::submit("a"))].concat();
    let story = given([opened(), signed, at("11-20"), does(appraiser(), flag("a", "1.1")), at("12-02")])
        .when(drafter("a"), with(explain("a", "1.1"), EVIDENCE_MAX - 1))
        .then_refused_with("bad_evidence", "detail", "too many files")
        .when(drafter("a"), empty(explain("a", "1.1")))
        .then_refused_with("bad_evidence", "detail", "an empty file")
        .when(drafter("a"), with(explain("a", "1.1"), EVIDENCE_MAX - 2))
        .then("flag_explained");
    assert_eq!(story.log.score_row("a", "1.1").evidence, 20);
}

#[test]
fn a_leaf_that_does_not_apply_is_scored_by_nobody() {
    let exempted = [
        super::given::drafted("a", &[]),
        does(drafter("a"), claim("a", "1.2")),
        does(chief("a"), super::acts::submit("a")),
        at("11-20"),
        does(appraiser(), accept("a", "1.2")),
        does(secretary(), super::acts::reopen("a", "11-28")),
    ];
    given([opened(), exempted.concat()])
        .when(drafter("a"), score("a", "1.2", "4"))
        .then_refused_with("leaf_exempt", "leaf", "1.2")
        .when(drafter("a"), claim("a", "1.2"))
        .then_refused("leaf_exempt")
        .when(drafter("a"), score("a", "1.1", "5"))
        .then("self_scored")
        .when(appraiser(), confirm("a", "1.1"))
        .then_refused_with("sheet_open", "unit", "a");
}
