//! An appraiser's sheet that came back, as the decisions that he chose.
//! A row without a decision is nothing; one that is changed and has none is a fault, not a guess.

use std::collections::BTreeMap;

use domain::{LeafNode, Round, UnitState, fits, leaf_points};
use proto::act::appraisal::{AdjustScore, Appraisal, ConfirmScore, FlagScore};
use proto::act::round::Stage;
use proto::act::sheet::Inputs;
use proto::document::{Lang, Text};
use proto::rows::{ExemptionState, FlagState};
use proto::score::StageState;
use proto::{Act, Acting, Decimal, Exact, UnitId, text};

use super::Basis;
use super::appraisal::{What, scope, standing};
use super::cells::{self, in_words};
use super::layout::{
    CLAIMED, CODE, DECISION, DECISIONS, EXPLANATION, FILES, OPTION, POINTS, PRESENT, REASON, TITLE, UNIT,
};
use super::preview::{Entry, Outcome, Preview, command};
use super::rows::{Is, Seen, name, of, revision, same_text, stated, table};
use super::slots::{same, slots};
use crate::book::Book;
use crate::fault::Faults;
use crate::table::Row;

/// Reads the workbook.
pub fn read(book: &Book, what: What, made: &Basis, now: &Basis, acting: &Acting) -> Result<Preview, Faults> {
    let mut faults = Faults::default();
    let (block, field, appraisal) = what;
    let scope = scope(made.round, block, field);
    let place = |unit: &str| scope.iter().position(|(state, _)| state.unit.as_str() == unit);
    let (mut seen, mut found) = (Seen::default(), BTreeMap::new());
    if let Some(table) = table(book, &mut faults) {
        for row in table.rows() {
            let unit = row.code(UNIT, &mut faults, |text| UnitId::parse(text).ok());
            let Some(unit) = unit else { continue };
            let Some(at) = place(unit.as_str()) else {
                let what = text!("khối này không có đơn vị {unit}", "the block has no unit {unit}");
                faults.push("row_unknown", row.place_of(UNIT), what);
                continue;
            };
            let then = scope[at].0;
            if row.is_blank(CODE) {
                // The unit's own heading.
                row.passes(&[TITLE]);
                row.rest(&mut faults);
                continue;
            }
            let Is::Leaf(leaf) = of(&row, &then.tree, &mut faults) else { continue };
            if !scope[at].1.contains(&leaf) {
                let what = text!("tiêu chí không thuộc lĩnh vực {field}", "it is no leaf of the field {field}");
                faults.push("row_unknown", row.place_of(CODE), what);
                continue;
            }
            let Some((_, state)) = now.round.unit(&unit) else { continue };
            if seen.take((at, leaf), &row, &mut faults)
                && let Some(entry) = entry(&row, leaf, appraisal, (made, then), (now, state), acting, &mut faults)
            {
                found.insert((at, leaf), entry);
            }
        }
    }
    book.rest(&mut faults);
    faults.none()?;
    let wanted = scope.iter().enumerate().flat_map(|(at, (unit, leaves))| {
        leaves.iter().map(move |leaf| {
            let node = &unit.tree.leaves[*leaf];
            ((at, *leaf), format!("{} {}", unit.unit, name(&node.code, cells::title(&unit.tree, node))))
        })
    });
    Ok(Preview { entries: found.into_values().collect(), remarks: seen.remarks(wanted) })
}

/// What a row says.
struct Wanted {
    decision: Option<&'static str>,
    inputs: Option<Inputs>,
    points: Option<Decimal>,
    reason: String,
}

fn entry(
    row: &Row,
    at: usize,
    appraisal: Appraisal,
    (made, then): (&Basis, &UnitState),
    (now, unit): (&Basis, &UnitState),
    acting: &Acting,
    faults: &mut Faults,
) -> Option<Entry> {
    let (leaf, before, after) = (&then.tree.leaves[at], &then.sheet.scores[at], &unit.sheet.scores[at]);
    row.passes(&[CLAIMED, EXPLANATION, FILES, PRESENT]);
    revision(row, before.revision, faults)?;
    let wanted = match before.exemption {
        Some(ExemptionState::Accepted) => None,
        _ => wanted(row, leaf, faults)?.decided(row, standing(made.round, then, at), faults)?,
    };
    row.rest(faults);
    let (was, counted) = (told(made.round, then, at), leaf_points(made.round, then, at).0);
    let act = match &wanted {
        Some(wanted) => Some(act(row, leaf, wanted, (made, now, unit, before.revision, appraisal), faults)?),
        None => None,
    };
    let alike = act.as_ref().is_some_and(|act| is_done(act, counted.as_ref(), after, appraisal));
    let outcome = Outcome::of(act.is_some(), after.revision != before.revision, alike);
    let wanted = wanted.map_or_else(|| was.clone(), |wanted| said(leaf, &wanted, act.as_ref()));
    Some(Entry {
        unit: unit.unit.clone(),
        leaf: leaf.code.clone(),
        title: cells::title(&then.tree, leaf).clone(),
        outcome,
        was,
        now: told(now.round, unit, at),
        wanted,
        seen: before.revision,
        revision: after.revision,
        command: act.filter(|_| outcome == Outcome::Changed).map(|act| command(&now.log.origin, acting, act)),
    })
}

fn wanted(row: &Row, leaf: &LeafNode, faults: &mut Faults) -> Option<Wanted> {
    let decision = match row.is_blank(DECISION) {
        true => Some(None),
        false => row.word(DECISION, &DECISIONS, faults).map(Some),
    };
    let inputs = slots(&leaf.leaf.rule).read(row, faults);
    let points = row.some_decimal(POINTS, faults);
    let reason = row.text(REASON, faults);
    row.passes(&[DECISION]);
    Some(Wanted { decision: decision?, inputs: inputs?, points: points?, reason: reason? })
}

