//! What the log says to the claims of an appeal: borne out, contradicted, not on record, or for people to judge.
//! It reads events that came in as values, and says the same of the same events wherever it runs.

mod claims;
mod past;
mod trail;

use proto::act::appeal::LodgeAppeal;
use proto::act::examination::{Found, Verdict};
use proto::fold::Unfit;
use proto::{RoundId, Stream};

use crate::round::Round;
use crate::world::World;
use claims::Question;
pub use past::Past;
use trail::Trail;

/// An appeal and its round, if both are held.
#[must_use]
pub fn lodged<'w>(world: &'w World, round: &RoundId, number: u32) -> Option<(&'w Round, &'w LodgeAppeal)> {
    let round = world.rounds.get(round)?;
    let appeal = round.appeals.get((number as usize).checked_sub(1)?)?;
    Some((round, &appeal.lodged))
}

/// A verdict for each claim of an appeal, in its order, by the events that were read.
///
/// # Errors
/// [`Unfit`] where those events do not fit the round.
pub fn examine(round: &Round, appeal: &LodgeAppeal, past: &Past) -> Result<Vec<Verdict>, Unfit> {
    if appeal.claims.is_empty() {
        return Ok(Vec::new());
    }
    let stream = Stream::Appeal(appeal.round.clone(), appeal.number);
    let trail = Trail::follow(round, &appeal.unit, &stream, past)?;
    let question = Question { appeal, trail: &trail, past };
    Ok(appeal.claims.iter().map(|claim| question.answer(&claim.that)).collect())
}

/// A verdict that names no event.
fn without_events(found: Found) -> Verdict {
    Verdict { found, events: Vec::new(), more: 0 }
}
