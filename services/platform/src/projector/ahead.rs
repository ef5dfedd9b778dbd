//! Reading ahead: the next batch is fetched, walked and decoded by a task of its own while one is folded and written.
//! What does not fit in it is told only once it is asked for: the batch before is then in the database.

use proto::walk::{Walk, blame};
use proto::{Event, Hash, Instant};
use tokio::task::JoinSet;

use super::ProjectError;
use crate::feed::{BATCH_EVENTS_MAX, SharedFeed};

/// A batch that was walked, and where the walk stands behind it.
pub struct Batch {
    /// Its events.
    pub events: Vec<Event>,
    /// The last position.
    pub position: u64,
    /// The hash of the event there.
    pub hash: Option<Hash>,
    /// The tree's root up to there.
    pub root: Hash,
    /// The compact range up to there.
    pub range: Vec<u8>,
    /// When the last event happened; none in an empty batch.
    pub at: Option<Instant>,
}

/// The walk, where it stands or where it is under way.
pub struct Ahead {
    feed: SharedFeed,
    /// None while the task has it, and after a failure.
    walk: Option<Walk>,
    /// One task at the most; it ends with this.
    task: JoinSet<(Walk, Result<Batch, ProjectError>)>,
}

impl Ahead {
    /// Nothing was read yet.
    pub fn new(feed: SharedFeed, walk: Walk) -> Self {
        Self { feed, walk: Some(walk), task: JoinSet::new() }
    }

    /// The next batch; an empty one if the log ends here now. Where more is to be expected behind it, reading that begins.
    pub async fn next(&mut self) -> Result<Batch, ProjectError> {
        let read_before = match self.task.join_next().await {
            Some(ended) => Some(self.take(ended.expect("the task neither panics nor is ended while it is owned"))?),
            None => None,
        };
        let batch = match read_before.filter(|batch| !batch.events.is_empty()) {
            Some(batch) => batch,
            // An end that was found a while ago may be none any more.
            None => {
                let walk = self.walk.take().ok_or(ProjectError::LostPlace)?;
                let read = read(SharedFeed::clone(&self.feed), walk).await;
                self.take(read)?
            }
        };
        let more = batch.events.len() == BATCH_EVENTS_MAX || *self.feed.head().borrow() > batch.position;
        if more && let Some(walk) = self.walk.take() {
            self.task.spawn(read(SharedFeed::clone(&self.feed), walk));
        }
        Ok(batch)
    }

    fn take(&mut self, (walk, read): (Walk, Result<Batch, ProjectError>)) -> Result<Batch, ProjectError> {
        // After a failure the walk may stand in the middle of a batch: whoever goes on begins anew at his cursor.
        let batch = read?;
        self.walk = Some(walk);
        Ok(batch)
    }
}

async fn read(feed: SharedFeed, mut walk: Walk) -> (Walk, Result<Batch, ProjectError>) {
    let bodies = match feed.after(walk.position(), BATCH_EVENTS_MAX).await {
        Ok(bodies) => bodies,
        Err(error) => return (walk, Err(error.into())),
    };
    let batch = walk_through(&mut walk, &bodies);
    (walk, batch)
}

fn walk_through(walk: &mut Walk, bodies: &[Vec<u8>]) -> Result<Batch, ProjectError> {
    let mut events = Vec::with_capacity(bodies.len());
    for (i, body) in bodies.iter().enumerate() {
        let position = walk.position() + 1;
        let next = bodies.get(i + 1).map(Vec::as_slice);
        walk.step(body).map_err(|fault| blame(fault, body, next))?;
        events.push(Event::decode(body).map_err(|source| ProjectError::Decode { position, source })?);
    }
    Ok(Batch {
        position: walk.position(),
        hash: walk.hash(),
        root: walk.root(),
        range: walk.range().to_bytes(),
        at: events.last().map(|event: &Event| event.envelope.at),
        events,
    })
}
