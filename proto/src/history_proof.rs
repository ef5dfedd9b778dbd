//! A complete history in one file: all events of a sheet's streams up to an anchor, and the proof that none is missing.
//! It is canonical JSON (proto/README.md, section 23). What it says of itself is believed nowhere: every event stands in the
//! log's tree, every stream's end in the heads map, and both in the anchor that a signed checkpoint covers.

mod verify;

use crate::act::wire;
use crate::canon::{self, CanonError, to_vec};
use crate::checkpoint::BadCheckpoint;
use crate::hash::Hash;
use crate::heads::{Absence, BadHeads, Folded, Listing, Presence};
use crate::ids::{RoundId, UnitId};
use crate::stream::Stream;
use crate::tree::BadProof;

pub use verify::{Covered, Proven, documents};

/// What a file of this form says first of itself.
pub const FORMAT: &str = "parindex complete history 1";
/// The most bytes of a file: a round of a province takes a fiftieth of it.
pub const HISTORY_BYTES_MAX: usize = 512 * 1024 * 1024;

wire! {
    /// The complete history of a unit's sheet in a round, up to an anchor.
    pub struct HistoryProof {
        /// The streams that such a history has where anything happened, and that have no event: the sheet's own alone can be one.
        pub absences: Vec<Absence>,
        /// The anchor, under the checkpoint.
        pub anchor: ProvenEvent,
        /// The signed checkpoint: a whole note.
        pub checkpoint: String,
        /// [`FORMAT`].
        pub format: String,
        /// All survey batches and all appeals of the round.
        pub listings: Vec<Listing>,
        /// The round.
        pub round: RoundId,
        /// Every stream that the history needs, in the order of their names.
        pub streams: Vec<WholeStream>,
        /// The unit.
        pub unit: UnitId,
    }

    /// An event and its place in a tree.
    pub struct ProvenEvent {
        /// Its body, byte for byte.
        pub body: String,
        /// The inclusion proof at the index that the body's position gives: of the anchor under the checkpoint, of every other
        /// event in the tree that the anchor is over.
        pub proof: Vec<Hash>,
    }

    /// All events of a stream up to the anchor.
    pub struct WholeStream {
        /// They, from version 1 on.
        pub events: Vec<ProvenEvent>,
        /// Where the heads map says that the stream ends.
        pub presence: Presence,
        /// What they fold to.
        pub state: Folded,
    }
}

/// A complete history that is none.
#[derive(Debug, thiserror::Error)]
pub enum BadHistory {
    /// More bytes than such a file has.
    #[error("history_too_large: {0} bytes, the limit is {HISTORY_BYTES_MAX}")]
    TooLarge(usize),
    /// Not canonical JSON.
    #[error("history_bad: {0}")]
    Canon(#[from] CanonError),
    /// JSON of another shape.
    #[error("history_bad: {0}")]
    Shape(#[from] serde_json::Error),
    /// Of another form.
    #[error("history_bad: {0}")]
    Form(&'static str),
    /// The checkpoint is none, or nobody who is believed signed it.
    #[error("history_checkpoint: {0}")]
    Checkpoint(#[from] BadCheckpoint),
    /// The anchor is none, or not in the log of the checkpoint.
    #[error("history_anchor: {0}")]
    Anchor(String),
    /// A body is no event, or not one of its stream.
    #[error("history_event: version {version} of {stream}: {what}")]
    Event {
        /// The stream.
        stream: Stream,
        /// The version that must stand there.
        version: u64,
        /// What is wrong.
        what: String,
    },
    /// An event is not in the log that the anchor is over: it was changed, or made up.
    #[error("history_not_in_log: version {version} of {stream}: {source}")]
    NotInLog {
        /// The stream.
        stream: Stream,
        /// Its version.
        version: u64,
        /// What the proof says.
        source: BadProof,
    },
    /// An event between two others is missing.
    #[error("history_gap: version {version} of {stream} is missing")]
    Gap {
        /// The stream.
        stream: Stream,
        /// The version.
        version: u64,
    },
    /// The newest events of a stream are missing.
    #[error("history_cut: {stream} ends at version {found}, at the anchor it had {must}")]
    Cut {
        /// The stream.
        stream: Stream,
        /// The newest version in the file.
        found: u64,
        /// The newest version at the anchor.
        must: u64,
    },
    /// A stream's last event is not the one that the heads map names.
    #[error("history_other_end: the last event of {0} is not the one that the heads map names")]
    OtherEnd(Stream),
    /// A proof about the heads map does not hold.
    #[error("history_heads: {stream}: {source}")]
    Heads {
        /// About which stream, or how the names of streams begin.
        stream: String,
        /// What is wrong.
        source: BadHeads,
    },
    /// A stream that belongs to the history is not in the file.
    #[error("history_stream_missing: {0} is not in the file")]
    StreamMissing(String),
    /// The state in the file is not the one that the heads map holds.
    #[error("history_state: the state of {0} is not the one that the heads map holds")]
    State(Stream),
    /// The events do not fold, or to another state than the file says.
    #[error("history_fold: {0}")]
    Fold(String),
}

impl BadHistory {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "history_too_large",
            Self::Canon(_) | Self::Shape(_) | Self::Form(_) => "history_bad",
            Self::Checkpoint(_) => "history_checkpoint",
            Self::Anchor(_) => "history_anchor",
            Self::Event { .. } => "history_event",
            Self::NotInLog { .. } => "history_not_in_log",
            Self::Gap { .. } => "history_gap",
            Self::Cut { .. } => "history_cut",
            Self::OtherEnd(_) => "history_other_end",
            Self::Heads { .. } => "history_heads",
            Self::StreamMissing(_) => "history_stream_missing",
            Self::State(_) => "history_state",
            Self::Fold(_) => "history_fold",
        }
    }
}

impl HistoryProof {
    /// Reads a file. Nobody has verified it yet.
    ///
    /// # Errors
    /// [`BadHistory`] for whatever is none, or too large.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadHistory> {
        if bytes.len() > HISTORY_BYTES_MAX {
            return Err(BadHistory::TooLarge(bytes.len()));
        }
        canon::check(bytes)?;
        let history: Self = serde_json::from_slice(bytes)?;
        if history.format != FORMAT {
            return Err(BadHistory::Form("it is of another format"));
        }
        Ok(history)
    }

    /// Its canonical JSON.
    ///
    /// # Errors
    /// [`BadHistory::Form`] for what cannot be read back.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BadHistory> {
        to_vec(self).map_err(|_| BadHistory::Form("it has no canonical form"))
    }
}
