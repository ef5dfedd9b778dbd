//! Survey batches as folded from their streams: whether they still count, and how far re-checks agreed.
//! A batch is never forgotten: one that was voided or replaced stays, and says so.

use proto::act::survey::{RecheckBatch, RecordBatch};
use proto::document::{RecheckRow, Tally};
use proto::exact::RoundingMode;
use proto::{BatchId, DocId, Exact, Hash};

/// A survey batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// As it was recorded.
    pub recorded: RecordBatch,
    /// The position of the event that recorded it.
    pub position: u64,
    /// Whether it counts.
    pub state: BatchState,
    /// Its re-checks, in order.
    pub rechecks: Vec<Recheck>,
}

/// Whether a batch counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchState {
    /// It can be merged.
    Stands,
    /// It was voided.
    Voided,
    /// Another one took its place.
    Replaced(BatchId),
}

/// A second sample of the same respondents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recheck {
    /// Its tally.
    pub tally: DocId,
    /// As it was recorded.
    pub recorded: RecheckBatch,
    /// The position of the event that recorded it.
    pub position: u64,
    /// Questions that were answered twice.
    pub asked: u64,
    /// Those of them that were answered alike.
    pub same: u64,
}

/// A seed that was committed to, for asking some respondents again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// What it is held against.
    pub commitment: Hash,
    /// The position of the event that committed to it.
    pub position: u64,
    /// The batch that the sample was drawn of, once it was.
    pub drawn: Option<BatchId>,
}

impl Batch {
    /// A batch as it is recorded.
    #[must_use]
    pub fn recorded(act: RecordBatch, position: u64) -> Self {
        Self { recorded: act, position, state: BatchState::Stands, rechecks: Vec::new() }
    }

    /// Whether a tally belongs to it or to one of its re-checks.
    #[must_use]
    pub fn names(&self, tally: &DocId) -> bool {
        self.recorded.tally.id == *tally || self.rechecks.iter().any(|r| r.tally == *tally)
    }
}

impl Recheck {
    /// What a tally of two answers says.
    #[must_use]
    pub fn of(tally: &Tally, recorded: RecheckBatch, position: u64) -> Self {
        let rows = tally.rechecks.iter();
        let (asked, same) = rows.fold((0, 0), |(asked, same), row| {
            (asked + row.counts.iter().map(|n| u64::from(*n)).sum::<u64>(), same + alike(row))
        });
        Self { tally: recorded.tally.id.clone(), recorded, position, asked, same }
    }

    /// The share of answers that were the same, 0 to 1; none where nothing was asked.
    #[must_use]
    pub fn agreement(&self) -> Option<Exact> {
        Exact::ratio(self.same.into(), self.asked.into())
    }

    /// How many of how many answers were the same, and their share in percent.
    #[must_use]
    pub fn told(&self) -> String {
        let percent = self.agreement().map_or(Exact::zero(), |share| share * Exact::whole(100));
        format!("{}/{} ({} %)", self.same, self.asked, percent.rounded(1, RoundingMode::HalfUp))
    }
}

/// How many stand where the first answer is the second: on the diagonal.
fn alike(row: &RecheckRow) -> u64 {
    let width = row.counts.len().isqrt();
    row.counts.iter().step_by(width + 1).map(|n| u64::from(*n)).sum()
}
