//! A unit's leaves by field: every stage beside the others, and where appraisal lowered the claim.
//! A leaf without a row in the projection is shown without points, never left out.

use std::collections::HashMap;

use proto::act::round::Stage;
use proto::document::Source;
use proto::rows::{ExemptionState, Level, NodeRow, ScoreRow, TotalRow, UnitRow};
use proto::{Code, Exact};

use crate::number::Printer;
use crate::table::{self, Cell, Column, Row, Table, Value, cell, column, text};
use crate::words::{self, Words, fill, pick};

/// A field with its criteria and leaves, in the tree's order.
pub struct Field {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Points reached.
    pub reached: String,
    /// The applicable maximum.
    pub maximum: String,
    /// What stands in it.
    pub table: Table,
}

/// What appraisal took from the unit's own scores.
#[derive(Default)]
pub struct Lowered {
    /// At how many leaves.
    pub leaves: u64,
    /// How much in all.
    pub points: Exact,
}

/// The fields of a tree with a unit's scores.
pub fn fields(
    printer: &Printer,
    unit: &UnitRow,
    nodes: &[NodeRow],
    totals: &[TotalRow],
    scores: &[ScoreRow],
) -> Vec<Field> {
    let totals: HashMap<&Code, &TotalRow> = totals.iter().map(|t| (&t.node, t)).collect();
    let scores: HashMap<&Code, &ScoreRow> = scores.iter().map(|s| (&s.leaf, s)).collect();
    let path = format!("/rounds/{}/units/{}", unit.round, unit.unit);
    let mut fields: Vec<Field> = Vec::new();
    for node in nodes {
        let total = totals.get(&node.code).copied();
        let row = match node.level {
            Level::Field => {
                fields.push(field(printer, node, total));
                continue;
            }
            Level::Criterion => criterion(printer, node, total),
            Level::Leaf => leaf(printer, &path, node, scores.get(&node.code).copied()),
        };
        // A parent stands before its children, so a line's field is the last one.
        if let Some(field) = fields.last_mut() {
            field.table.rows.push(row);
        }
    }
    fields
}

/// Where the final points are below the unit's own, and by how much in all.
pub fn lowered(scores: &[ScoreRow]) -> Lowered {
    let mut lowered = Lowered::default();
    for difference in scores.iter().filter_map(difference).filter(Exact::is_negative) {
        lowered.leaves += 1;
        lowered.points = &lowered.points - &difference;
    }
    lowered
}

/// Final points less the unit's own, where a later stage changed them.
fn difference(score: &ScoreRow) -> Option<Exact> {
    let decided = score.final_stage.is_some_and(|stage| stage != Stage::Own);
    let applies = score.exemption != Some(ExemptionState::Accepted);
    let difference = score.final_points.as_ref()? - score.self_points.as_ref()?;
    (decided && applies && !difference.is_zero()).then_some(difference)
}

fn field(printer: &Printer, node: &NodeRow, total: Option<&TotalRow>) -> Field {
    let (reached, maximum) = total.map_or_else(Default::default, |t| (t.reached.clone(), t.maximum.clone()));
    let title = title(printer, node);
    Field {
        code: node.code.to_string(),
        reached: printer.points(&reached),
        maximum: printer.points(&maximum),
        table: Table {
            name: format!("tieu-chi-{}", node.code),
            caption: format!("{}. {title}", node.code),
            class: "leaves",
            label: format!("field-{}", node.code),
            lang: printer.lang,
            digits: printer.digits,
            columns: columns(Words::of(printer.lang)),
            rows: Vec::new(),
        },
        title,
    }
}

fn columns(t: &Words) -> Vec<Column> {
    vec![
        column("leaf", t.leaf_code, "").in_files(),
        column("title", t.leaf, "").naming(),
        column("maximum", t.col_maximum, "num"),
        column("self", t.col_self, "num"),
        column("first", t.col_first, "num").long(t.col_first_long),
        column("second", t.col_second, "num").long(t.col_second_long),
        column("council", t.col_council, "num").long(t.col_council_long),
        column("correction", t.col_correction, "num").long(t.col_correction_long),
        column("survey", t.col_survey, "num").long(t.col_survey_long),
        column("final", t.col_final, "num final"),
        column("difference", t.leaf_difference, "num").in_files(),
        column("marks", t.col_marks, "marks"),
        column("evidence", t.col_evidence, "num").long(t.col_evidence_long),
        column("revision", t.col_revision, "num").long(t.col_revision_long),
    ]
}

