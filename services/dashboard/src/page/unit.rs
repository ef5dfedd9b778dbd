//! A unit's page: its index, its parts, and every leaf with all of its stages.
//! It adds up nothing but differences between stages; totals are the projection's rows.

mod leaves;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::document::{Lang, Sign};
use proto::filling::SheetRows;
use proto::rows::{ExtraRow, NodeRow, RoundRow, ScoreRow, SheetState, StandingRow, TotalRow, UnitRow};
use proto::said::Named;
use proto::{Exact, Rejection, RoundId};
use ranking::Which;

use self::leaves::{Field, Lowered, fields, lowered};
use super::{Bar, Frame, answer, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::words::{self, Words, fill, pick, short_beside};

#[derive(Template)]
#[template(path = "unit.html")]
struct UnitPage {
    t: &'static Words,
    f: Frame,
    id: String,
    unit: Head,
    standing: Standing,
    parts: Vec<Part>,
    sheet: Sheet,
    fields: Vec<Field>,
    lowered: String,
    extras: Vec<Extra>,
}

struct Head {
    id: String,
    short: String,
    block_id: String,
    block: String,
    code: String,
}

struct Standing {
    index: String,
    rank: Option<String>,
    band: String,
    bar: Bar,
    reached: String,
    maximum: String,
    /// Why the figures are provisional; none once they are published as they are.
    provisional: Option<&'static str>,
    published: Option<String>,
}

/// A part of the total: appraisal or survey.
struct Part {
    name: &'static str,
    reached: String,
    maximum: String,
    percent: String,
    bar: Bar,
}

struct Sheet {
    state: &'static str,
    class: &'static str,
    version: u64,
    digest: String,
    scored: String,
    flagged: String,
    exempted: String,
}

struct Extra {
    code: String,
    title: String,
    sign: &'static str,
    points: String,
}

/// `/rounds/{round}/units/{unit}`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<UnitPage, Refusal> {
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, "").await?;
    let (id, printer) = (opened.round.round.clone(), opened.printer);
    let wanted = ask.unit()?;
    let unit = opened.view.unit(&id, &wanted).await?.ok_or(Rejection::UnitUnknown { unit: wanted })?;
    let nodes = opened.view.nodes(&id, &unit.kind).await?;
    let blocks = Blocks(opened.view.blocks(&id).await?);
    let mut f = opened.frame;
    pick(ask.lang, &unit.name_vi, &unit.name_en).clone_into(&mut f.title);
    // Its own people see it out of a fold of the log, without what is held back from them, and not where it stands.
    if let Some(own) = &ask.own {
        let rows = own.rows(&id, &unit.unit).await?;
        f.reads(t.as_of_inspector, rows.position, rows.root, None);
        let SheetRows { unit, totals, scores, extras, .. } = rows;
        let standing = standing(&printer, &opened.round, &unit, &[], None);
        let standing = Standing { rank: None, provisional: Some(t.provisional_open), ..standing };
        return Ok(shown(ask, f, &printer, (&id, &nodes, &blocks), (&unit, standing, &totals, &scores, &extras)));
    }
    let totals = opened.view.totals(&id, &unit.unit).await?;
    let scores = opened.view.scores(&id, &unit.unit).await?;
    let extras = opened.view.extras(&id, &unit.unit).await?;
    let mut view = dashboard.ranking.view().await?;
    let (_, live) = view.standings(&id, Which::Live).await?;
    let (latest, published) = view.standings(&id, Which::Latest).await?;
    f.reads_at(t.as_of_ranking, view.cursor());
    let published = published.iter().find(|s| latest > 0 && s.unit == unit.unit);
    let standing = standing(&printer, &opened.round, &unit, &live, published);
    Ok(shown(ask, f, &printer, (&id, &nodes, &blocks), (&unit, standing, &totals, &scores, &extras)))
}

/// A unit's rows, and where it stands.
type Rows<'r> = (&'r UnitRow, Standing, &'r [TotalRow], &'r [ScoreRow], &'r [ExtraRow]);

