//! A scale of answers, as it stands on a sheet of its own in a rulebook and below a question in a form.
//! An answer without a share is one that is not counted; its cell is empty, not 0.

use proto::Code;
use proto::document::Answer;

use crate::fault::{Faults, Places};
use crate::sheet::{Line, Look, Put};
use crate::table::{Column, Holds, Row, column};

/// Where an answer's parts stand in a row.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Its code.
    pub code: usize,
    /// Its share.
    pub share: usize,
    /// What it says.
    pub title: usize,
    /// In English.
    pub title_en: usize,
}

/// The sheet of its own.
pub const ALONE: At = At { code: 0, share: 1, title: 2, title_en: 3 };

/// The columns of the sheet of its own.
pub static COLUMNS: [Column; 4] = [
    column("Mã", "Code", 14.0, Holds::Codes),
    column("Tỷ lệ điểm", "Share of the maximum", 14.0, Holds::Plain),
    column("Phương án trả lời", "Answer", 60.0, Holds::Codes),
    column("Tên tiếng Anh", "Title in English", 60.0, Holds::Codes),
];

/// A row for an answer.
pub fn write(answer: &Answer, at: At, look: Look) -> Line {
    Line::new(look)
        .with(at.code, Put::Code(answer.code.to_string()))
        .maybe(at.share, answer.share.map(Put::Number))
        .some_texts(at.title, at.title_en, answer.title.as_ref())
}

/// The answer of a row; `path` is that of the question it belongs to, with a space behind.
pub fn read(row: &Row, at: At, path: &str, places: &mut Places, faults: &mut Faults) -> Option<Answer> {
    let code = row.code(at.code, faults, |t| Code::parse(t).ok());
    let share = row.some_decimal(at.share, faults);
    let title = row.some_texts(at.title, at.title_en, faults);
    row.rest(faults);
    let code = code?;
    places.put(format!("{path}answer {code}"), row.place());
    Some(Answer { code, share: share?, title: title? })
}
