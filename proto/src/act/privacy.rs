//! What becomes of personal data: requests as cases with their ground and days, and erasures that take two people.
//! Whose data it is never stands here: a person is a salted commitment, a file its address, a ballot its place.

use super::{wire, words};
use crate::hash::Hash;
use crate::ids::{BatchId, CaseId, RoundId};
use crate::instant::Day;

/// The most files, ballots and batches of one order.
pub const ERASED_MAX: usize = 200;
/// The fewest days within which a request is to be carried out (Law 91/2025 and Decree 356/2025, as PAR-INDEX.md reads them).
pub const WITHIN_DAYS_MIN: u32 = 10;
/// The most.
pub const WITHIN_DAYS_MAX: u32 = 20;

words! {
    /// What is asked for.
    pub enum RequestKind {
        /// To be told what is held.
        Access,
        /// To have it corrected.
        Correction,
        /// To have it erased.
        Erasure,
        /// Nobody asks: what is held is past the time for which it is kept.
        Retention,
    }

    /// How a case ended.
    pub enum CaseOutcome {
        /// It was carried out.
        CarriedOut,
        /// It was refused.
        Refused,
        /// Whoever asked has taken it back.
        TakenBack,
    }
}

wire! {
    /// Opens a case for a request.
    pub struct OpenCase {
        /// The case.
        pub case: CaseId,
        /// What is asked for.
        pub request: RequestKind,
        /// A salted commitment to who asks; left out where nobody does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub requester: Option<Hash>,
        /// The legal ground.
        pub ground: String,
        /// The day on which the request came, or on which it was found that the time is over.
        pub received: Day,
        /// Within how many days it is to be carried out.
        pub within_days: u32,
    }

    /// Puts on record that whoever asked was answered, and how.
    pub struct AnswerCase {
        /// The case.
        pub case: CaseId,
        /// The answer; nothing in it touches a private person.
        pub text: String,
    }

    /// Orders that files and ballots be erased. Nothing is destroyed before somebody else has confirmed it.
    pub struct OrderErasure {
        /// The case that it follows from.
        pub case: CaseId,
        /// The ground.
        pub ground: String,
        /// Files, by their addresses.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub files: Vec<Hash>,
        /// Ballots.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub ballots: Vec<ErasedBallot>,
        /// Batches, with every ballot of theirs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub batches: Vec<ErasedBatch>,
    }

    /// A batch whose ballots are all to be erased.
    pub struct ErasedBatch {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
    }

    /// A ballot that is to be erased.
    pub struct ErasedBallot {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
        /// Its place in the batch's tree, from 0.
        pub index: u64,
    }

    /// A second person confirms the order of a case: from then on what it names is destroyed.
    pub struct ConfirmErasure {
        /// The case.
        pub case: CaseId,
    }

    /// Ends a case.
    pub struct CloseCase {
        /// The case.
        pub case: CaseId,
        /// How.
        pub outcome: CaseOutcome,
        /// Why, or what was done.
        pub text: String,
    }
}
