//! A rulebook read from sheets. Every cell is looked at before anything is refused, so that all faults are told at once.
//! What it means as a whole is judged by domain, not here.

use std::collections::BTreeSet;

use proto::document::{
    Claims, Effective, Extra, Group, KindTotal, Leaf, MissingGroup, Node, Rulebook, ShortGroup, Text,
};
use proto::text;
use proto::{Code, Decimal};

use super::rule_read::{Rows, rule};
use super::{
    AGREEMENT, ANSWERS, BASIS, DIFFERING, DIGITS, EXTRA, EXTRAS, FRAGMENT, FROM, GROUP, GROUPS, HEAD, KIND, MISSING,
    SHORT, TITLE, TREE, UNTIL, extra, group, tree,
};
use crate::book::Book;
use crate::fault::{Faults, Place, Places};
use crate::head::{self, Head, SHEET, TOTAL, VALUE};
use crate::scale;
use crate::table::{Row, Table};
use crate::terms;
use crate::words::{self, RULES, SIGNS, SOURCES};

/// The rulebook of a workbook; none if there was a fault.
pub fn read(book: &Book, places: &mut Places, faults: &mut Faults) -> Option<Rulebook> {
    let grid = book.must(HEAD, faults)?;
    let table = Table::find(grid, &head::COLUMNS, faults)?;
    let head = Head::read(&table, HEAD, faults);
    let (title, basis) = (head.texts(TITLE, places, faults), head.texts(BASIS, places, faults));
    let effective = effective(&head, places, faults);
    let fragment = head.maybe(FRAGMENT, places, faults).map_or(Some(false), |row| row.is_marked(VALUE, faults));
    let claims = claims(&head, places, faults);
    let missing = word(&head, MISSING, &words::MISSING, places, faults);
    let short = word(&head, SHORT, &words::SHORT, places, faults);
    let agreement =
        head.maybe(AGREEMENT, places, faults).map_or(Some(None), |row| row.decimal(VALUE, faults).map(Some));
    let kinds = kinds(book, &head, places, faults);
    head.rest(faults);
    let (kinds, nodes) = match kinds {
        Some((kinds, nodes)) => (Some(kinds), Some(nodes)),
        None => (None, None),
    };
    let extras = list(book, EXTRAS, &EXTRA, places, faults, extra_row);
    let groups = list(book, GROUPS, &GROUP, places, faults, group_row);
    let answers = list(book, ANSWERS, &scale::COLUMNS, places, faults, |row, places, faults| {
        scale::read(row, scale::ALONE, "", places, faults)
    });
    Some(Rulebook {
        title: title?,
        basis: basis?,
        effective: effective?,
        fragment: fragment?,
        claims: claims?,
        kinds: kinds?,
        nodes: nodes?,
        extras: extras?,
        groups: groups?,
        answers: answers?,
        missing_group: missing?.map_or(MissingGroup::default(), terms::read),
        short_group: short?.map_or(ShortGroup::default(), terms::read),
        agreement: agreement?,
    })
}

/// A word of the head; nothing where the item or its value is absent.
fn word(
    head: &Head,
    item: head::Item,
    words: &words::Words,
    places: &mut Places,
    faults: &mut Faults,
) -> Option<Option<&'static str>> {
    match head.maybe(item, places, faults).filter(|row| !row.is_blank(VALUE)) {
        None => Some(None),
        Some(row) => row.word(VALUE, words, faults).map(Some),
    }
}

fn effective(head: &Head, places: &mut Places, faults: &mut Faults) -> Option<Option<Effective>> {
    let day = |item, places: &mut Places, faults: &mut Faults| {
        head.maybe(item, places, faults).map_or(Some(None), |row| row.some_day(VALUE, faults))
    };
    let (from, until) = (day(FROM, places, faults), day(UNTIL, places, faults));
    match (from?, until?) {
        (Some(from), until) => Some(Some(Effective { from, until })),
        (None, None) => Some(None),
        (None, Some(_)) => {
            let what = text!("có ngày kết thúc thì phải có ngày bắt đầu", "with a last day there must be a first");
            faults.push("effective_begin", places.of(UNTIL.path), what);
            None
        }
    }
}

