//! The log as the inspector reads it: its own connection, its own statements.
//! Nothing here is shared with the ledger, so a fault there is not repeated here.

mod copied;

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{BoxStream, ReadyChunks};
use platform::db::{Db, DbError, Either, Place, Schema, open_readers};
use platform::feed::{Feed, FeedError};
use platform::on;
use proto::fold::Streams;
use proto::tail::Tail;
use proto::tree::CompactRange;
use proto::{Hash, Instant, RoundId, Stream};
use sqlx::Sqlite;
use sqlx::sqlite::SqliteRow;
use tokio::sync::watch;

use crate::resumed::StreamEnd;
use crate::rows::Stored;

pub use copied::Copied;

/// Rows of the log in order, as they stand, after a position and up to another.
const ROWS: &str = "SELECT position, stream, version, id, command, kind, at, hash, body FROM events \
    WHERE position BETWEEN $1 AND $2 ORDER BY position";
const HEAD: &str = "SELECT position, hash, root, range FROM head WHERE one = 1";
const SINCE: &str = "SELECT body FROM events WHERE position > $1 ORDER BY position LIMIT $2";
const WITHIN: &str = "SELECT position, hash, body FROM events WHERE stream >= $1 AND stream < $2 AND position <= $3";
const ONE: &str = "SELECT body, hash FROM events WHERE position = $1";
const ENDS: &str = "SELECT e.stream, e.version, m.least, m.many, e.hash, e.body FROM events e \
    JOIN (SELECT stream, MAX(version) AS version, MIN(version) AS least, COUNT(*) AS many FROM events \
    WHERE position <= $1 GROUP BY stream) m ON m.stream = e.stream AND m.version = e.version";
const TWICE: &str = "SELECT MAX(position), command FROM events GROUP BY command HAVING COUNT(*) > 1 ORDER BY 1 LIMIT 1";
const LATEST_ROUND: &str = "SELECT stream FROM events WHERE stream >= 'round/' AND stream < 'round0' AND version = 1 \
    ORDER BY position DESC LIMIT 1";
const ROUNDS: &str = "SELECT stream FROM events WHERE stream >= 'round/' AND stream < 'round0' AND version = 1 \
    AND position <= $1 ORDER BY position";
/// Instants are written in one form of one length, so that their order is that of their text.
const AT: &str = "SELECT MAX(position) FROM events WHERE at <= $1";
const SIZE: &str = "SELECT MAX(position) FROM events";
const HASHES: &str = "SELECT hash FROM events WHERE position <= $1 ORDER BY position";
const GUARDS: &str = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name";
/// Those that stand always, for whoever comes: one that was switched off is none.
const GUARDS_OF_POSTGRES: &str = "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A' \
    AND tgrelid IN (to_regclass('events'), to_regclass('head')) ORDER BY 1";

/// The most rows of a batch.
const BATCH_MAX: usize = 1_024;
/// After a batch smaller than this the reader lets rows gather.
const BATCH_MIN: usize = 64;
/// For how long.
const GATHER: Duration = Duration::from_millis(1);

/// Why the log cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
}

/// Position, hash, root and range.
type HeadColumns = (i64, Vec<u8>, Vec<u8>, Vec<u8>);

/// The head row as it stands, believed by nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHead {
    /// Position.
    pub position: i64,
    /// Hash.
    pub hash: Vec<u8>,
    /// Root.
    pub root: Vec<u8>,
    /// Compact range.
    pub range: Vec<u8>,
}

/// The log's database, for reading.
#[derive(Debug, Clone)]
pub struct Source {
    db: Db,
    /// Whether bodies of streams are given only where they are those of their hashes.
    proven: bool,
}

