//! A log that is nothing but its tree: grown in memory, signed, proven, forked. For those who see of a log only that.
//! It reads and writes nothing.

use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{Key, KeyKind, KeyName, Note, NoteSigner};
use proto::tree::{Levels, TreeHead};
use proto::witness::AddCheckpoint;

/// A key from a seed.
///
/// # Panics
/// When the name is none.
#[must_use]
pub fn key(name: &str, kind: KeyKind, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[seed; 32]).expect("a key")
}

/// A log.
#[derive(Debug)]
pub struct Grown {
    signer: NoteSigner,
    entries: Vec<Hash>,
}

impl Grown {
    /// A log of some entries, signed by a key from a seed.
    #[must_use]
    pub fn new(origin: &str, seed: u8, entries: u64) -> Self {
        let entries = (0..entries).map(|i| Hash::entry(&i.to_be_bytes())).collect();
        Self { signer: key(origin, KeyKind::Log, seed), entries }
    }

    /// The same log up to a size and another one from there on, by the same key.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn forked(&self, at: u64, as_if: u8) -> Self {
        let signer = NoteSigner::parse(&self.signer.secret()).expect("a key");
        let other = |(i, hash): (u64, &Hash)| if i < at { *hash } else { Hash::node(hash, &Hash::entry(&[as_if])) };
        Self { signer, entries: (0..).zip(&self.entries).map(other).collect() }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &Key {
        self.signer.key()
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.key().name().as_str()
    }

    /// A policy that names this log and no witness.
    #[must_use]
    pub fn policy(&self) -> String {
        format!("log {}\nquorum none\n", self.key())
    }

    /// Its tree at a size.
    ///
    /// # Panics
    /// When it never was so large.
    #[must_use]
    pub fn head(&self, size: u64) -> TreeHead {
        let head = Levels::over(self.entries.clone()).head(size);
        assert_eq!(head.size, size, "it never was so large");
        head
    }

    /// The proof from one size to another.
    ///
    /// # Errors
    /// When the first is the larger one.
    pub fn proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, proto::tree::BadProof> {
        Levels::over(self.entries.clone()).consistency(old, new)
    }

    /// Its signed checkpoint at a size.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn note(&self, size: u64) -> Note {
        let mut note = Note::new(Checkpoint::new(self.origin(), self.head(size)).to_string()).expect("a text");
        note.push(self.signer.sign(note.text(), 0)).expect("room");
        note
    }

    /// The request that its checkpoint at a size be cosigned by who has cosigned up to another size; without a proof where
    /// there is none.
    #[must_use]
    pub fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint { old, proof: self.proof(old, new).unwrap_or_default(), note: self.note(new) }
    }
}
