//! Somebody who asks to see something of a round, or sends a file for it: what he holds there now (RULINGS 20). It decides nothing that
//! goes on record: that is the ledger's, command by command.

use proto::act::round::OwnUnit;
use proto::{Capacity, Instant, Principal, Rejection, RoundId, UnitId};

use crate::people::{Grant, Person};
use crate::round::{Round, UnitState};
use crate::world::World;

/// The capacities in which somebody fills in his unit's sheet.
pub const OF_A_UNIT: [Capacity; 2] = [Capacity::Drafter, Capacity::Chief];
/// The capacities that see everything of a round.
const OF_ALL: [Capacity; 2] = [Capacity::Council, Capacity::Inspector];

/// Somebody who asks.
pub struct Asking<'a> {
    person: &'a Person,
    principal: &'a Principal,
    at: Instant,
    /// The round that he asks about.
    pub round: &'a Round,
}

impl<'a> Asking<'a> {
    /// Whether the log knows him and the round.
    ///
    /// # Errors
    /// A credential that speaks for nobody; `round_unknown`.
    pub fn new(world: &'a World, principal: &'a Principal, at: Instant, round: &RoundId) -> Result<Self, Rejection> {
        let person = world.speaks(principal)?;
        let round = world.rounds.get(round).ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
        Ok(Self { person, principal, at, round })
    }

    /// The person.
    #[must_use]
    pub fn person(&self) -> &'a Person {
        self.person
    }

    /// A unit of the round.
    ///
    /// # Errors
    /// `unit_unknown`.
    pub fn unit(&self, unit: &UnitId) -> Result<&'a UnitState, Rejection> {
        self.round.unit(unit).map(|(_, state)| state).ok_or_else(|| Rejection::UnitUnknown { unit: unit.clone() })
    }

    /// His grants of a capacity that hold now in the round.
    pub fn grants(&self, capacity: Capacity) -> impl Iterator<Item = &'a Grant> {
        self.person.grants_of(capacity, Some(self.round.id()), self.at)
    }

    /// Whether he holds a capacity in the round now.
    #[must_use]
    pub fn has(&self, capacity: Capacity) -> bool {
        self.grants(capacity).next().is_some()
    }

    /// Whether he is of the council or an inspector.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        OF_ALL.into_iter().any(|capacity| self.has(capacity))
    }

    /// Whether he fills in a unit's sheet.
    #[must_use]
    pub fn fills_in(&self, unit: &UnitId) -> bool {
        OF_A_UNIT.into_iter().any(|capacity| self.grants(capacity).any(|g| g.grant.unit.as_ref() == Some(unit)))
    }

    /// Whether he belongs to a unit whose own people may not appraise it.
    #[must_use]
    pub fn is_kept_off(&self, unit: &UnitId) -> bool {
        self.round.policy().own_unit == OwnUnit::Refuse && self.person.belongs_to(unit, self.at)
    }

    /// Why he may do nothing for a unit's sheet.
    #[must_use]
    pub fn not_of(&self, unit: &UnitId) -> Rejection {
        match OF_A_UNIT.into_iter().any(|capacity| self.has(capacity)) {
            true => Rejection::UnitNotOwn { unit: unit.clone() },
            false => self.misses(Capacity::Drafter),
        }
    }

    /// That he does not hold a capacity.
    #[must_use]
    pub fn misses(&self, capacity: Capacity) -> Rejection {
        Rejection::CapacityMissing { actor: self.principal.actor.clone(), capacity }
    }
}
