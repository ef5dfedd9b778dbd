//! Signing in and out. Whatever was wrong is said in one sentence: it tells nobody which names there are, nor whether one is locked.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use identity::{FAILURES_MAX, LOCKED_MINUTES, NewSession};
use platform::http::{leading_back, see_other};

use super::{Frame, personal_answer};
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::sign_in::{
    BY_PROVIDER, Doors, Fields, FormRefused, ME, PASSWORD, SIGN_IN, SignIn, Visitor, cleared, kept, place_here,
};
use crate::words::{SignInWords, Words, fill};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    t: &'static Words,
    s: &'static SignInWords,
    f: Frame,
    /// Where it goes on.
    next: String,
    /// The name as it was typed; the password is asked for anew.
    name: String,
    fault: Option<String>,
    /// The code of what somebody was refused for, where the provider's word was of no use.
    code: Option<String>,
    /// Where the provider's people are sent to it.
    provider: Option<ByProvider>,
}

/// The way by a provider.
struct ByProvider {
    /// The address that leads to it.
    link: String,
    /// Who it is.
    issuer: String,
}

impl SignInPage {
    fn new(ask: &Ask, doors: &Doors, next: &str) -> Self {
        let s = SignInWords::of(ask.lang);
        let mut f = Frame::new(ask, &doors.dashboard.origin, s.sign_in);
        // The page is where the link would lead.
        f.sign_in = None;
        let provider = doors.sign_in.provider.as_ref().map(|provider| ByProvider {
            link: next.parse::<Uri>().map_or(BY_PROVIDER.to_owned(), |next| leading_back(BY_PROVIDER, &next)),
            issuer: provider.voucher().issuer.clone(),
        });
        let (t, next) = (Words::of(ask.lang), next.to_owned());
        Self { t, s, f, next, name: String::new(), fault: None, code: None, provider }
    }
}

/// `GET /sign-in`
pub async fn show(State(doors): State<Doors>, ask: Ask) -> Response {
    if let Some(Visitor(Some(_))) = &ask.visitor {
        return see_other(ME);
    }
    let next = match ask.value("next") {
        Ok(next) => next.and_then(place_here).unwrap_or_default(),
        Err(refusal) => {
            return personal_answer::<SignInPage>(&ask, &doors.dashboard.origin, StatusCode::OK, Err(refusal));
        }
    };
    personal_answer(&ask, &doors.dashboard.origin, StatusCode::OK, Ok(SignInPage::new(&ask, &doors, next)))
}

/// `POST /sign-in`. There is no session yet that could have a secret of its own. What another site could do by sending this form is
/// sign somebody in under a name of its choice, and that its own page sends it a browser says (`Site::is_own`): a cookie before the
/// session, sent twice, would add nothing to that.
pub async fn enter(State(doors): State<Doors>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let (sign_in, origin) = (&doors.sign_in, &doors.dashboard.origin);
    if !sign_in.site.is_own(&headers) {
        return FormRefused::Foreign.page(&ask, origin);
    }
    let (name, next) = (fields.get("username"), place_here(fields.get("next")));
    let entered = sign_in.identity.sign_in(name, fields.get("password"), sign_in.now()).await;
    let new = match entered {
        Ok(Some(new)) => new,
        Ok(None) => {
            let mut page = SignInPage::new(&ask, &doors, next.unwrap_or_default());
            let (failures, minutes) = (FAILURES_MAX.to_string(), LOCKED_MINUTES.to_string());
            page.fault = Some(fill(page.s.refused, &[&failures, &minutes]));
            page.name = name.to_owned();
            return personal_answer(&ask, origin, StatusCode::FORBIDDEN, Ok(page));
        }
        Err(error) => return personal_answer::<SignInPage>(&ask, origin, StatusCode::OK, Err(error.into())),
    };
    let to = if new.session.must_change { PASSWORD } else { next.unwrap_or("/") };
    let_in(sign_in, &headers, &new, to).await
}

/// Leads somebody on who was let in, with a session of its own. The one that this browser had before is over, whoever's it was.
pub async fn let_in(sign_in: &SignIn, headers: &HeaderMap, new: &NewSession, to: &str) -> Response {
    if let Some(before) = sign_in.secret(headers)
        && let Err(error) = sign_in.identity.end_session(before).await
    {
        Refusal::from(error).record();
    }
    with_cookie(see_other(to), kept(&new.secret, &sign_in.site))
}

/// The page to sign in, for somebody whom the provider's word did not let in.
pub fn not_let_in(ask: &Ask, doors: &Doors, next: &str, refusal: Refusal) -> Response {
    refusal.record();
    let mut page = SignInPage::new(ask, doors, next);
    // What the provider sent along is good once: in the other language the page begins anew.
    page.f.switch = format!("{SIGN_IN}?lang={}", page.t.other_lang);
    (page.fault, page.code) = (Some(refusal.sentence(ask.lang)), Some(refusal.code().to_owned()));
    personal_answer(ask, &doors.dashboard.origin, refusal.status(), Ok(page))
}

/// `POST /sign-out`
pub async fn leave(State(doors): State<Doors>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    if let Err(refused) = fields.of_session(&ask, &doors.sign_in, &headers) {
        return refused.page(&ask, &doors.dashboard.origin);
    }
    let ended = match doors.sign_in.secret(&headers) {
        Some(secret) => doors.sign_in.identity.end_session(secret).await,
        None => Ok(()),
    };
    left(&doors.sign_in, &ask, &doors, ended.map_err(Refusal::from))
}

/// `POST /sign-out-everywhere`
pub async fn leave_everywhere(State(doors): State<Doors>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let session = match fields.of_session(&ask, &doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, &doors.dashboard.origin),
    };
    let ended = doors.sign_in.identity.end_sessions(&session.credential).await;
    left(&doors.sign_in, &ask, &doors, ended.map_err(Refusal::from))
}

/// Nobody is told that he is out before he is.
fn left(sign_in: &SignIn, ask: &Ask, doors: &Doors, ended: Result<(), Refusal>) -> Response {
    match ended {
        Ok(()) => with_cookie(see_other(SIGN_IN), cleared(&sign_in.site)),
        Err(refusal) => personal_answer::<SignInPage>(ask, &doors.dashboard.origin, StatusCode::OK, Err(refusal)),
    }
}

/// An answer that sets a cookie, which nobody else is to be given out of some store.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
