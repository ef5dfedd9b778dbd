//! Stories of survey forms: questions tied to leaves, scales of their own, answers that are not counted.
//! A form that asks what the rulebook does not score is never bound by a round.

use proto::Act;
use proto::document::{Answer, DocKind, Form, Question, Tally, TallyRow, Text};

use super::acts::{batch, merge, open};
use super::fixture::{dec, doc_ref, form_value, id, r22, round_with, tally, tally_value, usual_form};
use super::given::{Steps, at, does, opened_as, sealed};
use super::people::{secretary, surveyor};
use super::story::given;

fn question(code: &str, leaf: &str) -> Question {
    Question { code: id(code), leaf: id(leaf), ..usual_form().questions[0].clone() }
}

fn form(kind: &str, groups: &[&str], questions: Vec<Question>) -> Form {
    Form { kind: id(kind), groups: groups.iter().map(|g| id(g)).collect(), questions, ..usual_form() }
}

/// Citizens are asked twice about 2.2, the second question counting three times; firms once, with yes, no, don't know.
fn forms() -> [(&'static str, Form); 3] {
    let answer = |code: &str, share: Option<&str>| Answer { code: id(code), share: share.map(dec), title: None };
    let yes_no = vec![answer("yes", Some("1")), answer("no", Some("0")), answer("unknown", None)];
    let twice = vec![question("q1", "2.2"), Question { weight: Some(dec("3")), ..question("q2", "2.2") }];
    let firms = vec![Question { answers: yes_no, ..question("f1", "2.2") }];
    [
        ("form-citizens", form("so", &["citizens"], twice)),
        ("form-firms", form("so", &["firms"], firms)),
        ("form-huyen", form("huyen", &["citizens", "leaders"], vec![question("h1", "2.1")])),
    ]
}

fn entered(forms: &[(&str, Form)]) -> Steps {
    let each = forms.iter().map(|(doc, form)| sealed(&surveyor(), DocKind::Form, doc, &form_value(form)));
    each.collect::<Vec<_>>().concat()
}

fn bound(forms: &[(&str, Form)]) -> proto::act::round::OpenRound {
    round_with(|r| r.forms = forms.iter().map(|(doc, form)| doc_ref(doc, &form_value(form))).collect())
}

/// Unit, group, leaf, question, counts.
type Answered<'a> = (&'a str, &'a str, &'a str, &'a str, &'a [u32]);

fn answered(rows: &[Answered]) -> Tally {
    let row = |(unit, group, leaf, question, counts): &Answered| TallyRow {
        unit: id(unit),
        group: id(group),
        leaf: id(leaf),
        question: (!question.is_empty()).then(|| id(question)),
        counts: counts.to_vec(),
    };
    Tally { rows: rows.iter().map(row).collect(), ..tally(&[]) }
}

#[test]
fn a_groups_mean_is_that_of_its_questions_by_their_weights() {
    let rows = answered(&[
        ("a", "citizens", "2.2", "q1", &[10, 0, 0, 0]),
        ("a", "citizens", "2.2", "q2", &[0, 0, 0, 10]),
        ("a", "firms", "2.2", "f1", &[6, 2, 92]),
        ("x", "citizens", "2.1", "h1", &[0, 10, 0, 0]),
    ]);
    let value = tally_value(&rows);
    let recorded = [
        sealed(&surveyor(), DocKind::Tally, "t1", &value),
        does(surveyor(), Act::RecordBatch(batch("b1", "t1", &value))),
    ];
    let story = given([entered(&forms()), opened_as(bound(&forms())), at("11-20"), recorded.concat()])
        .when(secretary(), merge(&["b1"]))
        .then("survey_merged")
        // Citizens (1 x 1 + 3 x 0) / 4, firms 6 / 8: their mean 1/2 of 4. Firms are not asked about districts.
        .shows("a", "2.2", "survey 2")
        .shows("x", "2.1", "survey 12/5");
    let round = &story.log.world.rounds[&r22()];
    let lines = domain::explain(round, &id("a"), Some(&id("2.2"))).expect("it is there").1;
    let told: Vec<&str> = lines.iter().map(|l| l.expression.as_str()).filter(|e| !e.is_empty()).collect();
    assert_eq!(
        told,
        [
            "(10 * 1) / 10",
            "(10 * 0) / 10",
            "(1 * 1 + 3 * 0) / (1 + 3)",
            "(6 * 1 + 2 * 0) / 8",
            "(1 * 0.25 + 1 * 0.75) / (1 + 1) * 4"
        ]
    );
    for line in lines.iter().filter(|l| !l.expression.is_empty()) {
        let value = domain::Expr::parse(&line.expression).expect(&line.expression).eval(&|_| None);
        assert_eq!(value.ok(), line.value, "{}", line.expression);
    }
    let (_, x) = round.unit(&id("x")).expect("it is there");
    let groups: Vec<String> =
        round.survey_leaf(x, 1).expect("answered").groups.iter().map(|g| g.group.to_string()).collect();
    assert_eq!(groups, ["citizens", "leaders"]);
}

