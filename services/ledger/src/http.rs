//! The ledger over HTTP: commands in; events, streams and the head out.
//! Every command carries a token; whether reading needs one is the shell's matter.

mod feed;
mod receipts;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream;
use platform::feed::Feed;
use platform::http::{Problem, problem, speaker};
use platform::ports::{SharedAuthenticate, SharedReceipts, SharedSubmit};
use proto::fold::Streams;
use proto::{Answer, Command, Origin, Rejection, Scope, Stream, Vouched};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::receipts::{WAIT_MS, WAIT_MS_MAX, Wanted, WithReceipts, rounds};
use crate::log::Log;

/// The most commands of one request.
const COMMANDS_MAX: usize = 1_000;
/// Events per read while a stream of them is being sent.
const PAGE_EVENTS: usize = 500;

/// What the routes need.
#[derive(Clone)]
pub struct LedgerHttp {
    /// The door.
    pub submit: SharedSubmit,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
    /// The log.
    pub log: Log,
    /// Its origin.
    pub origin: Origin,
    /// Who gives receipts, if anyone signs the log.
    pub receipts: Option<SharedReceipts>,
}

/// What the routes that write hold.
struct WriteDoor {
    submit: SharedSubmit,
    authenticate: SharedAuthenticate,
    receipts: WithReceipts,
}

/// The routes: those that write, and those that read.
pub fn router(ledger: LedgerHttp) -> (Router, Router) {
    let door = WriteDoor {
        submit: Arc::clone(&ledger.submit),
        authenticate: Arc::clone(&ledger.authenticate),
        receipts: WithReceipts::new(ledger.receipts.clone(), ledger.log.clone()),
    };
    let ledger = Arc::new(ledger);
    let write = Router::new().route("/api/commands", post(commands)).with_state(Arc::new(door));
    let read = Router::new()
        .route("/api/events", get(events))
        .route("/api/streams/{*stream}", get(one_stream))
        .route("/api/head", get(head))
        .with_state(Arc::clone(&ledger))
        .merge(feed::router(ledger));
    (write, read)
}

/// What a sender may ask for beside his commands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// By whom the receipt's checkpoint must be vouched for.
    receipt: Option<Vouched>,
    /// How long the answer may wait for it, in milliseconds.
    wait_ms: Option<u64>,
}

async fn commands(
    State(door): State<Arc<WriteDoor>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let principal = match speaker(&door.authenticate, &headers, Scope::Commands).await {
        Ok(principal) => principal,
        Err(problem) => return problem.into_response(),
    };
    let asked = match asked {
        Ok(Query(Asked { receipt, wait_ms })) => receipt.map(|vouched| {
            let wait = Duration::from_millis(wait_ms.unwrap_or(WAIT_MS).min(WAIT_MS_MAX));
            Wanted { vouched, wait }
        }),
        Err(e) => return Problem(Rejection::WrongShape { detail: e.body_text() }).into_response(),
    };
    let submit = async |commands: Vec<Result<Command, Rejection>>| {
        let rounds = rounds(&commands);
        let mut answers = door.submit.submit(principal, commands).await;
        door.receipts.add(&mut answers, rounds, asked).await;
        answers
    };
    let many = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    if !many {
        let mut answers = submit(vec![Command::parse(&body)]).await;
        return match answers.pop() {
            Some(answer) => single(&answer),
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
    }
    let parts: Vec<&RawValue> = match serde_json::from_slice(&body) {
        Ok(parts) => parts,
        Err(e) => return Problem(Rejection::NotJson { detail: e.to_string() }).into_response(),
    };
    if parts.len() > COMMANDS_MAX {
        let detail = format!("more than {COMMANDS_MAX} commands in one request");
        return Problem(Rejection::WrongShape { detail }).into_response();
    }
    let commands = parts.iter().map(|part| Command::parse(part.get().as_bytes())).collect();
    let answers = submit(commands).await;
    let lines: Vec<Vec<u8>> = answers.iter().map(Answer::line).collect();
    let array = [b"[".as_slice(), &lines.join(&b","[..]), b"]"].concat();
    ([(header::CONTENT_TYPE, "application/json")], array).into_response()
}

/// The answer to a single command: the event, or problem details.
fn single(answer: &Answer) -> Response {
    let (status, media) = match answer {
        Answer::Accepted(_) => (StatusCode::OK, "application/json"),
        Answer::Refused(r) => {
            let status = StatusCode::from_u16(r.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, "application/problem+json")
        }
    };
    let body = match answer {
        Answer::Accepted(_) => answer.line(),
        Answer::Refused(r) => {
            let mut problem = serde_json::Map::new();
            for (name, value) in &r.members {
                problem.insert(name.clone(), value.clone().into());
            }
            let fixed = [
                ("type", format!("urn:parindex:rejection:{}", r.code)),
                ("title", r.code.replace('_', " ")),
                ("detail", r.en.clone()),
                ("command", r.command.clone()),
                ("code", r.code.clone()),
                ("en", r.en.clone()),
                ("vi", r.vi.clone()),
            ];
            problem.extend(fixed.map(|(name, value)| (name.to_owned(), value.into())));
            problem.insert("status".to_owned(), r.status.into());
            serde_json::Value::Object(problem).to_string().into_bytes()
        }
    };
    let mut response = (status, [(header::CONTENT_TYPE, media)], body).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    }
    response
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    after: u64,
    limit: Option<u64>,
}

