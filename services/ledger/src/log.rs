//! The log's tables and how they are read. Nobody updates or deletes an event: there is no statement for it,
//! and triggers stand against anyone who brings one.

use async_trait::async_trait;
use platform::db::{At, Db, DbError, Place, Schema, open_readers};
use platform::feed::{Feed, FeedError};
use platform::on;
use proto::Hash;
use proto::fold::Streams;
use proto::tree::CompactRange;
use tokio::sync::watch;

/// The log's tables (RULINGS 34).
const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version BIGINT NOT NULL, \
        id TEXT NOT NULL, command TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, at TEXT NOT NULL, hash BYTEA NOT NULL, \
        body BYTEA NOT NULL, UNIQUE (stream, version))",
    "CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), position BIGINT NOT NULL, \
        hash BYTEA NOT NULL, root BYTEA NOT NULL, range BYTEA NOT NULL)",
];
/// What stands against whoever brings another statement, in SQLite's words.
const GUARDS: [&str; 4] = [
    "CREATE TRIGGER IF NOT EXISTS events_are_not_updated BEFORE UPDATE ON events \
        BEGIN SELECT RAISE(ABORT, 'events are never updated'); END",
    "CREATE TRIGGER IF NOT EXISTS events_are_not_deleted BEFORE DELETE ON events \
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    "CREATE TRIGGER IF NOT EXISTS head_only_grows BEFORE UPDATE ON head WHEN NEW.position <= OLD.position \
        BEGIN SELECT RAISE(ABORT, 'the head only grows'); END",
    "CREATE TRIGGER IF NOT EXISTS head_is_not_deleted BEFORE DELETE ON head \
        BEGIN SELECT RAISE(ABORT, 'the head is never deleted'); END",
];
/// The same in PostgreSQL's, whose tables can be emptied by one more statement. A trigger that is always enabled also
/// stands where a session calls itself a replica.
const GUARDS_OF_POSTGRES: [&str; 5] = [
    "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$",
    "CREATE OR REPLACE TRIGGER events_are_not_updated BEFORE UPDATE ON events \
        FOR EACH STATEMENT EXECUTE FUNCTION never('events are never updated'); \
        ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_not_updated",
    "CREATE OR REPLACE TRIGGER events_are_not_deleted BEFORE DELETE OR TRUNCATE ON events \
        FOR EACH STATEMENT EXECUTE FUNCTION never('events are never deleted'); \
        ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_not_deleted",
    "CREATE OR REPLACE TRIGGER head_only_grows BEFORE UPDATE ON head FOR EACH ROW WHEN (NEW.position <= OLD.position) \
        EXECUTE FUNCTION never('the head only grows'); \
        ALTER TABLE head ENABLE ALWAYS TRIGGER head_only_grows",
    "CREATE OR REPLACE TRIGGER head_is_not_deleted BEFORE DELETE OR TRUNCATE ON head \
        FOR EACH STATEMENT EXECUTE FUNCTION never('the head is never deleted'); \
        ALTER TABLE head ENABLE ALWAYS TRIGGER head_is_not_deleted",
];

/// How the log's database is made by SQLite.
#[must_use]
pub fn schema() -> Schema {
    schema_of(&GUARDS)
}

/// How the log's schema is made by PostgreSQL: as the role that owns it, which nobody serves as.
#[must_use]
pub fn schema_of_postgres() -> Schema {
    schema_of(&GUARDS_OF_POSTGRES)
}

fn schema_of(guards: &[&str]) -> Schema {
    let ddl = TABLES.iter().chain(guards).map(|statement| (*statement).to_owned()).collect();
    Schema { name: "ledger", format: 1, ddl }
}

const HEAD_FIRST: &str =
    "INSERT INTO head (one, position, hash, root, range) VALUES (1, 0, $1, $2, $3) ON CONFLICT (one) DO NOTHING";
const HEAD_READ: &str = "SELECT position, hash, root, range FROM head WHERE one = 1";
const EXTENT: &str = "SELECT COUNT(*), COALESCE(MIN(position), 1), COALESCE(MAX(position), 0) FROM events";
const LAST: &str = "SELECT hash, body FROM events WHERE position = $1";
const BODIES_AFTER: &str = "SELECT position, body FROM events WHERE position > $1 ORDER BY position LIMIT $2";
const BODIES_IN: &str =
    "SELECT position, body FROM events WHERE stream >= $1 AND stream < $2 AND position <= $3 ORDER BY position";
const HASHES_AFTER: &str = "SELECT position, hash FROM events WHERE position > $1 ORDER BY position LIMIT $2";
const STREAM_HEAD: &str = "SELECT version, hash FROM events WHERE stream = $1 ORDER BY version DESC LIMIT 1";
const BODY_OF_COMMAND: &str = "SELECT body FROM events WHERE command = $1";
const OPEN_ROUNDS: &str = "SELECT stream FROM events WHERE stream >= 'round/' AND stream < 'round0' \
    GROUP BY stream HAVING MAX(CASE WHEN kind = 'round_closed' THEN 1 ELSE 0 END) = 0 ORDER BY stream";

