//! The roots at the ends of the last groups, by which an anchor's root is known to be the log's or not.
//! It remembers a while, not the log: an anchor that comes later than that is made anew, and the root under an older checkpoint
//! is made again from the stored hashes.

use std::collections::VecDeque;

use proto::Hash;
use proto::tree::{CompactRange, TreeHead};

use crate::log::Log;

/// How many ends are remembered.
const ROOTS_MAX: usize = 1_024;
/// Hashes that are read at once.
const HASHES: u64 = 4_096;

/// Sizes and roots, the newest last.
#[derive(Debug, Default)]
pub struct Roots {
    heads: VecDeque<TreeHead>,
}

impl Roots {
    /// Remembers where a group ended that is durable.
    pub fn remember(&mut self, head: TreeHead) {
        if self.heads.back().is_some_and(|last| last.size >= head.size) {
            return;
        }
        if self.heads.len() == ROOTS_MAX {
            self.heads.pop_front();
        }
        self.heads.push_back(head);
    }

    /// The head at a size, where a group ended there.
    pub fn at(&self, size: u64) -> Option<TreeHead> {
        self.heads.binary_search_by_key(&size, |head| head.size).ok().map(|i| self.heads[i])
    }

    /// The root at any size; none beyond what is durable.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anywhere(&self, log: &Log, size: u64) -> Result<Option<Hash>, sqlx::Error> {
        if let Some(head) = self.at(size) {
            return Ok(Some(head.root));
        }
        let mut range = CompactRange::default();
        while range.size() < size {
            let hashes = log.hashes(range.size(), HASHES.min(size - range.size())).await?;
            if hashes.is_empty() {
                return Ok(None);
            }
            hashes.into_iter().for_each(|hash| range.append(hash));
        }
        Ok(Some(range.root()))
    }
}

#[cfg(test)]
mod tests {
    use proto::Hash;
    use proto::tree::TreeHead;

    use super::{ROOTS_MAX, Roots};

    #[test]
    fn the_last_ends_are_remembered_and_no_more() {
        let mut roots = Roots::default();
        let head = |size: u64| TreeHead { size, root: Hash::digest(&size.to_be_bytes()) };
        let count = 2 * ROOTS_MAX as u64;
        for n in 1..=count {
            roots.remember(head(3 * n));
            roots.remember(head(3 * n));
        }
        assert_eq!(roots.heads.len(), ROOTS_MAX);
        assert_eq!(roots.at(3 * count), Some(head(3 * count)));
        assert_eq!(roots.at(3 * (count / 2 + 1)), Some(head(3 * (count / 2 + 1))));
        assert_eq!(roots.at(3 * (count / 2)), None, "forgotten");
        assert_eq!(roots.at(3 * count - 1), None, "no group ended there");
    }
}
