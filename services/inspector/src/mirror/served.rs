//! A log as it is served (C2SP tlog-tiles): its checkpoint and its entry bundles, asked for over HTTP.
//! No answer is believed, and none may be larger, or take longer, than it can have to.

use std::time::Duration;

use proto::EVENT_BYTES_MAX;
use proto::note::NOTE_BYTES_MAX;
use reqwest::{Client, StatusCode, redirect};

use super::folder::address;

/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 3_000;
/// How long an answer may be silent, in milliseconds.
const SILENCE_MS: u64 = 10_000;
/// How long an answer may take, in milliseconds: the largest bundle, of 17 MB, over 2 Mbit/s.
const ANSWER_MS: u64 = 75_000;
/// The most bytes of an answer that says where the log ends.
const HEAD_BYTES_MAX: usize = 4_096;

/// Why the log could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotServed {
    /// It is not reached, or breaks off.
    #[error("mirror_away: {path}: {what}")]
    Away {
        /// What was asked for.
        path: String,
        /// What happened.
        what: String,
    },
    /// It answers, but not with that.
    #[error("mirror_refused: {path}: the log answers {status}")]
    Refused {
        /// What was asked for.
        path: String,
        /// The status.
        status: u16,
    },
}

/// A log's address, and the token by which its entries may be read.
#[derive(Clone)]
pub struct Served {
    http: Client,
    url: String,
    token: Option<String>,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Served({})", self.url)
    }
}

impl Served {
    /// The log at an address (`http://host:port`, or `https://host`).
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(url: &str, token: Option<String>) -> Result<Self, String> {
        let client = platform::outward::builder()
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .read_timeout(Duration::from_millis(SILENCE_MS))
            .timeout(Duration::from_millis(ANSWER_MS))
            // The token goes where it was meant to go, and nowhere else.
            .redirect(redirect::Policy::none());
        let http = client.build().map_err(|e| e.to_string())?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), token })
    }

    /// The checkpoint that is served now.
    ///
    /// # Errors
    /// [`NotServed`].
    pub async fn checkpoint(&self) -> Result<Vec<u8>, NotServed> {
        self.get("checkpoint", NOTE_BYTES_MAX).await
    }

    /// A bundle, by which one it is and how many entries it has.
    pub(super) async fn bundle(&self, index: u64, width: u16) -> Result<Vec<u8>, NotServed> {
        self.get(&address(index, width), usize::from(width) * (EVENT_BYTES_MAX + 2)).await
    }

    /// Where the log ends by the word of whoever writes it; none where this address does not tell.
    pub(crate) async fn size(&self) -> Option<u64> {
        let answer = self.get("api/head", HEAD_BYTES_MAX).await.ok()?;
        let told: serde_json::Value = serde_json::from_slice(&answer).ok()?;
        told.get("size")?.as_u64()
    }

    async fn get(&self, path: &str, most: usize) -> Result<Vec<u8>, NotServed> {
        let away = |error: reqwest::Error| {
            let error = error.without_url();
            let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
            NotServed::Away { path: path.to_owned(), what: format!("{error}{cause}") }
        };
        let request = self.http.get(format!("{}/{path}", self.url));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let mut response = request.send().await.map_err(away)?;
        if response.status() != StatusCode::OK {
            return Err(NotServed::Refused { path: path.to_owned(), status: response.status().as_u16() });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if body.len() + chunk.len() > most {
                let what = format!("the answer has more than {most} bytes");
                return Err(NotServed::Away { path: path.to_owned(), what });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
