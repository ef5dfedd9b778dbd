//! A table in a sheet: its columns are known by their headings, its rows are asked cell by cell.
//! What nobody asked for is a fault: nothing that somebody wrote is passed over in silence.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proto::document::Text;
use proto::text;
use proto::{Code, Day, Decimal};
use unicode_normalization::UnicodeNormalization;

use crate::fault::{Faults, Place};
use crate::grid::{Cell, Grid};
use crate::value::{self, Wrong};
use crate::words::Words;

/// What a column holds, for whoever fills it in.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Text, numbers or days as the row says.
    Plain,
    /// Codes: the cells are formatted as text, so that no program makes a number of 1.10.
    Codes,
    /// Words of lists.
    Words(&'static [&'static Words]),
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading.
    pub vi: &'static str,
    /// Its heading in English, on the line below.
    pub en: &'static str,
    /// Its width in characters.
    pub width: f64,
    /// What it holds.
    pub holds: Holds,
}

/// A column of a layout.
pub const fn column(vi: &'static str, en: &'static str, width: f64, holds: Holds) -> Column {
    Column { vi, en, width, holds }
}

/// The heading of columns that are never read: for whoever works on the workbook.
pub const NOTES: &str = "Ghi chú";
/// How many rows may stand above the headings.
const ABOVE_MAX: usize = 20;

/// A heading as it is compared: in any case, with any spaces.
fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A table.
pub struct Table<'g> {
    grid: &'g Grid,
    columns: &'static [Column],
    /// Where each column is; none for one that the sheet has not.
    at: Vec<Option<u32>>,
    notes: BTreeSet<u32>,
    /// The first row below the headings.
    first: u32,
}

impl<'g> Table<'g> {
    /// Finds a table in a sheet: the row that begins with the first column's heading.
    pub fn find(grid: &'g Grid, columns: &'static [Column], faults: &mut Faults) -> Option<Self> {
        let is = |cell: &Cell, heading: &str| matches!(cell, Cell::Text(t) if folded(t) == folded(heading));
        let heads = |row: &&BTreeMap<u32, Cell>| row.values().any(|cell| is(cell, columns[0].vi));
        let Some((row, cells)) = grid.rows.iter().take(ABOVE_MAX).find(|(_, row)| heads(row)) else {
            let heading = columns[0].vi;
            let what =
                text!("không có dòng tiêu đề với cột “{heading}”", "there is no row of headings with {heading:?}");
            faults.push("headings_missing", Place::sheet(&grid.name), what);
            return None;
        };
        let mut table = Self { grid, columns, at: vec![None; columns.len()], notes: BTreeSet::new(), first: row + 1 };
        for (at, cell) in cells.iter().filter(|(_, cell)| !cell.is_blank()) {
            if is(cell, NOTES) {
                table.notes.insert(*at);
                continue;
            }
            match columns.iter().position(|c| is(cell, c.vi)) {
                Some(place) if table.at[place].is_none() => table.at[place] = Some(*at),
                Some(_) => {
                    let what = text!("cột này có hai lần", "the column stands twice");
                    faults.push("column_twice", table.place(*row, Some(*at)), what);
                }
                None => {
                    let what = text!(
                        "không rõ cột này là gì (cột để ghi chép phải có tiêu đề “{NOTES}”)",
                        "the column is not known (one for remarks has the heading {NOTES:?})"
                    );
                    faults.push("column_unknown", table.place(*row, Some(*at)), what);
                }
            }
        }
        let english = |(at, cell): (&u32, &Cell)| {
            let place = table.at.iter().position(|a| *a == Some(*at));
            place.is_some_and(|p| is(cell, columns[p].en)) || table.notes.contains(at)
        };
        if grid.rows.get(&table.first).is_some_and(|below| below.iter().all(english)) {
            table.first += 1;
        }
        Some(table)
    }

    fn place(&self, row: u32, column: Option<u32>) -> Place {
        let heading = column.and_then(|c| self.at.iter().position(|a| *a == Some(c))).map(|p| self.columns[p].vi);
        Place::Sheet { sheet: self.grid.name.clone(), row: Some(row + 1), column, heading }
    }

    /// The rows that hold something, in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let filled =
            |cells: &BTreeMap<u32, Cell>| cells.iter().any(|(at, cell)| !cell.is_blank() && !self.notes.contains(at));
        let rows = self.grid.rows.range(self.first..).filter(move |(_, cells)| filled(cells));
        rows.map(|(&number, cells)| Row { table: self, number, cells, asked: RefCell::default() })
    }
}

/// A row of a table. Cells are asked for by their column's place in the layout.
pub struct Row<'t> {
    table: &'t Table<'t>,
    number: u32,
    cells: &'t BTreeMap<u32, Cell>,
    asked: RefCell<BTreeSet<u32>>,
}

