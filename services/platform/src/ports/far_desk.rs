//! What the pages of people at work ask of an intake that runs apart, over HTTP: files of units and ballots of surveys, sent, looked at and handed
//! out. Both halves stand here. The session of whoever asks goes along, and the intake looks up whose it is; a file crosses as a stream.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures::{StreamExt, TryStreamExt, stream};
use proto::kept_file::{FileBrought, FileQuery, FilesQuery, KeptFile};
use proto::returned_sheet::SheetBook;
use proto::stored_file::FileTaken;
use proto::surveyed::{
    AgainRead, AgainSent, BallotsSent, BallotsTold, BallotsWaiting, BatchQuery, BatchTold, SampleQuery, SampleTold,
    SurveyQuery, SurveyTold,
};
use proto::{Principal, Rejection, Scope};
use reqwest::{Client, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::files::INTAKE;
use super::{HandedOut, Pieces, SharedAuthenticate, SharedSurveys, SharedUnitFiles, Surveys, UnitFiles};
use crate::http::{Problem, SESSION, speaker};
use crate::outward;

/// How long making a connection may take, in milliseconds.
const CONNECT_MS: u64 = 2_000;
/// How long an intake may be silent, in milliseconds: a round is folded, a file is sealed.
const SILENCE_MS: u64 = 60_000;
/// The most bytes of an answer that is no file.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How many pieces of a file may wait to be sent on.
const WAITING: usize = 4;
/// The media type of a rejection as it crosses this port.
const REJECTED: &str = "application/vnd.parindex.rejection+json";

/// Who answers on the intake's side.
struct Here {
    files: SharedUnitFiles,
    surveys: SharedSurveys,
    authenticate: SharedAuthenticate,
}

/// What stands in an address, beside a body that is a file: the question.
type Beside = BTreeMap<String, String>;

/// The routes of an intake, for whoever shows pages. Who may ask is the shell's matter; whose session comes along is looked up here.
pub fn far_desk(files: SharedUnitFiles, surveys: SharedSurveys, authenticate: SharedAuthenticate) -> Router {
    macro_rules! asks {
        ($of:ident, $method:ident) => {
            post(async |State(here): State<Arc<Here>>, headers: HeaderMap, body: Bytes| {
                let (who, query) = match asked(&here, &headers, &body).await {
                    Ok(asked) => asked,
                    Err(refused) => return *refused,
                };
                answer(here.$of.$method(&who, query).await)
            })
        };
    }
    macro_rules! brings {
        ($of:ident, $method:ident) => {
            post(async |State(here): State<Arc<Here>>, Query(beside): Query<Beside>, headers: HeaderMap, body: Body| {
                let (who, query) =
                    match asked(&here, &headers, beside.get("asked").map_or("", String::as_str).as_bytes()).await {
                        Ok(asked) => asked,
                        Err(refused) => return *refused,
                    };
                let pieces = body.into_data_stream().map_err(io::Error::other).boxed();
                answer(here.$of.$method(&who, query, pieces).await)
            })
        };
    }
    let brings = Router::new()
        .route(&path("file-take-in"), brings!(files, take_in))
        .route(&path("ballots-take-in"), brings!(surveys, take_in))
        .route(&path("again"), brings!(surveys, again))
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .route(&path("files-kept"), asks!(files, kept))
        .route(&path("file"), post(hand_out))
        .route(&path("survey"), asks!(surveys, survey))
        .route(&path("batch"), asks!(surveys, batch))
        .route(&path("sample"), asks!(surveys, sample))
        .route(&path("ballots-waiting"), asks!(surveys, waiting))
        .route(&path("again-book"), asks!(surveys, again_book))
        .route(&path("ballots-forget"), asks!(surveys, forget))
        .merge(brings)
        .with_state(Arc::new(Here { files, surveys, authenticate }))
}

fn path(what: &str) -> String {
    format!("{INTAKE}/desk/{what}")
}

/// Who asks, and what.
async fn asked<Q: DeserializeOwned>(
    here: &Here,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Principal, Q), Box<Response>> {
    let rejected = |rejection| Box::new(refusal(&rejection));
    // A token speaks for itself on the intake's own routes; here somebody is signed in.
    if !headers.contains_key(SESSION) {
        return Err(rejected(Rejection::SessionOver {}));
    }
    let who = speaker(&here.authenticate, headers, Scope::Log).await.map_err(|Problem(r)| rejected(r))?;
    let query = serde_json::from_slice(body).map_err(|e| rejected(Rejection::WrongShape { detail: e.to_string() }))?;
    Ok((who, query))
}

async fn hand_out(State(here): State<Arc<Here>>, headers: HeaderMap, body: Bytes) -> Response {
    let (who, query) = match asked::<FileQuery>(&here, &headers, &body).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    match here.files.hand_out(&who, query).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, file.media_type),
                (header::CONTENT_LENGTH, file.bytes.to_string()),
                (header::CONTENT_DISPOSITION, file.kept_as),
            ];
            (headers, Body::from_stream(file.pieces)).into_response()
        }
        Err(rejection) => refusal(&rejection),
    }
}

