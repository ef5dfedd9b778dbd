//! What the log grants one person, and every event that gave it and took it back: where a position that another page names is looked at.
//! For those who are told who may do what, and for nobody else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::ActorId;

use super::granted::{Granted, granted};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::count;
use crate::page::fill::session;
use crate::page::{Frame, Moment, personal_answer};
use crate::refusal::Refusal;
use crate::words::{PowerWords, Words, fill};

#[derive(Template)]
#[template(path = "powers_of.html")]
struct PersonPage {
    t: &'static Words,
    w: &'static PowerWords,
    f: Frame,
    at: Moment,
    actor: String,
    credentials: String,
    grants: Vec<Granted>,
    /// Whether receipts are given here.
    receipts: bool,
    /// The page of all of his acts, for those who see it.
    acts: Option<String>,
}

/// `GET /powers/of/{actor}`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<PersonPage, Refusal> {
    let (t, w, lang) = (Words::of(ask.lang), PowerWords::of(ask.lang), ask.lang);
    let told = desk.work.powers(&principal(session)).await?;
    let unknown = || Refusal::unknown("actor_unknown");
    let actor = ActorId::parse(ask.named("actor").unwrap_or_default()).map_err(|_| unknown())?;
    let person = told.people.iter().find(|person| person.actor == actor).ok_or_else(unknown)?;
    let mut f = Frame::new(ask, &desk.doors.dashboard.origin, &fill(w.of_title, &[actor.as_str()]));
    f.reads(t.as_of_inspector, told.position, told.root, None);
    // Administrators see no round's acts.
    let round = told.rounds.last().filter(|_| !told.grants);
    Ok(PersonPage {
        t,
        w,
        f,
        at: told.at.into(),
        credentials: fill(w.credentials, &[&count(lang, person.credentials)]),
        grants: person.grants.iter().map(|power| granted(lang, power)).collect(),
        receipts: desk.receipts.is_some(),
        acts: round.map(|round| format!("/rounds/{round}/who?actor={actor}")),
        actor: actor.to_string(),
    })
}
