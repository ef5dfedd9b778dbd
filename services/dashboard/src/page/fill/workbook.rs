//! A unit's sheet as a workbook, out and back in: what one that came back would change is shown, row by row, and sent only when somebody says
//! so. What two have changed is shown and never sent.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Session;
use platform::http::see_other;
use proto::document::Lang;
use proto::filling::{SheetForm, SheetQuery};
use proto::returned_sheet::{ReturnedFault, ReturnedRow, ReturnedSheet, RowOutcome};
use proto::{Act, Answer, Command, Rejection, RoundId, UnitId};

use super::sign::told;
use super::{Here, asked, closed, framed, here, session, text};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::page::start::refused;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{FillWords, UnitWords, Words, fill};

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The most changes of one form: as many as the ledger's own door takes at once.
const CHANGES_MAX: usize = 1_000;

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
    made: Option<String>,
    /// Why it cannot be taken; and how many more faults there are.
    faults: Vec<String>,
    more: Option<String>,
    remarks: Vec<String>,
    counts: String,
    rows: Vec<Row>,
    /// The commands that would be sent, and what the button says.
    changes: Vec<String>,
    send: String,
    /// What became of changes that were sent, where some were refused.
    sent: Option<String>,
    refused: Vec<String>,
}

struct Row {
    code: String,
    title: String,
    outcome: &'static str,
    class: &'static str,
    was: String,
    now: String,
    wanted: String,
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
    let query = SheetQuery { round: round.clone(), unit: unit.clone() };
    let book = desk.sheets.workbook(&principal(session), query).await?;
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{round}-{unit}-{}.xlsx\"", book.position)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, book.bytes).into_response())
}

/// `POST /rounds/{round}/units/{unit}/workbook`: shows what a workbook that came back would change.
pub async fn look(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let fields = match upload.fields(&["csrf"]).await {
        Ok(fields) => fields,
        Err(refusal) => return refused(&ask, origin, refusal),
    };
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    let page = looked(&desk, &ask, &session, &mut upload).await;
    upload.rest().await;
    let status = match &page {
        Ok(page) if !page.faults.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    personal_answer(&ask, origin, status, page)
}

async fn looked(desk: &Desk, ask: &Ask, session: &Session, upload: &mut Upload) -> Result<WorkbookPage, Refusal> {
    let (opened, form) = asked(desk, ask, session).await?;
    let printer = opened.printer;
    let mut page = empty(ask, session, framed(ask, opened, &form), &form);
    let u = page.u;
    let Some((_, pieces)) = upload.file().await? else {
        page.faults.push(u.send_nothing.to_owned());
        return Ok(page);
    };
    let returned = desk.sheets.returned(&principal(session), form.query.clone(), pieces).await?;
    shown(&printer, &mut page, returned);
    Ok(page)
}

/// The page without a workbook.
fn empty(ask: &Ask, session: &Session, mut f: Frame, form: &SheetForm) -> WorkbookPage {
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
        made: None,
        faults: Vec::new(),
        more: None,
        remarks: Vec::new(),
        counts: String::new(),
        rows: Vec::new(),
        changes: Vec::new(),
        send: String::new(),
        sent: None,
        refused: Vec::new(),
    }
}

fn shown(printer: &Printer, page: &mut WorkbookPage, returned: ReturnedSheet) {
    let (lang, u) = (printer.lang, page.u);
    let said = |fault: &ReturnedFault| format!("{}: {}", text(lang, &fault.place), text(lang, &fault.text));
    page.made = (returned.made > 0).then(|| fill(u.book_made, &[&returned.made.to_string()]));
    page.faults = returned.faults.iter().map(said).collect();
    page.more = (returned.more > 0).then(|| fill(u.book_more, &[&printer.count(returned.more)]));
    page.remarks = returned.remarks.iter().map(said).collect();
    if !page.faults.is_empty() {
        return;
    }
    let count = |outcome| printer.count(returned.rows.iter().filter(|row| row.outcome == outcome).count() as u64);
    let counts = [RowOutcome::Changed, RowOutcome::Conflict, RowOutcome::Elsewhere, RowOutcome::Done].map(count);
    let [changed, conflict, elsewhere, done] = &counts;
    page.counts = fill(u.book_counts, &[changed, conflict, elsewhere, done, &printer.count(returned.unchanged)]);
    page.send = fill(u.book_send, &[changed]);
    page.rows = returned.rows.iter().map(|row| line(lang, row)).collect();
    page.changes = returned.rows.into_iter().filter_map(|row| row.command).collect();
}

