//! A witness over HTTP: `add-checkpoint`, and the last cosigned checkpoint of each log for whoever looks after them.
//! It asks for no token: what it may cosign is known by the log's signature alone.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
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

use super::{NotCosigned, Witness};

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
    clock: Arc<Clock>,
}

/// Opens a witness in a shell, with its figures.
pub fn serve_witness(witness: Witness, clock: Arc<Clock>, shell: &Shell) {
    let witness = Arc::new(witness);
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
        .with_state(Serving { witness, clock });
    shell.open(routes);
}

async fn add_checkpoint(State(Serving { witness, clock }): State<Serving>, body: Bytes) -> Response {
    // Whoever asked may go away: what was begun is done all the same, and another request waits for it.
    let done = tokio::task::spawn_blocking(move || witness.add(&body, clock.now().millis() / 1_000)).await;
    match done {
        Ok(Ok(cosignature)) => signature_lines(&cosignature),
        Ok(Err(NotCosigned::Refused(refusal))) => refused(&refusal),
        Ok(Err(error @ NotCosigned::ClockBehind { .. })) => {
            tracing::error!(%error, "witness.refuses");
            let vi = "Đồng hồ của nhân chứng chạy sau lần xác nhận trước; không xác nhận gì cho đến khi chỉnh lại.";
            let en = "The witness's clock is behind its last cosignature; it cosigns nothing until that is mended.";
            unable("clock_behind", vi, en)
        }
        Ok(Err(NotCosigned::Store(error))) => {
            tracing::error!(%error, "witness.refuses");
            let vi = "Nhân chứng không đọc hoặc ghi được kho của mình; không xác nhận gì.";
            unable("witness_store_unusable", vi, "The witness cannot use its store; it cosigns nothing.")
        }
        Err(error) => {
            tracing::error!(%error, "witness.failed");
            unable("failed", "Nhân chứng gặp lỗi.", "The witness failed.")
        }
    }
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
