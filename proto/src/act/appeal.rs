//! Appeals against a published result, and the corrections that follow from them.
//! An appeal never changes a score: a correction does, and names the decision as its cause.

use super::wire;
use crate::act::council::Outcome;
use crate::act::examination::Claim;
use crate::act::sheet::{Evidence, Inputs};
use crate::decimal::Decimal;
use crate::ids::{Code, DecisionId, EventId, RoundId, UnitId};

wire! {
    /// A unit appeals.
    pub struct LodgeAppeal {
        /// The round.
        pub round: RoundId,
        /// The appeal's number: the next one of the round.
        pub number: u32,
        /// The unit.
        pub unit: UnitId,
        /// The leaves it is about.
        pub leaves: Vec<Code>,
        /// What the unit says.
        pub text: String,
        /// Files that show it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub evidence: Vec<Evidence>,
        /// What it claims of the log; without any, people alone decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub claims: Vec<Claim>,
    }

    /// The appraising agency answers.
    pub struct AnswerAppeal {
        /// The round.
        pub round: RoundId,
        /// The appeal.
        pub number: u32,
        /// The answer.
        pub text: String,
    }

    /// Decides an appeal as the council decided.
    pub struct DecideAppeal {
        /// The round.
        pub round: RoundId,
        /// The appeal.
        pub number: u32,
        /// The council's decision on it.
        pub decision: DecisionId,
    }

    /// An appeal was decided.
    pub struct AppealDecided {
        /// The act.
        pub act: DecideAppeal,
        /// What becomes of it.
        pub outcome: Outcome,
        /// Why.
        pub reason: String,
        /// The event of the examination that lay before the council, where the appeal makes claims.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub examination: Option<EventId>,
    }

    /// Corrects one leaf after an appeal.
    pub struct CorrectScore {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// The appeal that was decided.
        pub appeal: u32,
    }

    /// A leaf was corrected.
    pub struct ScoreCorrected {
        /// The act.
        pub act: CorrectScore,
        /// The option or figures.
        pub inputs: Inputs,
        /// The points.
        pub points: Decimal,
        /// Why.
        pub reason: String,
    }
}