fn answer(answer: Result<impl Serialize, Rejection>) -> Response {
    match answer {
        Ok(told) => Json(told).into_response(),
        Err(rejection) => refusal(&rejection),
    }
}

fn refusal(rejection: &Rejection) -> Response {
    let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media = [(header::CONTENT_TYPE, REJECTED)];
    (status, media, serde_json::to_vec(rejection).expect("a rejection is JSON")).into_response()
}

/// Intakes that run apart, for whoever shows pages. They share their stores: each answers for all.
#[derive(Debug, Clone)]
pub struct FarDesk {
    http: Client,
    urls: Arc<[String]>,
    token: Option<String>,
}

/// The intakes for one session.
struct ForSession {
    desk: FarDesk,
    secret: String,
}

impl FarDesk {
    /// The intakes at some addresses, with this service's own token.
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(urls: &[String], token: Option<String>) -> Result<Self, String> {
        let http = outward::builder()
            .read_timeout(Duration::from_millis(SILENCE_MS))
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .build()
            .map_err(|e| e.to_string())?;
        let urls = urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        Ok(Self { http, urls, token })
    }

    /// The files of units for the session that has this secret.
    #[must_use]
    pub fn files(&self, secret: &str) -> SharedUnitFiles {
        Arc::new(ForSession { desk: self.clone(), secret: secret.to_owned() })
    }

    /// Surveys, likewise.
    #[must_use]
    pub fn surveys(&self, secret: &str) -> SharedSurveys {
        Arc::new(ForSession { desk: self.clone(), secret: secret.to_owned() })
    }
}

impl ForSession {
    fn request(&self, url: &str, what: &str) -> RequestBuilder {
        let request = self.desk.http.post(format!("{url}{}", path(what))).header(SESSION, &self.secret);
        match &self.desk.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Asks the first intake that can be reached. Nothing is asked twice: a file is handed out, or destroyed, once.
    async fn reach(&self, what: &str, query: &(impl Serialize + Sync)) -> Result<reqwest::Response, Rejection> {
        let body = serde_json::to_vec(query).map_err(unusable)?;
        let mut failure = unusable("no intake is named");
        for url in self.desk.urls.iter() {
            match self.request(url, what).body(body.clone()).send().await {
                Ok(response) => return taken(response).await,
                Err(error) if error.is_connect() => failure = away(error),
                Err(error) => return Err(away(error)),
            }
        }
        Err(failure)
    }

    async fn ask<T: DeserializeOwned>(&self, what: &str, query: &(impl Serialize + Sync)) -> Result<T, Rejection> {
        read(self.reach(what, query).await?).await
    }

    /// Sends a file behind what is said of it. One whose sender goes away arrives as one that broke off.
    async fn bring<T: DeserializeOwned>(
        &self,
        what: &str,
        query: &(impl Serialize + Sync),
        mut pieces: Pieces<'_>,
    ) -> Result<T, Rejection> {
        let asked = serde_json::to_string(query).map_err(unusable)?;
        // The question stands in the address, as the body is the file.
        let mut beside = reqwest::Url::parse("http://x").map_err(unusable)?;
        beside.query_pairs_mut().append_pair("asked", &asked);
        let what = format!("{what}?{}", beside.query().unwrap_or_default());
        let url = self.desk.urls.first().ok_or_else(|| unusable("no intake is named"))?;
        let (to, from) = mpsc::channel::<Option<io::Result<Bytes>>>(WAITING);
        let request = self.request(url, &what).body(reqwest::Body::wrap_stream(whole(from)));
        let hand_on = async {
            while let Some(piece) = pieces.next().await {
                let broke_off = piece.is_err();
                if to.send(Some(piece)).await.is_err() || broke_off {
                    return;
                }
            }
            let _ = to.send(None).await;
        };
        let send = async { request.send().await.map_err(away) };
        tokio::pin!(send);
        let response = tokio::select! {
            // An answer that comes before the file's end is a refusal, and the rest is not wanted.
            answered = &mut send => answered?,
            () = hand_on => send.await?,
        };
        read(taken(response).await?).await
    }
}

/// What is handed on, to its end; without one it broke off.
fn whole(from: mpsc::Receiver<Option<io::Result<Bytes>>>) -> impl futures::Stream<Item = io::Result<Bytes>> + Send {
    stream::unfold(Some(from), async |from| {
        let mut from = from?;
        match from.recv().await {
            Some(Some(Ok(piece))) => Some((Ok(piece), Some(from))),
            Some(None) => None,
            Some(Some(Err(error))) => Some((Err(error), None)),
            None => Some((Err(io::Error::other("the file broke off")), None)),
        }
    })
}

/// An answer that is no refusal.
async fn taken(response: reqwest::Response) -> Result<reqwest::Response, Rejection> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let is_rejection = response.headers().get(header::CONTENT_TYPE).is_some_and(|media| media == REJECTED);
    if !is_rejection {
        return Err(unusable(format!("the intake answered {status}")));
    }
    Err(read::<Rejection>(response).await?)
}

