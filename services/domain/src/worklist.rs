//! What there is to appraise: the scores of the fields that somebody was granted, unit by unit, and which of them wait. It decides
//! nothing: whether an act is taken is the ledger's.

use proto::act::appraisal::Appraisal;
use proto::act::round::{Phase, Stage};
use proto::document::{Source, Text};
use proto::rows::{ExemptionState, FlagState, SheetState};
use proto::score::Score;
use proto::work::{FieldWork, Role, UnitChoice, WORK_ROWS_MAX, WorkRow, Worklist, WorklistQuery};
use proto::{Capacity, Code, Hash, Instant, Principal, Rejection, RoundId, UnitId};

use crate::asking::Asking;
use crate::round::{Round, UnitState};
use crate::rulebook::{LeafNode, Tree};
use crate::sheet::exempt;
use crate::work::{open_phase, roles};
use crate::world::World;

/// What there is to appraise.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`; `field_not_granted`; `capacity_missing` for whoever neither appraises nor sees
/// all.
pub fn worklist(
    world: &World,
    principal: &Principal,
    (at, root): (Instant, Hash),
    query: WorklistQuery,
) -> Result<Worklist, Rejection> {
    let asking = Asking::new(world, principal, at, &query.round)?;
    let roles: Vec<Role> = roles(&asking).into_iter().filter(|role| role.capacity == Capacity::Appraiser).collect();
    let (round, sees_all) = (asking.round, sees_all(&asking));
    if roles.is_empty() && !sees_all {
        return Err(asking.misses(Capacity::Appraiser));
    }
    let sees = |field: &str| sees_all || roles.iter().any(|role| covers(role, field));
    if let Some(field) = query.field.as_ref().filter(|field| !sees(field.as_str())) {
        return Err(Rejection::FieldNotGranted { field: field.to_string() });
    }
    let mut list = Worklist {
        position: world.position,
        root,
        open: open(round, None, at),
        roles: roles.clone(),
        fields: Vec::new(),
        units: round
            .units
            .iter()
            .map(|unit| UnitChoice { unit: unit.unit.clone(), name: unit.entry.name.clone() })
            .collect(),
        rows: Vec::new(),
        of: 0,
        query,
    };
    for unit in &round.units {
        let (open, kept_off) = (open(round, Some(&unit.unit), at), asking.is_kept_off(&unit.unit));
        for (leaf, score) in appraised(unit).filter(|(leaf, _)| sees(leaf.code.field())) {
            let waits = !kept_off && waits(unit, score, open);
            count(&mut list.fields, &unit.tree, leaf, waits);
            if !is_wanted(&list.query, unit, leaf, waits) {
                continue;
            }
            list.of += 1;
            if list.of > list.query.skip && list.rows.len() < WORK_ROWS_MAX {
                list.rows.push(row(round, unit, (leaf, score), (open, kept_off, waits)));
            }
        }
    }
    Ok(list)
}

fn count(fields: &mut Vec<FieldWork>, tree: &Tree, leaf: &LeafNode, waits: bool) {
    let field = leaf.code.field();
    let at = fields.iter().position(|known| known.field.as_str() == field).unwrap_or_else(|| {
        let node = &tree.nodes[leaf.path[0]];
        fields.push(FieldWork { field: node.code.clone(), title: node.title.clone(), waiting: 0, of: 0 });
        fields.len() - 1
    });
    fields[at].of += 1;
    fields[at].waiting += u64::from(waits);
}

fn is_wanted(query: &WorklistQuery, unit: &UnitState, leaf: &LeafNode, waits: bool) -> bool {
    let field = query.field.as_ref().is_none_or(|field| field.as_str() == leaf.code.field());
    field && query.unit.as_ref().is_none_or(|asked| *asked == unit.unit) && (waits || !query.waiting)
}

/// Whether a role covers a field, the code of a node of the first level; one that names none covers all.
fn covers(role: &Role, field: &str) -> bool {
    role.fields.is_empty() || role.fields.iter().any(|own| own.as_str() == field)
}

