//! The reader: what the stream has after a position, in batches, checked against the log.
//! It gives a batch whole or not at all, and leaves a stream alone for a while in which something did not fit.

use std::collections::VecDeque;
use std::time::Duration;

use proto::Hash;
use proto::tail::Tail;
use tokio::time::{Instant, timeout_at};

use super::bus::Bus;
use super::guard::Signals;
use super::pump::{Pump, Said};
use crate::feed::{Feed, FeedError};

/// How long the stream may take to open, in milliseconds.
const OPEN_MS: u64 = 2_000;
/// How long to wait for messages that the stream has, in milliseconds, before what has come is taken.
const COLLECT_MS: u64 = 250;
/// How long the stream is left alone after something in it did not fit, in milliseconds: doubled each time, up to a limit.
const DISTRUST_MS: u64 = 1_000;
const DISTRUST_MS_MAX: u64 = 60_000;
/// Messages that are passed over rather than asked for anew from further on.
const PASS_OVER_MAX: u64 = 4_096;

/// Why the stream gives nothing.
#[derive(Debug)]
pub(super) enum Nothing {
    /// It cannot be read now, or is left alone.
    Away(String),
    /// It holds what is not the log's.
    Wrong(String),
    /// The log could not be asked.
    Log(FeedError),
}

/// Where a feed stands in the stream.
pub(super) struct Reader {
    bus: Bus,
    consumer: String,
    signals: Signals,
    pump: Option<Pump>,
    /// What came from the pump and was more than was asked for.
    left: VecDeque<Vec<u8>>,
    /// The position of the message that comes next: of the first that was left, or from the pump.
    next: u64,
    /// How many messages the stream has to give; none while it is not open.
    pending: Option<u64>,
    /// Why the stream is not open, where it was tried.
    lost: Option<String>,
    distrusted_until: Option<Instant>,
    distrust: Duration,
}

impl Reader {
    /// A reader that has not begun.
    pub fn new(bus: Bus, consumer: String, signals: Signals) -> Self {
        let distrust = Duration::from_millis(DISTRUST_MS);
        Self {
            bus,
            consumer,
            signals,
            pump: None,
            left: VecDeque::new(),
            next: 1,
            pending: None,
            lost: None,
            distrusted_until: None,
            distrust,
        }
    }

    /// What the stream has after a position, `limit` at the most; nothing if it ends there.
    pub async fn after(&mut self, position: u64, limit: usize, log: &dyn Feed) -> Result<Vec<Vec<u8>>, Nothing> {
        let first = self.bus.settings().first;
        if position + 1 < first {
            return Err(Nothing::Away(format!("the stream begins at #{first}")));
        }
        if self.distrusted_until.is_some_and(|until| Instant::now() < until) {
            return Err(Nothing::Away("the stream is left alone for a while".to_owned()));
        }
        self.seek(position);
        let came = match self.collect(position, limit).await {
            Ok(came) => bear_out(position, came, log).await,
            Err(why) => Err(Nothing::Wrong(why)),
        };
        match came {
            Ok(came) if came.is_empty() => match &self.lost {
                Some(why) => Err(Nothing::Away(why.clone())),
                None => Ok(came),
            },
            Ok(came) => {
                self.distrust = Duration::from_millis(DISTRUST_MS);
                Ok(came)
            }
            Err(Nothing::Wrong(why)) => {
                tracing::error!(consumer = self.consumer, position, why, "feed.stream_refused");
                self.pump = None;
                self.signals.is_open(false);
                self.distrusted_until = Some(Instant::now() + self.distrust);
                self.distrust = (self.distrust * 2).min(Duration::from_millis(DISTRUST_MS_MAX));
                Err(Nothing::Wrong(why))
            }
            Err(other) => Err(other),
        }
    }

    /// Sees to it that the pump brings what comes after a position. One that is a little behind goes on: so a stream that
    /// cannot be read is waited for once, and not at every batch that is read from the log meanwhile.
    fn seek(&mut self, position: u64) {
        let behind = (position + 1).checked_sub(self.next);
        let near = behind.is_some_and(|n| n <= PASS_OVER_MAX || self.lost.is_some());
        if self.pump.is_some() && near {
            return;
        }
        let (bus, consumer) = (self.bus.clone(), self.consumer.clone());
        self.pump = None;
        self.signals.is_open(false);
        self.pump = Some(Pump::start(bus, consumer, position + 1, self.signals.clone()));
        self.left.clear();
        (self.next, self.pending, self.lost, self.distrusted_until) = (position + 1, None, None, None);
    }

    /// Takes what has come after a position, up to a limit, and waits a little for what the stream has more.
    async fn collect(&mut self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, String> {
        let Some(pump) = &mut self.pump else { return Ok(Vec::new()) };
        let opening = self.pending.is_none() && self.lost.is_none();
        let mut until = Instant::now() + Duration::from_millis(if opening { OPEN_MS } else { COLLECT_MS });
        let mut came = Vec::new();
        loop {
            while came.len() < limit
                && let Some(body) = self.left.pop_front()
            {
                if self.next > position {
                    came.push(body);
                }
                self.next += 1;
            }
            if came.len() == limit {
                break;
            }
            let said = match pump.said.try_recv() {
                Ok(said) => said,
                Err(_) if self.pending == Some(0) || self.lost.is_some() => break,
                Err(_) => match timeout_at(until, pump.said.recv()).await {
                    Ok(Some(said)) => said,
                    Ok(None) | Err(_) => {
                        if self.pending.is_none() {
                            self.lost = Some("the stream does not open".to_owned());
                        }
                        break;
                    }
                },
            };
            match said {
                Said::Open(pending) => (self.pending, self.lost) = (Some(pending), None),
                Said::Next { bodies, pending } => {
                    self.left.extend(bodies);
                    (self.pending, self.lost) = (Some(pending), None);
                }
                Said::Gap { has } => return Err(format!("it has #{has} where #{} must stand", self.next)),
                Said::Lost(why) => (self.pending, self.lost) = (None, Some(why)),
            }
            until = until.max(Instant::now() + Duration::from_millis(COLLECT_MS));
        }
        Ok(came)
    }
}

/// What came after a position, if the log bears it out.
async fn bear_out(position: u64, came: Vec<Vec<u8>>, log: &dyn Feed) -> Result<Vec<Vec<u8>>, Nothing> {
    let Some(last) = came.last() else { return Ok(came) };
    let mut before: Option<Hash> = None;
    for (at, body) in (position + 1..).zip(&came) {
        let tail = Tail::read(body).ok_or_else(|| Nothing::Wrong(format!("#{at} has no envelope")))?;
        if tail.position != at {
            return Err(Nothing::Wrong(format!("#{at} says that it is #{}", tail.position)));
        }
        if before.is_some_and(|hash| tail.prev != hash.hex()) {
            return Err(Nothing::Wrong(format!("#{at} does not hold the hash of the one before")));
        }
        before = Some(Hash::entry(body));
    }
    let end = position + came.len() as u64;
    let kept = log.after(end - 1, 1).await.map_err(Nothing::Log)?;
    match kept.first() {
        Some(kept) if kept == last => Ok(came),
        Some(_) => Err(Nothing::Wrong(format!("#{end} is not the log's"))),
        None => Err(Nothing::Wrong(format!("the log has no #{end}"))),
    }
}
