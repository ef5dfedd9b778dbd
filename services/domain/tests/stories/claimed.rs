//! What a rule makes of a claim in a round: the points follow from the declared figures, and who claims others says why.
//! And which rulebooks a round may bind.

use proto::Act;
use proto::document::{Claims, Differing, DocKind, Rule, Rulebook, WhenNone};

use super::acts::{adjust, open, score_self};
use super::fixture::{dec, doc_ref, round_with, rulebook, rulebook_value};
use super::given::{Steps, at, does, opened_as, sealed};
use super::people::{appraiser, drafter, secretary};
use super::rules::{figure, inputs, with, years};
use super::story::given;

/// A round of a rulebook of its own is open, and it is 2 November.
fn opened_with(book: &Rulebook) -> Steps {
    let whole = rulebook_value(book);
    let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
    [sealed(&secretary(), DocKind::Rulebook, "own", &whole), opened_as(config)].concat()
}

fn claiming(line: &str, claimed: &str, explanation: &str) -> Act {
    let mut act = score_self("a", "3", claimed);
    (act.inputs, act.explanation) = (inputs(line), explanation.to_owned());
    Act::ScoreSelf(act)
}

fn two_thirds() -> Rulebook {
    with("2", Rule::Linear { part: figure("done"), whole: figure("due"), none: WhenNone::Refuse })
}

#[test]
fn points_follow_from_the_declared_figures_and_a_claim_may_be_rounded() {
    given([opened_with(&two_thirds())])
        .when(drafter("a"), claiming("done=2 due=3", "1.33", ""))
        .then("self_scored")
        .shows("a", "3", "self 4/3")
        .when(drafter("a"), claiming("done=2 due=3", "1.34", "x"))
        .then_refused_with("claimed_differs", "computed", "4/3")
        .when(drafter("a"), claiming("done=2 due=3", "1.333", "x"))
        .then_refused("claimed_differs")
        .when(drafter("a"), claiming("done=1 due=2", "1", ""))
        .then("self_scored")
        .shows("a", "3", "self 1");
}

#[test]
fn a_claim_that_differs_needs_a_written_ground_where_the_rulebook_says_so() {
    let mut book = two_thirds();
    book.claims = Claims { digits: 1, differing: Differing::Ground };
    given([opened_with(&book)])
        .when(drafter("a"), claiming("done=2 due=3", "2", " "))
        .then_refused_with("ground_required", "computed", "4/3")
        .when(drafter("a"), claiming("done=2 due=3", "1.3", ""))
        .then("self_scored")
        .shows("a", "3", "self 4/3")
        .when(drafter("a"), claiming("done=2 due=3", "2", "Một nhiệm vụ do cấp trên hủy"))
        .then("self_scored")
        .shows("a", "3", "self 2");
}

#[test]
fn the_appraiser_corrects_the_figures_and_the_points_follow() {
    let adjusting = |line: &str, points: &str| {
        let Act::AdjustScore(mut act) = adjust("a", "3", points) else { panic!("an adjustment") };
        act.inputs = inputs(line);
        Act::AdjustScore(act)
    };
    let own = does(drafter("a"), claiming("done=3 due=3", "2", ""));
    given([opened_with(&two_thirds()), own, at("11-20")])
        .when(appraiser(), adjusting("done=2 due=3", "2"))
        .then_refused_with("claimed_differs", "computed", "4/3")
        .when(appraiser(), adjusting("done=2 due=3", "1.33"))
        .then("score_adjusted")
        .shows("a", "3", "self 2, first 4/3");
}

#[test]
fn a_fragment_is_kept_and_shown_but_no_round_binds_it() {
    let mut book = rulebook();
    book.fragment = true;
    book.kinds[0].total = dec("100");
    book.nodes[0].maximum = dec("45");
    let whole = rulebook_value(&book);
    let config = round_with(|r| r.rulebook = doc_ref("own", &whole));
    given([])
        .and(sealed(&secretary(), DocKind::Rulebook, "own", &whole))
        .when(secretary(), open(config))
        .then_refused_with("bad_round", "detail", "the rulebook own is a fragment");
}

#[test]
fn a_rulebook_is_for_the_years_that_it_names() {
    let mut book = rulebook();
    for (from, until, fits) in [("2021-01-01", "2025-12-31", true), ("2023-01-01", "2025-12-31", false)] {
        book.effective = Some(years(from, until));
        let whole = rulebook_value(&book);
        let act = open(round_with(|r| r.rulebook = doc_ref("own", &whole)));
        let story = given([sealed(&secretary(), DocKind::Rulebook, "own", &whole)]).when(secretary(), act);
        if fits {
            story.then("round_opened");
        } else {
            story.then_refused_with("bad_round", "detail", "the rulebook own is not for the year 2022");
        }
    }
}
