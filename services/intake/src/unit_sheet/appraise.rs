//! One score as an appraiser looks at it: the claim beside what it rests on, every stage, what others have at the same leaf, and reasons
//! that were given there before. It decides nothing.

use domain::{Round, UnitState, World, appraised, at_score, open_appraisal};
use proto::act::round::Stage;
use proto::score::{Score, StageState};
use proto::work::{Case, CaseQuery, OtherScore, Role, StageTold};
use proto::{Code, Hash, Instant, Principal, Rejection, RoundId, UnitId};

use super::cells::in_words;
use super::form::{leaf_form, typed_of};

/// The most reasons that are offered.
const REASONS_MAX: usize = 12;

/// A score that somebody may see as an appraiser does.
pub struct Seen<'w> {
    /// The round.
    pub round: &'w Round,
    /// The unit.
    pub unit: &'w UnitState,
    role: Option<Role>,
    kept_off: bool,
}

/// Finds it.
///
/// # Errors
/// `unit_unknown`, `leaf_unknown`; why he may not see it.
pub fn seen<'w>(
    world: &'w World,
    principal: &Principal,
    at: Instant,
    (round, unit, leaf): (&RoundId, &UnitId, &Code),
) -> Result<Seen<'w>, Rejection> {
    let (role, kept_off) = at_score(world, principal, at, (round, unit, leaf))?;
    let round = world.rounds.get(round).ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let (_, unit) = round.unit(unit).ok_or_else(|| Rejection::UnitUnknown { unit: unit.clone() })?;
    match appraised(unit).any(|(of, _)| of.code == *leaf) {
        true => Ok(Seen { round, unit, role, kept_off }),
        false => Err(Rejection::LeafUnknown { leaf: leaf.clone() }),
    }
}

/// The score.
///
/// # Errors
/// As [`seen`].
pub fn case(
    world: &World,
    principal: &Principal,
    (at, root): (Instant, Hash),
    query: CaseQuery,
) -> Result<Case, Rejection> {
    let Seen { round, unit, role, kept_off } = seen(world, principal, at, (&query.round, &query.unit, &query.leaf))?;
    let field = query.leaf.field();
    let of_field: Vec<_> = appraised(unit).filter(|(leaf, _)| leaf.code.field() == field).collect();
    let place = of_field.iter().position(|(leaf, _)| leaf.code == query.leaf).unwrap_or_default();
    let beside = |at: Option<usize>| at.and_then(|at| of_field.get(at)).map(|(leaf, _)| leaf.code.clone());
    let (leaf, score) = of_field[place];
    let digits = round.book.claims.digits;
    let stands = unit.sheet.final_stage(score, round.policy());
    let told = |stage: &StageState| StageTold {
        stage: stage.stage,
        points: stage.points.clone(),
        inputs: in_words(leaf, Some(&stage.inputs), None, ""),
        reason: stage.reason.clone(),
    };
    Ok(Case {
        position: world.position,
        root,
        name: unit.entry.name.clone(),
        state: unit.sheet.state,
        form: leaf_form(round, unit, leaf, score),
        stages: score.stages.iter().map(told).collect(),
        stands: stands.map(|stage| typed_of(leaf, stage, "", digits)).unwrap_or_default(),
        open: open_appraisal(round, Some(&query.unit), at),
        role,
        kept_off,
        others: others(round, unit, &query.leaf),
        reasons: reasons(round, &query.leaf),
        beside: (beside(place.checked_sub(1)), beside(place.checked_add(1))),
        query,
    })
}

/// The scores of a leaf of all units that have it, in the round's order.
fn at_leaf<'r>(round: &'r Round, leaf: &'r Code) -> impl Iterator<Item = (&'r UnitState, &'r Score)> {
    round.units.iter().filter_map(move |unit| Some((unit, &unit.sheet.scores[unit.tree.leaf(leaf)?.0])))
}

/// What the other units of the same block have there.
fn others(round: &Round, unit: &UnitState, leaf: &Code) -> Vec<OtherScore> {
    let others = at_leaf(round, leaf).filter(|(other, _)| other.block == unit.block && other.unit != unit.unit);
    let told = others.map(|(other, score)| OtherScore {
        unit: other.unit.clone(),
        name: other.entry.name.clone(),
        claimed: score.stage(Stage::Own).map(|own| own.points.clone()),
        stands: other.sheet.final_points(score, round.policy()),
    });
    told.collect()
}

/// The reasons of adjustments at a leaf, each once.
fn reasons(round: &Round, leaf: &Code) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for stage in at_leaf(round, leaf).flat_map(|(_, score)| &score.stages) {
        if !stage.reason.is_empty() && !reasons.contains(&stage.reason) && reasons.len() < REASONS_MAX {
            reasons.push(stage.reason.clone());
        }
    }
    reasons
}
