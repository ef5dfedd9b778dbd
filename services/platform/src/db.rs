//! Databases: where each service's own is, how it is opened, and which format it has. One SQL text runs on both engines.
//! A database of another format is refused, never guessed at.

pub mod postgres;
pub mod sqlite;
mod writer;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Acquire, Connection, Postgres, Sqlite, Transaction};

pub use postgres::{Role, Server};
pub use sqlite::is_damage;
pub use writer::Writer;

/// Runs the same code on whichever engine there is: written once, compiled twice.
#[macro_export]
macro_rules! on {
    ($either:expr, $each:ident => $done:expr) => {
        match $either {
            $crate::db::Either::Sqlite($each) => $done,
            $crate::db::Either::Postgres($each) => $done,
        }
    };
}

/// One thing of either engine.
#[derive(Debug, Clone)]
pub enum Either<S, P> {
    /// SQLite's.
    Sqlite(S),
    /// PostgreSQL's.
    Postgres(P),
}

/// Connections for reading.
pub type Db = Either<SqlitePool, PgPool>;
/// The connection of the one who writes.
pub type Writing = Either<SqliteConnection, PgConnection>;
/// A transaction.
pub type Tx<'c> = Either<Transaction<'c, Sqlite>, Transaction<'c, Postgres>>;
/// A connection that was taken out of those for reading.
pub type Taken = Either<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
/// A connection to run a statement on.
pub type At<'c> = Either<&'c mut SqliteConnection, &'c mut PgConnection>;

/// Where a service's database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file of its own, by SQLite.
    File(PathBuf),
    /// A schema of its own, by PostgreSQL.
    Schema {
        /// On which server.
        server: Server,
        /// The schema.
        schema: &'static str,
        /// As whom.
        role: Role,
    },
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}
impl From<PathBuf> for Place {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}
impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}
impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        place.clone()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Schema { server, schema, .. } => write!(f, "the schema {schema} of {server}"),
        }
    }
}

/// The tables of a service's database. Their text is SQLite's; PostgreSQL's follows from it ([`postgres::spelled`]).
#[derive(Debug)]
pub struct Schema {
    /// Whose database it is, for messages.
    pub name: &'static str,
    /// The format that this version writes.
    pub format: i64,
    /// The statements that make it.
    pub ddl: Vec<String>,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// It was written by a newer version.
    #[error("data_newer: {place} has format {found}, this version knows {known}: use a newer version")]
    Newer {
        /// Where.
        place: String,
        /// Its format.
        found: i64,
        /// What this version knows.
        known: i64,
    },
    /// It was written by an older version. Nothing is written to it, for nobody knows its tables any more.
    #[error(
        "data_older: {place} has format {found}, this version writes {known}: `parindex rebuild` brings a projection to it"
    )]
    Older {
        /// Where.
        place: String,
        /// Its format.
        found: i64,
        /// What this version writes.
        known: i64,
    },
    /// The file is not there.
    #[error("data_missing: there is no {0}")]
    Missing(PathBuf),
    /// The file is no database of this project, or a torn one.
    #[error("data_damaged: {path} is no database of this program: {source}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        source: sqlx::Error,
    },
    /// The schema has no tables, and whoever asks may not make them.
    #[error("database_unprepared: {0} has not this program's tables: run `parindex prepare` as its administrator")]
    Unprepared(String),
    /// The server is there and refuses: its password, its database, its role.
    #[error("database_refused: {place}: {source}")]
    Refused {
        /// Where.
        place: String,
        /// What it said.
        source: sqlx::Error,
    },
    /// The server is one on which nothing could ever be destroyed.
    #[error("keys_server_unfit: {place}: {what}")]
    Unfit {
        /// Where.
        place: String,
        /// What it lacks.
        what: &'static str,
    },
    /// What was deleted stands in the server's own log still.
    #[error("keys_not_swept: what was deleted may stand in {0} segments of the server's own log still: once more")]
    Unswept(i64),
    /// The server cannot be reached.
    #[error("database_unreachable: {place}: {source}")]
    Unreachable {
        /// Where.
        place: String,
        /// What was said.
        source: sqlx::Error,
    },
    /// What the engine said.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
}

pub(crate) const FORMAT_DDL: &str =
    "CREATE TABLE IF NOT EXISTS format (one INTEGER PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL)";
const FORMAT_READ: &str = "SELECT version FROM format WHERE one = 1";
pub(crate) const FORMAT_WRITE: &str = "INSERT INTO format (one, version) VALUES (1, $1) ON CONFLICT (one) DO NOTHING";

