//! A heat map: a cell for each row and column of a table, the darker the higher, each with its figure in it.

use proto::Exact;

use super::{Named, shared};
use crate::table::{Row, Table, Value};

/// Where cells begin, and how wide all of them are, in percent of the chart.
const FROM: i64 = 17;
const LONG: i64 = 83;
/// Pixels of a row, and of the heads.
const ROW: u32 = 26;
const HEAD: u32 = 24;
/// From which figure on a cell is a shade darker; below the first it is the lightest.
pub const STEPS: [i64; 4] = [60, 70, 80, 90];

/// A heat map.
pub struct Heat {
    /// What names it.
    pub named: Named,
    /// How high the chart is.
    pub height: u32,
    /// What stands over the columns: where, and what.
    pub heads: Vec<(String, String)>,
    /// Its rows.
    pub rows: Vec<Stripe>,
}

/// A row of cells.
pub struct Stripe {
    /// Its name, as short as it is used.
    pub name: String,
    /// Where that stands.
    pub base: u32,
    /// The cells' upper edge.
    pub top: u32,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A cell.
pub struct Cell {
    /// Where it begins.
    pub left: String,
    /// Where its middle is.
    pub middle: String,
    /// How wide it is.
    pub width: String,
    /// How dark it is, from 0 to 4; none where there is no figure.
    pub shade: Option<usize>,
    /// The figure, as the table has it.
    pub figure: String,
}

impl Heat {
    /// The cells of some columns, for each row that is no sum.
    pub fn of(named: Named, table: &Table, names: &str, columns: &[(String, String)]) -> Self {
        let heads = columns.iter().enumerate().map(|(n, (_, head))| {
            let (_, middle, _) = shared(n, columns.len(), FROM, LONG);
            (middle, head.clone())
        });
        let rows: Vec<Stripe> = table
            .rows
            .iter()
            .filter(|row| !row.sum)
            .zip(0..)
            .map(|(row, n)| stripe(table, row, HEAD + n * ROW, names, columns))
            .collect();
        let height = HEAD + u32::try_from(rows.len()).expect("a table has few rows") * ROW + 2;
        Self { named, height, heads: heads.collect(), rows }
    }
}

fn stripe(table: &Table, row: &Row, top: u32, names: &str, columns: &[(String, String)]) -> Stripe {
    let cells = columns.iter().enumerate().map(|(n, (column, _))| {
        let (left, middle, width) = shared(n, columns.len(), FROM, LONG);
        let value = &row.cells[table.place(column)].value;
        Cell { left, middle, width, shade: shade(value), figure: value.read(table.lang) }
    });
    let name = row.cells[table.place(names)].value.read(table.lang);
    Stripe { name, base: top + 17, top, cells: cells.collect() }
}

fn shade(value: &Value) -> Option<usize> {
    let reached = value.exact()?;
    Some(STEPS.iter().filter(|from| reached >= Exact::whole(**from)).count())
}
