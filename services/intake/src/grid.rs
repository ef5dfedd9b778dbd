//! A workbook as sheets of cells, read within limits. What a cell means is decided by whoever asks it.
//! No cell past the limits is ever held, and no formula is believed.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};
use proto::document::Text;
use proto::text;

use crate::archive;
use crate::contain::contained;
use crate::fault::{Faults, Place};
use crate::limits::{CELL_CHARS_MAX, COLUMNS_MAX, ROWS_MAX, SHEETS_MAX, TEXT_BYTES_MAX};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// A day, as `2022-10-28`.
    Day(String),
    /// A moment or a length of time, or a day out of all range.
    Moment,
    /// A formula: what it last gave is nobody's word.
    Formula,
    /// An error, as in #REF!.
    Error(String),
}

impl Cell {
    /// Whether nothing but spaces stands there.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// A sheet: its rows by number from 0, their cells by column from 0.
#[derive(Debug, Default)]
pub struct Grid {
    /// Its name.
    pub name: String,
    /// What is not empty.
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
}

/// Reads a workbook.
///
/// # Errors
/// Why it cannot be taken; of a workbook that is none, one fault.
pub fn read(bytes: &[u8]) -> Result<Vec<Grid>, Faults> {
    let sheets = contained(|| {
        archive::measure(bytes, archive::DOCUMENT)?;
        sheets(bytes)
    });
    let panicked = || damaged(&text!("không đọc được", "it cannot be read"));
    sheets.ok_or_else(panicked)?
}

/// A workbook that cannot be read.
pub fn damaged(detail: &Text) -> Faults {
    let (vi, en) = (&detail.vi, &detail.en);
    let what = text!("bảng tính bị hỏng ({vi})", "the workbook is damaged ({en})");
    Faults::one("workbook_damaged", Place::File, what)
}

/// What the reader said.
pub fn failed(error: &XlsxError) -> Faults {
    if matches!(error, XlsxError::Password) {
        let what = text!("tệp có mật khẩu", "it is locked with a password");
        return Faults::one("workbook_encrypted", Place::File, what);
    }
    let told: String = error.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    damaged(&text!("chi tiết kỹ thuật: {told}", "{told}"))
}

fn sheets(bytes: &[u8]) -> Result<Vec<Grid>, Faults> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| failed(&e))?;
    let listed = book.sheets_metadata().to_vec();
    if listed.len() > SHEETS_MAX {
        let what = text!("quá {SHEETS_MAX} trang", "more than {SHEETS_MAX} sheets");
        return Err(Faults::one("sheets_too_many", Place::File, what));
    }
    let mut left = TEXT_BYTES_MAX;
    let mut grids = Vec::new();
    for sheet in listed.iter().filter(|s| s.typ == SheetType::WorkSheet) {
        grids.push(grid(&mut book, &sheet.name, &mut left)?);
    }
    Ok(grids)
}

fn grid(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, left: &mut usize) -> Result<Grid, Faults> {
    let refused = |code, what| Faults::one(code, Place::sheet(name), what);
    let mut cells = book.worksheet_cells_reader(name).map_err(|e| failed(&e))?;
    let mut grid = Grid { name: name.to_owned(), rows: BTreeMap::new() };
    // This way of reading takes a cell and its formula at once, and keeps no table of shared formulas, whose size
    // the file could choose.
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(|e| failed(&e))? {
        let cell = if record.formula.is_some() { Some(Cell::Formula) } else { cell(record.value) };
        let Some(cell) = cell else { continue };
        let (row, column) = record.pos;
        if row >= ROWS_MAX {
            return Err(refused("rows_too_many", text!("quá {ROWS_MAX} dòng", "more than {ROWS_MAX} rows")));
        }
        if column >= COLUMNS_MAX {
            return Err(refused("columns_too_many", text!("quá {COLUMNS_MAX} cột", "more than {COLUMNS_MAX} columns")));
        }
        if let Cell::Text(text) = &cell {
            if text.len() > CELL_CHARS_MAX && text.encode_utf16().count() > CELL_CHARS_MAX {
                let what = text!("quá {CELL_CHARS_MAX} ký tự", "more than {CELL_CHARS_MAX} characters");
                let sheet = name.to_owned();
                let place = Place::Sheet { sheet, row: Some(row + 1), column: Some(column), heading: None };
                return Err(Faults::one("cell_too_long", place, what));
            }
            *left = left.checked_sub(text.len()).ok_or_else(|| {
                let what = text!("văn bản quá {TEXT_BYTES_MAX} byte", "more than {TEXT_BYTES_MAX} bytes of text");
                refused("text_too_long", what)
            })?;
        }
        grid.rows.entry(row).or_default().insert(column, cell);
    }
    Ok(grid)
}

/// The last day that a workbook can hold, 9999-12-31, counted as it counts days.
const DAY_LAST: f64 = 2_958_465.0;

/// What stands in a cell; none where nothing does.
pub fn cell(value: DataRef) -> Option<Cell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(text) if text.is_empty() => return None,
        DataRef::SharedString("") => return None,
        DataRef::String(text) | DataRef::DateTimeIso(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text.to_owned()),
        DataRef::Bool(bool) => Cell::Bool(bool),
        #[expect(clippy::cast_precision_loss, reason = "a workbook's numbers are doubles, and come as such")]
        DataRef::Int(number) => Cell::Number(number as f64),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::DurationIso(_) => Cell::Moment,
        DataRef::DateTime(moment) => {
            let serial = moment.as_f64();
            if !moment.is_datetime() || !(0.0..=DAY_LAST).contains(&serial) || serial.fract() != 0.0 {
                return Some(Cell::Moment);
            }
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            Cell::Day(format!("{year:04}-{month:02}-{day:02}"))
        }
    })
}
