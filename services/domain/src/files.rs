//! Who may send a file for a unit, and who may open one, by what the log granted (RULINGS 20). It knows references alone, and never
//! what is in a file.

use proto::act::round::OwnUnit;
use proto::act::sheet::Evidence;
use proto::{Capacity, Code, Hash, Instant, Principal, Rejection, RoundId, UnitId};

use crate::people::{Grant, Person};
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
    let asking = Asking::new(world, principal, at, of)?;
    let capacity = Capacity::Drafter;
    if asking.of_the_unit() {
        return Ok(());
    }
    let elsewhere = [Capacity::Drafter, Capacity::Chief].into_iter().any(|c| asking.grants(c).next().is_some());
    Err(match elsewhere {
        true => Rejection::UnitNotOwn { unit: of.unit.clone() },
        false => Rejection::CapacityMissing { actor: principal.actor.clone(), capacity },
    })
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
    let asking = Asking::new(world, principal, at, of)?;
    let all = [Capacity::Council, Capacity::Inspector].into_iter().any(|c| asking.grants(c).next().is_some());
    if asking.of_the_unit() || all || asking.appraises(address) {
        return Ok(());
    }
    Err(Rejection::FileNotOpen { address })
}

/// Somebody who asks for files of a unit.
struct Asking<'a> {
    person: &'a Person,
    at: Instant,
    round: &'a Round,
    unit: &'a UnitState,
}

impl<'a> Asking<'a> {
    fn new(world: &'a World, principal: &Principal, at: Instant, of: FilesOf) -> Result<Self, Rejection> {
        let person = world.speaks(principal)?;
        let round = world.rounds.get(of.round);
        let round = round.ok_or_else(|| Rejection::RoundUnknown { round: of.round.clone() })?;
        let unit = round.unit(of.unit).ok_or_else(|| Rejection::UnitUnknown { unit: of.unit.clone() })?.1;
        Ok(Self { person, at, round, unit })
    }

    /// His grants of a capacity that hold now in the round.
    fn grants(&self, capacity: Capacity) -> impl Iterator<Item = &'a Grant> {
        let (at, round) = (self.at, self.round.id());
        self.person.grants.iter().filter(move |g| g.grant.capacity == capacity && g.holds(at) && g.covers(Some(round)))
    }

    fn of_the_unit(&self) -> bool {
        let own = |g: &Grant| g.grant.unit.as_ref() == Some(&self.unit.unit);
        [Capacity::Drafter, Capacity::Chief].into_iter().any(|capacity| self.grants(capacity).any(own))
    }

    fn appraises(&self, address: Hash) -> bool {
        let own = self.person.belongs_to(&self.unit.unit, self.at);
        if own && self.round.policy().own_unit == OwnUnit::Refuse {
            return false;
        }
        let leaves = self.attached(address);
        let field_of =
            |leaf: &&Code, fields: &[Code]| fields.is_empty() || fields.iter().any(|f| f.as_str() == leaf.field());
        self.grants(Capacity::Appraiser).any(|g| leaves.iter().any(|leaf| field_of(leaf, &g.grant.fields)))
    }

    /// The leaves at whose scores the file stands, and those of the unit's appeals that it came with; an appeal that names none is
    /// about all.
    fn attached(&self, address: Hash) -> Vec<&'a Code> {
        let has = |files: &[Evidence]| files.iter().any(|file| file.address == address);
        let leaves = &self.unit.tree.leaves;
        let scores = leaves.iter().zip(&self.unit.sheet.scores).filter(|(_, score)| has(&score.evidence));
        let mut at: Vec<&Code> = scores.map(|(leaf, _)| &leaf.code).collect();
        for appeal in self.round.appeals.iter().map(|appeal| &appeal.lodged) {
            if appeal.unit == self.unit.unit && has(&appeal.evidence) {
                let all = leaves.iter().map(|leaf| &leaf.code).filter(|_| appeal.leaves.is_empty());
                at.extend(appeal.leaves.iter().chain(all));
            }
        }
        at
    }
}
