//! The working state: the log's own facts, people, documents, open rounds.
//! It holds what is open, never the log: a closed round is dropped and loaded again when it is needed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proto::act::log::CreateLog;
use proto::document::DocKind;
use proto::{ActorId, DocId, Instant, Origin, RoundId};

use crate::documents::Document;
use crate::people::Person;
use crate::round::Round;

/// The state of a log.
#[derive(Debug, Default)]
pub struct World {
    /// The log's beginning.
    pub log: Option<LogState>,
    /// The last position that was folded.
    pub position: u64,
    /// The time of the last event.
    pub at: Option<Instant>,
    /// People.
    pub people: HashMap<ActorId, Person>,
    /// Documents that are held.
    pub documents: HashMap<(DocKind, DocId), Document>,
    /// Rounds that are held.
    pub rounds: BTreeMap<RoundId, Round>,
    /// What was touched since it was last taken, if anyone keeps account of it.
    pub touched: Option<Touched>,
}

/// The log's own facts.
#[derive(Debug, Clone)]
pub struct LogState {
    /// Its origin.
    pub origin: Origin,
    /// Genesis.
    pub genesis: CreateLog,
}

/// What events have touched, for projectors that write only that.
#[derive(Debug, Default)]
pub struct Touched {
    /// Rounds, and in them units by place, and of those leaves by place.
    pub rounds: BTreeMap<RoundId, TouchedRound>,
}

/// What events have touched in a round.
#[derive(Debug, Default)]
pub struct TouchedRound {
    /// Everything: the round was opened, or its survey merged.
    pub all: bool,
    /// Units and their leaves.
    pub units: BTreeMap<usize, BTreeSet<usize>>,
    /// Publications made.
    pub publications: BTreeSet<u32>,
}

impl World {
    /// A world that keeps account of what is touched.
    #[must_use]
    pub fn tracking() -> Self {
        Self { touched: Some(Touched::default()), ..Self::default() }
    }

    /// Takes the account of what was touched.
    pub fn take_touched(&mut self) -> Touched {
        self.touched.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// When the timer has to act next.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.rounds.values().filter_map(|r| r.next_due).min()
    }

    /// Drops closed rounds and the documents that no open round needs; they are loaded again on demand.
    pub fn forget_closed(&mut self) {
        self.rounds.retain(|_, r| !r.closed);
        let rounds = &self.rounds;
        self.documents.retain(|(kind, id), document| {
            matches!(document, Document::Open { .. }) || rounds.values().any(|r| r.names(*kind, id))
        });
    }
}

impl Round {
    /// Whether the round names a document.
    #[must_use]
    pub fn names(&self, kind: DocKind, id: &DocId) -> bool {
        match kind {
            DocKind::Rulebook => self.config.rulebook.id == *id,
            DocKind::Catalogue => self.config.catalogue.id == *id,
            DocKind::Tally => self.batches.values().any(|b| b.recorded.tally.id == *id),
            DocKind::Form => self.config.forms.iter().any(|form| form.id == *id),
        }
    }
}
