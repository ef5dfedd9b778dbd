//! The state of a round: its phases, how far each unit has come, what was published.
//! "Now" is the moment of the last event that the index holds; no clock is read. As of an earlier moment it is what the log led to then.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::rows::{PhaseRow, PublicationRow, RoundRow, SheetState, UnitRow};
use proto::said::Named;
use proto::{BlockId, Exact, Instant, RoundId};

use super::then::Then;
use super::{Bar, Frame, Moment, open};
use crate::Dashboard;
use crate::api::stand::OfRound;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::table::{self, Cell, Column, Row, Table, Tabled, Value, cell, column, count, text};
use crate::words::{ChartWords, Words, fill, pick, short_beside};

#[derive(Template)]
#[template(path = "state.html")]
struct StatePage {
    t: &'static Words,
    f: Frame,
    id: String,
    now: Option<Moment>,
    then: Then,
    phases: Table,
    /// What of the round has come to pass: its name, its state.
    milestones: Vec<(&'static str, &'static str)>,
    blocks: Vec<Block>,
    /// None while there are none.
    publications: Option<Table>,
    c: &'static ChartWords,
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
    units: Table,
}

impl Tabled for StatePage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        let blocks = self.blocks.iter().map(|block| &block.units);
        std::iter::once(&self.phases).chain(&self.publications).chain(blocks).collect()
    }

    fn standing(&self) -> Vec<String> {
        self.milestones.iter().map(|(name, state)| format!("{name}: {state}")).collect()
    }

    fn file(&self) -> String {
        format!("tien-do-{}", self.id)
    }
}

/// `/rounds/{round}/state`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<StatePage, Refusal> {
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, t.state_title).await?;
    let id = &opened.round.round;
    let stands = OfRound::read(dashboard, ask).await?;
    let mut f = opened.frame;
    f.here = "state";
    let (order, publications) = match stands.folded()? {
        Some((blocks, publications)) => {
            f.readings.clear();
            f.reads(t.as_of_inspector, stands.at.0, stands.at.1, None);
            (Blocks(blocks), publications)
        }
        None => {
            let mut view = dashboard.ranking.view().await?;
            let publications = view.publications(id).await?;
            f.reads_at(t.as_of_ranking, view.cursor());
            f.follows(ask, &format!("/rounds/{id}/state"));
            (Blocks(opened.view.blocks(id).await?), publications)
        }
    };
    let OfRound { round, phases, units, moment: now, .. } = stands;
    Ok(StatePage {
        then: Then::asked(ask)?,
        t,
        f,
        id: id.to_string(),
        now: now.map(Moment::from),
        c: ChartWords::of(ask.lang),
        phases: laid(&opened.printer, "giai-doan", t.phases, "phases", table_of_phases(t, ask, &phases, now)),
        milestones: milestones(t, &round),
        publications: (!publications.is_empty()).then(|| {
            let made = table_of_publications(t, id, &publications);
            laid(&opened.printer, "cong-bo", t.publications, "publications", made)
        }),
        blocks: order
            .grouped(units, |unit| &unit.block)
            .into_iter()
            .map(|(id, units)| block(&opened.printer, order.title(ask.lang, &id), id, &units))
            .collect(),
    })
}

/// A table of columns and rows, under the heading that its class names.
fn laid(
    printer: &Printer,
    name: &str,
    caption: &str,
    class: &'static str,
    (columns, rows): (Vec<Column>, Vec<Row>),
) -> Table {
    Table {
        name: name.to_owned(),
        caption: caption.to_owned(),
        class,
        label: format!("{class}-title"),
        lang: printer.lang,
        digits: printer.digits,
        columns,
        rows,
    }
}

fn table_of_phases(t: &'static Words, ask: &Ask, phases: &[PhaseRow], now: Option<Instant>) -> (Vec<Column>, Vec<Row>) {
    let columns = vec![
        column("phase", t.phase, "").naming(),
        column("opens", t.opens, ""),
        column("until", t.until, ""),
        column("state", t.state, ""),
    ];
    (columns, phases.iter().map(|row| phase(t, ask, row, now)).collect())
}

