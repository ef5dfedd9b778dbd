//! Cases over HTTP, to those who may read them. A token is needed wherever it is asked from, and what its holder may do the log says.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use platform::clock::Clock;
use platform::http::{Problem, principal};
use platform::ports::SharedAuthenticate;
use proto::cases::CasesQuery;
use proto::{AsOf, Rejection, Scope};

use crate::replay::{Inspector, ReplayError};

/// What the route needs.
pub struct CasesHttp {
    /// The inspector.
    pub inspector: Inspector,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

/// The route.
pub fn cases_router(cases: CasesHttp) -> Router {
    Router::new().route("/api/privacy/cases", get(all)).with_state(Arc::new(cases))
}

/// `GET /api/privacy/cases?as_of=`: every case, as of a position, an instant or a day.
async fn all(
    State(cases): State<Arc<CasesHttp>>,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let principal = principal(&cases.authenticate, &headers, Scope::Read).await.map_err(Problem::into_response)?;
    let query = query(&asked).map_err(|detail| refused(Rejection::WrongShape { detail }))?;
    let now = cases.clock.now();
    let may = cases.inspector.may_read_cases(&principal, now).await.map_err(|error| failed(&error))?;
    may.map_err(refused)?;
    let told = cases.inspector.cases(query, now).await.map_err(|error| match error {
        ReplayError::Refused(rejection) => refused(*rejection),
        error => failed(&error),
    })?;
    Ok(([(header::CACHE_CONTROL, "private, no-store")], Json(told)).into_response())
}

fn query(asked: &BTreeMap<String, String>) -> Result<CasesQuery, String> {
    if let Some(unknown) = asked.keys().find(|name| *name != "as_of") {
        return Err(format!("{unknown:?} is not asked for: as_of"));
    }
    let as_of = asked.get("as_of").map(|text| AsOf::parse(text)).transpose().map_err(|e| e.to_string())?;
    Ok(CasesQuery { as_of })
}

fn refused(rejection: Rejection) -> Response {
    Problem(rejection).into_response()
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "inspector.cases_failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
