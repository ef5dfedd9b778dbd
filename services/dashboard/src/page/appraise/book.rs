//! A field over all units of a block as a workbook, out and back in, for those who appraise it: what one that came back would decide is shown, row by row,
//! and sent only when somebody says so.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::appraisal::Appraisal;
use proto::extra_work::FieldQuery;
use proto::work::RoundWork;
use proto::{Act, BlockId, Code, Command, Rejection, RoundId};

use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::page::book::{self, Book, Sent};
use crate::page::fill::session;
use crate::page::start::refused;
use crate::page::work::{Desktop, Worked, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{FillWords, SurveyWords, UnitWords, Words, WorkWords};

#[derive(Template)]
#[template(path = "appraise_workbook.html")]
struct FieldPage {
    t: &'static Words,
    /// The work's words, and those of a sheet for the table that both have.
    k: &'static WorkWords,
    w: &'static FillWords,
    u: &'static UnitWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    csrf: String,
    closed: Option<&'static str>,
    to: String,
    back: String,
    b: Book,
}

/// The field of the path.
fn field(ask: &Ask) -> Result<(RoundId, BlockId, Code), Refusal> {
    let block = ask.named("block").and_then(|block| BlockId::parse(block).ok());
    let field = ask.named("field").and_then(|field| Code::parse(field).ok());
    let (block, field) = block.zip(field).ok_or_else(|| Refusal::unknown("block_unknown"))?;
    Ok((ask.round()?, block, field))
}

/// `GET /rounds/{round}/fields/{block}/{field}/workbook`
pub async fn download(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    match written(&desk, &ask, &session).await {
        Ok(response) => response,
        Err(refusal) => refused(&ask, &desk.doors.dashboard.origin, refusal),
    }
}

async fn written(desk: &Desk, ask: &Ask, session: &Session) -> Result<Response, Refusal> {
    let (round, block, field) = field(ask)?;
    let appraisal = match ask.value("appraisal")? {
        Some(named) => super::named(named)?,
        None => Appraisal::First,
    };
    let name = format!("{round}-{block}-{field}");
    let book = desk.fields.workbook(&principal(session), FieldQuery { round, block, field, appraisal }).await?;
    Ok(book::download(book, &name))
}

/// `POST /rounds/{round}/fields/{block}/{field}/workbook`: shows what a workbook that came back would decide.
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

async fn looked(desk: &Desk, ask: &Ask, session: &Session, upload: &mut Upload) -> Result<FieldPage, Refusal> {
    let (round, block, field) = field(ask)?;
    let worked = asked(desk, ask, session).await?;
    let book = match upload.file().await? {
        None => Book::unchosen(ask.lang),
        Some((_, pieces)) => {
            // Which appraisal it is for, the workbook says itself.
            let of = FieldQuery { round: round.clone(), block, field, appraisal: Appraisal::First };
            let returned = desk.fields.returned(&principal(session), of, pieces).await?;
            Book::shown(&worked.opened.printer, returned, |row| {
                let place = format!("/rounds/{round}/units/{}/appraise/{}", row.unit, row.leaf);
                (place, worked.unit(ask.lang, &row.unit))
            })
        }
    };
    page(ask, session, &worked, book)
}

fn page(ask: &Ask, session: &Session, worked: &Worked, b: Book) -> Result<FieldPage, Refusal> {
    let (round, block, field) = field(ask)?;
    let s = SurveyWords::of(ask.lang);
    Ok(FieldPage {
        t: Words::of(ask.lang),
        k: WorkWords::of(ask.lang),
        w: FillWords::of(ask.lang),
        u: UnitWords::of(ask.lang),
        s,
        f: worked.framed(ask, s.book_title),
        d: worked.desktop(ask, session, "appraise")?,
        csrf: session.csrf.clone(),
        closed: None,
        to: format!("/rounds/{round}/fields/{block}/{field}/workbook/send"),
        back: format!("/rounds/{round}/appraise?field={field}"),
        b,
    })
}

/// `POST /rounds/{round}/fields/{block}/{field}/workbook/send`: sends the decisions that were shown.
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    match sent(&desk, &ask, &session, &fields).await {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err((status, page))) => personal_answer(&ask, origin, status, Ok(*page)),
        Err(refusal) => personal_answer::<FieldPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn sent(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    fields: &Fields,
) -> Result<Result<String, (StatusCode, Box<FieldPage>)>, Refusal> {
    let (_, block, of) = field(ask)?;
    let worked = asked(desk, ask, session).await?;
    let known = |command: &Command| decision(command, &worked.work, (&block, &of));
    Ok(match book::send(desk, (&worked.opened.printer, session), fields, known).await? {
        Sent::All(last) => Ok(format!("/rounds/{}/appraise?field={of}&position={last}", worked.work.query.round)),
        Sent::Some(status, book) => Err((status, Box::new(page(ask, session, &worked, *book)?))),
    })
}

/// A change as the form brings it: a decision about a leaf of the field at a unit of the block, and nothing else.
fn decision(command: &Command, work: &RoundWork, (block, of): (&BlockId, &Code)) -> Result<String, Rejection> {
    let (round, unit, leaf) = match &command.act {
        Act::ConfirmScore(act) => (&act.round, &act.unit, &act.leaf),
        Act::AdjustScore(act) => (&act.round, &act.unit, &act.leaf),
        Act::FlagScore(act) => (&act.round, &act.unit, &act.leaf),
        _ => return Err(Rejection::FieldNotGranted { field: of.to_string() }),
    };
    let in_block = work.units.iter().any(|known| known.unit == *unit && known.block == *block);
    match *round == work.query.round && in_block && leaf.field() == of.as_str() {
        true => Ok(format!("{unit}, {leaf}")),
        false => Err(Rejection::FieldNotGranted { field: leaf.field().to_owned() }),
    }
}
