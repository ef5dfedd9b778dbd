//! The documents of a kind as the log's parts and seals lead to them. A part that does not join, or a seal that is not the digest of what was
//! joined, the ledger never took: where one stands there the log is not read on.

use std::collections::BTreeMap;

use proto::canon::Value;
use proto::document::{DocKind, join};
use proto::event::DecodeError;
use proto::opening::KeptDocument;
use proto::{DocId, Event, Fact, Hash, Instant};

use super::summary;

/// Why documents could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A body is no event.
    #[error("a document: {0}")]
    Decode(#[from] DecodeError),
    /// A part that does not fit those before it.
    #[error("position {0}: the part does not join")]
    Part(u64),
}

/// A document.
pub struct Kept {
    /// Its kind.
    kind: DocKind,
    /// Its id.
    pub id: DocId,
    /// What its parts join to.
    pub whole: Value,
    parts: u32,
    sealed: Option<Hash>,
    position: u64,
    at: Instant,
}

impl Kept {
    /// Whether it is sealed.
    pub fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }

    /// For whoever chooses one.
    pub fn told(self) -> KeptDocument {
        let summary = self.sealed.and_then(|_| summary::of(self.kind, &self.whole));
        KeptDocument {
            kind: self.kind,
            id: self.id,
            parts: self.parts,
            position: self.position,
            at: self.at,
            sealed: self.sealed,
            summary,
        }
    }
}

/// The documents of a kind, in the order of their last events.
///
/// # Errors
/// [`RecordError`] with the first failure.
pub fn on_record(kind: DocKind, bodies: &[Vec<u8>]) -> Result<Vec<Kept>, RecordError> {
    let mut all: BTreeMap<DocId, Kept> = BTreeMap::new();
    for body in bodies {
        let event = Event::decode(body)?;
        let (position, at) = (event.envelope.position, event.envelope.at);
        let id = match &event.fact {
            Fact::PartEntered(part) => &part.id,
            Fact::DocumentSealed(seal) => &seal.id,
            _ => continue,
        };
        let whole = || Value::Object([].into());
        let new = || Kept { kind, id: id.clone(), whole: whole(), parts: 0, sealed: None, position, at };
        let kept = all.entry(id.clone()).or_insert_with(new);
        (kept.position, kept.at) = (position, at);
        match &event.fact {
            Fact::PartEntered(part) => {
                kept.parts += 1;
                join(&mut kept.whole, &part.content).map_err(|_| RecordError::Part(position))?;
            }
            Fact::DocumentSealed(seal) => kept.sealed = Some(seal.digest),
            _ => {}
        }
    }
    let mut all: Vec<Kept> = all.into_values().collect();
    all.sort_by_key(|kept| kept.position);
    Ok(all)
}
