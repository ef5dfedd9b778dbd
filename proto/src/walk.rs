//! The walk: follows a log body by body and finds the first one that does not fit.
//! It trusts no one: not the store, not the bus, not the order in which bodies come.

mod stretch;

use std::collections::HashMap;

use crate::EVENT_BYTES_MAX;
use crate::hash::Hash;
use crate::ids::Origin;
use crate::spelled::spelled;
use crate::tail::Tail;
use crate::tree::CompactRange;

pub use stretch::Stretch;

/// What is wrong with the body at a position. What it says itself is spelled in ASCII.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The body does not end in an envelope's tail.
    #[error("the body has no envelope")]
    NoEnvelope,
    /// The body is larger than an event may be.
    #[error("the body has {0} bytes, the limit is {EVENT_BYTES_MAX}")]
    TooLarge(usize),
    /// The body says that it stands elsewhere.
    #[error("the body says position {says}")]
    Position {
        /// What the body says.
        says: u64,
    },
    /// The body belongs to another log.
    #[error("the body belongs to the log \"{says}\"")]
    Log {
        /// What the body says.
        says: String,
    },
    /// `prev` is not the hash of the event before.
    #[error("prev is not the hash of the event before")]
    Prev,
    /// The next event holds the hash of another body than this: only [`blame`] finds that.
    #[error("the event was changed: the next one holds another hash of it")]
    Changed,
    /// The stream's version has a gap or repeats.
    #[error("version {says} in stream \"{stream}\", where {expected} must stand")]
    Version {
        /// The stream.
        stream: String,
        /// What the body says.
        says: u64,
        /// What must stand there.
        expected: u64,
    },
    /// `stream_prev` is not the hash of the event before in the stream.
    #[error("stream_prev is not the hash of the event before in stream \"{stream}\"")]
    StreamPrev {
        /// The stream.
        stream: String,
    },
}

impl Broken {
    fn version(stream: &[u8], says: u64, expected: u64) -> Self {
        Self::Version { stream: spelled(stream), says, expected }
    }

    fn stream_prev(stream: &[u8]) -> Self {
        Self::StreamPrev { stream: spelled(stream) }
    }
}

/// A body that does not fit, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: {broken}")]
pub struct Fault {
    /// The position at which it must stand.
    pub position: u64,
    /// What is wrong.
    pub broken: Broken,
}

/// The newest event of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its version.
    pub version: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A walk over a log from its first event.
#[derive(Debug, Clone)]
pub struct Walk {
    origin: Origin,
    last: Option<Hash>,
    streams: HashMap<Box<[u8]>, Head>,
    range: CompactRange,
    /// False when the walk began in the middle: then a stream's first sighting is taken as it comes.
    whole: bool,
}

