//! Dossiers: a round or a score in one file that can be kept and checked without this program and its log
//! (proto/README.md, section 24). They copy what the log holds under a signed checkpoint, and never judge it.

mod archive;
mod check;
mod extent;
mod gathered;
mod heads;
mod opened;
mod page;
mod printed;
mod round;
mod score;
mod tree;

use platform::feed::FeedError;
use proto::Origin;
use proto::checkpoint::BadCheckpoint;
use proto::event::DecodeError;
use proto::fold::Unfit;
use proto::note::Note;
use proto::policy::{BadPolicy, Believed, Policy};
use proto::tree::TreeHead;

use crate::finding::Finding;
use crate::history_proof::ProveError;
use crate::source::SourceError;

pub use check::{Checked, verify_dossier};
pub use opened::BadDossier;
pub use printed::{PrintedPublication, print_publication};
pub use round::export_round;
pub use score::{OfScore, export_score};

/// Why there is no dossier.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    /// The checkpoint is none, or nobody who is believed signed it.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// The policy is none.
    #[error(transparent)]
    Policy(#[from] BadPolicy),
    /// Too few witnesses have cosigned the checkpoint: nobody who asks for them would believe the dossier.
    #[error("dossier_quorum: too few witnesses of the policy have cosigned the checkpoint")]
    Quorum,
    /// The checkpoint is another log's.
    #[error("dossier_foreign: the checkpoint is of the log {0:?}")]
    Foreign(String),
    /// The checkpoint counts more events than there are.
    #[error("dossier_ahead: the checkpoint counts {signed} events, the log has {events}")]
    Ahead {
        /// By the checkpoint.
        signed: u64,
        /// In the log.
        events: u64,
    },
    /// The log is not the one that was signed.
    #[error("dossier_differs: the root at {0} is not the one that was signed; run `parindex verify`")]
    Differs(u64),
    /// The round, or what else is asked for, is not there under the checkpoint.
    #[error("{0}: it is not in the log up to the checkpoint")]
    Unknown(&'static str),
    /// The log does not hold.
    #[error("log_broken: {0}")]
    Broken(Finding),
    /// An event does not fit the rules.
    #[error("log_broken: {0}")]
    Unfit(#[from] Unfit),
    /// A body is no event.
    #[error("log_broken: a stored body is no event: {0}")]
    Decode(#[from] DecodeError),
    /// The log cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The same, by its streams.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The sheet's history cannot be proven to be complete.
    #[error(transparent)]
    History(Box<ProveError>),
    /// A proof that does not fit a printed code.
    #[error("dossier_code: {0}")]
    Code(&'static str),
    /// Something has no canonical form.
    #[error("dossier_unwritable: {0}")]
    Write(#[from] proto::canon::WriteError),
    /// A name that no member may have.
    #[error("dossier_unwritable: {0}")]
    Name(#[from] proto::dossier::BadMemberName),
    /// The page cannot be made.
    #[error("dossier_unwritable: {0}")]
    Page(#[from] askama::Error),
    /// The archive cannot be written.
    #[error("writing: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The file cannot be written.
    #[error("writing: {0}")]
    Io(#[from] std::io::Error),
}

/// A signed checkpoint, and whom to believe that it is the log's.
#[derive(Debug, Clone)]
pub struct Seal {
    /// The note, as it stands.
    checkpoint: Vec<u8>,
    /// The policy, as it stands.
    policy: String,
    trusted: Policy,
    believed: Believed,
}

impl Seal {
    /// A checkpoint that the policy believes.
    ///
    /// # Errors
    /// [`DossierError::Policy`], [`DossierError::Checkpoint`], [`DossierError::Quorum`].
    pub fn new(checkpoint: Vec<u8>, policy: String) -> Result<Self, DossierError> {
        let note = Note::parse(&checkpoint).map_err(BadCheckpoint::from)?;
        let trusted = Policy::parse(&policy)?;
        let believed = trusted.open(&note)?;
        if !believed.quorum_met {
            return Err(DossierError::Quorum);
        }
        Ok(Self { checkpoint, policy, trusted, believed })
    }

    /// It must be a log's own.
    fn of(&self, origin: &Origin) -> Result<TreeHead, DossierError> {
        match &self.believed.checkpoint.origin {
            of if of == origin.as_str() => Ok(self.head()),
            other => Err(DossierError::Foreign(other.clone())),
        }
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.believed.checkpoint.head
    }

    /// Who vouches for it.
    #[must_use]
    pub fn believed(&self) -> &Believed {
        &self.believed
    }
}
