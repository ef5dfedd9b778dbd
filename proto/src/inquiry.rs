//! What can be asked of the log beside its histories: how a number came about, what would be if, what is odd.
//! Each answer names the position and root that it was folded up to.

use crate::act::wire;
use crate::decimal::Decimal;
use crate::document::Text;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, RoundId, UnitId};
use crate::stream::Stream;

wire! {
    /// Asks how a number came about: of a leaf, a criterion or a field; without one, the unit's index and rank.
    pub struct ExplainQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The node of the unit's tree.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub node: Option<Code>,
    }

    /// One step of an explanation.
    pub struct Line {
        /// What was done, in both languages.
        pub text: Text,
        /// The arithmetic, which evaluates to `value` (section 9 of the README has its grammar); empty where there is none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub expression: String,
        /// What it comes to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub value: Option<Exact>,
        /// The event that it rests on: its stream and version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub event: Option<EventAt>,
    }

    /// An event by its place in its stream.
    pub struct EventAt {
        /// The stream.
        pub stream: Stream,
        /// The version.
        pub version: u64,
    }

    /// How a number came about.
    pub struct Explanation {
        /// What was asked for.
        pub query: ExplainQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// What is explained.
        pub title: Text,
        /// The steps in order.
        pub lines: Vec<Line>,
    }

    /// Asks what would be if a leaf had other points.
    pub struct WhatIfQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// Its points.
        pub points: Decimal,
    }

    /// Where a unit stands.
    pub struct Place {
        /// Its rank; 0 for none.
        pub rank: u64,
        /// Its index as it is printed; empty for none.
        pub index: String,
        /// Its band; empty for none.
        pub band: String,
    }

    /// A unit before and after.
    pub struct Moved {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its block.
        pub block: BlockId,
        /// As it stands.
        pub before: Place,
        /// As it would stand.
        pub after: Place,
    }

    /// What would be. Nothing of it is written anywhere.
    pub struct WhatIf {
        /// What was asked.
        pub query: WhatIfQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// Every unit of the block, in the order in which they would stand.
        pub units: Vec<Moved>,
    }
}
