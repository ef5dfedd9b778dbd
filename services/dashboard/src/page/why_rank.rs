//! Why a unit's rank moved between two moments: by whose scores, by which events, the greatest effect first.
//! It reckons nothing: the inspector's answer is set in type.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::between::{Effect, Effects, WhyRank, WhyRankQuery};
use proto::{Rejection, UnitId};

use super::between::{self, EventRow, Moments};
use super::{Frame, open, told_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{InspectorWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "why_rank.html")]
struct WhyRankPage {
    t: &'static Words,
    w: &'static InspectorWords,
    f: Frame,
    id: String,
    unit: String,
    unit_name: String,
    moments: Moments,
    span: String,
    lead: String,
    count: String,
    whole: Did,
    movers: Vec<Mover>,
    together: Option<Did>,
    causes: Vec<(EventRow, Did)>,
    effects: Vec<Line>,
    cut: Option<String>,
}

/// What events did, for a cell: in words, and which way the rank went.
struct Did {
    words: String,
    class: &'static str,
    events: String,
}

struct Mover {
    unit: String,
    name: String,
    own: bool,
    did: Did,
    before: String,
    after: String,
}

struct Line {
    event: EventRow,
    cause: Option<String>,
    mover: Option<(String, String)>,
    did: Did,
    before: String,
    after: String,
    passed: Vec<String>,
}

/// `/rounds/{round}/units/{unit}/why-rank`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    told_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await, |page| &page.f)
}

/// What a request asks to be told.
pub fn asked(ask: &Ask) -> Result<WhyRankQuery, Refusal> {
    let (from, to) = (ask.as_of("from")?, ask.as_of("to")?);
    Ok(WhyRankQuery { round: ask.round()?, unit: ask.unit()?, from, to })
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<WhyRankPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), InspectorWords::of(ask.lang));
    let mut opened = open(dashboard, ask, "").await?;
    let (id, printer) = (opened.round.round.clone(), opened.printer);
    let wanted = ask.unit()?;
    let unit = opened.view.unit(&id, &wanted).await?.ok_or(Rejection::UnitUnknown { unit: wanted })?;
    let mut ranking = dashboard.ranking.view().await?;
    let publications = ranking.publications(&id).await?;
    let moments = Moments::asked(ask, &publications)?;
    let told = dashboard.inspector.why_rank(WhyRankQuery { from: Some(moments.from), ..asked(ask)? }).await?;
    let unit_name = pick(ask.lang, &unit.name_vi, &unit.name_en).to_owned();
    let mut f = opened.frame;
    f.title = format!("{}: {unit_name}", w.why_title);
    f.beside = Some(ranking.cursor().position);
    f.reads(w.stands_from, told.from.position, told.from.root, None);
    f.reads(w.stands_to, told.position, told.root, None);
    let as_of = moments.as_of();
    let index = |stood: &proto::between::Stood| printer.points_or_dash(stood.index.as_ref());
    let (before, after) = (&told.before, &told.after);
    let lead = [between::rank(before.rank), between::rank(after.rank), index(before), index(after)];
    let count = [printer.count(told.whole.events), printer.count(told.read)];
    let left_out = &told.left_out;
    let cut = || fill(w.why_cut, &[&printer.count(left_out.events), &between::effects(&printer, left_out)]);
    Ok(WhyRankPage {
        t,
        w,
        f,
        id: id.to_string(),
        unit: unit.unit.to_string(),
        unit_name,
        moments,
        span: fill(w.span, &[&told.from.position.to_string(), &told.position.to_string()]),
        lead: fill(w.why_lead, &lead.each_ref().map(String::as_str)),
        count: fill(w.why_count, &count.each_ref().map(String::as_str)),
        whole: did(&printer, &told.whole),
        movers: movers(&printer, &told),
        together: (told.together.events > 0).then(|| did(&printer, &told.together)),
        causes: told
            .causes
            .iter()
            .map(|c| (between::event(ask.lang, &c.event).keeping(&as_of), did(&printer, &c.effects)))
            .collect(),
        effects: lines(&printer, &told, &as_of),
        cut: (left_out.events > 0).then(cut),
    })
}

fn did(printer: &Printer, effects: &Effects) -> Did {
    let class = match effects.places {
        0 => "",
        n if n > 0 => "up",
        _ => "down",
    };
    Did { words: between::effects(printer, effects), class, events: printer.count(effects.events) }
}

fn movers(printer: &Printer, told: &WhyRank) -> Vec<Mover> {
    let with_effect = told.movers.iter().filter(|m| m.effects.events > 0);
    let mover = |m: &proto::between::Mover| Mover {
        unit: m.unit.to_string(),
        name: pick(printer.lang, &m.name.vi, &m.name.en).to_owned(),
        own: m.unit == told.query.unit,
        did: did(printer, &m.effects),
        before: between::stood(printer, &m.before),
        after: between::stood(printer, &m.after),
    };
    with_effect.map(mover).collect()
}

fn lines(printer: &Printer, told: &WhyRank, as_of: &str) -> Vec<Line> {
    let w = InspectorWords::of(printer.lang);
    let names: HashMap<&UnitId, &str> =
        told.movers.iter().map(|m| (&m.unit, pick(printer.lang, &m.name.vi, &m.name.en))).collect();
    let name = |unit: &UnitId| names.get(unit).copied().unwrap_or(unit.as_str()).to_owned();
    let passed = |units: &[UnitId], words| {
        let all: Vec<String> = units.iter().map(name).collect();
        (!all.is_empty()).then(|| fill(words, &[&all.join(", ")]))
    };
    let line = |effect: &Effect| Line {
        event: between::event(printer.lang, &effect.event).keeping(as_of),
        cause: effect.cause.map(|position| fill(w.follows, &[&position.to_string()])),
        mover: effect.mover.as_ref().map(|unit| (unit.to_string(), name(unit))),
        did: did(printer, &effect.alone()),
        before: between::stood(printer, &effect.before),
        after: between::stood(printer, &effect.after),
        passed: [passed(&effect.overtook, w.why_overtook), passed(&effect.overtaken_by, w.why_overtaken)]
            .into_iter()
            .flatten()
            .collect(),
    };
    told.effects.iter().map(line).collect()
}
