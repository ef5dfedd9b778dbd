//! Stories of rulebooks that are refused: each fault alone keeps one from being sealed, and is named with its path.
//! A rulebook with a fault never reaches a round.

use proto::document::{DocKind, Extra, Leaf, Rule, Rulebook, Sign};

use super::acts::{part, seal};
use super::fixture::{dec, id, node, number, options, rulebook, rulebook_value, surveyed, text};
use super::given::{does, sealed};
use super::people::secretary;
use super::story::given;

/// Sealing the stories' rulebook with a change is refused with exactly these faults.
fn faulty(faults: &str, change: impl FnOnce(&mut Rulebook)) {
    let mut book = rulebook();
    change(&mut book);
    let whole = rulebook_value(&book);
    given([does(secretary(), part(DocKind::Rulebook, "d", 1, &whole))])
        .when(secretary(), seal(DocKind::Rulebook, "d", 1, &whole))
        .then_refused_with("document_invalid", "faults", faults);
}

/// The leaf `so 2.1.2`, which has options.
fn optional(book: &mut Rulebook) -> &mut Leaf {
    book.nodes[6].leaf.as_mut().expect("a leaf")
}

/// The leaf `so 2.2`, which the survey scores.
fn of_survey(book: &mut Rulebook) -> &mut Leaf {
    book.nodes[7].leaf.as_mut().expect("a leaf")
}

#[test]
fn the_rulebook_of_the_stories_has_no_faults() {
    given([]).and(sealed(&secretary(), DocKind::Rulebook, "d", &rulebook_value(&rulebook())));
}

#[test]
fn maxima_add_up_at_every_node_and_to_the_stated_total() {
    faulty("so 1: the maxima below do not add up to 9; so: the fields' maxima do not add up to 20", |b| {
        b.nodes[0].maximum = dec("9");
    });
    faulty("so: the fields' maxima do not add up to 100", |b| b.kinds[0].total = dec("100"));
    faulty("so 2.1: the maxima below do not add up to 6", |b| b.nodes[5].maximum = dec("3.5"));
}

#[test]
fn a_total_need_not_be_a_hundred() {
    let mut book = rulebook();
    book.kinds[0].total = dec("20.5");
    book.nodes.insert(8, node("so", "3", "0.5", Some(number("0.5"))));
    given([]).and(sealed(&secretary(), DocKind::Rulebook, "d", &rulebook_value(&book)));
}

#[test]
fn every_kind_has_one_total_and_every_node_a_kind() {
    faulty("kinds: so stands twice", |b| {
        let twice = b.kinds[0].clone();
        b.kinds.push(twice);
    });
    faulty("kinds: none", |b| {
        *b = Rulebook { kinds: vec![], nodes: vec![], extras: vec![], groups: vec![], ..b.clone() }
    });
    faulty("xa 1: the kind has no total", |b| b.nodes.push(node("xa", "1", "1", Some(number("1")))));
}

#[test]
fn a_parent_stands_before_its_children_and_is_no_leaf() {
    faulty("huyen 3.1: its parent does not stand before it; huyen: the fields' maxima do not add up to 10", |b| {
        b.nodes.push(node("huyen", "3.1", "1", Some(number("1"))));
    });
    faulty("huyen 1.1.1: its parent is a leaf", |b| {
        b.nodes.push(node("huyen", "1.1.1", "6", Some(number("1"))));
    });
    faulty("huyen 3: neither a leaf nor a parent; huyen: the fields' maxima do not add up to 10", |b| {
        b.nodes.push(node("huyen", "3", "1", None));
    });
}

#[test]
fn a_code_stands_once_in_its_tree() {
    faulty("huyen 1.1: the code stands twice; huyen 1: the maxima below do not add up to 6", |b| {
        b.nodes.push(node("huyen", "1.1", "1", Some(number("1"))));
    });
}

