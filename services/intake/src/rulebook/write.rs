//! A rulebook written as sheets.
//! Everything that the document holds has a cell; what can be left out where it is absent is left out.

use std::collections::BTreeSet;

use proto::document::{Node, Rulebook, Text};
use proto::text;

use super::{
    AGREEMENT, ANSWERS, BASIS, DIFFERING, DIGITS, EXTRA, EXTRAS, FRAGMENT, FROM, GROUP, GROUPS, HEAD, KIND, MISSING,
    SHORT, TITLE, TREE, UNTIL, extra, group, rule_write, tree,
};
use crate::head::{self, ENGLISH, SHEET, TOTAL, VALUE};
use crate::scale;
use crate::sheet::{Line, Look, Put, Sheet};
use crate::terms::spelled;
use crate::words::{self, RULES, SIGNS, SOURCES};

/// The most characters of a sheet's name that a kind's code takes.
const NAME_CHARS: usize = 24;
/// The most characters of a title above a table.
const TITLE_CHARS: usize = 120;

/// A rulebook's sheets.
pub fn write(rulebook: &Rulebook) -> Vec<Sheet> {
    let names = names(rulebook);
    let mut sheets = vec![head(rulebook, &names)];
    let ordered = ordered(rulebook);
    for (total, name) in rulebook.kinds.iter().zip(&names) {
        let mut lines = Vec::new();
        for (place, node) in (1_u32..).zip(&rulebook.nodes).filter(|(_, n)| n.kind == total.kind) {
            lines.push(node_line(node).maybe(tree::ORDER, (!ordered).then_some(Put::Count(place))));
            lines.extend(node.leaf.iter().flat_map(|leaf| rule_write::rows(&leaf.rule)));
        }
        let kind = &total.kind;
        let short = |t: &str| t.chars().take(TITLE_CHARS).collect::<String>();
        let (vi, en) = (short(&rulebook.title.vi), short(&rulebook.title.en));
        let title = text!("BỘ TIÊU CHÍ, loại đơn vị {kind}: {vi}", "Rulebook, kind of unit {kind}: {en}");
        sheets.push(Sheet { name: name.clone(), title, columns: &TREE, printed: tree::TITLE_EN, lines });
    }
    sheets.extend([extras(rulebook), groups(rulebook)]);
    let lines = rulebook.answers.iter().map(|a| scale::write(a, scale::ALONE, Look::Plain)).collect();
    let title = text!(
        "THANG TRẢ LỜI của phiếu điều tra (không có tỷ lệ: không tính)",
        "Scale of answers (without a share: not counted)"
    );
    sheets.push(Sheet {
        name: ANSWERS.to_owned(),
        title,
        columns: &scale::COLUMNS,
        printed: scale::COLUMNS.len(),
        lines,
    });
    sheets
}

/// Whether the nodes stand kind after kind, as the sheets do; otherwise each says its place.
fn ordered(rulebook: &Rulebook) -> bool {
    let kinds: Vec<_> = rulebook.kinds.iter().map(|k| &k.kind).collect();
    let places: Vec<_> = rulebook.nodes.iter().map(|n| kinds.iter().position(|k| **k == n.kind)).collect();
    places.is_sorted()
}

/// A sheet's name for each kind: no longer than a workbook allows, and no two alike.
fn names(rulebook: &Rulebook) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut name = |kind: &str| {
        let short: String = kind.chars().take(NAME_CHARS).collect();
        let mut name = format!("TC {short}");
        let mut number = 1;
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("TC{number} {short}");
        }
        name
    };
    rulebook.kinds.iter().map(|k| name(k.kind.as_str())).collect()
}

