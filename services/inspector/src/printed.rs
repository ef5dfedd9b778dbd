//! A table that was published elsewhere: rows of text, from CSV as people's spreadsheets write it or from a workbook, and checked.
//! Columns are known by their heading; whatever cannot be read is refused with its row and column.

use domain::{Figures, PrintedRow, PrintedTable};
use proto::Decimal;

/// The most bytes of a file.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most digits after the point that a printed figure may have.
const DIGITS_MAX: u8 = 6;

/// Why a table cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It is too large.
    #[error("table_too_large: more than {BYTES_MAX} bytes")]
    TooLarge,
    /// It is no CSV in UTF-8, or a row has another number of columns.
    #[error("table_unreadable: {0}")]
    Csv(String),
    /// A column is missing.
    #[error("table_column_missing: there is no column {0:?}")]
    Column(&'static str),
    /// A value is none.
    #[error("table_value_wrong: row {row}, column {column:?}: {value:?} is no number as printed")]
    Value {
        /// The row, counted with its heading.
        row: usize,
        /// The column's heading.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// The means have no row for the block.
    #[error("table_block_missing: the means have no row for the block {0:?}")]
    Block(String),
}

/// Rows of text under their headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedRows {
    headings: Vec<String>,
    /// Each row with its number in the file, counted from 1.
    rows: Vec<(usize, Vec<String>)>,
}

/// What a column may be called in Vietnamese.
const VIETNAMESE: [(&str, &[&str]); 7] = [
    ("place", &["hạng", "xếp hạng", "thứ hạng"]),
    ("unit", &["mã đơn vị", "đơn vị"]),
    ("index", &["chỉ số", "chỉ số cchc"]),
    ("name", &["tên đơn vị", "tên"]),
    ("appraisal", &["thẩm định", "điểm thẩm định"]),
    ("survey", &["điều tra", "điều tra xhh", "điểm điều tra"]),
    ("block", &["khối"]),
];

impl PrintedRows {
    /// Rows that were read elsewhere, each with its number: the headings are the first one in which a column is known.
    #[must_use]
    pub fn of(mut rows: Vec<(usize, Vec<String>)>) -> Self {
        let known = |cell: &String| VIETNAMESE.iter().any(|(name, _)| is(cell, name));
        let head = rows.iter().position(|(_, cells)| cells.iter().any(known)).unwrap_or(0);
        let below = rows.split_off(rows.len().min(head + 1));
        let headings = rows.pop().map_or(Vec::new(), |(_, cells)| cells);
        Self { headings, rows: below }
    }

    /// The rows of a CSV.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn csv(bytes: &[u8]) -> Result<Self, TableError> {
        if bytes.len() > BYTES_MAX {
            return Err(TableError::TooLarge);
        }
        // Spreadsheets put a mark before UTF-8, and a semicolon between columns where the comma is the decimal point.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        let count = |c: u8| first.iter().filter(|b| **b == c).count();
        let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(bytes);
        let failed = |e: csv::Error| TableError::Csv(e.to_string());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let headings = cells(reader.headers().map_err(failed)?);
        let mut rows = Vec::new();
        for (row, record) in (2..).zip(reader.records()) {
            rows.push((row, cells(&record.map_err(failed)?)));
        }
        Ok(Self { headings, rows })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|h| is(h, name))
    }

    fn column(&self, name: &'static str) -> Result<usize, TableError> {
        self.find(name).ok_or(TableError::Column(name))
    }

    fn text(&self, row: usize, column: usize) -> &str {
        self.rows[row].1.get(column).map_or("", String::as_str)
    }

    /// A printed number and its digits after the point; none where nothing stands.
    fn number(&self, row: usize, column: &'static str) -> Result<Option<(Decimal, u8)>, TableError> {
        let Some(at) = self.find(column) else { return Ok(None) };
        let value = self.text(row, at);
        if value.is_empty() || value == "-" || value == "–" {
            return Ok(None);
        }
        let wrong = || TableError::Value { row: self.rows[row].0, column, value: value.chars().take(40).collect() };
        printed(value).ok_or_else(wrong).map(Some)
    }

    fn figures(&self, row: usize, digits: &mut u8) -> Result<Figures, TableError> {
        let mut figure = |column| {
            let number = self.number(row, column)?;
            *digits = (*digits).max(number.map_or(0, |(_, digits)| digits));
            Ok(number.map(|(value, _)| value))
        };
        Ok(Figures { index: figure("index")?, appraisal: figure("appraisal")?, survey: figure("survey")? })
    }
}

/// Whether a heading is that of a column, in either language.
fn is(heading: &str, name: &str) -> bool {
    let heading = heading.trim().to_lowercase();
    heading == name || VIETNAMESE.iter().any(|(n, vi)| *n == name && vi.contains(&heading.as_str()))
}

