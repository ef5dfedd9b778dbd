//! Who is given a sheet to fill in offline or an event of it, and who may send ballots (RULINGS 20): what is on a sheet may be seen by whoever gets it.
//! What he fills in is decided by the ledger, as if he had typed it.

use proto::work::Held;
use proto::{Capacity, Code, Event, Instant, Principal, Rejection, RoundId, Stream, UnitId};

use crate::asking::{Asking, OF_A_UNIT};
use crate::released::{held_from, is_held};
use crate::world::World;

/// Whether somebody may have a unit's sheet: its drafters and its chief, the council, inspectors.
///
/// # Errors
/// Why not.
pub fn may_have_sheet(
    world: &World,
    principal: &Principal,
    at: Instant,
    (round, unit): (&RoundId, &UnitId),
) -> Result<(), Rejection> {
    let asking = Asking::new(world, principal, at, round)?;
    asking.unit(unit)?;
    if asking.fills_in(unit) || asking.sees_all() { Ok(()) } else { Err(asking.not_of(unit)) }
}

/// What somebody does with a unit's sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtSheet {
    /// In which capacity he fills it in; as its drafter where he is both.
    pub fills_in: Option<Capacity>,
    /// He signs it.
    pub signs: bool,
    /// What of its appraisal he does not see yet.
    pub held: Held,
}

/// What somebody does with a unit's sheet that he may have.
///
/// # Errors
/// Why he may not have it.
pub fn at_sheet(
    world: &World,
    principal: &Principal,
    at: Instant,
    (round, unit): (&RoundId, &UnitId),
) -> Result<AtSheet, Rejection> {
    may_have_sheet(world, principal, at, (round, unit))?;
    let asking = Asking::new(world, principal, at, round)?;
    let holds = |capacity: Capacity| asking.grants(capacity).any(|grant| grant.grant.unit.as_ref() == Some(unit));
    Ok(AtSheet {
        fills_in: OF_A_UNIT.into_iter().find(|capacity| holds(*capacity)),
        signs: holds(Capacity::Chief),
        held: held_from(&asking, unit, at),
    })
}

/// Whether a unit's own people are handed an event as it stands in the log: one of their sheet's, once it is released to them.
#[must_use]
pub fn is_event_of_sheet(does: &AtSheet, (round, unit): (&RoundId, &UnitId), event: &Event) -> bool {
    let of_sheet = matches!(&event.envelope.stream, Stream::Sheet(r, u) if r == round && u == unit);
    does.fills_in.is_some() && of_sheet && !is_held(&does.held, &event.fact, event.envelope.at)
}

/// Whether somebody may have the sheet of a field over all units of a block: its appraisers, the council, inspectors.
///
/// # Errors
/// Why not.
pub fn may_have_field(
    world: &World,
    principal: &Principal,
    at: Instant,
    (round, field): (&RoundId, &Code),
) -> Result<(), Rejection> {
    let asking = Asking::new(world, principal, at, round)?;
    let field = field.as_str();
    if asking.sees_all() || asking.grants(Capacity::Appraiser).any(|grant| grant.covers_field(field)) {
        return Ok(());
    }
    Err(match asking.has(Capacity::Appraiser) {
        true => Rejection::FieldNotGranted { field: field.to_owned() },
        false => asking.misses(Capacity::Appraiser),
    })
}

/// The unit in which somebody appraises a field, if his capacity is held in one.
///
/// # Errors
/// Why he appraises it not.
pub fn appraises_field(
    world: &World,
    principal: &Principal,
    at: Instant,
    (round, field): (&RoundId, &Code),
) -> Result<Option<UnitId>, Rejection> {
    let asking = Asking::new(world, principal, at, round)?;
    let mut grants = asking.grants(Capacity::Appraiser);
    match grants.find(|grant| grant.covers_field(field.as_str())) {
        Some(grant) => Ok(grant.grant.unit.clone()),
        None if asking.has(Capacity::Appraiser) => Err(Rejection::FieldNotGranted { field: field.to_string() }),
        None => Err(asking.misses(Capacity::Appraiser)),
    }
}

/// Whether somebody may send ballots of a round's survey: its survey staff.
///
/// # Errors
/// Why not.
pub fn may_send_ballots(world: &World, principal: &Principal, at: Instant, round: &RoundId) -> Result<(), Rejection> {
    let asking = Asking::new(world, principal, at, round)?;
    match asking.has(Capacity::SurveyStaff) {
        true => Ok(()),
        false => Err(asking.misses(Capacity::SurveyStaff)),
    }
}
