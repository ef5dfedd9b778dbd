//! Who may send a file for a unit, and who may open one, by what the log granted (RULINGS 20). It knows references alone, and never
//! what is in a file.

use proto::act::sheet::Evidence;
use proto::{Capacity, Code, Hash, Instant, Principal, Rejection, RoundId, UnitId};

use crate::asking::Asking;
use crate::round::{Round, UnitState};
use crate::world::World;

/// Files of a unit in a round.
#[derive(Debug, Clone, Copy)]
pub struct FilesOf<'a> {
    /// The round.
    pub round: &'a RoundId,
    /// The unit.
    pub unit: &'a UnitId,
}

/// Whether somebody may send a file for a unit: its drafters and its chief may.
///
/// # Errors
/// Why not.
pub fn may_send(world: &World, principal: &Principal, at: Instant, of: FilesOf) -> Result<(), Rejection> {
    let asking = Asking::new(world, principal, at, of.round)?;
    asking.unit(of.unit)?;
    if asking.fills_in(of.unit) { Ok(()) } else { Err(asking.not_of(of.unit)) }
}

/// Whether somebody may open a unit's file: the unit itself; the council and inspectors; appraisers where the file stands at a
/// score or appeal in a field of theirs, as it stands now.
///
/// # Errors
/// Why not.
pub fn may_open(
    world: &World,
    principal: &Principal,
    at: Instant,
    (of, address): (FilesOf, Hash),
) -> Result<(), Rejection> {
    let asking = Asking::new(world, principal, at, of.round)?;
    let unit = asking.unit(of.unit)?;
    if asking.fills_in(of.unit) || asking.sees_all() || appraises(&asking, unit, address) {
        return Ok(());
    }
    Err(Rejection::FileNotOpen { address })
}

fn appraises(asking: &Asking, unit: &UnitState, address: Hash) -> bool {
    if asking.is_kept_off(&unit.unit) {
        return false;
    }
    let leaves = attached(asking.round, unit, address);
    asking.grants(Capacity::Appraiser).any(|grant| leaves.iter().any(|leaf| grant.covers_field(leaf.field())))
}

/// The leaves at whose scores the file stands, and those of the unit's appeals that it came with; an appeal that names none is
/// about all.
fn attached<'a>(round: &'a Round, unit: &'a UnitState, address: Hash) -> Vec<&'a Code> {
    let has = |files: &[Evidence]| files.iter().any(|file| file.address == address);
    let leaves = &unit.tree.leaves;
    let scores = leaves.iter().zip(&unit.sheet.scores).filter(|(_, score)| has(&score.evidence));
    let mut at: Vec<&Code> = scores.map(|(leaf, _)| &leaf.code).collect();
    for appeal in round.appeals.iter().map(|appeal| &appeal.lodged) {
        if appeal.unit == unit.unit && has(&appeal.evidence) {
            let all = leaves.iter().map(|leaf| &leaf.code).filter(|_| appeal.leaves.is_empty());
            at.extend(appeal.leaves.iter().chain(all));
        }
    }
    at
}