fn line(lang: Lang, row: &ReturnedRow) -> Row {
    let u = UnitWords::of(lang);
    let (outcome, class) = match row.outcome {
        RowOutcome::Changed => (u.book_changed, "now"),
        RowOutcome::Conflict => (u.book_conflict, "due"),
        RowOutcome::Elsewhere => (u.book_elsewhere, "later"),
        RowOutcome::Done => (u.book_done, "done"),
    };
    Row {
        code: row.leaf.to_string(),
        title: text(lang, &row.title),
        outcome,
        class,
        was: text(lang, &row.was),
        now: text(lang, &row.now),
        wanted: text(lang, &row.wanted),
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
        Ok(Sent::All(place)) => see_other(&place),
        Ok(Sent::Some(status, page)) => personal_answer(&ask, origin, status, Ok(*page)),
        Err(refusal) => personal_answer::<WorkbookPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// What became of changes.
enum Sent {
    /// They are on record; the browser goes on there.
    All(String),
    /// Some are not, and the page says why.
    Some(StatusCode, Box<WorkbookPage>),
}

async fn sent(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Sent, Refusal> {
    let (round, unit) = (ask.round()?, ask.unit()?);
    let changes: Vec<Command> = fields
        .all("change")
        .take(CHANGES_MAX + 1)
        .map(|change| self_score(change, &round, &unit))
        .collect::<Result<_, _>>()?;
    if changes.is_empty() || changes.len() > CHANGES_MAX {
        return Err(Refusal::BadForm);
    }
    let leaves: Vec<String> = changes.iter().map(leaf_of).collect();
    let answers = desk.submit.submit(principal(session), changes.into_iter().map(Ok).collect()).await;
    let (mut last, mut refusals) = (0, Vec::new());
    let mut status = StatusCode::OK;
    for (leaf, answer) in leaves.iter().zip(&answers) {
        match answer {
            Answer::Accepted(accepted) => last = last.max(accepted.position),
            Answer::Refused(refused) => {
                let (why, sentence) = told(ask.lang, refused);
                status = why;
                refusals.push(format!("{leaf}: {sentence}"));
            }
        }
    }
    if refusals.is_empty() {
        return Ok(Sent::All(format!("/rounds/{round}/units/{unit}/fill?done=taken&position={last}")));
    }
    let (opened, form) = asked(desk, ask, session).await?;
    let printer = opened.printer;
    let mut page = empty(ask, session, framed(ask, opened, &form), &form);
    let count = |n: usize| printer.count(n as u64);
    page.sent = Some(fill(page.u.book_refused, &[&count(answers.len() - refusals.len()), &count(refusals.len())]));
    page.refused = refusals;
    Ok(Sent::Some(status, Box::new(page)))
}

/// A change as the form brings it: a self-score of the sheet, and nothing else.
fn self_score(change: &str, round: &RoundId, unit: &UnitId) -> Result<Command, Refusal> {
    let command = Command::parse(change.as_bytes())?;
    match &command.act {
        Act::ScoreSelf(score) if score.round == *round && score.unit == *unit => Ok(command),
        _ => Err(Rejection::UnitNotOwn { unit: unit.clone() }.into()),
    }
}

fn leaf_of(command: &Command) -> String {
    match &command.act {
        Act::ScoreSelf(score) => score.leaf.to_string(),
        _ => String::new(),
    }
}
