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
        self.holds(size).ok_or(BadProof::Index { index, size })?;
        Ok(self.prove(&Wanted::inclusion(index, size)?))
    }

    /// The proof that the tree over the first `new` entries goes on from that over the first `old`.
    ///
    /// # Errors
    /// [`BadProof::Sizes`] where there are fewer, or the first is the larger one.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, BadProof> {
        self.holds(new).ok_or(BadProof::Sizes { old, new })?;
        Ok(self.prove(&Wanted::consistency(old, new)?))
    }

    fn holds(&self, size: u64) -> Option<()> {
        (size <= self.entries().len() as u64).then_some(())
    }

    fn prove(&self, wanted: &Wanted) -> Vec<Hash> {
        let hash = |s: Subtree| {
            let index = usize::try_from(s.index).expect("below the size");
            Ok::<_, Infallible>(self.0[usize::from(s.level)][index])
        };
        let Ok(proof) = wanted.prove(hash);
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::Levels;
    use crate::hash::Hash;
    use crate::tree::{verify_consistency, verify_inclusion};

    #[test]
    fn every_entry_and_every_step_of_every_small_tree_is_proven() {
        let tree = Levels::over((0..70_u64).map(|i| Hash::entry(&i.to_be_bytes())).collect());
        for size in 1..=70 {
            let head = tree.head(size);
            for (index, entry) in (0..size).zip(tree.entries()) {
                let proof = tree.inclusion(index, size).expect("within");
                assert_eq!(verify_inclusion(index, *entry, size, head.root, &proof), Ok(()), "{index} of {size}");
                let (old, proof) = (tree.head(index), tree.consistency(index, size).expect("within"));
                assert_eq!(verify_consistency(old, head, &proof), Ok(()), "{index} to {size}");
            }
            assert!(tree.inclusion(size, size).is_err());
        }
        assert!(tree.inclusion(0, 71).is_err() && tree.consistency(1, 71).is_err());
    }
}
