//! The ranking's page: each block with its bars, in a publication or as it stands now.
//! It ranks nothing itself: ranks, bands and movements are the projection's rows.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::rows::{PublicationRow, StandingRow};
use proto::{BlockId, Exact};
use ranking::Which;

use super::standing::{self, Shown};
use super::{Frame, open};
use crate::Dashboard;
use crate::ask::Ask;
use crate::blocks::Blocks;
use crate::chart::{Bars, Named};
use crate::number::{Printer, percent};
use crate::refusal::Refusal;
use crate::table::{self, Cell, Row, Table, Tabled, Value, cell, column, text};
use crate::words::{ChartWords, ReportWords, Words, fill, pick, short_beside};

#[derive(Template)]
#[template(path = "ranking.html")]
struct RankingPage {
    t: &'static Words,
    w: &'static ReportWords,
    c: &'static ChartWords,
    f: Frame,
    id: String,
    shown: Shown,
    blocks: Vec<Block>,
}

struct Block {
    id: BlockId,
    title: String,
    count: String,
    /// The bands that stand in the block: code and title.
    bands: Vec<(String, String)>,
    bars: Bars,
    table: Table,
}

/// What the rows of a block are made with.
struct Making<'a> {
    printer: &'a Printer,
    /// The page's path.
    path: String,
    /// Between which moments places moved, as a query names them.
    why: Option<String>,
}

impl Tabled for RankingPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        self.blocks.iter().map(|block| &block.table).collect()
    }

    fn standing(&self) -> Vec<String> {
        self.shown.said(self.t)
    }

    fn file(&self) -> String {
        format!("xep-hang-{}-{}", self.id, self.shown.end())
    }
}

/// `/rounds/{round}`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<RankingPage, Refusal> {
    let t = Words::of(ask.lang);
    let which = ask.which()?;
    let mut opened = open(dashboard, ask, t.ranking_title).await?;
    let order = Blocks(opened.view.blocks(&opened.round.round).await?);
    let mut f = opened.frame;
    let mut view = dashboard.ranking.view().await?;
    f.reads_at(t.as_of_ranking, view.cursor());
    f.here = "ranking";
    let publications = view.publications(&opened.round.round).await?;
    let (number, rows) = view.standings(&opened.round.round, which).await?;
    if matches!(which, Which::Publication(n) if !publications.iter().any(|p| p.publication == n)) {
        return Err(Refusal::unknown("publication_unknown"));
    }
    let shown = publications.iter().find(|p| p.publication == number);
    let id = opened.round.round.to_string();
    let making = Making { printer: &opened.printer, path: format!("/rounds/{id}"), why: since(shown, &publications) };
    f.follows(ask, &format!("/rounds/{}", opened.round.round));
    Ok(RankingPage {
        t,
        w: ReportWords::of(ask.lang),
        c: ChartWords::of(ask.lang),
        f,
        shown: Shown::of(t, &opened.round, number, &publications),
        blocks: order
            .grouped(rows, |row| &row.block)
            .into_iter()
            .map(|(id, rows)| making.block(&order, id, &rows))
            .collect(),
        id,
    })
}

/// The two moments between which the places moved that are shown, as a query names them; none where none was before.
fn since(shown: Option<&PublicationRow>, all: &[PublicationRow]) -> Option<String> {
    let earlier = |p: &&PublicationRow| shown.is_none_or(|row| p.publication < row.publication);
    let before = all.iter().rfind(earlier)?;
    let to = shown.map_or(String::new(), |row| row.position.to_string());
    Some(format!("from={}&to={to}", before.position))
}