/// Bodies after a position, a line each, to the end or to the limit.
async fn events(
    State(ledger): State<Arc<LedgerHttp>>,
    query: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Query(After { after, limit }) = match query {
        Ok(query) => query,
        Err(e) => return Problem(Rejection::WrongShape { detail: e.body_text() }).into_response(),
    };
    pages(ledger.log.clone(), after, limit.unwrap_or(u64::MAX))
}

/// Bodies after a position, a line each, read from the log as they are sent.
fn pages(log: Log, after: u64, limit: u64) -> Response {
    let pages = stream::try_unfold((after, limit), move |(after, left)| {
        let log = log.clone();
        async move {
            let want = PAGE_EVENTS.min(usize::try_from(left).unwrap_or(PAGE_EVENTS));
            if want == 0 {
                return Ok::<_, std::io::Error>(None);
            }
            let bodies = log.after(after, want).await.map_err(std::io::Error::other)?;
            if bodies.is_empty() {
                return Ok(None);
            }
            let count = bodies.len() as u64;
            Ok(Some((Bytes::from(lines(&bodies)), (after + count, left - count))))
        }
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(pages)).into_response()
}

async fn one_stream(State(ledger): State<Arc<LedgerHttp>>, Path(name): Path<String>) -> Response {
    let Ok(stream) = Stream::parse(&name) else {
        return Problem(Rejection::WrongShape { detail: format!("{name:?} names no stream") }).into_response();
    };
    match ledger.log.streams(&Streams::One(stream), u64::MAX).await {
        Ok(bodies) if bodies.is_empty() => {
            let told = (format!("Không có chuỗi sự kiện {name}."), format!("There is no stream {name}."));
            problem(StatusCode::NOT_FOUND, "stream_unknown", told, [])
        }
        Ok(bodies) => ([(header::CONTENT_TYPE, "application/x-ndjson")], lines(&bodies)).into_response(),
        Err(e) => failed(&e),
    }
}

async fn head(State(ledger): State<Arc<LedgerHttp>>) -> Response {
    match ledger.log.head_row().await {
        Ok(row) => {
            let head = [
                ("origin", ledger.origin.to_string().into()),
                ("size", serde_json::Value::from(row.position)),
                ("root", row.range.root().to_string().into()),
                ("hash", row.hash.map_or(String::new(), |h| h.to_string()).into()),
            ];
            let head: serde_json::Map<_, _> = head.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            Json(serde_json::Value::Object(head)).into_response()
        }
        Err(e) => failed(&e),
    }
}

fn lines(bodies: &[Vec<u8>]) -> Vec<u8> {
    bodies.iter().flat_map(|body| body.iter().copied().chain([b'\n'])).collect()
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "ledger.read_failed");
    let told = ("Không đọc được nhật ký.".to_owned(), "The log cannot be read.".to_owned());
    problem(StatusCode::SERVICE_UNAVAILABLE, "log_unreadable", told, [])
}
