//! A unit's sheet as a workbook, out and back in: what one that came back would change is shown, row by row, and sent only when somebody says
//! so.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::filling::{SheetForm, SheetQuery};
use proto::{Act, Command, Rejection, RoundId, UnitId};

use super::{Here, asked, closed, framed, here, session};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::page::book::{self, Book, Sent};
use crate::page::start::refused;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{FillWords, UnitWords, Words};

#[derive(Template)]
#[template(path = "fill_workbook.html")]
struct WorkbookPage {
    t: &'static Words,
    w: &'static FillWords,
    u: &'static UnitWords,
    f: Frame,
    here: Here,
    csrf: String,
    closed: Option<&'static str>,
    to: String,
    b: Book,
}

/// `GET /rounds/{round}/units/{unit}/workbook`
pub async fn download(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    match written(&desk, &ask, &session).await {
        Ok(response) => response,
        Err(refusal) => refused(&ask, &desk.doors.dashboard.origin, refusal),
    }
}

async fn written(desk: &Desk, ask: &Ask, session: &Session) -> Result<Response, Refusal> {
    let (round, unit) = (ask.round()?, ask.unit()?);
    let name = format!("{round}-{unit}");
    let book = desk.sheets.workbook(&principal(session), SheetQuery { round, unit }).await?;
    Ok(book::download(book, &name))
}

/// `POST /rounds/{round}/units/{unit}/workbook`: shows what a workbook that came back would change.
pub async fn look(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (_, session) = match upload.of_session(&["csrf"], &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let page = looked(&desk, &ask, &session, &mut upload).await;
    upload.rest().await;
    let status = page.as_ref().map_or(StatusCode::OK, |page| page.b.status());
    personal_answer(&ask, origin, status, page)
}

async fn looked(desk: &Desk, ask: &Ask, session: &Session, upload: &mut Upload) -> Result<WorkbookPage, Refusal> {
    let (opened, form) = asked(desk, ask, session).await?;
    let printer = opened.printer;
    let of = form.query.clone();
    let book = match upload.file().await? {
        None => Book::unchosen(ask.lang),
        Some((_, pieces)) => {
            let returned = desk.sheets.returned(&principal(session), of.clone(), pieces).await?;
            Book::shown(&printer, returned, |row| {
                (format!("/rounds/{}/units/{}/fill/{}", of.round, of.unit, row.leaf), String::new())
            })
        }
    };
    Ok(page(ask, session, framed(ask, opened, &form), &form, book))
}

fn page(ask: &Ask, session: &Session, mut f: Frame, form: &SheetForm, b: Book) -> WorkbookPage {
    let (w, u) = (FillWords::of(ask.lang), UnitWords::of(ask.lang));
    u.book_preview.clone_into(&mut f.title);
    WorkbookPage {
        t: Words::of(ask.lang),
        w,
        u,
        f,
        here: here(form),
        csrf: session.csrf.clone(),
        closed: closed(w, form),
        to: format!("/rounds/{}/units/{}/workbook/send", form.query.round, form.query.unit),
        b,
    }
}

/// `POST /rounds/{round}/units/{unit}/workbook/send`: sends the changes that were shown.
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    match sent(&desk, &ask, &session, &fields).await {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err((status, page))) => personal_answer(&ask, origin, status, Ok(*page)),
        Err(refusal) => personal_answer::<WorkbookPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn sent(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    fields: &Fields,
) -> Result<Result<String, (StatusCode, Box<WorkbookPage>)>, Refusal> {
    let (round, unit) = (ask.round()?, ask.unit()?);
    let (opened, form) = asked(desk, ask, session).await?;
    let printer = opened.printer;
    let known = |command: &Command| self_score(command, &round, &unit);
    Ok(match book::send(desk, (&printer, session), fields, known).await? {
        Sent::All(last) => Ok(format!("/rounds/{round}/units/{unit}/fill?done=taken&position={last}")),
        Sent::Some(status, book) => {
            // As it stands now that some of it went on record.
            let (opened, form) = asked(desk, ask, session).await.unwrap_or((opened, form));
            Err((status, Box::new(page(ask, session, framed(ask, opened, &form), &form, *book))))
        }
    })
}

/// A change as the form brings it: a self-score of the sheet, and nothing else.
fn self_score(command: &Command, round: &RoundId, unit: &UnitId) -> Result<String, Rejection> {
    match &command.act {
        Act::ScoreSelf(score) if score.round == *round && score.unit == *unit => Ok(score.leaf.to_string()),
        _ => Err(Rejection::UnitNotOwn { unit: unit.clone() }),
    }
}
