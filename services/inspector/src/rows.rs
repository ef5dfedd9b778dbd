//! One row of the log against its own body: every copied column must say what the body says.
//! It reads columns as they stand, whatever type a tamperer gave them.

use proto::Hash;
use proto::tail::{Front, Tail};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A row of the log as it was read.
pub struct LogRow<'r> {
    row: &'r SqliteRow,
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
    pub fn read(row: &'r SqliteRow) -> Result<Self, &'static str> {
        let position = row.try_get(0).map_err(|_| "position")?;
        let body = row.try_get(8).map_err(|_| "body")?;
        Ok(Self { row, position, body })
    }

    /// The first column that does not say what the body says.
    pub fn column_that_differs(&self, hash: Hash) -> Option<&'static str> {
        let (Some(front), Some(tail)) = (Front::read(self.body), Tail::read(self.body)) else {
            return Some("body");
        };
        let text = |i: usize| self.row.try_get::<&str, _>(i).map(str::as_bytes).unwrap_or_default();
        let checks = [
            ("stream", text(1) == tail.stream),
            ("version", self.row.try_get::<i64, _>(2).is_ok_and(|v| u64::try_from(v) == Ok(tail.version))),
            ("id", text(3) == tail.id),
            ("command", text(4) == front.command),
            ("kind", text(5) == tail.kind),
            ("at", text(6) == front.at),
            ("hash", self.row.try_get::<&[u8], _>(7).is_ok_and(|h| h == hash.0)),
        ];
        checks.into_iter().find(|(_, fits)| !fits).map(|(name, _)| name)
    }
}
