//! A finding: what is wrong, and where. Every finding names one place.

use std::fmt;

use proto::tile::{Resource, Tile};

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At a position of the log.
    Position(u64),
    /// At the log's end, beyond what it holds.
    End(u64),
    /// In the head row.
    HeadRow,
    /// In a projection's cursor.
    Cursor(&'static str),
    /// In a row of a projection.
    Row {
        /// The projection.
        projection: &'static str,
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
    },
    /// In a projection as a whole.
    Projection(&'static str),
    /// In a tile of the signer's folder.
    Tile(Tile),
}

impl Place {
    /// What kind of place it is, by a stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Position(_) => "event",
            Self::End(_) => "log_end",
            Self::HeadRow => "head_row",
            Self::Cursor(_) => "cursor",
            Self::Row { .. } => "row",
            Self::Projection(_) => "projection",
            Self::Tile(_) => "tile",
        }
    }

    /// The position, where the place is one of the log.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Position(position) | Self::End(position) => Some(*position),
            Self::HeadRow | Self::Cursor(_) | Self::Row { .. } | Self::Projection(_) | Self::Tile(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Position(n) => write!(f, "position {n}"),
            Self::End(n) => write!(f, "the end, after position {n}"),
            Self::HeadRow => f.write_str("the head row"),
            Self::Cursor(projection) => write!(f, "the cursor of {projection}"),
            Self::Row { projection, table, key } => write!(f, "{projection}, table {table}, row {key}"),
            Self::Projection(projection) => write!(f, "the projection {projection}"),
            Self::Tile(tile) => write!(f, "the tile {}", Resource::Tile(*tile)),
        }
    }
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub what: String,
}

impl Finding {
    /// A finding at a place.
    pub fn new(place: Place, what: impl Into<String>) -> Self {
        Self { place, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
