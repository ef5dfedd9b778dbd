//! Tables of a report: what each cell holds, as a value that every form of the report prints in its own way.
//! A number is the decimal that was rounded as declared, once; no form of the report rounds again.

use proto::document::Lang;

use crate::number::set;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Start,
    /// Short words and ranks.
    Middle,
    /// Numbers.
    End,
}

impl Align {
    /// Its name as OOXML has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "left",
            Self::Middle => "center",
            Self::End => "right",
        }
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// What stands at its top.
    pub head: String,
    /// Its width on paper, in millimetres.
    pub width_mm: u32,
    /// How it is set.
    pub align: Align,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number with the declared digits, with a point: "91.68".
    Points(String),
    /// A count.
    Count(u64),
    /// Places gained or lost; 0 is said as a dash.
    Moved(i64),
    /// Nothing that could be said.
    Dash,
    /// Nothing.
    Empty,
}

impl Cell {
    /// The cell as it is read.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Points(decimal) => set(Lang::Vi, decimal),
            Self::Count(n) => set(Lang::Vi, &n.to_string()),
            Self::Moved(0) | Self::Dash => "–".to_owned(),
            Self::Moved(places) if *places > 0 => format!("▲ {places}"),
            Self::Moved(places) => format!("▼ {}", places.unsigned_abs()),
            Self::Empty => String::new(),
        }
    }
}

/// A row.
#[derive(Debug, Clone)]
pub struct Line {
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// Whether it sums up those above.
    pub sum: bool,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its title.
    pub title: String,
    /// A short name, for the tab of a workbook's sheet.
    pub tab: String,
    /// Digits after the point of its numbers.
    pub digits: u8,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub lines: Vec<Line>,
    /// What its short words mean; empty where it has none.
    pub legend: String,
}

impl Table {
    /// How each cell of a row is set, beside it.
    pub fn set<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        self.columns.iter().zip(&line.cells)
    }
}

/// A column.
pub fn column(head: &str, width_mm: u32, align: Align) -> Column {
    Column { head: head.to_owned(), width_mm, align }
}

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn cells_are_read_as_vietnamese_writes_numbers() {
        let table = [
            (Cell::Points("1234.50".to_owned()), "1.234,50"),
            (Cell::Points("-0.25".to_owned()), "\u{2212}0,25"),
            (Cell::Count(1234), "1.234"),
            (Cell::Moved(3), "▲ 3"),
            (Cell::Moved(-2), "▼ 2"),
            (Cell::Moved(0), "–"),
            (Cell::Dash, "–"),
            (Cell::Empty, ""),
        ];
        for (cell, read) in table {
            assert_eq!(cell.text(), read);
        }
    }
}
