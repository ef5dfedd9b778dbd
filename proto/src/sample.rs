//! Who of a batch's respondents is asked again: a sample that follows from a seed committed to before there were ballots
//! (proto/README.md, section 31). It draws nothing of its own: the same seed, batch and number give the same sample to everybody.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// The most ballots of one sample: their places, of at most ten digits each, fit one event.
pub const SAMPLE_MAX: u32 = 5_000;

/// What stands before a seed when it is committed to.
const COMMITTED: &[u8] = b"parindex sample seed v1\n";
/// What stands before seed, batch and counter when a number is drawn.
const DRAWN: &[u8] = b"parindex sample draw v1\n";

/// What is put on record of a seed: SHA-256 of it, behind words that nothing else is hashed with.
#[must_use]
pub fn commitment(seed: &Hash) -> Hash {
    Hash(Sha256::new().chain_update(COMMITTED).chain_update(seed.0).finalize().into())
}

/// How many of so many ballots a share is, in hundredths and rounded up.
#[must_use]
pub fn of_share(ballots: u32, share: u32) -> u32 {
    let hundredths = u64::from(ballots) * u64::from(share);
    u32::try_from(hundredths.div_ceil(100)).unwrap_or(u32::MAX)
}

/// The places of `count` ballots of a batch, ascending, each at most once; all of them where `count` is not less than `ballots`.
///
/// Every set of so many ballots is equally likely by the seed. A greater sample of the same seed and batch holds each smaller
/// one, so that whoever chooses the number chooses no more than where to stop.
#[must_use]
pub fn drawn(seed: &Hash, root: &Hash, ballots: u32, count: u32) -> Vec<u32> {
    let mut chosen = BTreeSet::new();
    let mut numbers = Numbers { seed, root, ballots, counter: 0 };
    while chosen.len() < count.min(ballots) as usize {
        // A ballot that was drawn before is drawn again: so the next one is any of those that are left.
        chosen.insert(numbers.next_below());
    }
    chosen.into_iter().collect()
}

/// SHA-256 in counter mode.
struct Numbers<'a> {
    seed: &'a Hash,
    root: &'a Hash,
    ballots: u32,
    counter: u64,
}

impl Numbers<'_> {
    /// The next number below `ballots`. Numbers from the last multiple of `ballots` below 2^64 on are passed over: otherwise the
    /// first ballots would come a little more often than the last.
    fn next_below(&mut self) -> u32 {
        let ballots = u64::from(self.ballots);
        let over = (u64::MAX % ballots + 1) % ballots;
        loop {
            let number = self.next();
            if number <= u64::MAX - over {
                return u32::try_from(number % ballots).expect("it is below a number of 32 bits");
            }
        }
    }

    /// The first eight bytes of SHA-256 over the words, the seed, the batch's root, its number of ballots and a counter from 0,
    /// both in eight bytes. Big-endian all.
    fn next(&mut self) -> u64 {
        let block = Sha256::new()
            .chain_update(DRAWN)
            .chain_update(self.seed.0)
            .chain_update(self.root.0)
            .chain_update(u64::from(self.ballots).to_be_bytes())
            .chain_update(self.counter.to_be_bytes())
            .finalize();
        self.counter += 1;
        let first = block.first_chunk::<8>().expect("SHA-256 has 32 bytes");
        u64::from_be_bytes(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::{commitment, drawn, of_share};
    use crate::hash::Hash;
    use proptest::prelude::*;

    const ROOT: Hash = Hash([7; 32]);

    proptest! {
        #[test]
        fn a_sample_has_so_many_ballots_each_once_and_holds_every_smaller_one(
            seed in any::<[u8; 32]>(), ballots in 1_u32..3_000, count in 0_u32..600
        ) {
            let seed = Hash(seed);
            let sample = drawn(&seed, &ROOT, ballots, count);
            prop_assert_eq!(sample.len(), count.min(ballots) as usize);
            prop_assert!(sample.is_sorted_by(|a, b| a < b) && sample.iter().all(|index| *index < ballots));
            let smaller = drawn(&seed, &ROOT, ballots, count / 2);
            prop_assert!(smaller.iter().all(|index| sample.binary_search(index).is_ok()));
        }
    }

    #[test]
    fn another_seed_batch_or_number_of_ballots_is_another_sample() {
        let sample = drawn(&Hash([1; 32]), &ROOT, 1_000, 50);
        assert_ne!(sample, drawn(&Hash([2; 32]), &ROOT, 1_000, 50));
        assert_ne!(sample, drawn(&Hash([1; 32]), &Hash([8; 32]), 1_000, 50));
        assert_ne!(sample, drawn(&Hash([1; 32]), &ROOT, 1_001, 50));
        assert_ne!(commitment(&Hash([1; 32])), commitment(&Hash([2; 32])));
    }

    /// Over 4,000 seeds each of 10 ballots is drawn 3 times of 10: 1,200 times, give or take 6 standard deviations of 29.
    #[test]
    fn every_ballot_is_drawn_as_often_as_any_other() {
        let mut times = [0_i32; 10];
        for n in 0..4_000_u32 {
            let seed = Hash::digest(&n.to_be_bytes());
            for index in drawn(&seed, &ROOT, 10, 3) {
                times[index as usize] += 1;
            }
        }
        assert!(times.iter().all(|n| (n - 1_200).abs() < 174), "{times:?}");
    }

    #[test]
    fn a_share_is_rounded_up() {
        for (ballots, share, count) in [(1, 1, 1), (100, 20, 20), (101, 20, 21), (0, 30, 0), (u32::MAX, 100, u32::MAX)]
        {
            assert_eq!(of_share(ballots, share), count, "{share} of {ballots}");
        }
    }
}
