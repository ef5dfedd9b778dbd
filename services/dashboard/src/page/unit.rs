//! A unit's page: its index, its parts, and every leaf with all of its stages.
//! It adds up nothing but differences between stages; totals are the projection's rows.

mod leaves;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::document::{Lang, Sign};
use proto::filling::SheetRows;
use proto::rows::{ExtraRow, Level, NodeRow, RoundRow, ScoreRow, SheetState, StandingRow, TotalRow, UnitRow};
use proto::said::Named;
use proto::{Exact, Rejection, RoundId};
use ranking::Which;

use self::leaves::{Field, Lowered, fields, lowered};
use super::{Bar, Frame, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::table::{self, Cell, Row, Table, Tabled, Value, cell, column, text};
use crate::words::{self, ChartWords, Words, fill, pick, short_beside};

#[derive(Template)]
#[template(path = "unit.html")]
struct UnitPage {
    t: &'static Words,
    f: Frame,
    id: String,
    unit: Head,
    c: &'static ChartWords,
    standing: Standing,
    parts: Table,
    sheet: Sheet,
    by_field: Table,
    fields: Vec<Field>,
    lowered: String,
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
    /// Why the figures are provisional; none once they are published as they are.
    provisional: Option<&'static str>,
    published: Option<String>,
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

impl Tabled for UnitPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        [&self.parts, &self.by_field].into_iter().chain(self.fields.iter().map(|field| &field.table)).collect()
    }

    fn standing(&self) -> Vec<String> {
        let provisional = self.standing.provisional.map(|why| format!("{}: {why}", self.t.provisional));
        let digest = format!("{}: {}", self.t.sheet_digest, self.sheet.digest);
        provisional.into_iter().chain(self.standing.published.clone()).chain([digest]).collect()
    }

    fn file(&self) -> String {
        format!("don-vi-{}-{}", self.id, self.unit.id)
    }
}

/// `/rounds/{round}/units/{unit}`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
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
    f.follows(ask, &format!("/rounds/{id}/units/{}", unit.unit));
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
        c: ChartWords::of(ask.lang),
        parts: parts(printer, unit, totals, extras),
        sheet: sheet(printer, unit),
        lowered: lowered_sentence(printer, &lowered(scores)),
        by_field: by_field(printer, nodes, totals),
        fields: fields(printer, unit, nodes, totals, scores),
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
        provisional,
        published,
    }
}

/// What the total is made of: appraisal, survey, bonuses and penalties.
fn parts(printer: &Printer, unit: &UnitRow, totals: &[TotalRow], extras: &[ExtraRow]) -> Table {
    let t = Words::of(printer.lang);
    let part = |(node, name): (&str, &'static str)| {
        let total = totals.iter().find(|t| t.node.as_str() == node)?;
        Some(table::row(shares(printer, text(name), &total.reached, &total.maximum)))
    };
    let mut rows: Vec<Row> = [("appraisal", t.appraisal), ("survey", t.survey)].into_iter().filter_map(part).collect();
    rows.extend(extras.iter().map(|row| table::row(extra(printer, unit, row))));
    let mut sum = shares(printer, text(t.total), &unit.reached, &unit.maximum);
    sum[3] = cell(printer.value(unit.index_value.as_ref()));
    rows.push(Row { class: "sum", sum: true, cells: sum });
    Table {
        name: "co-cau".to_owned(),
        caption: t.composition.to_owned(),
        class: "parts",
        label: "parts-title".to_owned(),
        lang: printer.lang,
        digits: printer.digits,
        columns: vec![
            column("part", t.kind, "").naming().silent(),
            column("reached", t.reached, "num"),
            column("maximum", t.col_maximum, "num"),
            column("percent", t.percent, "num"),
            column("bar", t.percent, "bar-cell").on_page().silent(),
        ],
        rows,
    }
}

/// The fields one below the other.
fn by_field(printer: &Printer, nodes: &[NodeRow], totals: &[TotalRow]) -> Table {
    let t = Words::of(printer.lang);
    let line = |node: &NodeRow| {
        let total = totals.iter().find(|total| total.node == node.code);
        let (reached, maximum) = total.map_or_else(Default::default, |t| (t.reached.clone(), t.maximum.clone()));
        let name = format!("{}. {}", node.code, pick(printer.lang, &node.title_vi, &node.title_en));
        table::row(shares(printer, text(name).to(format!("#field-{}", node.code)), &reached, &maximum))
    };
    Table {
        name: "linh-vuc".to_owned(),
        caption: t.fields.to_owned(),
        class: "fields",
        label: "fields-title".to_owned(),
        lang: printer.lang,
        digits: printer.digits,
        columns: vec![
            column("field", t.field, "").naming(),
            column("reached", t.reached, "num"),
            column("maximum", t.col_maximum, "num"),
            column("percent", t.percent, "num"),
            column("bar", t.percent, "bar-cell").on_page().silent(),
        ],
        rows: nodes.iter().filter(|node| node.level == Level::Field).map(line).collect(),
    }
}

/// A name with what was reached, of what, their ratio, and that as a bar.
fn shares(printer: &Printer, name: Cell, reached: &Exact, maximum: &Exact) -> Vec<Cell> {
    let bar = Cell { bar: Some(Bar::one(reached, maximum)), ..cell(Value::Empty) };
    let points = |value| cell(printer.value(Some(value)));
    vec![name, points(reached), points(maximum), cell(printer.share(reached, maximum)), bar]
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

fn extra(printer: &Printer, unit: &UnitRow, row: &ExtraRow) -> Vec<Cell> {
    let points = match row.sign {
        Sign::Bonus => row.points.clone(),
        Sign::Penalty => &Exact::zero() - &row.points,
    };
    let history = format!("/rounds/{}/units/{}/history?leaf={}", unit.round, unit.unit, row.code);
    let title = pick(printer.lang, &row.title_vi, &row.title_en);
    let name = text(format!("{title} ({})", words::sign(printer.lang, row.sign)));
    let empty = || cell(Value::Empty);
    let name = Cell { lead: Some((history, row.code.to_string())), ..name };
    vec![name, cell(printer.value(Some(&points))), empty(), empty(), empty()]
}
