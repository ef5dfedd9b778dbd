//! The next generation on PostgreSQL: tables in a schema beside the live one, which move into it in one transaction.
//! Readers go on: a statement that comes in the middle waits, and then finds the new tables by their names.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::db::postgres::session;
use crate::db::{DbError, Role, Server};

/// The right to make the next generation is a lock of the session's, free as soon as the session ends.
const ALONE: &str = "SELECT pg_try_advisory_lock(7309454, hashtext($1))";
const PREPARED: &str = "SELECT to_regnamespace($1) IS NOT NULL";
const BEGIN: &str = "BEGIN";
const COMMIT: &str = "COMMIT";
const THERE: &str = "SELECT to_regclass(current_schema() || '.cursor') IS NOT NULL";
/// Readers read beside this lock; the projector's write of its cursor waits for it.
const HOLD: &str = "LOCK TABLE cursor IN EXCLUSIVE MODE";
const POSITION: &str = "SELECT position FROM cursor WHERE one = 1";

/// A schema's tables as statements, but for a stranger's, which are left alone. The cursor's comes first: every reader begins with it, so that one who has come further
/// needs nothing any more that a switch could hold.
const DROPS: &str = "SELECT format('DROP TABLE %I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1 \
    AND tableowner = current_user ORDER BY tablename <> 'cursor', tablename";
const LOCKS: &str = "SELECT format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE', schemaname, tablename) FROM pg_tables \
    WHERE schemaname = $1 AND tableowner = current_user ORDER BY tablename <> 'cursor', tablename";
const MOVES: &str = "SELECT format('ALTER TABLE %I.%I SET SCHEMA %I', schemaname, tablename, $2::text) FROM pg_tables \
    WHERE schemaname = $1 AND tableowner = current_user ORDER BY tablename <> 'cursor', tablename";
const AT: &str = "SELECT format('SELECT COUNT(*) FROM %I.cursor WHERE one = 1 AND position = %L AND hash = %L', $1::text, \
    $2::bigint, $3::text)";

/// How long one attempt to lock the live tables waits. Others who read wait as long behind it; the server takes a second
/// to send its own vacuum away.
const LOCK_WAIT: &str = "SET LOCAL lock_timeout = 1500";
/// How often it is tried, and how long readers go on between, in milliseconds.
const TRIES: u32 = 20;
const PAUSE_MS: u64 = 500;
/// What the server says when a lock was not to be had in time.
const NOT_AVAILABLE: &str = "55P03";

/// What became of a switch.
#[derive(Debug, PartialEq, Eq)]
pub enum Switched {
    /// The next generation is the live one.
    Done,
    /// It does not stand where it should.
    Moved,
    /// The live tables could not be had.
    Blocked,
}

/// A session within the live schema that alone may make the next generation; none where another one has that right.
pub async fn alone(server: &Server, live: &str, next: &str, role: Role) -> Result<Option<PgConnection>, DbError> {
    let mut db = session(server, live, role).await?;
    let prepared: bool = sqlx::query_scalar(PREPARED).bind(next.to_owned()).fetch_one(&mut db).await?;
    if !prepared {
        return Err(DbError::Unprepared(format!("the schema {next} of {server}")));
    }
    let taken: bool = sqlx::query_scalar(ALONE).bind(next.to_owned()).fetch_one(&mut db).await?;
    Ok(taken.then_some(db))
}

/// Takes a schema's tables away.
pub async fn clear(db: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    run(db, BEGIN).await?;
    of_each(db, DROPS, schema).await?;
    run(db, COMMIT).await
}

/// Holds the live projection in a transaction that stays open, and says where it stands.
pub async fn hold(db: &mut PgConnection) -> Result<i64, sqlx::Error> {
    run(db, BEGIN).await?;
    if !sqlx::query_scalar::<_, bool>(THERE).fetch_one(&mut *db).await? {
        return Ok(0);
    }
    run(db, HOLD).await?;
    Ok(sqlx::query_scalar(POSITION).fetch_optional(db).await?.unwrap_or(0))
}

/// Ends that transaction without a change.
pub async fn let_go(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    run(db, "ROLLBACK").await
}

/// Ends the transaction that holds the live schema with the tables of the next one in it, or changes nothing.
pub async fn switch(
    db: &mut PgConnection,
    live: &str,
    next: &str,
    (position, hash): &(i64, String),
) -> Result<Switched, sqlx::Error> {
    of_each(db, LOCKS, next).await?;
    let there = sqlx::query_scalar(AT).bind(next.to_owned()).bind(position).bind(hash.clone());
    let there: String = there.fetch_one(&mut *db).await?;
    let there: i64 = sqlx::query_scalar(AssertSqlSafe(there)).fetch_one(&mut *db).await?;
    if there != 1 {
        return Ok(Switched::Moved);
    }
    run(db, LOCK_WAIT).await?;
    if !lock(db, live).await? {
        return Ok(Switched::Blocked);
    }
    of_each(db, DROPS, live).await?;
    let moves: Vec<String> =
        sqlx::query_scalar(MOVES).bind(next.to_owned()).bind(live.to_owned()).fetch_all(&mut *db).await?;
    for statement in moves {
        run(db, statement).await?;
    }
    run(db, COMMIT).await?;
    Ok(Switched::Done)
}

/// Locks the live tables against readers too, and lets those go on who came before.
async fn lock(db: &mut PgConnection, live: &str) -> Result<bool, sqlx::Error> {
    for _ in 0..TRIES {
        run(db, "SAVEPOINT locking").await?;
        match of_each(db, LOCKS, live).await {
            Ok(()) => return Ok(true),
            Err(error) if error.as_database_error().and_then(|e| e.code()).is_some_and(|c| c == NOT_AVAILABLE) => {
                run(db, "ROLLBACK TO SAVEPOINT locking").await?;
                tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Runs the statement that the server makes for each table of a schema.
async fn of_each(db: &mut PgConnection, statements: &'static str, schema: &str) -> Result<(), sqlx::Error> {
    let each: Vec<String> = sqlx::query_scalar(statements).bind(schema.to_owned()).fetch_all(&mut *db).await?;
    for statement in each {
        run(db, statement).await?;
    }
    Ok(())
}

async fn run(db: &mut PgConnection, statement: impl Into<String>) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statement.into())).execute(db).await.map(|_| ())
}
