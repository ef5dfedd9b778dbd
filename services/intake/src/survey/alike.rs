//! Ballots of one unit and group that are equal in every answer: counted exactly, whatever the number of questions. It holds no
//! ballot as such, and says nothing but how many are equal.

use std::collections::HashMap;

use super::count::UNANSWERED;

/// What was seen of one unit and group.
#[derive(Debug)]
pub struct Alike {
    /// The bits of an answer; none where all answers of a ballot do not fit into two words.
    bits: Option<u32>,
    packed: Vec<[u64; 2]>,
    long: HashMap<Box<[u8]>, u32>,
}

impl Alike {
    /// Of ballots with so many questions, each with at most so many answers.
    #[must_use]
    pub fn new(questions: usize, answers: usize) -> Self {
        // A question that is not answered is a further answer, of ones alone.
        let bits = (answers + 1).next_power_of_two().trailing_zeros().max(1);
        let fits = bits <= u8::BITS && questions <= 2 * per_word(bits);
        Self { bits: fits.then_some(bits), packed: Vec::new(), long: HashMap::new() }
    }

    /// One more ballot.
    pub fn take(&mut self, answers: &[u8]) {
        match self.bits {
            Some(bits) => self.packed.push(packed(answers, bits)),
            None => *self.long.entry(answers.into()).or_default() += 1,
        }
    }

    /// How many ballots there are of which more than `most` are equal.
    #[must_use]
    pub fn more_than(&self, most: u32) -> u32 {
        let mut sorted = self.packed.clone();
        sorted.sort_unstable();
        let packed = sorted.chunk_by(|a, b| a == b).map(|equal| u32::try_from(equal.len()).unwrap_or(u32::MAX));
        packed.chain(self.long.values().copied()).filter(|ballots| *ballots > most).sum()
    }
}

fn per_word(bits: u32) -> usize {
    (u64::BITS / bits) as usize
}

/// The answers behind each other, each in as many bits.
fn packed(answers: &[u8], bits: u32) -> [u64; 2] {
    let mask = u64::from(UNANSWERED) >> (u8::BITS - bits);
    let word = |answers: &[u8]| answers.iter().fold(0, |word, answer| word << bits | u64::from(*answer) & mask);
    let (first, second) = answers.split_at(answers.len().min(per_word(bits)));
    [word(first), word(second)]
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{Alike, UNANSWERED};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn equal_ballots_are_counted_as_a_map_of_whole_ballots_counts_them(
            scale in 1_u8..=254, questions in 1_usize..130, seed in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 0..60), most in 0_u32..4
        ) {
            let (mut alike, mut map) = (Alike::new(questions, scale.into()), HashMap::<Vec<u8>, u32>::new());
            for (all, at, other) in seed {
                // Ballots that differ in one answer alone, or in none.
                let given = |n: u8| if n.is_multiple_of(5) { UNANSWERED } else { n % scale };
                let mut answers = vec![given(all % 3); questions];
                answers[usize::from(at) % questions] = given(other % 4);
                alike.take(&answers);
                *map.entry(answers).or_default() += 1;
            }
            prop_assert_eq!(alike.more_than(most), map.into_values().filter(|n| *n > most).sum::<u32>());
        }
    }
}
