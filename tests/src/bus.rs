//! A log that is written, published and projected over real NATS servers, for tests that meddle with what lies between.
//! What it compares with is always made from the log itself, by the ordinary projector and without the bus.

mod held;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use index::Index;
use inspector::Paths;
use ledger::Log;
use platform::db::open_readers;
use platform::feed::{Feed, SharedFeed};
use platform::jetstream::{Bus, Following, JetStreamFeed, Published, Publisher};
use platform::projector::{Cursor, Projection, Projector, Snapshot, follow, make, schema};
use platform::rows::select_cells;
use proto::rows::Cell;
use ranking::Ranking;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::load::round::{Caller, OpenLedger, begin, origin};
use crate::nats::Nats;
use crate::record::{Records, check};

pub use held::{fill, messages, same_as_the_log};

/// How long anything that is waited for may take, in seconds.
const WAIT_S: u64 = 60;

/// A projector that follows the log.
pub struct Reading {
    /// Its database.
    pub path: PathBuf,
    /// How far it is.
    pub cursor: watch::Receiver<u64>,
    /// Where it reads.
    pub following: watch::Receiver<Following>,
    task: JoinHandle<()>,
}

/// The whole of it.
pub struct World {
    /// The ledger with an open round.
    pub open: OpenLedger,
    /// Projectors that follow the log.
    pub index: Option<Reading>,
    /// The other one.
    pub ranking: Option<Reading>,
    publishers: Vec<(watch::Receiver<Published>, JoinHandle<()>)>,
    folder: TempDir,
    stop: watch::Sender<bool>,
    /// What the writers sent and were told.
    records: Records,
    /// Events that stood in the log before them.
    since: u64,
}

impl World {
    /// Begins a log that nobody publishes or projects yet.
    ///
    /// # Errors
    /// When the ledger cannot be opened.
    pub async fn quiet() -> Result<Self> {
        let folder = TempDir::new()?;
        let open = begin(folder.path().join("ledger.db")).await?;
        let (stop, records) = (watch::channel(false).0, Records::default());
        let since = *open.ledger.log().head().borrow();
        Ok(Self { open, index: None, ranking: None, publishers: Vec::new(), folder, stop, records, since })
    }

    /// Begins a log, publishes it, and follows it with both projectors.
    ///
    /// # Errors
    /// When the ledger cannot be opened.
    pub async fn begin(nats: &Nats) -> Result<Self> {
        let mut world = Self::quiet().await?;
        world.publish(nats.bus(&origin(), "ledger"));
        world.project(nats, 1).await?;
        Ok(world)
    }

    /// Publishes from now on.
    pub fn publish(&mut self, bus: Bus) {
        let (publisher, published) = Publisher::new(bus, Arc::new(self.log()));
        self.publishers.push((published, tokio::spawn(publisher.run(self.stop.subscribe()))));
    }

    /// Follows the log with two new projectors; the stream is said to begin at a position.
    ///
    /// # Errors
    /// When their databases cannot be made.
    pub async fn project(&mut self, nats: &Nats, first: u64) -> Result<()> {
        self.index = Some(self.reading::<Index>(nats, first).await?);
        self.ranking = Some(self.reading::<Ranking>(nats, first).await?);
        Ok(())
    }

    async fn reading<P: Projection>(&self, nats: &Nats, first: u64) -> Result<Reading> {
        let mut settings = nats.settings(&origin(), P::NAME);
        settings.first = first;
        let log: SharedFeed = Arc::new(self.log());
        project::<P>(self.folder.path(), Bus::new(settings)?, log, self.stop.subscribe()).await
    }

