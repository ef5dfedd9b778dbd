//! The publisher: fills the stream from the log, from the last position that the stream has. The log is the outbox.
//! It never holds the writer up: where NATS is away it waits, and goes on from where the stream then stands.
//!
//! Every message carries its position as the sequence that the stream must end in before it, and its event's id as
//! `Nats-Msg-Id`: a message that was lost, or sent twice, or met another publisher, leaves no trace but a refusal. After
//! any failure the stream is looked at again as at the start; there is no second way to go on.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use futures::stream::FuturesOrdered;
use futures::{FutureExt, StreamExt};
use proto::Stream;
use proto::subject::subject;
use proto::tail::Tail;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::bus::{Bus, BusError, Link, Settings, parted};
use super::settle::{Known, extent, settle};
use super::stream::differences;
use crate::feed::{BATCH_EVENTS_MAX, SharedFeed};

/// Messages that are sent and not yet confirmed.
pub const IN_FLIGHT_MAX: usize = 512;
/// How long the publisher rests after a failure, in milliseconds.
const RETRY_MS: u64 = 250;
/// How often a stream is looked at whether it is still the same, in milliseconds.
const LOOK_MS: u64 = 2_000;

/// How far the publisher is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The last position that the stream has confirmed.
    pub position: u64,
    /// The log's last position.
    pub head: u64,
    /// Whether a server of the bus is reached.
    pub connected: bool,
    /// What keeps it from publishing, if anything does.
    pub trouble: Option<String>,
}

impl Published {
    /// Events of the log that the stream has not confirmed.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.head.saturating_sub(self.position)
    }
}

/// The one who fills the stream of a log.
pub struct Publisher {
    bus: Bus,
    log: SharedFeed,
    state: watch::Sender<Published>,
}

impl Publisher {
    /// A publisher of a log, and how far it is as it goes on.
    #[must_use]
    pub fn new(bus: Bus, log: SharedFeed) -> (Self, watch::Receiver<Published>) {
        let (state, at) = watch::channel(Published::default());
        (Self { bus, log, state }, at)
    }

    /// Publishes until told to stop. What is then under way is confirmed or not: the next start finds out.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            () = self.sessions() => {}
            () = self.observe() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Keeps the log's end and the link in the state, whatever else goes on.
    async fn observe(&self) {
        let (mut head, mut link) = (self.log.head(), self.bus.link());
        loop {
            let (to, connected) = (*head.borrow_and_update(), *link.borrow_and_update() == Link::Connected);
            self.state.send_if_modified(|s| {
                let moved = s.head != to || s.connected != connected;
                (s.head, s.connected) = (to, connected);
                moved
            });
            let ended = tokio::select! { ended = head.changed() => ended, ended = link.changed() => ended };
            if ended.is_err() {
                // Whoever wrote the log has ended; there is nothing more to publish than is known.
                return std::future::pending().await;
            }
        }
    }

    async fn sessions(&self) {
        let mut known = None;
        loop {
            let Err(error) = self.session(&mut known).await;
            let trouble = error.to_string();
            if self.state.borrow().trouble.as_deref() != Some(&trouble) {
                let (lag, grave) = (self.state.borrow().lag(), matches!(error, BusError::Ahead { .. }));
                match grave {
                    true => tracing::error!(%error, lag, "bus.publisher_halted"),
                    false => tracing::warn!(%error, lag, "bus.publisher_waits"),
                }
            }
            self.state.send_modify(|s| s.trouble = Some(trouble));
            tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
        }
    }

