//! A sheet while it is put together for writing: its title, its columns, and rows of typed cells.
//! It knows no file format; `print` makes a workbook of it.

use proto::document::Text;
use proto::{Day, Decimal};

use crate::table::Column;
use crate::value::{empty, marked};
use crate::words::Words;

/// What is put into a cell.
#[derive(Debug, Clone)]
pub enum Put {
    /// Text.
    Text(String),
    /// A code.
    Code(String),
    /// An exact number.
    Number(Decimal),
    /// A count.
    Count(u32),
    /// A day.
    Day(Day),
    /// A word of a list.
    Word(&'static Words, &'static str),
    /// A mark.
    Mark,
}

/// How a row looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// A field, or a heading within the table.
    Major,
    /// A criterion.
    Minor,
    /// Ordinary.
    Plain,
    /// Part of the row above.
    Part,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Line {
    /// How it looks.
    pub look: Look,
    /// Its cells by column.
    pub cells: Vec<(usize, Put)>,
}

impl Line {
    /// An empty row.
    pub fn new(look: Look) -> Self {
        Self { look, cells: Vec::new() }
    }

    /// With something in a cell.
    #[must_use]
    pub fn with(mut self, column: usize, put: Put) -> Self {
        self.cells.push((column, put));
        self
    }

    /// With something in a cell, if there is something.
    #[must_use]
    pub fn maybe(self, column: usize, put: Option<Put>) -> Self {
        match put {
            Some(put) => self.with(column, put),
            None => self,
        }
    }

    /// With a text in two cells.
    #[must_use]
    pub fn texts(self, vi: usize, en: usize, text: &Text) -> Self {
        self.with(vi, Put::Text(marked(&text.vi))).with(en, Put::Text(marked(&text.en)))
    }

    /// With a text that may be absent; an empty one gets a sign.
    #[must_use]
    pub fn some_texts(self, vi: usize, en: usize, text: Option<&Text>) -> Self {
        match text {
            None => self,
            Some(text) if text.vi.is_empty() && text.en.is_empty() => self.with(vi, Put::Text(empty())),
            Some(text) => self.texts(vi, en, text),
        }
    }

    /// With a mark, where it is so.
    #[must_use]
    pub fn marked(self, column: usize, so: bool) -> Self {
        self.maybe(column, so.then_some(Put::Mark))
    }
}

/// A sheet.
#[derive(Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// What stands above the table.
    pub title: Text,
    /// Its columns.
    pub columns: &'static [Column],
    /// How many of them are printed: those for the reader come first.
    pub printed: usize,
    /// Its rows.
    pub lines: Vec<Line>,
}