fn shown(
    ask: &Ask,
    f: Frame,
    printer: &Printer,
    (id, nodes, blocks): (&RoundId, &[NodeRow], &Blocks),
    (unit, standing, totals, scores, extras): Rows,
) -> UnitPage {
    let t = Words::of(ask.lang);
    UnitPage {
        t,
        f,
        id: id.to_string(),
        standing,
        parts: parts(printer, totals),
        sheet: sheet(printer, unit),
        lowered: lowered_sentence(printer, &lowered(scores)),
        fields: fields(printer, nodes, totals, scores),
        extras: extras.iter().map(|e| extra(printer, e)).collect(),
        unit: head(ask.lang, blocks, unit),
    }
}

fn head(lang: Lang, blocks: &Blocks, unit: &UnitRow) -> Head {
    Head {
        id: unit.unit.to_string(),
        short: short_beside(pick(lang, &unit.name_vi, &unit.name_en), &unit.short),
        block_id: unit.block.to_string(),
        block: blocks.title(lang, &unit.block),
        code: unit.code.clone(),
    }
}

fn standing(
    printer: &Printer,
    round: &RoundRow,
    unit: &UnitRow,
    live: &[StandingRow],
    published: Option<&StandingRow>,
) -> Standing {
    let t = Words::of(printer.lang);
    let row = live.iter().find(|s| s.unit == unit.unit);
    let ranked = live.iter().filter(|s| s.block == unit.block && s.rank > 0).count();
    let rank = row.filter(|s| s.rank > 0).map(|s| fill(t.unit_rank, &[&s.rank.to_string(), &ranked.to_string()]));
    let same = published.is_some_and(|p| p.index_value == unit.index_value);
    let provisional = match (round.decided, same) {
        (_, true) => None,
        (false, false) => Some(t.provisional_open),
        (true, false) => Some(t.provisional_decided),
    };
    let published = published.map(|p| {
        let number = p.publication.to_string();
        if same {
            return fill(t.published_same, &[&number]);
        }
        fill(t.published_differs, &[&number, &printer.printed(&p.printed)])
    });
    Standing {
        index: printer.points_or_dash(unit.index_value.as_ref()),
        rank: rank.or_else(|| (!unit.ranked).then(|| t.unranked.to_owned())),
        band: row.map_or(String::new(), |s| pick(printer.lang, &s.band_vi, &s.band_en).to_owned()),
        bar: Bar::one(&unit.reached, &unit.maximum),
        reached: printer.points(&unit.reached),
        maximum: printer.points(&unit.maximum),
        provisional,
        published,
    }
}

fn parts(printer: &Printer, totals: &[TotalRow]) -> Vec<Part> {
    let t = Words::of(printer.lang);
    let part = |(node, name): (&str, &'static str)| {
        let total = totals.iter().find(|t| t.node.as_str() == node)?;
        Some(Part {
            name,
            reached: printer.points(&total.reached),
            maximum: printer.points(&total.maximum),
            percent: printer.percent(&total.reached, &total.maximum),
            bar: Bar::one(&total.reached, &total.maximum),
        })
    };
    [("appraisal", t.appraisal), ("survey", t.survey)].into_iter().filter_map(part).collect()
}

fn sheet(printer: &Printer, unit: &UnitRow) -> Sheet {
    let class = match unit.state {
        SheetState::Open => "now",
        SheetState::Submitted => "done",
        SheetState::Closed => "due",
    };
    Sheet {
        state: unit.state.name(printer.lang),
        class,
        version: unit.version,
        digest: unit.digest.to_string(),
        scored: format!("{} / {}", printer.count(unit.scored), printer.count(unit.leaves)),
        flagged: printer.count(unit.flagged),
        exempted: printer.count(unit.exempted),
    }
}

fn lowered_sentence(printer: &Printer, lowered: &Lowered) -> String {
    let t = Words::of(printer.lang);
    if lowered.leaves == 0 {
        return t.lowered_none.to_owned();
    }
    fill(t.lowered_sum, &[&printer.count(lowered.leaves), &printer.points(&lowered.points)])
}

fn extra(printer: &Printer, row: &ExtraRow) -> Extra {
    let points = match row.sign {
        Sign::Bonus => row.points.clone(),
        Sign::Penalty => &Exact::zero() - &row.points,
    };
    Extra {
        code: row.code.to_string(),
        title: pick(printer.lang, &row.title_vi, &row.title_en).to_owned(),
        sign: words::sign(printer.lang, row.sign),
        points: printer.points(&points),
    }
}
