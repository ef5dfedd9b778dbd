//! People as the log knows them: an opaque id, grants of capacities, credentials (RULINGS 3, 18, 19).
//! Nothing here comes from an account table: only events grant and revoke.

use std::collections::HashMap;

use proto::act::grants::GrantCapacity;
use proto::{ActorId, Capacity, CredentialId, GrantId, Instant, RoundId, UnitId, ViaKind};

/// An actor.
#[derive(Debug, Default, Clone)]
pub struct Person {
    /// Every grant ever made to him, in order.
    pub grants: Vec<Grant>,
    /// Credentials that speak for him.
    pub credentials: HashMap<CredentialId, ViaKind>,
}

/// A grant and what became of it.
#[derive(Debug, Clone)]
pub struct Grant {
    /// What was granted.
    pub grant: GrantCapacity,
    /// By whom.
    pub by: ActorId,
    /// What became of it.
    pub state: GrantState,
}

/// What became of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// A second administrator must confirm it.
    Pending,
    /// It holds within its dates.
    Active,
    /// It was taken back.
    Revoked,
}

impl Grant {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, at: Instant) -> bool {
        self.state == GrantState::Active && self.grant.from <= at && self.grant.until.is_none_or(|until| at < until)
    }

    /// Whether it covers a round; `None` stands for acts outside any round.
    #[must_use]
    pub fn covers(&self, round: Option<&RoundId>) -> bool {
        self.grant.round.as_ref().is_none_or(|own| Some(own) == round)
    }

    /// Whether it covers a field, the code of a node of the first level; one that names none covers all.
    #[must_use]
    pub fn covers_field(&self, field: &str) -> bool {
        self.grant.fields.is_empty() || self.grant.fields.iter().any(|own| own.as_str() == field)
    }
}

impl Person {
    /// Whether he holds a capacity in a round.
    #[must_use]
    pub fn has(&self, capacity: Capacity, round: &RoundId, at: Instant) -> bool {
        self.grants_of(capacity, Some(round), at).next().is_some()
    }

    /// His grants of a capacity that hold at a moment and cover a round; `None` stands for acts outside any round.
    pub fn grants_of(&self, capacity: Capacity, round: Option<&RoundId>, at: Instant) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |g| g.grant.capacity == capacity && g.holds(at) && g.covers(round))
    }

    /// Whether he belongs to a unit: some grant that holds now is held in it.
    #[must_use]
    pub fn belongs_to(&self, unit: &UnitId, at: Instant) -> bool {
        self.grants.iter().any(|g| g.grant.unit.as_ref() == Some(unit) && g.holds(at))
    }

    /// A grant by its id.
    #[must_use]
    pub fn grant(&self, id: &GrantId) -> Option<&Grant> {
        self.grants.iter().find(|g| g.grant.grant == *id)
    }
}
