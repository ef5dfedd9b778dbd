//! Rounds as they stand, held between questions: what came since the last one is folded on, so that a page costs what is new in the log
//! and not what is old. Like every fold it can be dropped at any time, and is made again from the log.

use domain::World;
use platform::feed::Feed;
use platform::restore::restore;
use proto::event::Event;
use proto::fold::{Fold, Streams};
use proto::{Hash, RoundId};
use tokio::sync::Mutex;

use crate::replay::{Inspector, ReplayError};

/// How many events are read at once.
const PAGE: usize = 1_000;

/// Rounds as they stand.
pub struct Live {
    inspector: Inspector,
    held: Mutex<World>,
}

impl Live {
    /// Nothing is held before somebody asks.
    #[must_use]
    pub fn new(inspector: Inspector) -> Self {
        Self { inspector, held: Mutex::default() }
    }

    /// Looks at a round, if one is named, and the log's people, as they stand at the log's last position; with the tree's root there.
    ///
    /// # Errors
    /// [`ReplayError`]; what is held is dropped then, and made again the next time.
    pub async fn look<R>(
        &self,
        round: Option<&RoundId>,
        see: impl FnOnce(&World, Hash) -> R + Send,
    ) -> Result<R, ReplayError> {
        let mut held = self.held.lock().await;
        // Whoever gives up waiting leaves nothing half folded behind.
        let mut world = std::mem::take(&mut *held);
        let (position, root) = self.inspector.place(None, None).await?;
        self.fold_on(&mut world, round, position).await?;
        let seen = see(&world, root);
        *held = world;
        Ok(seen)
    }

    async fn fold_on(&self, world: &mut World, round: Option<&RoundId>, position: u64) -> Result<(), ReplayError> {
        let source = self.inspector.source();
        if world.position == 0 {
            for streams in [Streams::Log, Streams::Grants, Streams::Cases] {
                restore(source, world, streams, position).await?;
            }
            world.position = position;
        }
        while world.position < position {
            for body in source.after(world.position, PAGE).await? {
                let event = Event::decode(&body)?;
                if event.envelope.position > position {
                    break;
                }
                for need in world.needs(&event) {
                    restore(source, world, need, event.envelope.position - 1).await?;
                }
                world.fold(&event)?;
            }
        }
        if let Some(round) = round.filter(|round| !world.rounds.contains_key(*round)) {
            // A round that has ended is held as long as somebody looks at it, and no other is asked for.
            world.forget_closed();
            restore(source, world, Streams::Round(round.clone()), position).await?;
        }
        Ok(())
    }
}