fn phase(t: &'static Words, ask: &Ask, row: &PhaseRow, now: Option<Instant>) -> Row {
    let begun = now.is_some_and(|now| now >= row.opens);
    let over = now.is_some_and(|now| now >= row.until);
    let (state, class, line) = match (row.closed, over, begun) {
        (true, ..) => (t.phase_closed, "over", "phase-over"),
        (false, true, _) => (t.phase_due, "due", "phase-due"),
        (false, false, true) => (t.phase_now, "now", "phase-now"),
        (false, false, false) => (t.phase_later, "later", "phase-later"),
    };
    let moment = |at| cell(Value::Time(at));
    let name = text(row.phase.name(ask.lang));
    let cells = vec![name, moment(row.opens), moment(row.until), Cell::tagged(vec![(class, state)])];
    Row { class: line, sum: false, cells }
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

fn block(printer: &Printer, title: String, id: BlockId, units: &[UnitRow]) -> Block {
    let t = Words::of(printer.lang);
    let in_state = |state| {
        let n = units.iter().filter(|u| u.state == state).count() as u64;
        (state.name(printer.lang), printer.count(n))
    };
    let sum = |of: fn(&UnitRow) -> u64| printer.count(units.iter().map(of).sum());
    Block {
        count: fill(t.block_count, &[&printer.count(units.len() as u64)]),
        sheets: [SheetState::Submitted, SheetState::Open, SheetState::Closed].map(in_state).to_vec(),
        scored: format!("{} / {}", sum(|u| u.scored), sum(|u| u.leaves)),
        flagged: sum(|u| u.flagged),
        exempted: sum(|u| u.exempted),
        units: table_of_units(printer, &title, &id, units),
        title,
        id,
    }
}

fn table_of_units(printer: &Printer, title: &str, block: &BlockId, units: &[UnitRow]) -> Table {
    let t = Words::of(printer.lang);
    let columns = vec![
        column("unit", t.unit_id, "").in_files(),
        column("name", t.unit, "unit").naming(),
        column("scored", t.scored, "num"),
        column("leaves", t.to_score, "num"),
        column("bar", t.scored, "bar-cell").on_page().silent(),
        column("sheet", t.sheet, ""),
        column("flags", t.flags, "num"),
        column("exemptions", t.exemptions, "num"),
        column("version", t.version, "num"),
    ];
    let rows = units.iter().map(|unit| table::row(progress(printer, unit))).collect();
    let caption = format!("{}: {title}", t.progress);
    let name = format!("tien-do-{block}");
    Table { label: format!("block-{block}"), ..laid(printer, &name, &caption, "progress", (columns, rows)) }
}

fn progress(printer: &Printer, unit: &UnitRow) -> Vec<Cell> {
    let class = match unit.state {
        SheetState::Open => "now",
        SheetState::Submitted => "done",
        SheetState::Closed => "due",
    };
    let whole = |n: u64| Exact::whole(i64::try_from(n).expect("counts stay below 2^53"));
    let name = pick(printer.lang, &unit.name_vi, &unit.name_en);
    let named = Cell { short: short_beside(name, &unit.short), ..text(name) };
    vec![
        text(unit.unit.as_str()),
        named.to(format!("/rounds/{}/units/{}", unit.round, unit.unit)),
        count(unit.scored),
        count(unit.leaves),
        Cell { bar: Some(Bar::one(&whole(unit.scored), &whole(unit.leaves))), ..cell(Value::Empty) },
        Cell::tagged(vec![(class, unit.state.name(printer.lang))]),
        count(unit.flagged),
        count(unit.exempted),
        count(unit.version),
    ]
}

fn table_of_publications(t: &Words, round: &RoundId, publications: &[PublicationRow]) -> (Vec<Column>, Vec<Row>) {
    let columns = vec![
        column("publication", t.number, "num").naming(),
        column("at", t.time, ""),
        column("position", t.position, "num"),
        column("decision", t.decision, ""),
        column("reason", t.reason, ""),
        column("digest", t.digest, "hash"),
    ];
    let line = |row: &PublicationRow| {
        let reason = if row.reason.is_empty() { cell(Value::Dash) } else { text(&row.reason) };
        table::row(vec![
            count(row.publication).to(format!("/rounds/{round}?publication={}", row.publication)),
            cell(Value::Time(row.at)),
            // A position is no count: it is set without groups.
            text(format!("#{}", row.position)),
            Cell::exact(row.decision.as_str()),
            reason,
            Cell::exact(row.digest.to_string()),
        ])
    };
    (columns, publications.iter().map(line).collect())
}
