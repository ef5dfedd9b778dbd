//! Ballots over HTTP: looked at, and taken in, by survey staff. What puts a batch on record comes back as commands, for whoever sent
//! it to send on; no answer of anybody leaves by here.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::{World, may_send_ballots};
use futures::TryStreamExt;
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::http::{Problem, principal};
use platform::ports::SharedAuthenticate;
use platform::restore::{END, restore};
use proto::act::survey::{Method, Replaced};
use proto::fold::Streams;
use proto::{BatchId, DocId, Origin, Principal, Rejection, RoundId, Scope, UnitId, text};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncRead;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio_util::io::StreamReader;

use super::asks::Asks;
use super::encoding::Encoding;
use super::error::SurveyError;
use super::taken::{Sent, commands, preview, take_in_as_sent};
use crate::Spelling;
use crate::evidence::{FileError, Store};
use crate::faulty::{Refused, misshapen};
use crate::parts::command_told;

/// What the routes need.
pub struct BallotsHttp {
    /// The log.
    pub origin: Origin,
    /// Where files and ballots are kept.
    pub store: Arc<Store>,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
    /// The log, which says who may do what, and what the survey asks.
    pub feed: SharedFeed,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

/// The routes. Each needs a token wherever it is asked from.
pub fn router(ballots: BallotsHttp) -> Router {
    Router::new()
        .route("/api/ballots/{round}", post(look))
        .route("/api/ballots/{round}/{batch}", post(take))
        .with_state(Arc::new(ballots))
}

/// How a file that is only looked at is to be read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Looked {
    encoding: Option<String>,
}

/// A batch that is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfBatch {
    /// The tally's id.
    tally: DocId,
    /// How the answers were collected.
    method: Method,
    /// Whose file it is: the body that held the survey.
    unit: UnitId,
    /// The file's name.
    name: String,
    /// Its encoding, where it cannot be seen.
    encoding: Option<String>,
    /// The unit in which the sender is survey staff, if it is held in one.
    held_in: Option<UnitId>,
    /// The batch that it takes the place of.
    replaces: Option<BatchId>,
    /// Why.
    reason: Option<String>,
}

/// Looks at a file: nothing of it is kept.
async fn look(
    State(ballots): State<Arc<BallotsHttp>>,
    place: Result<Path<RoundId>, PathRejection>,
    looked: Result<Query<Looked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let principal = principal(&ballots.authenticate, &headers, Scope::Commands).await?;
    let Path(round) = place.map_err(|e| misshapen(&e.body_text()))?;
    let Query(Looked { encoding }) = looked.map_err(|e| misshapen(&e.body_text()))?;
    let asks = ballots.asks(&principal, &round).await?;
    let tally = preview(&asks, named(encoding)?, plain(body)).await?;
    Ok(Json(json!({ "tally": tally })).into_response())
}

/// Takes a file in as a batch. Sent twice, it is one batch.
async fn take(
    State(ballots): State<Arc<BallotsHttp>>,
    place: Result<Path<(RoundId, BatchId)>, PathRejection>,
    of: Result<Query<OfBatch>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let principal = principal(&ballots.authenticate, &headers, Scope::Commands).await?;
    let Path((round, batch)) = place.map_err(|e| misshapen(&e.body_text()))?;
    let Query(of) = of.map_err(|e| misshapen(&e.body_text()))?;
    let asks = ballots.asks(&principal, &round).await?;
    let replaces = match (of.replaces, of.reason) {
        (Some(batch), Some(reason)) => Some(Replaced { batch, reason }),
        (None, None) => None,
        _ => return Err(misshapen("replaces and reason stand together").into()),
    };
    let OfBatch { tally, method, unit, name, encoding, held_in, .. } = of;
    let sent = Sent { batch, method, unit, name, encoding: named(encoding)?, tally, replaces };
    let files = ballots.store.begun().await.map_err(Rejection::from)?;
    let mut stored = ballots.store.ballots_begun().await.map_err(SurveyError::from)?;
    // On a thread of its own: whoever reads ballots keeps one busy, and waits there for what comes.
    let runtime = Handle::current();
    let take = move || {
        runtime.block_on(async {
            let taken = take_in_as_sent((&files, &mut stored), &asks, &sent, plain(body)).await;
            stored.close().await?;
            taken
        })
    };
    let taken = spawn_blocking(take).await.map_err(SurveyError::from)??;
    let tally: Value = serde_json::from_slice(&taken.tally.json(Spelling::Canonical)).map_err(SurveyError::from)?;
    let commands = commands(&taken, &ballots.origin, held_in.as_ref())?;
    let commands: Vec<Value> = commands.iter().map(command_told).collect();
    Ok((StatusCode::CREATED, Json(json!({ "tally": tally, "commands": commands }))).into_response())
}

impl BallotsHttp {
    /// What the round's survey asks, for somebody who may send its ballots.
    async fn asks(&self, principal: &Principal, round: &RoundId) -> Result<Arc<Asks>, Refused> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants, Streams::Round(round.clone())] {
            restore(&*self.feed, &mut world, streams, END).await.map_err(SurveyError::from)?;
        }
        may_send_ballots(&world, principal, self.clock.now(), round)?;
        let round = world.rounds.get(round).ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
        if round.survey_held() { Ok(Arc::new(Asks::of(round))) } else { Err(Rejection::NoSurvey {}.into()) }
    }
}

/// The bytes of a body as they come.
fn plain(body: Body) -> impl AsyncRead + Unpin {
    StreamReader::new(body.into_data_stream().map_err(io::Error::other))
}

fn named(encoding: Option<String>) -> Result<Option<Encoding>, Problem> {
    let known = || Encoding::ALL.map(Encoding::name).join(", ");
    let parse = |name: String| Encoding::parse(&name).ok_or_else(|| misshapen(&format!("encoding: {}", known())));
    encoding.map(parse).transpose()
}

impl From<SurveyError> for Refused {
    fn from(error: SurveyError) -> Self {
        match error {
            SurveyError::Faults(faults) => faults.into(),
            SurveyError::RoundUnknown(round) => Rejection::RoundUnknown { round }.into(),
            SurveyError::NoSurvey(_) => Rejection::NoSurvey {}.into(),
            SurveyError::File(error) => Rejection::from(error).into(),
            SurveyError::Stored(name) => {
                let said = text!(
                    "Phiếu của đợt {name} đã được lưu từ một tệp khác.",
                    "The ballots of {name} are stored already, out of another file."
                );
                Self::Conflict { code: "batch_stored", said }
            }
            SurveyError::Io(error) => Rejection::from(FileError::from(error)).into(),
            SurveyError::NotStored(_)
            | SurveyError::NoKey(_)
            | SurveyError::BallotUnknown { .. }
            | SurveyError::BallotDestroyed(_)
            | SurveyError::Altered { .. }
            | SurveyError::Store(_)
            | SurveyError::Sealed(_)
            | SurveyError::Feed(_)
            | SurveyError::Restore(_)
            | SurveyError::Canon(_)
            | SurveyError::Json(_)
            | SurveyError::Proof(_)
            | SurveyError::Random(_)
            | SurveyError::Stopped
            | SurveyError::Task(_) => Rejection::FilesUnusable { detail: error.to_string() }.into(),
        }
    }
}
