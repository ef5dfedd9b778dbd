//! The history of a sheet or a score, step by step, as the inspector folds it from the log, and how the unit stood behind each step.
//! It shows what stands in the events and judges nothing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::ports::AskError;
use proto::history::{History, HistoryQuery, Step};
use proto::rows::{ExtraRow, NodeRow};
use proto::said::Named;
use proto::timeline::StoodBehind;
use proto::{Code, Rejection, Stream};

use super::between::{self, Change};
use super::then::Then;
use super::{Frame, Moment, open, told_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{self, InspectWords, Words, fill, pick};

/// The most steps of one page; the latest ones.
const STEPS_MAX: usize = 2_000;
/// Digits of an event's hash that a page shows; the read API gives all of them.
const HASH_DIGITS: usize = 12;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    t: &'static Words,
    w: &'static InspectWords,
    f: Frame,
    id: String,
    unit: String,
    unit_name: String,
    leaf: Option<(String, String)>,
    /// What the form shows as asked.
    leaf_asked: String,
    then: Then,
    count: String,
    cut: Option<String>,
    /// The way from step to step: what to call it, and the position; none for what there is no step for.
    walk: Vec<(&'static str, Option<u64>)>,
    /// Whether the newest step is one that is not shown.
    newer: bool,
    place: String,
    steps: Vec<Line>,
}

struct Line {
    position: u64,
    hash: String,
    stream: String,
    at: Moment,
    kind: String,
    /// The number of the appeal that it is about.
    appeal: Option<u32>,
    leaf: Option<String>,
    change: Change,
    actor: String,
    capacity: &'static str,
    unit: String,
    reason: String,
    /// What ties the actor to what he acted on; none for nothing.
    tied: Option<&'static str>,
    behind: Option<Behind>,
}

/// How the unit stood behind a step, against the step before.
struct Behind {
    score: Option<String>,
    points: Change,
    index: Change,
    rank: Change,
    /// The files that the event refers to: address, and its first digits.
    files: Vec<(String, String)>,
}

/// `/rounds/{round}/units/{unit}/history`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    told_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await, |page| &page.f)
}

/// A history, once it is known that round, unit and leaf exist now, and that the log has come so far.
pub async fn asked(dashboard: &Dashboard, query: HistoryQuery) -> Result<History, Refusal> {
    let history = match dashboard.inspector.history(query.clone()).await {
        Ok(history) => history,
        // The inspector knows nothing of a round before it was opened. If it does know it now, then nothing had
        // happened by then; if not, its refusal stands.
        Err(AskError::Unknown) if query.position.is_some() || query.at.is_some() => {
            let now = HistoryQuery { position: None, at: None, ..query.clone() };
            History { steps: Vec::new(), query: query.clone(), ..dashboard.inspector.history(now).await? }
        }
        Err(error) => return Err(error.into()),
    };
    match query.position {
        Some(position) if position > history.position => Err(Rejection::PositionAhead { position }.into()),
        Some(_) | None => Ok(history),
    }
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<HistoryPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), InspectWords::of(ask.lang));
    let mut opened = open(dashboard, ask, "").await?;
    let (id, printer) = (opened.round.round.clone(), opened.printer);
    let wanted = ask.unit()?;
    let unit = opened.view.unit(&id, &wanted).await?.ok_or(Rejection::UnitUnknown { unit: wanted })?;
    let nodes = opened.view.nodes(&id, &unit.kind).await?;
    let extras = opened.view.extras(&id, &unit.unit).await?;
    let (leaf, then) = (ask.leaf(&nodes, &extras)?, Then::asked(ask)?);
    // Up to now, whatever moment is asked for: the page leads on to the step behind it.
    let (of, held) = (unit.unit.clone(), ask.held());
    let query = HistoryQuery { round: id.clone(), unit: of, leaf: leaf.clone(), position: None, at: None, held };
    let told = dashboard.inspector.timeline(query).await?;
    let (history, behind) = (&told.history, &told.behind);
    if let Some(position) = then.position.filter(|p| *p > history.position) {
        return Err(Rejection::PositionAhead { position }.into());
    }
    let within = |s: &Step| then.position.is_none_or(|p| s.position <= p) && then.at.is_none_or(|at| s.at <= at);
    let upto = history.steps.iter().take_while(|step| within(step)).count();

    let unit_name = pick(ask.lang, &unit.name_vi, &unit.name_en).to_owned();
    let mut f = opened.frame;
    f.title = format!("{}: {unit_name}", t.history_title);
    let from = upto.saturating_sub(STEPS_MAX);
    f.reads(t.as_of_history, history.position, history.root, history.steps[..upto].last().map(|s| s.at));
    let (count, shown) = (printer.count(upto as u64), printer.count((upto - from) as u64));
    let place = match upto {
        0 => w.step_none.to_owned(),
        _ => fill(w.step_of, &[&count, &printer.count(history.steps.len() as u64)]),
    };
    let line = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| behind.get(before));
        line(&printer, &history.steps[at], behind.get(at).map(|stood| of_behind(&printer, before, stood)))
    };
    Ok(HistoryPage {
        t,
        w,
        f,
        id: id.to_string(),
        unit: unit.unit.to_string(),
        unit_name,
        leaf_asked: leaf.as_ref().map_or_else(String::new, ToString::to_string),
        leaf: leaf.map(|code| (code.to_string(), title(&printer, &code, &nodes, &extras))),
        count: fill(t.history_count, &[&count]),
        cut: (from > 0).then(|| fill(t.history_cut, &[&shown, &count])),
        walk: walk(w, &history.steps, upto),
        newer: upto < history.steps.len(),
        place,
        steps: (from..upto).map(line).collect(),
        then,
    })
}

