//! Along the log: a walk and a fold that go on from where they stand, in memory, for whoever needs the log's state at a
//! position now and then. It keeps no cursor, writes nothing, and believes nothing that it has not walked.

use proto::event::DecodeError;
use proto::fold::{Fold, Unfit};
use proto::walk::{Fault, Walk};
use proto::{Event, Hash, Origin};

use crate::feed::{BATCH_EVENTS_MAX, Feed, FeedError};
use crate::restore::{RestoreError, restore};

/// Why it does not go on.
#[derive(Debug, thiserror::Error)]
pub enum AlongError {
    /// The feed failed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A body does not fit what stands before it.
    #[error(transparent)]
    Broken(#[from] Fault),
    /// A body is no event.
    #[error("position {position}: {source}")]
    Decode {
        /// Where.
        position: u64,
        /// What is wrong.
        source: DecodeError,
    },
    /// What was dropped could not be folded again.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// An event does not fit, or whoever looks on has no use for it.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The log ends before that.
    #[error("the log ends at {0}")]
    End(u64),
}

/// A fold, and how far it has walked.
#[derive(Debug)]
pub struct Along<F> {
    walk: Walk,
    fold: F,
}

impl<F: Fold + Send> Along<F> {
    /// Before the first event of a log.
    pub fn new(origin: Origin, fold: F) -> Self {
        Self { walk: Walk::new(origin), fold }
    }

    /// The walk as far as it has come.
    pub fn walk(&self) -> &Walk {
        &self.walk
    }

    /// The fold as far as it has come.
    pub fn fold(&self) -> &F {
        &self.fold
    }

    /// Goes on to a position, and shows each event to `seen` once it is folded.
    ///
    /// # Errors
    /// [`AlongError`] with the first failure; it is then no longer to be used.
    pub async fn go_to(
        &mut self,
        feed: &dyn Feed,
        position: u64,
        mut seen: impl FnMut(&mut F, &Event, Hash) -> Result<(), Unfit> + Send,
    ) -> Result<(), AlongError> {
        while self.walk.position() < position {
            let wanted = usize::try_from(position - self.walk.position()).unwrap_or(usize::MAX);
            let bodies = feed.after(self.walk.position(), wanted.min(BATCH_EVENTS_MAX)).await?;
            if bodies.is_empty() {
                return Err(AlongError::End(self.walk.position()));
            }
            for body in bodies {
                let hash = self.walk.step(&body)?;
                let position = self.walk.position();
                let event = Event::decode(&body).map_err(|source| AlongError::Decode { position, source })?;
                for need in self.fold.needs(&event) {
                    restore(feed, &mut self.fold, need, position - 1).await?;
                }
                self.fold.fold(&event)?;
                seen(&mut self.fold, &event, hash)?;
            }
            // A long way is gone beside others, who must come to their turn.
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}