impl Row<'_> {
    /// Where the row is.
    pub fn place(&self) -> Place {
        self.table.place(self.number, None)
    }

    /// Where one of its cells is.
    pub fn place_of(&self, column: usize) -> Place {
        self.table.place(self.number, self.table.at[column])
    }

    fn cell(&self, column: usize) -> Option<&Cell> {
        let at = self.table.at[column]?;
        self.asked.borrow_mut().insert(at);
        self.cells.get(&at)
    }

    /// What stands in these cells is for whoever fills the sheet in; it is never read.
    pub fn passes(&self, columns: &[usize]) {
        self.asked.borrow_mut().extend(columns.iter().filter_map(|column| self.table.at[*column]));
    }

    /// Whether nothing but spaces stands in a cell.
    pub fn is_blank(&self, column: usize) -> bool {
        self.table.at[column].and_then(|at| self.cells.get(&at)).is_none_or(Cell::is_blank)
    }

    /// A value where something stands; a fault where it is not as expected.
    fn read<T>(
        &self,
        column: usize,
        faults: &mut Faults,
        read: impl Fn(&Cell) -> Result<T, Wrong>,
    ) -> Option<Option<T>> {
        match self.cell(column).filter(|cell| !cell.is_blank()).map(read) {
            None => Some(None),
            Some(Ok(value)) => Some(Some(value)),
            Some(Err((code, what))) => {
                faults.push(code, self.place_of(column), what);
                None
            }
        }
    }

    /// A value that must be there.
    fn must<T>(&self, column: usize, faults: &mut Faults, read: impl Fn(&Cell) -> Result<T, Wrong>) -> Option<T> {
        let found = self.read(column, faults, read)?;
        if found.is_none() {
            let heading = self.table.columns[column].vi;
            let what = match self.table.at[column] {
                Some(_) => text!("không được để trống", "it must not be empty"),
                None => text!("trang không có cột “{heading}”", "the sheet has no column {heading:?}"),
            };
            let code = if self.table.at[column].is_some() { "cell_required" } else { "column_missing" };
            faults.push(code, self.place_of(column), what);
        }
        found
    }

    /// A text as it stands there; an empty one where nothing does.
    pub fn text(&self, column: usize, faults: &mut Faults) -> Option<String> {
        match self.cell(column).map(value::text) {
            None => Some(String::new()),
            Some(Ok(text)) => Some(text),
            Some(Err((code, what))) => {
                faults.push(code, self.place_of(column), what);
                None
            }
        }
    }

    /// A text in both languages, from two cells.
    pub fn texts(&self, vi: usize, en: usize, faults: &mut Faults) -> Option<Text> {
        let (vi, en) = (self.text(vi, faults), self.text(en, faults));
        Some(Text { vi: vi?, en: en? })
    }

    /// A text in both languages where something stands in either cell, be it the sign of an empty one.
    pub fn some_texts(&self, vi: usize, en: usize, faults: &mut Faults) -> Option<Option<Text>> {
        let there = [vi, en].iter().any(|c| self.cell(*c).is_some());
        let texts = self.texts(vi, en, faults)?;
        Some(there.then_some(texts))
    }

    /// A code or identifier that must be there.
    pub fn code<T>(&self, column: usize, faults: &mut Faults, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.must(column, faults, |cell| value::code(cell, &parse))
    }

    /// The code of an item in its own numbering (STT).
    pub fn numbering(&self, column: usize, faults: &mut Faults) -> Option<Code> {
        self.must(column, faults, value::numbering)
    }

    /// A code of somebody else's numbering, kept as it stands; a number is refused, for it may have lost its zeros.
    pub fn statistical(&self, column: usize, faults: &mut Faults) -> Option<String> {
        if matches!(self.cell(column), Some(Cell::Number(_))) {
            return self.code(column, faults, |text| Some(text.to_owned()));
        }
        self.text(column, faults)
    }

    /// A number that must be there.
    pub fn decimal(&self, column: usize, faults: &mut Faults) -> Option<Decimal> {
        self.must(column, faults, value::decimal)
    }

    /// A number, if there is one.
    pub fn some_decimal(&self, column: usize, faults: &mut Faults) -> Option<Option<Decimal>> {
        self.read(column, faults, value::decimal)
    }

    /// A count that must be there.
    pub fn count(&self, column: usize, faults: &mut Faults) -> Option<u32> {
        self.must(column, faults, value::count)
    }

    /// A count, if there is one.
    pub fn some_count(&self, column: usize, faults: &mut Faults) -> Option<Option<u32>> {
        self.read(column, faults, value::count)
    }

    /// A day that must be there.
    pub fn day(&self, column: usize, faults: &mut Faults) -> Option<Day> {
        self.must(column, faults, value::day)
    }

    /// A day, if there is one.
    pub fn some_day(&self, column: usize, faults: &mut Faults) -> Option<Option<Day>> {
        self.read(column, faults, value::day)
    }

    /// Whether a cell is marked.
    pub fn is_marked(&self, column: usize, faults: &mut Faults) -> Option<bool> {
        Some(self.read(column, faults, value::yes)?.unwrap_or(false))
    }

    /// A word that must be there.
    pub fn word(&self, column: usize, words: &Words, faults: &mut Faults) -> Option<&'static str> {
        self.must(column, faults, |cell| value::word(cell, words))
    }

    /// What the row still holds, that nobody asked for.
    pub fn rest(&self, faults: &mut Faults) {
        let asked = self.asked.borrow();
        let unasked = |at: &u32| !asked.contains(at) && !self.table.notes.contains(at);
        for (at, _) in self.cells.iter().filter(|(at, cell)| unasked(at) && !cell.is_blank()) {
            let what = text!("ô này phải để trống ở dòng này", "the cell must be empty in this row");
            faults.push("cell_unexpected", self.table.place(self.number, Some(*at)), what);
        }
    }
}
