//! What all have in common that tell what happened to a round between two moments: how events come in, and how an answer
//! names them. Nothing is read here: events and their hashes come in, in the log's order.

use std::collections::BTreeMap;

use proto::between::{EventLine, KindCount};
use proto::fold::Unfit;
use proto::{Event, Hash, Rejection};

use crate::history::{leaf_of, reason_of};
use crate::world::World;

/// The most characters of a reason in an answer.
const REASON_CHARS_MAX: usize = 400;

/// A fold of the log that tells of some of its events.
pub trait Teller {
    /// The working state, which may need documents before an event can be taken.
    fn world(&mut self) -> &mut World;

    /// Takes the next event.
    ///
    /// # Errors
    /// [`Unfit`] when it does not fit what came before it.
    fn take(&mut self, event: &Event, hash: Hash) -> Result<(), Unfit>;
}

/// An event as an answer names it.
#[must_use]
pub fn event_line(event: &Event, hash: Hash) -> EventLine {
    let e = &event.envelope;
    let mut reason = reason_of(&event.fact);
    if let Some((end, _)) = reason.char_indices().nth(REASON_CHARS_MAX) {
        reason.truncate(end);
        reason.push('…');
    }
    EventLine {
        position: e.position,
        hash,
        stream: e.stream.clone(),
        version: e.version,
        at: e.at,
        actor: e.actor.clone(),
        kind: event.fact.kind().to_owned(),
        leaf: leaf_of(&event.fact).cloned(),
        reason,
    }
}

/// Whether two moments are in order.
///
/// # Errors
/// `moments_reversed`.
pub fn in_order(from: u64, to: u64) -> Result<(), Rejection> {
    if from > to { Err(Rejection::MomentsReversed { from, to }) } else { Ok(()) }
}

/// How many events of each kind there were.
#[derive(Debug, Default)]
pub struct Kinds(BTreeMap<&'static str, u64>);

impl Kinds {
    /// Counts an event.
    pub fn count(&mut self, event: &Event) {
        *self.0.entry(event.fact.kind()).or_default() += 1;
    }

    /// The counts, the most frequent kind first.
    #[must_use]
    pub fn told(self) -> Vec<KindCount> {
        let mut all: Vec<KindCount> =
            self.0.into_iter().map(|(kind, events)| KindCount { kind: kind.to_owned(), events }).collect();
        all.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.kind.cmp(&b.kind)));
        all
    }
}
