//! The HTTP shell: problem details, security headers, who may read.
//! It knows no route: services bring theirs.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use proto::document::Lang;
use proto::{Principal, Rejection};
use serde_json::{Map, Value};

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
/// path), wherever a program asks: under `/api`.
pub async fn problems(request: Request, next: Next) -> Response {
    let of_api = request.uri().path().starts_with("/api");
    let response = next.run(request).await;
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
}

/// Lets a request for reading through, on loopback or with a valid token.
pub async fn guard_reading(State(guard): State<ReadGuard>, request: Request, next: Next) -> Response {
    if guard.open {
        return next.run(request).await;
    }
    match principal(&guard.authenticate, request.headers()).await {
        Ok(_) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// The principal of a request.
///
/// # Errors
/// [`Problem`] `unauthenticated`.
pub async fn principal(authenticate: &SharedAuthenticate, headers: &HeaderMap) -> Result<Principal, Problem> {
    let refused = || Problem(Rejection::Unauthenticated {});
    let token = bearer(headers).ok_or_else(refused)?;
    authenticate.authenticate(token).await.ok_or_else(refused)
}

/// Headers on every answer: nothing from another site, no framing, no guessing of types.
#[must_use]
pub fn security_headers() -> [(HeaderName, HeaderValue); 4] {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; \
        form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ]
}
