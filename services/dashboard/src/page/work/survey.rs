//! The survey's batches as they are worked on: what was collected, what counts, what was asked again; voided, or merged into the round.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::Day;
use proto::document::Lang;
use proto::work::BatchWork;

use super::{Desktop, OF_SURVEY, Worked, asked};
use crate::acts::{ActForm, Doing, Kind};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::fill::session;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{Words, WorkWords, fill, method};

#[derive(Template)]
#[template(path = "survey.html")]
struct SurveyPage {
    t: &'static Words,
    w: &'static WorkWords,
    f: Frame,
    d: Desktop,
    is_held: bool,
    batches: Vec<Batch>,
    merge: Option<ActForm>,
}

struct Batch {
    id: String,
    position: u64,
    method: &'static str,
    respondents: String,
    groups: String,
    days: String,
    state: String,
    class: &'static str,
    rechecks: Vec<String>,
    void: Option<ActForm>,
}

/// `GET /rounds/{round}/survey`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<SurveyPage, Refusal> {
    let w = WorkWords::of(ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_SURVEY)?;
    let mut batches = Vec::new();
    for batch in &worked.work.batches {
        batches.push(told(desk, ask, &worked, batch)?);
    }
    let merge = worked.form(desk, ask.lang, Doing::Merge, &Fields::of(Vec::new()))?;
    Ok(SurveyPage {
        t: Words::of(ask.lang),
        w,
        f: worked.framed(ask, w.survey),
        d: worked.desktop(ask, session, "survey")?,
        is_held: worked.work.survey,
        merge: merge.filter(|_| !batches.is_empty()),
        batches,
    })
}

fn told(desk: &Desk, ask: &Ask, worked: &Worked, batch: &BatchWork) -> Result<Batch, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let (state, class) = match (&batch.replaced_by, batch.voided, batch.merged) {
        (Some(by), ..) => (fill(w.batch_replaced, &[by.as_str()]), "later"),
        (None, true, _) => (w.batch_voided.to_owned(), "due"),
        (None, false, true) => (w.batch_merged.to_owned(), "done"),
        (None, false, false) => (w.batch_stands.to_owned(), "now"),
    };
    let stands = !batch.voided && batch.replaced_by.is_none();
    let about = Fields::of(vec![("batch", batch.batch.to_string())]);
    let day = |day: &Day| if lang == Lang::Vi { day.vietnam() } else { day.to_string() };
    Ok(Batch {
        id: batch.batch.to_string(),
        position: batch.position,
        method: method(lang, batch.method),
        respondents: worked.opened.printer.count(batch.respondents.into()),
        groups: batch.groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        days: batch.days.as_ref().map_or_else(String::new, |(from, to)| format!("{} – {}", day(from), day(to))),
        state,
        class,
        rechecks: batch.rechecks.iter().map(|told| fill(w.batch_rechecked, &[told])).collect(),
        void: worked.form(desk, lang, Doing::Void, &about)?.filter(|_| stands),
    })
}
