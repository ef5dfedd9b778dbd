//! The log's tables and how they are read. Nobody updates or deletes an event: there is no statement for it,
//! and triggers stand against anyone who brings one.

use std::path::Path;

use async_trait::async_trait;
use platform::db::{DbError, Schema, open_readers};
use platform::feed::{Feed, FeedError};
use proto::Hash;
use proto::fold::Streams;
use proto::tree::CompactRange;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::watch;

/// The log's tables (RULINGS 34).
#[must_use]
pub fn schema() -> Schema {
    let ddl = [
        "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version BIGINT NOT NULL, \
            id TEXT NOT NULL, command TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, at TEXT NOT NULL, hash BYTEA NOT NULL, \
            body BYTEA NOT NULL, UNIQUE (stream, version))",
        "CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), position BIGINT NOT NULL, \
            hash BYTEA NOT NULL, root BYTEA NOT NULL, range BYTEA NOT NULL)",
        "CREATE TRIGGER IF NOT EXISTS events_are_not_updated BEFORE UPDATE ON events \
            BEGIN SELECT RAISE(ABORT, 'events are never updated'); END",
        "CREATE TRIGGER IF NOT EXISTS events_are_not_deleted BEFORE DELETE ON events \
            BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
        "CREATE TRIGGER IF NOT EXISTS head_only_grows BEFORE UPDATE ON head WHEN NEW.position <= OLD.position \
            BEGIN SELECT RAISE(ABORT, 'the head only grows'); END",
        "CREATE TRIGGER IF NOT EXISTS head_is_not_deleted BEFORE DELETE ON head \
            BEGIN SELECT RAISE(ABORT, 'the head is never deleted'); END",
    ];
    Schema { name: "ledger", format: 1, ddl: ddl.map(str::to_owned).to_vec() }
}

const HEAD_FIRST: &str =
    "INSERT INTO head (one, position, hash, root, range) VALUES (1, 0, $1, $2, $3) ON CONFLICT (one) DO NOTHING";
const HEAD_READ: &str = "SELECT position, hash, root, range FROM head WHERE one = 1";
const EXTENT: &str = "SELECT COUNT(*), COALESCE(MIN(position), 1), COALESCE(MAX(position), 0) FROM events";
const LAST: &str = "SELECT hash, body FROM events WHERE position = $1";
const BODIES_AFTER: &str = "SELECT position, body FROM events WHERE position > $1 ORDER BY position LIMIT $2";
const BODIES_IN: &str =
    "SELECT position, body FROM events WHERE stream >= $1 AND stream < $2 AND position <= $3 ORDER BY position";
const STREAM_HEAD: &str = "SELECT version, hash FROM events WHERE stream = $1 ORDER BY version DESC LIMIT 1";
const BODY_OF_COMMAND: &str = "SELECT body FROM events WHERE command = $1";
const OPEN_ROUNDS: &str = "SELECT stream FROM events WHERE stream >= 'round/' AND stream < 'round0' \
    GROUP BY stream HAVING MAX(CASE WHEN kind = 'round_closed' THEN 1 ELSE 0 END) = 0 ORDER BY stream";

/// Why the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The head row is damaged.
    #[error("log_damaged: the head row is damaged; run `parindex verify`")]
    Head,
    /// The rows are not those that the head row counts.
    #[error(
        "log_damaged: the head row counts {counted} events, the log holds {held} up to {last}; run `parindex verify`"
    )]
    Rows {
        /// By the head row.
        counted: u64,
        /// In the table.
        held: i64,
        /// The last position in the table.
        last: i64,
    },
    /// The last event is not the one that the head row names.
    #[error("log_damaged: the last event is not the one that the head row names; run `parindex verify`")]
    Last,
}

/// The one row that says where the log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// The last position; 0 before the first event.
    pub position: u64,
    /// Its hash.
    pub hash: Option<Hash>,
    /// The tree up to there.
    pub range: CompactRange,
}

impl HeadRow {
    /// The bytes of the hash as stored; none before the first event.
    #[must_use]
    pub fn hash_bytes(&self) -> Vec<u8> {
        self.hash.map_or(Vec::new(), |h| h.0.to_vec())
    }
}

/// Makes the head row of a new log.
pub async fn first_head(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let root = CompactRange::default().root();
    let row = sqlx::query(HEAD_FIRST).bind(Vec::<u8>::new()).bind(root.0.to_vec()).bind(Vec::<u8>::new());
    row.execute(db).await.map(|_| ())
}

