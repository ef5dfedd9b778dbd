//! A heads map held whole, so that proofs can be made out of it.
//! It takes streams in no other order than that of their names' bytes, and none twice.

use super::{Absence, HEADS_COUNT_MAX, HeadsRoot, Listing, Presence, StreamHead};
use crate::stream::Stream;
use crate::tree::Levels;

/// Heads that make no map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMap {
    /// A stream does not follow the one before it.
    #[error("heads_unsorted: the stream {0} does not stand behind the one before it")]
    Order(Stream),
    /// The log's own stream.
    #[error("heads_of_log: the stream log is no part of the map")]
    Log,
    /// Versions begin with 1 and end where integers do.
    #[error("heads_version: the stream {0} has no such version")]
    Version(Stream),
}

/// A heads map.
#[derive(Debug, Clone)]
pub struct HeadsTree {
    names: Vec<String>,
    heads: Vec<StreamHead>,
    levels: Levels,
}

impl HeadsTree {
    /// The map over heads that stand in the order of their streams' names.
    ///
    /// # Errors
    /// [`BadMap`] for the first one that does not belong where it stands.
    pub fn over(heads: Vec<StreamHead>) -> Result<Self, BadMap> {
        let names: Vec<String> = heads.iter().map(|head| head.stream.to_string()).collect();
        for (i, head) in heads.iter().enumerate() {
            if i > 0 && names[i - 1] >= names[i] {
                return Err(BadMap::Order(head.stream.clone()));
            }
            if head.stream == Stream::Log {
                return Err(BadMap::Log);
            }
            if head.version == 0 || head.version > HEADS_COUNT_MAX {
                return Err(BadMap::Version(head.stream.clone()));
            }
        }
        let levels = Levels::over(heads.iter().map(StreamHead::entry).collect());
        Ok(Self { names, heads, levels })
    }

    /// Count and root.
    #[must_use]
    pub fn root(&self) -> HeadsRoot {
        HeadsRoot::over(self.levels.entries().iter().copied())
    }

    /// The proof that a stream is in the map, and how it ends; none where it is not.
    #[must_use]
    pub fn presence(&self, stream: &Stream) -> Option<Presence> {
        self.names.binary_search(&stream.to_string()).ok().map(|at| self.at(at))
    }

    /// The proof that a stream is not in the map; none where it is.
    #[must_use]
    pub fn absence(&self, stream: &Stream) -> Option<Absence> {
        let at = self.names.binary_search(&stream.to_string()).err()?;
        let (before, after) = self.neighbours(at, at);
        Some(Absence { after, before, stream: stream.clone() })
    }

    /// The proof of which streams' names begin in a certain way: those that it lists, and no others.
    #[must_use]
    pub fn listing(&self, prefix: &str) -> Listing {
        let from = self.names.partition_point(|name| name.as_str() < prefix);
        let to = from + self.names[from..].partition_point(|name| name.starts_with(prefix));
        let (before, after) = self.neighbours(from, to);
        Listing { after, before, prefix: prefix.to_owned(), within: (from..to).map(|at| self.at(at)).collect() }
    }

    fn neighbours(&self, from: usize, to: usize) -> (Option<Presence>, Option<Presence>) {
        (from.checked_sub(1).map(|at| self.at(at)), (to < self.heads.len()).then(|| self.at(to)))
    }

    fn at(&self, at: usize) -> Presence {
        let proof = self.levels.inclusion(at as u64, self.heads.len() as u64).expect("an entry of the map");
        Presence { head: self.heads[at].clone(), index: at as u64, proof }
    }
}
