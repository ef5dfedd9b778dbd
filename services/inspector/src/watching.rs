//! Watching: a log is walked as far as its checkpoints go, and each new checkpoint held against what the walk came to. Whatever
//! does not hold is an alarm, and the last thing that is said. What events mean, and projections, are for `verify`.

use std::time::Duration;

use async_trait::async_trait;
use platform::feed::{BATCH_EVENTS_MAX, Feed, FeedError};
use proto::checkpoint::BadCheckpoint;
use proto::note::Note;
use proto::policy::{Believed, Policy};
use proto::tree::TreeHead;
use proto::walk::{Fault, Walk};
use proto::{Hash, Origin};

use crate::finding::{Finding, Place};
use crate::mirror::{Mirror, MirrorError, NotServed, Served};
use crate::source::{Source, SourceError};

/// Why whoever watches raises the alarm.
#[derive(Debug, thiserror::Error)]
pub enum Alarm {
    /// The checkpoint is none, or none of a log that is known.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// It is of another log.
    #[error("watch_other_log: the checkpoint is of the log {0:?}")]
    OtherLog(String),
    /// It counts fewer events than one that was seen before.
    #[error("watch_went_back: the checkpoint counts {now} events, one before it counted {before}")]
    WentBack {
        /// What it counts.
        now: u64,
        /// What was seen.
        before: u64,
    },
    /// It has the size of one that was seen before, and another root.
    #[error("watch_two_roots: two checkpoints of {0} events have two roots")]
    TwoRoots(u64),
    /// The log is not that of the checkpoint.
    #[error("watch_root_differs: position {0}: the log's root up to here is not the checkpoint's")]
    RootDiffers(u64),
    /// The log has fewer events than the checkpoint counts.
    #[error("watch_log_short: the log has {log} events, the checkpoint counts {signed}")]
    Short {
        /// Events in the log.
        log: u64,
        /// Events under the checkpoint.
        signed: u64,
    },
    /// What was walked before is there no more, or is another event.
    #[error("watch_log_changed: position {0}: the event is not the one that was there before")]
    Changed(u64),
    /// An event does not hold.
    #[error("watch_broken: {0}")]
    Broken(Finding),
    /// Witnesses are missing.
    #[error("watch_quorum: too few witnesses have cosigned the checkpoint of {0} events")]
    Quorum(u64),
    /// Nothing new was signed for too long, while the log went on or its witnesses' cosignatures grew old.
    #[error("watch_stale: for {seconds} seconds nothing beyond {size} events was signed, and {what}")]
    Stale {
        /// How long.
        seconds: u64,
        /// Where signing stands.
        size: u64,
        /// What shows that it should have gone on.
        what: &'static str,
    },
    /// A log that is served gives no answer, or not what its checkpoint is over. Whoever watches may bear it for a while.
    #[error("watch_away: {0}")]
    Away(NotServed),
    /// What it gives cannot be kept, or what was kept is damaged.
    #[error(transparent)]
    Mirror(MirrorError),
    /// The log cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The log cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
}

impl From<MirrorError> for Alarm {
    fn from(error: MirrorError) -> Self {
        match error {
            MirrorError::NotServed(away) => Self::Away(away),
            MirrorError::Checkpoint(bad) => Self::Checkpoint(bad),
            MirrorError::OtherLog(origin) => Self::OtherLog(origin),
            MirrorError::WentBack { now, before } => Self::WentBack { now, before },
            MirrorError::TwoRoots(size) => Self::TwoRoots(size),
            MirrorError::Changed(position) => Self::Changed(position),
            MirrorError::RootDiffers(size) => Self::RootDiffers(size),
            error => Self::Mirror(error),
        }
    }
}

/// Where a log is watched.
#[async_trait]
pub trait Watched: Send + Sync {
    /// Its events.
    fn feed(&self) -> &dyn Feed;

    /// How many events there are, where those under a checkpoint are to be had if they ever are.
    ///
    /// # Errors
    /// [`Alarm`] where what is there is not the log of the checkpoint.
    async fn reach(&self, signed: &Note) -> Result<u64, Alarm>;
}

#[async_trait]
impl Watched for Source {
    fn feed(&self) -> &dyn Feed {
        self
    }

    async fn reach(&self, _: &Note) -> Result<u64, Alarm> {
        let head = Self::head(self).await.map_err(SourceError::Engine)?;
        Ok(head.map_or(0, |head| u64::try_from(head.position).unwrap_or(0)))
    }
}

/// A log that is only served, and the mirror into which it is taken on the way.
#[derive(Debug)]
pub struct Mirrored {
    /// What is kept of it.
    pub mirror: Mirror,
    /// Where it is served.
    pub served: Served,
}

#[async_trait]
impl Watched for Mirrored {
    fn feed(&self) -> &dyn Feed {
        &self.mirror
    }

    async fn reach(&self, signed: &Note) -> Result<u64, Alarm> {
        let size = self.mirror.come_to(signed, &self.served).await?.checkpoint.head.size;
        // It is a word and no more: of a log that says nothing of its end, cosignatures alone grow old.
        Ok(self.served.size().await.unwrap_or(size).max(size))
    }
}

