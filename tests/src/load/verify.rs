//! The walk that `parindex verify --log-only` makes, in memory, from bundles in files and from SQLite, each beside the least
//! that it must do: hashing the entries, or fetching the rows by the same driver. And what a second core brings.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures::TryStreamExt;
use inspector::{Against, Bundles, Source, Wide, verify_log};
use platform::db::Schema;
use platform::db::sqlite::open_readers;
use platform::feed::Feed;
use proto::tile::{Resource, TILE_WIDTH, write_bundle};
use proto::tree::Subtree;
use proto::walk::{Stretch, Walk};
use proto::{Hash, Origin};
use sqlx::Row;

use super::round::origin;
use super::{bar, median, peak_mib, rate};

const REPEATS: usize = 5;
const FETCH: &str = "SELECT position, stream, version, id, command, kind, at, hash, body FROM events ORDER BY position";
/// Events that one core walks before the next.
const STRETCH_LEVEL: u8 = 14;

/// Measures and prints; `small` is the folder of a log with far fewer events.
///
/// # Errors
/// When the log cannot be read, or does not hold.
pub async fn measure(folder: &Path, small: &Path) -> Result<()> {
    let bodies = bodies(folder).await?;
    println!("\nverify: {} events, {REPEATS} times in turn, medians", bodies.len());
    in_memory_and_files(folder, &bodies)?;
    drop(bodies);
    from_sqlite(folder).await?;
    cores(folder, small)
}

async fn bodies(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let source = Source::open(folder.join("ledger.db")).await?;
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    loop {
        let more = source.after(bodies.len() as u64, 4_096).await?;
        if more.is_empty() {
            return Ok(bodies);
        }
        bodies.extend(more);
    }
}

fn in_memory_and_files(folder: &Path, bodies: &[Vec<u8>]) -> Result<()> {
    let files = folder.join("mirror");
    for (index, entries) in (0..).zip(bodies.chunks(usize::from(TILE_WIDTH))) {
        let path = files.join(Resource::Entries { index, width: u16::try_from(entries.len())? }.to_string());
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::write(path, write_bundle(entries.iter().map(Vec::as_slice)))?;
    }
    let bundles = Bundles::of(&files, bodies.len() as u64);
    let from_files = |cores| {
        let (walk, broken) = bundles.walk(&origin(), Wide::on(cores))?;
        ensure!(broken.is_none() && walk.position() == bodies.len() as u64, "the log holds: {broken:?}");
        Ok(())
    };
    let mut rates: [Vec<f64>; 5] = Default::default();
    for _ in 0..REPEATS {
        let works: [&dyn Fn() -> Result<()>; 5] = [
            &|| hash_alone(bodies),
            &|| walk_in_memory(bodies, 1),
            &|| walk_in_memory(bodies, 2),
            &|| from_files(1),
            &|| from_files(2),
        ];
        for (work, rates) in works.into_iter().zip(&mut rates) {
            let start = Instant::now();
            work()?;
            rates.push(rate(bodies.len(), start.elapsed()));
        }
    }
    let [hashing, memory, memory_2, file, file_2] = rates.map(median);
    println!("  leaf hashing alone {hashing:.0}/s; in memory {memory:.0}/s, two cores {memory_2:.0}/s");
    println!("  from bundles in files {file:.0}/s, two cores {file_2:.0}/s");
    bar("walk in memory / leaf hashing alone, one core", memory / hashing, 0.4, false);
    bar("walk in memory, two cores / one", memory_2 / memory, 1.6, false);
    bar("walk from files / leaf hashing alone, one core", file / hashing, 0.4, false);
    bar("walk from files, two cores / one", file_2 / file, 1.6, false);
    Ok(())
}

fn hash_alone(bodies: &[Vec<u8>]) -> Result<()> {
    for body in bodies {
        std::hint::black_box(Hash::entry(body));
    }
    Ok(())
}

