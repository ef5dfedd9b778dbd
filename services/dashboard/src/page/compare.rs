//! Two units side by side, field by field, in one standing: what each has reached of what applies to it.
//! Where their trees of criteria differ, only the whole results are compared.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::rows::{NodeRow, StandingRow};
use proto::{Exact, Rejection, UnitId};

use super::Frame;
use super::fields::fields_of;
use super::standing::{self, Shown, Told};
use crate::Dashboard;
use crate::ask::Ask;
use crate::chart::{Bars, Named, Pair};
use crate::number::percent;
use crate::refusal::Refusal;
use crate::table::{self, Cell, Table, Tabled, Value, cell, column, text};
use crate::words::{ChartWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    t: &'static Words,
    c: &'static ChartWords,
    f: Frame,
    id: String,
    shown: Shown,
    /// The units of each block: id, name.
    choices: Vec<(String, Vec<(UnitId, String)>)>,
    /// The two fields of the form: label, name.
    labels: [(&'static str, &'static str); 2],
    /// Which two are chosen.
    chosen: [Option<UnitId>; 2],
    /// Why nothing is compared.
    fault: Option<&'static str>,
    both: Option<Both>,
}

impl ComparePage {
    /// Whether a unit is the one that is asked for first or second; where none is, the first two of the standing are.
    fn is_chosen(&self, n: &usize, unit: &UnitId) -> bool {
        match &self.chosen[*n] {
            Some(chosen) => chosen == unit,
            None => self.choices.iter().flat_map(|(_, units)| units).nth(*n).is_some_and(|(first, _)| first == unit),
        }
    }
}

/// What is compared.
struct Both {
    /// What the bars are of.
    upper: String,
    lower: String,
    bars: Option<Bars>,
    whole: Table,
    fields: Option<Table>,
    /// How many of the two have other points by field by now, in words.
    moved: Option<String>,
}

impl Tabled for ComparePage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        self.both.iter().flat_map(|both| std::iter::once(&both.whole).chain(&both.fields)).collect()
    }

    fn standing(&self) -> Vec<String> {
        self.shown.said(self.t)
    }

    fn file(&self) -> String {
        let units = self.chosen.iter().flatten().map(|unit| format!("-{unit}"));
        format!("so-sanh-{}-{}{}", self.id, self.shown.end(), units.collect::<String>())
    }
}

/// `/rounds/{round}/compare?units=a,b`; the page's own form says `a=` and `b=`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    table::answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<ComparePage, Refusal> {
    let (t, c) = (Words::of(ask.lang), ChartWords::of(ask.lang));
    let mut told = standing::told(dashboard, ask, c.compare_title, "compare").await?;
    let chosen = chosen(ask)?;
    let row = |unit: &UnitId| {
        let row = told.found.rows.iter().find(|row| row.unit == *unit);
        row.ok_or_else(|| Refusal::from(Rejection::UnitUnknown { unit: unit.clone() }))
    };
    let rows = [chosen[0].as_ref().map(row).transpose()?, chosen[1].as_ref().map(row).transpose()?];
    let same = chosen[0].is_some() && chosen[0] == chosen[1];
    let both = match rows {
        [Some(first), Some(second)] if !same => Some(both(&told, [first, second])),
        _ => None,
    };
    if let ([Some(first), Some(second)], Some(_)) = (rows, &both) {
        told.frame.title = fill(c.compare_of, &[name(&told, first), name(&told, second)]);
    }
    let groups = told.order.grouped(told.found.rows.clone(), |row| &row.block);
    let choices = groups.iter().map(|(block, rows)| {
        let of = |row: &StandingRow| (row.unit.clone(), name(&told, row).to_owned());
        (told.order.title(ask.lang, block), rows.iter().map(of).collect())
    });
    Ok(ComparePage {
        t,
        c,
        id: told.found.round.round.to_string(),
        choices: choices.collect(),
        labels: [(c.compare_first, "a"), (c.compare_second, "b")],
        fault: same.then_some(c.compare_same),
        chosen,
        both,
        f: told.frame,
        shown: told.shown,
    })
}

/// Which two units are asked for.
fn chosen(ask: &Ask) -> Result<[Option<UnitId>; 2], Refusal> {
    let Some(units) = ask.value("units")? else { return Ok([ask.id("a")?, ask.id("b")?]) };
    let (first, second) = units.split_once(',').ok_or(Refusal::BadQuery("units"))?;
    let unit = |text: &str| UnitId::parse(text.trim()).map(Some).map_err(|_| Refusal::BadQuery("units"));
    Ok([unit(first)?, unit(second)?])
}

fn name<'a>(told: &Told, row: &'a StandingRow) -> &'a str {
    pick(told.printer.lang, &row.name_vi, &row.name_en)
}

/// How the table's heads name a unit.
fn short<'a>(told: &Told, row: &'a StandingRow) -> &'a str {
    if row.short.is_empty() { name(told, row) } else { &row.short }
}

