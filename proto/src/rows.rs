//! Rows of the projections: what index and ranking keep, and what their digests are made of (RULINGS 23).
//! A row holds text and integers only; a fraction stands as "n/d", "" stands for none.

mod digest;
mod index;
mod ranking;

use crate::act::round::{Phase, Stage};
use crate::canon::{Value, to_vec};
use crate::document::{Sign, Source};
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, DecisionId, RoundId, UnitId};
use crate::instant::Instant;

pub use digest::{TableRows, projection_digest, round_digest, row_lines, table_rows};
pub use index::{BlockRow, ExtraRow, NodeRow, PhaseRow, RoundRow, ScoreRow, TotalRow, UnitRow};
pub use ranking::{PublicationRow, StandingRow};

/// A table of a projection.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many of the first columns are the key.
    pub key: usize,
    /// Its columns; the first is always `round`.
    pub columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether it holds integers; otherwise text.
    pub integer: bool,
}

/// The value in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Cell {
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
}

/// A row of a table.
pub trait Row: Sized {
    /// The table.
    const TABLE: &'static Table;
    /// Its values in the order of the columns.
    fn cells(&self) -> Vec<Cell>;
    /// A row from its values; `None` if one has not its column's form.
    fn from_cells(cells: Vec<Cell>) -> Option<Self>;
}

/// What can stand in a column.
pub trait CellValue: Sized {
    /// Whether the column holds integers.
    const INTEGER: bool;
    /// The cell.
    fn cell(&self) -> Cell;
    /// The value; `None` if the cell has not its form.
    fn value(cell: Cell) -> Option<Self>;
}

/// The canonical JSON of a row: an object of its columns.
#[must_use]
pub fn row_json(table: &Table, cells: &[Cell]) -> Vec<u8> {
    let members = table.columns.iter().zip(cells).map(|(column, cell)| {
        let value = match cell {
            Cell::Int(n) => Value::Int(*n),
            Cell::Text(t) => Value::Text(t.clone()),
        };
        (column.name.to_owned(), value)
    });
    to_vec(&Value::Object(members.collect())).expect("columns are snake_case and integers are in range")
}

impl CellValue for String {
    const INTEGER: bool = false;
    fn cell(&self) -> Cell {
        Cell::Text(self.clone())
    }
    fn value(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text),
            Cell::Int(_) => None,
        }
    }
}

impl CellValue for u64 {
    const INTEGER: bool = true;
    fn cell(&self) -> Cell {
        Cell::Int(i64::try_from(*self).expect("counts and positions stay below 2^53"))
    }
    fn value(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Int(n) => Self::try_from(n).ok(),
            Cell::Text(_) => None,
        }
    }
}

impl CellValue for i64 {
    const INTEGER: bool = true;
    fn cell(&self) -> Cell {
        Cell::Int(*self)
    }
    fn value(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Int(n) => Some(n),
            Cell::Text(_) => None,
        }
    }
}

impl CellValue for bool {
    const INTEGER: bool = true;
    fn cell(&self) -> Cell {
        Cell::Int(i64::from(*self))
    }
    fn value(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Int(0) => Some(false),
            Cell::Int(1) => Some(true),
            _ => None,
        }
    }
}

macro_rules! text_cells {
    ($($type:ty),*) => {$(
        impl CellValue for $type {
            const INTEGER: bool = false;
            fn cell(&self) -> Cell {
                Cell::Text(self.to_string())
            }
            fn value(cell: Cell) -> Option<Self> {
                match cell {
                    Cell::Text(text) => text.parse().ok(),
                    Cell::Int(_) => None,
                }
            }
        }
        impl CellValue for Option<$type> {
            const INTEGER: bool = false;
            fn cell(&self) -> Cell {
                Cell::Text(self.as_ref().map_or(String::new(), ToString::to_string))
            }
            fn value(cell: Cell) -> Option<Self> {
                match cell {
                    Cell::Text(text) if text.is_empty() => Some(None),
                    Cell::Text(text) => text.parse().ok().map(Some),
                    Cell::Int(_) => None,
                }
            }
        }
    )*};
}
text_cells!(Exact, Hash, Instant, RoundId, UnitId, BlockId, Code, DecisionId, Phase, Stage, Source, Sign);
text_cells!(SheetState, FlagState, ExemptionState, Level);

impl std::str::FromStr for Exact {
    type Err = crate::exact::BadExact;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Gives words their text in rows.
macro_rules! row_words {
    ($($enum:ident { $($variant:ident = $text:literal),* })*) => {$(
        impl $enum {
            /// The word as it stands in rows and sentences.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $enum {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($text => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    )*};
}
row_words! {
    Phase {
        SelfScoring = "self_scoring", FirstAppraisal = "first_appraisal", Explanation = "explanation",
        SecondAppraisal = "second_appraisal", Survey = "survey", Council = "council", Appeals = "appeals"
    }
    Stage { Own = "self", First = "first", Second = "second", Council = "council", Correction = "correction" }
    Source { Appraisal = "appraisal", Survey = "survey", External = "external" }
    Sign { Bonus = "bonus", Penalty = "penalty" }
    SheetState { Open = "open", Submitted = "submitted", Closed = "closed" }
    FlagState { Raised = "raised", Explained = "explained", Settled = "settled" }
    ExemptionState { Claimed = "claimed", Accepted = "accepted", Refused = "refused" }
    Level { Field = "field", Criterion = "criterion", Leaf = "leaf" }
}

/// Whether a sheet can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    /// Its unit may change it.
    Open,
    /// Signed and submitted.
    Submitted,
    /// Closed by the timer, not submitted ("chưa nộp").
    Closed,
}

/// What became of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FlagState {
    /// The unit is asked to explain.
    Raised,
    /// It has explained.
    Explained,
    /// The second appraisal has decided.
    Settled,
}

/// What became of an exemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExemptionState {
    /// The unit claims that the leaf does not apply.
    Claimed,
    /// It does not apply.
    Accepted,
    /// It applies.
    Refused,
}

/// A node's place in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// A field (lĩnh vực).
    Field,
    /// A criterion with leaves below it.
    Criterion,
    /// A scoring leaf.
    Leaf,
}

/// Declares a row: its table, key and columns.
macro_rules! rows {
    ($(#[$doc:meta])* $name:ident $table:literal key $key:literal { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

        impl $crate::rows::Row for $name {
            const TABLE: &'static $crate::rows::Table = &$crate::rows::Table {
                name: $table,
                key: $key,
                columns: &[$($crate::rows::Column {
                    name: stringify!($field),
                    integer: <$type as $crate::rows::CellValue>::INTEGER,
                },)*],
            };
            fn cells(&self) -> Vec<$crate::rows::Cell> {
                vec![$($crate::rows::CellValue::cell(&self.$field),)*]
            }
            fn from_cells(cells: Vec<$crate::rows::Cell>) -> Option<Self> {
                let mut cells = cells.into_iter();
                let row = Self { $($field: $crate::rows::CellValue::value(cells.next()?)?,)* };
                cells.next().is_none().then_some(row)
            }
        }
    };
}
pub(crate) use rows;
