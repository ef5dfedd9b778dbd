//! What an appraiser has to do, by field and unit: what waits, what each unit claims and what counts; many confirmed at once. It shows
//! the council and inspectors the same, to read.

pub mod book;
pub mod case;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::appraisal::{Appraisal, ConfirmScore};
use proto::document::Lang;
use proto::work::{Role, WORK_ROWS_MAX, WorkRow, Worklist, WorklistQuery};
use proto::{Act, Acting, Capacity, Code, CommandId, Exact, Hash, UnitId};

use super::fill::sign::told;
use super::fill::{session, text};
use super::work::{Desktop, Worked, asked};
use super::{Frame, personal_answer};
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::desk::{Desk, command_id, principal};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{self, SurveyWords, Words, WorkWords, fill};

#[derive(Template)]
#[template(path = "appraise.html")]
struct AppraisePage {
    t: &'static Words,
    w: &'static WorkWords,
    f: Frame,
    d: Desktop,
    /// The appraisal that is open, as a form sends it; none where nothing can be done.
    appraisal: Option<&'static str>,
    command: String,
    note: Option<&'static str>,
    confirmed: Option<String>,
    faults: Vec<String>,
    fields: Vec<FieldChoice>,
    units: Vec<(String, String, bool)>,
    waiting: bool,
    rows: Vec<Row>,
    told: String,
    /// The address of the same list, where its form is sent.
    action: String,
    before: Option<String>,
    after: Option<String>,
    s: &'static SurveyWords,
    extras: String,
    /// The field that is looked at as a workbook for each block: address, title.
    books: Vec<(String, String)>,
    /// Whether a workbook comes back.
    returns: bool,
}

struct FieldChoice {
    code: String,
    title: String,
    told: String,
    chosen: bool,
    place: String,
}

struct Row {
    /// What the box sends; none where there is nothing to confirm.
    value: Option<String>,
    choose: String,
    unit: String,
    unit_name: String,
    leaf: String,
    title: String,
    maximum: String,
    claimed: String,
    stands: String,
    files: String,
    marks: Vec<(&'static str, &'static str)>,
}

/// What was confirmed just now.
#[derive(Default)]
struct Said {
    status: StatusCode,
    confirmed: Option<String>,
    faults: Vec<String>,
}

/// `GET /rounds/{round}/appraise`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    shown(&desk, &ask, &session, Ok(Said::default())).await
}

/// `POST /rounds/{round}/appraise`: confirms what was chosen.
pub async fn confirm(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let said = confirmed(&desk, &ask, &session, &fields).await;
    shown(&desk, &ask, &session, said).await
}

async fn shown(desk: &Desk, ask: &Ask, session: &Session, said: Result<Said, Refusal>) -> Response {
    let status = said.as_ref().map_or(StatusCode::OK, |said| said.status);
    let page = match said {
        Ok(said) => page(desk, ask, session, said).await,
        Err(refusal) => Err(refusal),
    };
    personal_answer(ask, &desk.doors.dashboard.origin, status, page)
}

/// The list that an address asks for.
fn query(ask: &Ask) -> Result<WorklistQuery, Refusal> {
    let skip: Option<u64> = ask.id("skip")?;
    Ok(WorklistQuery {
        round: ask.round()?,
        field: ask.code("field")?,
        unit: ask.id("unit")?,
        waiting: ask.value("waiting")?.is_some(),
        skip: skip.unwrap_or_default(),
    })
}

/// The address of a list.
fn place(query: &WorklistQuery, skip: u64) -> String {
    let mut place = format!("/rounds/{}/appraise?", query.round);
    if let Some(field) = &query.field {
        place = format!("{place}field={field}&");
    }
    if let Some(unit) = &query.unit {
        place = format!("{place}unit={unit}&");
    }
    if query.waiting {
        place.push_str("waiting=1&");
    }
    if skip > 0 {
        place = format!("{place}skip={skip}&");
    }
    place.pop();
    place
}

/// The appraisal that a form names.
pub fn named(text: &str) -> Result<Appraisal, Refusal> {
    match text {
        "first" => Ok(Appraisal::First),
        "second" => Ok(Appraisal::Second),
        _ => Err(Refusal::BadForm),
    }
}