fn head(rulebook: &Rulebook, names: &[String]) -> Sheet {
    let texts = |item, text: &Text| head::line(item).texts(VALUE, ENGLISH, text);
    let value = |item, put| head::line(item).with(VALUE, put);
    let word = |item, words: &'static words::Words, code: &str| value(item, Put::Word(words, words.of(code).code));
    let mut lines = vec![texts(TITLE, &rulebook.title), texts(BASIS, &rulebook.basis)];
    if let Some(effective) = &rulebook.effective {
        lines.push(value(FROM, Put::Day(effective.from)));
        lines.extend(effective.until.map(|until| value(UNTIL, Put::Day(until))));
    }
    lines.push(head::line(FRAGMENT).marked(VALUE, rulebook.fragment));
    lines.push(value(DIGITS, Put::Count(u32::from(rulebook.claims.digits))));
    lines.push(word(DIFFERING, &words::DIFFERING, &spelled(&rulebook.claims.differing)));
    lines.push(word(MISSING, &words::MISSING, &spelled(&rulebook.missing_group)));
    lines.push(word(SHORT, &words::SHORT, &spelled(&rulebook.short_group)));
    lines.extend(rulebook.agreement.map(|share| value(AGREEMENT, Put::Number(share))));
    for (total, name) in rulebook.kinds.iter().zip(names) {
        let line = value(KIND, Put::Code(total.kind.to_string())).with(TOTAL, Put::Number(total.total));
        lines.push(line.with(SHEET, Put::Code(name.clone())));
    }
    let title = text!("BỘ TIÊU CHÍ XÁC ĐỊNH CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", "Rulebook of the PAR Index");
    Sheet { name: HEAD.to_owned(), title, columns: &head::COLUMNS, printed: head::COLUMNS.len(), lines }
}

fn node_line(node: &Node) -> Line {
    let look = match (&node.leaf, node.code.as_str().contains('.')) {
        (Some(_), _) => Look::Plain,
        (None, true) => Look::Minor,
        (None, false) => Look::Major,
    };
    let line = Line::new(look)
        .with(tree::STT, Put::Code(node.code.to_string()))
        .texts(tree::TITLE, tree::TITLE_EN, &node.title)
        .with(tree::MAXIMUM, Put::Number(node.maximum));
    let Some(leaf) = &node.leaf else { return line };
    line.with(tree::SOURCE, Put::Word(&SOURCES, SOURCES.of(&spelled(&leaf.source)).code))
        .with(tree::RULE, Put::Word(&RULES, rule_write::kind(&leaf.rule)))
        .marked(tree::EVIDENCE, leaf.evidence)
        .some_texts(tree::ASKS, tree::ASKS_EN, leaf.asks.as_ref())
        .marked(tree::EXEMPTIBLE, leaf.exemptible)
}

fn extras(rulebook: &Rulebook) -> Sheet {
    let line = |e: &proto::document::Extra| {
        Line::new(Look::Plain)
            .with(extra::KIND, Put::Code(e.kind.to_string()))
            .with(extra::CODE, Put::Code(e.code.to_string()))
            .texts(extra::TITLE, extra::TITLE_EN, &e.title)
            .with(extra::SIGN, Put::Word(&SIGNS, SIGNS.of(&spelled(&e.sign)).code))
            .with(extra::CAP, Put::Number(e.cap))
    };
    let title = text!("ĐIỂM THƯỞNG, ĐIỂM TRỪ ngoài tổng điểm", "Bonuses and penalties, outside the total");
    let lines = rulebook.extras.iter().map(line).collect();
    Sheet { name: EXTRAS.to_owned(), title, columns: &EXTRA, printed: EXTRA.len(), lines }
}

fn groups(rulebook: &Rulebook) -> Sheet {
    let line = |g: &proto::document::Group| {
        Line::new(Look::Plain)
            .with(group::KIND, Put::Code(g.kind.to_string()))
            .with(group::CODE, Put::Code(g.code.to_string()))
            .texts(group::TITLE, group::TITLE_EN, &g.title)
            .maybe(group::WEIGHT, g.weight.map(Put::Number))
            .maybe(group::SAMPLE, g.sample.map(Put::Count))
            .maybe(group::MARGIN, g.margin.map(Put::Number))
    };
    let title = text!("NHÓM ĐỐI TƯỢNG điều tra xã hội học", "Respondent groups of the survey");
    let lines = rulebook.groups.iter().map(line).collect();
    Sheet { name: GROUPS.to_owned(), title, columns: &GROUP, printed: GROUP.len(), lines }
}
