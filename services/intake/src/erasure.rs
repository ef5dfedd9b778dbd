//! Erasures: what the log orders, confirmed by a second person, is destroyed here, as often as it is found again: after a restore of
//! older keys too. Nothing is destroyed that the log does not order.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{World, confirmed};
use platform::feed::{Feed, SharedFeed};
use platform::ports::{Erases, SharedErases, SharedSubmit, Submit};
use platform::restore::{END, RestoreError, restore};
use proto::act::privacy::{ErasedBallot, ErasedBatch};
use proto::fold::Streams;
use proto::{Act, Answer, Command, Hash, Instant, Principal, Rejection};

use crate::evidence::{FileError, Store};
use crate::survey::{StoreError, SurveyError, destroy, destroy_batch};

/// For how many days a backup of keys is kept at most: an erasure is complete once they are over (RULINGS 29).
pub const KEY_BACKUP_DAYS: u32 = 10;

/// Why an erasure is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// The log cannot be read.
    #[error("log_damaged: {0}; run `parindex verify`")]
    Log(#[from] RestoreError),
    /// A file cannot be erased.
    #[error(transparent)]
    File(#[from] FileError),
    /// The ballots cannot be opened.
    #[error(transparent)]
    Ballots(#[from] StoreError),
    /// A ballot cannot be erased.
    #[error(transparent)]
    Ballot(#[from] SurveyError),
}

/// What is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erased {
    /// A file.
    File(Hash),
    /// A ballot.
    Ballot(ErasedBallot),
    /// Every ballot of a batch.
    Batch(ErasedBatch),
}

/// An erasure that the log orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// What.
    pub what: Erased,
    /// The position of the event that confirmed it.
    pub position: u64,
    /// When that was.
    pub at: Instant,
    /// Whether there was anything to be destroyed now.
    pub now: bool,
}

impl std::fmt::Display for Erased {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::File(address) => write!(f, "file {address}"),
            Self::Batch(batch) => write!(f, "the ballots of {}/{}", batch.round, batch.batch),
            Self::Ballot(ballot) => write!(f, "ballot {} of {}/{}", ballot.index, ballot.round, ballot.batch),
        }
    }
}

/// Every erasure that the log orders, as confirmed up to its end.
///
/// # Errors
/// [`RestoreError`].
pub async fn ordered(feed: &dyn Feed) -> Result<Vec<Erasure>, RestoreError> {
    let mut world = World::default();
    restore(feed, &mut world, Streams::Cases, END).await?;
    let mut erasures = Vec::new();
    for (ordered, confirmed) in confirmed(&world.cases) {
        let files = ordered.files.iter().copied().map(Erased::File);
        let ballots = ordered.ballots.iter().cloned().map(Erased::Ballot);
        let all = files.chain(ballots).chain(ordered.batches.iter().cloned().map(Erased::Batch));
        let (position, at) = (confirmed.position, confirmed.at);
        erasures.extend(all.map(|what| Erasure { what, position, at, now: false }));
    }
    erasures.sort_by_key(|erasure| erasure.position);
    Ok(erasures)
}

/// Destroys whatever the log orders to be, and is still there.
///
/// # Errors
/// [`ErasureError`]; it is then to be done again.
pub async fn carry_out(feed: &dyn Feed, store: &Store) -> Result<Vec<Erasure>, ErasureError> {
    let mut erasures = ordered(feed).await?;
    if erasures.is_empty() {
        return Ok(erasures);
    }
    let Some(files) = store.there().await? else { return Ok(erasures) };
    let mut ballots = store.ballots().await?;
    for erasure in &mut erasures {
        erasure.now = match (&erasure.what, &mut ballots) {
            (Erased::File(address), _) => files.forget_key(*address).await?,
            (Erased::Ballot(_) | Erased::Batch(_), None) => false,
            (Erased::Batch(batch), Some(ballots)) => {
                match destroy_batch((&files, ballots), (&batch.round, &batch.batch)).await {
                    Ok(now) => now,
                    Err(SurveyError::NoKey(_)) => false,
                    Err(error) => return Err(error.into()),
                }
            }
            (Erased::Ballot(ballot), Some(ballots)) => {
                match destroy((&files, ballots), (&ballot.round, &ballot.batch), ballot.index).await {
                    Ok(()) => true,
                    // Destroyed before, or never there: nothing of it is.
                    Err(
                        SurveyError::BallotDestroyed(_)
                        | SurveyError::NotStored(_)
                        | SurveyError::NoKey(_)
                        | SurveyError::BallotUnknown { .. },
                    ) => false,
                    Err(error) => return Err(error.into()),
                }
            }
        };
    }
    // Also what was forgotten by one who was killed before he came so far.
    files.leave_no_trace().await?;
    if let Some(ballots) = ballots {
        ballots.close().await?;
    }
    Ok(erasures)
}

/// Whoever has the files and reads the log.
pub struct Here {
    /// The files.
    pub store: Arc<Store>,
    /// The log.
    pub feed: SharedFeed,
}

#[async_trait]
impl Erases for Here {
    async fn carry_out(&self) -> Result<(), String> {
        carry_out(&*self.feed, &self.store).await.map(|_| ()).map_err(|e| e.to_string())
    }
}

/// A door behind which an erasure is carried out before its second person has the answer.
pub struct Erasing {
    /// The door behind it.
    pub door: SharedSubmit,
    /// Who carries it out: here, or a service apart.
    pub erases: SharedErases,
}

#[async_trait]
impl Submit for Erasing {
    async fn submit(&self, principal: Principal, commands: Vec<Result<Command, Rejection>>) -> Vec<Answer> {
        let confirms = |command: &Result<Command, Rejection>| {
            command.as_ref().is_ok_and(|command| matches!(command.act, Act::ConfirmErasure(_)))
        };
        let confirms: Vec<bool> = commands.iter().map(confirms).collect();
        let answers = self.door.submit(principal, commands).await;
        let mut confirmed = confirms.iter().zip(&answers).filter(|(confirms, _)| **confirms);
        if confirmed.any(|(_, answer)| matches!(answer, Answer::Accepted(_)))
            && let Err(error) = self.erases.carry_out().await
        {
            // It stands in the log, and is carried out at the next start, by whoever follows, or by the operator.
            tracing::error!(error, "intake.erasure_failed");
        }
        answers
    }
}
