//! What changed in a round between two moments, unit by unit and leaf by leaf, and which events did it.
//! It compares nothing by itself: the inspector's answer is set in type.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::between::{DiffQuery, DoneBy, UnitDiff, UnitShown};
use proto::said::Named;

use super::between::{self, Change, EventRow, Moments};
use super::{Frame, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
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
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
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
    let publications = dashboard.ranking.view().await?.publications(&id).await?;
    let moments = Moments::asked(ask, &publications)?;
    let told = dashboard.inspector.diff(DiffQuery { from: Some(moments.from), ..asked(ask)? }).await?;
    let mut f = opened.frame;
    w.diff_title.clone_into(&mut f.title);
    f.here = "diff";
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
    Ok(DiffPage {
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