impl Walk {
    /// A walk that stands before position 1 of the log of this origin.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { origin, last: None, streams: HashMap::new(), range: CompactRange::default(), whole: true }
    }

    /// A walk that goes on after a cursor: the range up to there and the hash of its last event.
    /// Versions and links within streams are checked from each stream's first event after the cursor on.
    ///
    /// # Panics
    /// When there is a last hash without a range, or a range without a last hash: whoever keeps one keeps both.
    #[must_use]
    pub fn resume(origin: Origin, range: CompactRange, last: Option<Hash>) -> Self {
        let whole = range.size() == 0;
        assert_eq!(whole, last.is_none(), "a range over {} events has a last hash if it has any event", range.size());
        Self { origin, last, streams: HashMap::new(), range, whole }
    }

    /// A walk that goes on after a cursor and knows where each stream stands there, so that it checks as one from the first
    /// event on does.
    ///
    /// # Panics
    /// As [`Walk::resume`].
    #[must_use]
    pub fn resume_knowing(
        origin: Origin,
        range: CompactRange,
        last: Option<Hash>,
        heads: impl IntoIterator<Item = (String, Head)>,
    ) -> Self {
        let streams = heads.into_iter().map(|(stream, head)| (stream.into_bytes().into(), head)).collect();
        Self { streams, whole: true, ..Self::resume(origin, range, last) }
    }

    /// Takes the next body and returns its hash.
    ///
    /// # Errors
    /// [`Fault`] naming the position and what does not fit; the walk stays where it was.
    pub fn step(&mut self, body: &[u8]) -> Result<Hash, Fault> {
        self.step_read(body).map(|(hash, _)| hash)
    }

    /// As [`Walk::step`], with the tail that it has read of the body.
    ///
    /// # Errors
    /// As [`Walk::step`].
    pub fn step_read<'b>(&mut self, body: &'b [u8]) -> Result<(Hash, Tail<'b>), Fault> {
        let position = self.range.size() + 1;
        self.fit(position, body).map_err(|broken| Fault { position, broken })
    }

    fn fit<'b>(&mut self, position: u64, body: &'b [u8]) -> Result<(Hash, Tail<'b>), Broken> {
        let tail = read(&self.origin, position, body)?;
        if !links(tail.prev, self.last.as_ref()) {
            return Err(Broken::Prev);
        }
        let head = self.streams.get_mut(tail.stream);
        if head.is_some() || self.whole {
            follows(&tail, head.as_deref())?;
        }
        let hash = Hash::entry(body);
        let next = Head { version: tail.version, hash };
        match head {
            Some(head) => *head = next,
            None => {
                self.streams.insert(tail.stream.into(), next);
            }
        }
        self.last = Some(hash);
        self.range.append(hash);
        Ok((hash, tail))
    }

    /// Takes the hash of an event whose body is withheld. The next body must link to it; of its stream nothing is known, so it
    /// can stand in none that the walk has seen or will see, or that one's versions have a gap.
    pub fn pass(&mut self, hash: Hash) {
        self.last = Some(hash);
        self.range.append(hash);
    }

    /// The position of the last body taken; 0 before the first.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.range.size()
    }

    /// The hash of the last body taken.
    #[must_use]
    pub fn hash(&self) -> Option<Hash> {
        self.last
    }

    /// The tree's root over all bodies taken.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.range.root()
    }

    /// The tree's compact range over all bodies taken.
    #[must_use]
    pub fn range(&self) -> &CompactRange {
        &self.range
    }

    /// The newest event of a stream among those taken.
    #[must_use]
    pub fn head(&self, stream: &str) -> Option<Head> {
        self.streams.get(stream.as_bytes()).copied()
    }
}

/// Says which of two neighbours was changed, when the walk has found that they do not fit: it names the later one, `body`.
/// If the body after that fits it, then it is the earlier one that stands alone (proto/README.md, section 6).
#[must_use]
pub fn blame(fault: Fault, body: &[u8], next: Option<&[u8]>) -> Fault {
    let holds_a_hash = || Tail::read(body).is_some_and(|tail| Hash::from_hex(tail.prev).is_some());
    let is_held = |next: &[u8]| {
        let tail = Tail::read(next).filter(|tail| tail.position == fault.position + 1);
        tail.is_some_and(|tail| links(tail.prev, Some(&Hash::entry(body))))
    };
    let next = next.filter(|next| next.len() <= EVENT_BYTES_MAX);
    if fault.broken == Broken::Prev && fault.position > 1 && holds_a_hash() && next.is_some_and(is_held) {
        return Fault { position: fault.position - 1, broken: Broken::Changed };
    }
    fault
}

/// The envelope of a body that may stand at a position of a log.
fn read<'a>(origin: &Origin, position: u64, body: &'a [u8]) -> Result<Tail<'a>, Broken> {
    if body.len() > EVENT_BYTES_MAX {
        return Err(Broken::TooLarge(body.len()));
    }
    let tail = Tail::read(body).ok_or(Broken::NoEnvelope)?;
    if tail.position != position {
        return Err(Broken::Position { says: tail.position });
    }
    if tail.log != origin.as_str().as_bytes() {
        return Err(Broken::Log { says: spelled(tail.log) });
    }
    Ok(tail)
}

/// Whether an event follows the one before in its stream.
fn follows(tail: &Tail, head: Option<&Head>) -> Result<(), Broken> {
    let expected = head.map_or(0, |head| head.version) + 1;
    if tail.version != expected {
        return Err(Broken::version(tail.stream, tail.version, expected));
    }
    if !links(tail.stream_prev, head.map(|head| &head.hash)) {
        return Err(Broken::stream_prev(tail.stream));
    }
    Ok(())
}

fn links(hex: &[u8], hash: Option<&Hash>) -> bool {
    hash.map_or(hex.is_empty(), |h| hex == h.hex())
}
