//! Durable appends: through `submit` with 64 callers, beside one INSERT per transaction and a bare multi-row INSERT of the
//! same bytes into the same table with the same keys and pragmas. The baselines have no triggers and no head row.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use ledger::Log;
use platform::db::Schema;
use platform::db::sqlite::open_writer;
use platform::feed::Feed;
use proto::Event;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use super::round::{Caller, OpenLedger, begin};
use super::{bar, median, rate};

/// Callers at once.
pub const CALLERS: usize = 64;
const REPEATS: usize = 5;
const SINGLE_ROWS: usize = 1_000;

/// A raw table like the log's, with its keys and without its triggers.
const RAW_DDL: &str = "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, \
    version BIGINT NOT NULL, id TEXT NOT NULL, command TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, at TEXT NOT NULL, \
    hash BYTEA NOT NULL, body BYTEA NOT NULL, UNIQUE (stream, version))";
const RAW_INSERT: &str = "INSERT INTO events (position, stream, version, id, command, kind, at, hash, body) VALUES ";

/// A row as the log stores it.
#[derive(Clone)]
pub struct RawRow {
    position: i64,
    stream: String,
    version: i64,
    id: String,
    command: String,
    kind: &'static str,
    at: String,
    hash: Vec<u8>,
    body: Vec<u8>,
}

impl RawRow {
    /// The row of an event.
    ///
    /// # Errors
    /// When the body is none.
    pub fn of(body: &[u8]) -> Result<Self> {
        let event = Event::decode(body)?;
        let e = &event.envelope;
        Ok(Self {
            position: i64::try_from(e.position)?,
            stream: e.stream.to_string(),
            version: i64::try_from(e.version)?,
            id: e.id.to_string(),
            command: e.command.id.to_string(),
            kind: event.fact.kind(),
            at: e.at.to_string(),
            hash: proto::Hash::entry(body).0.to_vec(),
            body: body.to_vec(),
        })
    }
}

impl RawRow {
    /// Binds every column, in order.
    pub fn bind_all(
        &self,
        query: sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
        query
            .bind(self.position)
            .bind(self.stream.clone())
            .bind(self.version)
            .bind(self.id.clone())
            .bind(self.command.clone())
            .bind(self.kind)
            .bind(self.at.clone())
            .bind(self.hash.clone())
            .bind(self.body.clone())
    }
}

/// A raw table with the log's pragmas.
pub struct RawTable {
    db: SqliteConnection,
    /// The statement for so many rows.
    statements: HashMap<usize, Arc<str>>,
}

impl RawTable {
    /// Opens an empty one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn open(path: &Path) -> Result<Self> {
        let schema = Schema { name: "raw", format: 1, ddl: vec![RAW_DDL.to_owned()] };
        Ok(Self::over(open_writer(path, &schema).await?))
    }

    /// The table of events behind a connection.
    #[must_use]
    pub fn over(db: SqliteConnection) -> Self {
        Self { db, statements: HashMap::new() }
    }

    /// The connection.
    pub fn db(&mut self) -> &mut SqliteConnection {
        &mut self.db
    }

    /// Closes it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn close(self) -> Result<()> {
        Ok(self.db.close().await?)
    }

    /// Inserts rows in one statement and one durable transaction.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert(&mut self, rows: &[RawRow]) -> Result<()> {
        let statement = self.statements.entry(rows.len()).or_insert_with(|| {
            let places = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?)"; rows.len()];
            format!("{RAW_INSERT}{}", places.join(", ")).into()
        });
        let mut query = sqlx::query(AssertSqlSafe(Arc::clone(statement)));
        let mut tx = self.db.begin_with("BEGIN IMMEDIATE").await?;
        for row in rows {
            query = query
                .bind(row.position)
                .bind(row.stream.clone())
                .bind(row.version)
                .bind(row.id.clone())
                .bind(row.command.clone())
                .bind(row.kind)
                .bind(row.at.clone())
                .bind(row.hash.clone())
                .bind(row.body.clone());
        }
        query.execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

