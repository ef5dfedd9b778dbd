//! A projection that nobody reads yet, held against the log before it takes the place of the live one.
//! It goes along with the log by a walk and a fold of its own, and shares nothing with the projector.

use std::sync::Arc;

use platform::db::Place as Where;
use platform::feed::{BATCH_EVENTS_MAX, Feed, FeedError};
use platform::projector::ProjectError;
use proto::walk::{Fault, Walk, blame};
use proto::{Instant, Origin};

use crate::finding::{Finding, Place};
use crate::folding::Folding;
use crate::projections::hold_against;
use crate::source::{Source, SourceError};
use crate::verify::ProjectionReport;

/// Why nothing can be said of a projection.
#[derive(Debug, thiserror::Error)]
pub enum BesideError {
    /// The log cannot be opened.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The log cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The log itself does not hold.
    #[error("log_broken: {0}; run `parindex verify`")]
    Broken(Finding),
    /// The projection cannot be opened.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

/// The log as the inspector folds it, as far as it has come.
pub struct Beside {
    source: Source,
    walk: Walk,
    at: Instant,
    fold: Folding,
}

impl Beside {
    /// Begins before the first event.
    ///
    /// # Errors
    /// [`BesideError`].
    pub async fn begin(log: impl Into<Where>, origin: Origin) -> Result<Self, BesideError> {
        let source = Source::open(log).await?;
        let at = Instant::from_micros(0).expect("1970 is an instant");
        let fold = Folding::begin(Arc::new(source.clone()), origin.clone()).await?;
        Ok(Self { fold, source, walk: Walk::new(origin), at })
    }

    /// Walks and folds the log up to a position, or its end if that comes before; tells how many events it took each time.
    ///
    /// # Errors
    /// [`BesideError::Broken`] with the first event that does not hold.
    pub async fn go_to(&mut self, position: u64, mut progress: impl FnMut(u64)) -> Result<u64, BesideError> {
        while self.walk.position() < position {
            let wanted = usize::try_from(position - self.walk.position()).unwrap_or(usize::MAX);
            let bodies = self.source.after(self.walk.position(), wanted.min(BATCH_EVENTS_MAX)).await?;
            for (i, body) in bodies.iter().enumerate() {
                let next = bodies.get(i + 1).map(Vec::as_slice);
                self.walk.step(body).map_err(|fault| {
                    let Fault { position, broken } = blame(fault, body, next);
                    BesideError::Broken(Finding::new(Place::Position(position), broken.to_string()))
                })?;
                self.at = self.fold.take_body(&self.walk, body).await.map_err(BesideError::Broken)?;
            }
            if bodies.is_empty() {
                break;
            }
            progress(bodies.len() as u64);
        }
        Ok(self.walk.position())
    }

    /// Holds a projection that must stand where this has come to against the fold: what differs, and its digest.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn compare(
        &self,
        name: &'static str,
        place: &Where,
    ) -> Result<(Vec<Finding>, Option<ProjectionReport>), BesideError> {
        let here = (self.walk.position(), self.at, &self.walk);
        Ok(hold_against((name, place), here, self.fold.folded()).await?)
    }

    /// Closes the log.
    pub async fn close(self) {
        self.source.close().await;
    }
}
