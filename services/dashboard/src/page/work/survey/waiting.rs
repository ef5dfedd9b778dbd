//! Ballots that wait: what they count is looked at, and then they go on record as they are, or are destroyed. The form that records them carries
//! the digest of what was shown: what has come since is not recorded unseen.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::surveyed::{BallotsWaiting, BatchQuery};
use proto::{Answer, Command, Hash, Rejection};

use super::counted::{Shown, shown};
use super::{Places, batch_named, days_said, places};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::page::fill::session;
use crate::page::fill::sign::told as refusal_told;
use crate::page::work::{Desktop, Worked, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{SurveyWords, Words, WorkWords, fill, method};

#[derive(Template)]
#[template(path = "survey_waiting.html")]
struct WaitingPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    fault: Option<String>,
    batch: String,
    recorded: bool,
    digest: String,
    method: &'static str,
    ballots: String,
    days: String,
    collectors: Option<String>,
    replaced: Option<String>,
    c: Shown,
}

/// `GET /rounds/{round}/survey/waiting/{batch}`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, None).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// The ballots of the path.
async fn waiting(desk: &Desk, ask: &Ask, session: &Session) -> Result<(Worked, BallotsWaiting), Refusal> {
    let worked = asked(desk, ask, session).await?;
    let query = BatchQuery { round: worked.work.query.round.clone(), batch: batch_named(ask)? };
    let waiting = desk.surveys(session).waiting(&principal(session), query).await?;
    Ok((worked, waiting))
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, fault: Option<String>) -> Result<WaitingPage, Refusal> {
    let (w, s, lang) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang), ask.lang);
    let (worked, waits) = waiting(desk, ask, session).await?;
    let (printer, batch) = (worked.opened.printer, waits.query.batch.to_string());
    let mut f = worked.framed(ask, &fill(s.waiting, &[&batch]));
    f.reads(Words::of(lang).as_of_inspector, waits.position, waits.root, None);
    Ok(WaitingPage {
        t: Words::of(lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, lang, ""),
        fault,
        batch,
        recorded: waits.recorded,
        digest: waits.digest.to_string(),
        method: method(lang, waits.method),
        ballots: printer.count(waits.ballots.into()),
        days: waits.days.as_ref().map_or_else(String::new, |days| days_said(lang, days)),
        collectors: (waits.counted.collectors > 0).then(|| printer.count(waits.counted.collectors)),
        replaced: waits.replaces.as_ref().map(|old| fill(s.replaced, &[old.batch.as_str(), &old.reason])),
        c: shown(&printer, &waits.counted),
    })
}

/// `POST /rounds/{round}/survey/waiting/{batch}/record`
pub async fn record(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    match recorded(&desk, &ask, &session, &fields).await {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err((status, fault))) => {
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, Some(fault)).await)
        }
        Err(refusal) => personal_answer::<WaitingPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// Where the batch stands on record; or why it does not.
async fn recorded(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    fields: &Fields,
) -> Result<Result<String, (StatusCode, String)>, Refusal> {
    let seen = Hash::parse(fields.get("digest")).map_err(|_| Refusal::BadForm)?;
    let (worked, waits) = waiting(desk, ask, session).await?;
    if waits.digest != seen {
        return Ok(Err((StatusCode::CONFLICT, SurveyWords::of(ask.lang).waiting_moved.to_owned())));
    }
    let commands: Vec<Result<Command, Rejection>> =
        waits.commands.iter().map(|command| Command::parse(command.as_bytes())).collect();
    let answers = desk.submit(session).submit(principal(session), commands).await;
    let mut position = 0;
    for answer in &answers {
        match answer {
            Answer::Accepted(accepted) => position = accepted.position,
            Answer::Refused(refused) => return Ok(Err(refusal_told(ask.lang, refused))),
        }
    }
    let (round, batch) = (&worked.work.query.round, &waits.query.batch);
    Ok(Ok(format!("/rounds/{round}/survey/batches/{batch}?position={position}")))
}

/// `POST /rounds/{round}/survey/waiting/{batch}/forget`
pub async fn forget(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    let forgotten = async {
        let query = BatchQuery { round: ask.round()?, batch: batch_named(&ask)? };
        let place = format!("/rounds/{}/survey/send", query.round);
        desk.surveys(&session).forget(&principal(&session), query).await?;
        Ok(place)
    };
    match forgotten.await {
        Ok(place) => see_other(&place),
        Err(refusal) => personal_answer::<WaitingPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}