/// Appends through the door with many callers; gives the time and the mean size of a group.
///
/// # Errors
/// When a score is refused.
pub async fn through_submit(open: &OpenLedger, callers: &mut Vec<Caller>, count: usize) -> Result<(Duration, f64)> {
    let before = open.ledger.groups().load(std::sync::atomic::Ordering::Relaxed);
    let each = count / callers.len();
    let start = Instant::now();
    let mut tasks = Vec::new();
    for mut caller in callers.drain(..) {
        let door = open.ledger.door();
        tasks.push(tokio::spawn(async move {
            for _ in 0..each {
                caller.score(&door).await?;
            }
            anyhow::Ok(caller)
        }));
    }
    for task in tasks {
        callers.push(task.await??);
    }
    let took = start.elapsed();
    Ok((
        took,
        (each * callers.len()) as f64
            / (open.ledger.groups().load(std::sync::atomic::Ordering::Relaxed) - before) as f64,
    ))
}

/// The median time of one fsync of a file beside the database, in microseconds.
///
/// # Errors
/// When the file cannot be written.
pub fn fsync_micros(folder: &Path) -> Result<f64> {
    use std::io::Write;
    let mut file = std::fs::File::create(folder.join("fsync.probe"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        file.write_all(&[7; 4096])?;
        let start = Instant::now();
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(times))
}

/// Measures and prints.
///
/// # Errors
/// When any part fails.
pub async fn measure(folder: &Path, count: usize) -> Result<()> {
    println!(
        "\nappend: {CALLERS} callers through submit, {count} self-scores, {REPEATS} times in turn with the baselines"
    );
    let open = begin(folder.join("ledger.db")).await?;
    let mut callers = (0..CALLERS).map(|i| Caller::new(i, &open.units)).collect::<Result<Vec<_>>>()?;
    through_submit(&open, &mut callers, count / 4).await?;
    // The raw table takes every row that the log has, so that both have the same size whenever they are measured.
    let mut raw = RawTable::open(&folder.join("raw.db")).await?;
    for rows in rows_after(&open.ledger.log(), 0).await?.chunks(CALLERS) {
        raw.insert(rows).await?;
    }
    let (mut ours, mut single, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let (mut group, mut bytes) = (0.0, 0);
    for _ in 0..REPEATS {
        let from = open.ledger.log().head_row().await?.position;
        let (took, mean) = through_submit(&open, &mut callers, count).await?;
        group = mean;
        let rows = rows_after(&open.ledger.log(), from).await?;
        ours.push(rate(rows.len(), took));
        bytes = rows.iter().map(|r| r.body.len()).sum::<usize>() / rows.len();
        let (alone, grouped) = rows.split_at(SINGLE_ROWS);
        let start = Instant::now();
        for row in alone {
            raw.insert(std::slice::from_ref(row)).await?;
        }
        single.push(rate(alone.len(), start.elapsed()));
        let start = Instant::now();
        for rows in grouped.chunks(group.round().max(1.0) as usize) {
            raw.insert(rows).await?;
        }
        bare.push(rate(grouped.len(), start.elapsed()));
    }
    raw.close().await?;
    println!("  bodies of {bytes} bytes on average, groups of {group:.0}, fsync {:.0} us", fsync_micros(folder)?);
    let (ours, single, bare) = (median(ours), median(single), median(bare));
    println!("  submit {ours:.0}/s; one INSERT per transaction {single:.0}/s; bare multi-row INSERT {bare:.0}/s");
    bar("submit / one INSERT per transaction", ours / single, 6.0, false);
    bar("submit / bare multi-row INSERT of the same group size", ours / bare, 0.6, false);
    open.ledger.stop().await;
    Ok(())
}

/// The rows of all events after a position.
///
/// # Errors
/// When the log cannot be read.
pub async fn rows_after(log: &Log, position: u64) -> Result<Vec<RawRow>> {
    log.after(position, usize::MAX >> 1).await?.iter().map(|body| RawRow::of(body)).collect()
}
