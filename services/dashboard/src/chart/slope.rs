//! Places then and now, joined: who rose stands higher on the right. A unit without a place on one side has no line.

use super::Named;
use crate::table::{Row, Table};

/// Pixels of a place, and of the heads.
const ROW: u32 = 20;
const HEAD: u32 = 30;

/// A chart of movement.
pub struct Slope {
    /// What names it.
    pub named: Named,
    /// How high the chart is.
    pub height: u32,
    /// What stands over the two sides.
    pub heads: [String; 2],
    /// The places on the left, and on the right.
    pub sides: [Vec<Label>; 2],
    /// From where to where down, and how it looks: `up`, `down` or `still`.
    pub lines: Vec<(u32, u32, &'static str)>,
}

/// A unit's place on one side.
pub struct Label {
    /// How far down it stands, and its line of letters.
    pub at: u32,
    /// Its line of letters.
    pub base: u32,
    /// The rank, as the table has it.
    pub rank: String,
    /// The unit, as short as it is used.
    pub name: String,
}

impl Slope {
    /// The places in two columns of ranks. Where two are equal they stand one below the other, and say the same rank.
    pub fn of(named: Named, table: &Table, names: &str, (then, now): (&str, &str), heads: [String; 2]) -> Self {
        let columns = [table.place(then), table.place(now)];
        let orders = columns.map(|column| ordered(table, column));
        let names = table.place(names);
        let at = |slot: usize| HEAD + u32::try_from(slot).expect("a table has few rows") * ROW + ROW / 2;
        let side = |n: usize| -> Vec<Label> {
            let labels = orders[n].iter().enumerate().map(|(slot, row)| Label {
                at: at(slot),
                base: at(slot) + 4,
                rank: row.cells[columns[n]].value.read(table.lang),
                name: row.cells[names].value.read(table.lang),
            });
            labels.collect()
        };
        let lines = orders[0].iter().enumerate().filter_map(|(from, row)| {
            let to = orders[1].iter().position(|other| std::ptr::eq(*other, *row))?;
            let [was, is] = columns.map(|column| row.cells[column].value.exact());
            let class = match is.cmp(&was) {
                std::cmp::Ordering::Less => "up",
                std::cmp::Ordering::Equal => "still",
                std::cmp::Ordering::Greater => "down",
            };
            Some((at(from), at(to), class))
        });
        let lines = lines.collect();
        let most = orders.iter().map(Vec::len).max().unwrap_or(0);
        Self { named, height: at(most), heads, sides: [side(0), side(1)], lines }
    }
}

/// The rows that have a figure in a column, by it.
fn ordered(table: &Table, column: usize) -> Vec<&Row> {
    let mut rows: Vec<&Row> = table.rows.iter().filter(|row| row.cells[column].value.exact().is_some()).collect();
    rows.sort_by_cached_key(|row| row.cells[column].value.exact());
    rows
}
