//! The first sheet of a workbook: items one below the other, each with its value.
//! An item that nobody asked for is a fault, and so is one that stands twice where it may stand once.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proto::document::Text;
use proto::text;
use unicode_normalization::UnicodeNormalization;

use crate::fault::{Faults, Place, Places};
use crate::sheet::{Line, Look, Put};
use crate::table::{Column, Holds, Row, Table, column};

/// The column of items.
pub const ITEM: usize = 0;
/// The column of values.
pub const VALUE: usize = 1;
/// The column of texts in English.
pub const ENGLISH: usize = 2;
/// The column of a kind's total.
pub const TOTAL: usize = 3;
/// The column of a kind's sheet.
pub const SHEET: usize = 4;

/// The columns.
pub static COLUMNS: [Column; 5] = [
    column("Mục", "Item", 34.0, Holds::Plain),
    column("Nội dung", "Value", 60.0, Holds::Codes),
    column("Bản tiếng Anh", "In English", 60.0, Holds::Codes),
    column("Tổng điểm", "Total", 12.0, Holds::Plain),
    column("Trang tính", "Sheet", 18.0, Holds::Codes),
];

/// An item: its name in both languages, and the path by which domain names it.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// In the cell.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
    /// In faults.
    pub path: &'static str,
}

/// A row for an item.
pub fn line(item: Item) -> Line {
    let look = Look::Plain;
    Line::new(look).with(ITEM, Put::Text(format!("{} ({})", item.vi, item.en)))
}

/// The items of a sheet.
pub struct Head<'t> {
    rows: Vec<(String, Row<'t>)>,
    asked: RefCell<BTreeSet<&'static str>>,
    sheet: String,
}

impl<'t> Head<'t> {
    /// Reads the items' names.
    pub fn read(table: &'t Table<'_>, sheet: &str, faults: &mut Faults) -> Self {
        let mut rows = Vec::new();
        for row in table.rows() {
            let name = row.text(ITEM, faults).unwrap_or_default();
            // The English name behind it is for the reader.
            let vi = name.split('(').next().unwrap_or_default();
            let vi: String = vi.trim().nfc().collect::<String>().to_lowercase();
            rows.push((vi, row));
        }
        Self { rows, asked: RefCell::default(), sheet: sheet.to_owned() }
    }

    /// All rows of an item.
    pub fn all(&self, item: Item) -> impl Iterator<Item = &Row<'t>> {
        self.asked.borrow_mut().insert(item.vi);
        let wanted = item.vi.to_lowercase();
        self.rows.iter().filter(move |(name, _)| *name == wanted).map(|(_, row)| row)
    }

    /// The row of an item that may be absent.
    pub fn maybe(&self, item: Item, places: &mut Places, faults: &mut Faults) -> Option<&Row<'t>> {
        let mut rows = self.all(item);
        let first = rows.next()?;
        places.put(item.path, first.place());
        for more in rows {
            let vi = item.vi;
            faults.push("item_twice", more.place(), text!("mục “{vi}” có hai lần", "the item {vi:?} stands twice"));
        }
        Some(first)
    }

    /// The row of an item that must be there.
    pub fn must(&self, item: Item, places: &mut Places, faults: &mut Faults) -> Option<&Row<'t>> {
        let row = self.maybe(item, places, faults);
        if row.is_none() {
            let (vi, en) = (item.vi, item.en);
            let what = text!("thiếu mục “{vi}”", "the item {vi:?} ({en}) is missing");
            faults.push("item_missing", Place::sheet(&self.sheet), what);
        }
        row
    }

    /// A text in both languages that must be there, though it may be empty.
    pub fn texts(&self, item: Item, places: &mut Places, faults: &mut Faults) -> Option<Text> {
        self.must(item, places, faults)?.texts(VALUE, ENGLISH, faults)
    }

    /// What nobody asked for.
    pub fn rest(&self, faults: &mut Faults) {
        for (name, row) in &self.rows {
            if self.asked.borrow().iter().any(|a| a.to_lowercase() == *name) {
                row.rest(faults);
            } else {
                let what = text!("không rõ mục này là gì", "the item is not known");
                faults.push("item_unknown", row.place_of(ITEM), what);
            }
        }
    }
}
