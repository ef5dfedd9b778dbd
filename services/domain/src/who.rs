//! Who held which capacity when, and what spoke for whom: the grants and credentials of the log, each with the events that
//! made, confirmed and ended it. It says what the log says, and nothing of what anybody did with it.

use proto::between::EventLine;
use proto::who::{CredentialLine, GrantLine, GrantStands};
use proto::{ActorId, Capacity, Event, Fact, GrantId, Hash, Instant, UnitId};

use crate::between::event_line;

/// Whose grants are asked for.
#[derive(Debug, Clone)]
enum Asked {
    Actor(ActorId),
    Capacity(Capacity, Option<UnitId>),
}

/// The grants and credentials that are asked for, in order.
#[derive(Debug)]
pub struct Register {
    asked: Asked,
    grants: Vec<GrantLine>,
    credentials: Vec<CredentialLine>,
}

impl Register {
    /// Of one actor.
    #[must_use]
    pub fn of_actor(actor: ActorId) -> Self {
        Self { asked: Asked::Actor(actor), grants: Vec::new(), credentials: Vec::new() }
    }

    /// Of a capacity, in one unit or wherever it is held.
    #[must_use]
    pub fn of_capacity(capacity: Capacity, unit: Option<UnitId>) -> Self {
        Self { asked: Asked::Capacity(capacity, unit), grants: Vec::new(), credentials: Vec::new() }
    }

    /// Takes the next event; what is no grant and no credential is nothing to it.
    pub fn take(&mut self, event: &Event, hash: Hash) {
        let line = || event_line(event, hash);
        if let Fact::LogCreated(f) = &event.fact {
            for actor in &f.administrators {
                self.grant(genesis(actor, line()));
            }
        } else if let Fact::CapacityGranted(f) = &event.fact {
            let g = f.grant.clone();
            self.grant(GrantLine {
                actor: g.actor,
                grant: g.grant,
                capacity: g.capacity,
                unit: g.unit,
                round: g.round,
                fields: g.fields,
                from: g.from,
                until: g.until,
                acting_for: g.acting_for,
                awaits_second: f.awaits_second,
                granted: line(),
                confirmed: None,
                revoked: None,
                state: GrantStands::Pending,
            });
        } else if let Fact::GrantConfirmed(f) = &event.fact {
            self.with(&f.actor, &f.grant, |grant| grant.confirmed = Some(line()));
        } else if let Fact::CapacityRevoked(f) = &event.fact {
            self.with(&f.actor, &f.grant, |grant| grant.revoked = Some(line()));
        } else if let Fact::CredentialBound(f) = &event.fact
            && self.asks_for(&f.actor)
        {
            let (credential, method) = (f.credential.clone(), f.method);
            self.credentials.push(CredentialLine { credential, method, bound: line(), unbound: None });
        } else if let Fact::CredentialUnbound(f) = &event.fact
            && self.asks_for(&f.actor)
            && let Some(found) = self.credentials.iter_mut().rev().find(|c| c.credential == f.credential)
        {
            found.unbound = Some(line());
        }
    }

    fn asks_for(&self, actor: &ActorId) -> bool {
        matches!(&self.asked, Asked::Actor(asked) if asked == actor)
    }

    fn grant(&mut self, grant: GrantLine) {
        let asked = match &self.asked {
            Asked::Actor(actor) => *actor == grant.actor,
            Asked::Capacity(capacity, unit) => *capacity == grant.capacity && (unit.is_none() || *unit == grant.unit),
        };
        if asked {
            self.grants.push(grant);
        }
    }

    fn with(&mut self, actor: &ActorId, id: &GrantId, change: impl FnOnce(&mut GrantLine)) {
        if let Some(grant) = self.grants.iter_mut().find(|g| g.actor == *actor && g.grant == *id) {
            change(grant);
        }
    }

    /// Every grant and every credential, the grants as they stand at a moment.
    #[must_use]
    pub fn all(mut self, at: Instant) -> (Vec<GrantLine>, Vec<CredentialLine>) {
        for grant in &mut self.grants {
            grant.state = stands(grant, at);
        }
        (self.grants, self.credentials)
    }

    /// The grants that hold at a moment, by actor.
    #[must_use]
    pub fn holding(self, at: Instant) -> Vec<GrantLine> {
        let mut held = self.all(at).0;
        held.retain(|grant| grant.state == GrantStands::Holds);
        held.sort_by(|a, b| a.actor.cmp(&b.actor).then(a.granted.position.cmp(&b.granted.position)));
        held
    }
}

/// How a grant stands at a moment, once it is known what became of it by then.
fn stands(grant: &GrantLine, at: Instant) -> GrantStands {
    if grant.revoked.is_some() {
        GrantStands::Revoked
    } else if grant.awaits_second && grant.confirmed.is_none() {
        GrantStands::Pending
    } else if at < grant.from {
        GrantStands::NotYet
    } else if grant.until.is_some_and(|until| until <= at) {
        GrantStands::Over
    } else {
        GrantStands::Holds
    }
}

/// What genesis grants each of the two administrators.
fn genesis(actor: &ActorId, granted: EventLine) -> GrantLine {
    GrantLine {
        actor: actor.clone(),
        grant: GrantId::parse("genesis").expect("it is an id"),
        capacity: Capacity::Administrator,
        unit: None,
        round: None,
        fields: Vec::new(),
        from: granted.at,
        until: None,
        acting_for: None,
        awaits_second: false,
        granted,
        confirmed: None,
        revoked: None,
        state: GrantStands::Holds,
    }
}
