//! Tags of answers (RFC 9110, 8.8.3) that follow from the projections' rows alone, or from the log where it was read to: a tag is made of the positions and roots that the rows
//! stand at, and of what was asked. Whoever holds an answer of the same position is told so before anything is made; and what nobody in
//! particular asks for is made once a position, and kept until the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use platform::projector::{Cursor, ProjectError};
use proto::Hash;

use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::sign_in::Visitor;

/// The most answers that are kept.
const KEPT_MAX: usize = 64;
/// The most bytes of one that is kept.
const KEPT_BYTES_MAX: u64 = 2 * 1_048_576;
/// Digits of a tag.
const TAG_DIGITS: usize = 32;

/// Where rows stand: index and ranking.
type Stands = [(u64, Hash); 2];

/// An answer that is kept: its headers and its body.
type Kept = (HeaderMap, Bytes);

/// What is asked for tags, and the answers that are kept.
#[derive(Clone)]
pub struct Tags {
    dashboard: Dashboard,
    kept: Arc<Mutex<AllKept>>,
}

/// The answers of one position, by their tags.
#[derive(Default)]
struct AllKept {
    stands: Option<Stands>,
    answers: HashMap<String, Kept>,
}

impl Tags {
    /// Nothing is kept yet.
    pub fn new(dashboard: Dashboard) -> Self {
        Self { dashboard, kept: Arc::default() }
    }

    async fn stands(&self) -> Result<Stands, ProjectError> {
        let at = |cursor: &Cursor| (cursor.position, cursor.root);
        Ok([at(self.dashboard.index.view().await?.cursor()), at(self.dashboard.ranking.view().await?.cursor())])
    }

    fn find(&self, stands: &Stands, tag: &str) -> Option<Kept> {
        let kept = self.kept.lock().expect("no thread panics while it holds this");
        if kept.stands.as_ref() == Some(stands) { kept.answers.get(tag).cloned() } else { None }
    }

    fn keep(&self, stands: Stands, tag: String, answer: Kept) {
        let mut kept = self.kept.lock().expect("no thread panics while it holds this");
        if kept.stands.as_ref() != Some(&stands) {
            *kept = AllKept { stands: Some(stands), answers: HashMap::new() };
        }
        if kept.answers.len() < KEPT_MAX {
            kept.answers.insert(tag, answer);
        }
    }
}

/// Answers by the tag, or tags the answer.
pub async fn tag(
    State(tags): State<Tags>,
    OriginalUri(uri): OriginalUri,
    ask: Ask,
    request: Request,
    next: Next,
) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    // Where rows cannot be read, the page says so itself.
    let Ok(stands) = tags.stands().await else { return next.run(request).await };
    let session = request.extensions().get::<Visitor>().and_then(|Visitor(session)| session.clone());
    // Of two accounts one may be called as the other.
    let name = session.as_ref().map_or("", |session| session.credential.as_str());
    let visited = request.extensions().get::<Visitor>().is_some();
    let of = format!("{stands:?}\n{uri}\n{:?}\n{name}\n{visited}\n{:?}", ask.lang, ask.own);
    let tag = tag_of(&of);
    if is_held(request.headers(), &tag) {
        return not_changed(&tag);
    }
    // A page that remembers a language sets a cookie, and is made for its sender.
    let is_anybodys = session.is_none() && ask.own.is_none() && *request.method() == Method::GET;
    if let Some((headers, body)) = tags.find(&stands, &tag).filter(|_| is_anybodys) {
        return (headers, body).into_response();
    }
    let mut answer = next.run(request).await;
    if answer.status() != StatusCode::OK {
        return answer;
    }
    answer.headers_mut().insert(ETAG, HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes"));
    // What is made whole knows its length; a longer one is not kept.
    let is_short = answer.body().size_hint().exact().is_some_and(|bytes| bytes <= KEPT_BYTES_MAX);
    if !is_anybodys || !is_short || answer.headers().contains_key(SET_COOKIE) {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Refusal::Malformed("an answer that is whole broke off".to_owned()).problem();
    };
    tags.keep(stands, tag, (parts.headers.clone(), bytes.clone()));
    Response::from_parts(parts, Body::from(bytes))
}

/// Where an answer of the inspector's stands, for its tag.
#[derive(Debug, Clone)]
pub struct StandsAt(pub String);

/// Tags an answer that is folded from the log, by the position and root that it names, and sends it only to whoever does not hold it.
/// Where that is, the inspector alone knows: an answer is made before it can be said to be the same.
pub async fn tag_told(OriginalUri(uri): OriginalUri, ask: Ask, request: Request, next: Next) -> Response {
    let asked_with = request.headers().clone();
    let visitor = request.extensions().get::<Visitor>().cloned();
    // A page names whoever is signed in: another's is another page.
    let whose = visitor.map(|Visitor(session)| session.map(|session| session.name.clone()).unwrap_or_default());
    let mut answer = next.run(request).await;
    let Some(StandsAt(stands)) = answer.extensions().get().filter(|_| answer.status() == StatusCode::OK) else {
        return answer;
    };
    let tag = tag_of(&format!("{stands}\n{uri}\n{:?}\n{:?}\n{whose:?}", ask.lang, ask.own));
    if is_held(&asked_with, &tag) {
        return not_changed(&tag);
    }
    answer.headers_mut().insert(ETAG, HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes"));
    answer
}

/// A tag of what an answer follows from.
fn tag_of(of: &str) -> String {
    format!("\"{}\"", &Hash::digest(of.as_bytes()).to_string()[..TAG_DIGITS])
}

/// Whether the sender holds the answer of a tag.
fn is_held(headers: &HeaderMap, tag: &str) -> bool {
    let held = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|line| line.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn not_changed(tag: &str) -> Response {
    let tag = HeaderValue::from_str(tag).expect("hexadecimal digits in quotes");
    let headers = [
        (ETAG, tag),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (VARY, HeaderValue::from_static("Cookie")),
    ];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}