#[test]
fn a_tree_is_at_most_six_levels_deep() {
    let deep = |levels: usize| {
        let mut book = rulebook();
        book.kinds[1].total = dec("11");
        for level in 1..=levels {
            let code = vec!["3"; level].join(".");
            let leaf = (level == levels).then(|| number("1"));
            book.nodes.push(node("huyen", &code, "1", leaf));
        }
        book
    };
    given([]).and(sealed(&secretary(), DocKind::Rulebook, "d", &rulebook_value(&deep(6))));
    faulty("huyen 3.3.3.3.3.3.3: deeper than 6 levels", |b| *b = deep(7));
}

#[test]
fn a_maximum_is_above_zero() {
    faulty("so 3: its maximum is not above zero", |b| b.nodes.push(node("so", "3", "0", Some(number("1")))));
    faulty(
        "so 3: its maximum is not above zero; so 3: the maximum is no multiple of the step; \
         so: the fields' maxima do not add up to 20",
        |b| b.nodes.push(node("so", "3", "-1", Some(number("0.3")))),
    );
}

#[test]
fn options_have_codes_of_their_own_lie_within_the_maximum_and_reach_it() {
    let of = |list: &[(&str, &str)]| options(list).rule;
    faulty("so 2.1.2: an option's code stands twice", |b| optional(b).rule = of(&[("yes", "2"), ("yes", "0")]));
    faulty("so 2.1.2: no option reaches the maximum", |b| optional(b).rule = of(&[("yes", "1.75"), ("no", "0")]));
    faulty("so 2.1.2: no option reaches the maximum", |b| optional(b).rule = Rule::Options { options: vec![] });
    for outside in ["-0.25", "2.25"] {
        faulty("so 2.1.2: an option's points are outside 0 to the maximum", |b| {
            optional(b).rule = of(&[("yes", "2"), ("no", outside)]);
        });
    }
}

#[test]
fn a_step_is_above_zero_and_divides_the_maximum() {
    for step in ["0", "-0.25", "4", "0.7"] {
        faulty("so 1.1: the maximum is no multiple of the step", |b| {
            b.nodes[1].leaf.as_mut().expect("a leaf").rule = Rule::Number { step: dec(step) };
        });
    }
}

#[test]
fn source_and_rule_agree_about_the_survey() {
    faulty("so 2.2: source and rule disagree about the survey", |b| of_survey(b).rule = number("1").rule);
    faulty("so 2.1.2: source and rule disagree about the survey", |b| optional(b).rule = surveyed().rule);
    faulty("so 2.2: a survey leaf asks for no evidence and no exemption", |b| of_survey(b).evidence = true);
    faulty("so 2.2: a survey leaf asks for no evidence and no exemption", |b| of_survey(b).exemptible = true);
}

#[test]
fn a_survey_leaf_needs_a_scale_and_a_group() {
    faulty("huyen: survey leaves, but no respondent group", |b| b.groups.truncate(2));
    faulty("answer a: its share is outside 0 to 1; answers: none is worth the whole", |b| {
        b.answers[0].share = Some(dec("1.1"))
    });
    faulty("answer d: its share is outside 0 to 1", |b| b.answers[3].share = Some(dec("-0.1")));
    faulty("groups: one stands twice", |b| {
        let twice = b.groups[0].clone();
        b.groups.push(twice);
    });
    faulty("huyen: survey leaves, but no scale of answers", |b| {
        b.answers.clear();
        b.nodes[7].leaf = Some(number("1"));
    });
}

#[test]
fn a_bonus_or_penalty_has_a_kind_and_a_cap_that_is_not_negative() {
    let extra = |kind: &str, cap: &str| Extra {
        kind: id(kind),
        code: id("more"),
        title: text("more"),
        sign: Sign::Bonus,
        cap: dec(cap),
    };
    faulty("extra xa more: its cap is negative or its kind unknown", |b| b.extras.push(extra("xa", "1")));
    faulty("extra so more: its cap is negative or its kind unknown", |b| b.extras.push(extra("so", "-1")));
}

#[test]
fn all_faults_are_told_at_once() {
    faulty(
        "so 2.1.2: no option reaches the maximum; so: the fields' maxima do not add up to 21; answer a: its share is outside 0 to 1; answers: none is worth the whole",
        |b| {
            b.kinds[0].total = dec("21");
            optional(b).rule = options(&[("no", "0")]).rule;
            b.answers[0].share = Some(dec("2"));
        },
    );
}
