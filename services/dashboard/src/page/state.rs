//! The state of a round: its phases, how far each unit has come, what was published.
//! "Now" is the moment of the last event that the index holds; no clock is read.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::rows::{PhaseRow, PublicationRow, RoundRow, SheetState, UnitRow};
use proto::said::Named;
use proto::{BlockId, Exact, Instant};

use super::{Bar, Frame, Moment, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{Words, fill, pick, short_beside};

#[derive(Template)]
#[template(path = "state.html")]
struct StatePage {
    t: &'static Words,
    f: Frame,
    id: String,
    now: Option<Moment>,
    phases: Vec<PhaseLine>,
    /// What of the round has come to pass: its name, its state.
    milestones: Vec<(&'static str, &'static str)>,
    blocks: Vec<Block>,
    publications: Vec<Publication>,
}

struct PhaseLine {
    title: &'static str,
    opens: Moment,
    until: Moment,
    state: &'static str,
    class: &'static str,
}

struct Block {
    id: BlockId,
    title: String,
    count: String,
    /// How many sheets are in each state.
    sheets: Vec<(&'static str, String)>,
    scored: String,
    flagged: String,
    exempted: String,
    units: Vec<Progress>,
}

struct Progress {
    unit: String,
    name: String,
    short: String,
    scored: String,
    bar: Bar,
    state: &'static str,
    class: &'static str,
    flagged: String,
    exempted: String,
    version: u64,
}

struct Publication {
    number: u64,
    at: Moment,
    position: u64,
    decision: String,
    digest: String,
    reason: String,
}

/// `/rounds/{round}/state`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<StatePage, Refusal> {
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, t.state_title).await?;
    let id = &opened.round.round;
    let phases = opened.view.phases(id).await?;
    let units = opened.view.units(id).await?;
    let order = Blocks(opened.view.blocks(id).await?);
    let mut view = dashboard.ranking.view().await?;
    let publications = view.publications(id).await?;
    let mut f = opened.frame;
    f.reads_at(t.as_of_ranking, view.cursor());
    f.here = "state";
    f.follows(ask, &format!("/rounds/{id}/state"));
    let now = opened.view.cursor().at;
    Ok(StatePage {
        t,
        f,
        id: id.to_string(),
        now: now.map(Moment::from),
        phases: phases.iter().map(|p| phase(t, ask, p, now)).collect(),
        milestones: milestones(t, &opened.round),
        blocks: blocks(&opened.printer, &order, units),
        publications: publications.into_iter().map(publication).collect(),
    })
}

fn phase(t: &Words, ask: &Ask, row: &PhaseRow, now: Option<Instant>) -> PhaseLine {
    let begun = now.is_some_and(|now| now >= row.opens);
    let over = now.is_some_and(|now| now >= row.until);
    let (state, class) = match (row.closed, over, begun) {
        (true, ..) => (t.phase_closed, "over"),
        (false, true, _) => (t.phase_due, "due"),
        (false, false, true) => (t.phase_now, "now"),
        (false, false, false) => (t.phase_later, "later"),
    };
    let title = row.phase.name(ask.lang);
    PhaseLine { title, opens: row.opens.into(), until: row.until.into(), state, class }
}

fn milestones(t: &'static Words, round: &RoundRow) -> Vec<(&'static str, &'static str)> {
    let survey = match (round.survey_held, round.survey_merged) {
        (false, _) => t.survey_not_held,
        (true, false) => t.survey_waiting,
        (true, true) => t.survey_merged,
    };
    let council = if round.decided { t.council_decided } else { t.council_waiting };
    let state = if round.closed { t.round_closed } else { t.round_running };
    vec![(t.survey, survey), (t.council, council), (t.round_state, state)]
}

fn blocks(printer: &Printer, order: &Blocks, units: Vec<UnitRow>) -> Vec<Block> {
    let mut groups: Vec<(BlockId, Vec<UnitRow>)> = Vec::new();
    for unit in units {
        match groups.last_mut() {
            Some((block, group)) if *block == unit.block => group.push(unit),
            _ => groups.push((unit.block.clone(), vec![unit])),
        }
    }
    groups.sort_by_key(|(id, _)| order.place(id));
    groups.into_iter().map(|(id, units)| block(printer, order.title(printer.lang, &id), id, &units)).collect()
}

fn block(printer: &Printer, title: String, id: BlockId, units: &[UnitRow]) -> Block {
    let t = Words::of(printer.lang);
    let in_state = |state| {
        let n = units.iter().filter(|u| u.state == state).count() as u64;
        (state.name(printer.lang), printer.count(n))
    };
    let sum = |of: fn(&UnitRow) -> u64| printer.count(units.iter().map(of).sum());
    Block {
        title,
        count: fill(t.block_count, &[&printer.count(units.len() as u64)]),
        sheets: [SheetState::Submitted, SheetState::Open, SheetState::Closed].map(in_state).to_vec(),
        scored: format!("{} / {}", sum(|u| u.scored), sum(|u| u.leaves)),
        flagged: sum(|u| u.flagged),
        exempted: sum(|u| u.exempted),
        units: units.iter().map(|u| progress(printer, u)).collect(),
        id,
    }
}

fn progress(printer: &Printer, unit: &UnitRow) -> Progress {
    let class = match unit.state {
        SheetState::Open => "now",
        SheetState::Submitted => "done",
        SheetState::Closed => "due",
    };
    let whole = |n: u64| Exact::whole(i64::try_from(n).expect("counts stay below 2^53"));
    let name = pick(printer.lang, &unit.name_vi, &unit.name_en);
    Progress {
        unit: unit.unit.to_string(),
        short: short_beside(name, &unit.short),
        name: name.to_owned(),
        scored: format!("{} / {}", printer.count(unit.scored), printer.count(unit.leaves)),
        bar: Bar::one(&whole(unit.scored), &whole(unit.leaves)),
        state: unit.state.name(printer.lang),
        class,
        flagged: printer.count(unit.flagged),
        exempted: printer.count(unit.exempted),
        version: unit.version,
    }
}

fn publication(row: PublicationRow) -> Publication {
    Publication {
        number: row.publication,
        at: row.at.into(),
        position: row.position,
        decision: row.decision.to_string(),
        digest: row.digest.to_string(),
        reason: row.reason,
    }
}
