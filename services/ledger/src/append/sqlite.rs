//! The append on SQLite: fence and INSERT in one immediate transaction.
//! The folder's lock keeps a second process away; the fence holds without it.

use std::path::Path;
use std::sync::Arc;

use platform::db::{DbError, sqlite};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use super::{AppendError, FENCE, INSERT, Stamped, integer};
use crate::log::{HeadRow, schema};

const COLUMNS: usize = 9;

/// The most rows of one statement. There is a text for each smaller count too, and SQLite keeps each prepared, so that
/// a group of that many callers is one statement.
const ROWS_MAX: usize = 64;

/// Appends over a connection to a file.
pub struct Appender {
    db: SqliteConnection,
    /// The statement for each count of rows, from 1 on.
    statements: Vec<Arc<str>>,
    /// Whether an append failed: the connection may be in the middle of a transaction.
    failed: bool,
}

/// The statement for so many rows. Its places have no names: SQLite looks each name up among all of the statement's.
fn insert(rows: usize) -> Arc<str> {
    let row = format!("({})", ["?"; COLUMNS].join(", "));
    format!("{INSERT}VALUES {}", vec![row; rows].join(", ")).into()
}

impl Appender {
    pub async fn open(path: &Path) -> Result<Self, DbError> {
        let db = sqlite::open_writer(path, &schema()).await?;
        Ok(Self { db, statements: (1..=ROWS_MAX).map(insert).collect(), failed: false })
    }

    pub fn db(&mut self) -> &mut SqliteConnection {
        &mut self.db
    }

    pub fn is_sound(&self) -> bool {
        !self.failed
    }

    pub async fn close(self) -> Result<(), sqlx::Error> {
        self.db.close().await
    }

    pub async fn append(&mut self, old: &HeadRow, next: &HeadRow, events: &mut [Stamped]) -> Result<(), AppendError> {
        let written = self.write(old, next, events).await;
        self.failed |= written.is_err();
        written
    }

    async fn write(&mut self, old: &HeadRow, next: &HeadRow, events: &mut [Stamped]) -> Result<(), AppendError> {
        let mut tx = self.db.begin_with("BEGIN IMMEDIATE").await.map_err(AppendError::Refused)?;
        let fenced = sqlx::query(FENCE)
            .bind(integer(next.position))
            .bind(next.hash_bytes())
            .bind(next.range.root().0.to_vec())
            .bind(next.range.to_bytes())
            .bind(integer(old.position))
            .bind(old.hash_bytes())
            .execute(&mut *tx)
            .await
            .map_err(AppendError::Refused)?;
        if fenced.rows_affected() != 1 {
            return Err(AppendError::LostPlace);
        }
        for rows in events.chunks_mut(ROWS_MAX) {
            let statement = Arc::clone(&self.statements[rows.len() - 1]);
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for event in rows {
                let a = &event.accepted;
                query = query
                    .bind(integer(a.position))
                    .bind(a.stream.to_string())
                    .bind(integer(a.version))
                    .bind(a.event.as_str().to_owned())
                    .bind(a.command.as_str().to_owned())
                    .bind(event.kind)
                    .bind(a.at.to_string())
                    .bind(a.hash.0.to_vec())
                    .bind(std::mem::take(&mut event.body));
            }
            query.execute(&mut *tx).await.map_err(AppendError::Refused)?;
        }
        tx.commit().await.map_err(AppendError::Refused)
    }
}
