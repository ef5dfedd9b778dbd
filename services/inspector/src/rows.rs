//! One row of the log against its own body: every copied column must say what the body says.
//! It reads columns as they stand, whatever type a tamperer gave them.

use proto::Hash;
use proto::tail::{Front, Tail};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::source::Copied;

/// A row of the log, from either engine.
pub enum Stored {
    /// From a file.
    Row(SqliteRow),
    /// From a server.
    Copied(Copied),
}

impl Stored {
    fn integer(&self, column: usize) -> Option<i64> {
        match self {
            Self::Row(row) => row.try_get(column).ok(),
            Self::Copied(row) => row.integer(column),
        }
    }

    fn text(&self, column: usize) -> &[u8] {
        match self {
            Self::Row(row) => row.try_get::<&str, _>(column).map(str::as_bytes).unwrap_or_default(),
            Self::Copied(row) => row.bytes(column).unwrap_or_default(),
        }
    }

    fn bytes(&self, column: usize) -> Option<&[u8]> {
        match self {
            Self::Row(row) => row.try_get(column).ok(),
            Self::Copied(row) => row.bytes(column),
        }
    }

    /// The body, if it stands there as bytes.
    pub fn body(&self) -> Option<&[u8]> {
        self.bytes(BODY)
    }

    /// The id of its command, as the column says it.
    pub fn command(&self) -> &[u8] {
        self.text(COMMAND)
    }

    /// Whatever stands in place of the body, also where a tamperer changed the column's type.
    ///
    /// # Errors
    /// When nothing can be read there.
    pub fn body_as_it_stands(&self) -> Result<Vec<u8>, sqlx::Error> {
        match self {
            Self::Row(row) => row.try_get_unchecked(BODY),
            Self::Copied(row) => Ok(row.bytes(BODY).unwrap_or_default().to_vec()),
        }
    }
}

const COMMAND: usize = 4;
/// The last of the columns.
const BODY: usize = 8;

/// A row of the log as it was read.
pub struct LogRow<'r> {
    row: &'r Stored,
    /// The position column.
    pub position: i64,
    /// The body.
    pub body: &'r [u8],
}

impl<'r> LogRow<'r> {
    /// Takes a row.
    ///
    /// # Errors
    /// The column that has no readable value.
    pub fn read(row: &'r Stored) -> Result<Self, &'static str> {
        let position = row.integer(0).ok_or("position")?;
        let body = row.body().ok_or("body")?;
        Ok(Self { row, position, body })
    }

    /// The first column that does not say what the body says, whose hash and tail these are.
    pub fn column_that_differs(&self, hash: Hash, tail: &Tail<'_>) -> Option<&'static str> {
        let Some(front) = Front::read(self.body) else { return Some("body") };
        let checks = [
            ("stream", self.row.text(1) == tail.stream),
            ("version", self.row.integer(2).is_some_and(|v| u64::try_from(v) == Ok(tail.version))),
            ("id", self.row.text(3) == tail.id),
            ("command", self.row.text(COMMAND) == front.command),
            ("kind", self.row.text(5) == tail.kind),
            ("at", self.row.text(6) == front.at),
            ("hash", self.row.bytes(7).is_some_and(|h| h == hash.0)),
        ];
        checks.into_iter().find(|(_, fits)| !fits).map(|(name, _)| name)
    }
}