fn criterion(printer: &Printer, node: &NodeRow, total: Option<&TotalRow>) -> Row {
    let empty = || cell(Value::Empty);
    let points = |value: Option<&Exact>| cell(value.map_or(Value::Empty, |value| printer.value(Some(value))));
    let name = Cell { lead: Some((String::new(), node.code.to_string())), ..text(title(printer, node)) };
    let mut cells = vec![text(node.code.to_string()), name, points(total.map(|t| &t.maximum))];
    cells.extend((0..6).map(|_| empty()));
    cells.push(points(total.map(|t| &t.reached)));
    cells.extend((0..4).map(|_| empty()));
    Row { class: "criterion", sum: false, cells }
}

/// A leaf. Stages without points are empty.
fn leaf(printer: &Printer, path: &str, node: &NodeRow, score: Option<&ScoreRow>) -> Row {
    let t = Words::of(printer.lang);
    let points = |of: fn(&ScoreRow) -> &Option<Exact>| {
        cell(score.and_then(|s| of(s).as_ref()).map_or(Value::Empty, |p| printer.value(Some(p))))
    };
    let of_survey = node.source == Some(Source::Survey);
    let evidence = score.map_or(0, |s| s.evidence);
    let difference = score.and_then(difference);
    let is_lowered = difference.as_ref().is_some_and(Exact::is_negative);
    let code = node.code.to_string();
    let name = Cell {
        lead: Some((format!("{path}/history?leaf={code}"), code.clone())),
        more: Some((format!("{path}/explain?node={code}"), t.explain_link, code.clone())),
        ..text(title(printer, node))
    };
    let final_points = cell(printer.value(score.and_then(|s| s.final_points.as_ref())));
    let mark = difference.as_ref().map(|by| told(printer, by));
    let cells = vec![
        text(code),
        name,
        cell(printer.value(Some(&node.maximum))),
        points(|s| &s.self_points),
        points(|s| &s.first_points),
        points(|s| &s.second_points),
        points(|s| &s.council_points),
        points(|s| &s.correction_points),
        points(|s| &s.survey_points),
        Cell { mark, ..final_points },
        cell(difference.as_ref().map_or(Value::Empty, |by| printer.value(Some(by)))),
        Cell::tagged(score.map_or_else(Vec::new, |s| marks(printer, s))),
        cell(if of_survey { Value::Empty } else { Value::Count(evidence) }),
        cell(Value::Count(score.map_or(0, |s| s.revision))),
    ];
    Row { class: if is_lowered { "lowered" } else { "" }, sum: false, cells }
}

/// How far final points are from the unit's own, for the eye and in words.
fn told(printer: &Printer, difference: &Exact) -> table::Mark {
    let t = Words::of(printer.lang);
    let lowered = difference.is_negative();
    let by = if lowered { &Exact::zero() - difference } else { difference.clone() };
    let by = printer.points(&by);
    let (class, sign, words) =
        if lowered { ("difference down", "▼", t.lowered) } else { ("difference up", "▲", t.raised) };
    table::Mark { class, sign: format!("{sign}{by}"), words: fill(words, &[&by]) }
}

/// Flag and exemption in words, each with its look.
fn marks(printer: &Printer, score: &ScoreRow) -> Vec<(&'static str, &'static str)> {
    let flag = score.flag.map(|f| ("flag", words::flag(printer.lang, f)));
    let exemption = score.exemption.map(|e| ("exempt", words::exemption(printer.lang, e)));
    flag.into_iter().chain(exemption).collect()
}

fn title(printer: &Printer, node: &NodeRow) -> String {
    pick(printer.lang, &node.title_vi, &node.title_en).to_owned()
}
