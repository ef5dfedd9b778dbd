//! What was read again for one question: events with their hashes, roots of the log. The working state holds the present alone.
//! It reads nothing by itself: it says which streams it wants, and takes what it is given.

use std::collections::{BTreeMap, BTreeSet};

use proto::act::appeal::LodgeAppeal;
use proto::act::examination::{Asserted, Cited};
use proto::event::DecodeError;
use proto::fold::Streams;
use proto::{Act, ActorId, Event, Hash, Stream};

use super::claims::appraised;
use super::lodged;
use crate::round::Round;
use crate::world::World;

/// An event that was read again, and its hash.
#[derive(Debug)]
pub struct Read {
    pub event: Event,
    pub hash: Hash,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Past {
    read: BTreeSet<Streams>,
    events: BTreeMap<u64, Read>,
    roots: BTreeMap<u64, Hash>,
}

impl Past {
    /// Which streams must still be read before a command can be decided; none for most.
    #[must_use]
    pub fn wants_for(&self, world: &World, act: &Act) -> Option<Streams> {
        let Act::ExamineAppeal(act) = act else { return None };
        let (round, appeal) = lodged(world, &act.round, act.number)?;
        self.wants(round, appeal)
    }

    /// Which streams must still be read before an appeal can be examined.
    #[must_use]
    pub fn wants(&self, round: &Round, appeal: &LodgeAppeal) -> Option<Streams> {
        let sheet = Streams::Sheet(round.id().clone(), appeal.unit.clone());
        let people = self.appraisers(appeal).into_iter().map(|actor| Streams::One(Stream::Grants(actor)));
        std::iter::once(sheet).chain(people).find(|streams| !self.read.contains(streams))
    }

    /// Takes the bodies of streams that were wanted.
    ///
    /// # Errors
    /// [`DecodeError`] for a body that is no event.
    pub fn take(&mut self, streams: Streams, bodies: &[Vec<u8>]) -> Result<(), DecodeError> {
        for body in bodies {
            let event = Event::decode(body)?;
            self.events.insert(event.envelope.position, Read { event, hash: Hash::entry(body) });
        }
        self.read.insert(streams);
        Ok(())
    }

    /// Takes the log's root over its first events.
    pub fn take_root(&mut self, size: u64, root: Hash) {
        self.roots.insert(size, root);
    }

    /// The log's root over its first events, where it is known.
    pub(crate) fn root(&self, size: u64) -> Option<Hash> {
        self.roots.get(&size).copied()
    }

    /// The events, in the order of the log.
    pub(super) fn events(&self) -> impl Iterator<Item = &Read> {
        self.events.values()
    }

    /// The event at a position.
    #[must_use]
    pub fn at(&self, position: u64) -> Option<&Event> {
        self.events.get(&position).map(|read| &read.event)
    }

    /// Whoever appraised a leaf that is said to have been appraised by an interested person.
    fn appraisers(&self, appeal: &LodgeAppeal) -> BTreeSet<ActorId> {
        let leaves = appeal.claims.iter().filter_map(|claim| match &claim.that {
            Asserted::AdjustedByInterested { leaf, .. } => Some(leaf),
            _ => None,
        });
        let leaves: BTreeSet<_> = leaves.collect();
        let of = |read: &&Read| appraised(&read.event.fact).is_some_and(|leaf| leaves.contains(leaf));
        self.events().filter(of).map(|read| read.event.envelope.actor.id.clone()).collect()
    }
}

impl Read {
    /// Which event it is.
    pub fn cited(&self) -> Cited {
        let e = &self.event.envelope;
        Cited { position: e.position, hash: self.hash, stream: e.stream.clone(), version: e.version }
    }
}
