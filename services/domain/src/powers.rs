//! Who may do what, since when and granted by whom, as the log's people stand (RULINGS 3, 18, 19). Nothing of it comes from an account.

use proto::who::GrantStands;
use proto::work::{OwnPowers, PersonPowers, Power, Powers};
use proto::{Capacity, Hash, Instant, Principal, Rejection};

use crate::people::{Grant, GrantState};
use crate::work::SEE_ALL;
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

/// What whoever asks may do himself: told to everybody whom the log knows a credential of.
///
/// # Errors
/// A credential that speaks for nobody.
pub fn own_powers(world: &World, principal: &Principal, (at, root): (Instant, Hash)) -> Result<OwnPowers, Rejection> {
    let person = world.speaks(principal)?;
    let mut credentials: Vec<_> = person.credentials.keys().cloned().collect();
    credentials.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    let grants = person.grants.iter().map(|grant| power(grant, at)).collect();
    Ok(OwnPowers { position: world.position, root, at, grants, credentials })
}

/// Whether somebody may be told what everybody did and was granted: who sees everything of a round by his capacity.
///
/// # Errors
/// A credential that speaks for nobody; `capacity_missing`.
pub fn may_ask_who(world: &World, principal: &Principal, at: Instant) -> Result<(), Rejection> {
    let person = world.speaks(principal)?;
    if person.grants.iter().any(|g| g.holds(at) && SEE_ALL.contains(&g.grant.capacity)) {
        return Ok(());
    }
    Err(Rejection::CapacityMissing { actor: principal.actor.clone(), capacity: Capacity::Inspector })
}

fn power(grant: &Grant, at: Instant) -> Power {
    let state = match grant.state {
        GrantState::Revoked => GrantStands::Revoked,
        GrantState::Pending => GrantStands::Pending,
        GrantState::Active if at < grant.grant.from => GrantStands::NotYet,
        GrantState::Active if grant.holds(at) => GrantStands::Holds,
        GrantState::Active => GrantStands::Over,
    };
    let Grant { grant, granted, confirmed, revoked, .. } = grant.clone();
    Power { grant, granted, confirmed, revoked, state }
}
