//! The rows of a sheet that came back: each leaf once, known by its code, and nothing moved into another's place.
//! A row is never guessed from where it stands.

use std::collections::BTreeMap;

use domain::Tree;
use proto::document::Text;
use proto::text;
use proto::{Code, Decimal, Exact};

use super::layout::{CODE, COLUMNS, MAXIMUM, RECKONED, REVISION, RULE, STATE, TABLE, TITLE};
use crate::book::Book;
use crate::fault::{Fault, Faults, Place};
use crate::table::{Row, Table};

/// The title of the last row, which no code has.
pub const TOTAL: &str = "TỔNG CỘNG";

/// The table of a workbook.
pub fn table<'b>(book: &'b Book, faults: &mut Faults) -> Option<Table<'b>> {
    Table::find(book.must(TABLE, faults)?, &COLUMNS, faults)
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// That of a leaf, by its place among the tree's leaves.
    Leaf(usize),
    /// A heading or a sum.
    Heading,
    /// Nothing that can be taken; the fault is told.
    Faulty,
}

/// What a row is of.
pub fn of(row: &Row, tree: &Tree, faults: &mut Faults) -> Is {
    row.passes(&[CODE, TITLE, RULE, MAXIMUM, RECKONED, STATE]);
    let Some(title) = row.text(TITLE, faults) else { return Is::Faulty };
    if row.is_blank(CODE) {
        if title.trim() == TOTAL {
            return Is::Heading;
        }
        let what = text!("dòng không có mã tiêu chí", "the row has no criterion's code");
        faults.push("row_unexpected", row.place_of(CODE), what);
        return Is::Faulty;
    }
    let Some(code) = row.numbering(CODE, faults) else { return Is::Faulty };
    let Some(node) = tree.nodes.iter().find(|n| n.code == code) else {
        let what = text!("bộ tiêu chí không có mã {code}", "the rulebook has no code {code}");
        faults.push("row_unknown", row.place_of(CODE), what);
        return Is::Faulty;
    };
    if folded(&title) != folded(&node.title.vi) {
        let what = text!(
            "tên tiêu chí không phải của mã {code}: dòng đã bị sửa hoặc dán đè",
            "the title is not that of {code}: the row was changed or pasted over"
        );
        faults.push("row_altered", row.place_of(TITLE), what);
        return Is::Faulty;
    }
    node.leaf.map_or(Is::Heading, Is::Leaf)
}

/// The revision that the row says it was made from must be the one that stood then.
pub fn revision(row: &Row, stood: u64, faults: &mut Faults) -> Option<()> {
    let said = row.count(REVISION, faults)?;
    if u64::from(said) == stood {
        return Some(());
    }
    let what = text!(
        "lần sửa đổi khi xuất phiếu là {stood}: ô này đã bị sửa",
        "the revision was {stood}: the cell was changed"
    );
    faults.push("revision_altered", row.place_of(REVISION), what);
    None
}

/// The rows that were seen, by what they are of, in the order in which they should stand.
pub struct Seen<K> {
    places: BTreeMap<K, Place>,
    last: Option<K>,
    moved: Vec<Place>,
}

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), last: None, moved: Vec::new() }
    }
}

impl<K: Ord + Clone> Seen<K> {
    /// One more row; false for one that stands a second time, which is a fault.
    pub fn take(&mut self, key: K, row: &Row, faults: &mut Faults) -> bool {
        if let Some(first) = self.places.get(&key) {
            let (vi, en) = (first.text().vi, first.text().en);
            faults.push("row_twice", row.place(), text!("trùng với {vi}", "it stands already in {en}"));
            return false;
        }
        if self.last.as_ref().is_some_and(|last| *last > key) {
            self.moved.push(row.place());
        }
        self.last = Some(key.clone());
        self.places.insert(key, row.place());
        true
    }

    /// What is told of rows that are gone or stand elsewhere: neither keeps the others from being sent.
    pub fn remarks(self, wanted: impl Iterator<Item = (K, String)>) -> Vec<Fault> {
        let gone = wanted.filter(|(key, _)| !self.places.contains_key(key)).map(|(_, name)| Fault {
            code: "row_missing",
            place: Place::sheet(TABLE),
            what: text!(
                "không còn dòng {name}: coi như không thay đổi",
                "the row of {name} is gone: taken as unchanged"
            ),
        });
        let moved = self.moved.iter().map(|place| Fault {
            code: "row_moved",
            place: place.clone(),
            what: text!(
                "dòng không còn ở chỗ cũ; được nhận theo mã",
                "the row stands elsewhere; it is known by its code"
            ),
        });
        gone.chain(moved).collect()
    }
}

/// A code, a title, and what they are shortened to in a list.
pub fn name(code: &Code, title: &Text) -> String {
    let short: String = title.vi.chars().take(40).collect();
    format!("{code} {short}")
}

/// A text as two people may have written it: line ends and spaces around it say nothing.
pub fn same_text(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    plain(a) == plain(b)
}

/// Points as an event holds them: exact where they are a decimal, else rounded to the rulebook's digits.
pub fn stated(points: &Exact, digits: u8) -> Option<Decimal> {
    if let Some(exact) = points.decimal() {
        return Some(exact);
    }
    let text = points.rounded(digits, proto::exact::RoundingMode::HalfUp);
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Decimal::parse(short).ok()
}

fn folded(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