/// Opens a service's database for its one writer, making its tables if they are not there.
///
/// # Errors
/// [`DbError`]: a newer format, or what the engine says.
pub async fn open_writer(place: &Place, schema: &Schema) -> Result<Writing, DbError> {
    Ok(match place {
        Place::File(path) => Either::Sqlite(sqlite::open_writer(path, schema).await?),
        Place::Schema { server, schema: name, role } => {
            Either::Postgres(postgres::open_writer(server, name, *role, schema).await?)
        }
    })
}

/// Opens a service's database for reading beside its writer.
///
/// # Errors
/// [`DbError`]: nothing there, a newer format, or what the engine says.
pub async fn open_readers(place: &Place, schema: &Schema) -> Result<Db, DbError> {
    Ok(match place {
        Place::File(path) => Either::Sqlite(sqlite::open_readers(path, schema).await?),
        Place::Schema { server, schema: name, role } => {
            Either::Postgres(postgres::open_readers(server, name, *role, schema).await?)
        }
    })
}

/// A format is this version's own, or nothing is read from it and nothing written to it.
pub(crate) fn known_format(place: impl std::fmt::Display, known: i64, found: i64) -> Result<(), DbError> {
    let place = || place.to_string();
    match found.cmp(&known) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(DbError::Newer { place: place(), found, known }),
        Ordering::Less => Err(DbError::Older { place: place(), found, known }),
    }
}

impl Db {
    /// Begins to read: all that is read in the transaction stands at one moment.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn begin(&self) -> Result<Tx<'static>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Either::Sqlite(pool.begin().await?),
            Self::Postgres(pool) => Either::Postgres(pool.begin_with(postgres::ONE_MOMENT).await?),
        })
    }

    /// Takes a connection.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn acquire(&self) -> Result<Taken, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Either::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Either::Postgres(pool.acquire().await?),
        })
    }

    /// Closes them all.
    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }
}

impl Writing {
    /// Begins to write.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn begin(&mut self) -> Result<Tx<'_>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(db) => Either::Sqlite(db.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(db) => Either::Postgres(Acquire::begin(db).await?),
        })
    }

    /// The connection, for one statement.
    pub fn at(&mut self) -> At<'_> {
        match self {
            Self::Sqlite(db) => Either::Sqlite(db),
            Self::Postgres(db) => Either::Postgres(db),
        }
    }

    /// Whether there is still somebody at its other end.
    pub async fn answers(&mut self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(db) => db.ping().await.is_ok(),
        }
    }

    /// Makes those of a service's own tables that are not there, where a later version of the same format has more of them. In a
    /// file that is done whenever it is opened; on a server it takes a right that only who owns his schema has.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn complete(&mut self, place: &Place, schema: &Schema) -> Result<(), DbError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => postgres::make(db, &place.to_string(), schema).await,
        }
    }

    /// From now on what is deleted can be made to leave, for whoever keeps what must be possible to destroy. SQLite writes over it
    /// at once. On PostgreSQL the tables remember that something was deleted, until [`Writing::leave_no_trace`].
    ///
    /// # Errors
    /// What the engine says; [`DbError::Unfit`].
    pub async fn overwrite_deleted(&mut self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => Ok(sqlite::overwrite_deleted(db).await?),
            Self::Postgres(db) => postgres::sweep::remember(db).await,
        }
    }

    /// Has what was deleted leave the database's files, and the write-ahead log too.
    ///
    /// # Errors
    /// What the engine says; that somebody is in its way. It is then to be done again.
    pub async fn leave_no_trace(&mut self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => Ok(sqlite::empty_log(db).await?),
            Self::Postgres(db) => postgres::sweep::sweep(db).await,
        }
    }

    /// Closes it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn close(self) -> Result<(), sqlx::Error> {
        on!(self, db => db.close().await)
    }
}

impl Tx<'_> {
    /// The transaction's connection, for one statement.
    pub fn at(&mut self) -> At<'_> {
        match self {
            Self::Sqlite(tx) => Either::Sqlite(tx),
            Self::Postgres(tx) => Either::Postgres(tx),
        }
    }

    /// Ends it: everything stands, or nothing.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        on!(self, tx => tx.commit().await)
    }
}

impl Taken {
    /// The connection, for one statement.
    pub fn at(&mut self) -> At<'_> {
        match self {
            Self::Sqlite(db) => Either::Sqlite(db),
            Self::Postgres(db) => Either::Postgres(db),
        }
    }
}

impl<'c> From<&'c mut SqliteConnection> for At<'c> {
    fn from(db: &'c mut SqliteConnection) -> Self {
        Self::Sqlite(db)
    }
}

impl At<'_> {
    /// The same connection, for one statement of several.
    pub fn again(&mut self) -> At<'_> {
        match self {
            Self::Sqlite(db) => Either::Sqlite(db),
            Self::Postgres(db) => Either::Postgres(db),
        }
    }
}