/// An appraisal as a form sends it.
pub fn name(appraisal: Appraisal) -> &'static str {
    match appraisal {
        Appraisal::First => "first",
        Appraisal::Second => "second",
    }
}

/// The role among some that covers a leaf. Whoever has none asks as an appraiser, and is told that he is none.
fn acting(roles: &[Role], leaf: &Code) -> Acting {
    let covers = |role: &&Role| role.fields.is_empty() || role.fields.iter().any(|own| own.as_str() == leaf.field());
    let unit = roles.iter().find(covers).and_then(|role| role.unit.clone());
    Acting { capacity: Capacity::Appraiser, unit }
}

/// The id of the command for one row of a form that has one id for all: a form that is sent twice confirms each row once.
fn of_row(all: &CommandId, row: &str) -> CommandId {
    let digest = Hash::digest(format!("{all} {row}").as_bytes()).0;
    let millis = u64::from_str_radix(&all.to_string().replace('-', "")[..12], 16).unwrap_or_default();
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest[..10]);
    CommandId::v7(millis, bits)
}

async fn confirmed(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Said, Refusal> {
    let w = WorkWords::of(ask.lang);
    let worked = asked(desk, ask, session).await?;
    let chosen: Vec<&str> = fields.all("row").collect();
    if chosen.is_empty() {
        let faults = vec![w.chosen_none.to_owned()];
        return Ok(Said { status: StatusCode::UNPROCESSABLE_ENTITY, faults, ..Said::default() });
    }
    let appraisal = named(fields.get("appraisal"))?;
    let all = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let appraises: Vec<Role> =
        worked.work.roles.iter().filter(|role| role.capacity == Capacity::Appraiser).cloned().collect();
    let mut commands = Vec::new();
    for row in &chosen {
        let act = act(&worked, row, appraisal).ok_or(Refusal::BadForm)?;
        commands.push(((of_row(&all, row), acting(&appraises, &act.leaf)), Act::ConfirmScore(act)));
    }
    let (mut done, mut last, mut faults) = (0, 0, Vec::new());
    for (row, answer) in chosen.iter().zip(desk.send_all(session, commands).await) {
        match answer {
            Ok(accepted) => (done, last) = (done + 1, accepted.position.max(last)),
            Err(refused) => {
                faults.push(format!("{}: {}", said_row(&worked, ask.lang, row), told(ask.lang, &refused).1))
            }
        }
    }
    let count = |n: usize| worked.opened.printer.count(n as u64);
    Ok(match faults.len() {
        0 => {
            let confirmed = Some(fill(w.confirmed_all, &[&count(done), &last.to_string()]));
            Said { confirmed, ..Said::default() }
        }
        not => {
            faults.insert(0, fill(w.confirmed_some, &[&count(done), &count(not)]));
            Said { status: StatusCode::CONFLICT, faults, ..Said::default() }
        }
    })
}

/// What a row asks for: `unit/leaf/revision`.
fn act(worked: &Worked, row: &str, appraisal: Appraisal) -> Option<ConfirmScore> {
    let mut parts = row.split('/');
    let (unit, leaf) = (UnitId::parse(parts.next()?).ok()?, Code::parse(parts.next()?).ok()?);
    let revision = parts.next()?.parse().ok()?;
    let round = worked.work.query.round.clone();
    parts.next().is_none().then_some(ConfirmScore { round, unit, leaf, revision, appraisal })
}

fn said_row(worked: &Worked, lang: Lang, row: &str) -> String {
    let mut parts = row.split('/');
    let unit = parts.next().and_then(|unit| UnitId::parse(unit).ok());
    let unit = unit.map_or_else(String::new, |unit| worked.unit(lang, &unit));
    format!("{unit}, {}", parts.next().unwrap_or_default())
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, said: Said) -> Result<AppraisePage, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let mut worked = asked(desk, ask, session).await?;
    let list = desk.work.worklist(&principal(session), query(ask)?).await?;
    let printer = worked.opened.printer;
    let (skip, shown) = (list.query.skip, list.rows.len() as u64);
    let title = match list.open {
        Some(Appraisal::First) => w.appraise_first,
        Some(Appraisal::Second) => w.appraise_second,
        None => w.appraise,
    };
    let can = list.open.filter(|_| !list.roles.is_empty());
    let note = match (list.roles.is_empty(), list.open) {
        (true, _) => Some(w.appraise_only_read),
        (false, None) => Some(w.appraise_shut),
        (false, Some(_)) => None,
    };
    let page = WORK_ROWS_MAX as u64;
    let told = match shown {
        0 => w.rows_none.to_owned(),
        _ => fill(w.rows_of, &[&printer.count(list.of), &printer.count(skip + 1), &printer.count(skip + shown)]),
    };
    let blocks = Blocks(worked.opened.view.blocks(&list.query.round).await?);
    // The secretariat sees every score, and no field is given to it as a workbook.
    let given = worked.has(&[Capacity::Appraiser, Capacity::Council, Capacity::Inspector]);
    let fields = list.query.field.iter().filter(|_| given);
    let books = fields.flat_map(|field| books(lang, &blocks, &list, field)).collect();
    Ok(AppraisePage {
        s: SurveyWords::of(lang),
        extras: format!("/rounds/{}/extras", list.query.round),
        books,
        returns: can.is_some(),
        t: Words::of(lang),
        w,
        f: worked.framed(ask, title),
        d: worked.desktop(ask, session, "appraise")?,
        appraisal: can.map(name),
        command: command_id(desk)?.to_string(),
        note,
        confirmed: said.confirmed,
        faults: said.faults,
        fields: fields_told(&printer, w, &list),
        units: list
            .units
            .iter()
            .map(|unit| (unit.unit.to_string(), text(lang, &unit.name), list.query.unit.as_ref() == Some(&unit.unit)))
            .collect(),
        waiting: list.query.waiting,
        rows: list.rows.iter().map(|row| row_told(&printer, w, row, can.is_some())).collect(),
        told,
        action: place(&list.query, skip),
        before: (skip > 0).then(|| place(&list.query, skip.saturating_sub(page))),
        after: (skip + shown < list.of).then(|| place(&list.query, skip + page)),
    })
}

