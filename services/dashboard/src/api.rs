//! The read API: the same rows that the pages show, as JSON, each answer with the position and root it stands on.
//! Rows keep the columns of their tables, fractions as "n/d"; what is added to them is named in each function.

pub mod inspector;
mod json;

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use proto::Rejection;
use proto::filling::SheetRows;
use proto::history::HistoryQuery;
use ranking::Which;
use serde_json::{Map, Value};

use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::page;
use crate::page::history::asked;
use crate::refusal::Refusal;

use self::json::{as_of, object, objects, place, unit_row};

type Answer = Result<Map<String, Value>, Refusal>;

/// `GET /api/rounds`: all rounds, the newest first.
pub async fn rounds(State(dashboard): State<Dashboard>) -> Response {
    answer(all_rounds(&dashboard).await)
}

/// `GET /api/rounds/{round}`: the round, its phases, its units with `index` and `name`.
pub async fn round(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_round(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/ranking`: publications, and the rows of the one asked for with `index`, `name`, `parts`.
pub async fn ranking(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_ranking(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/units/{unit}`: the unit with `index` and `name`, its totals, scores in the tree's order, extras.
pub async fn unit(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_unit(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/units/{unit}/history`: the inspector's answer as it is, with `as_of`.
pub async fn history(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_history(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/units/{unit}/explain?node=&position=&at=`: the inspector's answer as it is, with `as_of`.
pub async fn explain(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_explanation(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/units/{unit}/what-if?leaf=&points=`: the inspector's answer as it is, with `as_of`.
pub async fn what_if(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_what_if(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/check`: the inspector's observations as they are, with `as_of`.
pub async fn check(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_check(&dashboard, &ask).await)
}

/// `GET /api/rounds/{round}/appeals/{number}?position=`: the inspector's verdicts as they are, with `as_of`.
pub async fn appeal(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(one_appeal(&dashboard, &ask).await)
}

async fn one_appeal(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let told = dashboard.inspector.examine(page::appeal::asked(ask)?).await?;
    told_as_of(&told, told.position, told.root)
}

async fn one_check(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let told = dashboard.inspector.check(page::check::asked(ask)?).await?;
    told_as_of(&told, told.position, told.root)
}

async fn one_explanation(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let told = dashboard.inspector.explain(page::explain::asked(ask)?).await?;
    told_as_of(&told, told.position, told.root)
}

async fn one_what_if(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let query = page::explain::asked_what_if(ask)?.ok_or(Refusal::BadQuery("leaf, points"))?;
    let told = dashboard.inspector.what_if(query).await?;
    told_as_of(&told, told.position, told.root)
}

/// An answer of the inspector's, with the place that it stands on.
fn told_as_of(told: &impl serde::Serialize, position: u64, root: proto::Hash) -> Answer {
    let stands = members([("position", position.into()), ("root", root.to_string().into())]);
    let told = serde_json::to_value(told).map_err(|e| Refusal::Malformed(e.to_string()))?;
    let Value::Object(mut told) = told else { return Err(Refusal::Malformed("no object".to_owned())) };
    told.insert("as_of".to_owned(), stands.into());
    Ok(told)
}

fn answer(answer: Answer) -> Response {
    let headers: [(HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "private, no-cache")];
    match answer {
        Ok(members) => (headers, Value::Object(members).to_string()).into_response(),
        Err(refusal) => refusal.problem(),
    }
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn all_rounds(dashboard: &Dashboard) -> Answer {
    let mut view = dashboard.index.view().await?;
    let rounds = view.rounds().await?;
    Ok(members([("as_of", as_of(view.cursor())), ("rounds", objects(&rounds))]))
}

async fn one_round(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let round = ask.round()?;
    let mut view = dashboard.index.view().await?;
    let row = view.round(&round).await?.ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let printer = Printer::of(ask.lang, &row)?;
    let phases = view.phases(&round).await?;
    let units = view.units(&round).await?;
    Ok(members([
        ("as_of", as_of(view.cursor())),
        ("round", object(&row).into()),
        ("phases", objects(&phases)),
        ("units", units.iter().map(|u| Value::Object(unit_row(&printer, u))).collect()),
    ]))
}

async fn one_ranking(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let (round, which, block) = (ask.round()?, ask.which()?, ask.block()?);
    let mut index = dashboard.index.view().await?;
    let order = Blocks(index.blocks(&round).await?);
    let row = index.round(&round).await?;
    let row = row.ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let printer = Printer::of(ask.lang, &row)?;
    let mut view = dashboard.ranking.view().await?;
    let publications = view.publications(&round).await?;
    let (number, mut rows) = view.standings(&round, which).await?;
    if matches!(which, Which::Publication(n) if !publications.iter().any(|p| p.publication == n)) {
        return Err(Refusal::unknown("publication_unknown"));
    }
    rows.sort_by_key(|row| order.place(&row.block));
    if let Some(block) = block {
        rows.retain(|row| row.block == block);
        if rows.is_empty() {
            return Err(Refusal::unknown("block_unknown"));
        }
    }
    Ok(members([
        ("as_of", as_of(view.cursor())),
        ("round", round.as_str().into()),
        ("publication", number.into()),
        ("provisional", (number == 0).into()),
        ("publications", objects(&publications)),
        ("rows", rows.iter().map(|r| Value::Object(place(&printer, r))).collect()),
    ]))
}

async fn one_unit(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let round = ask.round()?;
    let mut view = dashboard.index.view().await?;
    let row = view.round(&round).await?.ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let printer = Printer::of(ask.lang, &row)?;
    let unit = ask.unit()?;
    let unit = view.unit(&round, &unit).await?.ok_or(Rejection::UnitUnknown { unit })?;
    let nodes = view.nodes(&round, &unit.kind).await?;
    let (stands, unit, totals, mut scores, extras) = match &ask.own {
        // Rows of the fold, and not of the projection: without what is held back.
        Some(own) => {
            let SheetRows { unit, totals, scores, extras, position, root, .. } = own.rows(&round, &unit.unit).await?;
            let stands = members([("position", position.into()), ("root", root.to_string().into())]);
            (stands.into(), unit, totals, scores, extras)
        }
        None => {
            let totals = view.totals(&round, &unit.unit).await?;
            let scores = view.scores(&round, &unit.unit).await?;
            let extras = view.extras(&round, &unit.unit).await?;
            (as_of(view.cursor()), unit, totals, scores, extras)
        }
    };
    scores.sort_by_cached_key(|s| nodes.iter().position(|n| n.code == s.leaf));
    Ok(members([
        ("as_of", stands),
        ("unit", unit_row(&printer, &unit).into()),
        ("totals", objects(&totals)),
        ("scores", objects(&scores)),
        ("extras", objects(&extras)),
    ]))
}

async fn one_history(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let round = ask.round()?;
    let mut view = dashboard.index.view().await?;
    view.round(&round).await?.ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let unit = ask.unit()?;
    let unit = view.unit(&round, &unit).await?.ok_or(Rejection::UnitUnknown { unit })?;
    let nodes = view.nodes(&round, &unit.kind).await?;
    let extras = view.extras(&round, &unit.unit).await?;
    let leaf = ask.leaf(&nodes, &extras)?;
    let query =
        HistoryQuery { round, unit: unit.unit, leaf, position: ask.position()?, at: ask.at()?, held: ask.held() };
    let history = asked(dashboard, query).await?;
    told_as_of(&history, history.position, history.root)
}
