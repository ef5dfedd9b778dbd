//! Appraisal: confirm, adjust with a reason, flag; exemptions decided; bonus and penalty.
//! An appraisal never overwrites the stage before it.

use super::{wire, words};
use crate::act::sheet::Inputs;
use crate::decimal::Decimal;
use crate::ids::{Code, RoundId, UnitId};

words! {
    /// Which of the two appraisals.
    pub enum Appraisal {
        /// The first.
        First,
        /// The second.
        Second,
    }
}

wire! {
    /// Confirms the points as they stand.
    pub struct ConfirmScore {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// First or second appraisal.
        pub appraisal: Appraisal,
    }

    /// Sets other points, with a reason.
    pub struct AdjustScore {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// First or second appraisal.
        pub appraisal: Appraisal,
        /// The corrected option or figures.
        pub inputs: Inputs,
        /// The points.
        pub points: Decimal,
        /// Why.
        pub reason: String,
    }

    /// Asks the unit to explain ("yêu cầu giải trình").
    pub struct FlagScore {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// What is to be explained.
        pub reason: String,
    }

    /// Accepts or refuses an exemption; which one is the kind of the act.
    pub struct JudgeExemption {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// Why.
        pub reason: String,
    }

    /// Sets the bonus or the penalty of one code; which one is the kind of the act.
    pub struct SetExtra {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The code of the bonus or penalty in the rulebook.
        pub code: Code,
        /// The revision of this bonus or penalty that the sender saw.
        pub revision: u64,
        /// The points, not negative; a penalty is subtracted.
        pub points: Decimal,
        /// Why.
        pub reason: String,
    }

    /// An act of an appraiser as it was taken.
    pub struct Appraised<T> {
        /// The act.
        pub act: T,
        /// Whether the appraiser belongs to the unit (only where the round allows it).
        pub own_unit: bool,
    }
}
