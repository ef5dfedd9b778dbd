//! How ranks moved: a standing against the publication before it in the same round, or against what the round before has published.
//! It ranks nothing: both sides are ranks of the projection's rows, of one block.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::rows::{PublicationRow, RoundRow, StandingRow};
use proto::{BlockId, UnitId};
use ranking::Which;

use super::Frame;
use super::standing::{self, Shown, Told};
use crate::Dashboard;
use crate::ask::Ask;
use crate::chart::{Named, Slope};
use crate::refusal::Refusal;
use crate::table::{self, Cell, Table, Tabled, Value, cell, column, text};
use crate::words::{ChartWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "movement.html")]
struct MovementPage {
    t: &'static Words,
    c: &'static ChartWords,
    f: Frame,
    id: String,
    shown: Shown,
    /// What is compared with what; none where there was nothing before.
    against: Option<String>,
    /// What else it can be held against: the query's value, its name, whether it is this one.
    others: Vec<(&'static str, String, bool)>,
    blocks: Vec<Block>,
}

struct Block {
    id: BlockId,
    title: String,
    slope: Slope,
    table: Table,
}

/// What a standing is held against.
struct Before {
    /// The query's value: `publication` or `round`.
    named: &'static str,
    title: String,
    rows: BTreeMap<UnitId, StandingRow>,
}

impl Tabled for MovementPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        self.blocks.iter().map(|block| &block.table).collect()
    }

    fn standing(&self) -> Vec<String> {
        self.shown.said(self.t).into_iter().chain(self.against.clone()).collect()
    }

    fn file(&self) -> String {
        format!("bien-dong-{}-{}", self.id, self.shown.end())
    }
}

/// `/rounds/{round}/movement`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<MovementPage, Refusal> {
    let (t, c) = (Words::of(ask.lang), ChartWords::of(ask.lang));
    let told = standing::told(dashboard, ask, c.movement_title, "movement").await?;
    let mut all = befores(dashboard, &told).await?;
    let wanted = ask.value("against")?;
    let place = match wanted {
        None => (!all.is_empty()).then_some(0),
        Some(name) => Some(all.iter().position(|b| b.named == name).ok_or(Refusal::BadQuery("against"))?),
    };
    let others = all.iter().enumerate().map(|(n, b)| (b.named, b.title.clone(), Some(n) == place)).collect();
    let before = place.map(|place| all.swap_remove(place));
    let now = match told.shown.number {
        0 => c.movement_of_now.to_owned(),
        n => of_this(&told, n),
    };
    let against = before.as_ref().map(|before| fill(c.movement_against, &[&now, &before.title]));
    let groups = told.order.grouped(told.found.rows.clone(), |row| &row.block);
    let blocks = before.iter().flat_map(|before| groups.iter().map(|(id, rows)| block(&told, before, id, rows)));
    Ok(MovementPage {
        t,
        c,
        id: told.found.round.round.to_string(),
        blocks: blocks.collect(),
        against,
        others,
        f: told.frame,
        shown: told.shown,
    })
}

/// A publication of the round that the page is about: its heading has told which.
fn of_this(told: &Told, number: u64) -> String {
    fill(ChartWords::of(told.printer.lang).movement_of_this, &[&number.to_string()])
}

fn of_publication(told: &Told, round: &RoundRow, number: u64) -> String {
    let lang = told.printer.lang;
    let title = pick(lang, &round.title_vi, &round.title_en);
    fill(ChartWords::of(lang).movement_of_round, &[title, &number.to_string()])
}

/// What a standing can be held against, the nearest first: the publication before it, and the latest one of the round before.
async fn befores(dashboard: &Dashboard, told: &Told) -> Result<Vec<Before>, Refusal> {
    let mut all = Vec::new();
    let before = |p: &&PublicationRow| told.shown.number == 0 || p.publication < told.shown.number;
    let by_unit = |rows: Vec<StandingRow>| rows.into_iter().map(|row| (row.unit.clone(), row)).collect();
    let mut view = dashboard.ranking.view().await?;
    if let Some(p) = told.found.publications.iter().rfind(before) {
        let (_, rows) = view.standings(&p.round, Which::Publication(p.publication)).await?;
        let title = of_this(told, p.publication);
        all.push(Before { named: "publication", title, rows: by_unit(rows) });
    }
    let rounds = dashboard.index.view().await?.rounds().await?;
    for round in rounds.iter().filter(|round| round.year < told.found.round.year) {
        let (number, rows) = view.standings(&round.round, Which::Latest).await?;
        // What was not published is nothing to be held against.
        if number > 0 {
            all.push(Before { named: "round", title: of_publication(told, round, number), rows: by_unit(rows) });
            break;
        }
    }
    Ok(all)
}

fn block(told: &Told, before: &Before, id: &BlockId, rows: &[StandingRow]) -> Block {
    let c = ChartWords::of(told.printer.lang);
    let title = told.order.title(told.printer.lang, id);
    let table = moves(told, before, id, rows, &title);
    let named = Named {
        id: format!("slope-{id}"),
        title: format!("{}: {title}", c.movement_title),
        desc: c.movement_desc.to_owned(),
    };
    let heads = [c.movement_before.to_owned(), c.movement_now.to_owned()];
    let slope = Slope::of(named, &table, "short", ("rank_before", "rank_now"), heads);
    Block { id: id.clone(), slope, title, table }
}

fn moves(told: &Told, before: &Before, id: &BlockId, rows: &[StandingRow], title: &str) -> Table {
    let printer = &told.printer;
    let (t, c) = (Words::of(printer.lang), ChartWords::of(printer.lang));
    let columns = vec![
        column("unit", t.unit_id, "").in_files(),
        column("short", t.short, "").in_files(),
        column("name", t.unit, "unit").naming(),
        column("rank_before", c.rank_before, "num"),
        column("rank_now", c.rank_now, "num"),
        column("movement", t.movement, "movement"),
        column("index_before", c.index_before, "num"),
        column("index_now", c.index_now, "num index"),
        column("index_change", c.index_change, "num"),
    ];
    let line = |row: &StandingRow| {
        // A place in another block is no place to be held against this one.
        let was = before.rows.get(&row.unit).filter(|was| was.block == row.block);
        let change = was.and_then(|was| Some(row.index_value.as_ref()? - was.index_value.as_ref()?));
        let places = was.filter(|was| was.rank > 0 && row.rank > 0).map(|was| i64_of(was.rank) - i64_of(row.rank));
        table::row(vec![
            text(row.unit.as_str()),
            standing::short(printer, row),
            standing::name(printer, row),
            was.map_or_else(|| cell(Value::Dash), |was| standing::rank(t, was)),
            standing::rank(t, row),
            places.map_or_else(none, |places| standing::moved(printer, places)),
            was.map_or_else(|| cell(Value::Dash), |was| cell(Value::printed(&was.printed))),
            cell(Value::printed(&row.printed)),
            cell(printer.value(change.as_ref())),
        ])
    };
    Table {
        name: format!("bien-dong-{id}"),
        caption: format!("{}: {title}", c.movement_title),
        class: "ranking",
        label: format!("block-{id}"),
        lang: printer.lang,
        digits: printer.digits,
        columns,
        rows: rows.iter().map(line).collect(),
    }
}

fn none() -> Cell {
    cell(Value::Empty)
}

fn i64_of(rank: u64) -> i64 {
    i64::try_from(rank).expect("a block has not 2^63 units")
}