/// Whether somebody sees every score: the council and its secretariat, which puts matters to it, and inspectors (RULINGS 20).
fn sees_all(asking: &Asking) -> bool {
    asking.sees_all() || asking.has(Capacity::Secretariat)
}

/// The role in which somebody appraises a leaf, and whether he is kept from appraising the unit.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`; `field_not_granted` or `capacity_missing` for whoever may not even see it.
pub fn at_score(
    world: &World,
    principal: &Principal,
    at: Instant,
    (round, unit, leaf): (&RoundId, &UnitId, &Code),
) -> Result<(Option<Role>, bool), Rejection> {
    let (asking, field) = (Asking::new(world, principal, at, round)?, leaf.field());
    let roles = roles(&asking).into_iter().filter(|role| role.capacity == Capacity::Appraiser);
    let role = roles.into_iter().find(|role| covers(role, field));
    match role {
        None if sees_all(&asking) => Ok((None, false)),
        None if asking.has(Capacity::Appraiser) => Err(Rejection::FieldNotGranted { field: field.to_owned() }),
        None => Err(asking.misses(Capacity::Appraiser)),
        Some(role) => Ok((Some(role), asking.is_kept_off(unit))),
    }
}

/// The leaves that are appraised, with their scores.
pub fn appraised(unit: &UnitState) -> impl Iterator<Item = (&LeafNode, &Score)> {
    unit.tree.leaves.iter().zip(&unit.sheet.scores).filter(|(leaf, _)| leaf.leaf.source != Source::Survey)
}

/// The appraisal that is open at a moment.
#[must_use]
pub fn open(round: &Round, unit: Option<&UnitId>, at: Instant) -> Option<Appraisal> {
    match open_phase(round, &[Phase::FirstAppraisal, Phase::SecondAppraisal], unit, at)? {
        Phase::FirstAppraisal => Some(Appraisal::First),
        _ => Some(Appraisal::Second),
    }
}

/// Whether a score waits for an appraisal: the first decides each one, the second what was asked about.
pub fn waits(unit: &UnitState, score: &Score, open: Option<Appraisal>) -> bool {
    if unit.sheet.state == SheetState::Open || exempt(score) {
        return false;
    }
    match open {
        None => false,
        Some(_) if score.exemption == Some(ExemptionState::Claimed) => true,
        Some(Appraisal::First) => {
            !score.stages.is_empty() && score.stage(Stage::First).is_none() && score.flag.is_none()
        }
        Some(Appraisal::Second) => matches!(score.flag, Some(FlagState::Raised | FlagState::Explained)),
    }
}

fn row(
    round: &Round,
    unit: &UnitState,
    (leaf, score): (&LeafNode, &Score),
    (open, kept_off, waits): (Option<Appraisal>, bool, bool),
) -> WorkRow {
    let stands = unit.sheet.final_stage(score, round.policy()).map(|stage| stage.stage);
    let stands = stands.zip(unit.sheet.final_points(score, round.policy()));
    let locked = unit.sheet.state != SheetState::Open;
    WorkRow {
        unit: unit.unit.clone(),
        name: unit.entry.name.clone(),
        leaf: leaf.code.clone(),
        title: title(&unit.tree, leaf),
        maximum: leaf.maximum,
        revision: score.revision,
        claimed: score.stage(Stage::Own).map(|own| own.points.clone()),
        confirmable: open.is_some() && locked && !kept_off && !exempt(score) && stands.is_some(),
        stands,
        files: score.evidence.len() as u64,
        flag: score.flag,
        exemption: score.exemption,
        waits,
        kept_off,
    }
}

fn title(tree: &Tree, leaf: &LeafNode) -> Text {
    let node = leaf.path.last().map(|at| &tree.nodes[*at]);
    node.map_or_else(|| Text::new(leaf.code.to_string(), leaf.code.to_string()), |node| node.title.clone())
}
