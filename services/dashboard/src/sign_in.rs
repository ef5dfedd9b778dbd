//! Who is signed in: from the cookie of a request to what its page says, and the pages where people sign in and out.
//! A session says who reads; no command rests on a cookie alone, and what a person may do the log says.

mod cookie;
mod form;
mod next;
mod site;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::Response;

use identity::{Identity, Provider, Session};
use platform::clock::Clock;
use platform::http::{SignedIn, is_page, see_other};
use proto::Instant;

use crate::Dashboard;

pub use cookie::{awaited, awaiting, cleared, kept, no_longer_awaited};
pub use form::{Fields, FormRefused};
pub use next::place_here;
pub use site::{BadSite, Site};
pub use upload::Upload;

/// Where people sign in.
pub const SIGN_IN: &str = "/sign-in";
/// Where they are sent to the identity provider, and where it sends them back.
pub const BY_PROVIDER: &str = "/sign-in/oidc";
/// The latter, as the provider must know it behind this site's address.
pub const BACK: &str = "/sign-in/oidc/back";
/// Where they change their password.
pub const PASSWORD: &str = "/password";
/// Where they see who they are.
pub const ME: &str = "/me";
/// The most bytes of a form's body: three passwords of 128 characters, each of up to 12 bytes as a form spells it, and room.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// What signing in needs.
#[derive(Clone)]
pub struct SignIn {
    /// Accounts and sessions.
    pub identity: Arc<Identity>,
    /// By which sessions end: the machine's, also where a log runs on a script's.
    pub clock: Arc<Clock>,
    /// How browsers reach this site.
    pub site: Site,
    /// The identity provider, where people sign in by one too.
    pub provider: Option<Arc<Provider>>,
}

/// What pages of people who sign in are made from.
#[derive(Clone)]
pub struct Doors {
    /// The pages beside them.
    pub dashboard: Dashboard,
    /// Signing in.
    pub sign_in: SignIn,
}

/// Who asks, on a site where people can sign in; kept in a request for its page.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Arc<Session>>);

impl SignIn {
    /// The present moment.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The secret of a request's cookie.
    pub fn secret<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie::secret(headers, &self.site)
    }
}

/// The pages of a router with what is known of who asks for them.
pub fn recognising(routes: Router, sign_in: SignIn) -> Router {
    routes.layer(middleware::from_fn_with_state(sign_in, recognise))
}

/// The limit of what a form may bring.
pub fn bounded<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// Finds out who asks. Whoever must change his password first is led there from every page and every form, and reads and does nothing before.
async fn recognise(State(sign_in): State<SignIn>, mut request: Request, next: Next) -> Response {
    let session = match sign_in.secret(request.headers()) {
        Some(secret) => sign_in.identity.session(secret, sign_in.now()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "sign_in.recognise");
            None
        }),
        None => None,
    };
    match &session {
        Some(session) if session.must_change => {
            let path = request.uri().path();
            let is_door = path == PASSWORD || path == SIGN_IN || path.starts_with("/sign-out");
            let is_form = request.method() == Method::POST && !path.starts_with("/api/") && !is_door;
            let is_closed = is_page(&request) && path != PASSWORD && !path.starts_with("/assets/");
            if is_form || is_closed {
                return see_other(PASSWORD);
            }
        }
        Some(_) => {
            request.extensions_mut().insert(SignedIn);
        }
        None => {}
    }
    request.extensions_mut().insert(Visitor(session.map(Arc::new)));
    next.run(request).await
}
