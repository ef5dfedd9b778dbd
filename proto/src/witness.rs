//! What a log and a witness say to each other (C2SP tlog-witness): a request, the answers to it, and when a checkpoint may
//! be cosigned. It keeps nothing: what a witness has cosigned before is a value that comes in.

mod exhibit;
mod refusal;

use std::fmt;

use crate::checkpoint::{BadCheckpoint, Checkpoint};
use crate::hash::Hash;
use crate::note::{BadNote, Key, KeyKind, NOTE_BYTES_MAX, Note, NoteSignature, SIGNATURES_MAX};
use crate::tree::{PROOF_HASHES_MAX, TREE_SIZE_MAX, TreeHead, empty_root, verify_consistency};

pub use exhibit::{BadExhibit, EXHIBIT_BYTES_MAX, Exhibit, Weight};
pub use refusal::Refusal;

/// Where a checkpoint is handed in, behind a witness's address.
pub const ADD_CHECKPOINT: &str = "/add-checkpoint";
/// The media type of an answer that says up to which size a witness has cosigned.
pub const SIZE_MEDIA: &str = "text/x.tlog.size";
/// The most bytes of a request: `old ` and 20 digits, 63 hashes of 44 characters, a line feed behind each, the empty line,
/// and the note.
pub const REQUEST_BYTES_MAX: usize = 4 + 20 + 1 + PROOF_HASHES_MAX * 45 + 1 + NOTE_BYTES_MAX;
/// The most bytes of an answer: signature lines, which a note must have room for.
pub const ANSWER_BYTES_MAX: usize = NOTE_BYTES_MAX;

/// The request that a checkpoint be cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the checkpoint that the witness cosigned last, as far as its sender knows.
    pub old: u64,
    /// That the tree goes on from there.
    pub proof: Vec<Hash>,
    /// The checkpoint with the log's signature.
    pub note: Note,
}

/// A request that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// Too many bytes.
    #[error("the request has more than {REQUEST_BYTES_MAX} bytes")]
    TooLong,
    /// A line is not what it must be.
    #[error("the request's {0} is not as it must be")]
    Line(&'static str),
    /// The note in it is none, or no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
}

impl AddCheckpoint {
    /// Reads a request. Nobody has verified its note yet.
    ///
    /// # Errors
    /// [`BadRequest`] for whatever is none, or too large.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadRequest> {
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(BadRequest::TooLong);
        }
        let split = bytes.windows(2).position(|two| two == b"\n\n").ok_or(BadRequest::Line("empty line"))?;
        let (lines, note) = (&bytes[..split], &bytes[split + 2..]);
        let lines = std::str::from_utf8(lines).map_err(|_| BadRequest::Line("old size"))?;
        let mut lines = lines.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(read_decimal);
        let old = old.ok_or(BadRequest::Line("old size"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_HASHES_MAX {
                return Err(BadRequest::Line("64th hash"));
            }
            proof.push(Hash::from_base64(line).ok_or(BadRequest::Line("proof"))?);
        }
        let note = Note::parse(note).map_err(BadCheckpoint::Note)?;
        Ok(Self { old, proof, note })
    }

    /// The checkpoint, if it is of a log that is known and one of that log's keys signed it.
    ///
    /// # Errors
    /// [`Refusal`] `Malformed`, `Unknown` or `Untrusted`.
    pub fn recognise(&self, keys: &[Key]) -> Result<Checkpoint, Refusal> {
        let checkpoint = Checkpoint::parse(self.note.text()).map_err(BadRequest::Checkpoint)?;
        let of_log = |key: &&Key| key.kind() == KeyKind::Log && key.name().as_str() == checkpoint.origin;
        let of_log: Vec<Key> = keys.iter().filter(of_log).cloned().collect();
        if of_log.is_empty() {
            return Err(Refusal::Unknown);
        }
        self.note.verify(&of_log).map_err(Refusal::Untrusted)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.base64()))?;
        write!(f, "\n{}", self.note)
    }
}

/// Whether a witness that has cosigned up to `known` may cosign a recognised checkpoint.
///
/// # Errors
/// [`Refusal`], in the order in which the specification has the checks.
pub fn judge(known: Option<TreeHead>, request: &AddCheckpoint, checkpoint: TreeHead) -> Result<(), Refusal> {
    let known = known.unwrap_or_else(|| TreeHead { size: 0, root: empty_root() });
    if request.old > checkpoint.size {
        return Err(Refusal::OldAhead { old: request.old, size: checkpoint.size });
    }
    if request.old != known.size {
        return Err(Refusal::Size { size: known.size });
    }
    if known.size > 0 && contradicts(known, checkpoint) {
        return Err(Refusal::Root { size: known.size });
    }
    verify_consistency(known, checkpoint, &request.proof).map_err(Refusal::Proof)?;
    // A tree without entries has one root, which no proof is about.
    if checkpoint.size == 0 && checkpoint.root != empty_root() { Err(Refusal::EmptyRoot) } else { Ok(()) }
}

/// Whether no log can have stood both so and so.
#[must_use]
pub fn contradicts(one: TreeHead, other: TreeHead) -> bool {
    one.size == other.size && one.root != other.root
}

/// The body that says up to which size a witness has cosigned.
#[must_use]
pub fn write_size(size: u64) -> String {
    format!("{size}\n")
}

/// Reads what [`write_size`] writes.
#[must_use]
pub fn read_size(body: &[u8]) -> Option<u64> {
    std::str::from_utf8(body).ok()?.strip_suffix('\n').and_then(read_decimal)
}

/// Reads the signature lines of an answer. Nobody has verified them yet.
///
/// # Errors
/// [`BadNote`] for what is none, or too much.
pub fn read_cosignatures(body: &[u8]) -> Result<Vec<NoteSignature>, BadNote> {
    if body.len() > ANSWER_BYTES_MAX {
        return Err(BadNote::TooLong);
    }
    let lines = std::str::from_utf8(body).map_err(|_| BadNote::Bytes)?;
    let lines = lines.strip_suffix('\n').ok_or(BadNote::Form)?;
    let mut read = Vec::new();
    for (i, line) in lines.split('\n').enumerate() {
        if i == SIGNATURES_MAX {
            return Err(BadNote::TooMany);
        }
        read.push(NoteSignature::parse(line).ok_or(BadNote::Line(i + 1))?);
    }
    Ok(read)
}

/// A size of a tree in its one spelling.
fn read_decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| *n <= TREE_SIZE_MAX && n.to_string() == text)
}
