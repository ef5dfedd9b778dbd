//! A tree held whole: the hashes of all its full subtrees, for whoever makes many proofs out of it.
//! It takes 64 bytes for each entry; a log's own proofs come out of tiles.

use std::convert::Infallible;

use super::{BadProof, Subtree, TreeHead, Wanted};
use crate::hash::Hash;
use crate::tree::CompactRange;

/// The hashes of full subtrees, by level and index.
#[derive(Debug, Clone)]
pub struct Levels(Vec<Vec<Hash>>);

impl Levels {
    /// The tree over these entries.
    #[must_use]
    pub fn over(entries: Vec<Hash>) -> Self {
        let mut levels = vec![entries];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.as_chunks::<2>().0.iter().map(|[left, right]| Hash::node(left, right)).collect());
        }
        Self(levels)
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[Hash] {
        &self.0[0]
    }

    /// Size and root of the tree over its first entries; over all of them where there are no more.
    #[must_use]
    pub fn head(&self, size: u64) -> TreeHead {
        let mut range = CompactRange::default();
        let first = self.entries().iter().take(usize::try_from(size).unwrap_or(usize::MAX));
        first.for_each(|entry| range.append(*entry));
        range.head()
    }

    /// The proof that the entry with an index is among the first `size`.
    ///
    /// # Errors
    /// [`BadProof::Index`] where it is not.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, BadProof> {
        if size > self.entries().len() as u64 {
            return Err(BadProof::Index { index, size });
        }
        let hash = |s: Subtree| {
            let index = usize::try_from(s.index).expect("below the size");
            Ok::<_, Infallible>(self.0[usize::from(s.level)][index])
        };
        let Ok(proof) = Wanted::inclusion(index, size)?.prove(hash);
        Ok(proof)
    }
}
