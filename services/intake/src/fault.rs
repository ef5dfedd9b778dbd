//! What is wrong with a file: a stable code, the place as the sender sees it, and a sentence in both languages.
//! It never holds more faults than a person would read; the rest is counted.

use std::collections::HashMap;
use std::fmt;

use proto::document::Text;
use proto::text;

use crate::limits::FAULTS_MAX;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A member of a JSON document, as in `nodes[3]`, or a part that domain names, as in `so 1.1.2`.
    Path(String),
    /// In a workbook.
    Sheet {
        /// The sheet's name.
        sheet: String,
        /// The row, from 1 as programs show it.
        row: Option<u32>,
        /// The column, from 0.
        column: Option<u32>,
        /// The column's heading, where it is known.
        heading: Option<&'static str>,
    },
    /// In a table of ballots.
    Ballots {
        /// The sheet's name; none where the file has no sheets.
        sheet: Option<String>,
        /// The row, from 1 as programs show it.
        row: u32,
        /// The column, from 0, and its heading.
        column: Option<(u32, String)>,
    },
}

impl Place {
    /// A sheet as a whole.
    #[must_use]
    pub fn sheet(sheet: &str) -> Self {
        Self::Sheet { sheet: sheet.to_owned(), row: None, column: None, heading: None }
    }

    /// As a sentence begins.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::File => text!("tệp", "the file"),
            Self::Path(path) => text!("{path}", "{path}"),
            Self::Ballots { sheet, row, column } => {
                let (vi, en) = sheet.as_ref().map_or((String::new(), String::new()), |sheet| {
                    (format!("trang “{sheet}”, "), format!("sheet {sheet:?}, "))
                });
                let Some((column, heading)) = column else { return text!("{vi}dòng {row}", "{en}row {row}") };
                let letters = letters(*column);
                let under = if heading.is_empty() { String::new() } else { format!(" “{heading}”") };
                text!(
                    "{vi}dòng {row}, cột {letters}{under} ({letters}{row})",
                    "{en}row {row}, column {letters}{under} ({letters}{row})"
                )
            }
            Self::Sheet { sheet, row: None, .. } => text!("trang “{sheet}”", "sheet {sheet:?}"),
            Self::Sheet { sheet, row: Some(row), column: None, .. } => {
                text!("trang “{sheet}”, dòng {row}", "sheet {sheet:?}, row {row}")
            }
            Self::Sheet { sheet, row: Some(row), column: Some(column), heading } => {
                let letters = letters(*column);
                let under = heading.map_or(String::new(), |h| format!(" “{h}”"));
                text!(
                    "trang “{sheet}”, dòng {row}, cột {letters}{under} ({letters}{row})",
                    "sheet {sheet:?}, row {row}, column {letters}{under} ({letters}{row})"
                )
            }
        }
    }
}

/// A column's letters: 0 is A, 26 is AA.
#[must_use]
pub fn letters(column: u32) -> String {
    let mut left = u64::from(column) + 1;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).expect("below 26")));
        left /= 26;
    }
    letters.iter().rev().collect()
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stable code.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What is wrong, and what was expected.
    pub what: Text,
}

impl Fault {
    /// The place and what is wrong there.
    #[must_use]
    pub fn told(&self) -> Text {
        let place = self.place.text();
        Text::new(format!("{}: {}", place.vi, self.what.vi), format!("{}: {}", place.en, self.what.en))
    }
}

/// All that is wrong with a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first of them.
    pub told: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    /// One fault alone.
    #[must_use]
    pub fn one(code: &'static str, place: Place, what: Text) -> Self {
        Self { told: vec![Fault { code, place, what }], more: 0 }
    }

    /// One more fault.
    pub fn push(&mut self, code: &'static str, place: Place, what: Text) {
        if self.told.len() < FAULTS_MAX {
            self.told.push(Fault { code, place, what });
        } else {
            self.more += 1;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.told.len() + self.more
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Nothing where there is no fault.
    ///
    /// # Errors
    /// All faults.
    pub fn none(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for fault in &self.told {
            writeln!(f, "{}: {}", fault.code, fault.told().en)?;
        }
        if self.more > 0 { write!(f, "and {} more", self.more) } else { Ok(()) }
    }
}

impl std::error::Error for Faults {}

/// Where in a file the parts of a document stand, by the paths that domain names them with.
#[derive(Debug, Default)]
pub struct Places {
    by_path: HashMap<String, Place>,
    otherwise: Option<Place>,
}

impl Places {
    /// Of a workbook: what has no place of its own is on this sheet.
    #[must_use]
    pub fn on(sheet: &str) -> Self {
        Self { by_path: HashMap::new(), otherwise: Some(Place::sheet(sheet)) }
    }

    /// A part stands here.
    pub fn put(&mut self, path: impl Into<String>, place: Place) {
        self.by_path.insert(path.into(), place);
    }

    /// The place of a path, or of what it is a part of.
    #[must_use]
    pub fn of(&self, path: &str) -> Place {
        let mut part = path;
        loop {
            if let Some(place) = self.by_path.get(part) {
                return place.clone();
            }
            match part.rsplit_once(' ') {
                Some((above, _)) => part = above,
                None => return self.otherwise.clone().unwrap_or_else(|| Place::Path(path.to_owned())),
            }
        }
    }

    /// The faults of domain, each at its place.
    #[must_use]
    pub fn faults(&self, found: &domain::Faults) -> Faults {
        let mut faults = Faults::default();
        for fault in &found.0 {
            let place = self.of(&fault.path);
            let what = match (&place, fault.path.as_str()) {
                // The place says it already.
                (Place::Path(_), _) => fault.what.clone(),
                (_, path) => {
                    let (vi, en) = (&fault.what.vi, &fault.what.en);
                    text!("{vi} ({path})", "{en} ({path})")
                }
            };
            faults.push(fault.code, place, what);
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Places, letters};

    #[test]
    fn a_place_is_told_as_the_program_shows_it() {
        assert_eq!([0, 25, 26, 51, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
        let place =
            Place::Sheet { sheet: "TC so".into(), row: Some(12), column: Some(3), heading: Some("Điểm tối đa") };
        assert_eq!(place.text().vi, "trang “TC so”, dòng 12, cột D “Điểm tối đa” (D12)");
    }

    #[test]
    fn a_part_without_a_place_of_its_own_stands_where_the_whole_does() {
        let mut places = Places::on("Phiếu hỏi");
        let row = Place::Sheet { sheet: "Câu hỏi".into(), row: Some(7), column: None, heading: None };
        places.put("question q1", row.clone());
        assert_eq!(places.of("question q1 answer a"), row);
        assert_eq!(places.of("questions"), Place::sheet("Phiếu hỏi"));
    }
}
