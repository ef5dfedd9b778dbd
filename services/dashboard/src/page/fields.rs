//! Units x fields as a heat map: the share of each field's points that each unit has reached, block by block.
//! Points by field stand in the index as they are now: a unit's are shown only while they make up the standing that is shown.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::rows::{Level, NodeRow, StandingRow};
use proto::{BlockId, Exact};

use super::Frame;
use super::standing::{self, Shown, Told};
use crate::Dashboard;
use crate::ask::Ask;
use crate::chart::{Heat, Named, STEPS};
use crate::number::percent;
use crate::refusal::Refusal;
use crate::table::{self, Cell, Column, Row, Table, Tabled, Value, cell, column, text};
use crate::words::{ChartWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "fields.html")]
struct FieldsPage {
    t: &'static Words,
    c: &'static ChartWords,
    f: Frame,
    id: String,
    shown: Shown,
    /// What each shade means: its number, and from where on.
    shades: Vec<(usize, String)>,
    blocks: Vec<Block>,
}

struct Block {
    id: BlockId,
    title: String,
    count: String,
    /// The fields by their short names.
    named: Vec<(String, String)>,
    heat: Heat,
    table: Table,
    /// How many units are left out, in words.
    moved: Option<String>,
}

impl Tabled for FieldsPage {
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
        format!("linh-vuc-{}-{}", self.id, self.shown.end())
    }
}

/// `/rounds/{round}/fields`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<FieldsPage, Refusal> {
    let (t, c) = (Words::of(ask.lang), ChartWords::of(ask.lang));
    let told = standing::told(dashboard, ask, c.fields_title, "fields").await?;
    let groups = told.order.grouped(told.found.rows.clone(), |row| &row.block);
    let blocks = groups.iter().map(|(id, rows)| block(&told, id, rows)).collect();
    let from = STEPS.iter().enumerate().map(|(n, from)| (n + 1, fill(c.shade_from, &[&from.to_string()])));
    let below = (0, fill(c.shade_below, &[&STEPS[0].to_string()]));
    Ok(FieldsPage {
        t,
        c,
        id: told.found.round.round.to_string(),
        shades: std::iter::once(below).chain(from).collect(),
        blocks,
        f: told.frame,
        shown: told.shown,
    })
}

/// The fields of a block's tree, in its order.
pub fn fields_of<'a>(told: &'a Told, block: &BlockId) -> Vec<&'a NodeRow> {
    let kind = told.found.blocks.iter().find(|row| row.block == *block).map(|row| &row.kind);
    let nodes = kind.and_then(|kind| told.found.nodes.get(kind));
    nodes.into_iter().flatten().filter(|node| node.level == Level::Field).collect()
}

fn block(told: &Told, id: &BlockId, rows: &[StandingRow]) -> Block {
    let lang = told.printer.lang;
    let (t, c) = (Words::of(lang), ChartWords::of(lang));
    let fields = fields_of(told, id);
    let named: Vec<(String, String)> = fields
        .iter()
        .map(|node| (fill(c.field_short, &[node.code.as_str()]), pick(lang, &node.title_vi, &node.title_en).to_owned()))
        .collect();
    let title = told.order.title(lang, id);
    let table = fields_table(told, id, &fields, rows, &title);
    let columns: Vec<(String, String)> =
        fields.iter().zip(&named).map(|(node, (short, _))| (of_field(node), short.clone())).collect();
    let chart = Named {
        id: format!("heat-{id}"),
        title: format!("{}: {title}", c.fields_title),
        desc: c.fields_desc.to_owned(),
    };
    let moved = rows.iter().filter(|row| !told.found.still(row)).count() as u64;
    Block {
        heat: Heat::of(chart, &table, "short", &columns),
        moved: (moved > 0).then(|| fill(c.fields_moved, &[&told.printer.count(moved)])),
        count: fill(t.block_count, &[&told.printer.count(rows.len() as u64)]),
        id: id.clone(),
        title,
        named,
        table,
    }
}

/// The name of a field's column.
fn of_field(node: &NodeRow) -> String {
    format!("field_{}", node.code)
}

fn fields_table(told: &Told, id: &BlockId, fields: &[&NodeRow], rows: &[StandingRow], title: &str) -> Table {
    let printer = &told.printer;
    let (t, c) = (Words::of(printer.lang), ChartWords::of(printer.lang));
    let mut columns: Vec<Column> = vec![
        column("rank", t.rank, "num rank"),
        column("unit", t.unit_id, "").in_files(),
        column("short", t.short, "").in_files(),
        column("name", t.unit, "unit").naming(),
    ];
    columns.extend(fields.iter().map(|node| {
        let title = pick(printer.lang, &node.title_vi, &node.title_en);
        let long = fill(c.field_long, &[node.code.as_str(), title]);
        column(of_field(node), fill(c.field_short, &[node.code.as_str()]), "num").long(long)
    }));
    columns.push(column("index", t.index, "num index"));
    let shares = |row: &StandingRow| -> Vec<Option<Exact>> {
        let still = told.found.still(row);
        let total = |node: &&NodeRow| told.found.totals.get(&(row.unit.clone(), node.code.clone()));
        let share = |node| total(node).filter(|_| still).and_then(|total| percent(&total.reached, &total.maximum));
        fields.iter().map(share).collect()
    };
    let all: Vec<Vec<Option<Exact>>> = rows.iter().map(shares).collect();
    let line = |(row, shares): (&StandingRow, &Vec<Option<Exact>>)| {
        let mut cells = vec![
            standing::rank(t, row),
            text(row.unit.as_str()),
            standing::short(printer, row),
            standing::name(printer, row),
        ];
        cells.extend(shares.iter().map(|share| cell(printer.value(share.as_ref()))));
        cells.push(cell(Value::printed(&row.printed)));
        table::row(cells)
    };
    let mut lines: Vec<Row> = rows.iter().zip(&all).map(line).collect();
    let mean = |values: Vec<Exact>| cell(printer.mean(&values));
    let mut cells: Vec<Cell> = vec![cell(Value::Empty), cell(Value::Empty), cell(Value::Empty), text(t.mean)];
    cells.extend((0..fields.len()).map(|n| mean(all.iter().filter_map(|shares| shares[n].clone()).collect())));
    cells.push(mean(rows.iter().filter_map(|row| row.index_value.clone()).collect()));
    lines.push(Row { class: "mean", sum: true, cells });
    Table {
        name: format!("linh-vuc-{id}"),
        caption: format!("{}: {title}", c.fields_title),
        class: "fields",
        label: format!("block-{id}"),
        lang: printer.lang,
        digits: printer.digits,
        columns,
        rows: lines,
    }
}
