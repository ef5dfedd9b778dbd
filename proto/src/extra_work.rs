//! Bonuses and penalties of a unit as whoever sets them looks at them. Nothing of it goes on record: what does is the command that it leads to.

use crate::act::appraisal::Appraisal;
use crate::act::wire;
use crate::decimal::Decimal;
use crate::document::{Sign, Text};
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, RoundId, UnitId};

wire! {
    /// Asks for the bonuses and penalties of a round: all that stand, and those that one unit can have.
    pub struct ExtrasQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
    }

    /// The bonuses and penalties of a round.
    pub struct ExtrasWork {
        /// What was asked for.
        pub query: ExtrasQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// Whether the rulebook has any.
        pub any: bool,
        /// Whether they can be set now: in an appraisal or before the council, and nothing is published.
        pub open: bool,
        /// Whether the unit's sheet is locked, so that they can be set for it.
        pub locked: bool,
        /// Whether whoever asks belongs to the unit, and is kept from setting them.
        pub kept_off: bool,
        /// Those that stand, unit by unit; where a unit is named, all that it can have.
        pub rows: Vec<ExtraWork>,
    }

    /// A bonus or a penalty.
    pub struct ExtraWork {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// The code.
        pub code: Code,
        /// What it is for.
        pub title: Text,
        /// Which of the two.
        pub sign: Sign,
        /// The most points.
        pub cap: Decimal,
        /// The points that were set; a penalty is subtracted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub points: Option<Exact>,
        /// Its revision, 0 where it was never set.
        pub revision: u64,
    }

    /// Asks for a field over all units of a block, as a workbook.
    pub struct FieldQuery {
        /// The round.
        pub round: RoundId,
        /// The block.
        pub block: BlockId,
        /// The field.
        pub field: Code,
        /// Which appraisal.
        pub appraisal: Appraisal,
    }
}
