//! Who may do what in the round that is to be opened: as the log has it, one more granted by a form, or many by a workbook that is shown before
//! anything of it is granted. Administrators alone grant; everybody else who may look only reads.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Session;
use platform::http::see_other;
use proto::document::Lang;
use proto::opening::{GrantOutcome, GrantRow};
use proto::said::Named;
use proto::who::GrantStands;
use proto::work::Power;
use proto::{Act, Answer, Capacity, Command, CommandId, RoundId};

use super::{Around, Opening, acting};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::count;
use crate::page::fill::session;
use crate::page::fill::sign::told;
use crate::page::powers::{New, act, dates, new, scope};
use crate::page::start::refused;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{OpenWords, PowerWords, Words, fill, granted, pick, stands};

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The most grants of one form: as many as the ledger's own door takes at once.
const GRANTS_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "open_people.html")]
struct PeoplePage {
    t: &'static Words,
    f: Frame,
    a: Around,
    p: &'static PowerWords,
    /// The addresses behind which the draft stands.
    one: String,
    bring: String,
    send: String,
    only_read: Option<String>,
    missing: Vec<String>,
    people: Vec<Held>,
    new: Option<New>,
    command: String,
    faults: Vec<String>,
    more: Option<String>,
    rows: Vec<Row>,
    changes: Vec<String>,
    grant_all: String,
    /// What became of rows that were sent, where some were refused.
    sent: Option<String>,
    refused: Vec<String>,
}

/// A grant as it stands.
struct Held {
    actor: String,
    capacity: &'static str,
    scope: String,
    dates: String,
    state: &'static str,
    class: &'static str,
}

/// A row of a workbook.
struct Row {
    place: String,
    actor: String,
    grant: String,
    capacity: &'static str,
    scope: String,
    dates: String,
    outcome: &'static str,
    class: &'static str,
    why: String,
}

