//! The council: what is put to the vote, the votes, what was decided, and the points that follow.
//! A decision never changes a score by itself: a further command does, and its event names the decision as its cause.

use super::{wire, words};
use crate::act::sheet::Inputs;
use crate::decimal::Decimal;
use crate::hash::Hash;
use crate::ids::{Code, DecisionId, RoundId, UnitId};

words! {
    /// A vote.
    pub enum Vote {
        /// For.
        For,
        /// Against.
        Against,
        /// Abstained.
        Abstain,
    }

    /// How a vote was given.
    pub enum Manner {
        /// In the meeting.
        Meeting,
        /// In writing.
        Writing,
    }

    /// What becomes of an appeal.
    pub enum Outcome {
        /// The unit is right.
        Upheld,
        /// The unit is right in part.
        UpheldInPart,
        /// The unit is not right.
        Dismissed,
    }
}

/// What is put to the vote.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Matter {
    /// The round's result as a whole.
    Result {
        /// The digest of the result rows that are to be adopted (RULINGS 14).
        digest: Hash,
    },
    /// Points of single leaves.
    Scores {
        /// The points to set.
        changes: Vec<ScoreChange>,
    },
    /// An appeal.
    Appeal {
        /// Its number.
        number: u32,
        /// What becomes of it.
        outcome: Outcome,
        /// The points to set; none when it is dismissed.
        changes: Vec<ScoreChange>,
        /// Why.
        reason: String,
    },
}

wire! {
    /// Points to set by decision.
    pub struct ScoreChange {
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The option or figures.
        pub inputs: Inputs,
        /// The points.
        pub points: Decimal,
        /// Why.
        pub reason: String,
    }

    /// Puts a matter to the vote.
    pub struct ProposeDecision {
        /// The round.
        pub round: RoundId,
        /// The decision's id, unique within the round.
        pub decision: DecisionId,
        /// The matter.
        pub matter: Matter,
    }

    /// A member's vote; the latest one counts until the decision is recorded.
    pub struct CastVote {
        /// The round.
        pub round: RoundId,
        /// The decision.
        pub decision: DecisionId,
        /// The vote.
        pub vote: Vote,
        /// How it was given.
        pub manner: Manner,
    }

    /// A vote as it was taken.
    pub struct VoteCast {
        /// The vote.
        pub act: CastVote,
        /// The units that the result is about to which the member belongs, in the round's order; where the matter
        /// is about single units he is recused instead.
        pub homes: Vec<UnitId>,
    }

    /// Counts the votes and records the decision.
    pub struct RecordDecision {
        /// The round.
        pub round: RoundId,
        /// The decision.
        pub decision: DecisionId,
        /// Number and date of the minutes, or their text.
        pub minutes: String,
    }

    /// A decision with its votes.
    pub struct DecisionRecorded {
        /// What was recorded.
        pub act: RecordDecision,
        /// Members entitled to vote in this matter.
        pub members: u32,
        /// Votes for.
        pub votes_for: u32,
        /// Votes against.
        pub votes_against: u32,
        /// Abstentions.
        pub abstained: u32,
        /// Whether more than half of the members voted for it.
        pub carried: bool,
    }

    /// Carries out a decision at one leaf.
    pub struct SetCouncilScore {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// The decision that says so.
        pub decision: DecisionId,
    }

    /// The council's points stand at a leaf.
    pub struct CouncilScored {
        /// The act.
        pub act: SetCouncilScore,
        /// The option or figures.
        pub inputs: Inputs,
        /// The points.
        pub points: Decimal,
        /// Why.
        pub reason: String,
    }
}
