//! What was typed into a leaf's fields on a page, as the self-score or the adjustment that it makes. All that is wrong is told at once, each at its field;
//! files that are attached stay attached.

use domain::{LeafNode, Round, UnitState, fits};
use proto::act::appraisal::AdjustScore;
use proto::act::round::Stage;
use proto::act::sheet::{Figure, Inputs, ScoreSelf};
use proto::document::{Lang, Text};
use proto::filling::{Typed, TypedFault, TypedQuery, TypedTold, figure_field};
use proto::score::{Score, StageState};
use proto::work::{JudgedQuery, JudgedTold};
use proto::{Act, Code, Decimal, Exact, Rejection, text};

use super::cells::is_stated;
use super::form::NEVER;
use super::rows::stated;
use super::slots::slots;
use crate::grid::Cell;
use crate::value::{self, Wrong};

/// What it comes to.
///
/// # Errors
/// `leaf_unknown`; what kept the leaf from being one that a unit scores.
pub fn told(round: &Round, unit: &UnitState, query: &TypedQuery) -> Result<TypedTold, Rejection> {
    let (leaf, score) = leaf_of(unit, &query.leaf)?;
    let Read { by_rule, said } = read(round, (leaf, score.stage(Stage::Own)), &query.typed);
    let act = |(inputs, claimed)| act(round, unit, query, (score, inputs, claimed));
    let (act, faults) = fitting(round, said.map(act), Act::ScoreSelf);
    Ok(TypedTold { by_rule, act, faults })
}

/// What an appraiser's adjustment comes to; its reason is where a unit explains.
///
/// # Errors
/// As [`told`].
pub fn judged(round: &Round, unit: &UnitState, query: &JudgedQuery) -> Result<JudgedTold, Rejection> {
    let (leaf, score) = leaf_of(unit, &query.leaf)?;
    let Read { by_rule, said } = read(round, (leaf, unit.sheet.final_stage(score, round.policy())), &query.typed);
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
    let (act, faults) = fitting(round, said.map(act), Act::AdjustScore);
    Ok(JudgedTold { by_rule, act, faults })
}

fn leaf_of<'u>(unit: &'u UnitState, leaf: &Code) -> Result<(&'u LeafNode, &'u Score), Rejection> {
    let (at, node) = unit.tree.leaf(leaf).ok_or_else(|| Rejection::LeafUnknown { leaf: leaf.clone() })?;
    Ok((node, &unit.sheet.scores[at]))
}

/// What was typed.
struct Read {
    /// The points that the rule gives.
    by_rule: Option<Exact>,
    /// The inputs and the points, or all that is wrong with them.
    said: Result<(Inputs, Decimal), Vec<TypedFault>>,
}

fn read(round: &Round, (leaf, before): (&LeafNode, Option<&StageState>), given: &Typed) -> Read {
    let faulty = |by_rule, faults| Read { by_rule, said: Err(faults) };
    let mut faults = Vec::new();
    let inputs = inputs(leaf, before, given, &mut faults);
    let points = field(&given.points, "points", value::decimal, &mut faults);
    let (Some(inputs), Some(points)) = (inputs, points) else { return faulty(None, faults) };
    let by_rule = match domain::computed(leaf, &inputs) {
        Ok(points) => points,
        Err(refused) => return faulty(None, vec![at("", &refused)]),
    };
    let stated = || stated(by_rule.as_ref()?, round.book.claims.digits);
    match points.or_else(stated) {
        Some(points) => Read { by_rule, said: Ok((inputs, points)) },
        None => {
            let told = text!("phải ghi điểm", "the points must be stated");
            faulty(by_rule, vec![fault("points", "claim_missing", told)])
        }
    }
}

/// What was read, if it fits as an act, or what is wrong with it.
fn fitting<A: Clone>(
    round: &Round,
    read: Result<A, Vec<TypedFault>>,
    act: impl FnOnce(A) -> Act,
) -> (Option<A>, Vec<TypedFault>) {
    match read {
        Err(faults) => (None, faults),
        Ok(read) => match fits(round, &act(read.clone())) {
            Ok(()) => (Some(read), Vec::new()),
            Err(refused) => (None, vec![at(field_of(&refused), &refused)]),
        },
    }
}

fn act(
    round: &Round,
    unit: &UnitState,
    query: &TypedQuery,
    (score, inputs, claimed): (&Score, Inputs, Decimal),
) -> ScoreSelf {
    ScoreSelf {
        round: round.id().clone(),
        unit: unit.unit.clone(),
        leaf: query.leaf.clone(),
        revision: query.revision,
        inputs,
        claimed,
        evidence: score.evidence.clone(),
        explanation: query.typed.explanation.trim().to_owned(),
        from_paper: false,
    }
}

/// The inputs; none where something is wrong with them.
fn inputs(leaf: &LeafNode, before: Option<&StageState>, given: &Typed, faults: &mut Vec<TypedFault>) -> Option<Inputs> {
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
    if bare && !is_stated(&leaf.leaf.rule) {
        let told =
            text!("thiếu phương án, số liệu hoặc ngày theo quy tắc", "the rule's option, figures or day are missing");
        faults.push(fault("", "inputs_missing", told));
        return None;
    }
    Some(inputs)
}

/// What was typed into one field; `Some(None)` for nothing.
fn field<T>(
    written: &str,
    name: &str,
    read: impl Fn(&Cell) -> Result<T, Wrong>,
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

fn at(field: &str, refused: &Rejection) -> TypedFault {
    fault(field, refused.code(), Text::new(refused.sentence(Lang::Vi), refused.sentence(Lang::En)))
}

/// The field that a refusal is about.
fn field_of(refused: &Rejection) -> &'static str {
    match refused {
        Rejection::PointsNegative { .. }
        | Rejection::PointsOverMaximum { .. }
        | Rejection::PointsOffStep { .. }
        | Rejection::ClaimedDiffers { .. } => "points",
        Rejection::GroundRequired { .. }
        | Rejection::EvidenceRequired { .. }
        | Rejection::TextTooLong { .. }
        | Rejection::ReasonRequired {} => "explanation",
        _ => "",
    }
}
