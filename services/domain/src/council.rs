//! Decisions of the council as folded from the round's stream.
//! A decision carries with more than half of the members who may vote in it (PAR-INDEX: Words).

use std::collections::{BTreeMap, BTreeSet};

use proto::act::council::{Matter, ScoreChange, Vote};
use proto::{ActorId, Capacity, Code, EventId, Instant, RoundId, UnitId};

use crate::world::World;

/// A decision.
#[derive(Debug, Clone)]
pub struct DecisionState {
    /// What it is about.
    pub matter: Matter,
    /// The latest vote of each member.
    pub votes: BTreeMap<ActorId, Vote>,
    /// Whether it carried, once it is recorded.
    pub carried: Option<bool>,
    /// The event that recorded it.
    pub recorded_by: Option<EventId>,
    /// The examination of the appeal that it is about, as it lay before the council.
    pub examination: Option<EventId>,
    /// Changes that were carried out.
    pub applied: BTreeSet<(UnitId, Code)>,
}

impl DecisionState {
    /// The points that the decision sets.
    #[must_use]
    pub fn changes(&self) -> &[ScoreChange] {
        match &self.matter {
            Matter::Result { .. } => &[],
            Matter::Scores { changes } | Matter::Appeal { changes, .. } => changes,
        }
    }

    /// A change that is still to be carried out.
    #[must_use]
    pub fn pending(&self, unit: &UnitId, leaf: &Code) -> Option<&ScoreChange> {
        let change = self.changes().iter().find(|c| c.unit == *unit && c.leaf == *leaf)?;
        (!self.applied.contains(&(unit.clone(), leaf.clone()))).then_some(change)
    }

    /// Whether it carried and is not carried out in full.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.carried == Some(true) && self.changes().iter().any(|c| self.pending(&c.unit, &c.leaf).is_some())
    }

    /// The units whose members are recused.
    #[must_use]
    pub fn concerned(&self) -> BTreeSet<&UnitId> {
        self.changes().iter().map(|c| &c.unit).collect()
    }
}

/// The members who may vote in a matter at a moment.
#[must_use]
pub fn members<'w>(world: &'w World, round: &RoundId, state: &DecisionState, at: Instant) -> Vec<&'w ActorId> {
    let concerned = state.concerned();
    let people = world.people.iter();
    people
        .filter(|(_, p)| p.has(Capacity::Council, round, at))
        .filter(|(_, p)| !concerned.iter().any(|unit| p.belongs_to(unit, at)))
        .map(|(actor, _)| actor)
        .collect()
}
