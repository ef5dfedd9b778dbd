//! Which column of a table of ballots holds what, by the row of headings. A column that nobody knows is a fault: an answer is
//! never passed over because its heading was misspelt.

use proto::document::Text;
use proto::text;
use unicode_normalization::UnicodeNormalization;

use super::asks::Asks;
use super::cell::{Cleaned, clean};
use super::split::Row;
use crate::fault::{Faults, Place};

/// The columns that are no questions: their names in Vietnamese, with and without accents, and in English.
const UNIT: &[&str] = &["unit", "đơn vị", "don vi", "mã đơn vị", "ma don vi"];
const GROUP: &[&str] = &["group", "nhóm", "nhom", "nhóm đối tượng", "nhom doi tuong", "đối tượng", "doi tuong"];
const DAY: &[&str] = &["day", "ngày", "ngay", "ngày điều tra", "ngay dieu tra"];
const COLLECTOR: &[&str] = &["collector", "điều tra viên", "dieu tra vien", "người điều tra", "nguoi dieu tra"];
const SECONDS: &[&str] = &["seconds", "giây", "giay", "số giây", "so giay"];
/// Columns that are never read.
const NOTES: &[&str] = &["ghi chú", "ghi chu", "notes"];

/// Where everything stands.
#[derive(Debug, Default)]
pub struct Columns {
    /// The unit.
    pub unit: usize,
    /// The group.
    pub group: usize,
    /// The day.
    pub day: usize,
    /// Who collected it, where the table says so.
    pub collector: Option<usize>,
    /// How long it took, where the table says so.
    pub seconds: Option<usize>,
    /// The questions: their columns and names.
    pub questions: Vec<(usize, String)>,
    /// The headings, as the sender sees them.
    pub headings: Vec<String>,
}

/// A heading as it is compared: in any case, `_` as a space.
fn folded(text: &str) -> String {
    let text: String = text.nfc().collect::<String>().to_lowercase().replace('_', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a row names the columns that no table is without.
#[must_use]
pub fn is_heading(row: &Row) -> bool {
    let has = |names: &[&str]| (0..row.width()).any(|at| names.contains(&folded(row.cell(at)).as_str()));
    has(UNIT) && has(GROUP) && has(DAY)
}

/// What is said where no row is one of headings.
#[must_use]
pub fn expected() -> Text {
    text!(
        "dòng đầu phải có các cột đơn vị, nhóm, ngày, ngăn cách bằng dấu chấm phẩy, dấu phẩy hoặc tab",
        "the first row must name the columns unit, group and day, with semicolons, commas or tabs between them"
    )
}

impl Columns {
    /// Reads the row of headings.
    #[must_use]
    pub fn read(row: &Row, sheet: Option<&str>, asks: &Asks, faults: &mut Faults) -> Self {
        let headings: Vec<String> = (0..row.width()).map(|at| shown(row.cell(at))).collect();
        let mut columns = Self { headings, ..Self::default() };
        let mut seen: Vec<&'static str> = Vec::new();
        for at in 0..row.width() {
            let place = || columns_place(sheet, row.number, at, &columns.headings);
            let heading = row.cell(at).trim();
            let name = folded(heading);
            let known = [UNIT, GROUP, DAY, COLLECTOR, SECONDS, NOTES].into_iter().find(|n| n.contains(&name.as_str()));
            match known {
                None if heading.is_empty() => {}
                Some(NOTES) => {}
                Some(names) if seen.contains(&names[0]) => twice(place(), faults),
                Some(names) => {
                    seen.push(names[0]);
                    match names[0] {
                        "unit" => columns.unit = at,
                        "group" => columns.group = at,
                        "day" => columns.day = at,
                        "collector" => columns.collector = Some(at),
                        _ => columns.seconds = Some(at),
                    }
                }
                None if columns.questions.iter().any(|(_, name)| name == heading) => twice(place(), faults),
                None if asks.asks(heading) => columns.questions.push((at, heading.to_owned())),
                None => {
                    let (code, what) = match clean(heading) {
                        Cleaned::Wrong(code, what) => (code, what),
                        Cleaned::Text(_) => ("column_unknown", unknown()),
                    };
                    faults.push(code, place(), what);
                }
            }
        }
        columns
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.headings.len()
    }

    /// Where a cell is.
    #[must_use]
    pub fn place(&self, sheet: Option<&str>, row: u32, column: usize) -> Place {
        columns_place(sheet, row, column, &self.headings)
    }
}

fn columns_place(sheet: Option<&str>, row: u32, column: usize, headings: &[String]) -> Place {
    let heading = headings.get(column).cloned().unwrap_or_default();
    let column = u32::try_from(column).unwrap_or(u32::MAX);
    Place::Ballots { sheet: sheet.map(str::to_owned), row, column: Some((column, heading)) }
}

fn twice(place: Place, faults: &mut Faults) {
    faults.push("column_twice", place, text!("cột này có hai lần", "the column stands twice"));
}

fn unknown() -> Text {
    text!(
        "không rõ cột này là gì: cần mã câu hỏi của phiếu, hoặc “Ghi chú”",
        "the column is not known: the code of one of the form's questions is expected, or \"notes\""
    )
}

/// The most characters of a heading that are shown back.
const SHOWN_CHARS: usize = 40;

/// Text of the file as it is shown back.
#[must_use]
pub fn shown(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect()
}
