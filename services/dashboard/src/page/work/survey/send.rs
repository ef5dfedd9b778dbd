//! A file of ballots, sent: read whole and sealed, so that what it counts can be looked at before it goes on record; or refused with all its faults,
//! each at its place, and nothing of it kept.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::survey::{Method, Replaced};
use proto::returned_sheet::ReturnedFault;
use proto::surveyed::BallotsSent;
use proto::{BatchId, Capacity, Refused, UnitId};

use super::{Places, places, told};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::page::fill::sign::told as refusal_told;
use crate::page::fill::{session, text};
use crate::page::inputs::written;
use crate::page::work::{Desktop, Worked, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, Upload};
use crate::words::{SurveyWords, Words, WorkWords, fill, method};

/// What is asked for before the file, in the order of the form.
const FIELDS: [&str; 7] = ["csrf", "batch", "method", "unit", "replaces", "reason", "encoding"];
/// The ways of collecting, as a form sends them.
const METHODS: [(&str, Method); 3] =
    [("paper", Method::Paper), ("online", Method::Online), ("interview", Method::Interview)];

#[derive(Template)]
#[template(path = "survey_send.html")]
struct SendPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    sends: bool,
    batch: String,
    methods: Vec<(&'static str, &'static str, bool)>,
    /// Whose file it is: chosen, where the sender's capacity is held in no unit.
    units: Vec<(String, String, bool)>,
    unit: String,
    batches: Vec<(String, bool)>,
    reason: String,
    /// Whether the encoding is asked for; what was chosen.
    asks_encoding: bool,
    encoding: String,
    fault: Option<String>,
    faults: Vec<Fault>,
    more: Option<String>,
}

struct Fault {
    place: String,
    what: String,
    code: String,
}

/// What came of a file.
#[derive(Default)]
struct Came {
    status: StatusCode,
    fault: Option<String>,
    faults: Vec<ReturnedFault>,
    more: u64,
}

/// `GET /rounds/{round}/survey/send`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, &Fields::of(Vec::new()), Came::default()).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /rounds/{round}/survey/send`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, mut upload: Upload) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let (fields, session) = match upload.of_session(&FIELDS, &ask, &desk.doors, &headers).await {
        Ok(brought) => brought,
        Err(answer) => return *answer,
    };
    let brought = brought(&desk, &ask, &session, (&fields, &mut upload)).await;
    if !matches!(brought, Ok(Ok(_))) {
        upload.rest().await;
    }
    match brought {
        Ok(Ok(place)) => see_other(&place),
        Ok(Err(came)) => {
            let status = came.status;
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, &fields, came).await)
        }
        Err(refusal) => personal_answer::<SendPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// Where to look at what it counts; or why it was not taken.
async fn brought(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, upload): (&Fields, &mut Upload),
) -> Result<Result<String, Came>, Refusal> {
    let worked = asked(desk, ask, session).await?;
    worked.only(&[Capacity::SurveyStaff])?;
    let s = SurveyWords::of(ask.lang);
    let not = |fault: String| {
        Ok(Err(Came { status: StatusCode::UNPROCESSABLE_ENTITY, fault: Some(fault), ..Came::default() }))
    };
    let Ok(batch) = BatchId::parse(fields.get("batch")) else {
        return not(format!("{}: {}", s.batch_id, s.batch_hint));
    };
    let method = METHODS.into_iter().find(|(name, _)| *name == fields.get("method"));
    let (_, method) = method.ok_or(Refusal::BadForm)?;
    let unit = UnitId::parse(fields.get("unit")).map_err(|_| Refusal::BadForm)?;
    let replaces = match fields.get("replaces") {
        "" => None,
        old => Some(Replaced {
            batch: BatchId::parse(old).map_err(|_| Refusal::BadForm)?,
            reason: written(fields.get("reason")),
        }),
    };
    let Some((name, pieces)) = upload.file().await? else { return not(s.file_none.to_owned()) };
    let encoding = Some(fields.get("encoding").to_owned()).filter(|encoding| !encoding.is_empty());
    let round = worked.work.query.round.clone();
    let place = format!("/rounds/{round}/survey/waiting/{batch}");
    let sent = BallotsSent { round, batch, method, unit, name, encoding, replaces };
    match desk.surveys(session).take_in(&principal(session), sent, pieces).await {
        Ok(told) if told.faults.is_empty() => Ok(Ok(place)),
        Ok(told) => Ok(Err(Came {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            fault: None,
            faults: told.faults,
            more: told.more,
        })),
        Err(rejection) => {
            let (status, fault) = refusal_told(ask.lang, &Refused::from(&rejection));
            Ok(Err(Came { status, fault: Some(fault), ..Came::default() }))
        }
    }
}

/// An id for the next batch.
fn next_batch(worked: &Worked) -> String {
    let known = |id: &String| worked.work.batches.iter().any(|batch| batch.batch.as_str() == id);
    let mut ids = (worked.work.batches.len() + 1..).map(|n| format!("dot-{n}"));
    ids.find(|id| !known(id)).unwrap_or_default()
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, typed: &Fields, came: Came) -> Result<SendPage, Refusal> {
    let (w, s, lang) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&[Capacity::SurveyStaff])?;
    let survey = told(desk, session, &worked).await?;
    let held_in = survey.held_in.as_ref().map(ToString::to_string);
    let unit = held_in.clone().unwrap_or_else(|| typed.get("unit").to_owned());
    let choices = worked.work.units.iter().filter(|_| held_in.is_none());
    let units = choices.map(|u| (u.unit.to_string(), text(lang, &u.name), unit == u.unit.as_str())).collect();
    let standing = worked.work.batches.iter().filter(|batch| !batch.voided && batch.replaced_by.is_none());
    let replaced = typed.get("replaces");
    let mut f = worked.framed(ask, s.send_title);
    f.reads(Words::of(lang).as_of_inspector, survey.position, survey.root, None);
    let batch = match typed.get("batch") {
        "" => next_batch(&worked),
        typed => typed.to_owned(),
    };
    let unclear = came.faults.iter().any(|fault| fault.code == "encoding_unknown" || fault.code == "encoding_differs");
    let fault = |fault: &ReturnedFault| Fault {
        place: text(lang, &fault.place),
        what: text(lang, &fault.text),
        code: fault.code.clone(),
    };
    Ok(SendPage {
        t: Words::of(lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, lang, "/send"),
        sends: survey.sends,
        batch,
        methods: METHODS.iter().map(|(name, of)| (*name, method(lang, *of), typed.get("method") == *name)).collect(),
        units,
        unit,
        batches: standing.map(|b| (b.batch.to_string(), replaced == b.batch.as_str())).collect(),
        reason: typed.get("reason").to_owned(),
        asks_encoding: unclear || !typed.get("encoding").is_empty(),
        encoding: typed.get("encoding").to_owned(),
        more: (came.more > 0).then(|| fill(s.faults_more, &[&worked.opened.printer.count(came.more)])),
        faults: came.faults.iter().map(fault).collect(),
        fault: came.fault,
    })
}
