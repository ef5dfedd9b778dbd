//! SQLite: a file for each service, one writer, readers beside it.
//! A commit has reached the disk when it returns; nothing here makes that weaker for speed.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteError, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection, Row};

use super::{DbError, FORMAT_DDL, FORMAT_READ, FORMAT_WRITE, Schema, known_format};

/// How long a statement waits for another process's write to end, in milliseconds.
pub const BUSY_WAIT_MS: u64 = 10_000;
/// Connections for reading, each on a thread of its own.
pub const READERS_MAX: u32 = 4;
/// Rows that the engine's thread may be ahead of whoever reads them, so that both work at once.
const ROWS_AHEAD: usize = 1_024;

const COPY: &str = "VACUUM INTO $1";
/// Deleted content is written over with zeros: https://sqlite.org/pragma.html#pragma_secure_delete
const OVERWRITE: &str = "PRAGMA secure_delete = ON";
/// Everything goes from the write-ahead log into the database, and the log is cut to nothing.
const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// What SQLite says of a file that it cannot read: `SQLITE_CORRUPT` and `SQLITE_NOTADB`, extended codes included.
const UNREADABLE: [i32; 2] = [11, 26];

/// Whether the engine says that the file itself is damaged.
#[must_use]
pub fn is_damage(error: &sqlx::Error) -> bool {
    let ours = error.as_database_error().filter(|e| e.try_downcast_ref::<SqliteError>().is_some());
    let code = ours.and_then(|e| e.code());
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| UNREADABLE.contains(&(code & 0xff)))
}

/// How every database of this program is opened.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
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
        known_format(path.display(), schema.format, row.get(0))?;
    }
    for statement in &schema.ddl {
        sqlx::query(AssertSqlSafe(statement.clone())).execute(&mut db).await?;
    }
    sqlx::query(FORMAT_WRITE).bind(schema.format).execute(&mut db).await?;
    Ok(db)
}

pub(super) async fn overwrite_deleted(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(OVERWRITE).execute(db).await.map(|_| ())
}

pub(super) async fn empty_log(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let busy: i64 = sqlx::query(EMPTY_LOG).fetch_one(db).await?.get(0);
    let read = "somebody reads the database, so that what was deleted may stand in its write-ahead log: once more";
    if busy == 0 { Ok(()) } else { Err(sqlx::Error::Protocol(read.to_owned())) }
}

/// Writes a database as it stands at this moment into a file that is not there yet. Whoever writes the database is not
/// kept from it.
///
/// # Errors
/// [`DbError`]: no such file, or what the engine says.
pub async fn copy_into(path: &Path, to: &Path) -> Result<(), DbError> {
    if !path.exists() {
        return Err(DbError::Missing(path.to_owned()));
    }
    let damaged = |source| DbError::Damaged { path: path.to_owned(), source };
    // Nothing is set that would be written into the file itself: it may be a copy already.
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_millis(BUSY_WAIT_MS));
    let mut db = SqliteConnection::connect_with(&options).await.map_err(damaged)?;
    sqlx::query(COPY).bind(to.to_string_lossy().into_owned()).execute(&mut db).await?;
    Ok(db.close().await?)
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
    known_format(path.display(), schema.format, row.get(0))?;
    Ok(pool)
}