/// Stretches in turn on each core, joined in their order.
fn walk_in_memory(bodies: &[Vec<u8>], cores: usize) -> Result<()> {
    let mut walk = Walk::new(origin());
    let parts: Vec<_> = (0..).zip(bodies.chunks(1 << STRETCH_LEVEL)).collect();
    thread::scope(|scope| {
        let turns: Vec<_> = (0..cores)
            .map(|first| {
                let (parts, origin) = (&parts, origin());
                let (out, walked) = std::sync::mpsc::sync_channel(1);
                scope.spawn(move || {
                    for (index, bodies) in parts.iter().skip(first).step_by(cores) {
                        if out.send(stretch(origin.clone(), *index, bodies)).is_err() {
                            return;
                        }
                    }
                });
                walked
            })
            .collect();
        for turn in turns.iter().cycle().take(parts.len()) {
            walk.join(turn.recv()??)?;
        }
        ensure!(walk.position() == bodies.len() as u64, "all of it");
        Ok(())
    })
}

fn stretch(origin: Origin, index: u64, bodies: &[Vec<u8>]) -> Result<Stretch> {
    let mut stretch = Stretch::new(origin, Subtree { level: STRETCH_LEVEL, index });
    bodies.iter().try_for_each(|body| stretch.step(body).map(|_| ()))?;
    Ok(stretch)
}

async fn from_sqlite(folder: &Path) -> Result<()> {
    let path = folder.join("ledger.db");
    let bare = open_readers(&path, &Schema { name: "raw", format: 1, ddl: Vec::new() }).await?;
    let (mut walks, mut fetches) = (Vec::new(), Vec::new());
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
        walks.push(walk(folder, 1).await?);
    }
    let (walk, fetch) = (median(walks), median(fetches));
    println!("  from SQLite {walk:.0}/s; bare fetch of the same rows {fetch:.0}/s, one connection each");
    bar("walk / bare fetch", walk / fetch, 0.8, false);
    Ok(())
}

/// Events per second of the walk of a folder's log on some cores.
///
/// # Errors
/// When the log cannot be read, or does not hold.
pub async fn walk(folder: &Path, cores: usize) -> Result<f64> {
    let start = Instant::now();
    let ledger = folder.join("ledger.db").into();
    let report = verify_log(&ledger, origin(), &Against::default(), Wide::on(cores), |_, _| {}).await?;
    // Where a log was filled by hand its head row stands behind; no event may be wrong.
    ensure!(report.root.is_some(), "every event holds: {:?}", report.findings);
    Ok(rate(usize::try_from(report.events)?, start.elapsed()))
}

/// The walk in a process of its own: on one core, and on two; and the memory that it takes.
fn cores(folder: &Path, small: &Path) -> Result<()> {
    let (mut one, mut two, mut memory) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..REPEATS {
        one.push(alone(folder, "0", 1)?.0);
        let (rate, mib) = alone(folder, "0,1", 2)?;
        two.push(rate);
        memory = memory.max(mib);
    }
    let (one, two, little) = (median(one), median(two), alone(small, "0,1", 2)?.1);
    println!("  from SQLite in a process of its own: one core {one:.0}/s, two cores {two:.0}/s");
    println!("  its memory at most {memory:.0} MiB; {little:.0} MiB where the log is small");
    bar("walk from SQLite, two cores / one", two / one, 1.6, false);
    Ok(())
}

fn alone(folder: &Path, processors: &str, cores: usize) -> Result<(f64, f64)> {
    let mut command = Command::new("taskset");
    command.args(["-c", processors]).arg(std::env::current_exe()?).arg("--walk").arg(folder).arg(cores.to_string());
    let output = command.output().context("taskset")?;
    let told = String::from_utf8(output.stdout)?;
    let (rate, mib) =
        told.trim().split_once(' ').with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok((rate.parse()?, mib.parse()?))
}

/// What [`alone`] reads: the rate, and the most memory that this process ever held.
///
/// # Errors
/// As [`walk`].
pub async fn told(folder: &Path, cores: usize) -> Result<String> {
    Ok(format!("{} {}", walk(folder, cores).await?, peak_mib()))
}
