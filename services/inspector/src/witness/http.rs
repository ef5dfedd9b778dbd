//! A witness over HTTP: `add-checkpoint`, and the last cosigned checkpoint of each log for whoever looks after them.
//! It asks for no token: what it may cosign is known by the log's signature alone.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use platform::clock::Clock;
use platform::config::Limits;
use platform::http::problem;
use platform::shell::Shell;
use proto::Hash;
use proto::document::Lang;
use proto::note::NoteSignature;
use proto::witness::{ADD_CHECKPOINT, REQUEST_BYTES_MAX, Refusal, SIZE_MEDIA, write_size};

use super::{Dispute, NotCosigned, NotRecomputed, Validating, Witness};

/// The most requests at once: each may wait for the disk.
const REQUESTS_MAX: usize = 64;

/// What a witness takes at most.
#[must_use]
pub fn witness_limits() -> Limits {
    Limits { body_bytes: REQUEST_BYTES_MAX, requests: REQUESTS_MAX, ..Limits::default() }
}

#[derive(Clone)]
struct Serving {
    witness: Arc<Witness>,
    validating: Option<Arc<Validating>>,
    clock: Arc<Clock>,
}

/// Opens a witness in a shell, with its figures: a plain one, or one that recomputes what it cosigns.
pub fn serve_witness(witness: Witness, validating: Option<Validating>, clock: Arc<Clock>, shell: &Shell) {
    let (witness, validating) = (Arc::new(witness), validating.map(Arc::new));
    if let Some(validating) = &validating {
        observe(validating, shell);
    }
    let metrics = shell.metrics();
    let counted = Arc::clone(&witness);
    metrics.counter("parindex_witness_cosigned", "Checkpoints that the witness cosigned", Vec::new(), move || {
        counted.cosigned() as f64
    });
    for origin in witness.origins().map(str::to_owned).collect::<Vec<_>>() {
        let (watched, labels) = (Arc::clone(&witness), vec![("log", origin.clone())]);
        let size = move || watched.last(&origin).map_or(0.0, |held| held.head.size as f64);
        metrics.gauge("parindex_witness_size", "The size up to which a log is cosigned", labels, size);
    }
    let routes = Router::new()
        .route(ADD_CHECKPOINT, post(add_checkpoint))
        .route("/{log}/checkpoint", get(last))
        .with_state(Serving { witness, validating, clock });
    shell.open(routes);
}

/// Says how far a validating witness has come, and whether the log holds what it cannot recompute.
fn observe(validating: &Validating, shell: &Shell) {
    let (counted, standing) = (validating.standing(), validating.standing());
    let help = "Events that a validating witness has recomputed";
    shell.metrics().gauge("parindex_witness_recomputed", help, Vec::new(), move || counted.borrow().recomputed as f64);
    let ended = validating.ended();
    shell.health().needs("fold", move || {
        let ended = if ended() { Err("it has ended by a fault; start the witness anew".to_owned()) } else { Ok(()) };
        async move { ended }
    });
    shell.health().needs("log", move || {
        let disputed = standing.borrow().disputed.as_ref().map(|d| format!("{}: position {}", d.code(), d.position()));
        async move { disputed.map_or(Ok(()), Err) }
    });
}

async fn add_checkpoint(State(serving): State<Serving>, body: Bytes) -> Response {
    let Serving { witness, validating, clock } = serving;
    if let Some(validating) = validating
        && let Err(refused) = recomputed(Arc::clone(&witness), &validating, body.clone()).await
    {
        return refused;
    }
    // Whoever asked may go away: what was begun is done all the same, and another request waits for it.
    match tokio::task::spawn_blocking(move || witness.add(&body, || clock.now().millis() / 1_000)).await {
        Ok(Ok(cosignature)) => signature_lines(&cosignature),
        Ok(Err(error)) => not_cosigned(&error),
        Err(error) => failed(&error),
    }
}

