//! The kinds of scoring rule: what each gives for declared inputs, and that every fault in one is found.
//! The figures are those of real sets where `basis` in deploy/rulebooks says so, otherwise made up for the edge they show.

use domain::{Expr, LeafNode, computed, rule_line};
use proto::act::sheet::{Figure, Inputs};
use proto::document::{
    Band, Bound, CountStep, Delay, DocKind, FigureName, Leaf, OptionPoints, Rule, Rulebook, Source, Tier, WhenNone,
};
use proto::{Code, Day, Exact};

use super::acts::{part, seal};
use super::fixture::{dec, id, node, number, rulebook, rulebook_value, text};
use super::given::{does, founded, play, sealed};
use super::harness::Log;
use super::people::secretary;
use super::story::given;

pub fn figure(name: &str) -> FigureName {
    FigureName { name: id(name), title: text(name) }
}

/// An interval as people write it: "[0,70)".
fn interval(text: &str) -> (Bound, Bound) {
    let (from, to) = text[1..text.len() - 1].split_once(',').expect("two ends");
    let closed = |c: &str| matches!(c, "[" | "]");
    let from = Bound { at: dec(from), closed: closed(&text[..1]) };
    (from, Bound { at: dec(to), closed: closed(&text[text.len() - 1..]) })
}

fn bands(list: &[(&str, &str)]) -> Rule {
    let band = |(at, points): &(&str, &str)| {
        let (from, to) = interval(at);
        Band { from, to, points: dec(points) }
    };
    Rule::RatioBands {
        part: figure("done"),
        whole: figure("due"),
        bands: list.iter().map(band).collect(),
        none: WhenNone::Refuse,
    }
}

fn tiers(list: &[(&str, &str)], none: WhenNone) -> Rule {
    let tier = |(at, share): &(&str, &str)| {
        let (from, to) = interval(at);
        Tier { from, to, share: dec(share) }
    };
    Rule::Tiers { part: figure("done"), whole: figure("due"), tiers: list.iter().map(tier).collect(), none }
}

fn steps(list: &[(u32, &str)]) -> Rule {
    let steps = list.iter().map(|(from, points)| CountStep { from: *from, points: dec(points) }).collect();
    Rule::Steps { count: figure("n"), steps }
}

fn deadline(list: &[(u32, &str)], after: &str, never: &str) -> Rule {
    let delays = list.iter().map(|(days, points)| Delay { days: *days, points: dec(points) }).collect();
    Rule::Deadline { due: Day::parse("2022-11-15").expect("a day"), delays, after: dec(after), never: dec(never) }
}

fn formula(expression: &str, none: WhenNone) -> Rule {
    let figures = ["done", "due", "late"].map(figure).to_vec();
    Rule::Formula { figures, expression: expression.to_owned(), none }
}

fn leaf(maximum: &str, rule: Rule) -> LeafNode {
    let source = if matches!(rule, Rule::ExternalIndex { .. }) { Source::External } else { Source::Appraisal };
    let leaf = Leaf { source, rule, evidence: false, asks: None, exemptible: false };
    LeafNode { code: id("1.1"), maximum: dec(maximum), leaf, path: vec![0] }
}

/// Inputs as a line: "done=7 due=10", "date=2022-11-16", "option=yes".
pub fn inputs(line: &str) -> Inputs {
    let mut inputs = Inputs::default();
    for word in line.split_whitespace() {
        match word.split_once('=').expect("name=value") {
            ("option", code) => inputs.option = Some(id(code)),
            ("date", day) => inputs.date = Some(Day::parse(day).expect("a day")),
            (name, value) => inputs.figures.push(Figure { name: id(name), value: dec(value) }),
        }
    }
    inputs
}

/// Cà Mau's 1.1.4 (Decision 1880/2013): over 90 % 2, from 70 to 90 % 1, below 70 % 0.
fn ca_mau() -> Rule {
    bands(&[("[0,70)", "0"), ("[70,90]", "1"), ("(90,100]", "2")])
}

