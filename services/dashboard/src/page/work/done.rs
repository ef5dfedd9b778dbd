//! An act that somebody asks for by a form: sent to the ledger, and either on record, or shown again with what was typed and why not.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::CommandId;

use super::{Desktop, Worked, asked};
use crate::acts::{ActForm, Doing, Forms, Kind, act};
use crate::ask::Ask;
use crate::desk::{Desk, command_id};
use crate::page::fill::sign::told;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{Words, WorkWords};

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    t: &'static Words,
    w: &'static WorkWords,
    f: Frame,
    d: Desktop,
    fault: String,
    form: ActForm,
    back: String,
}

/// What became of it.
enum Became {
    /// It is on record; the browser goes on there.
    There(String),
    /// It is not, and the page says why.
    Not(StatusCode, Box<ActPage>),
}

/// `POST /rounds/{round}/acts/{doing}`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    match became(&desk, &ask, &session, &fields).await {
        Ok(Became::There(place)) => see_other(&place),
        Ok(Became::Not(status, page)) => personal_answer(&ask, origin, status, Ok(*page)),
        Err(refusal) => personal_answer::<ActPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn became(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Became, Refusal> {
    let doing = ask.named("doing").and_then(Doing::named).ok_or_else(|| Refusal::unknown("page_unknown"))?;
    let worked = asked(desk, ask, session).await?;
    let not = |status, fault| {
        let page = shown(desk, ask, session, (&worked, doing, fields), fault)?;
        Ok(Became::Not(status, Box::new(page)))
    };
    let act = match act(&worked.work, doing, fields) {
        Ok(act) => act,
        Err(refusal @ Refusal::BadQuery(_)) => return not(refusal.status(), refusal.sentence(ask.lang)),
        Err(refusal) => return Err(refusal),
    };
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    match desk.send(session, (id, worked.acting(doing)), act).await {
        Ok(accepted) => {
            let round = &worked.work.query.round;
            Ok(Became::There(format!("/rounds/{round}/{}?position={}", doing.page(), accepted.position)))
        }
        Err(refused) => {
            let (status, fault) = told(ask.lang, &refused);
            not(status, fault)
        }
    }
}

/// The form again, with what was typed.
fn shown(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (worked, doing, fields): (&Worked, Doing, &Fields),
    fault: String,
) -> Result<ActPage, Refusal> {
    let w = WorkWords::of(ask.lang);
    let form = Forms { lang: ask.lang, work: &worked.work }.form(doing, fields, command_id(desk)?.to_string());
    Ok(ActPage {
        t: Words::of(ask.lang),
        w,
        f: worked.framed(ask, w.refused_title),
        d: worked.desktop(ask, session, "")?,
        fault,
        back: format!("/rounds/{}/{}", worked.work.query.round, doing.page()),
        form,
    })
}
