//! Whoever speaks by a session that another service hands on: the one that shows pages sends along what its visitor's cookie holds, and each
//! service looks up for itself whose session that is. The one that hands it on speaks for nobody.

use axum::http::{HeaderMap, HeaderName};
use proto::{Principal, Rejection, Scope};

use super::{Problem, principal};
use crate::ports::SharedAuthenticate;

/// Where a session's secret stands in a request between services, beside the sender's own token.
pub const SESSION: HeaderName = HeaderName::from_static("parindex-session");

/// The principal of a request: whose session it hands on, if it hands one on; else by a bearer token alone. A session is taken from a
/// service that may ask what services ask of each other, and from nobody else: what a browser sends is no such request.
///
/// # Errors
/// [`Problem`] as of [`principal`]; `session_over` for a session that is none.
pub async fn speaker(
    authenticate: &SharedAuthenticate,
    headers: &HeaderMap,
    wanted: Scope,
) -> Result<Principal, Problem> {
    let mut handed_on = headers.get_all(SESSION).iter();
    let Some(secret) = handed_on.next() else { return principal(authenticate, headers, wanted).await };
    principal(authenticate, headers, Scope::Log).await?;
    let over = || Problem(Rejection::SessionOver {});
    // Of two nobody knows which is meant.
    let secret = secret.to_str().ok().filter(|_| handed_on.next().is_none()).ok_or_else(over)?;
    let found = authenticate.session(secret).await.map_err(|detail| Problem(Rejection::NotWritten { detail }))?;
    found.ok_or_else(over)
}
