//! A log that grows while it is verified: the head row as it stood when the walk began, held against the walk where it passed it, and
//! what came since. It waits for nobody, and holds nobody up.

use proto::walk::Walk;

use crate::finding::{Finding, Place};
use crate::projections::Held;
use crate::source::{Source, StoredHead};

/// Whether a projection stands behind where the walk has ended, at an event that the log has by now.
pub async fn grown(source: &Source, held: &Held, walk: &Walk) -> Result<bool, sqlx::Error> {
    let Some(awaited) = held.awaits(walk.position()) else { return Ok(false) };
    Ok(source.size().await? >= awaited)
}

/// The head row as it stood when a walk began, and the walk where it passed it: a log may grow while it is verified.
pub struct Passed {
    stored: Option<StoredHead>,
    there: Option<Walk>,
}

impl Passed {
    /// Before the walk goes on from where it stands.
    pub fn new(stored: Option<StoredHead>, walk: &Walk) -> Self {
        let mut passed = Self { stored, there: None };
        passed.step(walk);
        passed
    }

    /// Keeps the walk where the head row stood.
    pub fn step(&mut self, walk: &Walk) {
        if self.stored.as_ref().is_some_and(|stored| u64::try_from(stored.position) == Ok(walk.position())) {
            self.there = Some(walk.clone());
        }
    }

    /// What does not fit in the head row: as it stood, where the walk passed it, and as it stands now behind whatever came since.
    /// Events that stand behind it without its having moved are nobody's.
    pub async fn head_row(self, source: &Source, walk: &Walk) -> Result<Option<Finding>, sqlx::Error> {
        let passed = self.there.as_ref().filter(|there| there.position() < walk.position());
        let Some(there) = passed else { return Ok(head_row(self.stored.as_ref(), walk)) };
        if let Some(finding) = head_row(self.stored.as_ref(), there) {
            return Ok(Some(finding));
        }
        let now = source.head().await?;
        let is_ahead = now.as_ref().is_some_and(|now| u64::try_from(now.position).is_ok_and(|p| p > walk.position()));
        // It moves with each group, in the transaction that writes it: one further on has seen everything that was walked.
        Ok(if is_ahead { None } else { head_row(now.as_ref(), walk) })
    }
}

/// What does not fit in a head row where a walk has ended.
pub fn head_row(stored: Option<&StoredHead>, walk: &Walk) -> Option<Finding> {
    let wrong = |what: &str| Some(Finding::new(Place::HeadRow, what));
    let Some(stored) = stored else { return wrong("it is missing") };
    let hash = walk.hash().map_or(Vec::new(), |h| h.0.to_vec());
    match u64::try_from(stored.position) {
        Ok(p) if p > walk.position() => {
            let what = format!("it says {p} events, the log ends at {}", walk.position());
            Some(Finding::new(Place::End(walk.position()), what))
        }
        Ok(p) if p == walk.position() => {
            let checks = [
                (stored.hash == hash, "its hash is not that of the last event"),
                (stored.root == walk.root().0, "its root is not the tree's"),
                (stored.range == walk.range().to_bytes(), "its range is not the tree's"),
            ];
            checks.into_iter().find(|(fits, _)| !fits).and_then(|(_, what)| wrong(what))
        }
        Ok(_) | Err(_) => wrong("its position is before the log's end"),
    }
}
