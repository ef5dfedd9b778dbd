//! The feed over HTTP: a client of the ledgers' own `/api/feed`, for services that run apart from it.
//! What comes is not believed: whoever reads it walks it, and an answer that broke off is an error, never a short log.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use proto::EVENT_BYTES_MAX;
use proto::fold::Streams;
use reqwest::{Client, Response};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{BATCH_EVENTS_MAX, Feed, FeedError, spell};
use crate::outward;

/// How long an answer may be silent, in milliseconds.
const SILENCE_MS: u64 = 30_000;
/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 3_000;
/// How often the log's end is asked for, in milliseconds: what moves a reader on while no bus does.
const HEAD_MS: u64 = 500;
/// The most bytes of the events of some streams: a round of a thousand units with two hundred leaves in four stages.
const STREAMS_BYTES_MAX: usize = 1 << 30;

/// The log's feed at one of some ledgers' addresses: where one does not answer, or stands by, the next is asked.
pub struct HttpFeed {
    ledgers: Ledgers,
    head: watch::Sender<u64>,
    reached: watch::Sender<bool>,
    asking: JoinHandle<()>,
}

/// The ledgers, and which of them answered last.
#[derive(Clone)]
struct Ledgers {
    http: Client,
    urls: Arc<[String]>,
    token: Option<String>,
    now: Arc<AtomicUsize>,
}

impl Drop for HttpFeed {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

impl Ledgers {
    /// Asks one after another, beginning with the one that answered last, until one answers.
    async fn get(&self, path: &str) -> Result<Response, FeedError> {
        let begin = self.now.load(Ordering::Relaxed);
        let mut failure = FeedError("no ledger is named".to_owned());
        for at in (0..self.urls.len()).map(|i| (begin + i) % self.urls.len()) {
            let request = self.http.get(format!("{}{path}", self.urls[at]));
            let request = match &self.token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            match request.send().await {
                Ok(response) if response.status().is_success() => {
                    self.now.store(at, Ordering::Relaxed);
                    return Ok(response);
                }
                Ok(response) => failure = FeedError(format!("the ledger answered {}", response.status())),
                Err(error) => failure = failed(error),
            }
        }
        Err(failure)
    }

    async fn size(&self) -> Result<u64, FeedError> {
        let answer = self.get("/api/head").await?.bytes().await.map_err(failed)?;
        let told: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
        let size = told.get("size").and_then(serde_json::Value::as_u64);
        size.ok_or_else(|| FeedError("the ledger's answer names no size".to_owned()))
    }
}

impl HttpFeed {
    /// The feed of the ledgers at some addresses (`http://host:port`), with a bearer token where they want one.
    ///
    /// # Errors
    /// [`FeedError`] when the machine gives no client.
    pub fn new(urls: &[String], token: Option<String>) -> Result<Self, FeedError> {
        let timeout = Duration::from_millis(SILENCE_MS);
        let connect = Duration::from_millis(CONNECT_MS);
        let http = outward::builder().read_timeout(timeout).connect_timeout(connect).build().map_err(failed)?;
        let urls = urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        let ledgers = Ledgers { http, urls, token, now: Arc::default() };
        let (head, reached) = (watch::channel(0).0, watch::channel(false).0);
        let asking = tokio::spawn(ask(ledgers.clone(), head.clone(), reached.clone()));
        Ok(Self { ledgers, head, reached, asking })
    }

    /// Whether a ledger answered when it was last asked for the log's end.
    #[must_use]
    pub fn reached(&self) -> watch::Receiver<bool> {
        self.reached.subscribe()
    }

    async fn lines(&self, query: String, bytes_max: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let mut response = self.ledgers.get(&format!("/api/feed{query}")).await?;
        let (mut lines, mut rest, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            bytes += chunk.len();
            if bytes > bytes_max {
                return Err(FeedError(format!("the ledger sent more than {bytes_max} bytes")));
            }
            for piece in chunk.split_inclusive(|b| *b == b'\n') {
                rest.extend_from_slice(piece);
                if rest.ends_with(b"\n") {
                    rest.pop();
                    lines.push(std::mem::take(&mut rest));
                }
            }
        }
        if rest.is_empty() { Ok(lines) } else { Err(FeedError("the ledger's answer broke off".to_owned())) }
    }
}

fn failed(error: reqwest::Error) -> FeedError {
    // The address stays out: it is known, and may hold what no log should.
    FeedError(error.without_url().to_string())
}

async fn ask(ledgers: Ledgers, head: watch::Sender<u64>, reached: watch::Sender<bool>) {
    loop {
        let size = ledgers.size().await;
        reached.send_if_modified(|before| std::mem::replace(before, size.is_ok()) != size.is_ok());
        match size {
            Ok(size) => {
                head.send_if_modified(|at| {
                    let moved = size > *at;
                    *at = size.max(*at);
                    moved
                });
            }
            Err(error) => tracing::debug!(%error, "feed.head_unknown"),
        }
        tokio::time::sleep(Duration::from_millis(HEAD_MS)).await;
    }
}

#[async_trait]
impl Feed for HttpFeed {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let limit = limit.min(BATCH_EVENTS_MAX);
        let lines = self.lines(format!("?after={position}&limit={limit}"), limit * (EVENT_BYTES_MAX + 1)).await?;
        if lines.len() > limit {
            return Err(FeedError(format!("the ledger sent {} events where {limit} were asked for", lines.len())));
        }
        Ok(lines)
    }

    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError> {
        // What names a stream is ASCII that stands in an address as it is.
        let query = format!("/streams?streams={}&upto={upto}", spell(streams));
        self.lines(query, STREAMS_BYTES_MAX).await
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }
}
