//! Erasures: what the log orders, confirmed by a second person, is destroyed here, as often as it is found again: after a restore of
//! older keys too. Nothing is destroyed that the log does not order.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{World, confirmed};
use platform::feed::{Feed, SharedFeed};
use platform::ports::{SharedSubmit, Submit};
use platform::restore::{RestoreError, restore};
use proto::fold::Streams;
use proto::{Act, Answer, Command, Hash, Instant, Principal, Rejection};

use crate::evidence::{FileError, Store};

/// For how many days a backup of keys is kept at most: an erasure is complete once they are over (RULINGS 29).
pub const KEY_BACKUP_DAYS: u32 = 10;

/// Why an erasure is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// The log cannot be read.
    #[error("log_damaged: {0}; run `parindex verify`")]
    Log(#[from] RestoreError),
    /// What is to be destroyed cannot be.
    #[error(transparent)]
    File(#[from] FileError),
}

/// An erasure of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedFile {
    /// The file.
    pub address: Hash,
    /// The position of the event that confirmed it.
    pub position: u64,
    /// When that was.
    pub at: Instant,
    /// Whether there was anything to be destroyed now.
    pub now: bool,
}

/// Every file whose erasure the log orders, as confirmed up to its end.
///
/// # Errors
/// [`RestoreError`].
pub async fn ordered(feed: &dyn Feed) -> Result<Vec<ErasedFile>, RestoreError> {
    let upto = *feed.head().borrow();
    let mut world = World::default();
    restore(feed, &mut world, Streams::Cases, upto).await?;
    let mut files: Vec<ErasedFile> = confirmed(&world.cases)
        .flat_map(|(ordered, confirmed)| {
            let (position, at) = (confirmed.position, confirmed.at);
            ordered.files.iter().map(move |address| ErasedFile { address: *address, position, at, now: false })
        })
        .collect();
    files.sort_by_key(|file| file.position);
    Ok(files)
}

/// Destroys whatever the log orders to be, and is still there.
///
/// # Errors
/// [`ErasureError`]; it is then to be done again.
pub async fn carry_out(feed: &dyn Feed, store: &Store) -> Result<Vec<ErasedFile>, ErasureError> {
    let mut erased = ordered(feed).await?;
    let Some(files) = store.there().await? else { return Ok(erased) };
    for file in &mut erased {
        file.now = files.erase(file.address).await?;
    }
    Ok(erased)
}

/// A door behind which an erasure is carried out before its second person has the answer.
pub struct Erasing {
    /// The door behind it.
    pub door: SharedSubmit,
    /// The files.
    pub store: Arc<Store>,
    /// The log.
    pub feed: SharedFeed,
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
            && let Err(error) = carry_out(&*self.feed, &self.store).await
        {
            // It stands in the log, and is carried out at the next start, or by the operator.
            tracing::error!(%error, "intake.erasure_failed");
        }
        answers
    }
}
