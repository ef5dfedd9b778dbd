//! A log that is written, published and projected over real NATS servers, for tests that meddle with what lies between.
//! What it compares with is always made from the log itself, by the ordinary projector and without the bus.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use async_nats::jetstream::Context;
use index::Index;
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

/// How long anything that is waited for may take, in seconds.
const WAIT_S: u64 = 60;

/// A number that a test draws, from a seed that is printed.
pub struct Seed(u64);

impl Seed {
    /// The seed in PARINDEX_SEED, or a fresh one.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn drawn() -> Self {
        let given = std::env::var("PARINDEX_SEED").ok().map(|s| s.parse().expect("PARINDEX_SEED is a number"));
        let seed = given.unwrap_or_else(|| getrandom::u64().expect("random bytes") >> 32);
        eprintln!("PARINDEX_SEED={seed}");
        Self(seed)
    }

    /// The next number, from `least` on and below `below`.
    pub fn next(&mut self, least: u64, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        least + (z ^ (z >> 31)) % (below - least)
    }
}

/// A projector that follows the log.
pub struct Following1 {
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
    /// How far the publisher is.
    pub published: watch::Receiver<Published>,
    /// Both projectors, index first.
    pub projectors: [Following1; 2],
    folder: TempDir,
    stop: watch::Sender<bool>,
    publisher: JoinHandle<()>,
}

impl World {
    /// Begins a log, publishes it, and follows it with both projectors.
    ///
    /// # Errors
    /// When the ledger cannot be opened.
    pub async fn begin(nats: &Nats) -> Result<Self> {
        let folder = TempDir::new()?;
        let open = begin(folder.path()).await?;
        let (stop, stopped) = watch::channel(false);
        let log = Arc::new(open.ledger.log());
        let (publisher, published) = Publisher::new(nats.bus(&origin(), "ledger"), log.clone());
        let publisher = tokio::spawn(publisher.run(stopped.clone()));
        let index = project::<Index>(folder.path(), nats, log.clone(), stopped.clone()).await?;
        let ranking = project::<Ranking>(folder.path(), nats, log, stopped).await?;
        Ok(Self { open, published, projectors: [index, ranking], folder, stop, publisher })
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> Log {
        self.open.ledger.log()
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
            let door = self.open.ledger.door();
            tasks.push(tokio::spawn(async move {
                for _ in 0..each {
                    caller.score(&door).await?;
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
            let (door, over) = (self.open.ledger.door(), Arc::clone(&over));
            tokio::spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    caller.score(&door).await?;
                }
                anyhow::Ok(caller)
            })
        });
        Writing { tasks: tasks.collect(), over }
    }

    /// Waits until the stream holds the whole log.
    pub async fn until_published(&mut self) {
        let (head, told) = (self.head(), format!("the stream holds #{}", self.head()));
        until(&mut self.published, &told, |p| p.position >= head && p.trouble.is_none()).await;
    }

    /// Waits until both projectors stand at the log's end.
    pub async fn until_projected(&mut self) {
        let head = self.head();
        for projector in &mut self.projectors {
            until(&mut projector.cursor, &format!("a projector stands at #{head}"), |at| *at >= head).await;
        }
    }

    /// Everything has come to the log's end, and is what the log itself makes: both projections row by row with their
    /// cursors, and the stream byte by byte.
    ///
    /// # Errors
    /// When anything cannot be read.
    ///
    /// # Panics
    /// When anything differs.
    pub async fn check(&mut self, nats: &Nats) -> Result<()> {
        self.until_projected().await;
        self.check_projections().await?;
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
        let [index, ranking] = &self.projectors;
        compare::<Index>(&index.path, fresh.path(), &self.log()).await?;
        compare::<Ranking>(&ranking.path, fresh.path(), &self.log()).await
    }

    /// Stops everything, so that nothing is left running behind a test.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.publisher.await;
        for projector in self.projectors {
            let _ = projector.task.await;
        }
        self.open.ledger.stop().await;
        drop(self.folder);
    }
}

async fn project<P: Projection>(
    folder: &Path,
    nats: &Nats,
    log: SharedFeed,
    stopped: watch::Receiver<bool>,
) -> Result<Following1> {
    let path = folder.join(format!("{}.db", P::NAME));
    make::<P>(&path).await?;
    let feed = JetStreamFeed::new(nats.bus(&origin(), P::NAME), P::NAME, log);
    let following = feed.following();
    let (moved, cursor) = watch::channel(0);
    let task = tokio::spawn(follow::<P>(path.clone().into(), origin(), Arc::new(feed), moved, stopped));
    Ok(Following1 { path, cursor, following, task })
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

/// A stream holds the log, byte by byte, each event at the sequence that is its position.
///
/// # Errors
/// When either cannot be read.
///
/// # Panics
/// When they differ.
pub async fn same_as_the_log(context: &Context, stream: &str, log: &Log) -> Result<()> {
    let bodies = log.after(0, usize::MAX >> 1).await?;
    let sent = messages(context, stream, bodies.len()).await?;
    assert_eq!(sent.len(), bodies.len(), "messages in the stream");
    for (position, (sent, kept)) in (1..).zip(sent.iter().zip(&bodies)) {
        assert_eq!(sent.0, position, "sequence");
        assert!(sent.1 == *kept, "#{position} is other bytes on the bus");
    }
    Ok(())
}

/// The messages of a stream with their sequences, read by a consumer of the test's own.
async fn messages(context: &Context, stream: &str, count: usize) -> Result<Vec<(u64, Vec<u8>)>> {
    use async_nats::jetstream::consumer::{AckPolicy, pull};
    use futures::StreamExt;
    let config = pull::Config {
        name: Some("test".to_owned()),
        ack_policy: AckPolicy::None,
        inactive_threshold: Duration::from_secs(60),
        ..pull::Config::default()
    };
    let _ = context.delete_consumer_from_stream("test", stream).await;
    let consumer = context.create_consumer_on_stream(config, stream).await?;
    let pending = usize::try_from(consumer.cached_info().num_pending)?;
    assert_eq!(pending, count, "messages in the stream");
    let mut messages = consumer.messages().await?.take(count);
    let mut found = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message?;
        let sequence = message.info().map_err(anyhow::Error::msg)?.stream_sequence;
        found.push((sequence, message.payload.to_vec()));
    }
    Ok(found)
}

/// The bus as a user of its own, for tests that go past the publisher.
#[must_use]
pub fn bus(nats: &Nats, user: &str) -> Bus {
    nats.bus(&origin(), user)
}
