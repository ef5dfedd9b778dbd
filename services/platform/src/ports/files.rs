//! The ports to whoever keeps files, over HTTP: its routes on one side, the ledger that asks on the other. An answer that does not
//! come is never taken for a yes, and one who is slow holds few of those who ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use proto::act::sheet::Evidence;
use proto::{Hash, Rejection, UnitId};
use reqwest::Client;
use tokio::sync::Semaphore;

use super::{Erases, SharedErases, SharedStoredFiles, StoredFiles};
use crate::http::Problem;
use crate::outward;

/// Where the routes begin: not where people ask.
pub const INTAKE: &str = "/intake";

/// How long an answer may take whether a command's files are there, in milliseconds.
const ASK_MS: u64 = 5_000;
/// How long an erasure may take: tables and the server's log are written anew, in milliseconds.
const ERASE_MS: u64 = 60_000;
/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 1_000;
/// How many may be asked for an answer at once; whoever comes then is told that there is none.
const ASKS_MAX: usize = 64;
/// How long one waits to be among these, in milliseconds.
const PLACE_MS: u64 = 1_000;
/// The most bytes of an answer: an address.
const ANSWER_BYTES_MAX: usize = 4_096;

/// The routes of an intake, for the ledger. Who may ask is the shell's matter: nothing is told but whether a reference that is known
/// fits, and nothing is destroyed but what the log orders.
pub fn far_files(files: SharedStoredFiles, erases: SharedErases) -> Router {
    Router::new()
        .route(&format!("{INTAKE}/first-missing"), post(first_missing).with_state(files))
        .route(&format!("{INTAKE}/erase"), post(erase).with_state(erases))
}

/// A unit, or none, and references.
type Asked = (Option<UnitId>, Vec<Evidence>);

async fn first_missing(State(files): State<SharedStoredFiles>, body: Bytes) -> Response {
    let (unit, references): Asked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(e) => return Problem(Rejection::WrongShape { detail: e.to_string() }).into_response(),
    };
    match files.first_missing(unit.as_ref(), &references).await {
        Ok(missing) => Json(missing).into_response(),
        Err(detail) => Problem(Rejection::FilesUnusable { detail }).into_response(),
    }
}

async fn erase(State(erases): State<SharedErases>) -> Response {
    match erases.carry_out().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(detail) => Problem(Rejection::FilesUnusable { detail }).into_response(),
    }
}

/// Intakes that run apart. They share their stores: each answers for all.
#[derive(Debug, Clone)]
pub struct FarFiles {
    http: Client,
    urls: Arc<[String]>,
    token: Option<String>,
    /// The one that answered last.
    now: Arc<AtomicUsize>,
    places: Arc<Semaphore>,
}

impl FarFiles {
    /// The intakes at some addresses, with a bearer token where they want one.
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(urls: &[String], token: Option<String>) -> Result<Self, String> {
        let http = outward::builder().connect_timeout(Duration::from_millis(CONNECT_MS)).build();
        let http = http.map_err(|e| e.to_string())?;
        let urls = urls.iter().map(|url| format!("{}{INTAKE}", url.trim_end_matches('/'))).collect();
        Ok(Self { http, urls, token, now: Arc::default(), places: Arc::new(Semaphore::new(ASKS_MAX)) })
    }

    /// Asks one after another, beginning with the one that answered last, until one answers; all of it within a time.
    async fn ask(&self, what: &str, body: &[u8], within_ms: u64) -> Result<Vec<u8>, String> {
        let within = Duration::from_millis(within_ms);
        let asking = async {
            let begin = self.now.load(Ordering::Relaxed);
            let mut failure = "no intake is named".to_owned();
            for at in (0..self.urls.len()).map(|i| (begin + i) % self.urls.len()) {
                match self.one(&format!("{}/{what}", self.urls[at]), body, within).await {
                    Ok(answer) => {
                        self.now.store(at, Ordering::Relaxed);
                        return Ok(answer);
                    }
                    Err(error) => failure = error,
                }
            }
            Err(failure)
        };
        let late = || Err(format!("the intake gave no answer within {within_ms} ms"));
        tokio::time::timeout(within, asking).await.unwrap_or_else(|_| late())
    }

    async fn one(&self, url: &str, body: &[u8], within: Duration) -> Result<Vec<u8>, String> {
        let failed = |e: reqwest::Error| format!("the intake: {}", e.without_url());
        let mut request = self.http.post(url).timeout(within).body(body.to_vec());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(failed)?;
        let (status, mut answer) = (response.status(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(format!("the intake answered {status} with more than {ANSWER_BYTES_MAX} bytes"));
            }
            answer.extend_from_slice(&chunk);
        }
        if status.is_success() { Ok(answer) } else { Err(format!("the intake answered {status}")) }
    }
}

#[async_trait]
impl StoredFiles for FarFiles {
    async fn first_missing(&self, unit: Option<&UnitId>, files: &[Evidence]) -> Result<Option<Hash>, String> {
        let place = tokio::time::timeout(Duration::from_millis(PLACE_MS), self.places.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(format!("{ASKS_MAX} wait for the intake already")) };
        let body = serde_json::to_vec(&(unit, files)).map_err(|e| e.to_string())?;
        let answer = self.ask("first-missing", &body, ASK_MS).await?;
        serde_json::from_slice(&answer).map_err(|e| format!("the intake's answer: {e}"))
    }
}

#[async_trait]
impl Erases for FarFiles {
    async fn carry_out(&self) -> Result<(), String> {
        self.ask("erase", b"", ERASE_MS).await.map(|_| ())
    }
}
