//! What those of a batch said who were asked again: a workbook given out and brought back, shown against the batch before it goes on record, and as it
//! stands on the batch's page. What is recorded are the commands that were shown, checked again to be one tally of that batch and nothing else.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Session;
use platform::http::see_other;
use proto::act::survey::Method;
use proto::document::DocKind;
use proto::surveyed::{AgainRead, AgainSent, AskedAgain, BatchQuery};
use proto::{Act, Capacity, Command, Exact, Refused};

use super::{Places, batch_named, places};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::{Printer, percent};
use crate::page::fill::sign::told as refusal_told;
use crate::page::fill::{session, text};
use crate::page::inputs::written;
use crate::page::open::document::{one_document, sent};
use crate::page::start::refused;
use crate::page::work::{Desktop, Worked, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{SurveyWords, Words, WorkWords, fill, method};

/// What is asked for before the file, in the order of the form.
const FIELDS: [&str; 4] = ["csrf", "method", "respondents", "reason"];
/// The ways of asking, as a form sends them.
const METHODS: [(&str, Method); 3] =
    [("interview", Method::Interview), ("paper", Method::Paper), ("online", Method::Online)];
/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Template)]
#[template(path = "survey_again.html")]
struct AgainPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    batch: String,
    methods: Vec<(&'static str, &'static str, bool)>,
    respondents: String,
    reason: String,
    fault: Option<String>,
    faults: Vec<[String; 3]>,
    more: Option<String>,
    /// What a file says, and what puts it on record.
    read: Option<Agreed>,
    changes: Vec<String>,
}

/// How far the second answers are the first ones.
pub struct Agreed {
    /// Its heading, for what names it.
    pub id: String,
    /// The position of the event that recorded it; 0 before it is.
    pub position: u64,
    /// In one sentence.
    pub told: String,
    /// How, by whom and why it was recorded; none before it is.
    pub recorded: Option<[String; 3]>,
    /// By question.
    pub rows: Vec<Line>,
}

/// A question.
pub struct Line {
    /// Its code, what was asked, and the group that answered.
    pub text: String,
    /// How many were asked it again, and the same in how many cases, with their share.
    pub asked: String,
    /// How many gave the same answer.
    pub same: String,
    /// Their share.
    pub share: String,
    /// What was answered otherwise: from which to which, and by how many.
    pub moved: Vec<String>,
}

/// What came of a file.
#[derive(Default)]
struct Came {
    status: StatusCode,
    fault: Option<String>,
    read: Option<AgainRead>,
}

/// `GET /rounds/{round}/survey/batches/{batch}/again`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, &Fields::of(Vec::new()), Came::default()).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `GET /rounds/{round}/survey/batches/{batch}/again/book`
pub async fn book(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let made = async {
        let query = query(&ask)?;
        let name = format!("attachment; filename=\"hoi-lai-{}-{}.xlsx\"", query.round, query.batch);
        let book = desk.surveys(&session).again_book(&principal(&session), query).await?;
        Ok((name, book))
    };
    match made.await {
        Ok((name, book)) => {
            let headers = [
                (header::CONTENT_TYPE, XLSX.to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ];
            (headers, book.bytes).into_response()
        }
        Err(refusal) => refused(&ask, &desk.doors.dashboard.origin, refusal),
    }
}

fn query(ask: &Ask) -> Result<BatchQuery, Refusal> {
    Ok(BatchQuery { round: ask.round()?, batch: batch_named(ask)? })
}

/// `POST /rounds/{round}/survey/batches/{batch}/again`: shows what a file says.
pub async fn look(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (fields, session) = match upload.of_session(&FIELDS, &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let came = looked(&desk, &ask, &session, (&fields, &mut upload)).await;
    upload.rest().await;
    match came {
        Ok(came) => {
            let status = came.status;
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, &fields, came).await)
        }
        Err(refusal) => personal_answer::<AgainPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn looked(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, upload): (&Fields, &mut Upload),
) -> Result<Came, Refusal> {
    let worked = asked(desk, ask, session).await?;
    worked.only(&[Capacity::SurveyStaff])?;
    let s = SurveyWords::of(ask.lang);
    let not = |fault: String| Came { status: StatusCode::UNPROCESSABLE_ENTITY, fault: Some(fault), read: None };
    let method = METHODS.into_iter().find(|(name, _)| *name == fields.get("method"));
    let (_, method) = method.ok_or(Refusal::BadForm)?;
    let Some(respondents) = fields.get("respondents").trim().parse().ok().filter(|n| *n > 0) else {
        return Ok(not(s.again_people_bad.to_owned()));
    };
    let reason = written(fields.get("reason"));
    if reason.is_empty() {
        return Ok(not(s.again_reason_bad.to_owned()));
    }
    let Some((_, pieces)) = upload.file().await? else { return Ok(not(s.file_none.to_owned())) };
    let sent = AgainSent { query: query(ask)?, method, respondents, reason };
    match desk.surveys(session).again(&principal(session), sent, pieces).await {
        Ok(read) => {
            let status = if read.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok(Came { status, fault: None, read: Some(read) })
        }
        Err(rejection) => {
            let (status, fault) = refusal_told(ask.lang, &Refused::from(&rejection));
            Ok(Came { status, fault: Some(fault), read: None })
        }
    }
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, typed: &Fields, came: Came) -> Result<AgainPage, Refusal> {
    let (w, s, lang) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&[Capacity::SurveyStaff])?;
    let told = desk.surveys(session).batch(&principal(session), query(ask)?).await?;
    let batch = told.batch.batch.to_string();
    let mut f = worked.framed(ask, &fill(s.again_title, &[&batch]));
    f.reads(Words::of(lang).as_of_inspector, told.position, told.root, None);
    let printer = worked.opened.printer;
    let (faults, more, read, changes) = match came.read {
        Some(read) if read.faults.is_empty() => {
            let sum = |of: fn(&AskedAgain) -> u64| read.questions.iter().map(of).sum();
            let agreed = agreed(&printer, (sum(|q| q.asked), sum(|q| q.same)), &read.questions);
            (Vec::new(), 0, Some(agreed), read.commands)
        }
        Some(read) => {
            let fault =
                |f: &proto::returned_sheet::ReturnedFault| [text(lang, &f.place), text(lang, &f.text), f.code.clone()];
            (read.faults.iter().map(fault).collect(), read.more, None, Vec::new())
        }
        None => (Vec::new(), 0, None, Vec::new()),
    };
    Ok(AgainPage {
        t: Words::of(lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, lang, ""),
        batch,
        methods: METHODS.iter().map(|(name, of)| (*name, method(lang, *of), typed.get("method") == *name)).collect(),
        respondents: typed.get("respondents").to_owned(),
        reason: typed.get("reason").to_owned(),
        fault: came.fault,
        more: (more > 0).then(|| fill(s.faults_more, &[&printer.count(more)])),
        faults,
        read,
        changes,
    })
}

