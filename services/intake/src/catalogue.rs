//! A catalogue of units as a workbook: a head, and one sheet with a unit a row.
//! Units that a unit came from stand in one cell, each by its id.

use proto::document::{Catalogue, CatalogueUnit, Effective};
use proto::text;
use proto::{Code, UnitId};

use crate::book::Book;
use crate::fault::{Faults, Place, Places};
use crate::head::{self, ENGLISH, Head, Item, VALUE};
use crate::sheet::{Line, Look, Put, Sheet};
use crate::table::{Column, Holds, Row, Table, column};
use crate::value;

/// The head's name.
pub const HEAD: &str = "Danh mục";
/// The sheet of units.
pub const UNITS: &str = "Danh mục đơn vị";

const TITLE: Item = Item { vi: "Tên danh mục", en: "Title", path: "title" };
const BASIS: Item = Item { vi: "Căn cứ", en: "Basis", path: "basis" };

const UNIT: usize = 0;
const NAME: usize = 1;
const NAME_EN: usize = 2;
const SHORT: usize = 3;
const CODE: usize = 4;
const KIND: usize = 5;
const FROM: usize = 6;
const UNTIL: usize = 7;
const SUCCEEDS: usize = 8;

static COLUMNS: [Column; 9] = [
    column("Mã", "Id", 14.0, Holds::Codes),
    column("Tên đơn vị", "Name", 44.0, Holds::Codes),
    column("Tên tiếng Anh", "Name in English", 44.0, Holds::Codes),
    column("Tên tắt", "Short name", 18.0, Holds::Codes),
    column("Mã thống kê", "Statistical code", 12.0, Holds::Codes),
    column("Loại đơn vị", "Kind of unit", 12.0, Holds::Codes),
    column("Từ ngày", "From", 13.0, Holds::Plain),
    column("Đến ngày", "Until", 13.0, Holds::Plain),
    column("Kế thừa từ", "Succeeds", 24.0, Holds::Codes),
];

/// A catalogue's sheets.
pub fn write(catalogue: &Catalogue) -> Vec<Sheet> {
    let title = text!("DANH MỤC ĐƠN VỊ", "Catalogue of units");
    let lines = vec![
        head::line(TITLE).texts(VALUE, ENGLISH, &catalogue.title),
        head::line(BASIS).texts(VALUE, ENGLISH, &catalogue.basis),
    ];
    let head = Sheet {
        name: HEAD.to_owned(),
        title: title.clone(),
        columns: &head::COLUMNS,
        printed: head::COLUMNS.len(),
        lines,
    };
    let line = |u: &CatalogueUnit| {
        let effective = u.effective.as_ref();
        let before: Vec<&str> = u.succeeds.iter().map(UnitId::as_str).collect();
        Line::new(Look::Plain)
            .with(UNIT, Put::Code(u.unit.to_string()))
            .texts(NAME, NAME_EN, &u.name)
            .with(SHORT, Put::Text(value::marked(&u.short)))
            .with(CODE, Put::Text(value::marked(&u.code)))
            .with(KIND, Put::Code(u.kind.to_string()))
            .maybe(FROM, effective.map(|e| Put::Day(e.from)))
            .maybe(UNTIL, effective.and_then(|e| e.until).map(Put::Day))
            .maybe(SUCCEEDS, (!before.is_empty()).then(|| Put::Code(before.join(", "))))
    };
    let lines = catalogue.units.iter().map(line).collect();
    vec![head, Sheet { name: UNITS.to_owned(), title, columns: &COLUMNS, printed: COLUMNS.len(), lines }]
}

/// The catalogue of a workbook; none if there was a fault.
pub fn read(book: &Book, places: &mut Places, faults: &mut Faults) -> Option<Catalogue> {
    let grid = book.must(HEAD, faults)?;
    let table = Table::find(grid, &head::COLUMNS, faults)?;
    let head = Head::read(&table, HEAD, faults);
    let (title, basis) = (head.texts(TITLE, places, faults), head.texts(BASIS, places, faults));
    head.rest(faults);
    let grid = book.must(UNITS, faults)?;
    places.put("units", Place::sheet(UNITS));
    let table = Table::find(grid, &COLUMNS, faults)?;
    let mut units = Vec::new();
    let mut whole = true;
    for row in table.rows() {
        match unit(&row, places, faults) {
            Some(unit) => units.push(unit),
            None => whole = false,
        }
    }
    whole.then_some(Catalogue { title: title?, basis: basis?, units })
}

fn unit(row: &Row, places: &mut Places, faults: &mut Faults) -> Option<CatalogueUnit> {
    let unit = row.code(UNIT, faults, |t| UnitId::parse(t).ok());
    let name = row.texts(NAME, NAME_EN, faults);
    let short = row.text(SHORT, faults);
    let code = row.statistical(CODE, faults);
    let kind = row.code(KIND, faults, |t| Code::parse(t).ok());
    let (from, until) = (row.some_day(FROM, faults), row.some_day(UNTIL, faults));
    let succeeds = if row.is_blank(SUCCEEDS) {
        row.text(SUCCEEDS, faults).map(|_| Vec::new())
    } else {
        row.code(SUCCEEDS, faults, |t| t.split([',', ';']).map(|id| UnitId::parse(id.trim()).ok()).collect())
    };
    row.rest(faults);
    let effective = match (from?, until?) {
        (Some(from), until) => Some(Effective { from, until }),
        (None, None) => None,
        (None, Some(_)) => {
            let what = text!("có ngày kết thúc thì phải có ngày bắt đầu", "with a last day there must be a first");
            faults.push("effective_begin", row.place_of(FROM), what);
            return None;
        }
    };
    let unit = unit?;
    places.put(format!("unit {unit}"), row.place());
    Some(CatalogueUnit { unit, name: name?, short: short?, code: code?, kind: kind?, effective, succeeds: succeeds? })
}