    /// How far the publisher is.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn published(&self) -> watch::Receiver<Published> {
        self.publishers[0].0.clone()
    }

    fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.index.iter().chain(&self.ranking)
    }

    /// Waits until both projectors read where they should.
    pub async fn until_following(&self, what: &str, mut wanted: impl FnMut(&Following) -> bool) {
        for reading in self.readings() {
            until(&mut reading.following.clone(), what, &mut wanted).await;
        }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> Log {
        self.open.ledger.log()
    }

    /// Writes a little now and then until both projectors have what was written last by the stream.
    ///
    /// # Errors
    /// When a write is refused.
    ///
    /// # Panics
    /// When they do not in time.
    pub async fn write_until_by_stream(&self, writers: &mut Writers) -> Result<()> {
        let by_stream = |reading: &Reading| *reading.following.borrow() == Following::Stream;
        let until = std::time::Instant::now() + Duration::from_secs(WAIT_S);
        loop {
            self.write(writers, 1).await?;
            self.until_projected().await;
            if self.readings().all(by_stream) {
                return Ok(());
            }
            let told: Vec<Following> = self.readings().map(|r| r.following.borrow().clone()).collect();
            assert!(std::time::Instant::now() < until, "the stream is not read: {told:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The log's last position now.
    #[must_use]
    pub fn head(&self) -> u64 {
        *self.log().head().borrow()
    }

    /// Writes some events through the ledger's door, from several callers at once.
    ///
    /// # Errors
    /// When one is refused.
    pub async fn write(&self, writers: &mut Writers, events: u64) -> Result<()> {
        let each = events.div_ceil(writers.0.len() as u64);
        let mut tasks = Vec::new();
        for mut caller in writers.0.drain(..) {
            let (door, records) = (self.open.ledger.door(), self.records.clone());
            tasks.push(tokio::spawn(async move {
                for _ in 0..each {
                    caller.score_on_record(&door, &records).await?;
                }
                anyhow::Ok(caller)
            }));
        }
        for task in tasks {
            writers.0.push(task.await??);
        }
        Ok(())
    }

    /// Writes until the guard is told to stop, while a test does something else.
    #[must_use]
    pub fn keep_writing(&self, writers: Writers) -> Writing {
        let over = Arc::new(AtomicBool::new(false));
        let tasks = writers.0.into_iter().map(|mut caller| {
            let (door, over, records) = (self.open.ledger.door(), Arc::clone(&over), self.records.clone());
            tokio::spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    caller.score_on_record(&door, &records).await?;
                }
                anyhow::Ok(caller)
            })
        });
        Writing { tasks: tasks.collect(), over }
    }

    /// Waits until the stream holds the whole log.
    pub async fn until_published(&self) {
        let head = self.head();
        let told = format!("the stream holds #{head}");
        until(&mut self.published(), &told, |p| p.position >= head && p.trouble.is_none()).await;
    }

    /// Waits until both projectors stand at the log's end.
    pub async fn until_projected(&self) {
        let head = self.head();
        for reading in self.readings() {
            until(&mut reading.cursor.clone(), &format!("a projector stands at #{head}"), |at| *at >= head).await;
        }
    }

    /// Everything has come to the log's end, and is what the log itself makes: both projections row by row with their
    /// cursors, and the stream byte by byte. The log bears out what the writers were told.
    ///
    /// # Errors
    /// When anything cannot be read.
    ///
    /// # Panics
    /// When anything differs.
    pub async fn check(&self, nats: &Nats) -> Result<()> {
        self.until_projected().await;
        self.check_projections().await?;
        let bodies = self.log().after(0, usize::MAX >> 1).await?;
        if let Err(faults) = check(&self.records.all(), &bodies, origin(), self.since) {
            panic!("the writers' records do not hold: {faults:#?}");
        }
        let (Some(index), Some(ranking)) = (&self.index, &self.ranking) else { bail!("nothing is projected") };
        let ledger = self.folder.path().join("ledger.db").into();
        let paths = Paths { ledger, index: (&index.path).into(), ranking: (&ranking.path).into() };
        let report = inspector::verify(&paths, origin(), &inspector::Against::default(), |_, _| {}).await?;
        assert!(report.holds(), "{:?}", report.findings);
        self.until_published().await;
        let context = nats.connect("ledger").await.map_err(anyhow::Error::msg)?;
        let stream = nats.settings(&origin(), "ledger").stream();
        same_as_the_log(&context, &stream, &self.log()).await
    }

    /// Both projections are what the log itself makes.
    ///
    /// # Errors
    /// When anything cannot be read.
    ///
    /// # Panics
    /// When anything differs.
    pub async fn check_projections(&self) -> Result<()> {
        let fresh = TempDir::new()?;
        let (Some(index), Some(ranking)) = (&self.index, &self.ranking) else { bail!("nothing is projected") };
        compare::<Index>(&index.path, fresh.path(), &self.log()).await?;
        compare::<Ranking>(&ranking.path, fresh.path(), &self.log()).await
    }

    /// Stops everything, so that nothing is left running behind a test.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for (_, publisher) in self.publishers {
            let _ = publisher.await;
        }
        for reading in self.index.into_iter().chain(self.ranking) {
            let _ = reading.task.await;
        }
        self.open.ledger.stop().await;
        drop(self.folder);
    }
}

