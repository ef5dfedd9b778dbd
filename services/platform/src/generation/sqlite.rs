//! The next generation on SQLite: a file beside the live one. In one transaction on the live file its tables are made
//! anew and take the rows of the next one, so that whoever has it open goes on reading it.
//! A live file is replaced by the next one only where it is missing, or so damaged that the engine cannot use it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::db::sqlite::{is_damage, options};
use crate::db::{FORMAT_DDL, Schema};

const HOLD: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
/// Whatever stands there is read as a number.
const POSITION: &str = "SELECT CAST(position AS INTEGER) FROM cursor WHERE one = 1";
const ATTACH: &str = "ATTACH DATABASE $1 AS next";
const AT: &str = "SELECT COUNT(*) FROM next.cursor WHERE one = 1 AND position = $1 AND hash = $2";
const DROPS: &str = "SELECT 'DROP TABLE main.\"' || replace(name, '\"', '\"\"') || '\"' FROM main.sqlite_master \
    WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const COPIES: &str = "SELECT 'INSERT INTO main.\"' || name || '\" SELECT * FROM next.\"' || name || '\"' \
    FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
/// What SQLite says where a table or a column is not there.
const NO_SUCH: &str = "1";

/// The file of the next generation of one.
pub fn beside(live: &Path) -> PathBuf {
    live.with_extension("next.db")
}

/// Takes the right to make the next generation; none where another process has it.
pub fn alone(next: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(next.with_extension("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes a database away with its companions, if it is there.
pub fn clear(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(with(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A live database that nobody else writes now.
pub enum Held {
    /// It is held by this connection's transaction.
    Open(SqliteConnection),
    /// There is none, or none that the engine can read.
    Gone,
}

/// Holds a live database, and says where it stands.
pub async fn hold(live: &Path) -> Result<(Held, i64), sqlx::Error> {
    if !live.exists() {
        return Ok((Held::Gone, 0));
    }
    match begin(live).await {
        Ok((db, position)) => Ok((Held::Open(db), position)),
        Err(error) if is_damage(&error) => Ok((Held::Gone, 0)),
        Err(error) => Err(error),
    }
}

async fn begin(live: &Path) -> Result<(SqliteConnection, i64), sqlx::Error> {
    let mut db = SqliteConnection::connect_with(&options(live)).await?;
    sqlx::query(HOLD).execute(&mut db).await?;
    let position = match sqlx::query_scalar(POSITION).fetch_optional(&mut db).await {
        Ok(position) => position.unwrap_or(0),
        Err(error) if error.as_database_error().and_then(|e| e.code()).is_some_and(|code| code == NO_SUCH) => 0,
        Err(error) => return Err(error),
    };
    Ok((db, position))
}

/// Puts the next database in the place of the live one, if it stands where it should; says whether it did.
pub async fn switch(
    held: Held,
    live: &Path,
    next: &Path,
    schema: &Schema,
    at: &(i64, String),
) -> Result<bool, crate::generation::GenerationError> {
    if let Held::Open(mut db) = held {
        match replace(&mut db, next, schema, at).await {
            Ok(done) => {
                db.close().await?;
                return Ok(done);
            }
            // The file that is to be replaced: what is wrong with the next one was found when it was verified.
            Err(error) if is_damage(&error) => db.close().await?,
            Err(error) => return Err(error.into()),
        }
    }
    rename(live, next)?;
    Ok(true)
}

async fn replace(
    db: &mut SqliteConnection,
    next: &Path,
    schema: &Schema,
    at: &(i64, String),
) -> Result<bool, sqlx::Error> {
    sqlx::query(ATTACH).bind(next.to_string_lossy().into_owned()).execute(&mut *db).await?;
    let there: i64 = sqlx::query_scalar(AT).bind(at.0).bind(at.1.clone()).fetch_one(&mut *db).await?;
    if there != 1 {
        return Ok(false);
    }
    let drops: Vec<String> = sqlx::query_scalar(DROPS).fetch_all(&mut *db).await?;
    let made = [FORMAT_DDL.to_owned()].into_iter().chain(schema.ddl.iter().cloned());
    for statement in drops.into_iter().chain(made) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *db).await?;
    }
    let copies: Vec<String> = sqlx::query_scalar(COPIES).fetch_all(&mut *db).await?;
    for statement in copies {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *db).await?;
    }
    sqlx::query(COMMIT).execute(&mut *db).await?;
    Ok(true)
}

/// The next file is whole by itself: the live one's companions go, then one rename switches.
fn rename(live: &Path, next: &Path) -> io::Result<()> {
    if with(next, "-wal").exists() {
        return Err(io::Error::other(format!("{} is still open somewhere", next.display())));
    }
    for suffix in ["-wal", "-shm"] {
        clear(&with(live, suffix))?;
    }
    std::fs::rename(next, live)?;
    live.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
