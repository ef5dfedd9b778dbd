//! The projector: batch -> walk -> pure fold -> rows and cursor in one transaction.
//! It can be dropped and rebuilt at any moment, and it trusts neither the feed nor itself after a failure.

use std::path::Path;
use std::time::Duration;

use proto::event::DecodeError;
use proto::fold::{Fold, Streams, Unfit};
use proto::rows::{Cell, Row, Table};
use proto::tree::CompactRange;
use proto::walk::{Fault, Walk, blame};
use proto::{Event, Hash, Instant, Origin};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Connection, Row as _, Sqlite, Transaction};
use tokio::sync::watch;

use crate::db::{DbError, Schema, open_writer};
use crate::feed::{BATCH_EVENTS_MAX, FeedError, SharedFeed};
use crate::restore::{RestoreError, restore};
use crate::rows::{ReadError, Write, Writer, create, select};

/// How long a projector waits before it starts again after a failure, in milliseconds.
const RETRY_MS: u64 = 1_000;

/// A fold that leads to rows.
pub trait Projection: Fold + Send + 'static {
    /// Its name, for messages.
    const NAME: &'static str;
    /// Its tables.
    const TABLES: &'static [&'static Table];
    /// A fold before the first event.
    fn new() -> Self;
    /// The rows that changed since this was last asked.
    fn rows(&mut self) -> Vec<Write>;
}

/// How far a projection has come, and the root over everything that it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last position folded; 0 before the first.
    pub position: u64,
    /// The hash of that event.
    pub hash: Option<Hash>,
    /// The tree's root up to there.
    pub root: Hash,
    /// When that event happened.
    pub at: Option<Instant>,
    /// The compact range up to there.
    pub range: Vec<u8>,
}

/// Why a projector stopped.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Its database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Its database failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The feed failed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The log does not fit.
    #[error("log_broken: {0}; run `parindex verify`")]
    Broken(#[from] Fault),
    /// A body is no event.
    #[error("log_broken: position {position}: {source}; run `parindex verify`")]
    Decode {
        /// Where.
        position: u64,
        /// What is wrong.
        source: DecodeError,
    },
    /// An event does not fit what came before.
    #[error("log_broken: {0}; run `parindex verify`")]
    Unfit(#[from] Unfit),
    /// What had been dropped could not be restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// A row is malformed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The cursor is no cursor.
    #[error("the cursor is damaged: rebuild the projection")]
    Cursor,
}

const CURSOR_DDL: &str = "CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), \
    position BIGINT NOT NULL, hash TEXT NOT NULL, root TEXT NOT NULL, at TEXT NOT NULL, range BYTEA NOT NULL)";
const CURSOR_READ: &str = "SELECT position, hash, root, at, range FROM cursor WHERE one = 1";
const CURSOR_WRITE: &str = "INSERT INTO cursor (one, position, hash, root, at, range) VALUES (1, $1, $2, $3, $4, $5) \
    ON CONFLICT (one) DO UPDATE SET position = excluded.position, hash = excluded.hash, root = excluded.root, \
    at = excluded.at, range = excluded.range";

/// The schema of a projection's database.
#[must_use]
pub fn schema<P: Projection>() -> Schema {
    let mut ddl: Vec<String> = P::TABLES.iter().map(|t| create(t)).collect();
    ddl.push(CURSOR_DDL.to_owned());
    Schema { name: P::NAME, format: 1, ddl }
}

fn cursor_of(row: &sqlx::sqlite::SqliteRow) -> Result<Cursor, ProjectError> {
    let hash: String = row.try_get(1)?;
    let at: String = row.try_get(3)?;
    let hash = if hash.is_empty() { None } else { Some(Hash::parse(&hash).map_err(|_| ProjectError::Cursor)?) };
    let at = if at.is_empty() { None } else { Some(Instant::parse(&at).map_err(|_| ProjectError::Cursor)?) };
    Ok(Cursor {
        position: u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| ProjectError::Cursor)?,
        hash,
        root: Hash::parse(row.try_get(2)?).map_err(|_| ProjectError::Cursor)?,
        at,
        range: row.try_get(4)?,
    })
}

fn first_cursor() -> Cursor {
    let root = CompactRange::default().root();
    Cursor { position: 0, hash: None, root, at: None, range: Vec::new() }
}

/// Makes a projection's database, if it is not there, so that readers can open it.
///
/// # Errors
/// [`DbError`].
pub async fn make<P: Projection>(path: &Path) -> Result<(), DbError> {
    Ok(open_writer(path, &schema::<P>()).await?.close().await?)
}

/// A projection at one moment: its rows and the cursor that they stand on, in one read transaction.
pub struct Snapshot {
    tx: Transaction<'static, Sqlite>,
    cursor: Cursor,
}

impl Snapshot {
    /// Begins to read.
    ///
    /// # Errors
    /// [`ProjectError`] when the database fails or the cursor is damaged.
    pub async fn begin(db: &SqlitePool) -> Result<Self, ProjectError> {
        let mut tx = db.begin().await?;
        let cursor = match sqlx::query(CURSOR_READ).fetch_optional(&mut *tx).await? {
            Some(row) => cursor_of(&row)?,
            None => first_cursor(),
        };
        Ok(Self { tx, cursor })
    }

