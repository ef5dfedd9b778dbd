//! Databases: how each service's own is opened, and which format it has.
//! A database of a newer format is refused, never guessed at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection, Row};

/// How long a statement waits for another process's write to end, in milliseconds.
pub const BUSY_WAIT_MS: u64 = 10_000;
/// Connections for reading, each on a thread of its own.
pub const READERS_MAX: u32 = 4;
/// Rows that the engine's thread may be ahead of whoever reads them, so that both work at once.
const ROWS_AHEAD: usize = 1_024;

/// The tables of a service's database.
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
    /// The file was written by a newer version.
    #[error("data_newer: {path} has format {found}, this version knows {known}: use a newer version")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// What this version knows.
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
    /// What the engine said.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
}

/// What SQLite says of a file that it cannot read: `SQLITE_CORRUPT` and `SQLITE_NOTADB`, extended codes included.
const UNREADABLE: [i32; 2] = [11, 26];

/// Whether the engine says that the file itself is damaged.
#[must_use]
pub fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code());
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| UNREADABLE.contains(&(code & 0xff)))
}

const FORMAT_DDL: &str =
    "CREATE TABLE IF NOT EXISTS format (one INTEGER PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL)";
const FORMAT_READ: &str = "SELECT version FROM format WHERE one = 1";
const FORMAT_WRITE: &str = "INSERT INTO format (one, version) VALUES (1, $1) ON CONFLICT (one) DO NOTHING";

fn options(path: &Path) -> SqliteConnectOptions {
    // A commit is durable when it returns: the write-ahead log is synced at every one (synchronous = FULL).
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(false)
        .busy_timeout(Duration::from_millis(BUSY_WAIT_MS))
        .statement_cache_capacity(256)
        .row_buffer_size(ROWS_AHEAD)
}

/// Opens a service's database for its one writer, making it if it is not there.
///
/// # Errors
/// [`DbError`]: a newer format, or what the engine says.
pub async fn open_writer(path: &Path, schema: &Schema) -> Result<SqliteConnection, DbError> {
    let opened = make(path, schema).await;
    opened.map_err(|error| match error {
        DbError::Engine(source) if is_damage(&source) => DbError::Damaged { path: path.to_owned(), source },
        other => other,
    })
}

async fn make(path: &Path, schema: &Schema) -> Result<SqliteConnection, DbError> {
    let mut db = SqliteConnection::connect_with(&options(path).create_if_missing(true)).await?;
    sqlx::query(FORMAT_DDL).execute(&mut db).await?;
    if let Some(row) = sqlx::query(FORMAT_READ).fetch_optional(&mut db).await? {
        known_format(path, schema, row.get(0))?;
    }
    for statement in &schema.ddl {
        sqlx::query(AssertSqlSafe(statement.clone())).execute(&mut db).await?;
    }
    sqlx::query(FORMAT_WRITE).bind(schema.format).execute(&mut db).await?;
    Ok(db)
}

/// Opens a service's database for reading beside its writer.
///
/// # Errors
/// [`DbError`]: no such file, a newer format, or what the engine says.
pub async fn open_readers(path: &Path, schema: &Schema) -> Result<SqlitePool, DbError> {
    if !path.exists() {
        return Err(DbError::Missing(path.to_owned()));
    }
    // Not opened read-only: a reader of a write-ahead log must be able to recover it after a crash.
    let options = options(path).create_if_missing(false).pragma("query_only", "ON");
    // Without its format's row a file may be anything, so all that is wrong with it is said in one way.
    let damaged = |source| DbError::Damaged { path: path.to_owned(), source };
    let pool = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(options).await.map_err(damaged)?;
    let row = sqlx::query(FORMAT_READ).fetch_one(&pool).await.map_err(damaged)?;
    known_format(path, schema, row.get(0))?;
    Ok(pool)
}

fn known_format(path: &Path, schema: &Schema, found: i64) -> Result<(), DbError> {
    if found > schema.format {
        return Err(DbError::Newer { path: path.to_owned(), found, known: schema.format });
    }
    Ok(())
}
