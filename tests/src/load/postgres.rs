//! The same ratios on PostgreSQL, on a server of the run's own that waits for its disk: durable appends beside one INSERT
//! per transaction and beside bare multi-row INSERTs of the same bytes, and checked reading beside a bare read.
//! The baselines have the log's keys, but no triggers and no head row.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::TryStreamExt;
use inspector::{Against, Source, Wide, verify_log, walk_log};
use platform::db::{Either, Role, Schema, open_readers};
use platform::ports::Submit;
use proto::walk::Walk;
use proto::{Answer, Command};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use super::append::{RawRow, through_submit};
use super::round::{Caller, OpenLedger, begin, origin};
use super::{bar, median, rate};
use crate::postgres::{Disk, Postgres, execute};

const REPEATS: usize = 5;
/// Callers, how many events they append in one repeat, and what they must reach beside one INSERT per transaction.
const ONE_BY_ONE: [(usize, usize, f64); 3] = [(128, 6_400, 5.0), (16, 3_200, 2.5), (1, 600, 1.0)];
const SINGLE_ROWS: usize = 600;
/// Events of one batch, who sends them, and how many each.
const BATCH: usize = 100;
const BATCHERS: usize = 16;
const BATCHES_EACH: usize = 5;

const RAW_DDL: &str = "CREATE SCHEMA raw; CREATE TABLE raw.events (position BIGINT PRIMARY KEY, \
    stream TEXT COLLATE \"C\" NOT NULL, version BIGINT NOT NULL, id TEXT COLLATE \"C\" NOT NULL, \
    command TEXT COLLATE \"C\" NOT NULL UNIQUE, kind TEXT COLLATE \"C\" NOT NULL, at TEXT COLLATE \"C\" NOT NULL, \
    hash BYTEA NOT NULL, body BYTEA NOT NULL, UNIQUE (stream, version))";
const COPY: &str = "COPY (SELECT position, stream, version, id, command, kind, at, hash, body FROM ledger.events \
    ORDER BY position) TO STDOUT (FORMAT binary)";

/// Measures and prints.
///
/// # Errors
/// When any part fails.
pub async fn measure(large: usize) -> Result<()> {
    let server = Postgres::start(Disk::Synced);
    let mut raw = server.admin().await;
    execute(&mut raw, RAW_DDL).await;
    let open = begin(server.place("ledger", Role::Ledger)).await?;
    println!("\nPostgreSQL: appends through submit, {REPEATS} times in turn with the baselines");
    let mut callers = (0..ONE_BY_ONE[0].0).map(|i| Caller::new(i, &open.units)).collect::<Result<Vec<_>>>()?;
    for (many, count, needed) in ONE_BY_ONE {
        one_by_one(&open, &mut raw, &mut callers, many, (count, needed)).await?;
    }
    batches(&server, &open, &mut callers).await?;
    grow(&open, &mut callers, large).await?;
    open.ledger.stop().await;
    reading(&server).await
}

/// Grows the log to so many events at least.
async fn grow(open: &OpenLedger, callers: &mut [Caller], large: usize) -> Result<()> {
    while open.ledger.log().head_row().await?.position < large as u64 {
        send_all(open, callers).await?;
    }
    Ok(())
}

/// Each of those who send batches sends his, all at once.
async fn send_all(open: &OpenLedger, callers: &mut [Caller]) -> Result<Duration> {
    // What callers write is theirs; what the door does with it is measured.
    let texts = callers.iter().take(BATCHERS).map(|caller| caller.batch(BATCH * BATCHES_EACH));
    let texts: Vec<Vec<String>> = texts.collect::<Result<_>>()?;
    let start = Instant::now();
    let sending = callers.iter_mut().zip(texts).map(|(caller, texts)| send_batches(open, caller, texts));
    futures::future::try_join_all(sending).await?;
    Ok(start.elapsed())
}

/// Durable appends of so many callers, who each wait for an answer before they send again.
async fn one_by_one(
    open: &OpenLedger,
    raw: &mut PgConnection,
    callers: &mut Vec<Caller>,
    many: usize,
    (count, needed): (usize, f64),
) -> Result<()> {
    let (mut ours, mut single, mut group) = (Vec::new(), Vec::new(), 0.0);
    let mut calling: Vec<Caller> = callers.drain(..many).collect();
    for _ in 0..REPEATS {
        let from = open.ledger.log().head_row().await?.position;
        let (took, mean) = through_submit(open, &mut calling, count).await?;
        group = mean;
        let rows = rows_behind(open, from).await?;
        ours.push(rate(rows.len(), took));
        execute(raw, "TRUNCATE raw.events").await;
        let alone = &rows[..SINGLE_ROWS.min(rows.len())];
        let start = Instant::now();
        for row in alone {
            insert(raw, std::slice::from_ref(row)).await?;
        }
        single.push(rate(alone.len(), start.elapsed()));
    }
    callers.append(&mut calling);
    let (ours, single) = (median(ours), median(single));
    println!("  {many} callers: submit {ours:.0}/s in groups of {group:.1}; one INSERT per transaction {single:.0}/s");
    bar(&format!("{many} callers / one INSERT per transaction"), ours / single, needed, false);
    Ok(())
}

