//! A stretch: a part of a log that is walked before anyone has come to its beginning, so that several walk at once.
//! What its events say of those before it is kept, and held against them when a walk joins it.

use std::collections::HashMap;

use super::{Broken, Fault, Head, Walk, follows, links, read};
use crate::hash::Hash;
use crate::ids::Origin;
use crate::tail::Tail;
use crate::tree::{CompactRange, Subtree};

/// The events of a full subtree, or the first of them where the log ends, of which nothing before them is known yet.
#[derive(Debug, Clone)]
pub struct Stretch {
    origin: Origin,
    of: Subtree,
    /// The hash of the event before it, as its own first event says.
    before: Option<Hash>,
    last: Option<Hash>,
    runs: HashMap<Box<[u8]>, Run>,
    range: CompactRange,
}

/// What a stretch has of one stream.
#[derive(Debug, Clone)]
struct Run {
    /// Where the first event of them stands in the log.
    position: u64,
    version: u64,
    /// The hash of the stream's event before it, as it says itself.
    before: Option<Hash>,
    head: Head,
}

impl Stretch {
    /// The stretch of a subtree of a log, before any of its events.
    #[must_use]
    pub fn new(origin: Origin, of: Subtree) -> Self {
        Self { origin, of, before: None, last: None, runs: HashMap::new(), range: CompactRange::default() }
    }

    /// Events before it.
    fn start(&self) -> u64 {
        self.of.index << self.of.level
    }

    /// The position of the last body taken, or of the event before the stretch.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.start() + self.range.size()
    }

    /// The tree over the stretch's own events.
    #[must_use]
    pub fn range(&self) -> &CompactRange {
        &self.range
    }

    /// Whether it has all its events.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.range.size() >> self.of.level == 1
    }

    /// Takes the next body and returns its hash.
    ///
    /// # Errors
    /// [`Fault`] naming the position and what does not fit within the stretch.
    ///
    /// # Panics
    /// When the stretch has all its events.
    pub fn step(&mut self, body: &[u8]) -> Result<Hash, Fault> {
        self.step_read(body).map(|(hash, _)| hash)
    }

    /// As [`Stretch::step`], with the tail that it has read of the body.
    ///
    /// # Errors
    /// As [`Stretch::step`].
    ///
    /// # Panics
    /// As [`Stretch::step`].
    pub fn step_read<'b>(&mut self, body: &'b [u8]) -> Result<(Hash, Tail<'b>), Fault> {
        assert!(!self.is_full(), "a stretch of level {} has all its events", self.of.level);
        let position = self.position() + 1;
        self.fit(position, body).map_err(|broken| Fault { position, broken })
    }

    fn fit<'b>(&mut self, position: u64, body: &'b [u8]) -> Result<(Hash, Tail<'b>), Broken> {
        let tail = read(&self.origin, position, body)?;
        match &self.last {
            Some(last) if !links(tail.prev, Some(last)) => return Err(Broken::Prev),
            Some(_) => {}
            None => self.before = said(tail.prev).ok_or(Broken::Prev)?,
        }
        let hash = Hash::entry(body);
        let head = Head { version: tail.version, hash };
        match self.runs.get_mut(tail.stream) {
            Some(run) => {
                follows(&tail, Some(&run.head))?;
                run.head = head;
            }
            None => {
                let before = said(tail.stream_prev).ok_or_else(|| Broken::stream_prev(tail.stream))?;
                let run = Run { position, version: tail.version, before, head };
                self.runs.insert(tail.stream.into(), run);
            }
        }
        self.last = Some(hash);
        self.range.append(hash);
        Ok((hash, tail))
    }
}

impl Walk {
    /// Goes over a stretch that begins where the walk stands.
    ///
    /// # Errors
    /// [`Fault`] with the first event that does not fit what the walk knows, or where an event is missing before the stretch;
    /// the walk stays where it was.
    pub fn join(&mut self, stretch: Stretch) -> Result<(), Fault> {
        if stretch.range.size() == 0 {
            return Ok(());
        }
        if stretch.start() != self.position() {
            let says = stretch.start() + 1;
            return Err(Fault { position: self.position() + 1, broken: Broken::Position { says } });
        }
        if stretch.before != self.last {
            return Err(Fault { position: stretch.start() + 1, broken: Broken::Prev });
        }
        let faults = stretch.runs.iter().filter_map(|(stream, run)| self.unfit(stream, run));
        if let Some(fault) = faults.min_by_key(|fault| fault.position) {
            return Err(fault);
        }
        self.streams.extend(stretch.runs.into_iter().map(|(stream, run)| (stream, run.head)));
        self.last = stretch.last;
        self.range.join(&stretch.range);
        Ok(())
    }

    /// In what a stretch's first event of a stream does not follow what the walk knows of that stream.
    fn unfit(&self, stream: &[u8], run: &Run) -> Option<Fault> {
        let head = self.streams.get(stream);
        let expected = head.map_or(0, |head| head.version) + 1;
        let broken = match () {
            () if head.is_none() && !self.whole => return None,
            () if run.version != expected => Broken::version(stream, run.version, expected),
            () if run.before != head.map(|head| head.hash) => Broken::stream_prev(stream),
            () => return None,
        };
        Some(Fault { position: run.position, broken })
    }
}

/// The link that an event names: of another, or of none.
fn said(hex: &[u8]) -> Option<Option<Hash>> {
    if hex.is_empty() { Some(None) } else { Hash::from_hex(hex).map(Some) }
}
