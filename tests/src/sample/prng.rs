//! Numbers that look random and are the same in every run: splitmix64 under one fixed seed.
//! It never reads entropy and never makes a float.

use proto::Hash;

/// The seed of the whole sample.
const SEED: &str = "hanoi-2022, illustrative";

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// The stream of one part of the sample; another part's draws never shift it.
    #[must_use]
    pub fn of(part: &str) -> Self {
        let digest = Hash::digest(format!("{SEED}\n{part}").as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&digest.0[..8]);
        Self(u64::from_be_bytes(first))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end` - 1. The bias of the remainder is below 2^-40 here and does not matter.
    pub fn below(&mut self, end: i64) -> i64 {
        assert!(end > 0, "a range must not be empty");
        let end = u64::try_from(end).expect("it is above zero");
        i64::try_from(self.next() % end).expect("it is below an i64")
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below(most - least + 1)
    }

    /// True in `per_mille` of 1000 draws.
    pub fn chance(&mut self, per_mille: i64) -> bool {
        self.below(1000) < per_mille
    }

    /// A place in a list of `len`.
    pub fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(i64::try_from(len).expect("a list is short"))).expect("it is not negative")
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.place(from.len())]
    }

    /// Shuffles a list (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let j = self.place(i + 1);
            list.swap(i, j);
        }
    }
}
