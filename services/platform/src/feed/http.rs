//! The feed over HTTP: a client of the ledger's own `/api/feed`, for services that run apart from it.
//! What comes is not believed: whoever reads it walks it, and an answer that broke off is an error, never a short log.

use std::time::Duration;

use async_trait::async_trait;
use proto::EVENT_BYTES_MAX;
use proto::fold::Streams;
use reqwest::{Client, RequestBuilder};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{BATCH_EVENTS_MAX, Feed, FeedError, spell};

/// How long an answer may be silent, in milliseconds.
const SILENCE_MS: u64 = 30_000;
/// How often the log's end is asked for, in milliseconds: what moves a reader on while no bus does.
const HEAD_MS: u64 = 500;
/// The most bytes of the events of some streams: a round of a thousand units with two hundred leaves in four stages.
const STREAMS_BYTES_MAX: usize = 1 << 30;

/// The log's feed at a ledger's address.
pub struct HttpFeed {
    http: Client,
    url: String,
    token: Option<String>,
    head: watch::Sender<u64>,
    asking: JoinHandle<()>,
}

impl Drop for HttpFeed {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

impl HttpFeed {
    /// The feed of the ledger at an address (`http://host:port`), with a bearer token where it wants one.
    ///
    /// # Errors
    /// [`FeedError`] when the machine gives no client.
    pub fn new(url: &str, token: Option<String>) -> Result<Self, FeedError> {
        let http = Client::builder().read_timeout(Duration::from_millis(SILENCE_MS)).build().map_err(failed)?;
        let (url, head) = (url.trim_end_matches('/').to_owned(), watch::channel(0).0);
        let asking = tokio::spawn(ask(http.clone(), url.clone(), token.clone(), head.clone()));
        Ok(Self { http, url, token, head, asking })
    }

    async fn lines(&self, query: String, bytes_max: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let request = self.http.get(format!("{}/api/feed{query}", self.url));
        let mut response = with(request, self.token.as_deref()).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(FeedError(format!("the ledger answered {}", response.status())));
        }
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

fn with(request: RequestBuilder, token: Option<&str>) -> RequestBuilder {
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

fn failed(error: reqwest::Error) -> FeedError {
    // The address stays out: it is known, and may hold what no log should.
    FeedError(error.without_url().to_string())
}

async fn ask(http: Client, url: String, token: Option<String>, head: watch::Sender<u64>) {
    let url = format!("{url}/api/head");
    loop {
        let size = async {
            let answer = with(http.get(&url), token.as_deref()).send().await?.error_for_status()?.bytes().await?;
            let told: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
            Ok::<_, reqwest::Error>(told.get("size").and_then(serde_json::Value::as_u64).unwrap_or(0))
        };
        match size.await {
            Ok(size) => {
                head.send_if_modified(|at| {
                    let moved = size > *at;
                    *at = size.max(*at);
                    moved
                });
            }
            Err(error) => tracing::debug!(error = %error.without_url(), "feed.head_unknown"),
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