async fn project<P: Projection>(
    folder: &Path,
    bus: Bus,
    log: SharedFeed,
    stopped: watch::Receiver<bool>,
) -> Result<Reading> {
    let path = folder.join(format!("{}-{}.db", P::NAME, getrandom::u64()?));
    make::<P>(&path).await?;
    let feed = JetStreamFeed::new(bus, P::NAME, log);
    let following = feed.following();
    let (moved, cursor) = watch::channel(0);
    let task = tokio::spawn(follow::<P>(path.clone().into(), origin(), Arc::new(feed), moved, stopped));
    Ok(Reading { path, cursor, following, task })
}

/// Callers who score in the open round.
pub struct Writers(Vec<Caller>);

impl Writers {
    /// So many, each with a score of its own.
    ///
    /// # Errors
    /// Never for the sample's units.
    pub fn new(open: &OpenLedger, count: usize) -> Result<Self> {
        Ok(Self((0..count).map(|i| Caller::new(i, &open.units)).collect::<Result<_>>()?))
    }
}

/// Writing that goes on.
pub struct Writing {
    tasks: Vec<JoinHandle<Result<Caller>>>,
    over: Arc<AtomicBool>,
}

impl Writing {
    /// Ends it once every event under way is answered.
    ///
    /// # Errors
    /// When one was refused.
    pub async fn end(self) -> Result<Writers> {
        self.over.store(true, Ordering::SeqCst);
        let mut callers = Vec::new();
        for task in self.tasks {
            callers.push(task.await??);
        }
        Ok(Writers(callers))
    }
}

/// Waits until a watched value is as wanted.
///
/// # Panics
/// When it is not in time, saying what it is.
pub async fn until<T: Clone + std::fmt::Debug>(
    watched: &mut watch::Receiver<T>,
    what: &str,
    wanted: impl FnMut(&T) -> bool,
) {
    let came = tokio::time::timeout(Duration::from_secs(WAIT_S), watched.wait_for(wanted)).await;
    let came = came.map(|came| came.is_ok());
    assert_eq!(came, Ok(true), "{what}: {:?}", *watched.borrow());
}

/// A table's name, and its rows in order.
type Rows = Vec<(&'static str, Vec<Vec<Cell>>)>;

async fn rows<P: Projection>(path: &Path) -> Result<(Cursor, Rows)> {
    let db = open_readers(&path.into(), &schema::<P>()).await?;
    let cursor = Snapshot::begin(&db).await?.cursor().clone();
    let mut tables = Vec::new();
    for table in P::TABLES {
        let mut rows = select_cells(db.acquire().await?.at(), table, &[]).await?;
        rows.sort_by_key(|row| format!("{row:?}"));
        tables.push((table.name, rows));
    }
    db.close().await;
    Ok((cursor, tables))
}

async fn compare<P: Projection>(live: &Path, fresh: &Path, log: &Log) -> Result<()> {
    let path = fresh.join(format!("{}.db", P::NAME));
    let mut projector = Projector::<P>::open(&path, origin(), Arc::new(log.clone()), watch::channel(0).0).await?;
    projector.catch_up(|_| {}).await?;
    projector.close().await?;
    let ((live_at, live), (fresh_at, fresh)) = (rows::<P>(live).await?, rows::<P>(&path).await?);
    assert_eq!(live_at, fresh_at, "{}: where it stands", P::NAME);
    assert!(fresh.iter().any(|(_, rows)| !rows.is_empty()), "{} has rows", P::NAME);
    for ((table, live), (_, fresh)) in live.iter().zip(&fresh) {
        assert_eq!(live.len(), fresh.len(), "{}: rows of {table}", P::NAME);
        for (live, fresh) in live.iter().zip(fresh) {
            assert_eq!(live, fresh, "{}: a row of {table}", P::NAME);
        }
    }
    Ok(())
}
