//! The heads map: a Merkle tree over the newest event of every stream and what the stream folds to, sorted by name. Its root
//! says which streams there are, that each ends where it says, and that there is no other (proto/README.md, section 22).
//! It never holds the stream `log`, in which the root itself is put on record.

pub mod folded;
mod proof;
mod tree;

use crate::act::wire;
use crate::canon::to_vec;
use crate::hash::Hash;
use crate::stream::Stream;
use crate::tree::CompactRange;

pub use folded::Folded;
pub use proof::{Absence, BadHeads, HEADS_COUNT_MAX, Listing, PROOF_BYTES_MAX, Presence};
pub use tree::{BadMap, HeadsTree};

wire! {
    /// The heads map in two members: how many streams, and the root over them.
    #[derive(Copy)]
    pub struct HeadsRoot {
        /// Streams.
        pub count: u64,
        /// The root; the count is part of what it is the hash of.
        pub root: Hash,
    }

    /// A stream, where it ends, and what it folds to.
    pub struct StreamHead {
        /// The hash of its newest event.
        pub hash: Hash,
        /// The digest of the state that its events lead to.
        pub state: Hash,
        /// The stream.
        pub stream: Stream,
        /// The version of its newest event.
        pub version: u64,
    }
}

impl StreamHead {
    /// Its hash as an entry of the map.
    ///
    /// # Panics
    /// Never for a head that was read or made from an event: a version of 2^53 or more has no canonical form.
    #[must_use]
    pub fn entry(&self) -> Hash {
        Hash::head(&to_vec(self).expect("a head that was read has a canonical form"))
    }
}

impl HeadsRoot {
    /// The root over the entries' hashes, in the order of the streams' names.
    #[must_use]
    pub fn over(entries: impl IntoIterator<Item = Hash>) -> Self {
        let mut range = CompactRange::default();
        entries.into_iter().for_each(|entry| range.append(entry));
        Self { count: range.size(), root: Hash::heads(range.size(), &range.root()) }
    }
}