/// "81.40", "42,11" or "90" and how many digits stand behind its point.
fn printed(text: &str) -> Option<(Decimal, u8)> {
    let text = text.replace(',', ".");
    let digits = u8::try_from(text.split_once('.').map_or(0, |(_, d)| d.len())).ok().filter(|d| *d <= DIGITS_MAX)?;
    let short = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Some((Decimal::parse(short).ok()?, digits))
}

/// Reads a table (columns `place`, `unit`, `index`, and as they are there `name`, `appraisal`, `survey`) and the stated
/// means of its block (columns `block`, `index`, `appraisal`, `survey`).
///
/// # Errors
/// [`TableError`].
pub fn printed_table(
    sheet: &PrintedRows,
    means: Option<(&PrintedRows, &str)>,
    split: Option<Decimal>,
) -> Result<PrintedTable, TableError> {
    let (unit, _, place) = (sheet.column("unit")?, sheet.column("index")?, sheet.column("place")?);
    let name = sheet.find("name").unwrap_or(unit);
    let mut table = PrintedTable { rows: Vec::new(), means: Figures::default(), split, digits: 0 };
    for row in 0..sheet.rows.len() {
        let text = sheet.text(row, place);
        let wrong =
            || TableError::Value { row: sheet.rows[row].0, column: "place", value: text.chars().take(40).collect() };
        table.rows.push(PrintedRow {
            place: text.parse().map_err(|_| wrong())?,
            unit: sheet.text(row, unit).to_owned(),
            name: sheet.text(row, name).to_owned(),
            figures: sheet.figures(row, &mut table.digits)?,
        });
    }
    if let Some((sheet, block)) = means {
        let at = sheet.column("block")?;
        let missing = || TableError::Block(block.to_owned());
        let row = (0..sheet.rows.len()).find(|&row| sheet.text(row, at) == block).ok_or_else(missing)?;
        table.means = sheet.figures(row, &mut table.digits)?;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::{PrintedRows, TableError};
    use domain::PrintedTable;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<PrintedTable, TableError> {
        super::printed_table(&PrintedRows::csv(bytes)?, None, None)
    }

    #[test]
    fn a_tables_headings_stand_below_its_title_and_in_either_language() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![
            (2, row(["BẢNG XẾP HẠNG NĂM 2022", "", ""])),
            (4, row(["Xếp hạng", "Đơn vị", "Chỉ số CCHC"])),
            (5, row(["1", "a", "90,5"])),
            (7, row(["2", "b", "x"])),
        ];
        let whole = PrintedRows::of(rows);
        let error = super::printed_table(&whole, None, None).err();
        assert_eq!(error, Some(TableError::Value { row: 7, column: "index", value: "x".to_owned() }));
        assert_eq!(
            super::printed_table(&PrintedRows::of(Vec::new()), None, None).err(),
            Some(TableError::Column("unit"))
        );
    }

    #[test]
    fn what_a_spreadsheet_writes_is_read_and_the_rest_is_refused_at_its_place() {
        let table = read(b"\xef\xbb\xbfPlace;Unit;Index\n1;a;90,50\n2;b;\n").expect("reads");
        assert_eq!((table.rows.len(), table.digits), (2, 2));
        assert_eq!(table.rows[0].figures.index.expect("printed").to_string(), "90.5");
        assert!(table.rows[1].figures.index.is_none());
        let value = |row, column, value: &str| TableError::Value { row, column, value: value.to_owned() };
        let bad: [(&str, TableError); 5] = [
            ("place,index\n1,2\n", TableError::Column("unit")),
            ("place,unit\n1,a\n", TableError::Column("index")),
            ("place,unit,index\n1,a,9x\n", value(2, "index", "9x")),
            ("place,unit,index\n1,a,90\n-,b,80\n", value(3, "place", "-")),
            ("place,unit,index\n1,a,0.1234567\n", value(2, "index", "0.1234567")),
        ];
        for (text, error) in bad {
            assert_eq!(read(text.as_bytes()).err(), Some(error), "{text}");
        }
        assert!(matches!(read(b"place,unit,index\n1,a\n"), Err(TableError::Csv(_))));
        assert!(matches!(read(b"place,unit,index\n1,\xff,2\n"), Err(TableError::Csv(_))));
        assert_eq!(read(&vec![b'x'; super::BYTES_MAX + 1]).err(), Some(TableError::TooLarge));
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_they_are_read_and_checked_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400),
            cells in prop::collection::vec("[0-9,.;\"\n\u{e0}-]{0,6}", 0..60)) {
            let _ = read(&bytes);
            let text = format!("place,unit,index,survey\n{}", cells.join(","));
            if let Ok(table) = read(text.as_bytes()) {
                let _ = domain::check_printed(&table);
            }
        }
    }
}