/// Second answers against first ones.
pub fn agreed(printer: &Printer, (asked, same): (u64, u64), questions: &[AskedAgain]) -> Agreed {
    let s = SurveyWords::of(printer.lang);
    Agreed {
        id: "again".to_owned(),
        position: 0,
        told: fill(s.again_told, &[&printer.count(same), &printer.count(asked), &share(printer, same, asked)]),
        recorded: None,
        rows: questions.iter().map(|question| line(printer, question)).collect(),
    }
}

fn line(printer: &Printer, again: &AskedAgain) -> Line {
    let question = &again.question;
    let title = |answer: &proto::surveyed::CountedAnswer| match &answer.title {
        Some(title) => text(printer.lang, title),
        None => answer.code.to_string(),
    };
    let width = question.answers.len();
    let moved = again.counts.iter().enumerate().filter(|(at, n)| **n > 0 && at / width != at % width);
    let code = question.question.as_ref().unwrap_or(&question.leaf);
    Line {
        text: format!("{code} {} ({})", text(printer.lang, &question.text), text(printer.lang, &question.title)),
        asked: printer.count(again.asked),
        same: printer.count(again.same),
        share: share(printer, again.same, again.asked),
        moved: moved
            .map(|(at, n)| {
                let (first, second) = (&question.answers[at / width], &question.answers[at % width]);
                format!("{} → {}: {}", title(first), title(second), printer.count(*n))
            })
            .collect(),
    }
}

/// A share in percent, with one digit after the point: it is no score.
fn share(printer: &Printer, same: u64, asked: u64) -> String {
    let whole = |n: u64| Exact::whole(i64::try_from(n).unwrap_or(i64::MAX));
    let share = percent(&whole(same), &whole(asked));
    let rounded = share.map(|share| share.rounded(1, proto::exact::RoundingMode::HalfUp));
    rounded.map_or_else(String::new, |share| format!("{} %", printer.set(&share)))
}

/// `POST /rounds/{round}/survey/batches/{batch}/again/send`: records what was shown.
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, origin),
    };
    let recorded = async {
        let query = query(&ask)?;
        let commands = whole(&query, &fields)?;
        Ok((query, sent(&desk, &ask, &session, commands).await))
    };
    match recorded.await {
        Ok((BatchQuery { round, batch }, Ok(position))) => {
            see_other(&format!("/rounds/{round}/survey/batches/{batch}?position={position}"))
        }
        Ok((_, Err((status, fault)))) => {
            let came = Came { status, fault: Some(fault), read: None };
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, &fields, came).await)
        }
        Err(refusal) => personal_answer::<AgainPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// The commands of a form, if they enter one tally, whole, and record it of the batch of the path.
fn whole(query: &BatchQuery, fields: &Fields) -> Result<Vec<Command>, Refusal> {
    let commands: Vec<Command> =
        fields.all("change").map(|text| Command::parse(text.as_bytes())).collect::<Result<_, _>>()?;
    let (last, tally) = commands.split_last().ok_or(Refusal::BadForm)?;
    let (id, digest) = one_document(DocKind::Tally, tally)?;
    match &last.act {
        Act::RecheckBatch(act)
            if act.round == query.round
                && act.batch == query.batch
                && act.tally.id == id
                && act.tally.digest == digest =>
        {
            Ok(commands)
        }
        _ => Err(Refusal::BadForm),
    }
}

/// Whether somebody may record it, as far as the page knows.
pub fn may(worked: &Worked) -> bool {
    worked.has(&[Capacity::SurveyStaff]) && !worked.work.closed
}
