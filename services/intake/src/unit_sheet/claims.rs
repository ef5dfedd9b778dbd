//! A unit's sheet that came back, as the self-scores that it changes.
//! A score that stands cannot be emptied, and evidence is never lost by being left out: what is attached stays attached.

use std::collections::BTreeMap;

use domain::{LeafNode, UnitState};
use proto::act::round::Stage;
use proto::act::sheet::{Inputs, ScoreSelf};
use proto::document::{Source, Text};
use proto::rows::ExemptionState;
use proto::score::Score;
use proto::{Act, Acting, Decimal, Exact, UnitId, text};

use super::Basis;
use super::cells::{self, in_words};
use super::layout::{CLAIMED, EXPLANATION, FILES, OPTION, PRESENT, TITLE};
use super::preview::{Entry, Outcome, Preview, command};
use super::rows::{Is, Seen, name, of, revision, same_text, stated, table};
use super::scored::{Part, Said, scored};
use super::slots::{same, slots};
use crate::book::Book;
use crate::fault::{Faults, Place};
use crate::table::Row;

/// What a row says.
struct Wanted {
    inputs: Option<Inputs>,
    claimed: Option<Decimal>,
    explanation: String,
}

/// Reads the workbook.
pub fn read(book: &Book, id: &UnitId, made: &Basis, now: &Basis, acting: &Acting) -> Result<Preview, Faults> {
    let mut faults = Faults::default();
    let (Some((_, then)), Some((_, unit))) = (made.round.unit(id), now.round.unit(id)) else {
        return Err(Faults::one(
            "sheet_other_unit",
            Place::File,
            text!("kỳ này không có đơn vị {id}", "the round has no unit {id}"),
        ));
    };
    let (mut seen, mut found) = (Seen::default(), BTreeMap::new());
    if let Some(table) = table(book, &mut faults) {
        for row in table.rows() {
            let at = match of(&row, &then.tree, &mut faults) {
                Is::Leaf(at) => at,
                Is::Heading => {
                    row.rest(&mut faults);
                    continue;
                }
                Is::Faulty => continue,
            };
            if seen.take(at, &row, &mut faults)
                && let Some(entry) = entry(&row, at, (made, then), (now, unit), acting, &mut faults)
            {
                found.insert(at, entry);
            }
        }
    }
    book.rest(&mut faults);
    faults.none()?;
    let wanted = then.tree.leaves.iter().enumerate();
    let remarks = seen.remarks(wanted.map(|(at, leaf)| (at, name(&leaf.code, cells::title(&then.tree, leaf)))));
    Ok(Preview { entries: found.into_values().collect(), remarks })
}

fn entry(
    row: &Row,
    at: usize,
    (made, then): (&Basis, &UnitState),
    (now, unit): (&Basis, &UnitState),
    acting: &Acting,
    faults: &mut Faults,
) -> Option<Entry> {
    let (leaf, before, after) = (&then.tree.leaves[at], &then.sheet.scores[at], &unit.sheet.scores[at]);
    row.passes(&[FILES, PRESENT]);
    revision(row, before.revision, faults)?;
    let locked = leaf.leaf.source == Source::Survey || before.exemption == Some(ExemptionState::Accepted);
    let wanted = if locked { None } else { Some(wanted(row, leaf, faults)?) };
    row.rest(faults);
    let digits = made.round.book.claims.digits;
    let says = |score: &Score, wanted: &Wanted| agrees(leaf, score, wanted, digits);
    let changed = wanted.as_ref().filter(|wanted| !says(before, wanted));
    let alike = wanted.as_ref().is_some_and(|wanted| says(after, wanted));
    let outcome = Outcome::of(changed.is_some(), after.revision != before.revision, alike);
    let mut entry = Entry {
        unit: unit.unit.clone(),
        leaf: leaf.code.clone(),
        title: cells::title(&then.tree, leaf).clone(),
        outcome,
        was: stands(leaf, before),
        now: stands(leaf, after),
        wanted: stands(leaf, before),
        seen: before.revision,
        revision: after.revision,
        command: None,
    };
    if let Some(wanted) = changed {
        let act = act(row, leaf, wanted, (now, unit, before, after), faults)?;
        let (inputs, claimed) = (&act.inputs, Exact::from(act.claimed));
        entry.wanted = in_words(leaf, Some(inputs), Some(&claimed), &act.explanation);
        entry.command = (outcome == Outcome::Changed).then(|| command(&now.log.origin, acting, Act::ScoreSelf(act)));
    }
    Some(entry)
}

fn wanted(row: &Row, leaf: &LeafNode, faults: &mut Faults) -> Option<Wanted> {
    let inputs = slots(&leaf.leaf.rule).read(row, faults);
    let claimed = row.some_decimal(CLAIMED, faults);
    let explanation = row.text(EXPLANATION, faults);
    Some(Wanted { inputs: inputs?, claimed: claimed?, explanation: explanation? })
}

/// Whether a row says what a score says already.
fn agrees(leaf: &LeafNode, score: &Score, wanted: &Wanted, digits: u8) -> bool {
    let Some(own) = score.stage(Stage::Own) else {
        return wanted.inputs.is_none() && wanted.claimed.is_none() && wanted.explanation.trim().is_empty();
    };
    let none = Inputs::default();
    let inputs = wanted.inputs.as_ref().unwrap_or(&none);
    let points = match wanted.claimed {
        Some(claimed) if Some(claimed) == stated(&own.points, digits) => Some(own.points.clone()),
        Some(claimed) => Some(claimed.into()),
        None => domain::computed(leaf, inputs).ok().flatten(),
    };
    same(inputs, &own.inputs)
        && points.as_ref() == Some(&own.points)
        && same_text(&wanted.explanation, &score.explanation)
}

/// The self-score that a changed row makes.
fn act(
    row: &Row,
    leaf: &LeafNode,
    wanted: &Wanted,
    (now, unit, before, after): (&Basis, &UnitState, &Score, &Score),
    faults: &mut Faults,
) -> Option<ScoreSelf> {
    let empty = wanted.inputs.is_none() && wanted.claimed.is_none();
    if empty && before.stage(Stage::Own).is_some() {
        let what =
            text!("điểm đã chấm không thể xóa, chỉ có thể sửa", "a score that stands cannot be emptied, only changed");
        faults.push("score_cleared", row.place_of(CLAIMED), what);
        return None;
    }
    let said = Said {
        revision: before.revision,
        inputs: wanted.inputs.clone(),
        points: wanted.claimed,
        evidence: after.evidence.clone(),
        explanation: wanted.explanation.clone(),
    };
    let (_, scored) = scored(now.round, unit, leaf, said);
    scored.map_err(|wrong| faults.push(wrong.code, row.place_of(column_of(wrong.part)), wrong.text)).ok()
}

/// The column of a part.
fn column_of(part: Part) -> usize {
    match part {
        Part::Whole => TITLE,
        Part::Inputs => OPTION,
        Part::Points => CLAIMED,
        Part::Explanation => EXPLANATION,
    }
}

fn stands(leaf: &LeafNode, score: &Score) -> Text {
    let own = score.stage(Stage::Own);
    in_words(leaf, own.map(|s| &s.inputs), own.map(|s| &s.points), &score.explanation)
}
