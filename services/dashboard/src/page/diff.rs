//! What changed in a round between two moments, unit by unit and leaf by leaf, and which events did it.
//! It compares nothing by itself: the inspector's answer is set in type.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::between::{DiffQuery, DoneBy, UnitDiff, UnitShown};
use proto::said::Named;

use super::between::{self, Change, EventRow, Moments};
use super::{Frame, open, tabled_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::table::{Table, Tabled, column, row, text};
use crate::words::{InspectorWords, Words, fill, pick};

/// The most leaves of one page.
const LEAVES_SHOWN_MAX: usize = 300;

#[derive(Template)]
#[template(path = "diff.html")]
struct DiffPage {
    t: &'static Words,
    w: &'static InspectorWords,
    f: Frame,
    id: String,
    moments: Moments,
    unit: String,
    leaf: String,
    span: String,
    kinds: String,
    units: Vec<Unit>,
    cut: Option<String>,
    /// What changed, unit by unit and leaf by leaf, as files.
    lists: [Table; 2],
}

impl Tabled for DiffPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        self.lists.iter().collect()
    }

    fn standing(&self) -> Vec<String> {
        [self.span.clone()].into_iter().chain(self.cut.clone()).collect()
    }

    fn file(&self) -> String {
        format!("thay-doi-{}", self.id)
    }
}

struct Unit {
    id: String,
    name: String,
    rank: Change,
    index: Change,
    band: Change,
    points: Change,
    leaves: String,
    lines: Vec<Line>,
}

/// One thing that changed: the sheet, a leaf, a bonus or penalty.
struct Line {
    code: Option<String>,
    title: String,
    change: Change,
    by: Vec<EventRow>,
    earlier: Option<String>,
}

/// `/rounds/{round}/diff`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    tabled_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

/// What a request asks to be compared.
pub fn asked(ask: &Ask) -> Result<DiffQuery, Refusal> {
    let (from, to) = (ask.as_of("from")?, ask.as_of("to")?);
    Ok(DiffQuery { round: ask.round()?, from, to, unit: ask.id("unit")?, leaf: ask.code("leaf")? })
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<DiffPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), InspectorWords::of(ask.lang));
    let opened = open(dashboard, ask, "").await?;
    let (id, printer) = (opened.round.round.clone(), opened.printer);
    let mut ranking = dashboard.ranking.view().await?;
    let publications = ranking.publications(&id).await?;
    let moments = Moments::asked(ask, &publications)?;
    let told = dashboard.inspector.diff(DiffQuery { from: Some(moments.from), ..asked(ask)? }).await?;
    let mut f = opened.frame;
    w.diff_title.clone_into(&mut f.title);
    f.here = "diff";
    f.beside = Some(ranking.cursor().position);
    f.reads(w.stands_from, told.from.position, told.from.root, None);
    f.reads(w.stands_to, told.position, told.root, None);
    let mut room = LEAVES_SHOWN_MAX;
    let mut left_out = told.leaves_left_out;
    let mut units = Vec::new();
    for unit in &told.units {
        let kept = unit.leaves.len().min(room);
        room -= kept;
        left_out += (unit.leaves.len() - kept) as u64;
        units.push(of_unit(&printer, unit, (kept, &moments.as_of())));
    }
    let lists = [units_changed(&printer, &units), lines_changed(&printer, &units)];
    Ok(DiffPage {
        lists,
        t,
        w,
        f,
        id: id.to_string(),
        moments,
        unit: told.query.unit.as_ref().map_or_else(String::new, ToString::to_string),
        leaf: told.query.leaf.as_ref().map_or_else(String::new, ToString::to_string),
        span: fill(w.span, &[&told.from.position.to_string(), &told.position.to_string()]),
        kinds: between::kinds(ask.lang, &told.kinds),
        units,
        cut: (left_out > 0).then(|| fill(w.diff_cut, &[&printer.count(left_out)])),
    })
}

