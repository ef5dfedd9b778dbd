//! A ballot of a survey, and how it is shown to be one of those that a batch counts (proto/README.md, section 28).
//! None of this ever stands in an event: only the root of the tree over all commitments does.

use crate::act::wire;
use crate::canon::{WriteError, to_vec};
use crate::commitment::commit;
use crate::hash::Hash;
use crate::ids::{Code, UnitId};
use crate::instant::Day;
use crate::tree::{BadProof, verify_inclusion};

wire! {
    /// What one respondent answered about one unit.
    pub struct Ballot {
        /// The unit.
        pub unit: UnitId,
        /// The respondent's group.
        pub group: Code,
        /// The day on which it was filled in.
        pub day: Day,
        /// The answers, in the order of the form; a question that was not answered is left out.
        pub answers: Vec<Answered>,
        /// How long it took, in seconds, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub seconds: Option<u32>,
        /// Who collected it; empty where nobody did.
        pub collector: String,
    }

    /// One answer.
    pub struct Answered {
        /// The survey leaf that the question belongs to.
        pub leaf: Code,
        /// The question, where the round has forms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub question: Option<Code>,
        /// The answer's code in the scale.
        pub answer: Code,
    }

    /// What opens a ballot's commitment.
    pub struct BallotOpening {
        /// The ballot.
        pub ballot: Ballot,
        /// The salt under which it is committed to.
        pub salt: Hash,
    }

    /// A ballot, and the proof that a batch counts it.
    pub struct BallotProof {
        /// What opens its commitment.
        pub opening: BallotOpening,
        /// Its place in the batch's tree, from 0.
        pub index: u64,
        /// The inclusion proof (RFC 9162, 2.1.3).
        pub proof: Vec<Hash>,
    }
}

/// Why a ballot is not shown to be one of a batch.
#[derive(Debug, thiserror::Error)]
pub enum NotCounted {
    /// It has no canonical form.
    #[error(transparent)]
    Canon(#[from] WriteError),
    /// The proof does not hold.
    #[error(transparent)]
    Proof(#[from] BadProof),
}

impl BallotOpening {
    /// The entry of the batch's tree: the hash of the salted commitment to the ballot.
    ///
    /// # Errors
    /// [`WriteError`] where the ballot has no canonical form.
    pub fn entry(&self) -> Result<Hash, WriteError> {
        Ok(Hash::entry(&commit(&self.salt.0, &to_vec(&self.ballot)?).0))
    }
}

impl BallotProof {
    /// Verifies it against a batch's root and number of ballots.
    ///
    /// # Errors
    /// [`NotCounted`].
    pub fn verify(&self, ballots: u64, root: Hash) -> Result<(), NotCounted> {
        Ok(verify_inclusion(self.index, self.opening.entry()?, ballots, root, &self.proof)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answered, Ballot, BallotOpening, BallotProof};
    use crate::hash::Hash;
    use crate::tree::CompactRange;

    fn opening(answer: &str, salt: u8) -> BallotOpening {
        let parse = |code: &str| code.parse().expect("a code");
        let answers = vec![Answered { leaf: parse("2.1"), question: None, answer: parse(answer) }];
        let ballot = Ballot {
            unit: "a".parse().expect("a unit"),
            group: parse("citizens"),
            day: "2022-12-01".parse().expect("a day"),
            answers,
            seconds: None,
            collector: String::new(),
        };
        BallotOpening { ballot, salt: Hash([salt; 32]) }
    }

    #[test]
    fn a_ballot_is_shown_to_be_counted_and_another_answer_is_not() {
        let (one, other) = (opening("a", 1), opening("a", 2));
        let entries = [&one, &other].map(|o| o.entry().expect("canonical"));
        assert_ne!(entries[0], entries[1], "equal ballots do not look alike");
        let mut tree = CompactRange::default();
        entries.iter().for_each(|entry| tree.append(*entry));
        let root = tree.head().root;
        let proof = |opening| BallotProof { opening, index: 0, proof: vec![entries[1]] };
        assert!(proof(one).verify(2, root).is_ok());
        assert!(proof(opening("b", 1)).verify(2, root).is_err(), "another answer");
        assert!(proof(other).verify(2, root).is_err(), "another one's place");
    }
}
