//! The Merkle tree over the log (RFC 9162, 2.1) as a compact range: the roots of its full subtrees.
//! Appending costs amortised one inner hash; nothing is ever rebuilt to append.

mod levels;
mod proof;

use crate::hash::Hash;

pub use levels::Levels;
pub use proof::{
    BadProof, PROOF_HASHES_MAX, TREE_SIZE_MAX, TreeHead, Wanted, root_of_inclusion, verify_consistency,
    verify_inclusion,
};

/// A full subtree: the entries from index x 2^level on, 2^level of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    /// Its height; an entry is a subtree of level 0.
    pub level: u8,
    /// Which one of its level, from 0.
    pub index: u64,
}

/// The root of a tree of no entries: SHA-256 of nothing (RFC 9162, 2.1.1).
#[must_use]
pub fn empty_root() -> Hash {
    Hash::digest(b"")
}

/// The root over full subtrees that stand side by side, largest first; none where there is none.
fn fold_subtrees(hashes: &[Hash]) -> Option<Hash> {
    let (&smallest, larger) = hashes.split_last()?;
    Some(larger.iter().rev().fold(smallest, |right, left| Hash::node(left, &right)))
}

/// The roots of the full subtrees that tile `size` entries, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    hashes: Vec<Hash>,
}

/// A stored range that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRange {
    /// No tree is so large.
    #[error("a range over {0} entries: a tree has at most {TREE_SIZE_MAX}")]
    Size(u64),
    /// Its hashes do not fit its size.
    #[error("a range over {size} entries has {expected} hashes of 32 bytes, not {bytes} bytes")]
    Bytes {
        /// The size.
        size: u64,
        /// How many hashes it must have.
        expected: u32,
        /// How many bytes there are.
        bytes: usize,
    },
}

impl CompactRange {
    /// Entries in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// Appends one entry's hash.
    pub fn append(&mut self, entry: Hash) {
        self.append_subtree(0, entry);
    }

    /// Appends the root of a full subtree that begins where the range ends.
    fn append_subtree(&mut self, level: u32, root: Hash) {
        let mut hash = root;
        for _ in 0..(self.size >> level).trailing_ones() {
            let left = self.hashes.pop().expect("a full subtree for each set bit of the size");
            hash = Hash::node(&left, &hash);
        }
        self.hashes.push(hash);
        self.size += 1 << level;
    }

    /// Appends the entries of another range.
    ///
    /// # Panics
    /// When the other range's subtrees are none of this tree: it must be no larger than the smallest one here.
    pub fn join(&mut self, right: &Self) {
        let fits = self.size == 0 || right.size <= 1 << self.size.trailing_zeros();
        assert!(fits, "{} entries behind {} are no subtrees of one tree", right.size, self.size);
        let levels = (0..u64::BITS).rev().filter(|level| right.size >> level & 1 == 1);
        for (level, root) in levels.zip(&right.hashes) {
            self.append_subtree(level, *root);
        }
    }

    /// The root over all entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_subtrees(&self.hashes).unwrap_or_else(empty_root)
    }

    /// The root over all entries and a smaller tree to the right of them.
    pub(crate) fn root_with(&self, right: Option<Hash>) -> Hash {
        match right {
            Some(right) => self.hashes.iter().rev().fold(right, |right, left| Hash::node(left, &right)),
            None => self.root(),
        }
    }

    /// The hashes as stored: 32 bytes each, largest subtree first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|h| h.0).collect()
    }

    /// A range read back from its store.
    ///
    /// # Errors
    /// [`BadRange`] when the number of hashes is not the number of set bits in `size`, or no tree is so large.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, BadRange> {
        if size > TREE_SIZE_MAX {
            return Err(BadRange::Size(size));
        }
        let expected = size.count_ones();
        if bytes.len() != expected as usize * 32 {
            return Err(BadRange::Bytes { size, expected, bytes: bytes.len() });
        }
        let hashes = bytes.chunks_exact(32).map(|c| Hash(c.try_into().expect("chunks of 32"))).collect();
        Ok(Self { size, hashes })
    }
}

#[cfg(test)]
mod tests {
    use super::CompactRange;
    use crate::hash::Hash;

    /// RFC 9162, 2.1.1, word for word.
    fn root_by_definition(entries: &[Hash]) -> Hash {
        match entries {
            [] => Hash::digest(b""),
            [one] => *one,
            _ => {
                let split = entries.len().next_power_of_two() / 2;
                Hash::node(&root_by_definition(&entries[..split]), &root_by_definition(&entries[split..]))
            }
        }
    }

    fn over(entries: &[Hash]) -> CompactRange {
        let mut range = CompactRange::default();
        entries.iter().for_each(|entry| range.append(*entry));
        range
    }

    #[test]
    fn a_range_is_not_joined_where_it_has_no_place() {
        let join = || over(&[Hash([0; 32]); 6]).join(&over(&[Hash([1; 32]); 3]));
        assert!(std::panic::catch_unwind(join).is_err(), "three are no subtree behind six");
    }

    #[test]
    fn the_root_of_a_growing_range_is_the_root_by_definition() {
        let mut range = CompactRange::default();
        let mut entries = Vec::new();
        assert_eq!(range.root(), root_by_definition(&entries));
        for i in 0..300_u32 {
            let entry = Hash::entry(&i.to_be_bytes());
            range.append(entry);
            entries.push(entry);
            assert_eq!(range.root(), root_by_definition(&entries), "{i}");
            let again = CompactRange::from_bytes(range.size(), &range.to_bytes()).expect("fits");
            assert_eq!(again, range);
            let whole_eights = entries.len() & !7;
            let mut joined = over(&entries[..whole_eights]);
            joined.join(&over(&entries[whole_eights..]));
            assert_eq!(joined, range);
        }
        assert!(CompactRange::from_bytes(3, &[0; 32]).is_err());
    }
}
