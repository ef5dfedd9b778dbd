//! A map by pairs of small numbers that this program counts up itself, so that nobody who sends a file chooses them. It is asked for
//! each ballot: its hash is one multiplication.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// An odd number without a pattern: 2^64 divided by the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A map by [`pair`]s.
pub type Pairs = HashMap<u64, usize, BuildHasherDefault<Mixed>>;

/// Two numbers as one key.
#[must_use]
pub fn pair(first: usize, second: usize) -> u64 {
    (first as u64) << 32 | second as u64
}

/// The hash of one key.
#[derive(Debug, Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key ^ key >> 29).wrapping_mul(MIX);
        self.0 = mixed ^ mixed >> 32;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
