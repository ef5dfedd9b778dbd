//! Bounds of events' times by second parties: what a cosigned checkpoint covers was made before its cosignatures, and what stands
//! at an anchor that holds one, or behind it, after them. It believes no witness that the policy does not name, and no clock.

use platform::feed::{Feed, FeedError};
use proto::act::log::{Anchor, ClockKind};
use proto::checkpoint::Checkpoint;
use proto::event::DecodeError;
use proto::fold::Streams;
use proto::policy::{Believed, Policy};
use proto::tree::TreeHead;
use proto::walk::Walk;
use proto::{Event, Fact, Instant, Origin};

use crate::against::Against;
use crate::finding::{Finding, Place};
use crate::source::Source;
use crate::verify::VerifyError;
use crate::walking::walk_log;

/// How far an event's time may lie outside its bounds before that is a finding, in seconds: as far as a cosignature's time may lie
/// from the signer's clock.
pub const TIME_TOLERANCE_S: u64 = 300;

/// What is covered was made before.
#[derive(Debug, Clone)]
struct Upper {
    /// What it is called in what is told.
    name: String,
    head: TreeHead,
    by: Instant,
    /// Whether the walk came to its root.
    borne_out: bool,
}

/// What stands here or behind was made after.
#[derive(Debug, Clone, Copy)]
struct Lower {
    position: u64,
    since: Instant,
}

/// Events one behind the other whose times lie outside.
#[derive(Debug)]
struct Outside {
    first: u64,
    last: u64,
    at: Instant,
    /// The bound: the place of the upper one, or the lower one itself.
    bound: Result<usize, Lower>,
}

/// Between which moments an event was made, as witnesses say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Between {
    /// Not before this one.
    pub since: Option<Instant>,
    /// By this one.
    pub by: Option<Instant>,
}

/// The bounds of a log's events.
#[derive(Debug, Default)]
pub struct Bounds {
    /// By their sizes, the smallest first.
    upper: Vec<Upper>,
    /// The place of the earliest one that covers as much as each or more.
    earliest: Vec<usize>,
    /// By their positions; each later than the one before.
    lower: Vec<Lower>,
    outside: Vec<Outside>,
    notes: Vec<String>,
}

impl Bounds {
    /// Reads what bounds there are: in the log's anchors, and in the checkpoints that it is held against. None where nobody was
    /// named whose cosignatures are believed.
    ///
    /// # Errors
    /// [`FeedError`].
    pub async fn begin(log: &impl Feed, against: &Against) -> Result<Self, FeedError> {
        if against.believed.is_none() {
            return Ok(Self::default());
        }
        let bodies = log.streams(&Streams::Log, u64::MAX).await?;
        // A body that is no event is found where the walk comes to it.
        let events: Vec<Event> = bodies.iter().filter_map(|body| Event::decode(body).ok()).collect();
        Ok(Self::among(&events, against))
    }

    /// The same among the events of the log's own stream.
    #[must_use]
    pub fn among(log: &[Event], against: &Against) -> Self {
        let mut bounds = Self::default();
        let Some(policy) = &against.believed else { return bounds };
        for Event { envelope, fact } in log {
            match fact {
                Fact::LogCreated(genesis) if genesis.clock == ClockKind::Scripted => {
                    bounds.notes.push("the log's clock is a script's: witnesses bound no time in it".to_owned());
                    return bounds;
                }
                Fact::Anchored(Anchor { checkpoint: Some(checkpoint), .. }) => {
                    bounds.anchored(envelope.position, checkpoint, policy);
                }
                _ => {}
            }
        }
        for kept in &against.heads {
            if let Some(signed) = &kept.signed {
                bounds.covered(kept.name.clone(), signed);
            }
        }
        bounds.upper.sort_by_key(|upper| upper.head.size);
        bounds.lower.sort_by_key(|lower| lower.position);
        // An anchor with older cosignatures than one before it bounds nothing anew.
        let mut latest = None;
        bounds.lower.retain(|lower| latest.replace(lower.since.max(latest.unwrap_or(lower.since))) < Some(lower.since));
        bounds.earliest = (0..bounds.upper.len()).collect();
        for place in (1..bounds.upper.len()).rev() {
            let behind = bounds.earliest[place];
            if bounds.upper[behind].by < bounds.upper[place - 1].by {
                bounds.earliest[place - 1] = behind;
            }
        }
        bounds
    }

    fn anchored(&mut self, position: u64, checkpoint: &str, policy: &Policy) {
        let opened = Checkpoint::on_record(checkpoint).and_then(|(note, _)| policy.open(&note));
        match opened {
            Ok(believed) => match believed.not_before().and_then(instant) {
                Some(since) => {
                    self.lower.push(Lower { position, since });
                    self.covered(format!("the checkpoint in the anchor at {position}"), &believed);
                }
                None => self.notes.push(format!(
                    "the anchor at {position} bounds no time: too few of the witnesses that were named cosigned its checkpoint"
                )),
            },
            Err(error) => self.notes.push(format!("the anchor at {position} bounds no time: {error}")),
        }
    }

