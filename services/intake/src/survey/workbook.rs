//! A workbook of ballots, row by row as its archive is inflated. No formula is believed, and no more than one row is held of it.

use std::io::Cursor;

use calamine::{Reader, SheetType, Xlsx};
use proto::text;

use super::asks::Asks;
use super::columns::{expected, is_heading};
use super::count::{Counting, Marked};
use super::read::no_ballots;
use super::rows::Rows;
use super::split::{CELLS_MAX, ROW_BYTES_MAX, Row, TooLong};
use crate::archive::{Most, measure};
use crate::contain::contained;
use crate::fault::{Faults, Place};
use crate::grid::{Cell, cell, damaged, failed};
use crate::limits::SHEETS_MAX;
use crate::table::NOTES;

/// The most bytes of a workbook of ballots as it lies on the disk.
pub const WORKBOOK_BYTES_MAX: usize = 64 << 20;
/// The most bytes of its sheets once they are inflated.
const SHEET_BYTES_MAX: u64 = 256 << 20;
/// How many ballots are handed on at once.
const HANDED: usize = 2_000;

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads a workbook; gives its ballots as they come. They are worth nothing where this ends with faults.
///
/// # Errors
/// All faults.
pub fn read(bytes: &[u8], asks: &Asks, keeps: bool, mut hand: impl FnMut(Vec<Marked>)) -> Result<Counting, Faults> {
    let read = contained(|| {
        measure(bytes, Most { bytes: WORKBOOK_BYTES_MAX, sheets: SHEET_BYTES_MAX })?;
        book(bytes, asks, keeps, &mut hand)
    });
    read.ok_or_else(|| damaged(&text!("không đọc được", "it cannot be read")))?
}

fn book(bytes: &[u8], asks: &Asks, keeps: bool, hand: &mut dyn FnMut(Vec<Marked>)) -> Result<Counting, Faults> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| failed(&e))?;
    let sheets: Vec<_> = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).cloned().collect();
    if sheets.len() > SHEETS_MAX {
        let what = text!("quá {SHEETS_MAX} trang", "more than {SHEETS_MAX} sheets");
        return Err(Faults::one("sheets_too_many", Place::File, what));
    }
    let mut table: Option<Rows> = None;
    for sheet in sheets {
        let notes = sheet.name.trim().to_lowercase().starts_with(&NOTES.to_lowercase());
        if notes || is_empty(&mut book, &sheet.name)? {
            continue;
        }
        match &mut table {
            None => {
                let mut rows = Rows::begin(asks, Some(sheet.name.clone()), keeps);
                self::sheet(&mut book, &sheet.name, &mut rows, hand)?;
                table = Some(rows);
            }
            Some(rows) => {
                let what = text!(
                    "chỉ một trang có phiếu; trang để ghi chép phải có tên bắt đầu bằng “{NOTES}”",
                    "one sheet alone holds ballots; the name of one for remarks begins with {NOTES:?}"
                );
                rows.faults.push("sheet_unknown", Place::sheet(&sheet.name), what);
            }
        }
    }
    let Some(mut rows) = table else { return Err(no_ballots()) };
    rows.faults.clone().none()?;
    if rows.counting.ballots == 0 {
        return Err(no_ballots());
    }
    hand(std::mem::take(&mut rows.ready));
    Ok(rows.counting)
}

fn is_empty(book: &mut Book, name: &str) -> Result<bool, Faults> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|e| failed(&e))?;
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(|e| failed(&e))? {
        if record.formula.is_some() || cell(record.value).is_some_and(|cell| !cell.is_blank()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One row while its cells come.
#[derive(Default)]
struct Open {
    number: u32,
    cells: Vec<Option<Cell>>,
    bytes: usize,
}

fn sheet(book: &mut Book, name: &str, rows: &mut Rows, hand: &mut dyn FnMut(Vec<Marked>)) -> Result<(), Faults> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|e| failed(&e))?;
    let mut open = Open::default();
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(|e| failed(&e))? {
        let (row, column) = (record.pos.0.saturating_add(1), record.pos.1 as usize);
        let cell = if record.formula.is_some() { Some(Cell::Formula) } else { cell(record.value) };
        let Some(cell) = cell else { continue };
        if row != open.number {
            if row < open.number {
                return Err(damaged(&text!("các dòng không theo thứ tự", "its rows are not in order")));
            }
            close(&mut open, rows)?;
            open.number = row;
        }
        if let Cell::Text(text) = &cell {
            open.bytes += text.len();
        }
        if column >= CELLS_MAX || open.bytes > ROW_BYTES_MAX {
            rows.too_long(TooLong { number: row });
        }
        if rows.is_stopped() {
            return Ok(());
        }
        if open.cells.len() <= column {
            open.cells.resize(column + 1, None);
        }
        open.cells[column] = Some(cell);
        if rows.ready.len() >= HANDED {
            hand(std::mem::take(&mut rows.ready));
        }
    }
    close(&mut open, rows)
}

/// A row is whole: its cells become texts.
fn close(open: &mut Open, rows: &mut Rows) -> Result<(), Faults> {
    let Open { number, cells, .. } = std::mem::take(open);
    let width = rows.columns().map_or(0, super::columns::Columns::width).max(cells.len());
    let (mut text, mut ends) = (String::new(), Vec::with_capacity(width));
    for column in 0..width {
        match cells.get(column).and_then(Option::as_ref).map(|cell| shown(cell, rows, column)) {
            None => {}
            Some(Ok(shown)) => text.push_str(&shown),
            Some(Err(wrong)) => rows.fault_at(number, column, wrong),
        }
        ends.push(text.len());
    }
    let row = Row::new(number, &text, &ends);
    if rows.columns().is_none() && !row.is_blank() && !is_heading(&row) {
        let mut faults = std::mem::take(&mut rows.faults);
        faults.push("headings_missing", Place::Ballots { sheet: rows.sheet(), row: number, column: None }, expected());
        return Err(faults);
    }
    rows.take(&row);
    Ok(())
}

/// A cell as a table of text would have it.
fn shown(cell: &Cell, rows: &Rows, column: usize) -> Result<String, super::cell::Wrong> {
    let counts = rows.columns().is_some_and(|columns| columns.seconds == Some(column));
    match cell {
        Cell::Text(text) => Ok(text.clone()),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 || counts => Ok(format!("{number}")),
        Cell::Number(_) => crate::value::code(cell, |_| Some(String::new())),
        Cell::Day(day) => Ok(day.clone()),
        Cell::Bool(bool) => Ok(bool.to_string().to_uppercase()),
        Cell::Moment | Cell::Formula | Cell::Error(_) => crate::value::text_of(cell),
    }
}
