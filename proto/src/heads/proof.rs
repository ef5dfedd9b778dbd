//! Proofs about a heads map: that a stream is in it and ends so, that a stream is not, which streams of a kind there are.
//! A verifier takes the count from nobody but the root, which holds it; what a proof says of itself is believed nowhere.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{HeadsRoot, StreamHead};
use crate::act::wire;
use crate::canon::{self, CanonError, INTEGER_MAX, WriteError, to_vec};
use crate::hash::Hash;
use crate::stream::Stream;
use crate::tree::{BadProof, root_of_inclusion};

/// The most streams of a map, and the greatest version in it: what an integer of canonical JSON holds.
pub const HEADS_COUNT_MAX: u64 = INTEGER_MAX.unsigned_abs();
/// The most bytes of a proof that stands by itself: three heads with 63 hashes each take a quarter of it.
pub const PROOF_BYTES_MAX: usize = 65_536;

wire! {
    /// That a stream is in the map, and how it ends.
    pub struct Presence {
        /// The stream, where it ends, what it folds to.
        pub head: StreamHead,
        /// Its place in the map, from 0.
        pub index: u64,
        /// The inclusion proof, from the entry's sibling up.
        pub proof: Vec<Hash>,
    }

    /// That a stream is not in the map: its neighbours stand side by side, or one of them at the edge.
    pub struct Absence {
        /// The first stream behind it; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<Presence>,
        /// The last stream before it; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<Presence>,
        /// The stream.
        pub stream: Stream,
    }

    /// Which streams of the map have names that begin in a certain way: these, and no others.
    pub struct Listing {
        /// The first stream behind them; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<Presence>,
        /// The last stream before them; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<Presence>,
        /// How their names begin.
        #[cfg_attr(test, schemars(regex(pattern = r"^[a-z]+/([a-z0-9][a-z0-9._-]{0,63}/)?$")))]
        pub prefix: String,
        /// They, in the order of their names.
        pub within: Vec<Presence>,
    }
}

