//! No cost that grows with the log: appending in an open round and reading a sheet, at a small and at a large log, beside
//! the raw table of the same rows. The log is filled with closed rounds, forged here by chain, which tests may.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use index::{Index, Reader};
use ledger::{Config, Ledger};
use platform::feed::Feed;
use platform::projector::Projector;
use proto::act::round::CloseRound;
use proto::walk::Walk;
use proto::{Event, Fact, Hash, Instant as Moment, RoundId, Stream, UnitId};
use sqlx::AssertSqlSafe;
use tokio::sync::watch;

use super::append::{CALLERS, RawRow, RawTable, rows_after, through_submit};
use super::round::{Caller, OpenLedger, begin, fresh_id, origin};
use super::{bar, median, rate, resident_mib};

const APPENDS: usize = 6_400;
const REPEATS: usize = 3;
const READS: usize = 200;
const FILL_ROWS: usize = 200;

struct At {
    append: f64,
    raw_append: f64,
    read: f64,
    raw_read: f64,
}

/// Measures at two sizes and prints.
///
/// # Errors
/// When any part fails.
pub async fn measure(folder: &Path, small: usize, large: usize) -> Result<()> {
    println!("\ngrowth: from {small} to {large} events, filled with closed rounds");
    let (template, units, mut callers) = begun(folder).await?;
    fill(folder, small, &template).await?;
    let a = at(folder, &mut callers, &units).await?;
    // Both are weighed with the same open round; only the closed ones lie between them.
    let small_mib = resident_of_a_fresh_ledger(folder)?;
    fill(folder, large, &template).await?;
    let large_mib = resident_of_a_fresh_ledger(folder)?;
    let b = at(folder, &mut callers, &units).await?;
    let told = |name: &str, a: f64, b: f64, unit: &str| println!("  {name}: {a:.0} -> {b:.0} {unit}");
    told("append", a.append, b.append, "per second");
    told("raw multi-row INSERT", a.raw_append, b.raw_append, "per second");
    told("read of a sheet", a.read, b.read, "per second");
    told("raw read of the same rows", a.raw_read, b.raw_read, "per second");
    told("memory of the process with the ledger open", small_mib, large_mib, "MiB");
    bar("append slows down / raw slows down", (a.append / b.append) / (a.raw_append / b.raw_append), 1.2, true);
    bar("read slows down / raw slows down", (a.read / b.read) / (a.raw_read / b.raw_read), 1.2, true);
    bar("memory", large_mib / small_mib, 1.2, true);
    Ok(())
}

/// A log of this size, with nothing measured.
///
/// # Errors
/// When any part fails.
pub async fn filled(folder: &Path, size: usize) -> Result<()> {
    let (template, ..) = begun(folder).await?;
    fill(folder, size, &template).await
}

/// A log with an open round in which somebody has scored; its first events, the units, and who scores.
async fn begun(folder: &Path) -> Result<(Vec<Vec<u8>>, Vec<UnitId>, Vec<Caller>)> {
    let open = begin(folder.join("ledger.db")).await?;
    let units = open.units.clone();
    let mut callers = (0..CALLERS).map(|i| Caller::new(i, &units)).collect::<Result<Vec<_>>>()?;
    through_submit(&open, &mut callers, CALLERS * 20).await?;
    let template = open.ledger.log().after(0, 4_000).await?;
    open.ledger.stop().await;
    Ok((template, units, callers))
}

async fn at(folder: &Path, callers: &mut Vec<Caller>, units: &[UnitId]) -> Result<At> {
    let ledger = Ledger::open(Config::begun(folder.join("ledger.db"))).await?;
    let open = OpenLedger { ledger, units: units.to_vec() };
    let log = open.ledger.log();
    let raw_path = folder.join("raw.db");
    let mut raw = RawTable::open(&raw_path).await?;
    copy(&mut raw, &folder.join("ledger.db")).await?;
    let (mut append, mut raw_append) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let from = log.head_row().await?.position;
        let (took, _) = through_submit(&open, callers, APPENDS).await?;
        append.push(rate(APPENDS, took));
        let rows: Vec<RawRow> = rows_after(&log, from).await?;
        let start = Instant::now();
        for rows in rows.chunks(CALLERS) {
            raw.insert(rows).await?;
        }
        raw_append.push(rate(rows.len(), start.elapsed()));
    }
    let path = folder.join("index.db");
    let mut projector = Projector::<Index>::open(&path, origin(), Arc::new(log), watch::channel(0).0).await?;
    projector.catch_up(|_| {}).await?;
    projector.close().await?;
    let (read, raw_read) = reads(&path).await?;
    open.ledger.stop().await;
    raw.close().await?;
    std::fs::remove_file(raw_path)?;
    Ok(At { append: median(append), raw_append: median(raw_append), read, raw_read })
}