const ENDED_SINCE: &str = "SELECT COUNT(*) FROM events WHERE stream >= 'round/' AND stream < 'round0' AND position > $1 \
    AND kind IN ('result_published', 'round_closed')";

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
pub async fn first_head(db: At<'_>) -> Result<(), sqlx::Error> {
    let root = CompactRange::default().root();
    let first = (Vec::<u8>::new(), root.0.to_vec(), Vec::<u8>::new());
    on!(db, db => {
        let row = sqlx::query(HEAD_FIRST).bind(first.0).bind(first.1).bind(first.2);
        row.execute(db).await.map(|_| ())
    })
}

/// Reads the head row.
pub async fn read_head(db: At<'_>) -> Result<HeadRow, LogError> {
    let row: (i64, Vec<u8>, Vec<u8>, Vec<u8>) = on!(db, db => sqlx::query_as(HEAD_READ).fetch_one(db).await?);
    let (position, hash, root, range) = row;
    let position = u64::try_from(position).map_err(|_| LogError::Head)?;
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
pub async fn check_end(mut db: At<'_>, head: &HeadRow) -> Result<(), LogError> {
    let extent: (i64, i64, i64) = on!(db.again(), db => sqlx::query_as(EXTENT).fetch_one(db).await?);
    let (held, first, last) = extent;
    let counted = head.position;
    if [held, last].iter().any(|n| u64::try_from(*n) != Ok(counted)) || first != 1 {
        return Err(LogError::Rows { counted, held, last });
    }
    let Some(hash) = head.hash else { return Ok(()) };
    let row: (Vec<u8>, Vec<u8>) = on!(db, db => sqlx::query_as(LAST).bind(last).fetch_one(db).await?);
    let (column, body) = row;
    if column == hash.0 && Hash::entry(&body) == hash { Ok(()) } else { Err(LogError::Last) }
}

/// The log, for reading beside its writer.
#[derive(Debug, Clone)]
pub struct Log {
    db: Db,
    head: watch::Receiver<u64>,
}

impl Log {
    /// Opens the log for reading; `head` tells as it moves.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn open(place: impl Into<Place>, head: watch::Receiver<u64>) -> Result<Self, LogError> {
        Ok(Self { db: open_readers(&place.into(), &schema()).await?, head })
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
        read_head(connection.at()).await
    }

    /// The last position that is durable.
    pub(crate) fn durable(&self) -> u64 {
        *self.head.borrow()
    }

    /// The newest event of a stream: its version and hash.
    pub(crate) async fn stream_head(&self, stream: &str) -> Result<Option<(u64, Hash)>, sqlx::Error> {
        let stream = stream.to_owned();
        let row: Option<(i64, Vec<u8>)> =
            on!(&self.db, db => sqlx::query_as(STREAM_HEAD).bind(stream).fetch_optional(db).await?);
        let Some((version, hash)) = row else { return Ok(None) };
        let hash = <[u8; 32]>::try_from(hash.as_slice()).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        Ok(Some((u64::try_from(version).unwrap_or(0), Hash(hash))))
    }

    /// The stored hashes of the events after a position, in order.
    pub(crate) async fn hashes(&self, after: u64, limit: u64) -> Result<Vec<Hash>, sqlx::Error> {
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<(i64, Vec<u8>)> =
            on!(&self.db, db => sqlx::query_as(HASHES_AFTER).bind(after).bind(limit).fetch_all(db).await?);
        let read = |(_, hash): (i64, Vec<u8>)| <[u8; 32]>::try_from(hash.as_slice()).map(Hash);
        rows.into_iter().map(read).collect::<Result<_, _>>().map_err(|e| sqlx::Error::Decode(Box::new(e)))
    }

    /// The body of the event that a command made.
    pub(crate) async fn of_command(&self, command: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let command = command.to_owned();
        on!(&self.db, db => sqlx::query_scalar(BODY_OF_COMMAND).bind(command).fetch_optional(db).await)
    }

    /// Whether a result was published or a round ended behind a position.
    pub(crate) async fn ended_since(&self, position: u64) -> Result<bool, sqlx::Error> {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let count: i64 = on!(&self.db, db => sqlx::query_scalar(ENDED_SINCE).bind(position).fetch_one(db).await?);
        Ok(count > 0)
    }

    /// The streams of rounds that have not ended.
    pub(crate) async fn open_rounds(&self) -> Result<Vec<String>, sqlx::Error> {
        on!(&self.db, db => sqlx::query_scalar(OPEN_ROUNDS).fetch_all(db).await)
    }
}

#[async_trait]
impl Feed for Log {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let failed = |e: sqlx::Error| FeedError(e.to_string());
        let after = i64::try_from(position).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(i64, Vec<u8>)> = on!(&self.db, db => sqlx::query_as(BODIES_AFTER).bind(after).bind(limit).fetch_all(db).await.map_err(failed)?);
        Ok(rows.into_iter().map(|(_, body)| body).collect())
    }

    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError> {
        let failed = |e: sqlx::Error| FeedError(e.to_string());
        let upto = i64::try_from(upto).unwrap_or(i64::MAX);
        let mut found: Vec<(i64, Vec<u8>)> = Vec::new();
        for (from, to) in streams.ranges() {
            let rows: Vec<(i64, Vec<u8>)> = on!(&self.db, db => {
                sqlx::query_as(BODIES_IN).bind(from).bind(to).bind(upto).fetch_all(db).await.map_err(failed)?
            });
            found.extend(rows);
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found.into_iter().map(|(_, body)| body).collect())
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.clone()
    }
}