    /// Publishes until something fails.
    async fn session(&self, known: &mut Option<Known>) -> Result<std::convert::Infallible, BusError> {
        let context = self.bus.context().await?;
        let unconfirmed = known.as_ref().map(|before| before.last + 1);
        let settled = settle(&context, self.bus.settings(), &*self.log, unconfirmed).await?;
        let again =
            known.as_ref().is_some_and(|before| before.created != settled.created || before.last > settled.last);
        if again {
            tracing::warn!(from = settled.last + 1, "bus.stream_refilled");
        }
        let mut session = Session {
            settings: self.bus.settings(),
            context,
            confirmed: settled.last,
            sent: settled.last,
            waiting: VecDeque::new(),
            in_flight: FuturesOrdered::new(),
        };
        let filled = known.insert(settled);
        let (mut head, mut link) = (self.log.head(), self.bus.link());
        let mut ticks = interval(Duration::from_millis(LOOK_MS));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if session.waiting.is_empty() && *head.borrow_and_update() > session.sent {
                session.waiting = self.log.after(session.sent, BATCH_EVENTS_MAX).await?.into();
            }
            session.send().await?;
            filled.last = session.confirmed;
            self.state.send_if_modified(|s| {
                let moved = s.position != session.confirmed || s.trouble.is_some();
                (s.position, s.trouble) = (session.confirmed, None);
                moved
            });
            let idle = session.waiting.is_empty() && session.in_flight.is_empty();
            tokio::select! {
                Some(acked) = session.in_flight.next() => {
                    let confirmed = session.confirm(acked);
                    filled.last = session.confirmed;
                    confirmed?;
                }
                changed = head.changed(), if session.waiting.is_empty() => if changed.is_err() {
                    return std::future::pending().await;
                },
                _ = ticks.tick(), if idle => look(&session.context, session.settings, filled).await?,
                lost = parted(&mut link) => return Err(lost),
            }
        }
    }
}

/// What a stream said to a message.
type Acked = (u64, Result<u64, String>);

/// Publishing over one connection to a stream that is known.
struct Session<'p> {
    settings: &'p Settings,
    context: Context,
    confirmed: u64,
    sent: u64,
    waiting: VecDeque<Vec<u8>>,
    in_flight: FuturesOrdered<futures::future::BoxFuture<'static, Acked>>,
}

impl Session<'_> {
    /// Sends what waits, as far as there is room.
    async fn send(&mut self) -> Result<(), BusError> {
        while self.in_flight.len() < IN_FLIGHT_MAX
            && let Some(body) = self.waiting.pop_front()
        {
            let position = self.sent + 1;
            let tail = Tail::read(&body).filter(|t| t.position == position).ok_or(BusError::Body(position))?;
            let text = |bytes| std::str::from_utf8(bytes).map_err(|_| BusError::Body(position));
            let stream = Stream::parse(text(tail.stream)?).map_err(|_| BusError::Body(position))?;
            let message = PublishMessage::build().message_id(text(tail.id)?).expected_last_sequence(self.sent);
            let on = subject(&self.settings.log, &stream);
            let acked = self.context.send_publish(on, message.payload(body.into())).await.map_err(BusError::failed)?;
            let acked = acked.into_future().map(move |acked| match acked {
                Ok(ack) => (position, Ok(ack.sequence)),
                Err(error) => (position, Err(error.to_string())),
            });
            self.in_flight.push_back(acked.boxed());
            self.sent = position;
        }
        Ok(())
    }

    /// Takes a confirmation, and those that have come with it.
    fn confirm(&mut self, first: Acked) -> Result<(), BusError> {
        let mut next = Some(first);
        while let Some((position, acked)) = next {
            match acked {
                Ok(sequence) if sequence == position => self.confirmed = position,
                Ok(sequence) => return Err(BusError::Changed(format!("#{position} stands at {sequence}"))),
                Err(error) => return Err(BusError::Failed(format!("publishing #{position}: {error}"))),
            }
            next = self.in_flight.next().now_or_never().flatten();
        }
        Ok(())
    }
}

/// Looks whether the stream is still the one that was filled.
async fn look(context: &Context, settings: &Settings, filled: &Known) -> Result<(), BusError> {
    let stream = context.get_stream(settings.stream()).await.map_err(BusError::failed)?;
    let info = stream.cached_info();
    let differs = differences(&info.config, settings);
    if !differs.is_empty() {
        return Err(BusError::Changed(format!("its configuration: {differs:?}")));
    }
    let now = extent(info, settings).map_err(BusError::Changed)?;
    if now.created != filled.created {
        return Err(BusError::Changed("it was made anew".to_owned()));
    }
    if now.last != filled.last {
        return Err(BusError::Changed(format!("it ends at #{}, not at #{}", now.last, filled.last)));
    }
    Ok(())
}