/// The units as a table: of each what it was, and what it is.
fn units_changed(printer: &Printer, units: &[Unit]) -> Table {
    let (t, w) = (Words::of(printer.lang), InspectorWords::of(printer.lang));
    let both = |name: &str, head: &str| {
        [("before", w.stands_from), ("after", w.stands_to)]
            .map(|(end, when)| column(format!("{name}_{end}"), format!("{head} ({when})"), ""))
    };
    let of = [("rank", t.rank), ("index", t.index), ("band", t.band), ("points", w.diff_points)];
    let mut columns = vec![column("unit", t.unit_id, ""), column("name", t.unit, "").naming()];
    columns.extend(of.into_iter().flat_map(|(name, head)| both(name, head)));
    let line = |unit: &Unit| {
        let ends = [&unit.rank, &unit.index, &unit.band, &unit.points].into_iter().flat_map(Change::ends);
        row([unit.id.clone(), unit.name.clone()].into_iter().chain(ends).map(text).collect())
    };
    Table::of_file(printer, ("don-vi", w.diff_units), columns, units.iter().map(line).collect())
}

/// What changed of each, with the events that did it.
fn lines_changed(printer: &Printer, units: &[Unit]) -> Table {
    let (t, w) = (Words::of(printer.lang), InspectorWords::of(printer.lang));
    let columns = vec![
        column("unit", t.unit_id, ""),
        column("leaf", w.diff_leaf, "").naming(),
        column("title", t.what, ""),
        column("before", w.stands_from, ""),
        column("after", w.stands_to, ""),
        column("events", w.diff_by, ""),
    ];
    let line = |unit: &Unit, line: &Line| {
        let [before, after] = line.change.ends();
        let events: Vec<String> = line.by.iter().map(|event| format!("#{}", event.position)).collect();
        let code = line.code.clone().unwrap_or_default();
        row([unit.id.clone(), code, line.title.clone(), before, after, events.join(", ")].map(text).into())
    };
    let rows = units.iter().flat_map(|unit| unit.lines.iter().map(move |of| line(unit, of)));
    Table::of_file(printer, ("tieu-chi", t.change), columns, rows.collect())
}

fn of_unit(printer: &Printer, unit: &UnitDiff, (kept, as_of): (usize, &str)) -> Unit {
    let (lang, t) = (printer.lang, Words::of(printer.lang));
    let change = |said: &dyn Fn(&UnitShown) -> String| Change::of(unit.before.as_ref(), &unit.after, said);
    let mut lines = Vec::new();
    let state = change(&|s| s.state.name(lang).to_owned());
    if !state.same() {
        lines.push(line(printer, None, t.sheet_part.to_owned(), state, (&unit.sheet_by, as_of)));
    }
    for leaf in unit.leaves.iter().take(kept) {
        let change = Change::of(Some(&leaf.before), &leaf.after, |shown| between::score(printer, shown));
        let title = leaf.title.get(lang).to_owned();
        lines.push(line(printer, Some(leaf.leaf.to_string()), title, change, (&leaf.by, as_of)));
    }
    for extra in &unit.extras {
        let change = Change::of(Some(&extra.before), &extra.after, |p| printer.points_or_dash(p.as_ref()));
        lines.push(line(printer, Some(extra.code.to_string()), String::new(), change, (&extra.by, as_of)));
    }
    Unit {
        id: unit.unit.to_string(),
        name: pick(lang, &unit.name.vi, &unit.name.en).to_owned(),
        rank: change(&|s| between::rank(s.rank)),
        index: change(&|s| printer.points_or_dash(s.index.as_ref())),
        band: change(&|s| if s.band.is_empty() { "–".to_owned() } else { s.band.to_uppercase() }),
        points: change(&|s| format!("{} / {}", printer.points(&s.reached), printer.points(&s.maximum))),
        leaves: printer.count(unit.leaves.len() as u64),
        lines,
    }
}

fn line(printer: &Printer, code: Option<String>, title: String, change: Change, (by, as_of): (&DoneBy, &str)) -> Line {
    let w = InspectorWords::of(printer.lang);
    let earlier = (by.earlier > 0).then(|| fill(w.earlier, &[&printer.count(by.earlier)]));
    let by = by.events.iter().map(|e| between::event(printer.lang, e).keeping(as_of)).collect();
    Line { code, title, change, by, earlier }
}
