//! The feed of one projector over JetStream, with the log itself beside it.
//! Nothing is given that the log does not bear out: what does not fit, or does not come, is read from the log.
//!
//! **Why no acknowledgements.** How far a projector has come stands in one place, its cursor, which moves in the same
//! transaction as its rows. A durable consumer that is acknowledged keeps a second cursor on the server, which agrees with
//! the first at best, and is wrong after a rebuild, a restore or a lost acknowledgement; it sends again out of order what
//! it believes lost. So a consumer here has a name, by which it is seen and permitted, a first sequence, which is the
//! cursor's next position, and neither acknowledgements nor a place on disk. Where messages were lost on the way, or the
//! server with the consumer on it, the consumer is made anew at the cursor.
//!
//! **Why a batch is believed.** Its bodies stand at the positions that are asked for, each holds the hash of the one
//! before, and the last one is byte for byte the log's own: asking the log for that one is a small price for a batch. So
//! all of them are the log's. The last event alone could be forged by whoever may publish, with a link that fits; a
//! projector that had folded it could not go on when the log's own came. Only where the log cannot be asked nothing is
//! given, and the projector stands where it is.

use async_trait::async_trait;
use proto::fold::Streams;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::bus::Bus;
use super::guard::{Signals, guard};
use super::reader::{Nothing, Reader};
use crate::feed::{Feed, FeedError, SharedFeed};

/// Where a feed reads: by what it gave last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Following {
    /// From the stream.
    Stream,
    /// From the log, and why.
    Log(String),
}

/// A feed over JetStream.
pub struct JetStreamFeed {
    consumer: String,
    log: SharedFeed,
    reader: Mutex<Reader>,
    signals: Signals,
    /// What whoever follows waits for.
    head: watch::Sender<u64>,
    following: watch::Sender<Following>,
    guard: JoinHandle<()>,
}

impl Drop for JetStreamFeed {
    fn drop(&mut self) {
        self.guard.abort();
    }
}

impl JetStreamFeed {
    /// The feed of one reader, under a consumer's name of its own: two readers of one name would take the consumer from
    /// one another. `log` is the log's own feed.
    #[must_use]
    pub fn new(bus: Bus, consumer: &str, log: SharedFeed) -> Self {
        let (signals, head) = (Signals::new(), watch::channel(0).0);
        let following = watch::channel(Following::Stream).0;
        let guard = tokio::spawn(guard(log.head(), signals.clone(), head.clone(), consumer.to_owned()));
        let reader = Mutex::new(Reader::new(bus, consumer.to_owned(), signals.clone()));
        Self { consumer: consumer.to_owned(), log, reader, signals, head, following, guard }
    }

    /// Where it reads, as that changes.
    #[must_use]
    pub fn following(&self) -> watch::Receiver<Following> {
        self.following.subscribe()
    }

    fn follows(&self, now: Following) {
        self.following.send_if_modified(|before| {
            let changed = *before != now;
            if changed {
                match &now {
                    Following::Stream => tracing::info!(consumer = self.consumer, "feed.follows_stream"),
                    Following::Log(why) => tracing::warn!(consumer = self.consumer, why, "feed.follows_log"),
                }
                *before = now;
            }
            changed
        });
    }
}

#[async_trait]
impl Feed for JetStreamFeed {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        // Whoever asks has what stands before.
        self.signals.came(position);
        let came = self.reader.lock().await.after(position, limit, &*self.log).await;
        let why = match came {
            Ok(came) if !came.is_empty() => {
                self.follows(Following::Stream);
                return Ok(came);
            }
            Ok(_) if *self.head.borrow() <= position => return Ok(Vec::new()),
            Ok(_) => format!("the stream does not bring #{}", position + 1),
            Err(Nothing::Log(error)) => return Err(error),
            Err(Nothing::Away(why) | Nothing::Wrong(why)) => why,
        };
        let bodies = self.log.after(position, limit).await?;
        if !bodies.is_empty() {
            self.follows(Following::Log(why));
        }
        Ok(bodies)
    }

    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError> {
        // A subject per stream would bring them too, but nothing would bear out that none is missing.
        self.log.streams(streams, upto).await
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }
}
