//! Who one is: for whom one's account speaks, and what the log grants him, with who granted it and when. It shows nobody but
//! whoever asks, and grants nothing itself.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::who::{GrantStands, WhoQuery};

use super::who::{Grant, grant};
use super::{Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::sign_in::{Doors, SIGN_IN, Visitor};
use crate::words::{InspectorWords, SignInWords, Words, fill};

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    t: &'static Words,
    s: &'static SignInWords,
    f: Frame,
    session: Arc<Session>,
    /// At which moment the grants hold.
    at: Option<String>,
    grants: Vec<Grant>,
    /// How many sessions are open.
    open: String,
}

/// `GET /me`
pub async fn show(State(doors): State<Doors>, ask: Ask) -> Response {
    let Some(Visitor(Some(session))) = &ask.visitor else { return see_other(SIGN_IN) };
    let page = page(&doors, &ask, Arc::clone(session)).await;
    personal_answer(&ask, &doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(doors: &Doors, ask: &Ask, session: Arc<Session>) -> Result<MePage, Refusal> {
    let (t, s, w) = (Words::of(ask.lang), SignInWords::of(ask.lang), InspectorWords::of(ask.lang));
    let mut f = Frame::new(ask, &doors.dashboard.origin, s.me_title);
    let told = doors.dashboard.inspector.who(WhoQuery { actor: session.actor.clone(), as_of: None }).await?;
    f.reads(t.as_of_inspector, told.position, told.root, told.at);
    let grants = told.grants.iter().filter(|line| line.state == GrantStands::Holds);
    let grants = grants.map(|line| grant(ask.lang, line)).collect();
    let at = told.at.map(|at| fill(w.who_at, &[&Moment::from(at).text]));
    let open = doors.sign_in.identity.sessions_of(&session.credential, doors.sign_in.now()).await?;
    let open = fill(s.me_sessions, &[&open.to_string()]);
    Ok(MePage { t, s, f, session, at, grants, open })
}
