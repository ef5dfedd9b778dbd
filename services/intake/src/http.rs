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
use bytes::Bytes;
use domain::{FilesOf, World, may_open, may_send};
use futures::{TryStreamExt, stream};
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::http::{Problem, principal};
use platform::ports::SharedAuthenticate;
use platform::restore::{END, restore};
use proto::access::AccessKind;
use proto::fold::Streams;
use proto::stored_file::FileTaken;
use proto::{Hash, Principal, Rejection, RoundId, UnitId};
use serde::Deserialize;
use tokio_util::io::StreamReader;

use crate::access::{Access, AccessLog};
use crate::evidence::{FileError, Outgoing, Store};
use crate::faulty::misshapen;

/// What the routes need.
pub struct IntakeHttp {
    /// The files.
    pub store: Arc<Store>,
    /// Who was handed what.
    pub access: AccessLog,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
    /// The log, which says who may do what.
    pub feed: SharedFeed,
    /// The log's clock.
    pub clock: Arc<Clock>,
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
    let principal = principal(&intake.authenticate, &headers).await?;
    let Path((round, unit)) = place.map_err(|e| misshapen(&e.body_text()))?;
    let Query(Sent { name, page }) = sent.map_err(|e| misshapen(&e.body_text()))?;
    let of = FilesOf { round: &round, unit: &unit };
    may_send(&intake.world(of).await?, &principal, intake.clock.now(), of).map_err(Problem)?;
    let files = intake.store.begun().await.map_err(refused)?;
    let plain = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    let taken = files.take_in((&unit, &name, &page), plain).await.map_err(refused)?;
    let location = format!("/api/files/{round}/{unit}/{}", taken.receipt.evidence.address);
    let answer = FileTaken { receipt: taken.receipt, again: taken.again };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(answer)).into_response())
}

async fn hand_out(
    State(intake): State<Arc<IntakeHttp>>,
    wanted: Result<Path<Wanted>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let principal = principal(&intake.authenticate, &headers).await?;
    let Path(Wanted { round, unit, address }) = wanted.map_err(|e| misshapen(&e.body_text()))?;
    let address = Hash::parse(&address).map_err(|e| misshapen(&e.to_string()))?;
    let of = FilesOf { round: &round, unit: &unit };
    let allowed = may_open(&intake.world(of).await?, &principal, intake.clock.now(), (of, address));
    if let Err(rejection) = allowed {
        if matches!(rejection, Rejection::FileNotOpen { .. }) {
            intake.record(&principal, address, AccessKind::Refuse).await?;
        }
        return Err(Problem(rejection));
    }
    let missing = || Problem(Rejection::FileMissing { address });
    let files = intake.store.there().await.map_err(refused)?.ok_or_else(missing)?;
    let mut file = files.open_file(address).await.map_err(refused)?;
    if file.record.unit != unit {
        return Err(missing());
    }
    // What stands at the beginning is opened before anything is promised.
    let first = file.piece().await.map_err(refused)?;
    intake.record(&principal, address, AccessKind::HandOut).await?;
    let headers = [
        (header::CONTENT_TYPE, file.record.media_type.clone()),
        (header::CONTENT_LENGTH, file.bytes().to_string()),
        (header::CONTENT_DISPOSITION, attachment(address, &file.record.secrets.opening.name)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(pieces(first, file))).into_response())
}

/// The bytes of a file. Where one does not open any more the connection breaks off, so that nobody takes what came for the whole.
fn pieces(first: Option<Bytes>, file: Outgoing) -> impl futures::Stream<Item = Result<Bytes, FileError>> {
    let rest = stream::try_unfold(file, async |mut file| {
        let piece = file.piece().await.inspect_err(|error| tracing::error!(%error, "intake.hand_out_broke_off"))?;
        Ok(piece.map(|piece| (piece, file)))
    });
    futures::StreamExt::chain(stream::iter(first.map(Ok)), rest)
}

impl IntakeHttp {
    /// What the log says of people, and of a unit's sheet.
    async fn world(&self, of: FilesOf<'_>) -> Result<World, Problem> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants, Streams::Sheet(of.round.clone(), of.unit.clone())] {
            let restored = restore(&*self.feed, &mut world, streams, END).await;
            restored.map_err(|error| Problem(Rejection::FilesUnusable { detail: error.to_string() }))?;
        }
        Ok(world)
    }

    async fn record(&self, principal: &Principal, address: Hash, kind: AccessKind) -> Result<(), Problem> {
        let access = Access { principal, address, at: self.clock.now(), kind };
        let recorded = self.access.put(access).await;
        recorded.map_err(|error| Problem(Rejection::FilesUnusable { detail: error.to_string() }))
    }
}

fn refused(error: FileError) -> Problem {
    Problem(error.into())
}

/// How a file is to be kept by whoever receives it: under its own name, and by its address where names are plain (RFC 6266, 8187).
fn attachment(address: Hash, name: &str) -> String {
    let spelled: String = name.bytes().map(spelled).collect();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let plain = if ending.bytes().all(|b| b.is_ascii_alphanumeric()) { ending } else { "" };
    format!("attachment; filename=\"{address}.{plain}\"; filename*=UTF-8''{spelled}")
}

fn spelled(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}