async fn read<T: DeserializeOwned>(mut response: reqwest::Response) -> Result<T, Rejection> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(away)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(unusable("the intake sent too much"));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|e| unusable(format!("the intake's answer: {e}")))
}

fn away(error: reqwest::Error) -> Rejection {
    unusable(format!("the intake: {}", error.without_url()))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unusable(error: impl ToString) -> Rejection {
    Rejection::FilesUnusable { detail: error.to_string() }
}

#[async_trait]
impl UnitFiles for ForSession {
    async fn take_in(&self, _: &Principal, file: FileBrought, pieces: Pieces<'_>) -> Result<FileTaken, Rejection> {
        self.bring("file-take-in", &file, pieces).await
    }

    async fn kept(&self, _: &Principal, query: FilesQuery) -> Result<Vec<KeptFile>, Rejection> {
        self.ask("files-kept", &query).await
    }

    async fn hand_out(&self, _: &Principal, query: FileQuery) -> Result<HandedOut, Rejection> {
        let response = self.reach("file", &query).await?;
        let said = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned).ok_or_else(|| unusable("the intake's answer is no file"))
        };
        let (media_type, kept_as) = (said(header::CONTENT_TYPE)?, said(header::CONTENT_DISPOSITION)?);
        let bytes = said(header::CONTENT_LENGTH)?.parse().map_err(unusable)?;
        let pieces = response.bytes_stream().map_err(|error| io::Error::other(error.without_url())).boxed();
        Ok(HandedOut { media_type, bytes, kept_as, pieces })
    }
}

#[async_trait]
impl Surveys for ForSession {
    async fn survey(&self, _: &Principal, query: SurveyQuery) -> Result<SurveyTold, Rejection> {
        self.ask("survey", &query).await
    }

    async fn batch(&self, _: &Principal, query: BatchQuery) -> Result<BatchTold, Rejection> {
        self.ask("batch", &query).await
    }

    async fn sample(&self, _: &Principal, query: SampleQuery) -> Result<SampleTold, Rejection> {
        self.ask("sample", &query).await
    }

    async fn take_in(&self, _: &Principal, sent: BallotsSent, pieces: Pieces<'_>) -> Result<BallotsTold, Rejection> {
        self.bring("ballots-take-in", &sent, pieces).await
    }

    async fn waiting(&self, _: &Principal, query: BatchQuery) -> Result<BallotsWaiting, Rejection> {
        self.ask("ballots-waiting", &query).await
    }

    async fn again_book(&self, _: &Principal, query: BatchQuery) -> Result<SheetBook, Rejection> {
        self.ask("again-book", &query).await
    }

    async fn again(&self, _: &Principal, sent: AgainSent, pieces: Pieces<'_>) -> Result<AgainRead, Rejection> {
        self.bring("again", &sent, pieces).await
    }

    async fn forget(&self, _: &Principal, query: BatchQuery) -> Result<(), Rejection> {
        self.ask("ballots-forget", &query).await
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::TryStreamExt;
    use tokio::sync::mpsc;

    use super::whole;

    #[tokio::test]
    async fn a_file_whose_sender_goes_away_does_not_arrive_as_a_whole_one() {
        for end in [Some(None), None, Some(Some(Err(std::io::Error::other("cut"))))] {
            let is_whole = matches!(end, Some(None));
            let (to, from) = mpsc::channel(4);
            to.send(Some(Ok(Bytes::from("%PDF-1.7")))).await.expect("somebody reads");
            if let Some(end) = end {
                to.send(end).await.expect("somebody reads");
            }
            drop(to);
            assert_eq!(whole(from).try_collect::<Vec<Bytes>>().await.is_ok(), is_whole);
        }
    }
}