fn both(told: &Told, rows: [&StandingRow; 2]) -> Both {
    let c = ChartWords::of(told.printer.lang);
    let names = rows.map(|row| name(told, row));
    let kind = |row: &StandingRow| told.found.blocks.iter().find(|b| b.block == row.block).map(|b| &b.kind);
    let fields = (kind(rows[0]) == kind(rows[1])).then(|| by_field(told, rows, &fields_of(told, &rows[0].block)));
    let named = |c: &ChartWords| Named {
        id: "pair".to_owned(),
        title: fill(c.compare_of, &names),
        desc: fill(c.compare_desc, &names),
    };
    let pair = Pair { first: "share_a", second: "share_b" };
    let moved = rows.iter().filter(|row| !told.found.still(row)).count() as u64;
    Both {
        upper: fill(c.compare_upper, &names[..1]),
        lower: fill(c.compare_lower, &names[1..]),
        bars: fields.as_ref().map(|table| Bars::pairs(named(c), table, "short", &pair)),
        moved: (moved > 0).then(|| fill(c.fields_moved, &[&told.printer.count(moved)])),
        whole: whole(told, rows),
        fields,
    }
}

fn whole(told: &Told, rows: [&StandingRow; 2]) -> Table {
    let (printer, t) = (&told.printer, Words::of(told.printer.lang));
    let c = ChartWords::of(printer.lang);
    let names = rows.map(|row| name(told, row));
    let columns =
        vec![column("what", c.compare_what, "").naming(), column("a", names[0], "num"), column("b", names[1], "num")];
    let line = |what: &str, of: &dyn Fn(&StandingRow) -> Cell| table::row(vec![text(what), of(rows[0]), of(rows[1])]);
    let of = |row: &StandingRow, reached| match reached {
        Part::Appraisal => cell(printer.share(&row.appraisal_reached, &row.appraisal_maximum)),
        Part::Survey => cell(printer.share(&row.survey_reached, &row.survey_maximum)),
    };
    let points = |value: &Exact| cell(printer.value(Some(value)));
    Table {
        name: "chung".to_owned(),
        caption: c.compare_whole.to_owned(),
        class: "compare",
        label: "whole-title".to_owned(),
        lang: printer.lang,
        digits: printer.digits,
        columns,
        rows: vec![
            line(c.compare_block, &|row| text(told.order.title(printer.lang, &row.block))),
            line(c.compare_of_count, &|row| standing::rank(t, row)),
            line(t.index, &|row| cell(Value::printed(&row.printed))),
            line(t.band, &|row| standing::band(printer, row)),
            line(t.appraisal_percent, &|row| of(row, Part::Appraisal)),
            line(t.survey_percent, &|row| of(row, Part::Survey)),
            line(t.reached, &|row| points(&row.reached)),
            line(t.col_maximum, &|row| points(&row.maximum)),
        ],
    }
}

/// A part of a result.
enum Part {
    Appraisal,
    Survey,
}

fn by_field(told: &Told, rows: [&StandingRow; 2], fields: &[&NodeRow]) -> Table {
    let printer = &told.printer;
    let (t, c) = (Words::of(printer.lang), ChartWords::of(printer.lang));
    let shorts = rows.map(|row| short(told, row));
    let columns = vec![
        column("short", t.code_short, "").in_files(),
        column("field", t.field, "").naming(),
        column("reached_a", fill(c.compare_reached, &shorts[..1]), "num"),
        column("reached_b", fill(c.compare_reached, &shorts[1..]), "num"),
        column("share_a", fill(c.compare_share, &shorts[..1]), "num index"),
        column("share_b", fill(c.compare_share, &shorts[1..]), "num index"),
        column("difference", c.compare_difference, "num"),
    ];
    let line = |node: &&NodeRow| {
        let totals = rows.map(|row| told.found.total(row, &node.code));
        let reached = totals.map(|total| cell(printer.value(total.map(|total| &total.reached))));
        let shares = totals.map(|total| total.and_then(|total| percent(&total.reached, &total.maximum)));
        let difference = match &shares {
            [Some(first), Some(second)] => Some(first - second),
            _ => None,
        };
        let [reached_a, reached_b] = reached;
        let [share_a, share_b] = shares.map(|share| cell(printer.value(share.as_ref())));
        let title = pick(printer.lang, &node.title_vi, &node.title_en);
        table::row(vec![
            text(fill(c.field_short, &[node.code.as_str()])),
            text(format!("{}. {title}", node.code)),
            reached_a,
            reached_b,
            share_a,
            share_b,
            cell(printer.value(difference.as_ref())),
        ])
    };
    Table {
        name: "linh-vuc".to_owned(),
        caption: c.compare_fields.to_owned(),
        class: "fields",
        label: "fields-title".to_owned(),
        lang: printer.lang,
        digits: printer.digits,
        columns,
        rows: fields.iter().map(line).collect(),
    }
}
