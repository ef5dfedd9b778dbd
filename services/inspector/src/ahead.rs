//! The walk, ahead of whoever folds: a task of its own walks and reads the log's events, and is never far in front.
//! What it finds comes behind every event that holds.

use proto::walk::Walk;
use proto::{Command, Event, Hash, Principal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::finding::{Finding, Place};
use crate::source::Source;
use crate::walking::{Stopped, Walking};

/// Events that are handed over at once.
const BATCH_EVENTS: usize = 128;
/// Batches that the walk may be ahead.
const BATCHES_AHEAD: usize = 4;

/// An event that the walk has gone over.
pub struct Read {
    /// Its hash.
    pub hash: Hash,
    /// The event.
    pub event: ReadEvent,
}

/// An event, and what was asked that led to it.
pub struct ReadEvent {
    /// The event.
    pub event: Event,
    /// Who asked, and for what.
    pub asked: (Principal, Command),
}

impl From<Event> for ReadEvent {
    fn from(event: Event) -> Self {
        let asked = event.asked();
        Self { event, asked }
    }
}

/// The events as they come.
pub struct Ahead {
    batches: mpsc::Receiver<Result<Vec<Read>, Stopped>>,
    batch: std::vec::IntoIter<Read>,
    /// The walk, once it has come to the log's end.
    ended: oneshot::Receiver<Walk>,
    /// Ends with this.
    _walking: JoinSet<()>,
}

impl Ahead {
    /// Begins behind where a walk stands.
    pub fn begin(source: Source, walk: Walk) -> Self {
        let (out, batches) = mpsc::channel(BATCHES_AHEAD);
        let (end, ended) = oneshot::channel();
        let mut walking = JoinSet::new();
        walking.spawn(walk_on(source, walk, (out, end)));
        Self { batches, batch: Vec::new().into_iter(), ended, _walking: walking }
    }

    /// Goes on behind the end that it has come to, in a log that has grown.
    ///
    /// # Errors
    /// [`Stopped`] where it has come to no end.
    pub async fn go_on(self, source: Source) -> Result<Self, Stopped> {
        let walk = self.ended.await.map_err(|_| sqlx::Error::WorkerCrashed)?;
        Ok(Self::begin(source, walk))
    }

    /// The next event; none at the log's end.
    ///
    /// # Errors
    /// [`Stopped`], once all before it have been given.
    pub async fn next(&mut self) -> Result<Option<Read>, Stopped> {
        loop {
            if let Some(read) = self.batch.next() {
                return Ok(Some(read));
            }
            match self.batches.recv().await {
                Some(Ok(batch)) if batch.is_empty() => return Ok(None),
                Some(batch) => self.batch = batch?.into_iter(),
                // An end is said: a walk that is merely gone has not come to it.
                None => return Err(sqlx::Error::WorkerCrashed.into()),
            }
        }
    }
}

/// Walks to the end, or to where something does not hold, and says which it is.
async fn walk_on(
    source: Source,
    walk: Walk,
    (out, end_at): (mpsc::Sender<Result<Vec<Read>, Stopped>>, oneshot::Sender<Walk>),
) {
    let mut batch = Vec::with_capacity(BATCH_EVENTS);
    let end = match Walking::on(&source, walk).await {
        Ok(mut walking) => loop {
            match read(&mut walking).await {
                Ok(Some(read)) => batch.push(read),
                Ok(None) => {
                    // Whoever folds may have gone.
                    let _ = end_at.send(walking.ended());
                    break Ok(Vec::new());
                }
                Err(stopped) => break Err(stopped),
            }
            if batch.len() == BATCH_EVENTS && out.send(Ok(std::mem::take(&mut batch))).await.is_err() {
                return;
            }
        },
        Err(error) => Err(error.into()),
    };
    if !batch.is_empty() && out.send(Ok(batch)).await.is_err() {
        return;
    }
    // Whoever folds may have seen enough.
    let _ = out.send(end).await;
}

async fn read(walking: &mut Walking<'_>) -> Result<Option<Read>, Stopped> {
    let Some(row) = walking.next().await? else { return Ok(None) };
    let unfit = |what: String| Stopped::Broken(Finding::new(Place::Position(walking.walk().position()), what));
    let event = Event::decode(row.body().unwrap_or_default()).map_err(|e| unfit(e.to_string()))?;
    let hash = walking.walk().hash().ok_or_else(|| unfit("it has no hash".to_owned()))?;
    Ok(Some(Read { hash, event: event.into() }))
}
