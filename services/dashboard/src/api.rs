//! The read API: the same rows that the pages show, as JSON, each answer with the position and root it stands on.
//! Rows keep the columns of their tables, fractions as "n/d"; what is added to them is named in each function.

pub mod inspector;
mod json;
pub mod paged;
pub mod stand;

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use proto::history::HistoryQuery;
use proto::{Code, Rejection};
use serde_json::{Map, Value};

use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::page;
use crate::page::history::asked;
use crate::refusal::Refusal;
use crate::tagged::StandsAt;

use self::json::{as_of, object, objects, place, unit_row};
use self::paged::{Paged, Stands, asks};
use self::stand::{OfRanking, OfRound, OfUnit};

type Answer = Result<Map<String, Value>, Refusal>;

/// `GET /api/rounds`: all rounds, the newest first.
pub async fn rounds(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(all_rounds(&dashboard, &ask).await)
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
        Ok(members) => {
            let stands = members.get("as_of").map(|as_of| StandsAt(as_of.to_string()));
            let mut response = (headers, Value::Object(members).to_string()).into_response();
            if let Some(stands) = stands {
                response.extensions_mut().insert(stands);
            }
            response
        }
        Err(refusal) => refusal.problem(),
    }
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn all_rounds(dashboard: &Dashboard, ask: &Ask) -> Answer {
    if ask.moment()?.is_some() {
        return Err(Refusal::AsOfUnanswered);
    }
    let paged = Paged::asked(ask)?;
    let is_year = asks(ask, "year")?;
    let mut view = dashboard.index.view().await?;
    let at = (view.cursor().position, view.cursor().root);
    let mut rounds = view.rounds().await?;
    rounds.retain(|row| is_year(&row.year.to_string()));
    let piece = paged.cut(rounds, |row| row.round.to_string())?;
    let mut told = members([("as_of", as_of(at)), ("rounds", objects(&piece.rows))]);
    // Of this list there is no earlier one; a round that is opened meanwhile stands before or after those that were told.
    paged.tell(&piece, Stands::AsAsked, &mut told);
    Ok(told)
}

async fn one_round(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let paged = Paged::asked(ask)?;
    let (block, of_kind, in_state) = (ask.block()?, asks(ask, "kind")?, asks(ask, "state")?);
    let mut found = OfRound::read(dashboard, ask).await?;
    let printer = Printer::of(ask.lang, &found.round)?;
    found.units.retain(|row| block.as_ref().is_none_or(|block| row.block == *block));
    found.units.retain(|row| of_kind(row.kind.as_str()) && in_state(&row.state.to_string()));
    let piece = paged.cut(found.units, |row| row.unit.to_string())?;
    let mut told = members([
        ("as_of", as_of(found.at)),
        ("round", object(&found.round).into()),
        ("phases", objects(&found.phases)),
        ("units", piece.rows.iter().map(|u| Value::Object(unit_row(&printer, u))).collect()),
    ]);
    paged.tell(&piece, Stands::AsOf(found.at.0), &mut told);
    Ok(told)
}

async fn one_ranking(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let paged = Paged::asked(ask)?;
    let (block, in_band) = (ask.block()?, asks(ask, "band")?);
    let OfRanking { at, round, blocks, publications, number, mut rows } = OfRanking::read(dashboard, ask).await?;
    let (printer, order) = (Printer::of(ask.lang, &round)?, Blocks(blocks));
    rows.sort_by_key(|row| order.place(&row.block));
    if let Some(block) = block {
        rows.retain(|row| row.block == block);
        if rows.is_empty() {
            return Err(Refusal::unknown("block_unknown"));
        }
    }
    rows.retain(|row| in_band(row.band.as_ref().map_or("", Code::as_str)));
    let piece = paged.cut(rows, |row| row.unit.to_string())?;
    let mut told = members([
        ("as_of", as_of(at)),
        ("round", round.round.as_str().into()),
        ("publication", number.into()),
        ("provisional", (number == 0).into()),
        ("publications", objects(&publications)),
        ("rows", piece.rows.iter().map(|r| Value::Object(place(&printer, r))).collect()),
    ]);
    // What is published stays as it is; what is not is asked for as of this position.
    let stands = if number == 0 { Stands::AsOf(at.0) } else { Stands::Publication(number) };
    paged.tell(&piece, stands, &mut told);
    Ok(told)
}

async fn one_unit(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let paged = Paged::asked(ask)?;
    let (in_field, flagged, exempt) = (ask.code("field")?, asks(ask, "flag")?, asks(ask, "exemption")?);
    let mut found = OfUnit::read(dashboard, ask).await?;
    let printer = Printer::of(ask.lang, &found.round)?;
    let mut scores = std::mem::take(&mut found.scores);
    scores.retain(|row| in_field.as_ref().is_none_or(|field| found.field(&row.leaf) == Some(field)));
    let word = |cell: Option<String>| cell.unwrap_or_default();
    scores.retain(|row| {
        flagged(&word(row.flag.map(|f| f.to_string()))) && exempt(&word(row.exemption.map(|e| e.to_string())))
    });
    let piece = paged.cut(scores, |row| row.leaf.to_string())?;
    let mut told = members([
        ("as_of", as_of(found.at)),
        ("unit", unit_row(&printer, &found.unit).into()),
        ("totals", objects(&found.totals)),
        ("scores", objects(&piece.rows)),
        ("extras", objects(&found.extras)),
    ]);
    paged.tell(&piece, Stands::AsOf(found.at.0), &mut told);
    Ok(told)
}

async fn one_history(dashboard: &Dashboard, ask: &Ask) -> Answer {
    let paged = Paged::asked(ask)?;
    let of_kind = asks(ask, "kind")?;
    let round = ask.round()?;
    let mut view = dashboard.index.view().await?;
    view.round(&round).await?.ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let unit = ask.unit()?;
    let unit = view.unit(&round, &unit).await?.ok_or(Rejection::UnitUnknown { unit })?;
    let nodes = view.nodes(&round, &unit.kind).await?;
    let extras = view.extras(&round, &unit.unit).await?;
    let leaf = ask.leaf(&nodes, &extras)?;
    let (position, at) = ask.bounds()?;
    let bounded = position.is_some() || at.is_some();
    let query = HistoryQuery { round, unit: unit.unit, leaf, position, at, held: ask.held() };
    let mut history = asked(dashboard, query).await?;
    history.steps.retain(|step| of_kind(&step.kind));
    let mut piece = paged.cut_at(std::mem::take(&mut history.steps), |step| step.position)?;
    history.steps = std::mem::take(&mut piece.rows);
    let mut told = told_as_of(&history, history.position, history.root)?;
    let stands = if bounded { Stands::AsAsked } else { Stands::AsOf(history.position) };
    paged.tell(&piece, stands, &mut told);
    Ok(told)
}