impl Wanted {
    /// Itself where it decides something; a fault where it says more than its decision takes.
    fn decided(self, row: &Row, stood: Option<&StageState>, faults: &mut Faults) -> Option<Option<Self>> {
        let none = Inputs::default();
        let unmoved = match (&self.inputs, stood) {
            (Some(inputs), Some(stood)) => same(inputs, &stood.inputs),
            (Some(_), None) => false,
            (None, stood) => stood.is_none_or(|stood| same(&none, &stood.inputs)),
        };
        let mut fault = |code, column, what| {
            faults.push(code, row.place_of(column), what);
            None
        };
        match self.decision {
            Some("adjust") => Some(Some(self)),
            None if unmoved && self.points.is_none() && self.reason.trim().is_empty() => Some(None),
            None => {
                let what =
                    text!("dòng đã được điền nhưng chưa chọn quyết định", "the row was filled in, but has no decision");
                fault("decision_missing", DECISION, what)
            }
            Some(_) if !unmoved || self.points.is_some() => {
                let what = text!(
                    "chỉ “điều chỉnh” mới sửa phương án, số liệu, ngày hoặc điểm",
                    "only an adjustment changes option, figures, day or points"
                );
                fault("decision_takes_less", if unmoved { POINTS } else { OPTION }, what)
            }
            Some("confirm") if !self.reason.trim().is_empty() => {
                let what = text!("“công nhận” không ghi lý do", "a confirmation has no reason");
                fault("decision_takes_less", REASON, what)
            }
            Some(_) => Some(Some(self)),
        }
    }
}

/// What a decision asks for.
fn act(
    row: &Row,
    leaf: &LeafNode,
    wanted: &Wanted,
    (made, now, unit, revision, appraisal): (&Basis, &Basis, &UnitState, u64, Appraisal),
    faults: &mut Faults,
) -> Option<Act> {
    let (round, of, leaf_code) = (now.round.id().clone(), unit.unit.clone(), leaf.code.clone());
    let mut refuse = |refused: proto::Rejection, column| {
        let what = Text::new(refused.sentence(Lang::Vi), refused.sentence(Lang::En));
        faults.push(refused.code(), row.place_of(column), what);
        None
    };
    let act = match wanted.decision {
        Some("confirm") => Act::ConfirmScore(ConfirmScore { round, unit: of, leaf: leaf_code, revision, appraisal }),
        Some("flag") => {
            Act::FlagScore(FlagScore { round, unit: of, leaf: leaf_code, revision, reason: wanted.reason.clone() })
        }
        _ => {
            let inputs = wanted.inputs.clone().unwrap_or_default();
            let by_rule = match domain::computed(leaf, &inputs) {
                Ok(points) => points.and_then(|points| stated(&points, now.round.book.claims.digits)),
                Err(refused) => return refuse(refused, OPTION),
            };
            let Some(points) = wanted.points.or(by_rule) else {
                let what = text!("phải ghi điểm thẩm định", "the points must be stated");
                faults.push("claim_missing", row.place_of(POINTS), what);
                return None;
            };
            let reason = wanted.reason.clone();
            Act::AdjustScore(AdjustScore {
                round,
                unit: of,
                leaf: leaf_code,
                revision,
                appraisal,
                inputs,
                points,
                reason,
            })
        }
    };
    // What the sheet was made from is what the appraiser has judged.
    match fits(made.round, &act) {
        Ok(()) => Some(act),
        Err(refused) => refuse(refused, if wanted.reason.trim().is_empty() { REASON } else { POINTS }),
    }
}

/// Whether the log says already what an act asks for.
fn is_done(act: &Act, counted: Option<&Exact>, after: &proto::score::Score, appraisal: Appraisal) -> bool {
    let stage = after.stage(if appraisal == Appraisal::First { Stage::First } else { Stage::Second });
    match act {
        Act::ConfirmScore(a) => stage
            .is_some_and(|stage| stage.event > a.revision && stage.reason.is_empty() && counted == Some(&stage.points)),
        Act::AdjustScore(a) => stage.is_some_and(|stage| {
            stage.event > a.revision && same(&stage.inputs, &a.inputs) && same_text(&stage.reason, &a.reason)
        }),
        Act::FlagScore(a) => after.revision > a.revision && after.flag == Some(FlagState::Raised),
        _ => false,
    }
}

/// What stands, and the points that count: of a sheet that was not handed in they may be 0.
fn told(round: &Round, unit: &UnitState, at: usize) -> Text {
    let inputs = standing(round, unit, at).map(|stage| &stage.inputs);
    in_words(&unit.tree.leaves[at], inputs, leaf_points(round, unit, at).0.as_ref(), "")
}

fn said(leaf: &LeafNode, wanted: &Wanted, act: Option<&Act>) -> Text {
    let decision = wanted.decision.map_or(("", ""), |code| (DECISIONS.of(code).vi, DECISIONS.of(code).en));
    let words = match act {
        Some(Act::AdjustScore(a)) => in_words(leaf, Some(&a.inputs), Some(&Exact::from(a.points)), &a.reason),
        Some(Act::FlagScore(a)) => in_words(leaf, None, None, &a.reason),
        _ => return Text::new(decision.0, decision.1),
    };
    Text::new(format!("{}: {}", decision.0, words.vi), format!("{}: {}", decision.1, words.en))
}
