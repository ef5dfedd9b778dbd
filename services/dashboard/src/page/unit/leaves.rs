//! A unit's leaves by field: every stage beside the others, and where appraisal lowered the claim.
//! A leaf without a row in the projection is shown without points, never left out.

use std::collections::HashMap;

use proto::act::round::Stage;
use proto::document::Source;
use proto::rows::{ExemptionState, Level, NodeRow, ScoreRow, TotalRow};
use proto::{Code, Exact};

use crate::number::Printer;
use crate::page::Bar;
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
    /// Their ratio.
    pub percent: String,
    /// The same as a bar.
    pub bar: Bar,
    /// What stands in it.
    pub lines: Vec<Line>,
}

/// A line of a field's table.
pub enum Line {
    /// A criterion with leaves below it.
    Criterion {
        /// Its code.
        code: String,
        /// Its title.
        title: String,
        /// Points reached of the applicable maximum.
        total: String,
    },
    /// A scoring leaf.
    Leaf(Box<Leaf>),
}

/// A scoring leaf. Stages without points are empty.
pub struct Leaf {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its maximum.
    pub maximum: String,
    /// The unit's own points.
    pub own: String,
    /// Points of the stages after that: first, second, council, correction.
    pub stages: [String; 4],
    /// Points of the survey.
    pub survey: String,
    /// The final points.
    pub points: String,
    /// How far they are from the unit's own.
    pub difference: Option<Difference>,
    /// Flag and exemption in words.
    pub marks: Vec<Mark>,
    /// Pieces of evidence.
    pub evidence: String,
    /// Its revision.
    pub revision: u64,
}

/// How far final points are from the unit's own.
pub struct Difference {
    /// Whether they are below.
    pub lowered: bool,
    /// By how much.
    pub by: String,
    /// The same in words.
    pub words: String,
}

/// A mark at a leaf.
pub struct Mark {
    /// What it says.
    pub text: &'static str,
    /// How it looks.
    pub class: &'static str,
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
pub fn fields(printer: &Printer, nodes: &[NodeRow], totals: &[TotalRow], scores: &[ScoreRow]) -> Vec<Field> {
    let totals: HashMap<&Code, &TotalRow> = totals.iter().map(|t| (&t.node, t)).collect();
    let scores: HashMap<&Code, &ScoreRow> = scores.iter().map(|s| (&s.leaf, s)).collect();
    let mut fields: Vec<Field> = Vec::new();
    for node in nodes {
        let total = totals.get(&node.code).copied();
        let line = match node.level {
            Level::Field => {
                fields.push(field(printer, node, total));
                continue;
            }
            Level::Criterion => criterion(printer, node, total),
            Level::Leaf => Line::Leaf(Box::new(leaf(printer, node, scores.get(&node.code).copied()))),
        };
        // A parent stands before its children, so a line's field is the last one.
        if let Some(field) = fields.last_mut() {
            field.lines.push(line);
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
    Field {
        code: node.code.to_string(),
        title: title(printer, node),
        reached: printer.points(&reached),
        maximum: printer.points(&maximum),
        percent: printer.percent(&reached, &maximum),
        bar: Bar::one(&reached, &maximum),
        lines: Vec::new(),
    }
}

fn criterion(printer: &Printer, node: &NodeRow, total: Option<&TotalRow>) -> Line {
    let total = total.map(|t| format!("{} / {}", printer.points(&t.reached), printer.points(&t.maximum)));
    Line::Criterion { code: node.code.to_string(), title: title(printer, node), total: total.unwrap_or_default() }
}

fn leaf(printer: &Printer, node: &NodeRow, score: Option<&ScoreRow>) -> Leaf {
    let points = |of: fn(&ScoreRow) -> &Option<Exact>| {
        score.and_then(|s| of(s).as_ref()).map_or_else(String::new, |p| printer.points(p))
    };
    let evidence = score.map_or(0, |s| s.evidence);
    Leaf {
        code: node.code.to_string(),
        title: title(printer, node),
        maximum: printer.points(&node.maximum),
        own: points(|s| &s.self_points),
        stages: [
            points(|s| &s.first_points),
            points(|s| &s.second_points),
            points(|s| &s.council_points),
            points(|s| &s.correction_points),
        ],
        survey: points(|s| &s.survey_points),
        points: printer.points_or_dash(score.and_then(|s| s.final_points.as_ref())),
        difference: score.and_then(difference).map(|d| told(printer, &d)),
        marks: score.map_or_else(Vec::new, |s| marks(printer, s)),
        evidence: if node.source == Some(Source::Survey) { String::new() } else { evidence.to_string() },
        revision: score.map_or(0, |s| s.revision),
    }
}

fn told(printer: &Printer, difference: &Exact) -> Difference {
    let t = Words::of(printer.lang);
    let lowered = difference.is_negative();
    let by = if lowered { &Exact::zero() - difference } else { difference.clone() };
    let by = printer.points(&by);
    let words = fill(if lowered { t.lowered } else { t.raised }, &[&by]);
    Difference { lowered, by, words }
}

fn marks(printer: &Printer, score: &ScoreRow) -> Vec<Mark> {
    let flag = score.flag.map(|f| Mark { text: words::flag(printer.lang, f), class: "flag" });
    let exemption = score.exemption.map(|e| Mark { text: words::exemption(printer.lang, e), class: "exempt" });
    flag.into_iter().chain(exemption).collect()
}

fn title(printer: &Printer, node: &NodeRow) -> String {
    pick(printer.lang, &node.title_vi, &node.title_en).to_owned()
}
