//! The history of a sheet or a score, step by step, as the inspector folds it from the log.
//! It shows what stands in the events and judges nothing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::ports::AskError;
use proto::history::{History, HistoryQuery, Step};
use proto::rows::{ExtraRow, NodeRow};
use proto::said::Named;
use proto::{Code, Instant, Rejection, Stream};

use super::{Frame, Moment, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{self, Words, fill, pick};

/// The most steps of one page; the latest ones.
const STEPS_MAX: usize = 2_000;
/// Digits of an event's hash that a page shows; the read API gives all of them.
const HASH_DIGITS: usize = 12;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    t: &'static Words,
    f: Frame,
    id: String,
    unit: String,
    unit_name: String,
    leaf: Option<(String, String)>,
    /// What the form shows as asked.
    leaf_asked: String,
    position: String,
    at: String,
    asked: Option<String>,
    count: String,
    cut: Option<String>,
    steps: Vec<Line>,
}

struct Line {
    position: u64,
    hash: String,
    at: Moment,
    kind: String,
    /// The number of the appeal that it is about.
    appeal: Option<u32>,
    leaf: Option<String>,
    before: String,
    after: String,
    actor: String,
    capacity: &'static str,
    unit: String,
    reason: String,
    /// What ties the actor to what he acted on; none for nothing.
    tied: Option<&'static str>,
}

/// `/rounds/{round}/units/{unit}/history`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
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
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, "").await?;
    let (id, printer) = (opened.round.round.clone(), opened.printer);
    let wanted = ask.unit()?;
    let unit = opened.view.unit(&id, &wanted).await?.ok_or(Rejection::UnitUnknown { unit: wanted })?;
    let nodes = opened.view.nodes(&id, &unit.kind).await?;
    let extras = opened.view.extras(&id, &unit.unit).await?;
    let leaf = ask.leaf(&nodes, &extras)?;
    let (position, at) = (ask.position()?, ask.at()?);
    let query =
        HistoryQuery { round: id.clone(), unit: unit.unit.clone(), leaf: leaf.clone(), position, at, held: ask.held() };
    let history = asked(dashboard, query).await?;

    let unit_name = pick(ask.lang, &unit.name_vi, &unit.name_en).to_owned();
    let mut f = opened.frame;
    f.title = format!("{}: {unit_name}", t.history_title);
    f.reads(t.as_of_history, history.position, history.root, history.steps.last().map(|s| s.at));
    let told = shown_as_of(t, position, at);
    let all = history.steps.len();
    let shown = &history.steps[all.saturating_sub(STEPS_MAX)..];
    let count = printer.count(all as u64);
    let cut = (shown.len() < all).then(|| fill(t.history_cut, &[&printer.count(shown.len() as u64), &count]));
    Ok(HistoryPage {
        t,
        f,
        id: id.to_string(),
        unit: unit.unit.to_string(),
        unit_name,
        leaf_asked: leaf.as_ref().map_or_else(String::new, ToString::to_string),
        leaf: leaf.map(|code| (code.to_string(), title(&printer, &code, &nodes, &extras))),
        position: position.map_or_else(String::new, |p| p.to_string()),
        at: at_as_written(ask)?,
        asked: told,
        count: fill(t.history_count, &[&count]),
        cut,
        steps: shown.iter().map(|s| line(&printer, s)).collect(),
    })
}

/// Which moment a page shows; none for now.
pub fn shown_as_of(t: &Words, position: Option<u64>, at: Option<Instant>) -> Option<String> {
    let by_position = position.map(|p| fill(t.history_asked_position, &[&p.to_string()]));
    by_position.or_else(|| at.map(|at| fill(t.history_asked_at, &[&at.vietnam()])))
}

/// The moment as it was put into the form, so that the form can show it again.
pub fn at_as_written(ask: &Ask) -> Result<String, Refusal> {
    Ok(ask.value("at")?.filter(|text| matches!(text.len(), 16 | 19)).unwrap_or_default().to_owned())
}

fn title(printer: &Printer, code: &Code, nodes: &[NodeRow], extras: &[ExtraRow]) -> String {
    let node = nodes.iter().find(|n| n.code == *code).map(|n| (&n.title_vi, &n.title_en));
    let extra = || extras.iter().find(|e| e.code == *code).map(|e| (&e.title_vi, &e.title_en));
    node.or_else(extra).map_or(String::new(), |(vi, en)| pick(printer.lang, vi, en).to_owned())
}

fn line(printer: &Printer, step: &Step) -> Line {
    let (lang, t) = (printer.lang, Words::of(printer.lang));
    let reason = match step.kind.as_str() {
        "vote_cast" => words::vote(lang, &step.reason).to_owned(),
        "appeal_examined" => words::verdicts(lang, &step.reason),
        _ => step.reason.clone(),
    };
    Line {
        position: step.position,
        hash: step.hash.to_string()[..HASH_DIGITS].to_owned(),
        at: step.at.into(),
        kind: words::kind(lang, &step.kind).to_owned(),
        appeal: if let Stream::Appeal(_, number) = step.stream { Some(number) } else { None },
        leaf: step.leaf.as_ref().map(ToString::to_string),
        before: words::standing_words(printer, &step.before),
        after: words::standing_words(printer, &step.after),
        actor: step.actor.id.to_string(),
        capacity: step.actor.capacity.name(lang),
        unit: step.actor.unit.as_ref().map_or(String::new(), ToString::to_string),
        reason,
        tied: step.own_unit.then_some(t.own_unit),
    }
}
