//! The group's append on SQLite: the fence and the one INSERT of events, in one transaction.
//! A group is written whole or not at all; zero fenced rows mean that someone else has moved the head.

use proto::tree::CompactRange;
use proto::{Accepted, Hash};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::log::HeadRow;

const FENCE: &str = "UPDATE head SET position = $1, hash = $2, root = $3, range = $4 \
    WHERE one = 1 AND position = $5 AND hash = $6";
/// The one INSERT of events in the workspace; its rows are added behind it.
const INSERT: &str = "INSERT INTO events (position, stream, version, id, command, kind, at, hash, body) VALUES ";
const COLUMNS: usize = 9;

/// Rows per statement: SQLite keeps each text prepared, so there are few of them.
const CHUNKS: [usize; 5] = [64, 16, 8, 4, 1];

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

fn insert(rows: usize) -> String {
    let row = |r: usize| {
        let places: Vec<String> = (1..=COLUMNS).map(|c| format!("${}", r * COLUMNS + c)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("{INSERT}{}", rows.join(", "))
}

/// Appends groups over the writer's connection.
#[derive(Debug)]
pub struct Appender {
    db: SqliteConnection,
    statements: [(usize, std::sync::Arc<str>); CHUNKS.len()],
}

impl Appender {
    /// An appender over the writer's connection.
    pub fn new(db: SqliteConnection) -> Self {
        Self { db, statements: CHUNKS.map(|rows| (rows, insert(rows).into())) }
    }

    /// Gives the connection back.
    pub fn into_db(self) -> SqliteConnection {
        self.db
    }

    /// Goes on over another connection, after a failure of the one before.
    pub fn replace(&mut self, db: SqliteConnection) {
        self.db = db;
    }

    /// The writer's connection.
    pub fn db(&mut self) -> &mut SqliteConnection {
        &mut self.db
    }

    /// Writes a group durably and returns the new head.
    ///
    /// # Errors
    /// [`AppendError`]; the outcome is then unknown until the head has been read again.
    pub async fn append(&mut self, head: &HeadRow, group: &mut [Stamped]) -> Result<HeadRow, AppendError> {
        let mut range: CompactRange = head.range.clone();
        for event in &*group {
            range.append(event.accepted.hash);
        }
        let last = group.last().expect("a group has events");
        let next = HeadRow { position: last.accepted.position, hash: Some(last.accepted.hash), range };
        let mut tx = self.db.begin_with("BEGIN IMMEDIATE").await?;
        let fenced = sqlx::query(FENCE)
            .bind(integer(next.position))
            .bind(next.hash_bytes())
            .bind(next.range.root().0.to_vec())
            .bind(next.range.to_bytes())
            .bind(integer(head.position))
            .bind(head.hash_bytes())
            .execute(&mut *tx)
            .await?;
        if fenced.rows_affected() != 1 {
            return Err(AppendError::LostPlace);
        }
        let mut rest = group;
        while !rest.is_empty() {
            let (rows, statement) =
                self.statements.iter().find(|(rows, _)| *rows <= rest.len()).expect("the smallest chunk is one row");
            let (now, later) = rest.split_at_mut(*rows);
            let mut query = sqlx::query(AssertSqlSafe(statement.clone()));
            for event in now {
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
            rest = later;
        }
        tx.commit().await?;
        Ok(next)
    }
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).expect("positions and versions stay below 2^53")
}

fn hash(hash: Hash) -> Vec<u8> {
    hash.0.to_vec()
}