/// Batches of many commands at once, beside as many connections that insert as many rows in one statement.
async fn batches(server: &Postgres, open: &OpenLedger, callers: &mut [Caller]) -> Result<()> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let mut connections = Vec::new();
    for _ in 0..BATCHERS {
        connections.push(server.admin().await);
    }
    // Each caller's own last score says where the versions of his unit stand.
    for caller in callers.iter_mut().take(BATCHERS) {
        caller.score(&open.ledger.door()).await?;
    }
    for _ in 0..REPEATS {
        let from = open.ledger.log().head_row().await?.position;
        let took = send_all(open, callers).await?;
        let rows = rows_behind(open, from).await?;
        ensure!(rows.len() == BATCHERS * BATCHES_EACH * BATCH, "{} events", rows.len());
        ours.push(rate(rows.len(), took));
        execute(&mut connections[0], "TRUNCATE raw.events").await;
        bare.push(rate(rows.len(), insert_all(&mut connections, &rows).await?));
    }
    let (ours, bare) = (median(ours), median(bare));
    println!("  {BATCHERS} callers with batches of {BATCH}: submit {ours:.0}/s; bare multi-row INSERT {bare:.0}/s");
    bar("batches / bare multi-row INSERT", ours / bare, 0.8, false);
    Ok(())
}

async fn send_batches(open: &OpenLedger, caller: &mut Caller, texts: Vec<String>) -> Result<()> {
    for batch in texts.chunks(BATCH) {
        let commands = batch.iter().map(|text| Command::parse(text.as_bytes())).collect();
        for answer in open.ledger.door().submit(caller.principal(), commands).await {
            match answer {
                Answer::Accepted(accepted) => caller.scored(&accepted),
                Answer::Refused(r) => anyhow::bail!("{}: {}", r.code, r.en),
            }
        }
    }
    Ok(())
}

async fn insert_all(connections: &mut [PgConnection], rows: &[RawRow]) -> Result<Duration> {
    let start = Instant::now();
    let share = rows.len() / connections.len();
    let inserting = connections.iter_mut().zip(rows.chunks(share)).map(|(db, rows)| async move {
        for batch in rows.chunks(BATCH) {
            insert(db, batch).await?;
        }
        anyhow::Ok(())
    });
    futures::future::try_join_all(inserting).await?;
    Ok(start.elapsed())
}

/// Inserts rows in one statement and one durable transaction.
async fn insert(db: &mut PgConnection, rows: &[RawRow]) -> Result<()> {
    let places: Vec<String> = (0..rows.len())
        .map(|row| {
            let places: Vec<String> = (1..=9).map(|column| format!("${}", row * 9 + column)).collect();
            format!("({})", places.join(", "))
        })
        .collect();
    let sql = format!(
        "INSERT INTO raw.events (position, stream, version, id, command, kind, at, hash, body) VALUES {}",
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = row.bind_all(query);
    }
    query.execute(db).await?;
    Ok(())
}

async fn rows_behind(open: &OpenLedger, position: u64) -> Result<Vec<RawRow>> {
    super::append::rows_after(&open.ledger.log(), position).await
}

/// The walk that `verify` does, beside a bare COPY of the same rows through the same driver.
async fn reading(server: &Postgres) -> Result<()> {
    let paths = server.paths();
    let schema = Schema { name: "ledger", format: 1, ddl: Vec::new() };
    let Either::Postgres(bare) = open_readers(&paths.ledger, &schema).await? else {
        anyhow::bail!("it is on a server");
    };
    let (mut alone, mut walks, mut wide, mut fetches) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut events = 0;
    for _ in 0..REPEATS {
        let mut connection = bare.acquire().await?;
        let start = Instant::now();
        let mut rows = connection.copy_out_raw(COPY).await?;
        let mut bytes = 0_usize;
        while let Some(row) = rows.try_next().await? {
            bytes += row.len();
        }
        ensure!(bytes > 0, "there are bodies");
        drop(rows);
        let fetched = start.elapsed();
        let (source, start) = (Source::open(&paths.ledger).await?, Instant::now());
        let (walk, broken) = walk_log(&source, origin(), async |_: &Walk, _: &[u8]| Ok(())).await?;
        ensure!(broken.is_none(), "the log holds: {broken:?}");
        alone.push(rate(usize::try_from(walk.position())?, start.elapsed()));
        source.close().await;
        for (cores, walks) in (1..).zip([&mut walks, &mut wide]) {
            let start = Instant::now();
            let report = verify_log(&paths.ledger, origin(), &Against::default(), Wide::on(cores), |_, _| {}).await?;
            ensure!(report.holds(), "the log holds: {:?}", report.findings);
            events = usize::try_from(report.events)?;
            walks.push(rate(events, start.elapsed()));
        }
        fetches.push(rate(events, fetched));
    }
    let (alone, walk, wide, fetch) = (median(alone), median(walks), median(wide), median(fetches));
    println!("\nverify from PostgreSQL: {events} events, {REPEATS} times in turn");
    println!(
        "  the rows walked {alone:.0}/s; with what else is asked of the log, on one connection {walk:.0}/s, on two {wide:.0}/s"
    );
    println!("  bare COPY on one connection {fetch:.0}/s");
    bar("rows walked / bare COPY, one connection each", alone / fetch, 0.8, false);
    bar("verify --log-only on two connections / bare COPY", wide / fetch, 0.8, false);
    Ok(())
}
