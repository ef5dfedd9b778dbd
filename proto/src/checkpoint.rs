//! Checkpoints (C2SP tlog-checkpoint): origin, size and root of a log, as the text of a signed note.
//! A checkpoint says nothing before its signatures were verified.

use std::fmt;

use crate::hash::Hash;
use crate::note::{BadNote, Key, KeyKind, Note, Signed};
use crate::tree::{TREE_SIZE_MAX, TreeHead, empty_root};

/// The most bytes of an origin that is read.
const ORIGIN_BYTES_MAX: usize = 255;
/// The most lines behind the root that are read.
const EXTENSIONS_MAX: usize = 16;
/// The most bytes of a signed checkpoint that stands in an event: a hundred signatures by keys with names of 40 bytes.
pub const RECORDED_BYTES_MAX: usize = 16_384;

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's origin.
    pub origin: String,
    /// Its size and root.
    pub head: TreeHead,
    /// Lines behind them, whose meaning nobody knows here. Ours have none.
    pub extensions: Vec<String>,
}

/// A text that is no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// The note around it is none, or is signed by nobody who is known.
    #[error("bad_checkpoint: {0}")]
    Note(#[from] BadNote),
    /// A line is not what it must be.
    #[error("bad_checkpoint: the {0} is not as it must be")]
    Line(&'static str),
    /// It is too long to stand in an event.
    #[error("bad_checkpoint: it has more than {RECORDED_BYTES_MAX} bytes")]
    TooLong,
}

impl Checkpoint {
    /// A checkpoint without further lines.
    #[must_use]
    pub fn new(origin: &str, head: TreeHead) -> Self {
        Self { origin: origin.to_owned(), head, extensions: Vec::new() }
    }

    /// Reads a note's text.
    ///
    /// # Errors
    /// [`BadCheckpoint::Line`] naming the line.
    pub fn parse(text: &str) -> Result<Self, BadCheckpoint> {
        let bad = BadCheckpoint::Line;
        let mut lines = text.strip_suffix('\n').ok_or(bad("last line"))?.split('\n');
        let mut line = || lines.next().unwrap_or("");
        let origin = Some(line()).filter(|o| (1..=ORIGIN_BYTES_MAX).contains(&o.len())).ok_or(bad("origin"))?;
        let size_line = line();
        let size = size_line.parse().ok().filter(|size: &u64| *size <= TREE_SIZE_MAX && size.to_string() == size_line);
        let size = size.ok_or(bad("size"))?;
        let root = Hash::from_base64(line()).filter(|root| size > 0 || *root == empty_root()).ok_or(bad("root"))?;
        let extensions: Vec<String> = lines.take(EXTENSIONS_MAX + 1).map(str::to_owned).collect();
        if extensions.len() > EXTENSIONS_MAX || extensions.iter().any(String::is_empty) {
            return Err(bad("extension"));
        }
        Ok(Self { origin: origin.to_owned(), head: TreeHead { size, root }, extensions })
    }

    /// Reads a signed checkpoint as it stands in an event. Nobody has verified it yet.
    ///
    /// # Errors
    /// [`BadCheckpoint`].
    pub fn on_record(text: &str) -> Result<(Note, Self), BadCheckpoint> {
        if text.len() > RECORDED_BYTES_MAX {
            return Err(BadCheckpoint::TooLong);
        }
        let note = Note::parse(text.as_bytes())?;
        let checkpoint = Self::parse(note.text())?;
        Ok((note, checkpoint))
    }

    /// Reads a signed checkpoint of a log: at least one of the keys must have signed it, and the origin be theirs.
    ///
    /// # Errors
    /// [`BadCheckpoint`].
    pub fn open<'k>(note: &Note, keys: &'k [Key]) -> Result<(Self, Vec<Signed<'k>>), BadCheckpoint> {
        let signed = note.verify(keys)?;
        let checkpoint = Self::parse(note.text())?;
        let own = |s: &Signed| s.key.kind() == KeyKind::Log && s.key.name().as_str() == checkpoint.origin;
        if signed.iter().any(own) { Ok((checkpoint, signed)) } else { Err(BadCheckpoint::Line("origin")) }
    }
}

impl fmt::Display for Checkpoint {
    /// The note's text.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.head.size, self.head.root.base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