/// `GET /open/people`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, session, (&Fields::of(Vec::new()), None)).await.map(|(page, _)| page);
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `GET /open/people/book`: the grants that hold, as a workbook.
pub async fn download(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    match desk.openings.grants_book(&principal(&session)).await {
        Ok(book) => {
            let name = format!("attachment; filename=\"tu-cach-{}.xlsx\"", book.position);
            let headers = [
                (header::CONTENT_TYPE, XLSX.to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ];
            (headers, book.bytes).into_response()
        }
        Err(rejection) => refused(&ask, &desk.doors.dashboard.origin, rejection.into()),
    }
}

/// `POST /open/people/grant`: grants to one person.
pub async fn grant(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    let asked = act("grant", &fields)
        .and_then(|act| Ok((CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?, act)));
    let (status, said) = match asked {
        Ok((id, act)) => match desk.send(&session, (id, acting(&[], Capacity::Administrator)), act).await {
            Ok(accepted) => return further(&ask, accepted.position),
            Err(refused) => told(ask.lang, &refused),
        },
        Err(refusal @ Refusal::BadQuery(_)) => (refusal.status(), refusal.sentence(ask.lang)),
        Err(refusal) => return personal_answer::<PeoplePage>(&ask, origin, StatusCode::OK, Err(refusal)),
    };
    let page = page(&desk, &ask, session, (&fields, Some(said))).await.map(|(page, _)| page);
    personal_answer(&ask, origin, status, page)
}

fn further(ask: &Ask, position: u64) -> Response {
    let draft = ask.draft().unwrap_or_default();
    let place = draft.at("/open/people");
    let sign = if place.contains('?') { '&' } else { '?' };
    see_other(&format!("{place}{sign}position={position}"))
}

/// `POST /open/people`: shows what a workbook would grant.
pub async fn look(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (_, session) = match upload.of_session(&["csrf"], &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let page = looked(&desk, &ask, session, &mut upload).await;
    upload.rest().await;
    let status = match &page {
        Ok(page) if !page.faults.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    personal_answer(&ask, origin, status, page)
}

async fn looked(desk: &Desk, ask: &Ask, session: Arc<Session>, upload: &mut Upload) -> Result<PeoplePage, Refusal> {
    let (w, lang) = (OpenWords::of(ask.lang), ask.lang);
    let nothing = Fields::of(Vec::new());
    let (mut page, _) = page(desk, ask, Arc::clone(&session), (&nothing, None)).await?;
    let Some((_, pieces)) = upload.file().await? else {
        page.faults.push(w.file_none.to_owned());
        return Ok(page);
    };
    let brought = desk.openings.grants_brought(&principal(&session), pieces).await?;
    let said = |f: &proto::returned_sheet::ReturnedFault| {
        format!("{}: {} ({})", pick(lang, &f.place.vi, &f.place.en), pick(lang, &f.text.vi, &f.text.en), f.code)
    };
    page.faults = brought.faults.iter().map(said).collect();
    page.more = (brought.more > 0).then(|| fill(w.more, &[&count(lang, brought.more)]));
    page.rows = brought.rows.iter().map(|row| line(lang, row)).collect();
    page.changes = brought.rows.into_iter().filter_map(|row| row.command).collect();
    page.grant_all = fill(w.grant_all, &[&count(lang, page.changes.len() as u64)]);
    Ok(page)
}

fn line(lang: Lang, row: &GrantRow) -> Row {
    let class = match row.outcome {
        GrantOutcome::New => "now",
        GrantOutcome::Done => "done",
        GrantOutcome::Refused => "due",
    };
    Row {
        place: pick(lang, &row.place.vi, &row.place.en).to_owned(),
        actor: row.grant.actor.to_string(),
        grant: row.grant.grant.to_string(),
        capacity: row.grant.capacity.name(lang),
        scope: scope(lang, &row.grant),
        dates: dates(lang, &row.grant),
        outcome: granted(lang, row.outcome),
        class,
        why: pick(lang, &row.text.vi, &row.text.en).to_owned(),
    }
}

/// `POST /open/people/send`: grants what was shown.
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    match sent(&desk, &ask, session, &fields).await {
        Ok(Ok(position)) => further(&ask, position),
        Ok(Err((status, page))) => personal_answer(&ask, origin, status, Ok(*page)),
        Err(refusal) => personal_answer::<PeoplePage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// The last position, or what became of it where some were refused.
type Sent = Result<u64, (StatusCode, Box<PeoplePage>)>;

async fn sent(desk: &Desk, ask: &Ask, session: Arc<Session>, fields: &Fields) -> Result<Sent, Refusal> {
    let changes = fields.all("change").take(GRANTS_MAX + 1).map(grant_of).collect::<Result<Vec<_>, _>>()?;
    if changes.is_empty() || changes.len() > GRANTS_MAX {
        return Err(Refusal::BadForm);
    }
    let whose: Vec<String> = changes.iter().map(|(whose, _)| whose.clone()).collect();
    let commands = changes.into_iter().map(|(_, command)| Ok(command)).collect();
    let answers = desk.submit(&session).submit(principal(&session), commands).await;
    let (mut last, mut refusals, mut status) = (0, Vec::new(), StatusCode::OK);
    for (whose, answer) in whose.iter().zip(&answers) {
        match answer {
            Answer::Accepted(accepted) => last = last.max(accepted.position),
            Answer::Refused(refused) => {
                let (why, sentence) = told(ask.lang, refused);
                status = why;
                refusals.push(format!("{whose}: {sentence}"));
            }
        }
    }
    if refusals.is_empty() {
        return Ok(Ok(last));
    }
    let (mut page, _) = page(desk, ask, session, (&Fields::of(Vec::new()), None)).await?;
    let n = |n: usize| count(ask.lang, n as u64);
    page.sent = Some(fill(page.a.w.granted_some, &[&n(answers.len() - refusals.len()), &n(refusals.len())]));
    page.refused = refusals;
    Ok(Err((status, Box::new(page))))
}

/// A grant as the form brings it, and nothing else.
fn grant_of(change: &str) -> Result<(String, Command), Refusal> {
    let command = Command::parse(change.as_bytes())?;
    match &command.act {
        Act::GrantCapacity(grant) => Ok((format!("{} {}", grant.actor, grant.grant), command)),
        _ => Err(Refusal::BadForm),
    }
}

async fn page(
    desk: &Desk,
    ask: &Ask,
    session: Arc<Session>,
    (fields, fault): (&Fields, Option<String>),
) -> Result<(PeoplePage, Opening), Refusal> {
    let (w, p, lang) = (OpenWords::of(ask.lang), PowerWords::of(ask.lang), ask.lang);
    let opening = Opening::at(desk, Arc::clone(&session), ask.draft()?).await?;
    let checked = opening.checked(desk, lang).await?;
    let powers = desk.work.powers(&principal(&session)).await?;
    let (mut f, mut a) = opening.around(ask, &desk.doors.dashboard.origin, "/open/people")?;
    w.step_people.clone_into(&mut f.title);
    f.reads(Words::of(lang).as_of_inspector, powers.position, powers.root, None);
    a.fault = fault;
    let round = opening.draft.get("round").and_then(|round| RoundId::parse(round).ok());
    let concerns = |power: &&Power| {
        let over = matches!(power.state, GrantStands::Over | GrantStands::Revoked);
        !over && (power.grant.round.is_none() || power.grant.round == round)
    };
    let mut held: Vec<&Power> = powers.people.iter().flat_map(|person| &person.grants).filter(concerns).collect();
    held.sort_by_key(|power| (power.grant.capacity, power.grant.unit.clone(), power.grant.actor.clone()));
    let may = opening.has(Capacity::Administrator);
    let page = PeoplePage {
        t: Words::of(ask.lang),
        p,
        one: opening.draft.at("/open/people/grant"),
        bring: opening.draft.at("/open/people"),
        send: opening.draft.at("/open/people/send"),
        only_read: opening.only_read(lang, Capacity::Administrator),
        missing: if opening.draft.is_begun() { checked.missing } else { Vec::new() },
        people: held.into_iter().map(|power| told_of(lang, power)).collect(),
        new: may.then(|| new(lang, p, fields)),
        command: command_id(desk)?.to_string(),
        faults: Vec::new(),
        more: None,
        rows: Vec::new(),
        changes: Vec::new(),
        grant_all: String::new(),
        sent: None,
        refused: Vec::new(),
        f,
        a,
    };
    Ok((page, opening))
}

fn told_of(lang: Lang, power: &Power) -> Held {
    Held {
        actor: power.grant.actor.to_string(),
        capacity: power.grant.capacity.name(lang),
        scope: scope(lang, &power.grant),
        dates: dates(lang, &power.grant),
        state: stands(lang, power.state),
        class: if power.state == GrantStands::Holds { "done" } else { "due" },
    }
}
