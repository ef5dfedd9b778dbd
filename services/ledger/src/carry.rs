//! Carrying a log from one store to another, body for body through the one append: what arrives is what stood there.
//! It goes into an empty log alone, and takes no event that does not follow from the one before it.

use platform::db::{DbError, Place};
use platform::feed::{BATCH_EVENTS_MAX, Feed, FeedError};
use proto::event::DecodeError;
use proto::walk::{Fault, Walk};
use proto::{Accepted, Event, Origin};

use crate::append::{AppendError, Appender, Stamped};
use crate::lead::Lead;
use crate::log::{HeadRow, Log, LogError, first_head, read_head};
use crate::submit::StartError;

/// Why a log was not carried, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// A log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The target cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The log cannot be read on.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The log does not hold.
    #[error("log_broken: {0}; run `parindex verify`")]
    Broken(#[from] Fault),
    /// A body is no event.
    #[error("log_broken: {0}; run `parindex verify`")]
    Decode(#[from] DecodeError),
    /// There is a log already.
    #[error("target_not_empty: {0} holds a log of {1} events")]
    Taken(String, u64),
    /// A batch was not written.
    #[error("carrying: {0}")]
    Append(#[from] AppendError),
    /// The bodies lead to another head than the one that stands there.
    #[error("log_damaged: the head row is not that of the last event; run `parindex verify`")]
    Head,
}

/// Carries a log into an empty one, telling each position that it has come to, and gives the head there.
///
/// # Errors
/// [`CarryError`]. What was carried until then stays, and keeps the target from being taken for empty.
pub async fn carry(
    from: &Log,
    origin: Origin,
    to: &Place,
    mut progress: impl FnMut(u64),
) -> Result<HeadRow, CarryError> {
    let stored = from.head_row().await?;
    let mut appender = Appender::open(to, Lead::Now).await?;
    first_head(appender.db()).await?;
    let mut at = read_head(appender.db()).await?;
    if at.position > 0 {
        return Err(CarryError::Taken(to.to_string(), at.position));
    }
    let mut walk = Walk::new(origin);
    while at.position < stored.position {
        let bodies = from.after(at.position, BATCH_EVENTS_MAX).await?;
        if bodies.is_empty() {
            return Err(CarryError::Head);
        }
        let mut events = Vec::with_capacity(bodies.len());
        for body in bodies {
            walk.step(&body)?;
            events.push(stamped(body, &walk)?);
        }
        let next = HeadRow { position: walk.position(), hash: walk.hash(), range: walk.range().clone() };
        appender.append(&at, &next, &mut events).await?;
        at = next;
        progress(at.position);
    }
    appender.close().await;
    if at == stored { Ok(at) } else { Err(CarryError::Head) }
}

/// A body that stands in one log, as it is to stand in another.
fn stamped(body: Vec<u8>, walk: &Walk) -> Result<Stamped, CarryError> {
    let event = Event::decode(&body)?;
    let e = event.envelope;
    let accepted = Accepted {
        command: e.command.id,
        event: e.id,
        position: e.position,
        hash: walk.hash().expect("it has just taken a step"),
        stream: e.stream,
        version: e.version,
        at: e.at,
        receipt: None,
    };
    Ok(Stamped { accepted, kind: event.fact.kind(), body })
}