/// Reads the head row.
pub async fn read_head(db: &mut SqliteConnection) -> Result<HeadRow, LogError> {
    let row = sqlx::query(HEAD_READ).fetch_one(db).await?;
    let position = u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| LogError::Head)?;
    let hash: Vec<u8> = row.try_get(1)?;
    let root: Vec<u8> = row.try_get(2)?;
    let range: Vec<u8> = row.try_get(3)?;
    let range = CompactRange::from_bytes(position, &range).map_err(|_| LogError::Head)?;
    if range.root().0[..] != root[..] {
        return Err(LogError::Head);
    }
    let hash = match (position, <[u8; 32]>::try_from(hash.as_slice())) {
        (0, _) => None,
        (_, Ok(hash)) => Some(Hash(hash)),
        (_, Err(_)) => return Err(LogError::Head),
    };
    Ok(HeadRow { position, hash, range })
}

/// A writer goes on only from a log without a hole: as many rows as the head row counts, and the last one is its own.
pub async fn check_end(db: &mut SqliteConnection, head: &HeadRow) -> Result<(), LogError> {
    let row = sqlx::query(EXTENT).fetch_one(&mut *db).await?;
    let (held, first, last): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let counted = head.position;
    if [held, last].iter().any(|n| u64::try_from(*n) != Ok(counted)) || first != 1 {
        return Err(LogError::Rows { counted, held, last });
    }
    let Some(hash) = head.hash else { return Ok(()) };
    let row = sqlx::query(LAST).bind(last).fetch_one(db).await?;
    let (column, body): (Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
    if column == hash.0 && Hash::entry(&body) == hash { Ok(()) } else { Err(LogError::Last) }
}

/// The log, for reading beside its writer.
#[derive(Debug, Clone)]
pub struct Log {
    db: SqlitePool,
    head: watch::Receiver<u64>,
}

impl Log {
    /// Opens the log for reading; `head` tells as it moves.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn open(path: &Path, head: watch::Receiver<u64>) -> Result<Self, LogError> {
        Ok(Self { db: open_readers(path, &schema()).await?, head })
    }

    /// Closes it, and all its copies. Whoever closes last leaves one file.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The head row.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn head_row(&self) -> Result<HeadRow, LogError> {
        let mut connection = self.db.acquire().await?;
        read_head(&mut connection).await
    }

    /// The newest event of a stream: its version and hash.
    pub(crate) async fn stream_head(&self, stream: &str) -> Result<Option<(u64, Hash)>, sqlx::Error> {
        let Some(row) = sqlx::query(STREAM_HEAD).bind(stream.to_owned()).fetch_optional(&self.db).await? else {
            return Ok(None);
        };
        let version = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0);
        let hash: Vec<u8> = row.try_get(1)?;
        let hash = <[u8; 32]>::try_from(hash.as_slice()).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        Ok(Some((version, Hash(hash))))
    }

    /// The body of the event that a command made.
    pub(crate) async fn of_command(&self, command: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let row = sqlx::query(BODY_OF_COMMAND).bind(command.to_owned()).fetch_optional(&self.db).await?;
        row.map(|row| row.try_get(0)).transpose()
    }

    /// The streams of rounds that have not ended.
    pub(crate) async fn open_rounds(&self) -> Result<Vec<String>, sqlx::Error> {
        let rows = sqlx::query(OPEN_ROUNDS).fetch_all(&self.db).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }
}

#[async_trait]
impl Feed for Log {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let failed = |e: sqlx::Error| FeedError(e.to_string());
        let after = i64::try_from(position).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sqlx::query(BODIES_AFTER).bind(after).bind(limit).fetch_all(&self.db).await.map_err(failed)?;
        rows.iter().map(|row| row.try_get(1)).collect::<Result<_, _>>().map_err(failed)
    }

    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError> {
        let failed = |e: sqlx::Error| FeedError(e.to_string());
        let upto = i64::try_from(upto).unwrap_or(i64::MAX);
        let mut found: Vec<(i64, Vec<u8>)> = Vec::new();
        for (from, to) in streams.ranges() {
            let query = sqlx::query(BODIES_IN).bind(from).bind(to).bind(upto);
            for row in query.fetch_all(&self.db).await.map_err(failed)? {
                found.push((row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?));
            }
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found.into_iter().map(|(_, body)| body).collect())
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.clone()
    }
}
