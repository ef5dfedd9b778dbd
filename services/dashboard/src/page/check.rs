//! What is missing, short or odd in a round before it is published, as the inspector sees it in the log.
//! It judges nothing by itself: the inspector's observations are set in type, the gravest first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::inquiry::{CheckQuery, Observation, Severity};

use super::then::Then;
use super::{Frame, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::words::{Words, fill};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    t: &'static Words,
    f: Frame,
    id: String,
    then: Then,
    groups: Vec<Group>,
}

/// The observations of one severity.
struct Group {
    title: &'static str,
    id: &'static str,
    class: &'static str,
    count: String,
    lines: Vec<Line>,
}

struct Line {
    code: String,
    text: String,
    units: Vec<String>,
}

/// `/rounds/{round}/check`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

/// What a request asks to be checked.
pub fn asked(ask: &Ask) -> Result<CheckQuery, Refusal> {
    let (position, at) = ask.bounds()?;
    Ok(CheckQuery { round: ask.round()?, position, at })
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<CheckPage, Refusal> {
    let t = Words::of(ask.lang);
    let opened = open(dashboard, ask, "check").await?;
    let told = dashboard.inspector.check(asked(ask)?).await?;
    let mut f = opened.frame;
    f.title = t.check_title.to_owned();
    f.reads(t.as_of_inspector, told.position, told.root, None);
    let kinds = [
        (Severity::Fault, t.check_faults, "due"),
        (Severity::Doubt, t.check_doubts, "now"),
        (Severity::Note, t.check_notes, "later"),
    ];
    let groups = kinds.map(|(severity, title, class)| {
        let lines: Vec<Line> =
            told.observations.iter().filter(|o| o.severity == severity).map(|o| line(ask, o)).collect();
        let count = opened.printer.count(lines.len() as u64);
        Group { title, id: severity.word(), class, count: fill(t.check_count, &[&count]), lines }
    });
    let id = opened.round.round.to_string();
    Ok(CheckPage { t, f, id, then: Then::asked(ask)?, groups: groups.into() })
}

fn line(ask: &Ask, observation: &Observation) -> Line {
    let text = observation.text.get(ask.lang).to_owned();
    Line { code: observation.code.clone(), text, units: observation.units.clone() }
}
