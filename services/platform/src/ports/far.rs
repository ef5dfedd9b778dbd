//! The inspector's port over HTTP: its routes on one side, whoever asks on the other.
//! Both halves stand here, so that they cannot come to differ; neither knows what is asked.

use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use proto::between::{Diff, DiffQuery, WhyRank, WhyRankQuery};
use proto::examined::{Examination, ExamineQuery};
use proto::history::{History, HistoryQuery};
use proto::inquiry::{CheckQuery, Checks, ExplainQuery, Explanation, WhatIf, WhatIfQuery};
use proto::stood::{Stood, StoodQuery};
use proto::timeline::Timeline;
use proto::who::{Holders, HoldersQuery, Who, WhoQuery};
use proto::{Refused, Rejection};
use reqwest::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{AskError, AskInspector, SharedAsk};
use crate::http::Problem;
use crate::outward;

/// Where the inspector's routes begin: not where people ask, whose refusals are problem details.
pub const INSPECTOR: &str = "/inspector";

/// How long an answer may take, in milliseconds: a round is folded anew for it.
const ANSWER_MS: u64 = 60_000;
/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 3_000;
/// The most bytes of an answer: the history of a whole sheet in a long round.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The routes of an inspector. Whoever may read the log may ask; who that is, is the shell's matter.
pub fn far_inspector(inspector: SharedAsk) -> Router {
    macro_rules! asks {
        ($method:ident) => {
            post(async |State(inspector): State<SharedAsk>, body: Bytes| match serde_json::from_slice(&body) {
                Ok(query) => answer(inspector.$method(query).await),
                Err(e) => Problem(Rejection::WrongShape { detail: e.to_string() }).into_response(),
            })
        };
    }
    Router::new()
        .route(&format!("{INSPECTOR}/history"), asks!(history))
        .route(&format!("{INSPECTOR}/timeline"), asks!(timeline))
        .route(&format!("{INSPECTOR}/explain"), asks!(explain))
        .route(&format!("{INSPECTOR}/what-if"), asks!(what_if))
        .route(&format!("{INSPECTOR}/check"), asks!(check))
        .route(&format!("{INSPECTOR}/examine"), asks!(examine))
        .route(&format!("{INSPECTOR}/diff"), asks!(diff))
        .route(&format!("{INSPECTOR}/why-rank"), asks!(why_rank))
        .route(&format!("{INSPECTOR}/who"), asks!(who))
        .route(&format!("{INSPECTOR}/holders"), asks!(holders))
        .route(&format!("{INSPECTOR}/stood"), asks!(stood))
        .with_state(inspector)
}

fn answer(answer: Result<impl Serialize, AskError>) -> Response {
    match answer {
        Ok(told) => Json(told).into_response(),
        Err(AskError::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Err(AskError::Refused(told)) => {
            let status = StatusCode::from_u16(told.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let media = [(header::CONTENT_TYPE, REFUSED)];
            (status, media, serde_json::to_vec(&told).expect("a refusal is JSON")).into_response()
        }
        Err(AskError::Failed(error)) => {
            tracing::error!(error, "inspector.failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The media type of a refusal as it crosses this port.
const REFUSED: &str = "application/vnd.parindex.refused+json";

/// An inspector that runs apart.
#[derive(Debug, Clone)]
pub struct FarInspector {
    http: Client,
    url: String,
    token: Option<String>,
}

impl FarInspector {
    /// The inspector at an address, with a bearer token where it wants one.
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(url: &str, token: Option<String>) -> Result<Self, String> {
        let http = outward::builder()
            .timeout(Duration::from_millis(ANSWER_MS))
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self { http, url: format!("{}{INSPECTOR}", url.trim_end_matches('/')), token })
    }

    async fn ask<T: DeserializeOwned>(&self, what: &str, query: &(impl Serialize + Sync)) -> Result<T, AskError> {
        let failed = |e: reqwest::Error| AskError::Failed(format!("the inspector: {}", e.without_url()));
        let body = serde_json::to_vec(query).map_err(|e| AskError::Failed(e.to_string()))?;
        let mut request = self.http.post(format!("{}/{what}", self.url)).body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        let refused = response.headers().get(header::CONTENT_TYPE).is_some_and(|media| media == REFUSED);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(AskError::Failed(format!("the inspector sent more than {ANSWER_BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        let unread = |e: serde_json::Error| AskError::Failed(format!("the inspector's answer: {e}"));
        if refused {
            let told: Refused = serde_json::from_slice(&body).map_err(unread)?;
            return Err(AskError::Refused(Box::new(told)));
        }
        match status {
            StatusCode::OK => serde_json::from_slice(&body).map_err(unread),
            StatusCode::NOT_FOUND => Err(AskError::Unknown),
            _ => Err(AskError::Failed(format!("the inspector answered {status}"))),
        }
    }
}

#[async_trait]
impl AskInspector for FarInspector {
    async fn history(&self, query: HistoryQuery) -> Result<History, AskError> {
        self.ask("history", &query).await
    }

    async fn timeline(&self, query: HistoryQuery) -> Result<Timeline, AskError> {
        self.ask("timeline", &query).await
    }

    async fn explain(&self, query: ExplainQuery) -> Result<Explanation, AskError> {
        self.ask("explain", &query).await
    }

    async fn what_if(&self, query: WhatIfQuery) -> Result<WhatIf, AskError> {
        self.ask("what-if", &query).await
    }

    async fn check(&self, query: CheckQuery) -> Result<Checks, AskError> {
        self.ask("check", &query).await
    }

    async fn examine(&self, query: ExamineQuery) -> Result<Examination, AskError> {
        self.ask("examine", &query).await
    }

    async fn diff(&self, query: DiffQuery) -> Result<Diff, AskError> {
        self.ask("diff", &query).await
    }

    async fn why_rank(&self, query: WhyRankQuery) -> Result<WhyRank, AskError> {
        self.ask("why-rank", &query).await
    }

    async fn who(&self, query: WhoQuery) -> Result<Who, AskError> {
        self.ask("who", &query).await
    }

    async fn holders(&self, query: HoldersQuery) -> Result<Holders, AskError> {
        self.ask("holders", &query).await
    }

    async fn stood(&self, query: StoodQuery) -> Result<Stood, AskError> {
        self.ask("stood", &query).await
    }
}