/// The memory of a process that does nothing but hold the ledger of a folder open, in MiB.
fn resident_of_a_fresh_ledger(folder: &Path) -> Result<f64> {
    let output = std::process::Command::new(std::env::current_exe()?).arg("--resident").arg(folder).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Opens the ledger of a folder and gives the memory that this process then holds, in MiB.
///
/// # Errors
/// When the ledger does not open.
pub async fn resident(folder: &Path) -> Result<f64> {
    let ledger = Ledger::open(Config::begun(folder.join("ledger.db"))).await?;
    let resident = resident_mib();
    ledger.stop().await;
    Ok(resident)
}

/// Reads of one sheet's scores by the reader, and of the same rows by a bare statement.
async fn reads(path: &Path) -> Result<(f64, f64)> {
    let reader = Reader::open(path).await?;
    let (round, unit) = (RoundId::parse("hanoi-2022")?, UnitId::parse("ldtbxh")?);
    let schema = platform::db::Schema { name: "raw", format: 1, ddl: Vec::new() };
    let pool = platform::db::sqlite::open_readers(path, &schema).await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let start = Instant::now();
        for _ in 0..READS {
            reader.view().await?.scores(&round, &unit).await?;
        }
        ours.push(rate(READS, start.elapsed()));
        let start = Instant::now();
        for _ in 0..READS {
            sqlx::query("SELECT * FROM scores WHERE round = $1 AND unit = $2")
                .bind(round.as_str().to_owned())
                .bind(unit.as_str().to_owned())
                .fetch_all(&pool)
                .await?;
        }
        bare.push(rate(READS, start.elapsed()));
    }
    Ok((median(ours), median(bare)))
}

/// Copies the log's rows into the raw table.
async fn copy(raw: &mut RawTable, ledger: &Path) -> Result<()> {
    let attach = format!("ATTACH DATABASE '{}' AS log", ledger.display());
    sqlx::query(AssertSqlSafe(attach)).execute(raw.db()).await?;
    sqlx::query("INSERT INTO main.events SELECT * FROM log.events ORDER BY position").execute(raw.db()).await?;
    sqlx::query("DETACH DATABASE log").execute(raw.db()).await?;
    Ok(())
}

/// Appends closed rounds by chain until the log has the wanted size.
async fn fill(folder: &Path, size: usize, template: &[Vec<u8>]) -> Result<()> {
    let ledger = Ledger::open(Config::begun(folder.join("ledger.db"))).await?;
    let log = ledger.log();
    let head = log.head_row().await?;
    let last = log.after(head.position - 1, 1).await?.pop().context("a last event")?;
    let at = Event::decode(&last)?.envelope.at;
    ledger.stop().await;
    let mut walk = Walk::resume(origin(), head.range.clone(), head.hash);
    let decoded: Vec<Event> = template.iter().map(|b| Event::decode(b)).collect::<Result<_, _>>()?;
    let opened = decoded.iter().find(|e| matches!(e.fact, Fact::RoundOpened(_))).context("an opened round")?;
    let scored = decoded.iter().find(|e| matches!(e.fact, Fact::SelfScored(_))).context("a self-score")?;
    let schema = platform::db::Schema { name: "ledger", format: 1, ddl: Vec::new() };
    let mut raw = RawTable::over(platform::db::sqlite::open_writer(&folder.join("ledger.db"), &schema).await?);
    let mut rows = Vec::new();
    while usize::try_from(walk.position())? < size {
        for event in closed_round(&mut walk, (opened, scored), at, size)? {
            rows.push(RawRow::of(&event)?);
            if rows.len() == FILL_ROWS {
                raw.insert(&rows).await?;
                rows.clear();
            }
        }
    }
    if !rows.is_empty() {
        raw.insert(&rows).await?;
    }
    sqlx::query("UPDATE head SET position = $1, hash = $2, root = $3, range = $4")
        .bind(i64::try_from(walk.position())?)
        .bind(walk.hash().map_or(Vec::new(), |h| h.0.to_vec()))
        .bind(walk.root().0.to_vec())
        .bind(walk.range().to_bytes())
        .execute(raw.db())
        .await
        .or_else(|e| if e.to_string().contains("only grows") { Ok(Default::default()) } else { Err(e) })?;
    raw.close().await
}

/// One closed round: opened, every department's and district's leaf scored some times, closed.
fn closed_round(walk: &mut Walk, (opened, scored): (&Event, &Event), at: Moment, size: usize) -> Result<Vec<Vec<u8>>> {
    let round = RoundId::parse(&format!("filled-{}", walk.position()))?;
    let (Fact::RoundOpened(config), Fact::SelfScored(score)) = (&opened.fact, &scored.fact) else {
        anyhow::bail!("templates of other kinds");
    };
    let mut config = config.clone();
    config.round = round.clone();
    let mut bodies = Vec::new();
    let mut put = |event: &Event, stream: Stream, fact: Fact| -> Result<()> {
        let head = walk.head(&stream.to_string());
        let mut envelope = event.envelope.clone();
        envelope.position = walk.position() + 1;
        envelope.prev = walk.hash();
        envelope.version = head.map_or(0, |h| h.version) + 1;
        envelope.stream_prev = head.map(|h| h.hash);
        envelope.stream = stream;
        envelope.at = at;
        envelope.command.id = fresh_id();
        envelope.command.digest = Hash([0; 32]);
        let body = Event { envelope, fact }.encode()?;
        walk.step(&body)?;
        bodies.push(body);
        Ok(())
    };
    let units: Vec<_> = config.blocks.iter().flat_map(|b| b.units.clone()).collect();
    put(opened, Stream::Round(round.clone()), Fact::RoundOpened(config))?;
    for _ in 0..160 {
        for unit in &units {
            let mut score = score.clone();
            (score.round, score.unit) = (round.clone(), unit.clone());
            put(scored, Stream::Sheet(round.clone(), unit.clone()), Fact::SelfScored(score))?;
        }
        if usize::try_from(scored.envelope.position)? > size {
            break;
        }
    }
    put(opened, Stream::Round(round.clone()), Fact::RoundClosed(CloseRound { round }))?;
    Ok(bodies)
}