fn claims(head: &Head, places: &mut Places, faults: &mut Faults) -> Option<Claims> {
    let default = Claims::default();
    let digits = head.maybe(DIGITS, places, faults).map_or(Some(None), |row| row.some_count(VALUE, faults));
    let differing = word(head, DIFFERING, &words::DIFFERING, places, faults);
    let digits = match digits? {
        None => default.digits,
        Some(digits) => match u8::try_from(digits) {
            Ok(digits) => digits,
            Err(_) => {
                let what = text!("quá lớn", "it is too large");
                faults.push("cell_not_count", places.of(DIGITS.path), what);
                return None;
            }
        },
    };
    Some(Claims { digits, differing: differing?.map_or(default.differing, terms::read) })
}

/// A node with the place that its row states.
type Placed = (Option<u32>, Place, Node);

/// The kinds of unit that the head names, and the nodes of their sheets.
fn kinds(book: &Book, head: &Head, places: &mut Places, faults: &mut Faults) -> Option<(Vec<KindTotal>, Vec<Node>)> {
    let before = (faults.told.len(), faults.more);
    let mut kinds = Vec::new();
    let mut nodes: Vec<Placed> = Vec::new();
    let mut seen = BTreeSet::new();
    places.put(KIND.path, Place::sheet(HEAD));
    for row in head.all(KIND) {
        let kind = row.code(VALUE, faults, |t| Code::parse(t).ok());
        let total = row.decimal(TOTAL, faults);
        let sheet = row.text(SHEET, faults);
        let (Some(kind), Some(total), Some(sheet)) = (kind, total, sheet) else { continue };
        places.put(kind.to_string(), row.place());
        let sheet = sheet.trim();
        match book.find(sheet) {
            Some(grid) if seen.insert(sheet.to_owned()) => {
                if let Some(table) = Table::find(grid, &TREE, faults) {
                    nodes.extend(tree_nodes(&kind, &table, places, faults));
                }
            }
            Some(_) => {
                let what = text!("trang “{sheet}” đã thuộc loại khác", "the sheet {sheet:?} belongs to another kind");
                faults.push("sheet_twice", row.place_of(SHEET), what);
            }
            None => {
                let what = text!("không có trang “{sheet}”", "there is no sheet {sheet:?}");
                faults.push("sheet_missing", row.place_of(SHEET), what);
            }
        }
        kinds.push(KindTotal { kind, total });
    }
    sort(&mut nodes, faults);
    let same = before == (faults.told.len(), faults.more);
    same.then(|| (kinds, nodes.into_iter().map(|(_, _, node)| node).collect()))
}

/// Puts the nodes in the order that they state; where one states its place, all must, each another.
fn sort(nodes: &mut [Placed], faults: &mut Faults) {
    if nodes.iter().all(|(order, ..)| order.is_none()) {
        return;
    }
    let mut seen = BTreeSet::new();
    for (order, place, _) in nodes.iter() {
        if order.is_none_or(|order| !seen.insert(order)) {
            let what = text!(
                "cột “Thứ tự” phải để trống ở mọi dòng, hoặc có số khác nhau ở mọi dòng có STT",
                "the column “Thứ tự” is empty in all rows, or has another number in each row with an STT"
            );
            faults.push("order_wrong", place.clone(), what);
        }
    }
    nodes.sort_by_key(|(order, ..)| *order);
}

fn tree_nodes(kind: &Code, table: &Table, places: &mut Places, faults: &mut Faults) -> Vec<Placed> {
    let rows: Vec<Row> = table.rows().collect();
    let mut nodes = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let row = &rows[at];
        let below = rows[at + 1..].iter().take_while(|r| r.is_blank(tree::STT)).count();
        if row.is_blank(tree::STT) {
            let what = text!("phải có STT, hoặc đứng dưới dòng có STT", "it needs an STT, or a row with one above it");
            faults.push("row_unexpected", row.place_of(tree::STT), what);
        } else {
            nodes.extend(node(kind, row, &rows[at + 1..=at + below], places, faults));
        }
        at += 1 + below;
    }
    nodes
}