    fn covered(&mut self, name: String, believed: &Believed) {
        if let Some(by) = believed.no_later_than().and_then(instant) {
            self.upper.push(Upper { name, head: believed.checkpoint.head, by, borne_out: false });
        }
    }

    /// Takes the next event, which the walk stands behind, and its time.
    pub fn step(&mut self, walk: &Walk, at: Instant) {
        let position = walk.position();
        if let Some(lower) = self.lower_at(position)
            && at.plus_micros(micros(TIME_TOLERANCE_S)) < lower.since
        {
            self.lies_outside(position, at, Err(lower));
        }
        if let Some(place) = self.upper_at(position)
            && self.upper[place].by.plus_micros(micros(TIME_TOLERANCE_S)) < at
        {
            self.lies_outside(position, at, Ok(place));
        }
        self.pass(walk);
    }

    /// Takes where the walk stands behind an event whose time is not known.
    pub fn pass(&mut self, walk: &Walk) {
        let position = walk.position();
        let first = self.upper.partition_point(|upper| upper.head.size < position);
        for upper in self.upper[first..].iter_mut().take_while(|upper| upper.head.size == position) {
            upper.borne_out = upper.head.root == walk.root();
        }
    }

    /// The latest of the anchors' times up to a position.
    fn lower_at(&self, position: u64) -> Option<Lower> {
        let upto = self.lower.partition_point(|lower| lower.position <= position);
        self.lower[..upto].last().copied()
    }

    /// The earliest of what covers a position.
    fn upper_at(&self, position: u64) -> Option<usize> {
        let first = self.upper.partition_point(|upper| upper.head.size < position);
        self.earliest.get(first).copied()
    }

    fn lies_outside(&mut self, position: u64, at: Instant, bound: Result<usize, Lower>) {
        let same = |run: &&mut Outside| run.last + 1 == position && run.bound.is_ok() == bound.is_ok();
        match self.outside.iter_mut().rev().take(2).find(same) {
            Some(run) => run.last = position,
            None => self.outside.push(Outside { first: position, last: position, at, bound }),
        }
    }

    /// What lies outside, each run of events named at its first one. A bound that the log does not bear out says nothing.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.outside.iter().filter_map(|run| self.told(run)).collect()
    }

    fn told(&self, run: &Outside) -> Option<Finding> {
        let at = run.at;
        let what = match run.bound {
            Ok(place) => {
                let Upper { name, by, borne_out, .. } = &self.upper[place];
                let told = format!("its time is {at}, but witnesses had seen it by {by}, under {name}");
                borne_out.then_some(told)?
            }
            Err(Lower { position, since }) => {
                format!(
                    "its time is {at}, but it was made after {since}: the anchor at {position} holds cosignatures from then"
                )
            }
        };
        let more = match run.last - run.first {
            0 => String::new(),
            more => format!("; the same holds of the next {more}"),
        };
        Some(Finding::new(Place::Position(run.first), what + &more))
    }

    /// The same, once a walk of the whole log has borne them out, as far as it holds.
    ///
    /// # Errors
    /// [`VerifyError`] where the log cannot be read.
    pub async fn walked(source: &Source, origin: Origin, against: &Against) -> Result<Self, VerifyError> {
        let mut bounds = Self::begin(source, against).await.map_err(VerifyError::Feed)?;
        let step = async |walk: &Walk, body: &[u8]| {
            let finding = |e: DecodeError| Finding::new(Place::Position(walk.position()), e.to_string());
            bounds.step(walk, Event::decode(body).map_err(finding)?.envelope.at);
            Ok(())
        };
        let (_, broken) = walk_log(source, origin, step).await?;
        // What lies behind an event that does not hold bounds nothing.
        if let Some(Finding { place: Place::Position(position), .. }) = broken {
            bounds.lower.retain(|lower| lower.position < position);
        }
        Ok(bounds)
    }

    /// Between which moments an event was made.
    #[must_use]
    pub fn of(&self, position: u64) -> Between {
        let covering = self.upper.iter().filter(|upper| upper.borne_out && upper.head.size >= position);
        Between { since: self.lower_at(position).map(|lower| lower.since), by: covering.map(|upper| upper.by).min() }
    }

    /// Up to where events are bounded from above, and from where on from below.
    #[must_use]
    pub fn reach(&self) -> (Option<u64>, Option<u64>) {
        let covered = self.upper.iter().rfind(|upper| upper.borne_out).map(|upper| upper.head.size);
        (covered, self.lower.first().map(|lower| lower.position))
    }

    /// Anchors whose checkpoints bound nothing, and why.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn micros(seconds: u64) -> i64 {
    i64::try_from(seconds * 1_000_000).expect("a tolerance is small")
}

/// A cosignature's time; one beyond all calendars bounds nothing.
fn instant(seconds: u64) -> Option<Instant> {
    Instant::from_micros(i64::try_from(seconds).ok()?.checked_mul(1_000_000)?)
}