    /// Where the projection stands.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Rows whose named columns have the given values, in no particular order.
    ///
    /// # Errors
    /// [`ProjectError`] when the database fails or a row is malformed.
    pub async fn select<R: Row>(&mut self, filter: &[(&'static str, Cell)]) -> Result<Vec<R>, ProjectError> {
        Ok(select(&mut self.tx, filter).await?)
    }
}

/// A projector with its database.
pub struct Projector<P> {
    db: SqliteConnection,
    feed: SharedFeed,
    projection: P,
    walk: Walk,
    writer: Writer,
    cursor: watch::Sender<u64>,
}

impl<P: Projection> Projector<P> {
    /// Opens a projector where its cursor stands.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn open(
        path: &Path,
        origin: Origin,
        feed: SharedFeed,
        cursor: watch::Sender<u64>,
    ) -> Result<Self, ProjectError> {
        let mut db = open_writer(path, &schema::<P>()).await?;
        let at = match sqlx::query(CURSOR_READ).fetch_optional(&mut db).await? {
            Some(row) => cursor_of(&row)?,
            None => first_cursor(),
        };
        let range = CompactRange::from_bytes(at.position, &at.range).map_err(|_| ProjectError::Cursor)?;
        if at.hash.is_some() != (at.position > 0) {
            return Err(ProjectError::Cursor);
        }
        let mut projection = P::new();
        restore(&*feed, &mut projection, Streams::Log, at.position).await?;
        let walk = Walk::resume(origin, range, at.hash);
        cursor.send_replace(at.position);
        Ok(Self { db, feed, projection, walk, writer: Writer::default(), cursor })
    }

    /// Takes one batch. Says how many events it had; 0 means that the projection stands at the end.
    ///
    /// # Errors
    /// [`ProjectError`]; the projector is then to be opened anew, for its fold may be ahead of its rows.
    pub async fn batch(&mut self) -> Result<usize, ProjectError> {
        let bodies = self.feed.after(self.walk.position(), BATCH_EVENTS_MAX).await?;
        let mut last = None;
        for (i, body) in bodies.iter().enumerate() {
            let before = self.walk.position();
            let next = bodies.get(i + 1).map(Vec::as_slice);
            self.walk.step(body).map_err(|fault| blame(fault, body, next))?;
            let event = Event::decode(body).map_err(|source| ProjectError::Decode { position: before + 1, source })?;
            for need in self.projection.needs(&event) {
                restore(&*self.feed, &mut self.projection, need, before).await?;
            }
            self.projection.fold(&event)?;
            last = Some(event.envelope.at);
        }
        if let Some(at) = last {
            self.commit(at).await?;
        }
        Ok(bodies.len())
    }

    async fn commit(&mut self, at: Instant) -> Result<(), ProjectError> {
        let rows = self.projection.rows();
        let position = self.walk.position();
        let mut tx = self.db.begin_with("BEGIN IMMEDIATE").await?;
        self.writer.write(&mut tx, rows).await?;
        sqlx::query(CURSOR_WRITE)
            .bind(i64::try_from(position).expect("positions stay below 2^53"))
            .bind(self.walk.hash().map_or(String::new(), |h| h.to_string()))
            .bind(self.walk.root().to_string())
            .bind(at.to_string())
            .bind(self.walk.range().to_bytes())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.cursor.send_replace(position);
        Ok(())
    }

    /// Goes on to the log's end, telling each position that it has come to.
    ///
    /// # Errors
    /// As [`Projector::batch`].
    pub async fn catch_up(&mut self, mut progress: impl FnMut(u64)) -> Result<u64, ProjectError> {
        while self.batch().await? > 0 {
            progress(self.walk.position());
        }
        Ok(self.walk.position())
    }

    /// Closes the database.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn close(self) -> Result<(), ProjectError> {
        Ok(self.db.close().await?)
    }
}

/// Follows the log until told to stop; after a failure it opens the projector anew, from its cursor.
pub async fn follow<P: Projection>(
    path: std::path::PathBuf,
    origin: Origin,
    feed: SharedFeed,
    cursor: watch::Sender<u64>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let ended = tokio::select! {
            ended = run::<P>(&path, origin.clone(), feed.clone(), cursor.clone()) => ended,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if let Err(error) = ended {
            tracing::error!(projector = P::NAME, %error, "projector.stopped");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(RETRY_MS)) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn run<P: Projection>(
    path: &Path,
    origin: Origin,
    feed: SharedFeed,
    cursor: watch::Sender<u64>,
) -> Result<(), ProjectError> {
    let mut head = feed.head();
    let mut projector = Projector::<P>::open(path, origin, feed, cursor).await?;
    loop {
        head.borrow_and_update();
        projector.catch_up(|_| {}).await?;
        if head.changed().await.is_err() {
            return Ok(());
        }
    }
}
