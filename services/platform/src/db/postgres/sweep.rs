//! How what was deleted leaves a server of PostgreSQL. A deleted row stays in its table's file, in the server's own log, and
//! values of it in the planner's statistics, until something makes them go; so the tables remember that something was deleted,
//! are then written anew without it, and the log's segments from before are taken away. It never says that something is gone
//! before it has looked for the segments. Archives and copies of the server it does not reach.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Acquire, AssertSqlSafe, Row};

use super::{DbError, ONE_MAKER};

/// What the server must be like: segments of its log are taken away and not kept under other names, and whoever deletes may
/// begin a new one, have the old ones taken away, and look for them (deploy/postgres/keys.sql).
const RECYCLES: &str = "SELECT current_setting('wal_recycle')::boolean";
const MAY: &str = "SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE') \
    AND has_function_privilege('pg_switch_wal()', 'EXECUTE') AND has_function_privilege('pg_ls_waldir()', 'EXECUTE')";

/// What is remembered: of each table how often something was deleted, and up to which of these it was swept.
const MARKS: &str =
    "CREATE TABLE IF NOT EXISTS unswept (name TEXT PRIMARY KEY, deleted BIGINT NOT NULL, swept BIGINT NOT NULL)";
const MARK: &str =
    "CREATE OR REPLACE FUNCTION unsweep() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM gone) THEN
    INSERT INTO unswept VALUES (TG_TABLE_NAME, 1, 0) ON CONFLICT (name) DO UPDATE SET deleted = unswept.deleted + 1;
  END IF;
  RETURN NULL;
END $$";
/// Every table tells what is deleted and what is written over, and no value of any stands in the planner's statistics.
const WATCH: &str = "DO $$
DECLARE
  kept record;
  field record;
BEGIN
  FOR kept IN SELECT oid, relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
    AND relname NOT IN ('format', 'unswept')
    AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'tells_deleted') LOOP
    FOR field IN SELECT attname FROM pg_attribute WHERE attrelid = kept.oid AND attnum > 0 AND NOT attisdropped LOOP
      EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 0', kept.relname, field.attname);
    END LOOP;
    EXECUTE format('CREATE TRIGGER tells_updated AFTER UPDATE ON %I REFERENCING OLD TABLE AS gone '
      'FOR EACH STATEMENT EXECUTE FUNCTION unsweep()', kept.relname);
    EXECUTE format('CREATE TRIGGER tells_deleted AFTER DELETE ON %I REFERENCING OLD TABLE AS gone '
      'FOR EACH STATEMENT EXECUTE FUNCTION unsweep()', kept.relname);
  END LOOP;
END $$";

const UNSWEPT: &str = "SELECT name, deleted FROM unswept WHERE deleted > swept ORDER BY name";
const SWEPT: &str = "UPDATE unswept SET swept = GREATEST(swept, $2) WHERE name = $1";
/// How long the tables may keep others waiting, and be kept waiting.
const PATIENCE: &str = "SET LOCAL lock_timeout = '10s'";
/// The last segment that may hold what was deleted: behind it a new one begins.
const NEW_SEGMENT: &str = "SELECT pg_walfile_name(pg_switch_wal())";
/// Segments up to that one. Their names are hexadecimal, and their order is that of the log in every collation.
const LEFT: &str = "SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name <= $1";

/// How often the log's old segments are looked for before it is said that they are there: one that waits to be archived is not
/// taken away before it was.
const LOOKS: u32 = 50;
/// How long between two looks, in milliseconds.
const LOOK_MS: u64 = 200;

/// Has the tables remember what is deleted from now on.
pub(crate) async fn remember(db: &mut PgConnection) -> Result<(), DbError> {
    let unfit = |db: &str, what| DbError::Unfit { place: db.to_owned(), what };
    let base: String = sqlx::query("SELECT current_database()::text").fetch_one(&mut *db).await?.try_get(0)?;
    if sqlx::query(RECYCLES).fetch_one(&mut *db).await?.try_get(0)? {
        return Err(unfit(&base, "its setting wal_recycle must be off: old segments of its log would be kept"));
    }
    if !sqlx::query(MAY).fetch_one(&mut *db).await?.try_get::<bool, _>(0)? {
        return Err(unfit(
            &base,
            "this role may not empty its log: run `parindex prepare --keys` as its administrator",
        ));
    }
    let mut tx = Acquire::begin(db).await?;
    sqlx::query(ONE_MAKER).execute(&mut *tx).await?;
    for statement in [MARKS, MARK, WATCH] {
        sqlx::raw_sql(statement).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// Has what was deleted leave, if anything was.
pub(crate) async fn sweep(db: &mut PgConnection) -> Result<(), DbError> {
    let unswept: Vec<(String, i64)> = sqlx::query_as(UNSWEPT).fetch_all(&mut *db).await?;
    if unswept.is_empty() {
        return Ok(());
    }
    for (table, _) in &unswept {
        let mut tx = Acquire::begin(&mut *db).await?;
        sqlx::query(PATIENCE).execute(&mut *tx).await?;
        // Written anew twice, by the one way that takes along what is there now and nothing else: VACUUM FULL would also take
        // what an older transaction elsewhere could still see.
        for kind in ["UNLOGGED", "LOGGED"] {
            let rewrite = format!("ALTER TABLE \"{table}\" SET {kind}");
            sqlx::raw_sql(AssertSqlSafe(rewrite)).execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
    empty_log(db).await?;
    for (table, deleted) in unswept {
        sqlx::query(SWEPT).bind(table).bind(deleted).execute(&mut *db).await?;
    }
    Ok(())
}

/// Has the server begin a new segment of its log, and waits until those before it are gone.
async fn empty_log(db: &mut PgConnection) -> Result<(), DbError> {
    let last: String = sqlx::query(NEW_SEGMENT).fetch_one(&mut *db).await?.try_get(0)?;
    let mut left = 0;
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        }
        sqlx::raw_sql("CHECKPOINT").execute(&mut *db).await?;
        left = sqlx::query(LEFT).bind(&last).fetch_one(&mut *db).await?.try_get(0)?;
        if left == 0 {
            return Ok(());
        }
    }
    Err(DbError::Unswept(left))
}
