//! The sheets of a workbook by their names, and which document a workbook is.
//! A sheet that nobody asked for is a fault, but for the guide and remarks.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proto::document::DocKind;
use proto::text;
use unicode_normalization::UnicodeNormalization;

use crate::fault::{Faults, Place};
use crate::grid::Grid;
use crate::print::GUIDE;
use crate::table::NOTES;
use crate::{catalogue, form, rulebook};

/// A workbook.
pub struct Book {
    grids: Vec<Grid>,
    asked: RefCell<BTreeSet<usize>>,
}

/// Names as they are compared.
fn folded(name: &str) -> String {
    name.nfc().collect::<String>().trim().to_lowercase()
}

impl Book {
    /// Of sheets.
    pub fn new(grids: Vec<Grid>) -> Self {
        Self { grids, asked: RefCell::default() }
    }

    /// The sheet of a name.
    pub fn find(&self, name: &str) -> Option<&Grid> {
        let at = self.grids.iter().position(|g| folded(&g.name) == folded(name))?;
        self.asked.borrow_mut().insert(at);
        Some(&self.grids[at])
    }

    /// The sheet of a name, which must be there.
    pub fn must(&self, name: &str, faults: &mut Faults) -> Option<&Grid> {
        let found = self.find(name);
        if found.is_none() {
            let what = text!("không có trang “{name}”", "there is no sheet {name:?}");
            faults.push("sheet_missing", Place::File, what);
        }
        found
    }

    /// Which document it is, by the name of its head.
    pub fn kind(&self) -> Option<DocKind> {
        let has = |name: &str| self.grids.iter().any(|g| folded(&g.name) == folded(name));
        let heads =
            [(rulebook::HEAD, DocKind::Rulebook), (form::HEAD, DocKind::Form), (catalogue::HEAD, DocKind::Catalogue)];
        heads.into_iter().find(|(head, _)| has(head)).map(|(_, kind)| kind)
    }

    /// Sheets that nobody asked for.
    pub fn rest(&self, faults: &mut Faults) {
        let asked = self.asked.borrow();
        for (_, grid) in self.grids.iter().enumerate().filter(|(at, _)| !asked.contains(at)) {
            let name = folded(&grid.name);
            let remarks = [GUIDE, NOTES].iter().any(|known| name.starts_with(&folded(known)));
            let empty = grid.rows.is_empty();
            if !remarks && !empty {
                let what = text!(
                    "không rõ trang này là gì (trang để ghi chép phải có tên bắt đầu bằng “{NOTES}”)",
                    "the sheet is not known (the name of one for remarks begins with {NOTES:?})"
                );
                faults.push("sheet_unknown", Place::sheet(&grid.name), what);
            }
        }
    }
}
