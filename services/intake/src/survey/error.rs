//! Why a batch of ballots is not taken, not proved, or not destroyed. Each reason that a person can meet has its code.

use platform::feed::FeedError;
use platform::restore::RestoreError;
use proto::canon::WriteError;
use proto::tree::BadProof;
use proto::{Hash, RoundId};

use super::store::StoreError;
use crate::evidence::{FileError, NotSealed};
use crate::fault::Faults;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// What is wrong with the file.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// There is no such round.
    #[error("round_unknown: there is no round {0}")]
    RoundUnknown(RoundId),
    /// It holds no survey.
    #[error("no_survey: the round {0} holds no survey")]
    NoSurvey(RoundId),
    /// A batch of this name is there.
    #[error("batch_stored: the ballots of {0} are stored already")]
    Stored(String),
    /// No batch of this name is there.
    #[error("batch_not_stored: no ballots of {0} are stored")]
    NotStored(String),
    /// Its key is not there: it never was, or it was destroyed.
    #[error("batch_key_missing: the key of the batch {0} is not there, or was destroyed")]
    NoKey(String),
    /// It has not so many ballots.
    #[error("ballot_unknown: the batch has {ballots} ballots, counted from 0; there is no ballot {index}")]
    BallotUnknown {
        /// Which was asked for.
        index: u64,
        /// How many there are.
        ballots: u64,
    },
    /// The ballot is gone.
    #[error("ballot_destroyed: the ballot {0} was destroyed")]
    BallotDestroyed(u64),
    /// What is stored does not lead to the root on record.
    #[error("ballots_altered: the stored entries lead to {found}, not to {recorded}")]
    Altered {
        /// Where they lead to.
        found: Hash,
        /// What is on record.
        recorded: Hash,
    },
    /// The store of files failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The store of ballots failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something does not open under its key.
    #[error("ballot_unsealed: {0}")]
    Sealed(#[from] NotSealed),
    /// The log cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The log does not fold.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The file cannot be read.
    #[error("reading: {0}")]
    Io(#[from] std::io::Error),
    /// Something has no canonical form.
    #[error(transparent)]
    Canon(#[from] WriteError),
    /// What was sealed is no longer understood.
    #[error("ballots_damaged: {0}")]
    Json(#[from] serde_json::Error),
    /// There is no such proof.
    #[error(transparent)]
    Proof(#[from] BadProof),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// One part of the work failed, and another tells why.
    #[error("the batch broke off")]
    Stopped,
    /// Whoever read the file ended.
    #[error("reading the file ended: {0}")]
    Task(#[from] tokio::task::JoinError),
}