impl Source {
    /// Opens the log.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn open(place: impl Into<Place>) -> Result<Self, SourceError> {
        let schema = Schema { name: "ledger", format: 1, ddl: Vec::new() };
        Ok(Self { db: open_readers(&place.into(), &schema).await?, proven: false })
    }

    /// The same log, for whoever knows its hashes and not yet its bodies.
    pub(crate) fn proven(&self) -> Self {
        Self { proven: true, ..self.clone() }
    }

    /// Whether the log can be read now.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn answers(&self) -> Result<(), sqlx::Error> {
        self.head().await.map(|_| ())
    }

    /// Closes it, and all its copies.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The head row, if there is one.
    pub(crate) async fn head(&self) -> Result<Option<StoredHead>, sqlx::Error> {
        let row: Option<HeadColumns> = on!(&self.db, db => sqlx::query_as(HEAD).fetch_optional(db).await?);
        Ok(row.map(|(position, hash, root, range)| StoredHead { position, hash, root, range }))
    }

    /// A command id that stands at two positions: the later one and the id.
    pub(crate) async fn command_twice(&self) -> Result<Option<(u64, String)>, sqlx::Error> {
        let row: Option<(i64, String)> = on!(&self.db, db => sqlx::query_as(TWICE).fetch_optional(db).await?);
        Ok(row.map(|(later, command)| (u64::try_from(later).unwrap_or(0), command)))
    }

    /// The round that was opened last.
    pub(crate) async fn latest_round(&self) -> Result<Option<RoundId>, sqlx::Error> {
        let stream: Option<String> = on!(&self.db, db => sqlx::query_scalar(LATEST_ROUND).fetch_optional(db).await?);
        let stream = stream.and_then(|stream| Stream::parse(&stream).ok());
        Ok(stream.and_then(|stream| stream.round().cloned()))
    }

    /// The rounds that were opened up to a position.
    pub(crate) async fn rounds(&self, position: u64) -> Result<Vec<RoundId>, sqlx::Error> {
        let upto = i64::try_from(position).unwrap_or(i64::MAX);
        let streams: Vec<String> = on!(&self.db, db => sqlx::query_scalar(ROUNDS).bind(upto).fetch_all(db).await?);
        let round = |stream: String| Stream::parse(&stream).ok()?.round().cloned();
        Ok(streams.into_iter().filter_map(round).collect())
    }

    /// The last position at a moment; 0 before the first event.
    pub(crate) async fn position_at(&self, at: Instant) -> Result<u64, sqlx::Error> {
        let at = at.to_string();
        let last: Option<i64> = on!(&self.db, db => sqlx::query_scalar(AT).bind(at).fetch_one(db).await?);
        Ok(u64::try_from(last.unwrap_or(0)).unwrap_or(0))
    }

    /// The last position there is.
    pub(crate) async fn size(&self) -> Result<u64, sqlx::Error> {
        let last: Option<i64> = on!(&self.db, db => sqlx::query_scalar(SIZE).fetch_one(db).await?);
        Ok(u64::try_from(last.unwrap_or(0)).unwrap_or(0))
    }

    /// The tree's root at a position, from the hashes as they are stored.
    pub(crate) async fn root_at(&self, position: u64) -> Result<Hash, sqlx::Error> {
        let mut range = CompactRange::default();
        self.each_hash(position, |hash| range.append(hash)).await?;
        Ok(range.root())
    }

    /// Shows the hashes up to a position in order, as they are stored.
    pub(crate) async fn each_hash(&self, position: u64, mut see: impl FnMut(Hash)) -> Result<(), sqlx::Error> {
        let upto = i64::try_from(position).unwrap_or(i64::MAX);
        on!(&self.db, db => {
            let mut hashes = sqlx::query_scalar::<_, Vec<u8>>(HASHES).bind(upto).fetch(db);
            while let Some(hash) = hashes.next().await {
                let hash = hash?.try_into().map_err(|_| sqlx::Error::Decode("a hash of another length".into()))?;
                see(Hash(hash));
            }
        });
        Ok(())
    }

    /// The body at a position, if it is that of the hash beside it.
    pub(crate) async fn proven_body(&self, position: u64) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let at = i64::try_from(position).unwrap_or(i64::MAX);
        let row: Option<(Vec<u8>, Vec<u8>)> =
            on!(&self.db, db => sqlx::query_as(ONE).bind(at).fetch_optional(db).await?);
        Ok(row.filter(|(body, hash)| Hash::entry(body).0 == hash.as_slice()).map(|(body, _)| body))
    }

    /// Shows where each stream ends by its columns, among the events up to a position.
    pub(crate) async fn each_stream_end(
        &self,
        position: u64,
        mut see: impl FnMut(StreamEnd),
    ) -> Result<(), sqlx::Error> {
        let upto = i64::try_from(position).unwrap_or(i64::MAX);
        type Row = (String, i64, i64, i64, Vec<u8>, Vec<u8>);
        on!(&self.db, db => {
            let mut rows = sqlx::query_as::<_, Row>(ENDS).bind(upto).fetch(db);
            while let Some(row) = rows.next().await {
                let (stream, version, least, count, hash, body) = row?;
                see(StreamEnd { stream, version, least, count, hash, body });
            }
        });
        Ok(())
    }

    /// The triggers that stand in the database.
    pub(crate) async fn guards(&self) -> Result<Vec<String>, sqlx::Error> {
        match &self.db {
            Either::Sqlite(db) => sqlx::query_scalar(GUARDS).fetch_all(db).await,
            Either::Postgres(db) => sqlx::query_scalar(GUARDS_OF_POSTGRES).fetch_all(db).await,
        }
    }

    /// The log's rows in order after a position, up to another or all there are. Before the first event nothing stands that
    /// could be left out: a row at 0 or below is the first one then.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) async fn rows(&self, after: u64, upto: Option<u64>) -> Result<Rows<'_>, sqlx::Error> {
        let from = if after == 0 { i64::MIN } else { i64::try_from(after).map_or(i64::MAX, |after| after + 1) };
        let upto = upto.and_then(|upto| i64::try_from(upto).ok()).unwrap_or(i64::MAX);
        Ok(match &self.db {
            Either::Sqlite(db) => {
                let ready = sqlx::query::<Sqlite>(ROWS).bind(from).bind(upto).fetch(db).ready_chunks(BATCH_MAX);
                Rows::Fetched(Fetched { ready, batch: Vec::new().into_iter(), taken: BATCH_MAX })
            }
            // A COPY takes no parameters.
            Either::Postgres(db) => {
                let literal = |position: i64| format!("'{position}'::bigint");
                let rows = ROWS.replace("$1", &literal(from)).replace("$2", &literal(upto));
                Rows::Copied(copied::begin(db, &rows).await?)
            }
        })
    }
}

