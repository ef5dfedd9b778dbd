//! Files over HTTP: sent by those who fill in a unit's sheet, handed out by right, each on record before its first byte leaves.
//! Who somebody is the token says; what he may do the log says, every time anew.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{StreamExt, TryStreamExt};
use platform::http::{Problem, principal};
use platform::ports::{SharedAuthenticate, UnitFiles};
use proto::kept_file::{FileBrought, FileQuery};
use proto::{Hash, RoundId, Scope, UnitId};
use serde::Deserialize;

use crate::by_right::FilesByRight;
use crate::faulty::misshapen;

/// What the routes need.
pub struct IntakeHttp {
    /// The files.
    pub files: Arc<FilesByRight>,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
}

/// The routes. Each needs a token wherever it is asked from.
pub fn router(intake: IntakeHttp) -> Router {
    Router::new()
        .route("/api/files/{round}/{unit}", post(send))
        .route("/api/files/{round}/{unit}/{address}", get(hand_out))
        .with_state(Arc::new(intake))
}

/// A file that is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    /// Its name.
    name: String,
    /// The page or section that matters.
    #[serde(default)]
    page: String,
}

/// A file that is asked for.
#[derive(Deserialize)]
struct Wanted {
    round: RoundId,
    unit: UnitId,
    address: String,
}

async fn send(
    State(intake): State<Arc<IntakeHttp>>,
    place: Result<Path<(RoundId, UnitId)>, PathRejection>,
    sent: Result<Query<Sent>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let principal = principal(&intake.authenticate, &headers, Scope::Commands).await?;
    let Path((round, unit)) = place.map_err(|e| misshapen(&e.body_text()))?;
    let Query(Sent { name, page }) = sent.map_err(|e| misshapen(&e.body_text()))?;
    let place = format!("/api/files/{round}/{unit}");
    let pieces = body.into_data_stream().map_err(io::Error::other).boxed();
    let brought = FileBrought { round, unit, name, page };
    let taken = intake.files.take_in(&principal, brought, pieces).await.map_err(Problem)?;
    let location = format!("{place}/{}", taken.receipt.evidence.address);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(taken)).into_response())
}

async fn hand_out(
    State(intake): State<Arc<IntakeHttp>>,
    wanted: Result<Path<Wanted>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let principal = principal(&intake.authenticate, &headers, Scope::Read).await?;
    let Path(Wanted { round, unit, address }) = wanted.map_err(|e| misshapen(&e.body_text()))?;
    let address = Hash::parse(&address).map_err(|e| misshapen(&e.to_string()))?;
    let file = intake.files.hand_out(&principal, FileQuery { round, unit, address }).await.map_err(Problem)?;
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_LENGTH, file.bytes.to_string()),
        (header::CONTENT_DISPOSITION, file.kept_as),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(file.pieces)).into_response())
}
