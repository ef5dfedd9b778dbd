//! What is missing, short or odd in a round before it is published, as the inspector sees it in the log.
//! It judges nothing by itself: the inspector's observations are set in type, the gravest first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::inquiry::{CheckQuery, Observation, Severity};

use super::then::Then;
use super::{Frame, open, tabled_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::table::{Table, Tabled, column, row, text};
use crate::words::{Words, fill};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    t: &'static Words,
    f: Frame,
    id: String,
    then: Then,
    groups: Vec<Group>,
    /// All of it as a file.
    list: Table,
}

impl Tabled for CheckPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        vec![&self.list]
    }

    fn standing(&self) -> Vec<String> {
        self.then.said.iter().cloned().collect()
    }

    fn file(&self) -> String {
        format!("kiem-tra-{}", self.id)
    }
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
    tabled_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
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
    let list = list(&opened.printer, t, &told.observations);
    Ok(CheckPage { t, f, id, then: Then::asked(ask)?, groups: groups.into(), list })
}

/// The observations in the order of the page.
fn list(printer: &Printer, t: &'static Words, observations: &[Observation]) -> Table {
    let columns = vec![
        column("severity", t.state, ""),
        column("code", t.check_code, "").naming(),
        column("text", t.what, ""),
        column("units", t.unit, ""),
    ];
    let of = |severity: Severity| observations.iter().filter(move |o| o.severity == severity);
    let all = [Severity::Fault, Severity::Doubt, Severity::Note].into_iter().flat_map(of);
    let line = |o: &Observation| {
        let units = o.units.join(", ");
        row(vec![text(o.severity.word()), text(&o.code), text(o.text.get(printer.lang)), text(units)])
    };
    Table::of_file(printer, ("kiem-tra", t.check_title), columns, all.map(line).collect())
}

fn line(ask: &Ask, observation: &Observation) -> Line {
    let text = observation.text.get(ask.lang).to_owned();
    Line { code: observation.code.clone(), text, units: observation.units.clone() }
}
