//! A file of ballots as its bytes come: its encoding, its separator, its rows. It never holds more of the file than its head
//! and one row.

use proto::text;

use super::asks::Asks;
use super::columns::{expected, is_heading};
use super::count::{Counting, Marked};
use super::encoding::{Decoding, Encoding, HEAD_BYTES, marked, plain};
use super::rows::Rows;
use super::split::{SEPARATORS, Splitting};
use crate::archive::is_archive;
use crate::fault::{Faults, Place};

/// A file that is read.
pub struct Reading<'a> {
    rows: Rows<'a>,
    /// The encoding that whoever sends it names.
    named: Option<Encoding>,
    head: Option<Vec<u8>>,
    text: String,
    split: Option<(Decoding, Splitting)>,
    plainly: bool,
}

impl<'a> Reading<'a> {
    /// Begins a table as text; `keeps` where its ballots are fetched.
    #[must_use]
    pub fn begin(asks: &'a Asks, named: Option<Encoding>, keeps: bool) -> Self {
        let rows = Rows::begin(asks, None, keeps);
        Self { rows, named, head: Some(Vec::new()), text: String::new(), split: None, plainly: false }
    }

    /// The same the plain way, which is what the quick one must come to: every row by the reader of tables, and nothing remembered
    /// of any cell.
    #[must_use]
    pub fn plainly(asks: &'a Asks, named: Option<Encoding>, keeps: bool) -> Self {
        let Self { rows, .. } = Self::begin(asks, named, keeps);
        Self { rows: rows.plainly(), plainly: true, ..Self::begin(asks, named, keeps) }
    }

    /// What the round asks.
    #[must_use]
    pub fn asks(&self) -> &'a Asks {
        self.rows.asks()
    }

    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        match &mut self.head {
            Some(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= HEAD_BYTES {
                    self.begin_rows(false);
                }
            }
            None => self.rows_of(bytes, false),
        }
    }

    /// Whether nothing more is read.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.rows.is_stopped() || self.head.is_none() && self.split.is_none()
    }

    /// The ballots that were read since this was last asked.
    pub fn ready(&mut self) -> Vec<Marked> {
        std::mem::take(&mut self.rows.ready)
    }

    /// What was counted, and the ballots that nobody has asked for yet.
    ///
    /// # Errors
    /// All faults.
    pub fn end(mut self) -> Result<(Counting, Vec<Marked>), Faults> {
        if self.head.is_some() {
            self.begin_rows(true);
        } else {
            self.rows_of(b"", true);
        }
        self.rows.faults.clone().none()?;
        if self.rows.counting.ballots == 0 {
            return Err(no_ballots());
        }
        let ready = self.ready();
        Ok((self.rows.counting, ready))
    }

    /// The head is there: what the file is, is seen from it.
    fn begin_rows(&mut self, last: bool) {
        let head = self.head.take().unwrap_or_default();
        let refused = |code, what| Faults::one(code, Place::File, what);
        let (encoding, mark) = match encoding(&head, self.named) {
            Ok(found) => found,
            Err(faults) => {
                self.rows.faults = faults;
                return;
            }
        };
        let mut text = String::new();
        Decoding::begin(encoding).take(&head[mark..], last, &mut text);
        let Some(separator) = separator(&text) else {
            self.rows.faults = refused("headings_missing", expected());
            return;
        };
        let splitting = Splitting::begin(separator);
        let splitting = if self.plainly { splitting.plainly() } else { splitting };
        self.split = Some((Decoding::begin(encoding), splitting));
        self.rows_of(&head[mark..], last);
    }

    fn rows_of(&mut self, bytes: &[u8], last: bool) {
        let Self { rows, split: Some((decoding, splitting)), text, .. } = self else { return };
        if rows.is_stopped() {
            return;
        }
        text.clear();
        decoding.take(bytes, last, text);
        let mut taken = splitting.take(text, |row| rows.take(&row));
        if last && taken.is_ok() {
            taken = splitting.end(|row| rows.take(&row));
        }
        if let Err(too_long) = taken {
            rows.too_long(too_long);
        }
    }
}

/// What is said of a table that has headings and nothing below.
pub fn no_ballots() -> Faults {
    Faults::one("ballots_none", Place::File, text!("tệp không có phiếu nào", "there are no ballots in it"))
}

/// The encoding, and the bytes of its mark.
fn encoding(head: &[u8], named: Option<Encoding>) -> Result<(Encoding, usize), Faults> {
    let refused = |code, what| Err(Faults::one(code, Place::File, what));
    if head.is_empty() {
        return refused("file_empty", text!("tệp rỗng", "it is empty"));
    }
    if is_archive(head) {
        let what = text!(
            "tệp là bảng tính Excel hoặc tệp nén, không phải văn bản",
            "it is a workbook or an archive, and no text"
        );
        return refused("file_no_text", what);
    }
    match (marked(head), named) {
        (Some((found, mark)), named) if named.is_none_or(|named| named == found) => Ok((found, mark)),
        (Some((found, _)), _) => {
            let found = found.name();
            refused("encoding_differs", text!("dấu đầu tệp nói {found}", "the file's own mark says {found}"))
        }
        (None, Some(named)) => Ok((named, 0)),
        (None, None) => match plain(head) {
            Some(found) => Ok((found, 0)),
            None => refused(
                "encoding_unknown",
                text!(
                    "không rõ bảng mã: nói --encoding cp1258 hoặc tcvn3 (phông ABC, .VnTime), hoặc lưu lại dạng UTF-8",
                    "its encoding is not plain: say --encoding cp1258 or tcvn3 (ABC, .VnTime), or save it as UTF-8"
                ),
            ),
        },
    }
}

/// The separator by which the first row that is not blank names the columns that no table is without.
fn separator(head: &str) -> Option<u8> {
    SEPARATORS.into_iter().find(|separator| {
        let (mut splitting, mut first) = (Splitting::begin(*separator), None);
        let mut each = |row: super::split::Row| {
            if first.is_none() && !row.is_blank() {
                first = Some(is_heading(&row));
            }
        };
        // A row further down that is too long is told of when it is read.
        let taken = splitting.take(head, &mut each);
        if taken.is_ok() {
            let _ = splitting.end(&mut each);
        }
        first == Some(true)
    })
}