fn node(kind: &Code, row: &Row, below: &[Row], places: &mut Places, faults: &mut Faults) -> Option<Placed> {
    let code = row.numbering(tree::STT, faults);
    let title = row.texts(tree::TITLE, tree::TITLE_EN, faults);
    let maximum = row.decimal(tree::MAXIMUM, faults);
    let order = row.some_count(tree::ORDER, faults);
    let is_leaf = !row.is_blank(tree::SOURCE) || !row.is_blank(tree::RULE) || !below.is_empty();
    let leaf = if is_leaf { leaf(row, below, faults).map(Some) } else { Some(None) };
    row.rest(faults);
    if let Some(code) = &code {
        places.put(format!("{kind} {code}"), row.place());
    }
    Some((order?, row.place(), node_of(kind, code?, title?, maximum?, leaf?)))
}

fn node_of(kind: &Code, code: Code, title: Text, maximum: Decimal, leaf: Option<Leaf>) -> Node {
    Node { kind: kind.clone(), code, title, maximum, leaf }
}

fn leaf(row: &Row, below: &[Row], faults: &mut Faults) -> Option<Leaf> {
    let source = row.word(tree::SOURCE, &SOURCES, faults);
    let kind = row.word(tree::RULE, &RULES, faults);
    let evidence = row.is_marked(tree::EVIDENCE, faults);
    let asks = row.some_texts(tree::ASKS, tree::ASKS_EN, faults);
    let exemptible = row.is_marked(tree::EXEMPTIBLE, faults);
    let rule = kind.and_then(|kind| {
        let rows = Rows::new(kind, row.place_of(tree::RULE), below, faults);
        rule(rows, faults)
    });
    Some(Leaf { source: terms::read(source?), rule: rule?, evidence: evidence?, asks: asks?, exemptible: exemptible? })
}

/// The rows of a sheet that may be absent.
fn list<T>(
    book: &Book,
    sheet: &str,
    columns: &'static [crate::table::Column],
    places: &mut Places,
    faults: &mut Faults,
    read: impl Fn(&Row, &mut Places, &mut Faults) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(grid) = book.find(sheet) else { return Some(Vec::new()) };
    let table = Table::find(grid, columns, faults)?;
    let mut found = Vec::new();
    let mut whole = true;
    for row in table.rows() {
        match read(&row, places, faults) {
            Some(value) => found.push(value),
            None => whole = false,
        }
    }
    whole.then_some(found)
}

fn extra_row(row: &Row, places: &mut Places, faults: &mut Faults) -> Option<Extra> {
    let parse = |t: &str| Code::parse(t).ok();
    let (kind, code) = (row.code(extra::KIND, faults, parse), row.code(extra::CODE, faults, parse));
    let title = row.texts(extra::TITLE, extra::TITLE_EN, faults);
    let sign = row.word(extra::SIGN, &SIGNS, faults);
    let cap = row.decimal(extra::CAP, faults);
    row.rest(faults);
    let (kind, code) = (kind?, code?);
    places.put(format!("extra {kind} {code}"), row.place());
    Some(Extra { kind, code, title: title?, sign: terms::read(sign?), cap: cap? })
}

fn group_row(row: &Row, places: &mut Places, faults: &mut Faults) -> Option<Group> {
    let parse = |t: &str| Code::parse(t).ok();
    let (kind, code) = (row.code(group::KIND, faults, parse), row.code(group::CODE, faults, parse));
    let title = row.texts(group::TITLE, group::TITLE_EN, faults);
    let (weight, sample) = (row.some_decimal(group::WEIGHT, faults), row.some_count(group::SAMPLE, faults));
    let margin = row.some_decimal(group::MARGIN, faults);
    row.rest(faults);
    let (kind, code) = (kind?, code?);
    places.put(format!("group {kind} {code}"), row.place());
    Some(Group { kind, code, title: title?, weight: weight?, sample: sample?, margin: margin? })
}
