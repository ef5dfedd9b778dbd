//! The group's append on SQLite: the fence and the one INSERT of events, in one transaction.
//! A group is written whole or not at all; zero fenced rows mean that someone else has moved the head.

use std::sync::Arc;

use proto::{Accepted, Hash};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::log::HeadRow;

const FENCE: &str = "UPDATE head SET position = $1, hash = $2, root = $3, range = $4 \
    WHERE one = 1 AND position = $5 AND hash = $6";
/// The one INSERT of events in the workspace; its rows are added behind it.
const INSERT: &str = "INSERT INTO events (position, stream, version, id, command, kind, at, hash, body) VALUES ";
const COLUMNS: usize = 9;

/// The most rows of one statement. There is a text for each smaller count too, and SQLite keeps each prepared, so that
/// a group of that many callers is one statement.
const ROWS_MAX: usize = 64;

/// An event that is stamped and waits for its group.
#[derive(Debug)]
pub struct Stamped {
    /// What the answer will say.
    pub accepted: Accepted,
    /// Its kind.
    pub kind: &'static str,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why a group was not written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The head is not where this writer left it.
    #[error("lost the place: the head was moved by another writer")]
    LostPlace,
    /// The engine failed; whether the group was written is unknown.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
}

/// The statement for so many rows. Its places have no names: SQLite looks each name up among all of the statement's.
fn insert(rows: usize) -> Arc<str> {
    let row = format!("({})", ["?"; COLUMNS].join(", "));
    format!("{INSERT}{}", vec![row; rows].join(", ")).into()
}

/// Appends groups over the writer's connection.
#[derive(Debug)]
pub struct Appender {
    db: SqliteConnection,
    /// The statement for each count of rows, from 1 on.
    statements: Vec<Arc<str>>,
}

impl Appender {
    /// An appender over the writer's connection.
    pub fn new(db: SqliteConnection) -> Self {
        Self { db, statements: (1..=ROWS_MAX).map(insert).collect() }
    }

    /// Gives the connection back.
    pub fn into_db(self) -> SqliteConnection {
        self.db
    }

    /// The writer's connection.
    pub fn db(&mut self) -> &mut SqliteConnection {
        &mut self.db
    }

    /// Writes a group's events durably and moves the head from `old` to `next` with them.
    ///
    /// # Errors
    /// [`AppendError`]; the outcome is then unknown until the head has been read again.
    pub async fn append(&mut self, old: &HeadRow, next: &HeadRow, events: &mut [Stamped]) -> Result<(), AppendError> {
        let mut tx = self.db.begin_with("BEGIN IMMEDIATE").await?;
        let fenced = sqlx::query(FENCE)
            .bind(integer(next.position))
            .bind(next.hash_bytes())
            .bind(next.range.root().0.to_vec())
            .bind(next.range.to_bytes())
            .bind(integer(old.position))
            .bind(old.hash_bytes())
            .execute(&mut *tx)
            .await?;
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
                    .bind(hash(a.hash))
                    .bind(std::mem::take(&mut event.body));
            }
            query.execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).expect("positions and versions stay below 2^53")
}

fn hash(hash: Hash) -> Vec<u8> {
    hash.0.to_vec()
}