/// A field as a workbook, for each block.
fn books(lang: Lang, blocks: &Blocks, list: &Worklist, field: &Code) -> Vec<(String, String)> {
    let appraisal = name(list.open.unwrap_or(Appraisal::First));
    let place = |block| format!("/rounds/{}/fields/{block}/{field}/workbook?appraisal={appraisal}", list.query.round);
    blocks.0.iter().map(|row| (place(&row.block), blocks.title(lang, &row.block))).collect()
}

fn fields_told(printer: &Printer, w: &WorkWords, list: &Worklist) -> Vec<FieldChoice> {
    let fields = list.fields.iter().map(|field| {
        let query = WorklistQuery { field: Some(field.field.clone()), ..list.query.clone() };
        FieldChoice {
            code: field.field.to_string(),
            title: text(printer.lang, &field.title),
            told: fill(w.waiting_of, &[&printer.count(field.waiting), &printer.count(field.of)]),
            chosen: list.query.field.as_ref() == Some(&field.field),
            place: place(&query, 0),
        }
    });
    fields.collect()
}

fn row_told(printer: &Printer, w: &'static WorkWords, row: &WorkRow, can: bool) -> Row {
    let lang = printer.lang;
    let (unit_name, title) = (text(lang, &row.name), text(lang, &row.title));
    let mut marks = Vec::new();
    if row.waits {
        marks.push((w.waits, "now"));
    }
    marks.extend(row.flag.map(|flag| (words::flag(lang, flag), "flag")));
    marks.extend(row.exemption.map(|exemption| (words::exemption(lang, exemption), "exempt")));
    if row.kept_off {
        marks.push((w.kept_off, "later"));
    }
    let none = || Words::of(lang).none.to_owned();
    Row {
        value: (can && row.confirmable).then(|| format!("{}/{}/{}", row.unit, row.leaf, row.revision)),
        choose: fill(w.choose_row, &[&unit_name, row.leaf.as_str()]),
        unit: row.unit.to_string(),
        unit_name,
        leaf: row.leaf.to_string(),
        title,
        maximum: printer.exact(&Exact::from(row.maximum)),
        claimed: row.claimed.as_ref().map_or_else(none, |points| printer.exact(points)),
        stands: row.stands.as_ref().map_or_else(none, |(_, points)| printer.exact(points)),
        files: printer.count(row.files),
        marks,
    }
}
