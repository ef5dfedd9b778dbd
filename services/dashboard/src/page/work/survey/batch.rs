//! A batch that is on record: how it was collected, what it counts, what was noticed, what became of it; and its voiding.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::surveyed::{AgainTold, BatchQuery};

use super::again::{Agreed, agreed, may};
use super::counted::{Shown, shown};
use super::{Batch, Places, batch_of, places};
use crate::acts::Kind;
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::page::fill::session;
use crate::page::work::{Desktop, OF_SURVEY, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::words::{SurveyWords, Words, WorkWords, fill, method};

#[derive(Template)]
#[template(path = "survey_batch.html")]
struct BatchPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    b: Batch,
    tally: String,
    collectors: Option<String>,
    root: Option<String>,
    replaced: Option<String>,
    /// What those said who were asked again.
    again: Vec<Agreed>,
    /// Whether he may record more of that.
    may: bool,
    c: Shown,
}

/// `GET /rounds/{round}/survey/batches/{batch}`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<BatchPage, Refusal> {
    let (w, s) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang));
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_SURVEY)?;
    let query = BatchQuery { round: worked.work.query.round.clone(), batch: super::batch_named(ask)? };
    let told = desk.surveys(session).batch(&principal(session), query).await?;
    let printer = worked.opened.printer;
    let mut f = worked.framed(ask, &format!("{} {}", w.batch, told.batch.batch));
    f.reads(Words::of(ask.lang).as_of_inspector, told.position, told.root, None);
    Ok(BatchPage {
        t: Words::of(ask.lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, ask.lang, ""),
        tally: told.tally.to_string(),
        collectors: (told.counted.collectors > 0).then(|| printer.count(told.counted.collectors)),
        root: told.ballots.map(|root| root.to_string()),
        replaced: told.replaces.as_ref().map(|old| fill(s.replaced, &[old.batch.as_str(), &old.reason])),
        again: told.again.iter().map(|again| asked_again(&printer, again)).collect(),
        may: may(&worked) && !told.batch.voided && told.batch.replaced_by.is_none(),
        c: shown(&printer, &told.counted),
        b: batch_of(desk, ask, &worked, &told.batch)?,
    })
}

fn asked_again(printer: &Printer, again: &AgainTold) -> Agreed {
    let s = SurveyWords::of(printer.lang);
    let people = printer.count(again.respondents.into());
    let how = fill(s.again_recorded, &[&people, method(printer.lang, again.method)]);
    let recorded = Some([how, again.reason.clone(), format!("{} {}", s.tally, again.tally)]);
    let id = format!("again-{}", again.position);
    Agreed { id, position: again.position, recorded, ..agreed(printer, (again.asked, again.same), &again.questions) }
}
