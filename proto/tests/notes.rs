//! Laws of notes, keys, checkpoints and receipts beyond their vectors: the specifications' own examples, another crate's
//! verdicts, and the limits. What is good or bad in its form stands in `vectors/notes.json`.

#[path = "notes/curve.rs"]
mod curve;
#[path = "notes/examples.rs"]
mod examples;
#[path = "notes/limits.rs"]
mod limits;
#[path = "notes/oracles.rs"]
mod oracles;

use proto::note::{KeyKind, KeyName, NoteSigner};

fn signer(name: &str, kind: KeyKind, seed: u8) -> NoteSigner {
    NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[seed; 32]).expect("a key")
}
