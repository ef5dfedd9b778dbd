//! The survey's batches as they are worked on: what was collected, what counts, what was asked again; voided, or merged into the round.

pub mod again;
pub mod batch;
pub mod counted;
pub mod coverage;
pub mod samples;
pub mod send;
pub mod waiting;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::document::Lang;
use proto::surveyed::{SurveyQuery, SurveyTold};
use proto::work::BatchWork;
use proto::{BatchId, Capacity, Day};

use super::{Desktop, OF_SURVEY, Worked, asked};
use crate::acts::{ActForm, Doing, Kind};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::page::fill::session;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{SurveyWords, Words, WorkWords, fill, method};

#[derive(Template)]
#[template(path = "survey.html")]
struct SurveyPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    is_held: bool,
    batches: Vec<Batch>,
    merge: Option<ActForm>,
}

/// The pages of the survey: address, name, whether it is this one.
pub type Places = Vec<(String, &'static str, bool)>;

/// A batch as it stands.
pub struct Batch {
    id: String,
    open: String,
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
        batches.push(batch_of(desk, ask, &worked, batch)?);
    }
    let merge = worked.form(desk, ask.lang, Doing::Merge, &Fields::of(Vec::new()))?;
    Ok(SurveyPage {
        t: Words::of(ask.lang),
        w,
        s: SurveyWords::of(ask.lang),
        f: worked.framed(ask, w.survey),
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, ask.lang, ""),
        is_held: worked.work.survey,
        merge: merge.filter(|_| !batches.is_empty()),
        batches,
    })
}

/// The pages of the survey that are his.
fn places(worked: &Worked, lang: Lang, here: &str) -> Places {
    let (s, round) = (SurveyWords::of(lang), &worked.work.query.round);
    let sends = worked.has(&[Capacity::SurveyStaff]) && !worked.work.closed;
    let offered = [
        ("", s.batches, true),
        ("/coverage", s.coverage, worked.work.survey),
        ("/send", s.send_title, worked.work.survey && sends),
        ("/samples", s.samples, worked.work.survey),
    ];
    let offered = offered.into_iter().filter(|(.., is_his)| *is_his);
    offered.map(|(page, name, _)| (format!("/rounds/{round}/survey{page}"), name, page == here)).collect()
}

/// The survey of a round, as whoever is signed in may see it.
async fn told(desk: &Desk, session: &Session, worked: &Worked) -> Result<SurveyTold, Refusal> {
    let query = SurveyQuery { round: worked.work.query.round.clone() };
    Ok(desk.surveys(session).survey(&principal(session), query).await?)
}

/// The batch of the path.
fn batch_named(ask: &Ask) -> Result<BatchId, Refusal> {
    ask.named("batch").and_then(|b| BatchId::parse(b).ok()).ok_or_else(|| Refusal::unknown("batch_unknown"))
}

fn batch_of(desk: &Desk, ask: &Ask, worked: &Worked, batch: &BatchWork) -> Result<Batch, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let (state, class) = match (&batch.replaced_by, batch.voided, batch.merged) {
        (Some(by), ..) => (fill(w.batch_replaced, &[by.as_str()]), "later"),
        (None, true, _) => (w.batch_voided.to_owned(), "due"),
        (None, false, true) => (w.batch_merged.to_owned(), "done"),
        (None, false, false) => (w.batch_stands.to_owned(), "now"),
    };
    let stands = !batch.voided && batch.replaced_by.is_none();
    let about = Fields::of(vec![("batch", batch.batch.to_string())]);
    Ok(Batch {
        id: batch.batch.to_string(),
        open: fill(SurveyWords::of(lang).open_batch, &[batch.batch.as_str()]),
        position: batch.position,
        method: method(lang, batch.method),
        respondents: worked.opened.printer.count(batch.respondents.into()),
        groups: batch.groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        days: batch.days.as_ref().map_or_else(String::new, |days| days_said(lang, days)),
        state,
        class,
        rechecks: batch.rechecks.iter().map(|told| fill(w.batch_rechecked, &[told])).collect(),
        void: worked.form(desk, lang, Doing::Void, &about)?.filter(|_| stands),
    })
}

/// The first day and the last.
fn days_said(lang: Lang, (from, to): &(Day, Day)) -> String {
    let day = |day: &Day| if lang == Lang::Vi { day.vietnam() } else { day.to_string() };
    format!("{} – {}", day(from), day(to))
}
