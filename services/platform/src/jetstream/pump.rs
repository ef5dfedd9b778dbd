//! The pump: takes messages from the stream, one after the other, and hands them on through a queue of bounded length.
//! It never skips: what it hands on goes on where it began, and where the stream does not, it says so.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::pull::{Config, Stream as Messages};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use futures::StreamExt;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::bus::{Bus, BusError, parted};

/// Messages that are asked for at once.
const PULL_MESSAGES: usize = 2_048;
/// Messages that wait to be taken.
pub(super) const QUEUE_MESSAGES: usize = 4_096;
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
    /// The next message: its body, and how many the stream has behind it.
    Next { body: Vec<u8>, pending: u64 },
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
    /// Begins at a position, under a consumer's name; `announced` is told the last position handed on.
    pub fn start(bus: Bus, consumer: String, from: u64, announced: watch::Sender<u64>) -> Self {
        let (say, said) = mpsc::channel(QUEUE_MESSAGES);
        let task = tokio::spawn(run(bus, consumer, from, say, announced));
        Self { task, said }
    }
}

async fn run(bus: Bus, consumer: String, from: u64, say: mpsc::Sender<Said>, announced: watch::Sender<u64>) {
    let (mut next, mut trouble) = (from, String::new());
    loop {
        let before = next;
        let ended = pump(&bus, &consumer, &mut next, &say, &announced).await;
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
    announced: &watch::Sender<u64>,
) -> Result<(), BusError> {
    let context = bus.context().await?;
    let mut link = bus.link();
    let (mut messages, pending) = open(&context, &bus.settings().stream(), consumer, *next).await?;
    if say.send(Said::Open(pending)).await.is_err() {
        return Ok(());
    }
    let opened_at = *next;
    loop {
        let message = tokio::select! {
            message = messages.next() => message,
            lost = parted(&mut link) => return Err(lost),
            () = say.closed() => return Ok(()),
        };
        let message = message.ok_or_else(|| BusError::Failed("the stream of messages ended".to_owned()))?;
        let message = message.map_err(BusError::failed)?;
        let (sequence, pending) = {
            let info = message.info().map_err(BusError::failed)?;
            (info.stream_sequence, info.pending)
        };
        if sequence < *next {
            // A consumer that begins behind the stream's end is given what comes next there.
            continue;
        }
        if sequence > *next {
            if *next > opened_at {
                // It was on the way when a connection broke: nobody sends it again, for nothing is acknowledged.
                return Err(BusError::Failed(format!("#{} was lost on the way", *next)));
            }
            // The pump goes no further: whoever reads begins anew at another position, or here once the gap is filled.
            let _ = say.send(Said::Gap { has: sequence }).await;
            return std::future::pending().await;
        }
        let body = Vec::from(message.message.payload);
        if say.send(Said::Next { body, pending }).await.is_err() {
            return Ok(());
        }
        *next = sequence + 1;
        announced.send_if_modified(|at| {
            sequence > *at && {
                *at = sequence;
                true
            }
        });
    }
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
