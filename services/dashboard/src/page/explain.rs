//! How a number came about, as the inspector folds it from the log: words, arithmetic, the events it rests on.
//! And what would be if a leaf had other points. Nothing here is computed: the inspector's answer is set in type.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::inquiry::{ExplainQuery, Line, Moved, WhatIfQuery};
use proto::{Decimal, Rejection};

use super::then::Then;
use super::{Frame, open, told_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{Words, pick};

#[derive(Template)]
#[template(path = "explain.html")]
struct ExplainPage {
    t: &'static Words,
    f: Frame,
    id: String,
    unit: String,
    unit_name: String,
    node: Option<(String, String)>,
    /// What the form shows as asked.
    node_asked: String,
    then: Then,
    steps: Vec<Step>,
}

struct Step {
    text: String,
    expression: String,
    value: String,
    event: String,
}

#[derive(Template)]
#[template(path = "what_if.html")]
struct WhatIfPage {
    t: &'static Words,
    f: Frame,
    id: String,
    unit: String,
    unit_name: String,
    leaf: String,
    points: String,
    then: Then,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    href: String,
    asked: bool,
    before: [String; 3],
    after: [String; 3],
    moved: bool,
}

/// `/rounds/{round}/units/{unit}/explain`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    told_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await, |page| &page.f)
}

/// `/rounds/{round}/units/{unit}/what-if`.
pub async fn show_what_if(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    told_answer(&ask, &dashboard.origin, what_if_page(&dashboard, &ask).await, |page| &page.f)
}

/// What a request asks to be explained.
pub fn asked(ask: &Ask) -> Result<ExplainQuery, Refusal> {
    let (position, at) = ask.bounds()?;
    Ok(ExplainQuery { round: ask.round()?, unit: ask.unit()?, node: ask.code("node")?, position, at, held: ask.held() })
}

/// What a request asks would be; none as long as it names no leaf or no points.
pub fn asked_what_if(ask: &Ask) -> Result<Option<WhatIfQuery>, Refusal> {
    let points = ask.value("points")?.map(|text| Decimal::parse(&text.replace(',', ".")));
    let points = points.transpose().map_err(|_| Refusal::BadQuery("points"))?;
    let (round, unit, as_of) = (ask.round()?, ask.unit()?, ask.moment()?);
    Ok(ask.code("leaf")?.zip(points).map(|(leaf, points)| WhatIfQuery { round, unit, leaf, points, as_of }))
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<ExplainPage, Refusal> {
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, "").await?;
    let (id, printer) = (opened.round.round.clone(), opened.printer);
    let wanted = ask.unit()?;
    let unit = opened.view.unit(&id, &wanted).await?.ok_or(Rejection::UnitUnknown { unit: wanted })?;
    let told = dashboard.inspector.explain(asked(ask)?).await?;
    let unit_name = pick(ask.lang, &unit.name_vi, &unit.name_en).to_owned();
    let mut f = opened.frame;
    f.title = format!("{}: {unit_name}", t.explain_title);
    f.reads(t.as_of_inspector, told.position, told.root, None);
    Ok(ExplainPage {
        t,
        f,
        id: id.to_string(),
        unit: unit.unit.to_string(),
        unit_name,
        node_asked: told.query.node.as_ref().map_or_else(String::new, ToString::to_string),
        then: Then::asked(ask)?,
        node: told.query.node.map(|code| (code.to_string(), told.title.get(ask.lang).to_owned())),
        steps: told.lines.iter().map(|line| step(&printer, line)).collect(),
    })
}

fn step(printer: &Printer, line: &Line) -> Step {
    let plain = line.value.as_ref().map(proto::Exact::plain);
    Step {
        text: pick(printer.lang, &line.text.vi, &line.text.en).to_owned(),
        // A number alone is no arithmetic.
        expression: if plain.as_ref() == Some(&line.expression) { String::new() } else { line.expression.clone() },
        value: line.value.as_ref().map_or(String::new(), |value| printer.exact(value)),
        event: line.event.as_ref().map_or(String::new(), |e| format!("{} #{}", e.stream, e.version)),
    }
}

async fn what_if_page(dashboard: &Dashboard, ask: &Ask) -> Result<WhatIfPage, Refusal> {
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, "").await?;
    let id = opened.round.round.clone();
    let wanted = ask.unit()?;
    let unit = opened.view.unit(&id, &wanted).await?.ok_or(Rejection::UnitUnknown { unit: wanted })?;
    let unit_name = pick(ask.lang, &unit.name_vi, &unit.name_en).to_owned();
    let mut f = opened.frame;
    f.title = format!("{}: {unit_name}", t.what_if_title);
    let mut rows = Vec::new();
    if let Some(query) = asked_what_if(ask)? {
        let told = dashboard.inspector.what_if(query).await?;
        f.reads(t.as_of_inspector, told.position, told.root, None);
        let row = |m: &Moved| Row {
            name: pick(ask.lang, &m.name.vi, &m.name.en).to_owned(),
            href: format!("/rounds/{id}/units/{}", m.unit),
            asked: m.unit == unit.unit,
            before: place(&opened.printer, &m.before),
            after: place(&opened.printer, &m.after),
            moved: m.before != m.after,
        };
        rows = told.units.iter().map(row).collect();
    }
    let (leaf, points) = (ask.value("leaf")?.unwrap_or_default(), ask.value("points")?.unwrap_or_default());
    let (leaf, points) = (leaf.to_owned(), points.to_owned());
    let then = Then::asked(ask)?;
    Ok(WhatIfPage { t, f, id: id.to_string(), unit: unit.unit.to_string(), unit_name, leaf, points, then, rows })
}

fn place(printer: &Printer, place: &proto::inquiry::Place) -> [String; 3] {
    let dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let rank = if place.rank == 0 { String::new() } else { place.rank.to_string() };
    [dash(rank), dash(printer.set(&place.index)), dash(place.band.to_uppercase())]
}