#[test]
fn an_answer_fits_its_form_or_the_tally_is_refused() {
    let table: [(&[Answered], &str); 5] = [
        (&[("a", "citizens", "2.2", "", &[1, 0, 0, 0])], "a citizens 2.2: the form has no such question"),
        (&[("a", "citizens", "2.2", "f1", &[1, 0, 0])], "a citizens 2.2 f1: the form has no such question"),
        (&[("a", "firms", "2.2", "f1", &[1, 0, 0, 0])], "a firms 2.2 f1: 4 counts, the scale has 3 answers"),
        (&[("x", "firms", "2.1", "h1", &[1, 0, 0, 0])], "x firms 2.1 h1: the form has no such question"),
        (
            &[("a", "citizens", "2.2", "q1", &[1, 0, 0, 0]), ("a", "citizens", "2.2", "q1", &[1, 0, 0, 0])],
            "a citizens 2.2 q1: stands twice",
        ),
    ];
    for (rows, detail) in table {
        let value = tally_value(&answered(rows));
        let tally = sealed(&surveyor(), DocKind::Tally, "t1", &value);
        given([entered(&forms()), opened_as(bound(&forms())), at("11-20"), tally])
            .when(surveyor(), Act::RecordBatch(batch("b1", "t1", &value)))
            .then_refused_with("bad_tally", "detail", detail);
    }
}

#[test]
fn a_round_binds_forms_that_are_sealed_and_fit_its_rulebook() {
    let [citizens, firms, huyen] = forms();
    let with = |form: (&'static str, Form)| [citizens.clone(), firms.clone(), form];
    let table = [
        (
            with(("f3", form("communes", &["citizens"], vec![question("q", "2.1")]))),
            "form f3: no kind of unit communes; no form asks about huyen 2.1",
        ),
        (with(("f3", form("huyen", &["officials"], vec![question("q", "2.1")]))), "form f3: no group officials"),
        (
            with(("f3", form("huyen", &["citizens"], vec![question("q", "1.1")]))),
            "form f3, question q: 1.1 is no survey leaf; no form asks about huyen 2.1",
        ),
        (
            with(("f3", form("huyen", &["citizens"], vec![question("q", "9")]))),
            "form f3, question q: 9 is no survey leaf; no form asks about huyen 2.1",
        ),
        (
            with(("f3", form("so", &["firms"], vec![question("q", "2.2")]))),
            "group firms of so has two forms; no form asks about huyen 2.1",
        ),
        (
            with(("f3", form("so", &["leaders"], vec![question("q", "2.2")]))),
            "form f3: no group leaders; no form asks about huyen 2.1",
        ),
    ];
    for (forms, detail) in table {
        given([entered(&forms)]).when(secretary(), open(bound(&forms))).then_refused_with(
            "bad_round",
            "detail",
            detail,
        );
    }
    let unsealed = bound(&[huyen]);
    given([entered(&[citizens])]).when(secretary(), open(unsealed)).then_refused_with(
        "document_unknown",
        "id",
        "form-huyen",
    );
}

#[test]
fn a_faulty_form_is_never_sealed() {
    let good = || form("so", &["citizens"], vec![question("q1", "2.2")]);
    let scale = |shares: &[(&str, &str)]| {
        let answer = |(code, share): &(&str, &str)| Answer { code: id(code), share: Some(dec(share)), title: None };
        vec![Question { answers: shares.iter().map(answer).collect(), ..question("q1", "2.2") }]
    };
    let table = [
        (Form { title: Text::new(" ", "en"), ..good() }, "title: the form has no title"),
        (Form { groups: Vec::new(), ..good() }, "groups: no respondent group"),
        (Form { groups: vec![id("citizens"), id("citizens")], ..good() }, "groups: one stands twice"),
        (Form { questions: Vec::new(), ..good() }, "questions: no questions"),
        (
            Form { questions: vec![question("q1", "2.2"), question("q1", "2.2")], ..good() },
            "question q1: the code stands twice",
        ),
        (
            Form { questions: vec![Question { text: Text::new("", ""), ..question("q1", "2.2") }], ..good() },
            "question q1: it asks nothing",
        ),
        (
            Form { questions: vec![Question { weight: Some(dec("0")), ..question("q1", "2.2") }], ..good() },
            "question q1: its weight is not above zero",
        ),
        (
            Form { questions: scale(&[("yes", "1"), ("more", "1.2")]), ..good() },
            "question q1 answer more: its share is outside 0 to 1",
        ),
        (Form { questions: scale(&[("no", "0")]), ..good() }, "question q1 answers: none is worth the whole"),
        (Form { questions: scale(&[("yes", "1"), ("yes", "0")]), ..good() }, "question q1 answers: one stands twice"),
    ];
    for (form, fault) in table {
        let value = form_value(&form);
        let part = super::acts::part(DocKind::Form, "f", 1, &value);
        given([does(surveyor(), part)])
            .when(surveyor(), super::acts::seal(DocKind::Form, "f", 1, &value))
            .then_refused_with("document_invalid", "faults", fault);
    }
}
