//! What a survey has collected, against what was planned: by group, and by unit and group, in numbers and bars.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::surveyed::Covered;

use super::counted::{Line, Sum, line, line_of};
use super::{Places, places, told};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::number::Printer;
use crate::page::fill::{session, text};
use crate::page::work::{Desktop, OF_SURVEY, asked};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::words::{SurveyWords, Words, WorkWords, fill};

/// The most rows of a page.
const ROWS_MAX: u64 = 200;

#[derive(Template)]
#[template(path = "survey_coverage.html")]
struct CoveragePage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    places: Places,
    groups: Vec<Line>,
    lines: Vec<Line>,
    told: String,
    /// The same list with all rows, or with those alone where some are missing.
    other: (String, &'static str),
    before: Option<String>,
    after: Option<String>,
}

/// `GET /rounds/{round}/survey/coverage`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<CoveragePage, Refusal> {
    let (w, s) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang));
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_SURVEY)?;
    let survey = told(desk, session, &worked).await?;
    let printer = worked.opened.printer;
    let only = ask.value("missing")?.is_some();
    let skip: u64 = ask.id("skip")?.unwrap_or_default();
    let is_short = |row: &&Covered| !only || row.planned.is_some_and(|planned| row.collected < planned.into());
    let rows: Vec<&Covered> = survey.coverage.iter().filter(is_short).collect();
    let of = rows.len() as u64;
    let page = rows.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(ROWS_MAX as usize);
    let lines: Vec<Line> = page.map(|row| line(&printer, row)).collect();
    let place = |only: bool, skip: u64| {
        let mut query = Vec::new();
        query.extend(only.then(|| "missing=1".to_owned()));
        query.extend((skip > 0).then(|| format!("skip={skip}")));
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        format!("/rounds/{}/survey/coverage{query}", worked.work.query.round)
    };
    let shown = lines.len() as u64;
    let told = match shown {
        0 if only => s.coverage_full.to_owned(),
        0 => w.rows_none.to_owned(),
        _ => fill(w.rows_of, &[&printer.count(of), &printer.count(skip + 1), &printer.count(skip + shown)]),
    };
    let mut f = worked.framed(ask, s.coverage);
    f.reads(Words::of(ask.lang).as_of_inspector, survey.position, survey.root, None);
    Ok(CoveragePage {
        t: Words::of(ask.lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "survey")?,
        places: places(&worked, ask.lang, "/coverage"),
        groups: groups(&printer, &survey.coverage),
        lines,
        told,
        other: (place(!only, 0), if only { s.all_rows } else { s.only_missing }),
        before: (skip > 0).then(|| place(only, skip.saturating_sub(ROWS_MAX))),
        after: (skip + shown < of).then(|| place(only, skip + ROWS_MAX)),
    })
}

/// The groups over all units.
fn groups(printer: &Printer, coverage: &[Covered]) -> Vec<Line> {
    let mut sums: Vec<(String, Sum)> = Vec::new();
    for row in coverage {
        let title = text(printer.lang, &row.title);
        let at = sums.iter().position(|(known, _)| *known == title).unwrap_or_else(|| {
            sums.push((title, Sum::default()));
            sums.len() - 1
        });
        let sum = &mut sums[at].1;
        sum.collected += row.collected;
        if let Some(planned) = row.planned.map(u64::from) {
            sum.planned = Some(planned + sum.planned.unwrap_or_default());
            sum.missing += planned.saturating_sub(row.collected);
        }
    }
    sums.into_iter().map(|(title, sum)| line_of(printer, (String::new(), title), sum)).collect()
}
