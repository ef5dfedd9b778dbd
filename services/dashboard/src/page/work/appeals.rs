//! The appeals of a round as they are worked on: held against the log, answered, put to the council, decided, and what follows set right.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::council::Matter;
use proto::examined::ExamineQuery;
use proto::work::AppealWork;

use super::council::points;
use super::{Desktop, OF_APPEALS, Worked, asked};
use crate::acts::{ActForm, Doing, Kind};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::fill::session;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{Words, WorkWords, fill, outcome};

#[derive(Template)]
#[template(path = "appeals.html")]
struct AppealsPage {
    t: &'static Words,
    w: &'static WorkWords,
    f: Frame,
    d: Desktop,
    appeals: Vec<Appeal>,
}

struct Appeal {
    number: u32,
    title: String,
    unit: String,
    leaves: String,
    text: String,
    notes: Vec<String>,
    /// What leads to where it is put to the council.
    propose: Option<String>,
    forms: Vec<ActForm>,
}

/// `GET /rounds/{round}/appeals`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<AppealsPage, Refusal> {
    let w = WorkWords::of(ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_APPEALS)?;
    let mut appeals = Vec::new();
    for appeal in worked.work.appeals.iter().rev() {
        appeals.push(told(desk, ask, &worked, appeal).await?);
    }
    Ok(AppealsPage {
        t: Words::of(ask.lang),
        w,
        f: worked.framed(ask, w.appeals),
        d: worked.desktop(ask, session, "appeals")?,
        appeals,
    })
}

async fn told(desk: &Desk, ask: &Ask, worked: &Worked, appeal: &AppealWork) -> Result<Appeal, Refusal> {
    let (w, lang, number) = (WorkWords::of(ask.lang), ask.lang, appeal.number.to_string());
    let mut notes = Vec::new();
    if appeal.claims > 0 {
        notes.push(fill(w.appeal_claims, &[&appeal.claims.to_string()]));
    }
    if appeal.answers > 0 {
        notes.push(fill(w.appeal_answers, &[&appeal.answers.to_string()]));
    }
    if let (Some(decision), Some(became)) = (&appeal.decided, appeal.outcome) {
        notes.push(fill(w.appeal_decided, &[decision.as_str(), outcome(lang, became)]));
    }
    let is_open = appeal.decided.is_none();
    Ok(Appeal {
        number: appeal.number,
        title: fill(w.appeal, &[&number]),
        unit: worked.unit(lang, &appeal.unit),
        leaves: appeal.leaves.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        text: appeal.text.clone(),
        notes,
        propose: (is_open && worked.may(Doing::ProposeResult)).then(|| fill(w.propose_appeal, &[&number])),
        forms: if is_open {
            hearing(desk, ask, worked, appeal).await?
        } else {
            corrections(desk, ask, worked, appeal)?
        },
    })
}

/// What is done about an appeal until it is decided.
async fn hearing(desk: &Desk, ask: &Ask, worked: &Worked, appeal: &AppealWork) -> Result<Vec<ActForm>, Refusal> {
    let number = || ("number", appeal.number.to_string());
    let form = |doing, about| worked.form(desk, ask.lang, doing, &Fields::of(about));
    let mut forms = Vec::new();
    if appeal.claims > 0 && worked.may(Doing::Examine) {
        let query =
            ExamineQuery { round: worked.work.query.round.clone(), number: appeal.number, position: None, at: None };
        let said = desk.doors.dashboard.inspector.examine(query).await?;
        let seen = [("position", said.position.to_string()), ("digest", said.digest.to_string())];
        forms.extend(form(Doing::Examine, [number()].into_iter().chain(seen).collect())?);
    }
    forms.extend(form(Doing::Answer, vec![number()])?);
    let is_about = |matter: &Matter| matches!(matter, Matter::Appeal { number, .. } if *number == appeal.number);
    let mut latest = worked.work.decisions.iter().rev();
    if let Some(decision) = latest.find(|decision| decision.carried == Some(true) && is_about(&decision.matter)) {
        forms.extend(form(Doing::Decide, vec![number(), ("decision", decision.decision.to_string())])?);
    }
    Ok(forms)
}

/// What follows from its decision and is not set right yet.
fn corrections(desk: &Desk, ask: &Ask, worked: &Worked, appeal: &AppealWork) -> Result<Vec<ActForm>, Refusal> {
    let w = WorkWords::of(ask.lang);
    let mut forms = Vec::new();
    for change in &appeal.pending {
        let about = Fields::of(vec![
            ("number", appeal.number.to_string()),
            ("unit", change.unit.to_string()),
            ("leaf", change.leaf.to_string()),
            ("revision", change.revision.to_string()),
        ]);
        let lead = fill(w.correct_one, &[change.leaf.as_str(), &points(ask.lang, &change.points)]);
        forms.extend(worked.form(desk, ask.lang, Doing::Correct, &about)?.map(|form| ActForm { lead, ..form }));
    }
    Ok(forms)
}
