//! A sheet to be filled in, while it is put together: its rows, what each cell asks for, the lists of its drop-downs.
//! It knows no file format; `ink` makes a workbook of it.

use std::collections::BTreeMap;

use proto::{Day, Decimal, Exact};

use crate::unit_sheet::layout::CHOICES;
use crate::unit_sheet::slots::Choice;

/// What is written into a cell.
#[derive(Debug, Clone)]
pub enum Ink {
    /// Nothing yet.
    Blank,
    /// Text.
    Text(String),
    /// An exact number as it stands.
    Number(Decimal),
    /// Points, with two digits at least.
    Points(Exact),
    /// A count.
    Count(u64),
    /// A day.
    Day(Day),
    /// A formula without its sign of equality, and what it gives.
    Formula(String, Option<Exact>),
}

/// What a cell that may be filled in asks for.
#[derive(Debug, Clone)]
pub enum Asks {
    /// One of these rows of the sheet of choices, from 1.
    Choice(usize, usize),
    /// A number from 0, up to an end if it has one.
    Number(Option<Decimal>),
    /// A day.
    Day,
    /// Text.
    Text,
}

/// A cell.
#[derive(Debug, Clone)]
pub struct Field {
    /// What stands there.
    pub ink: Ink,
    /// What it asks for and how it prompts, where it may be filled in.
    pub open: Option<(Asks, String)>,
}

/// How a row looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// A unit, a field, or the sum of all.
    Major,
    /// A criterion.
    Minor,
    /// A leaf.
    Leaf,
}

/// A row.
#[derive(Debug)]
pub struct Line {
    /// How it looks.
    pub look: Look,
    /// Its cells by column of the layout.
    pub cells: BTreeMap<usize, Field>,
}

impl Line {
    /// An empty row.
    pub fn new(look: Look) -> Self {
        Self { look, cells: BTreeMap::new() }
    }

    /// With something that is not to be changed.
    #[must_use]
    pub fn shut(mut self, column: usize, ink: Ink) -> Self {
        self.cells.insert(column, Field { ink, open: None });
        self
    }

    /// With something that may be filled in.
    #[must_use]
    pub fn open(mut self, column: usize, ink: Ink, asks: Asks, prompt: impl Into<String>) -> Self {
        self.cells.insert(column, Field { ink, open: Some((asks, prompt.into())) });
        self
    }
}

/// The lists of drop-downs, each once.
#[derive(Debug, Default)]
pub struct Lists {
    /// All their rows.
    pub rows: Vec<Choice>,
    known: BTreeMap<Vec<Choice>, usize>,
}

impl Lists {
    /// The first and the last row, from 1, of a list in the sheet of choices.
    pub fn put(&mut self, choices: &[Choice]) -> (usize, usize) {
        let rows = &mut self.rows;
        let first = *self.known.entry(choices.to_vec()).or_insert_with(|| {
            rows.extend_from_slice(choices);
            rows.len() - choices.len() + 1
        });
        (first, first + choices.len() - 1)
    }

    /// Where the texts and the points of some rows stand.
    pub fn ranges((first, last): (usize, usize)) -> (String, String) {
        let range = |column: char| format!("'{CHOICES}'!${column}${first}:${column}${last}");
        (range('A'), range('B'))
    }
}

/// A table to be filled in.
#[derive(Debug)]
pub struct Paper {
    /// What stands above it, the title first.
    pub above: Vec<String>,
    /// Its columns, by their places in the layout.
    pub order: Vec<usize>,
    /// Its rows.
    pub lines: Vec<Line>,
    /// Its drop-downs.
    pub lists: Lists,
    /// Digits with which points are shown.
    pub digits: u8,
    /// What the foot of every page says.
    pub foot: String,
}

impl Paper {
    /// The number, from 0, of the row that the first line stands in.
    pub fn first_row(&self) -> u32 {
        u32::try_from(self.above.len()).expect("a few lines stand above") + 2
    }

    /// A cell by the number of its line, as formulas name it.
    pub fn cell(order: &[usize], first_row: u32, column: usize, line: usize) -> String {
        let at = order.iter().position(|c| *c == column).expect("the sheet has the column");
        let row = usize::try_from(first_row).expect("a small number") + line + 1;
        format!("{}{row}", crate::fault::letters(u32::try_from(at).expect("few columns")))
    }
}
