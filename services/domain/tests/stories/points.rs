//! Stories of points: what a rule gives, and every way in which a claim does not fit it, at each door that takes points.
//! A rule never rounds: points off the step are refused, not brought to it.

use proto::act::sheet::{EVIDENCE_MAX, Evidence, FIGURES_MAX, Inputs, ScoreSelf, TEXT_BYTES_MAX};
use proto::{Act, Rejection};

use super::acts::{adjust, change, figure, file, propose_scores, score, score_self};
use super::fixture::{dec, id};
use super::given::{all_signed, at, opened};
use super::harness::Log;
use super::people::{appraiser, drafter, secretary};
use super::story::given;
use super::variant::because;

fn claiming(leaf: &str, points: &str, change: impl FnOnce(&mut ScoreSelf)) -> Act {
    let mut act = score_self("a", leaf, points);
    change(&mut act);
    Act::ScoreSelf(act)
}

fn option(code: &str) -> Inputs {
    Inputs { option: Some(id(code)), ..Inputs::default() }
}

/// Leaf, inputs, points, the code of the refusal.
fn unfit() -> Vec<(&'static str, Inputs, &'static str, &'static str)> {
    let none = Inputs::default;
    let figures =
        |names: &[&str]| Inputs { figures: names.iter().map(|n| figure(n, "1")).collect(), ..Inputs::default() };
    let names: Vec<String> = (0..=FIGURES_MAX).map(|n| format!("f{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    vec![
        ("1.1", none(), "6.25", "points_over_maximum"),
        ("1.1", none(), "6.000000001", "points_over_maximum"),
        ("1.1", none(), "-0.25", "points_negative"),
        ("1.1", none(), "5.9", "points_off_step"),
        ("1.1", none(), "0.000000001", "points_off_step"),
        ("1.1", option("full"), "6", "option_unknown"),
        ("1.2", none(), "4", "option_unknown"),
        ("1.2", option("most"), "4", "option_unknown"),
        ("1.2", option("full"), "2.5", "claimed_differs"),
        ("1.2", option("part"), "4", "claimed_differs"),
        ("1.2", option("full"), "4.5", "points_over_maximum"),
        ("1.2", option("none"), "-1", "points_negative"),
        ("1.1", figures(&["cases", "cases"]), "6", "bad_inputs"),
        ("1.1", figures(&names), "6", "bad_inputs"),
        ("2.2", none(), "4", "leaf_is_survey"),
        ("2.1", none(), "6", "leaf_unknown"),
        ("9.9", none(), "1", "leaf_unknown"),
    ]
}

#[test]
fn a_self_score_that_does_not_fit_its_rule_is_refused() {
    for (leaf, inputs, points, code) in unfit() {
        let act = claiming(leaf, points, |a| a.inputs = inputs);
        given([opened()]).when(drafter("a"), act).then_refused(code);
    }
}

#[test]
fn an_appraisal_that_does_not_fit_the_rule_is_refused() {
    for (leaf, inputs, points, code) in unfit() {
        let mut act = adjust("a", leaf, points);
        if let Act::AdjustScore(a) = &mut act {
            a.inputs = inputs;
        }
        given([opened(), all_signed(), at("11-20")]).when(appraiser(), act).then_refused(code);
    }
}

#[test]
fn a_decision_about_points_that_do_not_fit_the_rule_is_not_put_to_the_vote() {
    for (leaf, inputs, points, code) in unfit() {
        let mut one = change("a", leaf, points);
        one.inputs = inputs;
        given([opened(), all_signed(), at("12-21")]).when(secretary(), propose_scores("d1", &[one])).then_refused(code);
    }
}

#[test]
fn a_refusal_names_what_the_rule_gives() {
    given([opened()])
        .when(drafter("a"), claiming("1.2", "2.5", |a| a.inputs = option("full")))
        .then_refused_with("claimed_differs", "computed", "4")
        .when(drafter("a"), score("a", "1.1", "5.9"))
        .then_refused_with("points_off_step", "step", "0.25")
        .when(drafter("a"), score("a", "1.1", "7"))
        .then_refused_with("points_over_maximum", "maximum", "6");
}

#[test]
fn an_option_is_one_of_the_rules() {
    given([opened()])
        .when(drafter("a"), claiming("1.2", "4", |a| a.inputs = option("most")))
        .then_refused_with("option_unknown", "option", "most")
        .when(drafter("a"), claiming("1.2", "4", |a| a.inputs = Inputs::default()))
        .then_refused_with("option_unknown", "option", "");
}

#[test]
fn a_figure_stands_once_and_only_so_many() {
    let twice = vec![figure("cases", "1"), figure("cases", "2")];
    let many = (0..=FIGURES_MAX).map(|n| figure(&format!("f{n}"), "1")).collect();
    given([opened()])
        .when(drafter("a"), claiming("1.1", "6", |a| a.inputs.figures = twice))
        .then_refused_with("bad_inputs", "detail", "the figure cases stands twice")
        .when(drafter("a"), claiming("1.1", "6", |a| a.inputs.figures = many))
        .then_refused_with("bad_inputs", "detail", "too many figures");
}

#[test]
fn points_from_zero_to_the_maximum_fit_on_every_step() {
    given([opened()])
        .when(drafter("a"), score("a", "1.1", "0"))
        .then("self_scored")
        .shows("a", "1.1", "self 0")
        .when(drafter("a"), score("a", "1.1", "0.25"))
        .then("self_scored")
        .shows("a", "1.1", "self 1/4")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .shows("a", "1.1", "self 6");
}

#[test]
fn as_many_figures_as_the_limit_says_are_taken() {
    let figures = (0..FIGURES_MAX).map(|n| figure(&format!("f{n}"), "-1.5")).collect();
    given([opened()])
        .when(drafter("a"), claiming("1.2", "4", |a| a.inputs.figures = figures))
        .then("self_scored")
        .shows("a", "1.2", "self 4");
}

#[test]
fn neither_evidence_nor_an_explanation_is_too_little_where_the_rule_asks_for_it() {
    given([opened()])
        .when(drafter("a"), claiming("1.1", "6", |a| a.explanation.clear()))
        .then_refused_with("evidence_required", "leaf", "1.1")
        .when(drafter("a"), because(" \t\n", score("a", "1.1", "6")))
        .then_refused("evidence_required")
        .when(drafter("a"), claiming("1.2", "4", |a| a.explanation.clear()))
        .then("self_scored")
        .when(drafter("a"), score("a", "1.1", "6"))
        .then("self_scored")
        .when(
            drafter("a"),
            claiming("1.1", "5", |a| {
                a.explanation.clear();
                a.evidence = vec![file(1)];
            }),
        )
        .then("self_scored");
}

#[test]
fn a_reference_that_cannot_be_a_file_is_refused() {
    type Spoil = fn(&mut Evidence);
    let table: [(&str, Spoil); 6] = [
        ("an empty file", |e| e.size = 0),
        ("a type that is no media type", |e| e.media_type = "pdf".to_owned()),
        ("a type that is no media type", |e| e.media_type = "/pdf".to_owned()),
        ("a type that is no media type", |e| e.media_type = "application/".to_owned()),
        ("a type that is no media type", |e| e.media_type = format!("a/{}", "b".repeat(99))),
        ("a page or section of more than 100 bytes", |e| e.page = "p".repeat(101)),
    ];
    for (detail, spoil) in table {
        let mut evidence = vec![file(1), file(2)];
        spoil(&mut evidence[1]);
        given([opened()]).when(drafter("a"), claiming("1.1", "6", |a| a.evidence = evidence)).then_refused_with(
            "bad_evidence",
            "detail",
            detail,
        );
    }
}

#[test]
fn a_reference_may_be_as_long_as_the_limits_say() {
    let long = Evidence { media_type: format!("a/{}", "b".repeat(98)), page: "p".repeat(100), ..file(1) };
    given([opened()]).when(drafter("a"), claiming("1.1", "6", |a| a.evidence = vec![long])).then("self_scored");
}

#[test]
fn at_most_twenty_files_stand_at_a_score() {
    let files = |n: usize| (0..n).map(|i| file(u8::try_from(i).expect("few"))).collect();
    let story = given([opened()])
        .when(drafter("a"), claiming("1.1", "6", |a| a.evidence = files(EVIDENCE_MAX + 1)))
        .then_refused_with("bad_evidence", "detail", "too many files")
        .when(drafter("a"), claiming("1.1", "6", |a| a.evidence = files(EVIDENCE_MAX)))
        .then("self_scored");
    assert_eq!(story.log.score_row("a", "1.1").evidence, 20);
}

#[test]
fn a_text_has_at_most_eight_thousand_bytes() {
    given([opened()])
        .when(drafter("a"), because(&"ế".repeat(TEXT_BYTES_MAX / 3 + 1), score("a", "1.1", "6")))
        .then_refused_with("text_too_long", "maximum", "8000")
        .when(drafter("a"), because(&"x".repeat(TEXT_BYTES_MAX), score("a", "1.1", "6")))
        .then("self_scored");
}

#[test]
fn whatever_the_claim_a_refusal_says_so_in_both_languages() {
    let mut log = Log::of(super::given::founded());
    super::given::play(&mut log, opened());
    for (leaf, inputs, points, _) in unfit() {
        let act = claiming(leaf, points, |a| a.inputs = inputs);
        let refused: Rejection = log.send(&drafter("a"), act).expect_err("unfit");
        let [vi, en] = [proto::document::Lang::Vi, proto::document::Lang::En].map(|lang| refused.sentence(lang));
        assert!(vi.contains(leaf) && en.contains(leaf) && vi != en, "{vi} {en}");
    }
}

#[test]
fn a_score_entered_from_paper_says_so() {
    let story = given([opened()])
        .when(drafter("a"), claiming("1.1", "6", |a| a.from_paper = true))
        .then("self_scored")
        .when(drafter("a"), claiming("1.2", "4", |a| a.claimed = dec("4")))
        .then("self_scored");
    let paper = |n: usize| String::from_utf8(story.log.events[n].encode().expect("a body")).expect("UTF-8");
    let last = story.log.events.len() - 1;
    assert!(paper(last - 1).contains("\"from_paper\":true") && !paper(last).contains("from_paper"));
}
