//! Changing one's own password. Each fault is said beside its field, and no password ever stands on the page again.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::{CHARS_MAX, CHARS_MIN, Changed, Session, Unfit};
use platform::http::see_other;
use proto::ViaKind;

use super::sign_in::with_cookie;
use super::{Frame, personal_answer};
use crate::ask::Ask;
use crate::sign_in::{Doors, Fields, ME, SIGN_IN, Visitor, kept};
use crate::words::{SignInWords, Words, fill};

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    t: &'static Words,
    s: &'static SignInWords,
    f: Frame,
    session: Arc<Session>,
    /// What a password must be.
    rule: String,
    present_fault: Option<&'static str>,
    new_fault: Option<String>,
    again_fault: Option<&'static str>,
}

impl PasswordPage {
    fn new(ask: &Ask, doors: &Doors, session: Arc<Session>) -> Self {
        let s = SignInWords::of(ask.lang);
        let f = Frame::new(ask, &doors.dashboard.origin, s.password_title);
        let rule = fill(s.password_rule, &[&CHARS_MIN.to_string(), &CHARS_MAX.to_string()]);
        Self { t: Words::of(ask.lang), s, f, session, rule, present_fault: None, new_fault: None, again_fault: None }
    }
}

/// `GET /password`
pub async fn show(State(doors): State<Doors>, ask: Ask) -> Response {
    let Some(Visitor(Some(session))) = &ask.visitor else { return see_other(SIGN_IN) };
    // Whom a provider vouches for has none here.
    if session.method != ViaKind::Session {
        return see_other(ME);
    }
    let page = PasswordPage::new(&ask, &doors, Arc::clone(session));
    personal_answer(&ask, &doors.dashboard.origin, StatusCode::OK, Ok(page))
}

/// `POST /password`
pub async fn change(State(doors): State<Doors>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &doors.dashboard.origin;
    let session = match fields.of_session(&ask, &doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let mut page = PasswordPage::new(&ask, &doors, Arc::clone(&session));
    let (present, new) = (fields.get("present"), fields.get("new"));
    if new != fields.get("again") {
        page.again_fault = Some(page.s.again_differs);
        return personal_answer(&ask, origin, StatusCode::UNPROCESSABLE_ENTITY, Ok(page));
    }
    match doors.sign_in.identity.change_password(&session, (present, new), doors.sign_in.now()).await {
        Ok(Changed::Done(begun)) => return with_cookie(see_other(ME), kept(&begun.secret, &doors.sign_in.site)),
        Ok(Changed::Refused) => page.present_fault = Some(page.s.present_wrong),
        Ok(Changed::Unfit(unfit)) => page.new_fault = Some(why(&page, unfit)),
        Err(error) => return personal_answer::<PasswordPage>(&ask, origin, StatusCode::OK, Err(error.into())),
    }
    personal_answer(&ask, origin, StatusCode::UNPROCESSABLE_ENTITY, Ok(page))
}

fn why(page: &PasswordPage, unfit: Unfit) -> String {
    match unfit {
        Unfit::TooShort | Unfit::TooLong => page.rule.clone(),
        Unfit::IsName => page.s.new_is_name.to_owned(),
        Unfit::Obvious => page.s.new_obvious.to_owned(),
        Unfit::IsOld => page.s.new_is_old.to_owned(),
    }
}
