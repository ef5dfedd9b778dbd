//! Restoring: reads again what a fold has dropped, by the same fold as the first time.
//! There is no other way back: recovery is the ordinary path run again.

use std::collections::BTreeSet;

use proto::Event;
use proto::event::DecodeError;
use proto::fold::{Fold, Streams, Unfit};

use crate::feed::{Feed, FeedError};

/// A position behind every log's end: for whoever wants all that is there now, what was granted or revoked just now included.
pub const END: u64 = i64::MAX.unsigned_abs();

/// Why something could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The feed failed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A body is no event.
    #[error("restoring {streams:?}: {source}")]
    Decode {
        /// What was being restored.
        streams: Streams,
        /// What is wrong.
        source: DecodeError,
    },
    /// An event does not fit.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// Restores streams up to a position, and before each of their events what it needs in turn.
///
/// # Errors
/// [`RestoreError`] with the first failure; the fold is then no longer to be used.
pub async fn restore(
    feed: &dyn Feed,
    fold: &mut (impl Fold + Send),
    streams: Streams,
    upto: u64,
) -> Result<(), RestoreError> {
    let mut stack = vec![read(feed, streams, upto).await?];
    let mut done = BTreeSet::new();
    while let Some((streams, events)) = stack.last() {
        let Some(event) = events.last() else {
            done.insert(streams.clone());
            stack.pop();
            continue;
        };
        let waits = |need: &Streams| done.contains(need) || stack.iter().any(|(open, _)| open == need);
        if let Some(need) = fold.needs(event).into_iter().find(|need| !waits(need)) {
            stack.push(read(feed, need, upto).await?);
            continue;
        }
        let event = stack.last_mut().and_then(|(_, events)| events.pop()).expect("there was a last event above");
        fold.restore(&event)?;
    }
    Ok(())
}

/// Reads streams; the events in reverse, so that the first one is the last of the vector.
async fn read(feed: &dyn Feed, streams: Streams, upto: u64) -> Result<(Streams, Vec<Event>), RestoreError> {
    let bodies = feed.streams(&streams, upto).await?;
    let mut events = Vec::with_capacity(bodies.len());
    for body in bodies.iter().rev() {
        let event = Event::decode(body).map_err(|source| RestoreError::Decode { streams: streams.clone(), source })?;
        events.push(event);
    }
    Ok((streams, events))
}
