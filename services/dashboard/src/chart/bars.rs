//! Bars from 0 to 100 with their axis: one for a row, of up to two parts, or two side by side.

use proto::Exact;

use super::{Named, Tick, across};
use crate::table::Table;

/// Where bars begin, and how long one of 100 is, in percent of the chart. What is left holds the figures.
const FROM: i64 = 28;
const LONG: i64 = 58;
/// Pixels of a row with one bar, of one with two, of a bar, and of the axis.
const ROW: u32 = 22;
const PAIR_ROW: u32 = 38;
const BAR: u32 = 14;
const AXIS: u32 = 24;

/// Two columns whose figures stand side by side.
pub struct Pair {
    /// The upper one.
    pub first: &'static str,
    /// The lower one.
    pub second: &'static str,
}

/// Bars.
pub struct Bars {
    /// What names them.
    pub named: Named,
    /// How high the chart is.
    pub height: u32,
    /// Where the axis' labels stand.
    pub axis: u32,
    /// Where its lines end.
    pub foot: u32,
    /// Its lines.
    pub ticks: Vec<Tick>,
    /// A row of the table each.
    pub rows: Vec<Strips>,
    /// Where bars begin.
    pub from: String,
}

/// What stands for one row.
pub struct Strips {
    /// The row's name, as short as it is used.
    pub name: String,
    /// Where that stands.
    pub at: u32,
    /// Its bars.
    pub strips: Vec<Strip>,
}

/// A bar.
pub struct Strip {
    /// Its upper edge.
    pub top: u32,
    /// How long its first part is; none of a bar of one part.
    pub first: Option<String>,
    /// How long it is.
    pub whole: String,
    /// Whether it is the second of two.
    pub second: bool,
    /// Where the figure stands.
    pub end: String,
    /// Where its line of letters stands.
    pub base: u32,
    /// The figure, as the table has it.
    pub figure: String,
}

impl Bars {
    /// A bar for each row that has a name and is no sum; `parts` says how much of it the first part is, row by row.
    pub fn of(named: Named, table: &Table, (names, figures): (&str, &str), parts: &[Exact]) -> Self {
        let figures = table.place(figures);
        let rows = table.rows.iter().filter(|row| !row.sum).enumerate().map(|(n, row)| {
            let top = u32::try_from(n).expect("a table has few rows") * ROW + 4;
            let first = parts.get(n).map(|part| across(part, 0, LONG));
            Strips {
                name: name(table, row, names),
                at: top + 11,
                strips: vec![strip(table, &row.cells[figures].value, top, first, false)],
            }
        });
        Self::drawn(named, rows.collect(), ROW)
    }

    /// Two bars for each row.
    pub fn pairs(named: Named, table: &Table, names: &str, pair: &Pair) -> Self {
        let columns = [pair.first, pair.second].map(|column| table.place(column));
        let rows = table.rows.iter().filter(|row| !row.sum).enumerate().map(|(n, row)| {
            let top = u32::try_from(n).expect("a table has few rows") * PAIR_ROW + 4;
            let [first, second] = columns.map(|column| &row.cells[column].value);
            let strips = vec![strip(table, first, top, None, false), strip(table, second, top + BAR + 1, None, true)];
            Strips { name: name(table, row, names), at: top + BAR + 4, strips }
        });
        Self::drawn(named, rows.collect(), PAIR_ROW)
    }

    fn drawn(named: Named, rows: Vec<Strips>, each: u32) -> Self {
        let foot = u32::try_from(rows.len()).expect("a table has few rows") * each + 4;
        let tick = |at: i64| Tick { at: across(&Exact::whole(at), FROM, LONG), label: at.to_string() };
        let ticks = [0, 25, 50, 75, 100].map(tick).into();
        Self { named, height: foot + AXIS, axis: foot + 16, foot, ticks, rows, from: format!("{FROM}%") }
    }
}

fn name(table: &Table, row: &crate::table::Row, names: &str) -> String {
    let cell = &row.cells[table.place(names)];
    cell.value.read(table.lang)
}

fn strip(table: &Table, value: &crate::table::Value, top: u32, first: Option<String>, second: bool) -> Strip {
    let reached = value.exact().unwrap_or_default();
    Strip {
        top,
        first,
        whole: across(&reached, 0, LONG),
        second,
        end: across(&reached, FROM, LONG),
        base: top + 11,
        figure: value.read(table.lang),
    }
}