impl Making<'_> {
    fn block(&self, order: &Blocks, id: BlockId, rows: &[StandingRow]) -> Block {
        let (printer, c) = (self.printer, ChartWords::of(self.printer.lang));
        let t = Words::of(printer.lang);
        let title = order.title(printer.lang, &id);
        let code = |row: &StandingRow| row.band.as_ref().map(|code| code.as_str().to_uppercase());
        let band = |row: &StandingRow| Some((code(row)?, pick(printer.lang, &row.band_vi, &row.band_en).to_owned()));
        let mut bands: Vec<(String, String)> = rows.iter().filter_map(band).collect();
        bands.dedup();
        let table = self.table(&title, &id, rows);
        let named = Named {
            id: format!("bars-{id}"),
            title: format!("{}: {title}", t.index),
            desc: fill(c.bars_desc, &[&printer.count(rows.len() as u64)]),
        };
        let bars = Bars::of(named, &table, ("short", "index"), &rows.iter().map(appraised).collect::<Vec<_>>());
        Block { count: fill(t.block_count, &[&printer.count(rows.len() as u64)]), title, bands, bars, table, id }
    }

    fn table(&self, title: &str, block: &BlockId, rows: &[StandingRow]) -> Table {
        let t = Words::of(self.printer.lang);
        let columns = vec![
            column("rank", t.rank, "num rank"),
            column("unit", t.unit_id, "").in_files(),
            column("short", t.short, "").in_files(),
            column("name", t.unit, "unit").naming(),
            column("index", t.index, "num index"),
            column("band", t.band, "middle"),
            column("movement", t.movement, "movement"),
            column("appraisal", t.appraisal_percent, "num"),
            column("survey", t.survey_percent, "num"),
        ];
        let mut lines: Vec<Row> = rows.iter().map(|row| table::row(self.place(row))).collect();
        lines.push(self.mean(rows));
        Table {
            name: format!("xep-hang-{block}"),
            caption: title.to_owned(),
            class: "ranking",
            label: format!("block-{block}"),
            lang: self.printer.lang,
            digits: self.printer.digits,
            columns,
            rows: lines,
        }
    }

    fn place(&self, row: &StandingRow) -> Vec<Cell> {
        let (printer, t) = (self.printer, Words::of(self.printer.lang));
        let unit = format!("{}/units/{}", self.path, row.unit);
        let name = standing::name(printer, row);
        let short = match &name.value {
            Value::Text(name) => short_beside(name, &row.short),
            _ => String::new(),
        };
        let moved = standing::moved(printer, row.movement);
        let why = self.why.as_ref().filter(|_| row.movement != 0).map(|why| format!("{unit}/why-rank?{why}"));
        vec![
            standing::rank(t, row),
            text(row.unit.as_str()),
            standing::short(printer, row),
            Cell { short, ..name }.to(unit),
            cell(Value::printed(&row.printed)),
            standing::band(printer, row),
            Cell { link: why, linked: t.why_rank_link, ..moved },
            cell(printer.share(&row.appraisal_reached, &row.appraisal_maximum)),
            cell(printer.share(&row.survey_reached, &row.survey_maximum)),
        ]
    }

    /// The means over the units that have the value: each unit counts once, whatever its maximum.
    fn mean(&self, rows: &[StandingRow]) -> Row {
        let t = Words::of(self.printer.lang);
        let mean = |value: fn(&StandingRow) -> Option<Exact>| {
            let values: Vec<Exact> = rows.iter().filter_map(value).collect();
            cell(self.printer.mean(&values))
        };
        let empty = || cell(Value::Empty);
        let cells = vec![
            empty(),
            empty(),
            empty(),
            text(t.mean),
            mean(|r| r.index_value.clone()),
            empty(),
            empty(),
            mean(|r| percent(&r.appraisal_reached, &r.appraisal_maximum)),
            mean(|r| percent(&r.survey_reached, &r.survey_maximum)),
        ];
        Row { class: "mean", sum: true, cells }
    }
}

/// How much of a unit's index appraised points make.
fn appraised(row: &StandingRow) -> Exact {
    let index = row.index_value.clone().unwrap_or_default();
    percent(&row.appraisal_reached, &row.maximum).unwrap_or_default().min(index)
}
