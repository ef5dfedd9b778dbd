//! The projector: batch -> walk -> pure fold -> rows and cursor in one transaction; the next batch is read meanwhile.
//! It can be dropped and rebuilt at any moment, and it trusts neither the feed nor itself after a failure.

mod ahead;

use std::time::Duration;

use proto::event::DecodeError;
use proto::fold::{Fold, Streams, Unfit};
use proto::rows::{Cell, Row, Table};
use proto::tree::CompactRange;
use proto::walk::{Fault, Walk};
use proto::{Hash, Instant, Origin};
use tokio::sync::watch;

use self::ahead::{Ahead, Batch};
use crate::db::{At, Db, DbError, Place, Schema, Tx, Writing, known_format, open_writer};
use crate::feed::{FeedError, SharedFeed};
use crate::on;
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
    /// The format of its tables: another number for every change of them, so that nobody reads or writes what he does not
    /// know. `parindex rebuild` brings an older one to it.
    const FORMAT: i64;
    /// The schema of its next generation, where it has a schema.
    const NEXT: &'static str;
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

impl Cursor {
    /// Whether it says one thing: a hash where there is an event, and the range that the root is of.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let range = CompactRange::from_bytes(self.position, &self.range);
        self.hash.is_some() == (self.position > 0) && range.is_ok_and(|range| range.root() == self.root)
    }
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
    /// Another projector has moved the cursor; this one is to be opened anew.
    #[error("lost the place: the cursor was moved by another projector or a rebuild")]
    LostPlace,
    /// The cursor is no cursor.
    #[error("the cursor is damaged: rebuild the projection")]
    Cursor,
}

const CURSOR_DDL: &str = "CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), \
    position BIGINT NOT NULL, hash TEXT NOT NULL, root TEXT NOT NULL, at TEXT NOT NULL, range BYTEA NOT NULL)";
/// With the format that the rows have at this moment: a rebuild may have changed it since the database was opened.
const CURSOR_READ: &str = "SELECT position, hash, root, at, range, (SELECT version FROM format WHERE one = 1) \
    FROM cursor WHERE one = 1";
const CURSOR_WRITE: &str = "INSERT INTO cursor (one, position, hash, root, at, range) VALUES (1, $1, $2, $3, $4, $5) \
    ON CONFLICT (one) DO UPDATE SET position = excluded.position, hash = excluded.hash, root = excluded.root, \
    at = excluded.at, range = excluded.range WHERE cursor.position = $6 AND cursor.hash = $7 \
    AND (SELECT version FROM format WHERE one = 1) = $8";

/// The schema of a projection's database.
#[must_use]
pub fn schema<P: Projection>() -> Schema {
    let mut ddl: Vec<String> = P::TABLES.iter().map(|t| create(t)).collect();
    ddl.push(CURSOR_DDL.to_owned());
    Schema { name: P::NAME, format: P::FORMAT, ddl }
}

/// The cursor's row: position, hash, root, at, range, and the format.
type CursorRow = (i64, String, String, String, Vec<u8>, Option<i64>);

/// The cursor, and the format of the rows where there is a cursor.
async fn read_cursor(db: At<'_>) -> Result<(Cursor, Option<i64>), ProjectError> {
    let row: Option<CursorRow> = on!(db, db => sqlx::query_as(CURSOR_READ).fetch_optional(db).await?);
    let Some((position, hash, root, at, range, format)) = row else { return Ok((first_cursor(), None)) };
    let hash = if hash.is_empty() { None } else { Some(Hash::parse(&hash).map_err(|_| ProjectError::Cursor)?) };
    let at = if at.is_empty() { None } else { Some(Instant::parse(&at).map_err(|_| ProjectError::Cursor)?) };
    let root = Hash::parse(&root).map_err(|_| ProjectError::Cursor)?;
    let position = u64::try_from(position).map_err(|_| ProjectError::Cursor)?;
    Ok((Cursor { position, hash, root, at, range }, format))
}

fn first_cursor() -> Cursor {
    let root = CompactRange::default().root();
    Cursor { position: 0, hash: None, root, at: None, range: Vec::new() }
}

/// Makes a projection's database, if it is not there, so that readers can open it.
///
/// # Errors
/// [`DbError`].
pub async fn make<P: Projection>(place: impl Into<Place>) -> Result<(), DbError> {
    Ok(open_writer(&place.into(), &schema::<P>()).await?.close().await?)
}

/// A projection at one moment: its rows and the cursor that they stand on, in one read transaction.
pub struct Snapshot {
    tx: Tx<'static>,
    cursor: Cursor,
    format: Option<i64>,
}

impl Snapshot {
    /// Begins to read.
    ///
    /// # Errors
    /// [`ProjectError`] when the database fails or the cursor is damaged.
    pub async fn begin(db: &Db) -> Result<Self, ProjectError> {
        let mut tx = db.begin().await?;
        let (cursor, format) = read_cursor(tx.at()).await?;
        Ok(Self { tx, cursor, format })
    }

    /// Begins to read rows of a projection that must have this version's format now, whatever it had when the database was
    /// opened.
    ///
    /// # Errors
    /// As [`Snapshot::begin`], and [`DbError::Newer`] or [`DbError::Older`].
    pub async fn of<P: Projection>(db: &Db) -> Result<Self, ProjectError> {
        let snapshot = Self::begin(db).await?;
        if let Some(found) = snapshot.format {
            known_format(P::NAME, P::FORMAT, found)?;
        }
        Ok(snapshot)
    }