/// A maximum, a rule, and what it gives for inputs.
type Kind = (&'static str, Rule, Vec<(&'static str, &'static str)>);

/// Each kind: its maximum, inputs, and the points as a fraction, or the code of the refusal.
fn table() -> Vec<Kind> {
    let (part, whole) = (|| figure("done"), || figure("due"));
    let option = |code: &str, points: &str| OptionPoints { code: id(code), title: text(code), points: dec(points) };
    let floor = Bound { at: dec("50"), closed: true };
    vec![
        (
            "1",
            Rule::Options { options: vec![option("ontime", "1"), option("late", "0.5")] },
            vec![("option=ontime", "1/1"), ("option=late", "1/2"), ("option=never", "option_unknown")],
        ),
        (
            "2",
            ca_mau(),
            vec![
                ("done=90 due=100", "1/1"),
                ("done=9000000001 due=10000000000", "2/1"),
                ("done=7 due=10", "1/1"),
                ("done=699 due=1000", "0/1"),
                ("done=0 due=3", "0/1"),
                ("done=3 due=3", "2/1"),
                ("done=0 due=0", "bad_inputs"),
                ("done=4 due=3", "bad_inputs"),
                ("done=-1 due=3", "bad_inputs"),
                ("done=1", "bad_inputs"),
                ("done=1 due=2 more=3", "bad_inputs"),
                ("done=1 due=2 option=yes", "option_unknown"),
                ("done=1 due=2 date=2022-01-01", "bad_inputs"),
            ],
        ),
        (
            "1.5",
            Rule::Linear { part: part(), whole: whole(), none: WhenNone::Maximum },
            vec![("done=2 due=3", "1/1"), ("done=1 due=7", "3/14"), ("done=0 due=0", "3/2")],
        ),
        (
            "2",
            Rule::LinearFloor { part: part(), whole: whole(), floor, none: WhenNone::Zero },
            vec![("done=49 due=100", "0/1"), ("done=1 due=2", "1/1"), ("done=2 due=3", "4/3"), ("done=0 due=0", "0/1")],
        ),
        (
            "20",
            steps(&[(0, "0"), (1, "5"), (2, "10"), (3, "15"), (4, "20")]),
            vec![
                ("n=0", "0/1"),
                ("n=1", "5/1"),
                ("n=3", "15/1"),
                ("n=4", "20/1"),
                ("n=999999999999", "20/1"),
                ("n=1.5", "bad_inputs"),
                ("n=-1", "bad_inputs"),
                ("", "bad_inputs"),
            ],
        ),
        (
            "2",
            Rule::PerUnit { count: figure("n"), each: dec("0.25") },
            vec![("n=0", "0/1"), ("n=3", "3/4"), ("n=8", "2/1"), ("n=9", "2/1"), ("n=999999999999999999", "2/1")],
        ),
        (
            "3",
            Rule::Deduct { count: figure("n"), each: dec("0.5") },
            vec![("n=0", "3/1"), ("n=1", "5/2"), ("n=6", "0/1"), ("n=7", "0/1")],
        ),
        (
            "3",
            tiers(&[("[90,100]", "1"), ("[70,90)", "0.75"), ("[50,70)", "0.5"), ("[0,50)", "0")], WhenNone::Zero),
            vec![("done=9 due=10", "3/1"), ("done=7 due=10", "9/4"), ("done=1 due=2", "3/2"), ("done=0 due=0", "0/1")],
        ),
        (
            "5",
            Rule::ExternalIndex { value: figure("index"), scale: dec("100") },
            vec![("index=91.43", "9143/2000"), ("index=100", "5/1"), ("index=100.01", "bad_inputs")],
        ),
        (
            "1",
            Rule::YesNo { yes: dec("1"), no: dec("0") },
            vec![
                ("option=yes", "1/1"),
                ("option=no", "0/1"),
                ("option=maybe", "option_unknown"),
                ("", "option_unknown"),
            ],
        ),
        (
            "1",
            deadline(&[(0, "1"), (5, "0.5"), (10, "0.25")], "0", "0"),
            vec![
                ("date=2022-11-15", "1/1"),
                ("date=2021-01-01", "1/1"),
                ("date=2022-11-16", "1/2"),
                ("date=2022-11-20", "1/2"),
                ("date=2022-11-21", "1/4"),
                ("date=2022-11-26", "0/1"),
                ("", "0/1"),
            ],
        ),
        (
            "2",
            formula("max(done / due * 2 - late * 0.25, 0)", WhenNone::Zero),
            vec![
                ("done=1 due=2 late=1", "3/4"),
                ("done=2 due=3 late=0", "4/3"),
                ("done=9 due=3 late=0", "2/1"),
                ("done=0 due=3 late=9", "0/1"),
                ("done=1 due=0 late=0", "0/1"),
                ("done=1 due=2", "bad_inputs"),
                ("done=1 due=2 late=1 more=1", "bad_inputs"),
            ],
        ),
        ("6", number("0.5").rule, vec![("", "stated"), ("percent=3", "stated"), ("option=a", "option_unknown")]),
        ("4", Rule::SurveyAverage {}, vec![("", "leaf_is_survey")]),
    ]
}

#[test]
fn every_kind_of_rule_gives_the_points_of_its_inputs() {
    for (maximum, rule, cases) in table() {
        let leaf = leaf(maximum, rule);
        for (line, expected) in cases {
            let told = match computed(&leaf, &inputs(line)) {
                Ok(Some(points)) => points.to_string(),
                Ok(None) => "stated".to_owned(),
                Err(rejection) => rejection.code().to_owned(),
            };
            assert_eq!(told, expected, "{:?}: {line}", leaf.leaf.rule);
        }
    }
}

#[test]
fn every_explanation_evaluates_to_the_points_that_it_explains() {
    for (maximum, rule, cases) in table() {
        let leaf = leaf(maximum, rule);
        for (line, _) in cases {
            let Ok(Some(points)) = computed(&leaf, &inputs(line)) else { continue };
            let told = rule_line(&leaf, &inputs(line), &points);
            let expr = Expr::parse(&told.expression).unwrap_or_else(|e| panic!("{}: {e}", told.expression));
            assert_eq!(expr.eval(&|_| None), Ok(points), "{}", told.expression);
            assert!(!told.text.vi.is_empty() && !told.text.en.is_empty());
        }
    }
}

/// The stories' rulebook with one more field `so 3` of one leaf, of a rule.
pub fn with(maximum: &str, rule: Rule) -> Rulebook {
    let mut book = rulebook();
    let leaf = leaf(maximum, rule).leaf;
    book.kinds[0].total = dec(&(Exact::whole(20) + Exact::from(dec(maximum))).plain());
    book.nodes.insert(8, node("so", "3", maximum, Some(leaf)));
    book
}

#[test]
fn every_rule_of_the_table_is_without_fault() {
    for (maximum, rule, _) in table().into_iter().filter(|(_, rule, _)| !matches!(rule, Rule::SurveyAverage {})) {
        given([]).and(sealed(&secretary(), DocKind::Rulebook, "d", &rulebook_value(&with(maximum, rule))));
    }
}

#[test]
fn a_rule_that_is_not_total_is_refused_with_its_path_and_reason() {
    let (part, whole) = (|| figure("done"), || figure("due"));
    let linear = |part: FigureName, whole: FigureName| Rule::Linear { part, whole, none: WhenNone::Zero };
    let untitled =
        FigureName { name: id("done"), title: proto::document::Text { vi: String::new(), en: "done".to_owned() } };
    let floor = |at: &str, closed| Rule::LinearFloor {
        part: part(),
        whole: whole(),
        floor: Bound { at: dec(at), closed },
        none: WhenNone::Zero,
    };
    let per = |each: &str| Rule::PerUnit { count: figure("n"), each: dec(each) };
    let table = [
        (bands(&[("[0,70)", "0"), ("[70,90]", "1"), ("[90,100]", "2")]), "an overlap at 90"),
        (bands(&[("[0,70]", "0"), ("[60,100]", "2")]), "an overlap at 60"),
        (bands(&[("[0,70)", "0"), ("(70,90]", "1"), ("(90,100]", "2")]), "a gap at 70"),
        (bands(&[("[0,70)", "0"), ("[80,100]", "2")]), "a gap at 80"),
        (bands(&[("(0,70)", "0"), ("[70,100]", "2")]), "the intervals do not begin at 0, included"),
        (bands(&[("[1,70)", "0"), ("[70,100]", "2")]), "the intervals do not begin at 0, included"),
        (bands(&[("[0,70)", "0"), ("[70,100)", "2")]), "the intervals do not end at 100, included"),
        (bands(&[("[0,70)", "0"), ("[70,101]", "2")]), "the intervals do not end at 100, included"),
        (bands(&[("[0,70)", "0"), ("[70,70)", "1"), ("[70,100]", "2")]), "an interval is empty"),
        (bands(&[("[0,70)", "0"), ("[90,70]", "1"), ("[70,100]", "2")]), "an interval is empty"),
        (bands(&[("[0,70)", "0"), ("[70,100]", "1.5")]), "nothing in the rule reaches the maximum"),
        (bands(&[("[0,70)", "-1"), ("[70,100]", "2")]), "points are outside 0 to the maximum"),
        (bands(&[("[0,70)", "2"), ("[70,100]", "2.5")]), "points are outside 0 to the maximum"),
        (tiers(&[("[0,50)", "-0.1"), ("[50,100]", "1")], WhenNone::Zero), "a share is outside 0 to 1"),
        (tiers(&[("[0,50)", "0"), ("[50,100]", "1.1"), ("[0,0]", "1")], WhenNone::Zero), "a share is outside 0 to 1"),
        (tiers(&[("[0,50)", "0"), ("[50,100]", "0.75")], WhenNone::Zero), "nothing in the rule reaches the maximum"),
        (linear(part(), part()), "a figure's name stands twice"),
        (linear(untitled, whole()), "a figure has no title"),
        (floor("-1", true), "the floor is outside 0 to 100"),
        (floor("100", false), "the floor is outside 0 to 100"),
        (floor("100.5", true), "the floor is outside 0 to 100"),
        (steps(&[]), "the steps do not begin at 0"),
        (steps(&[(1, "2")]), "the steps do not begin at 0"),
        (steps(&[(0, "0"), (2, "1"), (2, "2")]), "the steps do not rise"),
        (steps(&[(0, "0"), (3, "1"), (2, "2")]), "the steps do not rise"),
        (steps(&[(0, "0"), (3, "1")]), "nothing in the rule reaches the maximum"),
        (per("0"), "the points of each are not above zero"),
        (per("-0.5"), "the points of each are not above zero"),
        (per("2.5"), "the points of each are over the maximum"),
        (Rule::Deduct { count: figure("n"), each: dec("0") }, "the points of each are not above zero"),
        (Rule::ExternalIndex { value: figure("index"), scale: dec("0") }, "the other index's scale is not above zero"),
        (Rule::YesNo { yes: dec("1"), no: dec("0") }, "nothing in the rule reaches the maximum"),
        (Rule::YesNo { yes: dec("2"), no: dec("-1") }, "points are outside 0 to the maximum"),
        (formula("done / due", WhenNone::Zero), "the formula does not use late"),
        (formula("done / due + late * other", WhenNone::Zero), "the formula uses other, which is not declared"),
        (
            Rule::Formula { figures: vec![], expression: "1".to_owned(), none: WhenNone::Zero },
            "it needs 1 to 16 figures",
        ),
        (
            Rule::Formula { figures: vec![figure("a.b")], expression: "1".to_owned(), none: WhenNone::Zero },
            "a.b is no name for a formula",
        ),
        (deadline(&[(0, "1")], "0", "0"), "nothing in the rule reaches the maximum"),
        (deadline(&[], "2", "0"), "the first delay is not that of 0 days"),
        (deadline(&[(1, "2")], "0", "0"), "the first delay is not that of 0 days"),
        (deadline(&[(0, "2"), (5, "1"), (5, "0.5")], "0", "0"), "the delays do not rise"),
        (deadline(&[(0, "2")], "3", "0"), "points are outside 0 to the maximum"),
    ];
    for (rule, reason) in table {
        refused(&with("2", rule), &format!("so 3: {reason}"));
    }
}

/// Sealing is refused, and this is among the faults.
#[track_caller]
fn refused(book: &Rulebook, fault: &str) {
    let whole = rulebook_value(book);
    let mut log = Log::of(founded());
    play(&mut log, does(secretary(), part(DocKind::Rulebook, "d", 1, &whole)));
    let rejection = log.send(&secretary(), seal(DocKind::Rulebook, "d", 1, &whole)).expect_err(fault);
    assert_eq!(rejection.code(), "document_invalid");
    let told = rejection.members()["faults"].clone();
    assert!(told.split("; ").any(|f| f == fault), "{fault:?} is not in {told:?}");
}

#[test]
fn what_stands_beside_the_tree_is_checked_too() {
    type Spoil = fn(&mut Rulebook);
    let table: [(Spoil, &str); 17] = [
        (|b| b.title.vi.clear(), "title: the rulebook has no title"),
        (|b| b.nodes[0].title.vi = " ".to_owned(), "so 1: it has no title"),
        (|b| b.claims.digits = 7, "claims.digits: more than 6 digits"),
        (|b| b.effective = Some(years("2025-12-31", "2021-01-01")), "effective: it ends before it begins"),
        (|b| b.extras[0].code = code("1"), "extra so 1: its code is that of a node"),
        (|b| b.extras[1].code = b.extras[0].code.clone(), "extra so plus: the code stands twice"),
        (|b| b.extras[0].cap = dec("-1"), "extra so plus: its cap is negative or its kind unknown"),
        (|b| b.answers[0].share = Some(dec("1.5")), "answer a: its share is outside 0 to 1"),
        (|b| b.answers[1].code = b.answers[0].code.clone(), "answers: one stands twice"),
        (|b| b.answers.retain(|a| a.share != Some(dec("1"))), "answers: none is worth the whole"),
        (|b| b.groups[0].kind = code("xa"), "group xa citizens: its kind is unknown"),
        (|b| b.groups[0].weight = Some(dec("0")), "group so citizens: its weight is not above zero"),
        (|b| b.groups[0].sample = Some(0), "group so citizens: its sample is 0"),
        (|b| b.groups[0].margin = Some(dec("1")), "group so citizens: its margin of error is not between 0 and 1"),
        (|b| b.agreement = Some(dec("1.1")), "agreement: its share is outside 0 to 1"),
        (|b| b.groups[1].code = b.groups[0].code.clone(), "groups: one stands twice"),
        (
            |b| b.nodes[7].leaf.as_mut().expect("a leaf").source = Source::External,
            "so 2.2: source and rule disagree about the external index",
        ),
    ];
    for (spoil, fault) in table {
        let mut book = rulebook();
        spoil(&mut book);
        refused(&book, fault);
    }
}

fn code(text: &str) -> Code {
    id(text)
}

pub fn years(from: &str, until: &str) -> proto::document::Effective {
    let day = |text| Day::parse(text).expect("a day");
    proto::document::Effective { from: day(from), until: Some(day(until)) }
}
