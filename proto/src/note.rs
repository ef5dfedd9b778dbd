//! Signed notes (C2SP signed-note): a text and the signatures under it.
//! Nothing of a note is worth anything before a known key was found to have signed it.

mod key;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use key::{BadKey, Key, KeyKind, KeyName, NoteSigner, Signed};

/// The most bytes of a note.
pub const NOTE_BYTES_MAX: usize = 65_536;
/// The most signatures of a note. Readers must take 16; a checkpoint has the log's, two during a rotation, and its witnesses'.
pub const SIGNATURES_MAX: usize = 64;
/// The most bytes of one signature: post-quantum ones, which are ignored here, come near to 5,000.
const SIGNATURE_BYTES_MAX: usize = 8_192;

/// A text and the signatures under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: KeyName,
    /// The key's id.
    pub id: [u8; 4],
    /// What follows the id: the signature after the rules of the key's kind.
    pub signature: Vec<u8>,
}

/// A note that is none, or that must be refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// Too many bytes.
    #[error("the note has more than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// No UTF-8, or a control character.
    #[error("the note has bytes that no note may have")]
    Bytes,
    /// It has not the form of a note.
    #[error("the note is no text, a blank line and signature lines, each ended by a line feed")]
    Form,
    /// A signature line is none.
    #[error("signature line {0} is none")]
    Line(usize),
    /// Too many signatures.
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooMany,
    /// A known key's signature does not verify.
    #[error("the signature of the key {0} does not verify")]
    Signature(KeyName),
    /// A known key signed twice.
    #[error("the key {0} signed twice")]
    Twice(KeyName),
    /// No known key signed it.
    #[error("no known key signed the note")]
    Unsigned,
}

impl Note {
    /// A note without signatures yet. The text ends in a line feed.
    ///
    /// # Errors
    /// [`BadNote`] for a text that no note can have.
    pub fn new(text: String) -> Result<Self, BadNote> {
        if text.len() > NOTE_BYTES_MAX {
            return Err(BadNote::TooLong);
        }
        if has_control(&text) {
            return Err(BadNote::Bytes);
        }
        if !text.ends_with('\n') {
            return Err(BadNote::Form);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note. Nobody has verified it yet.
    ///
    /// # Errors
    /// [`BadNote`] for whatever is no note, or too large.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadNote> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(BadNote::TooLong);
        }
        let note = std::str::from_utf8(bytes).ok().filter(|note| !has_control(note)).ok_or(BadNote::Bytes)?;
        let split = note.rfind("\n\n").ok_or(BadNote::Form)?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(BadNote::Form)?;
        if lines.is_empty() {
            return Err(BadNote::Form);
        }
        let mut read = Self { text: text.to_owned(), signatures: Vec::new() };
        for (i, line) in lines.split('\n').enumerate() {
            let signature = NoteSignature::parse(line).ok_or(BadNote::Line(i + 1))?;
            read.push(signature)?;
        }
        Ok(read)
    }

    /// Adds a signature.
    ///
    /// # Errors
    /// [`BadNote::TooMany`].
    pub fn push(&mut self, signature: NoteSignature) -> Result<(), BadNote> {
        if self.signatures.len() == SIGNATURES_MAX {
            return Err(BadNote::TooMany);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The text, its last line feed included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, known or not.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Which of these keys signed the note, in the order of its lines. Other signatures are ignored.
    ///
    /// # Errors
    /// [`BadNote`] where none of them did, or one's signature does not verify, or one signed twice.
    pub fn verify<'k>(&self, keys: &'k [Key]) -> Result<Vec<Signed<'k>>, BadNote> {
        let mut signed: Vec<Signed> = Vec::new();
        for line in &self.signatures {
            let Some(key) = keys.iter().find(|key| key.id() == line.id && *key.name() == line.name) else { continue };
            if signed.iter().any(|s| s.key == key) {
                return Err(BadNote::Twice(line.name.clone()));
            }
            let bad = || BadNote::Signature(line.name.clone());
            signed.push(key.verify(&self.text, &line.signature).ok_or_else(bad)?);
        }
        if signed.is_empty() { Err(BadNote::Unsigned) } else { Ok(signed) }
    }
}

impl NoteSignature {
    /// Reads a signature line, without its line feed.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let name = KeyName::parse(name).ok()?;
        if base64.len() > SIGNATURE_BYTES_MAX {
            return None;
        }
        let bytes = STANDARD.decode(base64).ok()?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        (!signature.is_empty()).then(|| Self { name, id: *id, signature: signature.to_vec() })
    }
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|b| b < 0x20 && b != b'\n')
}

impl fmt::Display for NoteSignature {
    /// The line, with its line feed.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let bytes = [self.id.as_slice(), &self.signature].concat();
        writeln!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}
