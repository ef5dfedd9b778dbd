//! Inclusion and consistency proofs (RFC 9162, 2.1.3 and 2.1.4), made and verified.
//! A verifier here never trusts a proof's length: it must be the one that index and sizes demand.

use super::{Subtree, empty_root, fold_subtrees};
use crate::hash::Hash;

/// The most hashes of a proof: one for each level of a tree of fewer than 2^63 entries.
pub const PROOF_HASHES_MAX: usize = 63;
/// The most entries of a tree that a proof is about.
pub const TREE_SIZE_MAX: u64 = (1 << 63) - 1;

/// A proof that does not hold, or is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// There is no such entry.
    #[error("the tree of {size} entries has no entry with the index {index}")]
    Index {
        /// The index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The older tree is the larger one, or a tree is too large.
    #[error("a tree of {new} entries does not go on from one of {old}")]
    Sizes {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// There are not as many hashes as there must be.
    #[error("the proof has {found} hashes, {expected} are expected")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
    /// The proof begins from another older root.
    #[error("the proof begins from another older root")]
    OldRoot,
}

/// Consecutive entries of a tree, from `start` up to before `end`, that make one hash of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u64,
    end: u64,
}

impl Span {
    /// Where a tree over these entries is divided: after the greatest power of two that leaves something over.
    fn split(self) -> u64 {
        let entries = self.end - self.start;
        self.start + (1 << (entries - 1).ilog2())
    }

    /// The full subtrees that tile it, largest first.
    fn subtrees(self) -> Vec<Subtree> {
        let (mut start, mut subtrees) = (self.start, Vec::new());
        while start < self.end {
            let level = (self.end - start).ilog2();
            subtrees.push(Subtree { level: u8::try_from(level).expect("below 64"), index: start >> level });
            start += 1 << level;
        }
        subtrees
    }
}

/// A proof that is to be made: which subtrees each of its hashes is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(Vec<Vec<Subtree>>);

impl Wanted {
    fn of(spans: &[Span]) -> Self {
        // Found from the root down, written from the entry up.
        Self(spans.iter().rev().map(|span| span.subtrees()).collect())
    }

    /// What proves that the entry with an index is in a tree of a size (RFC 9162, 2.1.3.1).
    ///
    /// # Errors
    /// [`BadProof::Index`] where the tree has no such entry.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, BadProof> {
        if index >= size || size > TREE_SIZE_MAX {
            return Err(BadProof::Index { index, size });
        }
        let (mut rest, mut spans) = (Span { start: 0, end: size }, Vec::new());
        while rest.end - rest.start > 1 {
            let split = rest.split();
            let (left, right) = (Span { end: split, ..rest }, Span { start: split, ..rest });
            let (kept, other) = if index < split { (left, right) } else { (right, left) };
            spans.push(other);
            rest = kept;
        }
        Ok(Self::of(&spans))
    }

    /// What proves that a tree goes on from an older one (RFC 9162, 2.1.4.1). From no entries, or to the same size, it
    /// is empty.
    ///
    /// # Errors
    /// [`BadProof::Sizes`] where the older one is larger.
    pub fn consistency(old: u64, new: u64) -> Result<Self, BadProof> {
        if old > new || new > TREE_SIZE_MAX {
            return Err(BadProof::Sizes { old, new });
        }
        let (mut rest, mut whole, mut spans) = (Span { start: 0, end: new }, true, Vec::new());
        while old > 0 && old != rest.end {
            let split = rest.split();
            let (left, right) = (Span { end: split, ..rest }, Span { start: split, ..rest });
            if old <= split {
                spans.push(right);
                rest = left;
            } else {
                spans.push(left);
                (rest, whole) = (right, false);
            }
        }
        if old > 0 && !whole {
            spans.push(rest);
        }
        Ok(Self::of(&spans))
    }

    /// Every subtree whose hash is needed.
    pub fn subtrees(&self) -> impl Iterator<Item = Subtree> + '_ {
        self.0.iter().flatten().copied()
    }

    /// The proof, by the hashes of its subtrees.
    ///
    /// # Errors
    /// What `hash` says where it has not one.
    pub fn prove<E>(&self, mut hash: impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
        let one = |subtrees: &Vec<Subtree>| {
            let hashes: Result<Vec<Hash>, E> = subtrees.iter().map(|s| hash(*s)).collect();
            Ok(fold_subtrees(&hashes?).expect("a span has at least one entry"))
        };
        self.0.iter().map(one).collect()
    }

    fn expect(&self, proof: &[Hash]) -> Result<(), BadProof> {
        let (found, expected) = (proof.len(), self.0.len());
        if found == expected { Ok(()) } else { Err(BadProof::Length { found, expected }) }
    }
}

/// The root that an entry and its inclusion proof lead to (RFC 9162, 2.1.3.2).
///
/// # Errors
/// [`BadProof`] where the tree has no such entry or the proof is of another length.
pub fn root_of_inclusion(index: u64, size: u64, entry: Hash, proof: &[Hash]) -> Result<Hash, BadProof> {
    Wanted::inclusion(index, size)?.expect(proof)?;
    let (mut place, mut last, mut root) = (index, size - 1, entry);
    for hash in proof {
        if place & 1 == 1 || place == last {
            root = Hash::node(hash, &root);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            root = Hash::node(&root, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    Ok(root)
}

/// Verifies that an entry is in the tree of a size and root.
///
/// # Errors
/// [`BadProof`].
pub fn verify_inclusion(index: u64, entry: Hash, size: u64, root: Hash, proof: &[Hash]) -> Result<(), BadProof> {
    if root_of_inclusion(index, size, entry, proof)? == root { Ok(()) } else { Err(BadProof::Root) }
}

/// A tree at some moment: how many entries, and the root over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Verifies that a tree goes on from an older one (RFC 9162, 2.1.4.2).
///
/// # Errors
/// [`BadProof`].
pub fn verify_consistency(old: TreeHead, new: TreeHead, proof: &[Hash]) -> Result<(), BadProof> {
    Wanted::consistency(old.size, new.size)?.expect(proof)?;
    if old.size == 0 && old.root != empty_root() {
        return Err(BadProof::OldRoot);
    }
    if old.size == new.size {
        return if old.root == new.root { Ok(()) } else { Err(BadProof::Root) };
    }
    if old.size == 0 {
        return Ok(());
    }
    let (mut place, mut last) = (old.size - 1, new.size - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    // Of a power of two the older root is itself the first hash.
    let whole = old.size.is_power_of_two();
    let first = if whole { old.root } else { proof[0] };
    let (mut of_old, mut of_new) = (first, first);
    for hash in &proof[usize::from(!whole)..] {
        if place & 1 == 1 || place == last {
            (of_old, of_new) = (Hash::node(hash, &of_old), Hash::node(hash, &of_new));
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            of_new = Hash::node(&of_new, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match (of_old == old.root, of_new == new.root) {
        (true, true) => Ok(()),
        (false, _) => Err(BadProof::OldRoot),
        (true, false) => Err(BadProof::Root),
    }
}
