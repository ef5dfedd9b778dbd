//! Survey forms and scales of answers: the faults that keep a form from being sealed or bound by a round.
//! What a form asks is never changed here.

use std::collections::BTreeSet;

use proto::document::{Answer, Form, Source, Text};
use proto::text;
use proto::{Code, Decimal};

use crate::faults::Faults;
use crate::rulebook::Book;

/// The faults of a form by itself.
///
/// # Errors
/// All faults at once, each with its path.
pub fn form_faults(form: &Form) -> Result<(), Faults> {
    let mut faults = Faults::default();
    if form.title.vi.trim().is_empty() {
        faults.push("title", "untitled", text!("phiếu hỏi không có tên", "the form has no title"));
    }
    if form.groups.is_empty() {
        faults.push("groups", "groups_none", text!("không có nhóm đối tượng", "no respondent group"));
    }
    if form.groups.iter().collect::<BTreeSet<_>>().len() != form.groups.len() {
        faults.push("groups", "group_twice", text!("một nhóm có hai lần", "one stands twice"));
    }
    if form.questions.is_empty() {
        faults.push("questions", "questions_none", text!("không có câu hỏi", "no questions"));
    }
    let mut seen = BTreeSet::new();
    for question in &form.questions {
        let path = format!("question {}", question.code);
        if !seen.insert(&question.code) {
            faults.push(path.clone(), "question_twice", text!("mã có hai lần", "the code stands twice"));
        }
        if question.text.vi.trim().is_empty() {
            faults.push(path.clone(), "question_empty", text!("không có nội dung", "it asks nothing"));
        }
        if question.weight.is_some_and(|w| w <= Decimal::ZERO) {
            let what = text!("trọng số không lớn hơn 0", "its weight is not above zero");
            faults.push(path.clone(), "question_weight", what);
        }
        scale_faults(&path, &question.answers, &mut faults);
    }
    faults.none()
}

/// The faults of a scale of answers; none stands for the rulebook's.
pub fn scale_faults(path: &str, answers: &[Answer], faults: &mut Faults) {
    let at = |rest: &str| format!("{path} {rest}").trim_start().to_owned();
    for answer in answers {
        if answer.share.is_some_and(|share| share.is_negative() || share > Decimal::ONE) {
            let what = text!("tỷ lệ ngoài khoảng 0 đến 1", "its share is outside 0 to 1");
            faults.push(at(&format!("answer {}", answer.code)), "answer_share", what);
        }
    }
    let codes: BTreeSet<&Code> = answers.iter().map(|a| &a.code).collect();
    if codes.len() != answers.len() {
        faults.push(at("answers"), "answer_twice", text!("một phương án có hai lần", "one stands twice"));
    }
    if !answers.is_empty() && !answers.iter().any(|a| a.share == Some(Decimal::ONE)) {
        faults.push(at("answers"), "answers_maximum", text!("không phương án nào được 1", "none is worth the whole"));
    }
}

/// What keeps a round from binding these forms together with its rulebook; `kinds` are those of its blocks.
pub fn unfit_forms<'a>(book: &'a Book, forms: &[(&str, &'a Form)], kinds: impl Iterator<Item = &'a Code>) -> Vec<Text> {
    let mut faults = Vec::new();
    let mut asked: BTreeSet<(&Code, &Code)> = BTreeSet::new();
    let mut scored: BTreeSet<(&Code, &Code)> = BTreeSet::new();
    for (id, form) in forms {
        let kind = &form.kind;
        let Some(tree) = book.trees.get(kind) else {
            faults.push(text!("phiếu hỏi {id}: không có loại đơn vị {kind}", "form {id}: no kind of unit {kind}"));
            continue;
        };
        for group in &form.groups {
            if !book.groups.iter().any(|g| g.kind == *kind && g.code == *group) {
                faults.push(text!("phiếu hỏi {id}: không có nhóm {group}", "form {id}: no group {group}"));
            }
            if !asked.insert((kind, group)) {
                let what = text!("nhóm {group} của {kind} có hai phiếu hỏi", "group {group} of {kind} has two forms");
                faults.push(what);
            }
        }
        for question in &form.questions {
            let (code, leaf) = (&question.code, &question.leaf);
            if tree.leaf(leaf).is_none_or(|(_, l)| l.leaf.source != Source::Survey) {
                faults.push(text!(
                    "phiếu hỏi {id}, câu {code}: {leaf} không phải tiêu chí điều tra",
                    "form {id}, question {code}: {leaf} is no survey leaf"
                ));
            }
            scored.insert((kind, leaf));
        }
    }
    if forms.is_empty() {
        return faults;
    }
    for kind in kinds.collect::<BTreeSet<_>>() {
        let leaves = book.trees.get(kind).into_iter().flat_map(|tree| &tree.leaves);
        for leaf in leaves.filter(|l| l.leaf.source == Source::Survey && !scored.contains(&(kind, &l.code))) {
            let code = &leaf.code;
            faults.push(text!("không phiếu hỏi nào hỏi về {kind} {code}", "no form asks about {kind} {code}"));
        }
    }
    faults
}
