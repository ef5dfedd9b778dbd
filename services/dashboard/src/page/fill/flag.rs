//! What an appraiser asks of a leaf, and the unit's answer. The question stands in the log, and is shown as it was asked; the answer goes
//! on record as it was written, with the files that were sent for it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use proto::act::sheet::ExplainFlag;
use proto::filling::{LeafForm, SheetForm};
use proto::history::HistoryQuery;
use proto::rows::FlagState;
use proto::said::Named;
use proto::{Accepted, Act};

use super::asked;
use super::files::{attached, waiting};
use super::leaf::{self, Saved, Shown, leaf_of};
use super::sign::told;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::Moment;
use crate::page::inputs::written;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{UnitWords, fill};

/// The kind of the event that asks.
const ASKED: &str = "score_flagged";

/// An answer that was not taken.
#[derive(Default)]
pub struct Answer {
    /// What was typed.
    pub text: String,
    /// Why not.
    pub fault: Option<String>,
}

/// A question that waits for its answer.
pub struct Question {
    pub reason: String,
    /// Who asked, and when; empty where the history does not tell.
    pub by: String,
    /// Until when it is answered, or that it is not the time.
    pub until: String,
    /// Whether whoever reads it answers.
    pub may_answer: bool,
    pub answer: Answer,
}

/// Whether somebody is asked to explain a leaf now.
pub fn is_asked(form: &SheetForm, leaf: &LeafForm) -> bool {
    leaf.flag == Some(FlagState::Raised) && form.explained_until.is_some()
}

/// What is asked of a leaf; none where nothing is.
pub async fn question(
    desk: &Desk,
    ask: &Ask,
    (form, leaf): (&SheetForm, &LeafForm),
    answer: Answer,
) -> Result<Option<Question>, Refusal> {
    if leaf.flag != Some(FlagState::Raised) {
        return Ok(None);
    }
    let w = UnitWords::of(ask.lang);
    let (round, unit) = (form.query.round.clone(), form.query.unit.clone());
    let held = Some(form.held.clone());
    let query = HistoryQuery { round, unit, leaf: Some(leaf.leaf.clone()), position: None, at: None, held };
    let history = desk.doors.dashboard.inspector.history(query).await?;
    let step = history.steps.iter().rev().find(|step| step.kind == ASKED);
    let by = |step: &proto::history::Step| {
        let (actor, at) = (step.actor.id.to_string(), Moment::from(step.at).text);
        fill(w.flag_asked, &[step.actor.capacity.name(ask.lang), &actor, &at])
    };
    Ok(Some(Question {
        reason: step.map_or_else(|| w.flag_unknown.to_owned(), |step| step.reason.clone()),
        by: step.map_or_else(String::new, by),
        until: match form.explained_until {
            Some(until) => fill(w.flag_until, &[&Moment::from(until).text]),
            None => w.flag_not_now.to_owned(),
        },
        may_answer: form.fills_in.is_some() && form.explained_until.is_some(),
        answer,
    }))
}

/// `POST /rounds/{round}/units/{unit}/fill/{leaf}/explain`
pub async fn explain(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(foreign) => return foreign.page(&ask, &desk.doors.dashboard.origin),
    };
    let explained = explained(&desk, &ask, &session, &fields).await;
    leaf::shown(&desk, &ask, &session, explained).await
}

async fn explained(desk: &Desk, ask: &Ask, session: &identity::Session, fields: &Fields) -> Result<Saved, Refusal> {
    let (_, form) = asked(desk, ask, session).await?;
    let leaf = leaf_of(ask, &form)?.leaf.clone();
    let revision = fields.get("revision").parse().map_err(|_| Refusal::BadForm)?;
    let (files, text) = (waiting(fields)?, written(fields.get("answer")));
    let evidence = attached(desk, session, &form, &files).await?;
    let (round, unit) = (form.query.round.clone(), form.query.unit.clone());
    let place = format!("/rounds/{round}/units/{unit}/fill/{leaf}");
    let data = ExplainFlag { round, unit, leaf, revision, text: text.clone(), evidence };
    match leaf::send(desk, session, &form, fields, Act::ExplainFlag(data)).await? {
        Ok(Accepted { position, .. }) => Ok(Saved::There(format!("{place}?done=explained&position={position}"))),
        Err(refused) => {
            let stale = refused.code == "stale_revision";
            let (status, fault) = told(ask.lang, &refused);
            let answer = Answer { text, fault: (!stale).then_some(fault) };
            let shown = Shown { answer, files, ..Shown::default() };
            Ok(if stale { leaf::not(ask.lang, &refused, revision, shown) } else { Saved::Not(status, Box::new(shown)) })
        }
    }
}
