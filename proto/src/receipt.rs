//! Receipts: the proof, in a file of its own, that an event is in a log (C2SP tlog-proof).
//! Whoever holds one, the event's bytes and the keys needs to ask nobody.

mod code;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::BadCheckpoint;
use crate::hash::Hash;
use crate::note::{BadNote, NOTE_BYTES_MAX, Note};
use crate::policy::{Believed, Policy};
use crate::tree::{BadProof, PROOF_HASHES_MAX, TREE_SIZE_MAX, verify_inclusion};

/// The first line.
const FIRST: &str = "c2sp.org/tlog-proof@v1";
/// The most bytes of what an application adds, as base64.
const EXTRA_BYTES_MAX: usize = 131_072;
/// The most bytes of a receipt: its lines, the hashes of 44 characters each, and the note.
pub const RECEIPT_BYTES_MAX: usize = EXTRA_BYTES_MAX + 64 * 45 + 128 + NOTE_BYTES_MAX;

/// The proof that an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What an application adds; nothing vouches for it. None is not the same as empty.
    pub extra: Option<Vec<u8>>,
    /// The entry's index: its position less one.
    pub index: u64,
    /// The inclusion proof, from the entry's sibling up.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// A receipt that is none, or that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// It has not the form of one.
    #[error("bad_receipt: {0}")]
    Form(&'static str),
    /// The checkpoint in it is none, or nobody who is known signed it.
    #[error("bad_receipt: {0}")]
    Checkpoint(#[from] BadCheckpoint),
    /// The event is not the one that it is about.
    #[error("bad_receipt: {0}")]
    Proof(#[from] BadProof),
}

impl From<BadNote> for BadReceipt {
    fn from(bad: BadNote) -> Self {
        Self::Checkpoint(bad.into())
    }
}

impl Receipt {
    /// Reads a receipt, as a file or as the text of a printed code. Nobody has verified it yet.
    ///
    /// # Errors
    /// [`BadReceipt`] for whatever is none, or too large.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadReceipt> {
        let form = BadReceipt::Form;
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(form("it has too many bytes"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| form("it is not UTF-8"))?;
        if text.starts_with(code::PREFIX) {
            return Self::from_code(text.strip_suffix('\n').unwrap_or(text));
        }
        let (head, note) = text.split_once("\n\n").ok_or(form("it has no blank line before its checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST) {
            return Err(form("its first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| &line["extra ".len()..]);
        let extra = match extra {
            Some(base64) if base64.len() <= EXTRA_BYTES_MAX => {
                Some(STANDARD.decode(base64).map_err(|_| form("its extra data is no base64"))?)
            }
            Some(_) => return Err(form("its extra data has too many bytes")),
            None => None,
        };
        let number = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or(form("it has no index"))?;
        let index = number.parse().ok().filter(|i: &u64| *i < TREE_SIZE_MAX && i.to_string() == number);
        let index = index.ok_or(form("its index is no number in its one form"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_HASHES_MAX {
                return Err(form("it has too many hashes"));
            }
            proof.push(Hash::from_base64(line).ok_or(form("a line of its proof is no hash"))?);
        }
        Ok(Self { extra, index, proof, checkpoint: Note::parse(note.as_bytes())? })
    }

    /// Verifies it against an event's hash and whom to believe. Whether the witnesses are enough is told.
    ///
    /// # Errors
    /// [`BadReceipt`] where the log did not sign, or the event is not the one.
    pub fn verify(&self, event: Hash, policy: &Policy) -> Result<Believed, BadReceipt> {
        let believed = policy.open(&self.checkpoint)?;
        let head = believed.checkpoint.head;
        verify_inclusion(self.index, event, head.size, head.root, &self.proof)?;
        Ok(believed)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{FIRST}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