/// What one look saw, where everything holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The checkpoint up to which the log holds.
    pub signed: TreeHead,
    /// Events behind it, under no checkpoint yet.
    pub window: u64,
    /// Whether the checkpoint is another one than at the last look.
    pub is_new: bool,
}

/// What time it is for whoever watches.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Seconds since 1970: what cosignatures are held against.
    pub unix: u64,
    /// Since watching began, by a clock that nobody sets.
    pub running: Duration,
}

/// A log that is being watched.
pub struct Watching {
    log: Box<dyn Watched>,
    policy: Policy,
    /// After how long without a new checkpoint it is too long.
    stale: Duration,
    origin: Origin,
    walk: Walk,
    /// The last checkpoint, and since when it is that.
    seen: Option<(TreeHead, Duration)>,
    /// When everything held last.
    held: Duration,
}

impl Watching {
    /// Before the first event.
    #[must_use]
    pub fn new(log: impl Watched + 'static, origin: Origin, policy: Policy, stale: Duration) -> Self {
        let (log, walk) = (Box::new(log), Walk::new(origin.clone()));
        Self { log, policy, stale, walk, origin, seen: None, held: Duration::ZERO }
    }

    /// Whether a log that is away may be so for a while still.
    #[must_use]
    pub fn bears(&self, now: Now) -> bool {
        now.running.saturating_sub(self.held) <= self.stale
    }

    /// Looks at the checkpoint that is served now, and at the log up to there.
    ///
    /// # Errors
    /// [`Alarm`] with the first thing that does not hold; there is no use in looking on.
    pub async fn look(&mut self, checkpoint: &[u8], now: Now) -> Result<Look, Alarm> {
        let note = Note::parse(checkpoint).map_err(BadCheckpoint::from)?;
        let believed = self.policy.open(&note)?;
        let signed = believed.checkpoint.head;
        if believed.checkpoint.origin != self.origin.as_str() {
            return Err(Alarm::OtherLog(believed.checkpoint.origin));
        }
        match self.seen {
            Some((before, _)) if signed.size < before.size => {
                return Err(Alarm::WentBack { now: signed.size, before: before.size });
            }
            Some((before, _)) if signed.size == before.size && signed.root != before.root => {
                return Err(Alarm::TwoRoots(signed.size));
            }
            _ => {}
        }
        let log = self.log.reach(&note).await?;
        self.is_still_there(log, signed.size).await?;
        if log < signed.size {
            return Err(Alarm::Short { log, signed: signed.size });
        }
        self.walk_to(signed.size).await?;
        if self.walk.root() != signed.root {
            return Err(Alarm::RootDiffers(signed.size));
        }
        let is_new = self.seen.is_none_or(|(before, _)| before != signed);
        if is_new {
            self.seen = Some((signed, now.running));
        }
        let window = log - signed.size;
        self.is_fresh(&believed, window, now)?;
        self.held = now.running;
        Ok(Look { signed, window, is_new })
    }

    /// Whether what was walked last is still there.
    async fn is_still_there(&self, log: u64, signed: u64) -> Result<(), Alarm> {
        let position = self.walk.position();
        let Some(before) = position.checked_sub(1) else { return Ok(()) };
        let last = self.log.feed().after(before, 1).await?;
        match last.first() {
            None => Err(Alarm::Short { log, signed }),
            Some(body) if Some(Hash::entry(body)) != self.walk.hash() => Err(Alarm::Changed(position)),
            Some(_) => Ok(()),
        }
    }

    async fn walk_to(&mut self, size: u64) -> Result<(), Alarm> {
        while self.walk.position() < size {
            let position = self.walk.position();
            let wanted = usize::try_from(size - position).map_or(BATCH_EVENTS_MAX, |left| left.min(BATCH_EVENTS_MAX));
            let bodies = self.log.feed().after(position, wanted).await?;
            if bodies.is_empty() {
                return Err(Alarm::Short { log: position, signed: size });
            }
            for body in bodies {
                let broken = |fault: Fault| Finding::new(Place::Position(fault.position), fault.broken.to_string());
                self.walk.step(&body).map_err(|fault| Alarm::Broken(broken(fault)))?;
            }
        }
        Ok(())
    }

    /// Whether enough witnesses have cosigned, and all of it not too long ago.
    fn is_fresh(&self, believed: &Believed, window: u64, now: Now) -> Result<(), Alarm> {
        let size = believed.checkpoint.head.size;
        if !believed.quorum_met {
            return Err(Alarm::Quorum(size));
        }
        let stale = |seconds, what| Err(Alarm::Stale { seconds, size, what });
        let unchanged = self.seen.map_or(Duration::ZERO, |(_, since)| now.running.saturating_sub(since));
        if window > 0 && unchanged > self.stale {
            return stale(unchanged.as_secs(), "the log went on");
        }
        let newest = believed.cosigned_by.iter().map(|(_, time)| *time).max();
        let old = newest.map_or(0, |newest| now.unix.saturating_sub(newest));
        if old > self.stale.as_secs() {
            return stale(old, "the newest cosignature is as old");
        }
        Ok(())
    }
}
