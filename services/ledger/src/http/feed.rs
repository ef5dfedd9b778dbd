//! The log's feed over HTTP, for services that run apart: the next events, and those of some streams up to a position.
//! It gives stored bodies, a line each, to whoever may read the log, and takes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use platform::feed::{BATCH_EVENTS_MAX, Feed, read_spelled};
use platform::http::Problem;
use proto::Rejection;

use super::{LedgerHttp, failed, lines, pages};

/// The parameters of an address.
type Asked = Query<BTreeMap<String, String>>;

/// The routes.
pub fn router(ledger: Arc<LedgerHttp>) -> Router {
    Router::new().route("/api/feed", get(after)).route("/api/feed/streams", get(streams)).with_state(ledger)
}

/// `?after=N&limit=M`: bodies after a position, at most as many as a batch has.
async fn after(State(ledger): State<Arc<LedgerHttp>>, Query(asked): Asked) -> Response {
    let most = BATCH_EVENTS_MAX as u64;
    match (number(&asked, "after", 0), number(&asked, "limit", most)) {
        (Ok(after), Ok(limit)) if limit <= most => pages(ledger.log.clone(), after, limit),
        (Ok(_), Ok(_)) => wrong(format!("limit is more than {most}")),
        (Err(problem), _) | (_, Err(problem)) => problem.into_response(),
    }
}

/// `?streams=S&upto=N`: bodies of some streams up to a position, in order of position.
async fn streams(State(ledger): State<Arc<LedgerHttp>>, Query(asked): Asked) -> Response {
    let Some(streams) = asked.get("streams").and_then(|text| read_spelled(text)) else {
        return wrong("streams is log, grants, document/KIND/ID, round/R, sheet/R/U or one/STREAM".to_owned());
    };
    let upto = match number(&asked, "upto", u64::MAX) {
        Ok(upto) => upto,
        Err(problem) => return problem.into_response(),
    };
    match ledger.log.streams(&streams, upto).await {
        Ok(bodies) => ([(header::CONTENT_TYPE, "application/x-ndjson")], lines(&bodies)).into_response(),
        Err(error) => failed(&error),
    }
}

fn number(asked: &BTreeMap<String, String>, name: &str, absent: u64) -> Result<u64, Problem> {
    let Some(text) = asked.get(name) else { return Ok(absent) };
    let detail = || format!("{name} is a number of events, not {text:?}");
    text.parse().map_err(|_| Problem(Rejection::WrongShape { detail: detail() }))
}

fn wrong(detail: String) -> Response {
    Problem(Rejection::WrongShape { detail }).into_response()
}
