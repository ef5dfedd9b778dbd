//! The walk on several cores: stretches of the log are walked at once, each by its own connection, and joined in order.
//! What does not fit is never told by it: from there on the ordinary walk goes, and says what is wrong.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::{StreamExt, stream};
use proto::tail::Front;
use proto::tree::{CompactRange, Subtree};
use proto::walk::{Stretch, Walk};
use proto::{Hash, Instant, Origin};
use tokio::task::{JoinError, JoinHandle};

use crate::against::Comparing;
use crate::commands::Commands;
use crate::finding::Finding;
use crate::source::{Source, SourceError};
use crate::walking::{Stopped, Walking, take};

/// The most connections that read stretches at once, so that others are left of those that a reader may have.
const READING_MAX: usize = 3;

/// On how many cores a log is walked, and how large the stretches are.
#[derive(Debug, Clone, Copy)]
pub struct Wide {
    /// Cores.
    pub cores: usize,
    /// The height of a stretch's subtree.
    pub level: u8,
}

impl Wide {
    /// On some cores, in stretches of 65,536 events.
    #[must_use]
    pub fn on(cores: usize) -> Self {
        Self { cores, level: 16 }
    }

    /// How many stretches are walked at once: beyond one core one more than there are, since each waits now and then for the
    /// engine that reads its rows.
    fn at_once(self) -> usize {
        if self.cores > 1 { READING_MAX.min(self.cores + 1) } else { 1 }
    }

    /// How many stretches a log of this size has.
    pub(crate) fn stretches(self, size: u64) -> u64 {
        size.div_ceil(1 << self.level)
    }
}

/// Which part of a log a stretch is, and what is to be kept of it.
#[derive(Clone)]
struct Task {
    source: Source,
    origin: Origin,
    of: Subtree,
    /// The sizes at which the tree is wanted, of which some may lie in it.
    sizes: Vec<u64>,
    /// Whether every event's hash is.
    entries: bool,
    /// None yet.
    commands: Commands,
}

/// A stretch that fits in itself.
struct Walked {
    stretch: Stretch,
    /// What the stretch's own tree comes to at the sizes, and the time of the last event under them.
    reached: Vec<(CompactRange, Instant)>,
    entries: Vec<Hash>,
    commands: Commands,
}

/// Walks the log from its first row, as [`crate::walk_log`] does, on some cores; the commands that it went over are taken.
///
/// # Errors
/// When the database fails.
pub async fn walk_wide(
    source: &Source,
    origin: Origin,
    wide: Wide,
    (comparing, commands): (&mut Comparing<'_>, &mut Commands),
    mut progress: impl FnMut(u64),
) -> Result<(Walk, Option<Finding>), SourceError> {
    let size = source.size().await?;
    let (sizes, entries, none) = (comparing.sizes(), comparing.wants_entries(), commands.elsewhere());
    let task = |index| {
        let of = Subtree { level: wide.level, index };
        let (source, origin, sizes, commands) = (source.clone(), origin.clone(), sizes.clone(), none.clone());
        Task { source, origin, of, sizes, entries, commands }
    };
    let mut walk = Walk::new(origin.clone());
    let begun = (0..wide.stretches(size)).map(|index| Begun(tokio::spawn(task(index).walk())));
    let mut walked = stream::iter(begun).buffered(wide.at_once());
    while let Some(one) = walked.next().await {
        // A task that panicked has not walked its stretch, and neither has one that found something.
        let Some(of) = one.ok().transpose()?.flatten() else { break };
        let Walked { stretch, reached, entries, commands: gone_over } = of;
        let (before, is_full) = (walk.range().clone(), stretch.is_full());
        if walk.join(stretch).is_err() {
            break;
        }
        for (own, at) in reached {
            let mut range = before.clone();
            range.join(&own);
            comparing.reached(range.head(), at);
        }
        entries.into_iter().for_each(|hash| comparing.entry(hash));
        commands.join(gone_over);
        progress(walk.position());
        // The log ends here, or an event is missing: nothing behind it can be joined, however far somebody has put a row.
        if !is_full {
            break;
        }
    }
    drop(walked);
    rest(source, walk, (comparing, commands), progress).await
}

/// A stretch that is being walked; it ends with this.
struct Begun(JoinHandle<Result<Option<Walked>, SourceError>>);

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Future for Begun {
    type Output = Result<Result<Option<Walked>, SourceError>, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// The ordinary walk, over what did not fit or came since.
async fn rest(
    source: &Source,
    walk: Walk,
    (comparing, commands): (&mut Comparing<'_>, &mut Commands),
    mut progress: impl FnMut(u64),
) -> Result<(Walk, Option<Finding>), SourceError> {
    let mut walking = Walking::on(source, walk).await?;
    loop {
        match walking.next().await {
            Ok(Some(row)) => {
                comparing.step(walking.walk(), time(row.body().unwrap_or_default()).unwrap_or_default());
                commands.take(row.command());
                progress(walking.walk().position());
            }
            Ok(None) => return Ok((walking.walk().clone(), None)),
            Err(Stopped::Broken(finding)) => return Ok((walking.walk().clone(), Some(finding))),
            Err(Stopped::Unread(error)) => return Err(error),
        }
    }
}

impl Task {
    /// Walks it; nothing if something in it does not fit.
    async fn walk(self) -> Result<Option<Walked>, SourceError> {
        let Self { source, origin, of, sizes, entries, commands } = self;
        let (first, last) = (of.index << of.level, (of.index + 1) << of.level);
        let stretch = Stretch::new(origin, of);
        let mut walked = Walked { stretch, reached: Vec::new(), entries: Vec::new(), commands };
        let mut rows = source.rows(first, Some(last)).await?;
        while let Some(stored) = rows.next().await? {
            let stretch = &mut walked.stretch;
            if stretch.is_full() {
                return Ok(None);
            }
            let Ok(hash) = take(&stored, stretch.position() + 1, |body| stretch.step_read(body)) else {
                return Ok(None);
            };
            if sizes.binary_search(&stretch.position()).is_ok() {
                let Some(at) = stored.body().and_then(time) else { return Ok(None) };
                walked.reached.push((stretch.range().clone(), at));
            }
            walked.commands.take(stored.command());
            if entries {
                walked.entries.push(hash);
            }
        }
        Ok(Some(walked))
    }
}

/// The time of an event, by the front of its body.
fn time(body: &[u8]) -> Option<Instant> {
    Instant::parse(std::str::from_utf8(Front::read(body)?.at).ok()?).ok()
}
