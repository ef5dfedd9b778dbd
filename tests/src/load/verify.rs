//! The walk that `parindex verify` calls, from SQLite, beside a bare fetch of the same rows through the same driver with
//! as many connections. Its folds for the projections are timed apart.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use futures::TryStreamExt;
use inspector::{Source, walk_log};
use platform::db::Schema;
use platform::db::sqlite::open_readers;
use sqlx::Row;

use super::round::origin;
use super::{bar, median, rate};

const REPEATS: usize = 5;
const FETCH: &str = "SELECT position, stream, version, id, command, kind, at, hash, body FROM events ORDER BY position";

/// Measures and prints.
///
/// # Errors
/// When the log cannot be read, or does not hold.
pub async fn measure(folder: &Path) -> Result<()> {
    let path = folder.join("ledger.db");
    let source = Source::open(&path).await?;
    let bare = open_readers(&path, &Schema { name: "raw", format: 1, ddl: Vec::new() }).await?;
    let (mut walks, mut fetches, mut events) = (Vec::new(), Vec::new(), 0);
    for _ in 0..REPEATS {
        let start = Instant::now();
        let mut rows = sqlx::query(FETCH).fetch(&bare);
        let (mut count, mut bytes) = (0_usize, 0_usize);
        while let Some(row) = rows.try_next().await? {
            bytes += row.try_get::<&[u8], _>(8)?.len();
            count += 1;
        }
        ensure!(bytes > 0, "there are bodies");
        fetches.push(rate(count, start.elapsed()));
        let start = Instant::now();
        let (walk, broken) = walk_log(&source, origin(), async |_: &proto::walk::Walk, _: &[u8]| Ok(())).await?;
        ensure!(broken.is_none(), "the log holds: {broken:?}");
        events = usize::try_from(walk.position())?;
        walks.push(rate(events, start.elapsed()));
    }
    let (walk, fetch) = (median(walks), median(fetches));
    println!("\nverify from SQLite: {events} events, one connection each, {REPEATS} times in turn");
    println!("  walk {walk:.0}/s; bare fetch {fetch:.0}/s");
    bar("walk / bare fetch", walk / fetch, 0.8, false);
    Ok(())
}
