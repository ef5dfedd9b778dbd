//! The pump: takes messages from the stream, one after the other, and hands them on through a queue of bounded length.
//! It never skips: what it hands on goes on where it began, and where the stream does not, it says so.

use std::cmp::Ordering;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::{Config, Stream as Messages};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use async_nats::jetstream::{Context, Message};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::bus::{Bus, BusError, parted};
use super::guard::Signals;

/// Messages that are asked for at once.
const PULL_MESSAGES: usize = 2_048;
/// Messages that have come together are handed on together, so many at the most.
const CHUNK_MESSAGES: usize = 256;
/// Chunks that wait to be taken.
const QUEUE_CHUNKS: usize = 16;
/// How long one request for messages stands, and how often the server must show that it is there, in seconds.
const PULL_S: u64 = 30;
const HEARTBEAT_S: u64 = 1;
/// How long the server keeps a consumer that nobody asks for messages, in seconds.
const INACTIVE_S: u64 = 60;
/// How long the pump rests after a failure, in milliseconds.
const RETRY_MS: u64 = 250;

/// What the pump hands on.
#[derive(Debug)]
pub(super) enum Said {
    /// The stream is open, and has so many messages to hand on.
    Open(u64),
    /// The next messages: their bodies, and how many the stream has behind them.
    Next { bodies: Vec<Vec<u8>>, pending: u64 },
    /// The stream has no message at the next position, but one further on.
    Gap { has: u64 },
    /// The stream cannot be read now; the pump tries again.
    Lost(String),
}

/// A running pump; it ends with this handle.
pub(super) struct Pump {
    task: JoinHandle<()>,
    /// What it hands on.
    pub said: mpsc::Receiver<Said>,
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Pump {
    /// Begins at a position, under a consumer's name; what is known of the stream is told to `signals`.
    pub fn start(bus: Bus, consumer: String, from: u64, signals: Signals) -> Self {
        let (say, said) = mpsc::channel(QUEUE_CHUNKS);
        let task = tokio::spawn(run(bus, consumer, from, say, signals));
        Self { task, said }
    }
}

async fn run(bus: Bus, consumer: String, from: u64, say: mpsc::Sender<Said>, signals: Signals) {
    let (mut next, mut trouble) = (from, String::new());
    loop {
        let before = next;
        let ended = pump(&bus, &consumer, &mut next, &say, &signals).await;
        signals.is_open(false);
        let Err(why) = ended else { return };
        let why = why.to_string();
        if why != trouble || next != before {
            tracing::warn!(consumer, position = next, why, "bus.consumer_waits");
            trouble.clone_from(&why);
        }
        if say.send(Said::Lost(why)).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
    }
}

/// Hands messages on until the stream fails, or nobody takes them any more.
async fn pump(
    bus: &Bus,
    consumer: &str,
    next: &mut u64,
    say: &mpsc::Sender<Said>,
    signals: &Signals,
) -> Result<(), BusError> {
    let context = bus.context().await?;
    let mut link = bus.link();
    let (messages, pending) = open(&context, &bus.settings().stream(), consumer, *next).await?;
    if say.send(Said::Open(pending)).await.is_err() {
        return Ok(());
    }
    signals.is_open(true);
    let (mut chunks, opened_at) = (messages.ready_chunks(CHUNK_MESSAGES), *next);
    loop {
        let chunk = tokio::select! {
            chunk = chunks.next() => chunk,
            lost = parted(&mut link) => return Err(lost),
            () = say.closed() => return Ok(()),
        };
        let chunk = chunk.ok_or_else(|| BusError::Failed("the stream of messages ended".to_owned()))?;
        let (mut bodies, mut behind, mut ends) = (Vec::with_capacity(chunk.len()), 0, None);
        for message in chunk {
            match message.map_err(BusError::failed).and_then(|message| take(message, *next)) {
                // A consumer that begins behind the stream's end is given what comes next there.
                Ok(Taken::Old) => {}
                Ok(Taken::Next { body, pending }) => {
                    bodies.push(body);
                    (*next, behind) = (*next + 1, pending);
                }
                Ok(Taken::Further(has)) => ends = Some(Ok(has)),
                Err(error) => ends = Some(Err(error)),
            }
            if ends.is_some() {
                break;
            }
        }
        if !bodies.is_empty() && say.send(Said::Next { bodies, pending: behind }).await.is_err() {
            return Ok(());
        }
        signals.came(*next - 1);
        match ends {
            None => {}
            Some(Err(error)) => return Err(error),
            // It was on the way when a connection broke: nobody sends it again, for nothing is acknowledged.
            Some(Ok(_)) if *next > opened_at => {
                return Err(BusError::Failed(format!("#{} was lost on the way", *next)));
            }
            Some(Ok(has)) => {
                // The pump goes no further: whoever reads begins anew elsewhere, or here once the gap is filled.
                signals.is_open(false);
                let _ = say.send(Said::Gap { has }).await;
                return std::future::pending().await;
            }
        }
    }
}

/// What a message is, seen from the position that must come next.
enum Taken {
    Old,
    Next { body: Vec<u8>, pending: u64 },
    Further(u64),
}

fn take(message: Message, next: u64) -> Result<Taken, BusError> {
    let (sequence, pending) = {
        let info = message.info().map_err(BusError::failed)?;
        (info.stream_sequence, info.pending)
    };
    Ok(match sequence.cmp(&next) {
        Ordering::Less => Taken::Old,
        Ordering::Equal => Taken::Next { body: Vec::from(message.message.payload), pending },
        Ordering::Greater => Taken::Further(sequence),
    })
}

/// A consumer of its own from a position on, and how many messages it has to give. One of the same name ends.
async fn open(context: &Context, stream: &str, consumer: &str, from: u64) -> Result<(Messages, u64), BusError> {
    let config = Config {
        name: Some(consumer.to_owned()),
        description: Some("A reader whose cursor stands in its own database.".to_owned()),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: from },
        ack_policy: AckPolicy::None,
        inactive_threshold: Duration::from_secs(INACTIVE_S),
        memory_storage: true,
        num_replicas: 1,
        ..Config::default()
    };
    // That there was none is no failure, and any other failure comes again below.
    let _ = context.delete_consumer_from_stream(consumer, stream).await;
    let consumer = context.create_consumer_on_stream(config, stream).await.map_err(BusError::failed)?;
    let pending = consumer.cached_info().num_pending;
    let messages = consumer.stream().max_messages_per_batch(PULL_MESSAGES);
    let messages = messages.expires(Duration::from_secs(PULL_S)).heartbeat(Duration::from_secs(HEARTBEAT_S));
    Ok((messages.messages().await.map_err(BusError::failed)?, pending))
}