/// The log's rows as they come.
pub(crate) enum Rows<'s> {
    /// From a file.
    Fetched(Fetched<'s>),
    /// From a server.
    Copied(copied::Rows),
}

impl Rows<'_> {
    /// The next row.
    pub(crate) async fn next(&mut self) -> Result<Option<Stored>, sqlx::Error> {
        match self {
            Self::Fetched(rows) => Ok(rows.next().await?.map(Stored::Row)),
            Self::Copied(rows) => Ok(rows.next().await?.map(Stored::Copied)),
        }
    }
}

/// Rows as the engine's thread has them ready, a batch at a time: two threads that woke each other for every row would
/// spend more on that than on reading.
pub(crate) struct Fetched<'s> {
    ready: ReadyChunks<BoxStream<'s, Result<SqliteRow, sqlx::Error>>>,
    batch: std::vec::IntoIter<Result<SqliteRow, sqlx::Error>>,
    /// The size of the last batch.
    taken: usize,
}

impl Fetched<'_> {
    async fn next(&mut self) -> Result<Option<SqliteRow>, sqlx::Error> {
        loop {
            if let Some(row) = self.batch.next() {
                return row.map(Some);
            }
            if self.taken < BATCH_MIN {
                tokio::time::sleep(GATHER).await;
            }
            let Some(batch) = self.ready.next().await else { return Ok(None) };
            self.taken = batch.len();
            self.batch = batch.into_iter();
        }
    }
}

#[async_trait]
impl Feed for Source {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let failed = |e: sqlx::Error| FeedError(e.to_string());
        let after = i64::try_from(position).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        on!(&self.db, db => sqlx::query_scalar(SINCE).bind(after).bind(limit).fetch_all(db).await.map_err(failed))
    }

    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError> {
        let failed = |e: sqlx::Error| FeedError(e.to_string());
        let upto = i64::try_from(upto).unwrap_or(i64::MAX);
        let mut found: Vec<(i64, Vec<u8>, Vec<u8>)> = Vec::new();
        for (from, to) in streams.ranges() {
            let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = on!(&self.db, db => {
                sqlx::query_as(WITHIN).bind(from).bind(to).bind(upto).fetch_all(db).await.map_err(failed)?
            });
            found.extend(rows);
        }
        found.sort_by_key(|(position, ..)| *position);
        if self.proven {
            are_proven(streams, &found)?;
        }
        Ok(found.into_iter().map(|(.., body)| body).collect())
    }

    fn head(&self) -> watch::Receiver<u64> {
        watch::channel(0).1
    }
}

/// Bodies of streams that were selected by columns are their hashes' own, belong to those streams, and leave none out before
/// the last of each.
fn are_proven(streams: &Streams, found: &[(i64, Vec<u8>, Vec<u8>)]) -> Result<(), FeedError> {
    let mut versions: HashMap<&[u8], u64> = HashMap::new();
    for (position, hash, body) in found {
        let unfit = |what: &str| Err(FeedError(format!("position {position}: {what}")));
        let Some(tail) = Tail::read(body).filter(|_| Hash::entry(body).0 == hash.as_slice()) else {
            return unfit("the body is not that of its hash");
        };
        let within = |(from, to): &(String, String)| (from.as_bytes()..to.as_bytes()).contains(&tail.stream);
        if !streams.ranges().iter().any(within) {
            return unfit("the event is of another stream");
        }
        let version = versions.entry(tail.stream).or_default();
        *version += 1;
        if tail.version != *version {
            return unfit("events of its stream are missing before it");
        }
    }
    Ok(())
}
