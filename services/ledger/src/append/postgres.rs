//! The append on PostgreSQL: one statement, which is its own transaction. The INSERT takes its rows only if the fence
//! moved. The connection holds the lead; whoever has it has no earlier append of his own still running.
//! Safety never rests on the lead: the fence and the keys hold without it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use platform::db::{Either, Place, open_writer};
use sqlx::postgres::{PgConnection, PgDatabaseError, PgSeverity};
use sqlx::{AssertSqlSafe, Connection};
use tokio::time::timeout;

use super::{AppendError, FENCE, INSERT, Stamped, Watched, integer};
use crate::lead::{self, Lead};
use crate::log::{HeadRow, schema};
use crate::submit::StartError;

/// The rows of a group behind the INSERT. Everything is one text, whatever the group's size, so that it stays prepared.
const ROWS: &str = "SELECT * FROM unnest($7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::text[], \
    $12::text[], $13::text[], $14::bytea[], $15::bytea[]) WHERE EXISTS (SELECT 1 FROM moved)";
const ALIVE: &str = "SELECT 1";

/// How long an append may wait for its answer, in milliseconds; the outcome is then unknown.
const APPEND_WAIT_MS: u64 = 20_000;
/// How long it may wait at the server for somebody's lock on the head row: shorter, so that the server refuses first.
const LOCKS: &str = "SET lock_timeout = 5000";
/// After how long without a statement the server is shown that the leader is alive, in milliseconds.
const BEAT_MS: u64 = 750;
/// How long that may take.
const BEAT_WAIT_MS: u64 = 5_000;
/// After how long without a statement the server ends the leader's session, in milliseconds: a process that was paused
/// loses the lead by then, and one that waits for it can take over within 5 s.
const SERVING: &str = "SET idle_session_timeout = 3000";
const LOADING: &str = "SET idle_session_timeout = 0";

/// Appends over a connection to a server.
pub struct Appender {
    db: PgConnection,
    statement: Arc<str>,
    last: Instant,
    sound: bool,
}

impl Appender {
    pub async fn open(place: &Place, lead: Lead) -> Result<Self, StartError> {
        let Either::Postgres(mut db) = open_writer(place, &schema_of_nothing()).await? else {
            unreachable!("a schema is on a server")
        };
        sqlx::query(LOCKS).execute(&mut db).await?;
        lead::take(&mut db, lead).await?;
        let statement = format!("WITH moved AS ({FENCE} RETURNING 1) {INSERT}{ROWS}").into();
        Ok(Self { db, statement, last: Instant::now(), sound: true })
    }

    pub fn db(&mut self) -> &mut PgConnection {
        &mut self.db
    }

    pub fn is_sound(&self) -> bool {
        self.sound
    }

    pub fn is_quiet(&self) -> bool {
        self.last.elapsed() >= Duration::from_millis(BEAT_MS)
    }

    pub async fn close(self) -> Result<(), sqlx::Error> {
        if self.sound { self.db.close().await } else { Ok(()) }
    }

    pub async fn guard(&mut self, watched: Watched) -> Result<(), sqlx::Error> {
        let setting = match watched {
            Watched::Serving => SERVING,
            Watched::Loading => LOADING,
        };
        self.last = Instant::now();
        sqlx::query(setting).execute(&mut self.db).await.map(|_| ())
    }

    pub async fn beat(&mut self) -> Result<(), AppendError> {
        // Until it ends well the connection is not sound: it may be dropped in the middle.
        self.sound = false;
        let beat = sqlx::query(ALIVE).execute(&mut self.db);
        match timeout(Duration::from_millis(BEAT_WAIT_MS), beat).await {
            Ok(Ok(_)) => {
                (self.sound, self.last) = (true, Instant::now());
                Ok(())
            }
            Ok(Err(error)) => Err(AppendError::Refused(error)),
            Err(_) => Err(AppendError::NoAnswer(BEAT_WAIT_MS)),
        }
    }

    pub async fn append(&mut self, old: &HeadRow, next: &HeadRow, events: &mut [Stamped]) -> Result<(), AppendError> {
        self.sound = false;
        let written = self.write(old, next, events).await;
        self.sound = !written.as_ref().is_err_and(AppendError::is_unknown);
        self.last = Instant::now();
        written
    }

    async fn write(&mut self, old: &HeadRow, next: &HeadRow, events: &mut [Stamped]) -> Result<(), AppendError> {
        let column = |of: fn(&mut Stamped) -> String, events: &mut [Stamped]| events.iter_mut().map(of).collect();
        let texts: [Vec<String>; 5] = [
            column(|e| e.accepted.stream.to_string(), events),
            column(|e| e.accepted.event.as_str().to_owned(), events),
            column(|e| e.accepted.command.as_str().to_owned(), events),
            column(|e| e.kind.to_owned(), events),
            column(|e| e.accepted.at.to_string(), events),
        ];
        let [streams, ids, commands, kinds, ats] = texts;
        let positions: Vec<i64> = events.iter().map(|e| integer(e.accepted.position)).collect();
        let versions: Vec<i64> = events.iter().map(|e| integer(e.accepted.version)).collect();
        let hashes: Vec<Vec<u8>> = events.iter().map(|e| e.accepted.hash.0.to_vec()).collect();
        let bodies: Vec<Vec<u8>> = events.iter_mut().map(|e| std::mem::take(&mut e.body)).collect();
        let query = sqlx::query(AssertSqlSafe(Arc::clone(&self.statement)))
            .bind(integer(next.position))
            .bind(next.hash_bytes())
            .bind(next.range.root().0.to_vec())
            .bind(next.range.to_bytes())
            .bind(integer(old.position))
            .bind(old.hash_bytes())
            .bind(positions)
            .bind(streams)
            .bind(versions)
            .bind(ids)
            .bind(commands)
            .bind(kinds)
            .bind(ats)
            .bind(hashes)
            .bind(bodies);
        // `execute` waits for the end of the statement's transaction, not only for its rows.
        match timeout(Duration::from_millis(APPEND_WAIT_MS), query.execute(&mut self.db)).await {
            Err(_) => Err(AppendError::NoAnswer(APPEND_WAIT_MS)),
            Ok(Err(error)) if is_refusal(&error) => Err(AppendError::Refused(error)),
            Ok(Err(error)) => Err(AppendError::Unknown(error)),
            Ok(Ok(done)) if done.rows_affected() == 0 => Err(AppendError::LostPlace),
            Ok(Ok(done)) => {
                assert_eq!(done.rows_affected(), events.len() as u64, "a group is written whole or not at all");
                Ok(())
            }
        }
    }
}

/// Whether the server itself says that the transaction was undone. Anything else, a connection cut or a session ended
/// from outside, may come after the commit.
fn is_refusal(error: &sqlx::Error) -> bool {
    let severity = error.as_database_error().and_then(|e| e.try_downcast_ref::<PgDatabaseError>());
    severity.is_some_and(|e| e.severity() == PgSeverity::Error)
}

/// The log's tables are made by `parindex prepare`; here they are only looked for.
fn schema_of_nothing() -> platform::db::Schema {
    platform::db::Schema { ddl: Vec::new(), ..schema() }
}
