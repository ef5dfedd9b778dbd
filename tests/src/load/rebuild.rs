//! Rebuilding a projection beside reading and parsing the same rows.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use index::Index;
use inspector::Beside;
use ledger::Log;
use platform::feed::{BATCH_EVENTS_MAX, Feed};
use platform::projector::{Projection, Projector};
use proto::Event;
use ranking::Ranking;
use tokio::sync::watch;

use super::round::origin;
use super::{bar, median, rate};

const REPEATS: usize = 3;

/// Measures and prints.
///
/// # Errors
/// When the log cannot be read or projected.
pub async fn measure(folder: &Path) -> Result<()> {
    let log = Log::open(&folder.join("ledger.db"), watch::channel(0).1).await?;
    let (mut parsed, mut index, mut ranking) = (Vec::new(), Vec::new(), Vec::new());
    let mut verified = Vec::new();
    let mut events = 0;
    for repeat in 0..REPEATS {
        let start = Instant::now();
        events = parse(&log).await?;
        parsed.push(rate(events, start.elapsed()));
        index.push(rebuild::<Index>(&log, &folder.join(format!("index-{repeat}.db"))).await?);
        ranking.push(rebuild::<Ranking>(&log, &folder.join(format!("ranking-{repeat}.db"))).await?);
        verified.push(verified_beside(folder, &log, &folder.join(format!("verified-{repeat}.db"))).await?);
    }
    let (parsed, index, ranking, verified) = (median(parsed), median(index), median(ranking), median(verified));
    println!("\nrebuild: {events} events, {REPEATS} times in turn");
    println!("  read and parsed {parsed:.0}/s; index {index:.0}/s, verified {verified:.0}/s; ranking {ranking:.0}/s");
    bar("rebuild of index / reading and parsing", index / parsed, 0.25, false);
    bar("rebuild of index, verified / reading and parsing", verified / parsed, 0.25, false);
    bar("rebuild of ranking / reading and parsing", ranking / parsed, 0.25, false);
    Ok(())
}

/// Reads and parses every event: the baseline.
async fn parse(log: &Log) -> Result<usize> {
    let mut position = 0;
    loop {
        let bodies = log.after(position, BATCH_EVENTS_MAX).await?;
        for body in &bodies {
            position = Event::decode(body)?.envelope.position;
        }
        if bodies.len() < BATCH_EVENTS_MAX {
            return Ok(usize::try_from(position)?);
        }
    }
}

async fn rebuild<P: Projection>(log: &Log, path: &Path) -> Result<f64> {
    let start = Instant::now();
    let mut projector = Projector::<P>::open(path, origin(), Arc::new(log.clone()), watch::channel(0).0).await?;
    let events = projector.catch_up(|_| {}).await?;
    let rate = rate(usize::try_from(events)?, start.elapsed());
    projector.close().await?;
    Ok(rate)
}

/// A rebuild as `parindex rebuild` does it: the inspector folds the log at the same time and compares every row at the end.
async fn verified_beside(folder: &Path, log: &Log, path: &Path) -> Result<f64> {
    let start = Instant::now();
    let head = log.head_row().await?.position;
    let mut beside = Beside::begin(folder.join("ledger.db"), origin()).await?;
    let folded = tokio::spawn(async move {
        beside.go_to(head, |_| {}).await?;
        anyhow::Ok(beside)
    });
    rebuild::<Index>(log, path).await?;
    let beside = folded.await??;
    let (findings, _) = beside.compare(Index::NAME, &path.into()).await?;
    anyhow::ensure!(findings.is_empty(), "{findings:?}");
    beside.close().await;
    Ok(rate(usize::try_from(head)?, start.elapsed()))
}
