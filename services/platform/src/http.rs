//! The HTTP shell: problem details, security headers, who may read.
//! It knows no route: services bring theirs.

mod handed_on;
mod spoken;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use proto::document::Lang;
use proto::{Principal, Rejection, Scope};
use serde_json::{Map, Value};

pub use self::handed_on::{SESSION, speaker};
use self::spoken::{asked, spoken};
use crate::ports::SharedAuthenticate;

/// The most bytes of a request's body.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A rejection as problem details (RFC 9457).
#[derive(Debug)]
pub struct Problem(pub Rejection);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let rejection = &self.0;
        let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let sentences = (rejection.sentence(Lang::Vi), rejection.sentence(Lang::En));
        let members = rejection.members().into_iter().map(|(name, value)| (name, value.into()));
        let mut response = problem(status, rejection.code(), sentences, members);
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // RFC 6750, section 3.1: which scope it takes.
        if let Rejection::ScopeMissing { wanted } = rejection
            && let Ok(told) = HeaderValue::from_str(&format!("Bearer error=\"insufficient_scope\", scope=\"{wanted}\""))
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, told);
        }
        response
    }
}

/// Problem details (RFC 9457) under a stable code, with the sentence in Vietnamese and in English.
pub fn problem<'m>(
    status: StatusCode,
    code: &str,
    (vi, en): (String, String),
    members: impl IntoIterator<Item = (&'m str, Value)>,
) -> Response {
    let mut problem = Map::new();
    let mut put = |name: &str, value: Value| problem.insert(name.to_owned(), value);
    put("type", format!("urn:parindex:rejection:{code}").into());
    put("title", code.replace('_', " ").into());
    put("status", status.as_u16().into());
    put("code", code.into());
    put("detail", en.clone().into());
    put("vi", vi.into());
    put("en", en.into());
    for (name, value) in members {
        put(name, value);
    }
    let media = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, media, Value::Object(problem).to_string()).into_response()
}

/// Gives problem details to what the HTTP library refuses of itself (a body over the limit, a method, a media type, a
/// path), wherever a program asks: under `/api`. All of them speak the language that was asked for.
pub async fn problems(request: Request, next: Next) -> Response {
    let of_api = request.uri().path().starts_with("/api");
    let lang = asked(request.uri(), request.headers());
    spoken(shaped(of_api, next.run(request).await), lang).await
}

/// A refusal of the HTTP library's as problem details; any other answer as it is.
fn shaped(of_api: bool, response: Response) -> Response {
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let status = response.status();
    if !of_api || !status.is_client_error() || media.starts_with("application/problem+json") {
        return response;
    }
    let (code, vi, en) = match status {
        StatusCode::NOT_FOUND => ("path_unknown", "Không có đường dẫn này.", "There is no such path."),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method_wrong", "Đường dẫn này không nhận phương thức đó.", "This path does not take that method.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("body_too_large", "Nội dung quá lớn: hãy chia nhỏ.", "The body is too large: send less at once.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("media_type_wrong", "Cần nội dung kiểu application/json.", "The body must be application/json.")
        }
        _ => ("bad_request", "Yêu cầu không đúng cấu trúc.", "The request has not the right shape."),
    };
    let mut told = problem(status, code, (vi.to_owned(), en.to_owned()), []);
    if let Some(allow) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow.clone());
    }
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        // The rest of the body was not read: the connection cannot be used again.
        told.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    told
}

/// The bearer token of a request (RFC 6750).
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Who may read without a token.
#[derive(Clone)]
pub struct ReadGuard {
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
    /// Whether reading without a token is possible: on loopback only (RULINGS 20).
    pub open: bool,
    /// What a token must be for.
    pub scope: Scope,
    /// The page where people sign in, where there is one.
    pub sign_in: Option<&'static str>,
}

/// Marks a request whose sender's session is known and good for reading. Whoever serves pages sets it, before the guard.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn;

/// Lets a request for reading through: on loopback, with a valid token that is for this, or with a session. People are shown where they sign in.
pub async fn guard_reading(State(guard): State<ReadGuard>, request: Request, next: Next) -> Response {
    if guard.open || request.extensions().get::<SignedIn>().is_some() {
        return next.run(request).await;
    }
    let with_token = request.headers().contains_key(header::AUTHORIZATION);
    match principal(&guard.authenticate, request.headers(), guard.scope).await {
        Ok(_) => next.run(request).await,
        Err(problem) => match guard.sign_in.filter(|_| !with_token && is_page(&request)) {
            Some(page) => see_other(&leading_back(page, request.uri())),
            None => problem.into_response(),
        },
    }
}

/// Whether a person's browser asks for a page, and no program for an answer or a tile.
#[must_use]
pub fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    let of_programs = ["/api/", "/tile/"].iter().any(|below| path.starts_with(below));
    matches!(*request.method(), Method::GET | Method::HEAD) && !of_programs
}

/// The address of a page that leads on to another one, named in its query.
#[must_use]
pub fn leading_back(page: &str, to: &Uri) -> String {
    let to = to.path_and_query().map_or("/", |p| p.as_str());
    let mut link = format!("{page}?next=");
    for byte in to.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => link.push(char::from(byte)),
            other => link.push_str(&format!("%{other:02X}")),
        }
    }
    link
}

/// Sends a browser on to a place of this site, by GET, whatever it asked before.
#[must_use]
pub fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/"))]).into_response(),
    }
}

/// The principal of a request: by a bearer token alone. A browser sends its cookies whoever made it ask, so no command rests on one alone.
///
/// # Errors
/// [`Problem`] `unauthenticated`; `scope_missing` for a token that is not for this.
pub async fn principal(
    authenticate: &SharedAuthenticate,
    headers: &HeaderMap,
    wanted: Scope,
) -> Result<Principal, Problem> {
    let refused = || Problem(Rejection::Unauthenticated {});
    let token = bearer(headers).ok_or_else(refused)?;
    let bearer = authenticate.authenticate(token).await.ok_or_else(refused)?;
    if bearer.scopes.has(wanted) { Ok(bearer.principal) } else { Err(Problem(Rejection::ScopeMissing { wanted })) }
}

/// Headers on every answer: nothing from another site, no framing, no guessing of types.
#[must_use]
pub fn security_headers() -> [(HeaderName, HeaderValue); 4] {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; \
        form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Other sites learn nothing of where somebody was. Not `no-referrer`: a browser would then say `Origin: null` of this
        // site's own forms (Fetch, append a request `Origin` header), by which they are told from those of others.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ]
}

#[cfg(test)]
mod tests {
    use super::leading_back;

    #[test]
    fn where_somebody_was_going_is_one_value_of_the_query() {
        let table = [
            ("/rounds/r?publication=2&lang=en", "/in?next=/rounds/r%3Fpublication%3D2%26lang%3Den"),
            ("/", "/in?next=/"),
            ("/a%0Ab", "/in?next=/a%250Ab"),
        ];
        for (to, link) in table {
            assert_eq!(leading_back("/in", &to.parse().expect("an address")), link);
        }
    }
}