    /// Where the projection stands.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The transaction's connection, for one statement.
    pub fn at(&mut self) -> At<'_> {
        self.tx.at()
    }

    /// Rows whose named columns have the given values, in no particular order.
    ///
    /// # Errors
    /// [`ProjectError`] when the database fails or a row is malformed.
    pub async fn select<R: Row>(&mut self, filter: &[(&'static str, Cell)]) -> Result<Vec<R>, ProjectError> {
        Ok(select(self.tx.at(), filter).await?)
    }
}

/// A projector with its database.
pub struct Projector<P> {
    db: Writing,
    feed: SharedFeed,
    projection: P,
    ahead: Ahead,
    /// Where the cursor stands in the database: position and hash.
    stored: (u64, Option<Hash>),
    writer: Writer,
    cursor: watch::Sender<u64>,
}

impl ProjectError {
    /// Whether it is the log that does not hold.
    #[must_use]
    pub fn is_of_the_log(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Decode { .. } | Self::Unfit(_))
    }
}

impl<P: Projection> Projector<P> {
    /// Opens a projector where its cursor stands.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn open(
        place: impl Into<Place>,
        origin: Origin,
        feed: SharedFeed,
        cursor: watch::Sender<u64>,
    ) -> Result<Self, ProjectError> {
        let mut db = open_writer(&place.into(), &schema::<P>()).await?;
        let (at, _) = read_cursor(db.at()).await?;
        let range = CompactRange::from_bytes(at.position, &at.range).map_err(|_| ProjectError::Cursor)?;
        if at.hash.is_some() != (at.position > 0) {
            return Err(ProjectError::Cursor);
        }
        let mut projection = P::new();
        // What later events may change without naming it as needed: it is small, and held from the first event on.
        for streams in [Streams::Log, Streams::Grants, Streams::Cases] {
            restore(&*feed, &mut projection, streams, at.position).await?;
        }
        let walk = Walk::resume(origin, range, at.hash);
        cursor.send_replace(at.position);
        let stored = (at.position, at.hash);
        let ahead = Ahead::new(SharedFeed::clone(&feed), walk);
        Ok(Self { db, feed, projection, ahead, stored, writer: Writer::default(), cursor })
    }

    /// Takes one batch. Says how many events it had; 0 means that the projection stands at the end.
    ///
    /// # Errors
    /// [`ProjectError`]; the projector is then to be opened anew, for its fold may be ahead of its rows.
    pub async fn batch(&mut self) -> Result<usize, ProjectError> {
        let batch = self.ahead.next().await?;
        for event in &batch.events {
            for need in self.projection.needs(event) {
                restore(&*self.feed, &mut self.projection, need, event.envelope.position - 1).await?;
            }
            self.projection.fold(event)?;
        }
        if let Some(at) = batch.at {
            self.commit(&batch, at).await?;
        }
        Ok(batch.events.len())
    }

    async fn commit(&mut self, batch: &Batch, at: Instant) -> Result<(), ProjectError> {
        let rows = self.projection.rows();
        let spelled = |hash: Option<Hash>| hash.map_or(String::new(), |h| h.to_string());
        let integer = |n: u64| i64::try_from(n).expect("positions stay below 2^53");
        let mut tx = self.db.begin().await?;
        // The cursor first: of two projectors of one database one waits here, and then finds it moved.
        let moved = on!(tx.at(), db => {
            sqlx::query(CURSOR_WRITE)
                .bind(integer(batch.position))
                .bind(spelled(batch.hash))
                .bind(batch.root.to_string())
                .bind(at.to_string())
                .bind(batch.range.clone())
                .bind(integer(self.stored.0))
                .bind(spelled(self.stored.1))
                .bind(P::FORMAT)
                .execute(db)
                .await?
                .rows_affected()
        });
        if moved != 1 {
            return Err(ProjectError::LostPlace);
        }
        self.writer.write(tx.at(), rows).await?;
        tx.commit().await?;
        self.stored = (batch.position, batch.hash);
        self.cursor.send_replace(batch.position);
        Ok(())
    }

    /// Where its database stands: position and hash.
    #[must_use]
    pub fn stored(&self) -> (u64, Option<Hash>) {
        self.stored
    }

    /// Goes on to the log's end, telling each position that it has come to.
    ///
    /// # Errors
    /// As [`Projector::batch`].
    pub async fn catch_up(&mut self, mut progress: impl FnMut(u64)) -> Result<u64, ProjectError> {
        while self.batch().await? > 0 {
            progress(self.stored.0);
        }
        Ok(self.stored.0)
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
    place: Place,
    origin: Origin,
    feed: SharedFeed,
    cursor: watch::Sender<u64>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let ended = tokio::select! {
            ended = run::<P>(&place, origin.clone(), feed.clone(), cursor.clone()) => ended,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match ended {
            Err(error @ ProjectError::LostPlace) => {
                tracing::warn!(projector = P::NAME, %error, "projector.opens_anew");
            }
            Err(error) => tracing::error!(projector = P::NAME, %error, "projector.stopped"),
            Ok(()) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(RETRY_MS)) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn run<P: Projection>(
    place: &Place,
    origin: Origin,
    feed: SharedFeed,
    cursor: watch::Sender<u64>,
) -> Result<(), ProjectError> {
    let mut head = feed.head();
    let mut projector = Projector::<P>::open(place, origin, feed, cursor).await?;
    loop {
        head.borrow_and_update();
        projector.catch_up(|_| {}).await?;
        if head.changed().await.is_err() {
            return Ok(());
        }
    }
}
