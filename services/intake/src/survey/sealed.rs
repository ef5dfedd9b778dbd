//! A ballot at rest: committed to under a salt of its own, and encrypted under its batch's key. Neither key nor salt is used twice.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use proto::Hash;
use proto::ballot::{Answered, Ballot, BallotOpening};
use proto::canon::{WriteError, to_vec};
use proto::commitment::commit;

use super::asks::Asks;
use super::count::{Marked, UNANSWERED};
use crate::evidence::NotSealed;

/// The nonce of XChaCha20: which kind of thing it is, then its place. So none stands twice under a batch's key, which is made
/// anew each time that the batch is begun.
const NONCE_BYTES: usize = 24;
/// How many salts are fetched from the operating system at once.
const SALTS: usize = 1_024;

/// What is sealed under a batch's key.
#[derive(Debug, Clone, Copy)]
pub enum Sealed {
    /// The ballot with an index.
    Ballot(u64),
    /// The command that records the batch.
    Record,
    /// Its tally.
    Tally,
}

impl Sealed {
    fn nonce(self) -> [u8; NONCE_BYTES] {
        let (kind, place) = match self {
            Self::Ballot(index) => (0, index),
            Self::Record => (1, 0),
            Self::Tally => (2, 0),
        };
        let mut nonce = [0; NONCE_BYTES];
        nonce[0] = kind;
        nonce[NONCE_BYTES - 8..].copy_from_slice(&place.to_be_bytes());
        nonce
    }
}

/// Whoever holds a batch's key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    key: [u8; 32],
}

impl Vault {
    /// By a batch's key.
    #[must_use]
    pub fn of(key: [u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(key)), key }
    }

    /// Seals something.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal(&self, what: Sealed, bytes: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.cipher.encrypt(&XNonce::from(what.nonce()), Payload { msg: bytes, aad: b"" }).map_err(|_| NotSealed)
    }

    /// Opens it again.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn open(&self, what: Sealed, sealed: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.cipher.decrypt(&XNonce::from(what.nonce()), Payload { msg: sealed, aad: b"" }).map_err(|_| NotSealed)
    }

    /// What a collector is committed to as. The salt follows from the batch's key, so it goes with it, and one collector is committed
    /// to differently in every batch.
    #[must_use]
    pub fn collector(&self, name: &str) -> Hash {
        let salt = commit(&self.key, &[b"collector\0", name.as_bytes()].concat());
        commit(&salt.0, name.as_bytes())
    }
}

/// Salts out of the operating system.
#[derive(Default)]
pub struct Salts {
    bytes: Vec<u8>,
}

impl Salts {
    /// The next one.
    ///
    /// # Errors
    /// The operating system gives none.
    pub fn next(&mut self) -> Result<Hash, getrandom::Error> {
        if self.bytes.is_empty() {
            self.bytes.resize(SALTS * 32, 0);
            getrandom::fill(&mut self.bytes)?;
        }
        let salt = self.bytes.split_off(self.bytes.len() - 32);
        Ok(Hash(salt.try_into().expect("32 bytes were split off")))
    }
}

/// A ballot as the protocol writes it.
#[must_use]
pub fn ballot(marked: Marked, asks: &Asks) -> Ballot {
    let sheet = &asks.sheets[marked.sheet];
    let given = sheet.questions.iter().zip(&marked.answers).filter(|(_, answer)| **answer != UNANSWERED);
    let answers = given.map(|(asked, answer)| Answered {
        leaf: asked.leaf.clone(),
        question: asked.question.clone(),
        answer: asked.scale[usize::from(*answer)].code.clone(),
    });
    Ballot {
        unit: asks.units[marked.unit].unit.clone(),
        group: sheet.group.clone(),
        day: marked.day,
        answers: answers.collect(),
        seconds: marked.seconds,
        collector: marked.collector,
    }
}

/// A ballot's entry in the tree, and what opens it, as it is sealed.
///
/// # Errors
/// [`WriteError`] where it has no canonical form.
pub fn opening(ballot: Ballot, salt: Hash) -> Result<(Hash, Vec<u8>), WriteError> {
    let opening = BallotOpening { ballot, salt };
    Ok((opening.entry()?, to_vec(&opening)?))
}
