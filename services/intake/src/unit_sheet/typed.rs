//! What was typed into a leaf's fields on a page, as the self-score or the adjustment that it makes. All that is wrong is told at once, each at its field;
//! files that are attached stay attached, and others come beside them.

use domain::{LeafNode, Round, UnitState};
use proto::act::appraisal::AdjustScore;
use proto::act::round::Stage;
use proto::act::sheet::{Evidence, Figure, Inputs};
use proto::document::Text;
use proto::filling::{Typed, TypedFault, TypedQuery, TypedTold, figure_field};
use proto::score::{Score, StageState};
use proto::work::{JudgedQuery, JudgedTold};
use proto::{Act, Code, Decimal, Rejection, text};

use super::form::NEVER;
use super::scored::{Part, Said, Wrong, fitting, read, scored};
use super::slots::slots;
use crate::grid::Cell;
use crate::value;

/// What it comes to.
///
/// # Errors
/// `leaf_unknown`; what kept the leaf from being one that a unit scores.
pub fn told(round: &Round, unit: &UnitState, query: &TypedQuery) -> Result<TypedTold, Rejection> {
    let (leaf, score) = leaf_of(unit, &query.leaf)?;
    let (inputs, points) = match typed(leaf, score.stage(Stage::Own), &query.typed) {
        Ok(typed) => typed,
        Err(faults) => return Ok(TypedTold { by_rule: None, act: None, faults }),
    };
    let said = Said {
        revision: query.revision,
        inputs,
        points,
        evidence: with(&score.evidence, &query.attach),
        explanation: query.typed.explanation.trim().to_owned(),
    };
    let (by_rule, scored) = scored(round, unit, leaf, said);
    let (act, faults) = or_faults(scored);
    Ok(TypedTold { by_rule, act, faults })
}

/// What an appraiser's adjustment comes to; its reason stands where a unit explains.
///
/// # Errors
/// As [`told`].
pub fn judged(round: &Round, unit: &UnitState, query: &JudgedQuery) -> Result<JudgedTold, Rejection> {
    let (leaf, score) = leaf_of(unit, &query.leaf)?;
    let (inputs, points) = match typed(leaf, unit.sheet.final_stage(score, round.policy()), &query.typed) {
        Ok(typed) => typed,
        Err(faults) => return Ok(JudgedTold { by_rule: None, act: None, faults }),
    };
    let (by_rule, read) = read(round, leaf, inputs, points);
    let act = |(inputs, points)| AdjustScore {
        round: query.round.clone(),
        unit: query.unit.clone(),
        leaf: query.leaf.clone(),
        revision: query.revision,
        appraisal: query.appraisal,
        inputs,
        points,
        reason: query.typed.explanation.trim().to_owned(),
    };
    let (act, faults) = or_faults(read.map(act).and_then(|act| fitting(round, act, Act::AdjustScore)));
    Ok(JudgedTold { by_rule, act, faults })
}

fn leaf_of<'u>(unit: &'u UnitState, leaf: &Code) -> Result<(&'u LeafNode, &'u Score), Rejection> {
    let (at, node) = unit.tree.leaf(leaf).ok_or_else(|| Rejection::LeafUnknown { leaf: leaf.clone() })?;
    Ok((node, &unit.sheet.scores[at]))
}

fn or_faults<A>(made: Result<A, Wrong>) -> (Option<A>, Vec<TypedFault>) {
    match made {
        Ok(act) => (Some(act), Vec::new()),
        Err(Wrong { part, code, text }) => (None, vec![fault(field_of(part), code, text)]),
    }
}

/// The inputs and the points that were typed, each if there are any.
type TypedIn = (Option<Inputs>, Option<Decimal>);

fn typed(leaf: &LeafNode, before: Option<&StageState>, given: &Typed) -> Result<TypedIn, Vec<TypedFault>> {
    let mut faults = Vec::new();
    let inputs = inputs(leaf, before, given, &mut faults);
    let points = field(&given.points, "points", value::decimal, &mut faults);
    inputs.zip(points).ok_or(faults)
}

/// The files that stand at a score, and those beside them, each once.
fn with(standing: &[Evidence], beside: &[Evidence]) -> Vec<Evidence> {
    let new = |file: &&Evidence| standing.iter().all(|standing| standing.address != file.address);
    standing.iter().chain(beside.iter().filter(new)).cloned().collect()
}

/// The inputs, `Some(None)` where nothing was said; none where something is wrong with them.
fn inputs(
    leaf: &LeafNode,
    before: Option<&StageState>,
    given: &Typed,
    faults: &mut Vec<TypedFault>,
) -> Option<Option<Inputs>> {
    let slots = slots(&leaf.leaf.rule);
    let mut figures = Vec::new();
    for name in &slots.named {
        let of = figure_field(&name.name);
        let written = given.figures.iter().find(|figure| figure.name == name.name).map_or("", |f| f.value.as_str());
        figures.push((name.name.clone(), field(written, &of, value::decimal, faults)));
    }
    let day = if slots.day { field(&given.day, "day", value::day, faults) } else { Some(None) };
    let choice = given.option.trim();
    let never = slots.day && choice == NEVER;
    let known = choice.is_empty()
        || never
        || slots.choices.iter().any(|c| c.code.as_ref().is_some_and(|c| c.as_str() == choice));
    if !known {
        let list = slots.choices.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(" | ");
        let told = text!("cần một trong: {list}", "one of these is expected: {list}");
        faults.push(fault("option", "option_unknown", told));
    }
    let day = day?;
    if slots.day && known && never == day.is_some() {
        let told = text!(
            "cần một trong hai: ngày thực hiện, hoặc chọn không thực hiện",
            "one of the two is expected: the day, or that it was never done"
        );
        faults.push(fault("day", "inputs_contradict", told));
    }
    let mut read = Vec::new();
    for (name, value) in figures {
        read.extend(value?.map(|value| Figure { name, value }));
    }
    // What a rule asks for none of, a sheet that was filled in otherwise may have: it is not lost here.
    let kept = before.filter(|_| slots.free).map_or_else(Vec::new, |before| before.inputs.figures.clone());
    read.extend(kept);
    if !faults.is_empty() {
        return None;
    }
    let option = (!never && !choice.is_empty()).then(|| Code::parse(choice).ok()).flatten();
    let inputs = Inputs { option, figures: read, date: day };
    let bare = inputs.option.is_none() && inputs.figures.is_empty() && inputs.date.is_none() && !never;
    Some((!bare).then_some(inputs))
}

/// What was typed into one field; `Some(None)` for nothing.
fn field<T>(
    written: &str,
    name: &str,
    read: impl Fn(&Cell) -> Result<T, value::Wrong>,
    faults: &mut Vec<TypedFault>,
) -> Option<Option<T>> {
    if written.trim().is_empty() {
        return Some(None);
    }
    match read(&Cell::Text(written.to_owned())) {
        Ok(value) => Some(Some(value)),
        Err((code, told)) => {
            faults.push(fault(name, code, told));
            None
        }
    }
}

fn fault(field: &str, code: &str, text: Text) -> TypedFault {
    TypedFault { field: field.to_owned(), code: code.to_owned(), text }
}

/// The field of a part.
fn field_of(part: Part) -> &'static str {
    match part {
        Part::Whole | Part::Inputs => "",
        Part::Points => "points",
        Part::Explanation => "explanation",
    }
}
