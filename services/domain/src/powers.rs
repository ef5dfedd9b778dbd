//! Who may do what, since when and granted by whom, as the log's people stand (RULINGS 3, 18, 19). Nothing of it comes from an account.

use proto::who::GrantStands;
use proto::work::{PersonPowers, Power, Powers};
use proto::{Capacity, Hash, Instant, Principal, Rejection};

use crate::people::{Grant, GrantState};
use crate::world::World;

/// Who is told: those who grant, keep the secretariat or audit it.
const TOLD: [Capacity; 3] = [Capacity::Administrator, Capacity::Secretariat, Capacity::Inspector];

/// Who may do what.
///
/// # Errors
/// A credential that speaks for nobody; `capacity_missing`.
pub fn powers(world: &World, principal: &Principal, (at, root): (Instant, Hash)) -> Result<Powers, Rejection> {
    let person = world.speaks(principal)?;
    let holds = |capacity: Capacity| person.grants.iter().any(|g| g.grant.capacity == capacity && g.holds(at));
    if !TOLD.into_iter().any(holds) {
        return Err(Rejection::CapacityMissing { actor: principal.actor.clone(), capacity: Capacity::Administrator });
    }
    let granted = world.people.iter().filter(|(_, person)| !person.grants.is_empty());
    let mut people: Vec<PersonPowers> = granted
        .map(|(actor, person)| PersonPowers {
            actor: actor.clone(),
            grants: person.grants.iter().map(|grant| power(grant, at)).collect(),
            credentials: person.credentials.len() as u64,
        })
        .collect();
    people.sort_by(|a, b| a.actor.as_str().cmp(b.actor.as_str()));
    let mut rounds: Vec<_> =
        world.people.values().flat_map(|p| &p.grants).filter_map(|g| g.grant.round.clone()).collect();
    rounds.extend(world.rounds.keys().cloned());
    rounds.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    rounds.dedup();
    Ok(Powers { position: world.position, root, at, grants: holds(Capacity::Administrator), rounds, people })
}

fn power(grant: &Grant, at: Instant) -> Power {
    let state = match grant.state {
        GrantState::Revoked => GrantStands::Revoked,
        GrantState::Pending => GrantStands::Pending,
        GrantState::Active if at < grant.grant.from => GrantStands::NotYet,
        GrantState::Active if grant.holds(at) => GrantStands::Holds,
        GrantState::Active => GrantStands::Over,
    };
    Power { grant: grant.grant.clone(), by: grant.by.clone(), state }
}
