//! The rows of a round as they stood at a moment, from a fold of the log: what a projection would have held there.
//! A unit's scores come with the unit alone; no row holds more than a projection's does.

use crate::act::wire;
use crate::as_of::AsOf;
use crate::hash::Hash;
use crate::ids::{RoundId, UnitId};
use crate::instant::Instant;
use crate::rows::{Cell, Row};

wire! {
    /// Asks for a round's rows at a moment.
    pub struct StoodQuery {
        /// The round.
        pub round: RoundId,
        /// The one unit whose sheet is wanted; absent: the round, its units and its standings.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The moment.
        pub as_of: AsOf,
    }

    /// The rows of one table.
    pub struct StoodTable {
        /// The table's name.
        pub name: String,
        /// Its rows, each by its columns in their order.
        pub rows: Vec<Vec<Cell>>,
    }

    /// A round's rows at a moment.
    pub struct Stood {
        /// What was asked.
        pub query: StoodQuery,
        /// The last position that was folded.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment: that which was asked for, or the last event's; absent before the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
        /// The tables.
        pub tables: Vec<StoodTable>,
    }
}

impl Stood {
    /// The rows of one kind; none where a row has not its table's form.
    #[must_use]
    pub fn rows<R: Row>(&self) -> Option<Vec<R>> {
        let of_kind = self.tables.iter().filter(|table| table.name == R::TABLE.name);
        of_kind.flat_map(|table| &table.rows).map(|cells| R::from_cells(cells.clone())).collect()
    }
}
