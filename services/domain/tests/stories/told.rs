//! What is told of a log between two positions, as the inspector asks for it: the tellers are shown the log's own events.
//! Nothing of it is kept from one question to the next.

use domain::{DiffTeller, RankTeller, Teller};
use proto::between::{Diff, DiffQuery, Mark, WhyRank, WhyRankQuery};
use proto::{Hash, Rejection};

use super::fixture::{id, r22};
use super::harness::Log;

fn mark(position: u64) -> Mark {
    Mark { position, root: Hash::digest(&position.to_be_bytes()) }
}

fn shown<T: Teller>(mut teller: T, log: &Log, to: u64) -> T {
    for (event, hash) in log.events.iter().zip(&log.hashes).take(usize::try_from(to).expect("a position")) {
        teller.take(event, *hash).expect("a log folds again");
    }
    teller
}

/// Why a unit's rank moved.
pub fn why_rank(log: &Log, unit: &str, from: u64, to: u64) -> Result<WhyRank, Rejection> {
    let query = WhyRankQuery { round: r22(), unit: id(unit), from: None, to: None };
    shown(RankTeller::new(query, from), log, to).finish(mark(from), mark(to))
}

/// What changed; of one unit or leaf, or of all if it is empty.
pub fn diff(log: &Log, (unit, leaf): (&str, &str), from: u64, to: u64) -> Result<Diff, Rejection> {
    let (unit, leaf) = ((!unit.is_empty()).then(|| id(unit)), (!leaf.is_empty()).then(|| id(leaf)));
    let query = DiffQuery { round: r22(), from: None, to: None, unit, leaf };
    shown(DiffTeller::new(query, from), log, to).finish(mark(from), mark(to))
}
