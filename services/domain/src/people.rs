//! People as the log knows them: an opaque id, grants of capacities, credentials (RULINGS 3, 18, 19).
//! Nothing here comes from an account table: only events grant and revoke.

use std::collections::{HashMap, HashSet};

use proto::act::grants::{CapacityGranted, GrantCapacity};
use proto::work::PowerEvent;
use proto::{ActorId, Capacity, CredentialId, Event, GrantId, Instant, RoundId, UnitId, ViaKind};

/// An actor.
#[derive(Debug, Default, Clone)]
pub struct Person {
    /// Every grant ever made to him, in order.
    pub grants: Vec<Grant>,
    /// Credentials that speak for him.
    pub credentials: HashMap<CredentialId, ViaKind>,
    /// Those of them that an administrator has given out, and not whoever sits at the data folder, nor he himself.
    pub given_out: HashSet<CredentialId>,
}

/// A grant and what became of it.
#[derive(Debug, Clone)]
pub struct Grant {
    /// What was granted.
    pub grant: GrantCapacity,
    /// The event that made it.
    pub granted: PowerEvent,
    /// The event by which a second person confirmed it.
    pub confirmed: Option<PowerEvent>,
    /// The event that took it back.
    pub revoked: Option<PowerEvent>,
    /// What became of it.
    pub state: GrantState,
}

/// Whether two people grant a capacity (RULINGS 19).
#[must_use]
pub fn takes_two(capacity: Capacity) -> bool {
    matches!(capacity, Capacity::Administrator | Capacity::Inspector)
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

/// What is kept of an event that gave a power or took it.
pub(crate) fn power_event(event: &Event) -> PowerEvent {
    let envelope = &event.envelope;
    let (by, capacity) = (envelope.actor.id.clone(), envelope.actor.capacity);
    PowerEvent { position: envelope.position, at: envelope.at, by, capacity }
}

impl Grant {
    /// A grant as its event made it.
    pub(crate) fn made(event: &Event, fact: &CapacityGranted) -> Self {
        let state = if fact.awaits_second { GrantState::Pending } else { GrantState::Active };
        let (grant, granted) = (fact.grant.clone(), power_event(event));
        Self { grant, granted, confirmed: None, revoked: None, state }
    }

    /// By whom it was made.
    #[must_use]
    pub fn by(&self) -> &ActorId {
        &self.granted.by
    }

    /// Whether it is, or may come to be, at a moment or later.
    #[must_use]
    pub fn stands(&self, at: Instant) -> bool {
        self.state != GrantState::Revoked && self.grant.until.is_none_or(|until| at < until)
    }

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

    /// Whether he is, or may come to be, what takes two people to be made: nobody alone gives him a credential (RULINGS 19).
    #[must_use]
    pub fn takes_two(&self, at: Instant) -> bool {
        self.grants.iter().any(|g| takes_two(g.grant.capacity) && g.stands(at))
    }

    /// A grant by its id.
    #[must_use]
    pub fn grant(&self, id: &GrantId) -> Option<&Grant> {
        self.grants.iter().find(|g| g.grant.grant == *id)
    }
}
