//! What a log signed that does not go together, as a file that anyone can check: the checkpoint that a witness holds, and
//! the request that came. It accuses nobody by itself: whoever reads it verifies both signatures first.

use std::fmt;

use super::{AddCheckpoint, BadRequest, REQUEST_BYTES_MAX, contradicts};
use crate::checkpoint::{BadCheckpoint, Checkpoint};
use crate::note::{Key, NOTE_BYTES_MAX, Note};
use crate::tree::{TreeHead, verify_consistency};

/// The first line.
const FIRST: &str = "parindex-exhibit/v1";
/// The most bytes of such a file.
pub const EXHIBIT_BYTES_MAX: usize = FIRST.len() + 3 + NOTE_BYTES_MAX + REQUEST_BYTES_MAX;

/// What a witness holds and what it was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibit {
    /// The checkpoint that the witness cosigned last, with the log's signature.
    pub held: Note,
    /// The request that does not go together with it.
    pub offered: AddCheckpoint,
}

/// How much an exhibit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The log signed the later checkpoint, and the proof beside it does not hold. That may be the sender's fault, who need
    /// not be the log: a proof that holds would clear it.
    Unproven,
    /// The log signed two roots for one size: nobody but a holder of its key can have done that.
    Contradiction,
}

/// What is no exhibit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadExhibit {
    /// It has not the form of an exhibit.
    #[error("bad_exhibit: {0}")]
    Form(&'static str),
    /// The request in it is none.
    #[error("bad_exhibit: {0}")]
    Request(#[from] BadRequest),
    /// One of its notes is none, or was not signed by the log.
    #[error("bad_exhibit: {0}")]
    Checkpoint(#[from] BadCheckpoint),
    /// Both are of one log and go together.
    #[error("bad_exhibit: both checkpoints can be of one log")]
    GoTogether,
}

impl Exhibit {
    /// Reads an exhibit. Nobody has verified it yet.
    ///
    /// # Errors
    /// [`BadExhibit`] for whatever is none, or too large.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadExhibit> {
        let form = BadExhibit::Form;
        if bytes.len() > EXHIBIT_BYTES_MAX {
            return Err(form("it has too many bytes"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| form("it is no UTF-8"))?;
        let rest = text.strip_prefix(FIRST).and_then(|rest| rest.strip_prefix("\n\n"));
        let rest = rest.ok_or(form("its first line is another one"))?;
        // A checkpoint's text has no empty line: the first one that `old` follows ends the note.
        let (held, offered) = rest.split_once("\n\nold ").ok_or(form("it holds no request"))?;
        let held = Note::parse(format!("{held}\n").as_bytes()).map_err(BadCheckpoint::Note)?;
        Ok(Self { held, offered: AddCheckpoint::parse(format!("old {offered}").as_bytes())? })
    }

    /// What it says, if the log with one of these keys signed both.
    ///
    /// # Errors
    /// [`BadExhibit`] where it did not, or where both go together.
    pub fn weigh(&self, keys: &[Key]) -> Result<Weight, BadExhibit> {
        let (held, _) = Checkpoint::open(&self.held, keys)?;
        let (offered, _) = Checkpoint::open(&self.offered.note, keys)?;
        if held.origin != offered.origin {
            return Err(BadExhibit::Form("its checkpoints are of two logs"));
        }
        Self::weight(held.head, &self.offered, offered.head).ok_or(BadExhibit::GoTogether)
    }

    /// How much a request says that was offered to a witness which holds a checkpoint; nothing, where both go together.
    #[must_use]
    pub fn weight(held: TreeHead, request: &AddCheckpoint, offered: TreeHead) -> Option<Weight> {
        if contradicts(held, offered) {
            return Some(Weight::Contradiction);
        }
        let from_held = request.old == held.size && held.size < offered.size;
        let proven = verify_consistency(held, offered, &request.proof).is_ok();
        (from_held && !proven).then_some(Weight::Unproven)
    }
}

impl fmt::Display for Exhibit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{FIRST}\n\n{}\n{}", self.held, self.offered)
    }
}