/// A proof that is none, or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum BadHeads {
    /// More bytes than a proof has.
    #[error("heads_proof_too_large: {0} bytes, the limit is {PROOF_BYTES_MAX}")]
    TooLarge(usize),
    /// Not canonical JSON.
    #[error("heads_proof_bad: {0}")]
    Canon(#[from] CanonError),
    /// JSON of another shape.
    #[error("heads_proof_bad: {0}")]
    Shape(#[from] serde_json::Error),
    /// What is read has no canonical form.
    #[error("heads_proof_bad: {0}")]
    Write(#[from] WriteError),
    /// A number that no map has.
    #[error("heads_proof_bad: no map has such a count or version")]
    Number,
    /// The log's own stream is in no map.
    #[error("heads_of_log: the stream log is no part of the map")]
    Log,
    /// The inclusion proof is none.
    #[error("heads_proof_wrong: {0}")]
    Proof(#[from] BadProof),
    /// The proof leads to another root.
    #[error("heads_proof_wrong: the proof of {0} leads to another root")]
    Root(Stream),
    /// The streams of a proof do not stand side by side in the map, so that others may stand between them.
    #[error("heads_proof_gap: {0}")]
    Gap(&'static str),
    /// A stream does not stand where a proof has it.
    #[error("heads_proof_order: the stream {0} does not stand there")]
    Order(Stream),
    /// The proof is about another stream.
    #[error("heads_proof_other: it is about {0}")]
    Other(String),
}

/// Reads a proof from its one spelling.
fn read<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, BadHeads> {
    if bytes.len() > PROOF_BYTES_MAX {
        return Err(BadHeads::TooLarge(bytes.len()));
    }
    canon::check(bytes)?;
    Ok(serde_json::from_slice(bytes)?)
}

macro_rules! canonical {
    ($($proof:ty),*) => {$(
        impl $proof {
            /// Reads a proof. Nobody has verified it yet.
            ///
            /// # Errors
            /// [`BadHeads`] for whatever is none, or too large.
            pub fn parse(bytes: &[u8]) -> Result<Self, BadHeads> {
                read(bytes)
            }

            /// Its canonical JSON.
            ///
            /// # Errors
            /// [`BadHeads::Write`] for a number beyond those of canonical JSON.
            pub fn to_bytes(&self) -> Result<Vec<u8>, BadHeads> {
                Ok(to_vec(self)?)
            }
        }
    )*};
}
canonical!(Presence, Absence, Listing);

impl Presence {
    /// Verifies that its stream is in the map of a root, and ends so.
    ///
    /// # Errors
    /// [`BadHeads`].
    pub fn verify(&self, root: &HeadsRoot) -> Result<(), BadHeads> {
        let Self { head, index, proof } = self;
        if head.stream == Stream::Log {
            return Err(BadHeads::Log);
        }
        if root.count > HEADS_COUNT_MAX || head.version == 0 || head.version > HEADS_COUNT_MAX {
            return Err(BadHeads::Number);
        }
        let tree = root_of_inclusion(*index, root.count, head.entry(), proof)?;
        if Hash::heads(root.count, &tree) == root.root { Ok(()) } else { Err(BadHeads::Root(head.stream.clone())) }
    }
}

impl Absence {
    /// Verifies that a stream is not in the map of a root.
    ///
    /// # Errors
    /// [`BadHeads`].
    pub fn verify(&self, stream: &Stream, root: &HeadsRoot) -> Result<(), BadHeads> {
        if self.stream != *stream {
            return Err(BadHeads::Other(self.stream.to_string()));
        }
        if *stream == Stream::Log {
            return Err(BadHeads::Log);
        }
        let name = stream.to_string();
        let (before, after) = (self.before.as_ref(), self.after.as_ref());
        side_by_side((before, &[], after), root)?;
        stands(before, |other| other < name.as_str())?;
        stands(after, |other| other > name.as_str())
    }
}

impl Listing {
    /// Verifies that the map of a root holds these streams, and no others whose names begin so.
    ///
    /// # Errors
    /// [`BadHeads`].
    pub fn verify(&self, prefix: &str, root: &HeadsRoot) -> Result<(), BadHeads> {
        if self.prefix != prefix {
            return Err(BadHeads::Other(self.prefix.clone()));
        }
        let (before, after) = (self.before.as_ref(), self.after.as_ref());
        side_by_side((before, &self.within, after), root)?;
        stands(before, |name| name < prefix)?;
        self.within.iter().try_for_each(|one| stands(Some(one), |name| name.starts_with(prefix)))?;
        stands(after, |name| name > prefix && !name.starts_with(prefix))
    }
}

/// Whether the streams stand side by side, from the one before to the one after or the map's edges. The map's order is
/// that of its maker: so each stream must be in it, at the index that follows.
fn side_by_side(
    (before, within, after): (Option<&Presence>, &[Presence], Option<&Presence>),
    root: &HeadsRoot,
) -> Result<(), BadHeads> {
    let row: Vec<&Presence> = before.into_iter().chain(within).chain(after).collect();
    row.iter().try_for_each(|one| one.verify(root))?;
    if row.windows(2).any(|pair| pair[1].index != pair[0].index + 1) {
        return Err(BadHeads::Gap("the streams do not stand side by side"));
    }
    let names: Vec<String> = row.iter().map(|one| one.head.stream.to_string()).collect();
    if let Some(at) = names.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(BadHeads::Order(row[at + 1].head.stream.clone()));
    }
    if before.is_none() && row.first().is_some_and(|first| first.index != 0) {
        return Err(BadHeads::Gap("the first stream is not the map's first"));
    }
    if after.is_none() && row.last().is_some_and(|last| last.index + 1 != root.count) {
        return Err(BadHeads::Gap("the last stream is not the map's last"));
    }
    // Nothing stands there at all: only an empty map has such a proof.
    if row.is_empty() && *root != HeadsRoot::over([]) {
        return Err(BadHeads::Gap("the map is not empty"));
    }
    Ok(())
}

fn stands(one: Option<&Presence>, there: impl Fn(&str) -> bool) -> Result<(), BadHeads> {
    match one {
        Some(one) if !there(&one.head.stream.to_string()) => Err(BadHeads::Order(one.head.stream.clone())),
        _ => Ok(()),
    }
}