/// Whether what is asked for was recomputed. What the protocol refuses is refused before anybody folds for it.
async fn recomputed(witness: Arc<Witness>, validating: &Validating, body: Bytes) -> Result<(), Response> {
    let asked = tokio::task::spawn_blocking(move || witness.asked(&body)).await;
    let (note, head) = asked.map_err(|e| failed(&e))?.map_err(|e| not_cosigned(&e))?;
    match validating.recompute(note, head).await {
        Ok(()) => Ok(()),
        Err(NotRecomputed::Disputed(dispute)) => Err(disputed(&dispute)),
        Err(NotRecomputed::Behind(_)) => {
            let vi = "Nhân chứng chưa đọc và tính lại nhật ký đến đó; hãy hỏi lại sau.";
            let mut response = unable(
                "witness_behind",
                vi,
                "The witness has not recomputed the log up to there yet; ask again later.",
            );
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            Err(response)
        }
    }
}

/// What the witness cannot make of the log. What an event says stays in the witness's own log lines: anyone may ask.
fn disputed(dispute: &Dispute) -> Response {
    let at = dispute.position();
    let (vi, en) = match dispute {
        Dispute::Entries { .. } => (
            format!("Các mục của nhật ký đến vị trí {at} không cho ra gốc đã ký."),
            format!("The log's entries up to position {at} do not come to the root that it has signed."),
        ),
        Dispute::Rules { .. } => (
            format!("Sự kiện ở vị trí {at} không đúng quy tắc, hoặc nói điều mà nhật ký không có."),
            format!("The event at position {at} is not what the rules allow, or says what the log does not."),
        ),
    };
    problem(StatusCode::FAILED_DEPENDENCY, dispute.code(), (vi, en), [("position", at.into())])
}

fn not_cosigned(error: &NotCosigned) -> Response {
    match error {
        NotCosigned::Refused(refusal) => refused(refusal),
        NotCosigned::ClockBehind { .. } => {
            tracing::error!(%error, "witness.refuses");
            let vi = "Đồng hồ của nhân chứng chạy sau lần xác nhận trước; không xác nhận gì cho đến khi chỉnh lại.";
            let en = "The witness's clock is behind its last cosignature; it cosigns nothing until that is mended.";
            unable("clock_behind", vi, en)
        }
        NotCosigned::Store(error) => {
            tracing::error!(%error, "witness.refuses");
            let vi = "Nhân chứng không đọc hoặc ghi được kho của mình; không xác nhận gì.";
            unable("witness_store_unusable", vi, "The witness cannot use its store; it cosigns nothing.")
        }
    }
}

fn failed(error: &tokio::task::JoinError) -> Response {
    tracing::error!(%error, "witness.failed");
    unable("failed", "Nhân chứng gặp lỗi.", "The witness failed.")
}

fn signature_lines(cosignature: &NoteSignature) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], cosignature.to_string()).into_response()
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).expect("the statuses of refusals are some");
    if let Refusal::Size { size } = refusal {
        return (status, [(header::CONTENT_TYPE, SIZE_MEDIA)], write_size(*size)).into_response();
    }
    problem(status, refusal.code(), (refusal.sentence(Lang::Vi), refusal.sentence(Lang::En)), [])
}

fn unable(code: &str, vi: &str, en: &str) -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, code, (vi.to_owned(), en.to_owned()), [])
}

/// The last cosigned checkpoint of a log, by SHA-256 of its origin.
async fn last(State(Serving { witness, .. }): State<Serving>, Path(log): Path<String>) -> Response {
    let named = |origin: &&str| Hash::digest(origin.as_bytes()).to_string() == log;
    match witness.origins().find(named).and_then(|origin| witness.last(origin)) {
        Some(held) => {
            let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
            (headers, held.note.to_string()).into_response()
        }
        None => {
            let (vi, en) =
                ("Chưa xác nhận điểm kiểm chứng nào của nhật ký đó.", "No checkpoint of that log is cosigned.");
            problem(StatusCode::NOT_FOUND, "log_unknown", (vi.to_owned(), en.to_owned()), [])
        }
    }
}
