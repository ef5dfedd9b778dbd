//! A tree whose every full subtree is at hand, so that proofs at all of its sizes can be made.
//! It makes proofs by the crate's own rules and never judges them.

use proto::Hash;
use proto::tree::{CompactRange, Subtree, TreeHead, Wanted};

/// A tree that has grown, with its head at each size that it had.
pub struct Grown {
    /// The hashes of the full subtrees, by level and index.
    levels: Vec<Vec<Hash>>,
    heads: Vec<TreeHead>,
}

impl Grown {
    /// The tree over these entries.
    pub fn over(entries: impl IntoIterator<Item = Hash>) -> Self {
        let mut range = CompactRange::default();
        let (mut levels, mut heads) = (vec![Vec::new()], vec![range.head()]);
        for entry in entries {
            range.append(entry);
            heads.push(range.head());
            levels[0].push(entry);
        }
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.as_chunks::<2>().0.iter().map(|[left, right]| Hash::node(left, right)).collect());
        }
        Self { levels, heads }
    }

    /// Its entries.
    pub fn size(&self) -> u64 {
        self.levels[0].len() as u64
    }

    /// The hash of the entry with an index.
    pub fn entry(&self, index: u64) -> Hash {
        self.subtree(Subtree { level: 0, index })
    }

    /// The hash of a full subtree.
    pub fn subtree(&self, subtree: Subtree) -> Hash {
        self.levels[usize::from(subtree.level)][usize::try_from(subtree.index).expect("small")]
    }

    /// Size and root over the first `size` entries.
    pub fn head(&self, size: u64) -> TreeHead {
        self.heads[usize::try_from(size).expect("small")]
    }

    /// The proof that the entry with an index is among the first `size`.
    pub fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        self.prove(&Wanted::inclusion(index, size).expect("the tree has it"))
    }

    /// The proof that the first `new` entries begin with the first `old`.
    pub fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        self.prove(&Wanted::consistency(old, new).expect("in order"))
    }

    fn prove(&self, wanted: &Wanted) -> Vec<Hash> {
        let found: Result<_, std::convert::Infallible> = wanted.prove(|subtree| Ok(self.subtree(subtree)));
        let Ok(proof) = found;
        proof
    }
}