/// The way from step to step, where so many are shown.
fn walk(w: &InspectWords, steps: &[Step], upto: usize) -> Vec<(&'static str, Option<u64>)> {
    let at = |step: Option<usize>| step.and_then(|step| steps.get(step)).map(|step| step.position);
    vec![(w.first, at((upto > 1).then_some(0))), (w.before, at(upto.checked_sub(2))), (w.next, at(Some(upto)))]
}

fn title(printer: &Printer, code: &Code, nodes: &[NodeRow], extras: &[ExtraRow]) -> String {
    let node = nodes.iter().find(|n| n.code == *code).map(|n| (&n.title_vi, &n.title_en));
    let extra = || extras.iter().find(|e| e.code == *code).map(|e| (&e.title_vi, &e.title_en));
    node.or_else(extra).map_or(String::new(), |(vi, en)| pick(printer.lang, vi, en).to_owned())
}

fn line(printer: &Printer, step: &Step, behind: Option<Behind>) -> Line {
    let (lang, t) = (printer.lang, Words::of(printer.lang));
    let reason = match step.kind.as_str() {
        "vote_cast" => words::vote(lang, &step.reason).to_owned(),
        "appeal_examined" => words::verdicts(lang, &step.reason),
        _ => step.reason.clone(),
    };
    let said = |state: &String| match words::standing_words(printer, state) {
        said if said.is_empty() => t.none.to_owned(),
        said => said,
    };
    Line {
        position: step.position,
        hash: step.hash.to_string()[..HASH_DIGITS].to_owned(),
        stream: fill(InspectWords::of(lang).stream, &[&step.stream.to_string(), &step.version.to_string()]),
        at: step.at.into(),
        kind: words::kind(lang, &step.kind).to_owned(),
        appeal: if let Stream::Appeal(_, number) = step.stream { Some(number) } else { None },
        leaf: step.leaf.as_ref().map(ToString::to_string),
        change: Change { before: said(&step.before), after: said(&step.after) },
        actor: step.actor.id.to_string(),
        capacity: step.actor.capacity.name(lang),
        unit: step.actor.unit.as_ref().map_or(String::new(), ToString::to_string),
        reason,
        tied: step.own_unit.then_some(t.own_unit),
        behind,
    }
}

fn of_behind(printer: &Printer, before: Option<&StoodBehind>, stood: &StoodBehind) -> Behind {
    // Of the first step nothing went before: that is no change.
    let before = before.unwrap_or(stood);
    let change = |said: &dyn Fn(&StoodBehind) -> String| Change { before: said(before), after: said(stood) };
    let files = stood.files.iter().map(ToString::to_string);
    Behind {
        score: stood.score.as_ref().map(|score| between::score(printer, score)),
        points: change(&|s| format!("{} / {}", printer.points(&s.reached), printer.points(&s.maximum))),
        index: change(&|s| printer.points_or_dash(s.stood.index.as_ref())),
        rank: change(&|s| between::rank(s.stood.rank)),
        files: files.map(|address| (address.clone(), address[..HASH_DIGITS].to_owned())).collect(),
    }
}
