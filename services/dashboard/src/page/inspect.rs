//! The inspector's ways in: every question as a plain form, with what there is to choose from in the round. Nobody needs to know an
//! address. It asks nothing by itself: a form leads to the page that does.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use platform::http::see_other;
use proto::rows::Level;
use proto::said::Named;
use proto::{Capacity, Code, UnitId};

use super::then::Then;
use super::{Frame, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::page::start::refused;
use crate::refusal::Refusal;
use crate::words::{InspectWords, InspectorWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "inspect.html")]
struct InspectPage {
    t: &'static Words,
    w: &'static InspectWords,
    b: &'static InspectorWords,
    f: Frame,
    id: String,
    then: Then,
    units: Vec<(String, String)>,
    /// The leaves by the kind of units that have them: code, title.
    leaves: Vec<(String, Vec<(String, String)>)>,
    capacities: Vec<(&'static str, &'static str)>,
    /// Moments that are worth a look: how a query names them, and their words.
    moments: Vec<(String, String)>,
    /// The publication before the last, where a comparison begins.
    from: String,
    /// Whether people sign in here at all.
    signs_in: bool,
}

/// `/rounds/{round}/inspect`: the forms, or where one of them leads.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    match leads(&ask) {
        Ok(Some(place)) => see_other(&place).into_response(),
        Ok(None) => answer(&ask, &dashboard.origin, page(&dashboard, &ask).await),
        Err(refusal) => refused(&ask, &dashboard.origin, refusal),
    }
}

/// Where a form leads that names a page in whose address the chosen unit or appeal stands; none for the forms themselves.
fn leads(ask: &Ask) -> Result<Option<String>, Refusal> {
    let Some(to) = ask.value("to_page")? else { return Ok(None) };
    let (round, then) = (ask.round()?, Then::asked(ask)?);
    if to == "appeal" {
        let number = ask.value("number")?.and_then(|n| n.parse::<u32>().ok()).ok_or(Refusal::BadQuery("number"))?;
        return Ok(Some(format!("/rounds/{round}/appeals/{number}{}", then.query())));
    }
    let unit: UnitId = ask.id("unit")?.ok_or(Refusal::BadQuery("unit"))?;
    let place = format!("/rounds/{round}/units/{unit}");
    let leaf = |name| Ok::<_, Refusal>(ask.code("leaf")?.map_or(String::new(), |leaf: Code| format!("&{name}={leaf}")));
    let (page, query) = match to {
        "history" => ("history", leaf("leaf")? + &then.more()),
        "explain" => ("explain", leaf("node")? + &then.more()),
        "why-rank" => {
            let moment = |name| Ok::<_, Refusal>(ask.as_of(name)?.map_or(String::new(), |at| format!("&{name}={at}")));
            ("why-rank", moment("from")? + &moment("to")?)
        }
        _ => return Err(Refusal::BadQuery("to_page")),
    };
    Ok(Some(format!("{place}/{page}{}", query.replacen('&', "?", 1))))
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<InspectPage, Refusal> {
    let (t, w, b) = (Words::of(ask.lang), InspectWords::of(ask.lang), InspectorWords::of(ask.lang));
    let mut opened = open(dashboard, ask, w.title).await?;
    let id = opened.round.round.clone();
    let units = opened.view.units(&id).await?;
    let kinds: BTreeSet<&Code> = units.iter().map(|unit| &unit.kind).collect();
    let mut leaves = Vec::new();
    for kind in kinds {
        let nodes = opened.view.nodes(&id, kind).await?;
        let of_kind = nodes.iter().filter(|node| node.level == Level::Leaf);
        let title = |vi, en| pick(ask.lang, vi, en).to_owned();
        let told = of_kind.map(|node| (node.code.to_string(), title(&node.title_vi, &node.title_en)));
        leaves.push((kind.to_string(), told.collect()));
    }
    let publications = dashboard.ranking.view().await?.publications(&id).await?;
    let mut moments = vec![("0".to_owned(), b.beginning.to_owned())];
    moments.extend(
        publications.iter().map(|p| (p.position.to_string(), fill(b.published, &[&p.publication.to_string()]))),
    );
    let from = publications.iter().rev().nth(1).map_or_else(|| "0".to_owned(), |p| p.position.to_string());
    let grantable = Capacity::ALL.into_iter().filter(|c| c.is_grantable());
    let mut f = opened.frame;
    f.here = "inspect";
    Ok(InspectPage {
        t,
        w,
        b,
        f,
        id: id.to_string(),
        then: Then::asked(ask)?,
        units: units.iter().map(|u| (u.unit.to_string(), pick(ask.lang, &u.name_vi, &u.name_en).to_owned())).collect(),
        leaves,
        capacities: grantable.map(|c| (c.as_str(), c.name(ask.lang))).collect(),
        moments,
        from,
        signs_in: ask.visitor.is_some(),
    })
}
