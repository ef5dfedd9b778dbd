//! The heads map as a fold: where every stream ends, and what it folds to (proto/README.md, section 22).
//! It grows with the streams, never with the log; it holds no state of any stream, but its digest.

mod folded;

use std::collections::{BTreeMap, HashMap};

use proto::fold::Unfit;
use proto::heads::{BadMap, HeadsRoot, HeadsTree, StreamHead};
use proto::walk::Head;
use proto::{Event, Fact, Hash, Stream};

use crate::world::World;

pub use folded::folded;

/// The heads of a log's streams, as far as it was followed.
#[derive(Debug, Default)]
pub struct Heads {
    /// By the bytes of the stream's name; each with its hash as an entry.
    settled: BTreeMap<String, (StreamHead, Hash)>,
    /// Streams that have grown since their state was looked at last.
    grown: HashMap<Stream, Head>,
}

/// A stream whose state is not there, or has no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("heads_unfolded: the stream {0} has no state: {1}")]
pub struct Unfolded(pub Stream, pub String);

impl Heads {
    /// Takes an event that the world has folded, and its hash. The log's own stream is no part of the map.
    pub fn take(&mut self, event: &Event, hash: Hash) {
        let envelope = &event.envelope;
        if envelope.stream != Stream::Log {
            self.grown.insert(envelope.stream.clone(), Head { version: envelope.version, hash });
        }
    }

    /// Takes an event that the world has folded. A round that has ended is looked at, and then forgotten.
    ///
    /// # Errors
    /// [`Unfit`] for a stream that has no state.
    pub fn follow(&mut self, world: &mut World, event: &Event, hash: Hash) -> Result<(), Unfit> {
        self.take(event, hash);
        if matches!(event.fact, Fact::RoundClosed(_)) {
            let position = event.envelope.position;
            self.settle(world).map_err(|unfolded| Unfit { position, what: unfolded.to_string() })?;
            world.forget_closed();
        }
        Ok(())
    }

    /// Looks at the states of the streams that have grown. To be done before a world forgets anything.
    ///
    /// # Errors
    /// [`Unfolded`] for a stream that the world does not hold.
    pub fn settle(&mut self, world: &World) -> Result<(), Unfolded> {
        for (stream, Head { version, hash }) in std::mem::take(&mut self.grown) {
            let missing = || Unfolded(stream.clone(), "the world does not hold it".to_owned());
            let state = folded(world, &stream).ok_or_else(missing)?;
            let state = state.digest().map_err(|e| Unfolded(stream.clone(), e.to_string()))?;
            let name = stream.to_string();
            let head = StreamHead { hash, state, stream, version };
            let entry = head.entry();
            self.settled.insert(name, (head, entry));
        }
        Ok(())
    }

    /// The map's count and root where the log was followed to.
    ///
    /// # Errors
    /// As [`Heads::settle`].
    pub fn root(&mut self, world: &World) -> Result<HeadsRoot, Unfolded> {
        self.settle(world)?;
        Ok(HeadsRoot::over(self.settled.values().map(|(_, entry)| *entry)))
    }

    /// The map itself, for proofs.
    ///
    /// # Errors
    /// As [`Heads::settle`].
    ///
    /// # Panics
    /// Never: the heads stand by their names, and each was made from an event.
    pub fn tree(&mut self, world: &World) -> Result<HeadsTree, Unfolded> {
        self.settle(world)?;
        let tree = HeadsTree::over(self.settled.values().map(|(head, _)| head.clone()).collect());
        Ok(tree.unwrap_or_else(|bad: BadMap| unreachable!("heads by name: {bad}")))
    }
}
