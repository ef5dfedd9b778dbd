//! A round as its council looks at it before it decides: how points are spread in each field, how far units' own scores were brought down,
//! and which units stand apart. It judges nobody: it says where to look.

use crate::act::wire;
use crate::act::words;
use crate::document::Text;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, UnitId};
use crate::instant::Instant;
use crate::work::RoundQuery;

/// Into how many classes of equal width the shares from 0 to 100 % are counted.
pub const CLASSES: usize = 10;

wire! {
    /// A round, block by block.
    pub struct Moderation {
        /// What was asked for.
        pub query: RoundQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment, by the log's clock.
        pub at: Instant,
        /// Whether the council has adopted the result; before, every figure is provisional.
        pub decided: bool,
        /// The blocks, in the round's order.
        pub blocks: Vec<BlockModeration>,
    }

    /// A block.
    pub struct BlockModeration {
        /// The block.
        pub block: BlockId,
        /// Its title.
        pub title: Text,
        /// Its fields.
        pub fields: Vec<FieldModeration>,
        /// Its units.
        pub units: Vec<UnitModeration>,
        /// Units that stand apart in a field, field by field.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub outliers: Vec<Outlier>,
    }

    /// A field of a block.
    pub struct FieldModeration {
        /// The field.
        pub field: Code,
        /// Its title.
        pub title: Text,
        /// How the units' shares of its maximum are spread; none where nothing applies to anybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub spread: Option<Spread>,
        /// The units' own scores against those that count.
        pub claims: Claimed,
    }

    /// A unit of a block.
    pub struct UnitModeration {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its own scores against those that count.
        pub claims: Claimed,
    }

    /// How values are spread. Quartiles lie between neighbours in proportion: at (n - 1) q / 4 of the values in their order.
    pub struct Spread {
        /// How many values there are.
        pub of: u64,
        /// The least.
        pub least: Exact,
        /// The first quartile.
        pub low: Exact,
        /// The median.
        pub median: Exact,
        /// The third quartile.
        pub high: Exact,
        /// The most.
        pub most: Exact,
        /// The mean.
        pub mean: Exact,
        /// How many lie in each class of the shares: from 0 % up, each without its upper end but the last.
        pub classes: Vec<u64>,
    }

    /// Own scores against those that count, over the leaves that have both.
    pub struct Claimed {
        /// How many scores are compared.
        pub of: u64,
        /// How many of them were brought down.
        pub lowered: u64,
        /// How many were raised.
        pub raised: u64,
        /// The sum of what units claimed less what counts.
        pub sum: Exact,
        /// That sum for each score; none where none is compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mean: Option<Exact>,
    }

    /// A unit that stands apart in a field.
    pub struct Outlier {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// The field.
        pub field: Code,
        /// Its share of the field's maximum, in percent.
        pub share: Exact,
        /// On which side.
        pub side: Side,
        /// The bound that it lies beyond.
        pub bound: Exact,
    }
}

words! {
    /// On which side of the others something lies.
    pub enum Side {
        /// Below.
        Below,
        /// Above.
        Above,
    }
}
