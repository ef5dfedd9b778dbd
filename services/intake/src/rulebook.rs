//! A rulebook as a workbook: its head, a sheet for each kind of unit, bonuses, respondent groups, the scale of answers.
//! The layout stands here once; `read` and `write` both go by it.

mod read;
mod rule_read;
mod rule_write;
mod write;

pub use read::read;
pub use write::write;

use crate::head::Item;
use crate::table::{Column, Holds, column};
use crate::words::{LOWER, ROWS, RULES, SIGNS, SOURCES, UPPER};

/// The head's name.
pub const HEAD: &str = "Bộ tiêu chí";
/// The sheet of bonuses and penalties.
pub const EXTRAS: &str = "Điểm thưởng, điểm trừ";
/// The sheet of respondent groups.
pub const GROUPS: &str = "Nhóm đối tượng";
/// The sheet of answers.
pub const ANSWERS: &str = "Thang trả lời";

const fn item(vi: &'static str, en: &'static str, path: &'static str) -> Item {
    Item { vi, en, path }
}

const TITLE: Item = item("Tên bộ tiêu chí", "Title", "title");
const BASIS: Item = item("Căn cứ", "Basis", "basis");
const FROM: Item = item("Hiệu lực từ ngày", "Effective from", "effective");
const UNTIL: Item = item("Hiệu lực đến ngày", "Effective until", "effective until");
const FRAGMENT: Item = item("Chỉ là một phần", "Fragment", "fragment");
const DIGITS: Item = item("Số chữ số thập phân khi tự chấm", "Digits of claims", "claims.digits");
const DIFFERING: Item = item("Khi tự chấm khác quy tắc", "Claims that differ", "claims.differing");
const MISSING: Item = item("Nhóm không trả lời", "Group without answers", "missing_group");
const SHORT: Item = item("Nhóm thiếu mẫu", "Group under its sample", "short_group");
const AGREEMENT: Item = item("Tỷ lệ trùng khớp tối thiểu khi hỏi lại", "Least agreement when asked again", "agreement");
const KIND: Item = item("Loại đơn vị", "Kind of unit", "kinds");

/// The columns of a kind's sheet.
mod tree {
    pub const STT: usize = 0;
    pub const TITLE: usize = 1;
    pub const MAXIMUM: usize = 2;
    pub const SOURCE: usize = 3;
    pub const RULE: usize = 4;
    pub const CODE: usize = 5;
    pub const LOWER: usize = 6;
    pub const FROM: usize = 7;
    pub const UPPER: usize = 8;
    pub const TO: usize = 9;
    pub const POINTS: usize = 10;
    pub const EVIDENCE: usize = 11;
    pub const ASKS: usize = 12;
    pub const EXEMPTIBLE: usize = 13;
    pub const TITLE_EN: usize = 14;
    pub const ASKS_EN: usize = 15;
    pub const ORDER: usize = 16;
}

static TREE: [Column; 17] = [
    column("STT", "No.", 10.0, Holds::Codes),
    column("Lĩnh vực / Tiêu chí / Tiêu chí thành phần", "Field / criterion / component", 46.0, Holds::Codes),
    column("Điểm tối đa", "Maximum", 9.0, Holds::Plain),
    column("Nguồn điểm", "Source", 12.0, Holds::Words(&[&SOURCES])),
    column("Quy tắc", "Rule, or row of a rule", 20.0, Holds::Words(&[&RULES, &ROWS])),
    column("Mã", "Code", 11.0, Holds::Codes),
    column("Cận dưới", "Lower end", 7.0, Holds::Words(&[&LOWER])),
    column("Từ", "From", 8.0, Holds::Plain),
    column("Cận trên", "Upper end", 7.0, Holds::Words(&[&UPPER])),
    column("Đến", "To", 8.0, Holds::Plain),
    column("Điểm / giá trị", "Points / value", 13.0, Holds::Plain),
    column("Cần tài liệu", "Evidence", 8.0, Holds::Plain),
    column("Tài liệu kiểm chứng", "Evidence asked for", 26.0, Holds::Codes),
    column("Được miễn", "May be exempted", 9.0, Holds::Plain),
    column("Tên tiếng Anh", "Title in English", 40.0, Holds::Codes),
    column("Tài liệu kiểm chứng (tiếng Anh)", "Evidence in English", 30.0, Holds::Codes),
    column("Thứ tự", "Order in the document", 8.0, Holds::Plain),
];

/// The columns of bonuses and penalties.
mod extra {
    pub const KIND: usize = 0;
    pub const CODE: usize = 1;
    pub const TITLE: usize = 2;
    pub const SIGN: usize = 3;
    pub const CAP: usize = 4;
    pub const TITLE_EN: usize = 5;
}

static EXTRA: [Column; 6] = [
    column("Loại đơn vị", "Kind of unit", 14.0, Holds::Codes),
    column("Mã", "Code", 14.0, Holds::Codes),
    column("Tên", "Title", 60.0, Holds::Codes),
    column("Cộng hay trừ", "Sign", 16.0, Holds::Words(&[&SIGNS])),
    column("Mức tối đa", "Cap", 12.0, Holds::Plain),
    column("Tên tiếng Anh", "Title in English", 60.0, Holds::Codes),
];

/// The columns of respondent groups.
mod group {
    pub const KIND: usize = 0;
    pub const CODE: usize = 1;
    pub const TITLE: usize = 2;
    pub const WEIGHT: usize = 3;
    pub const SAMPLE: usize = 4;
    pub const MARGIN: usize = 5;
    pub const TITLE_EN: usize = 6;
}

static GROUP: [Column; 7] = [
    column("Loại đơn vị", "Kind of unit", 14.0, Holds::Codes),
    column("Mã", "Code", 14.0, Holds::Codes),
    column("Nhóm đối tượng", "Respondent group", 60.0, Holds::Codes),
    column("Trọng số", "Weight", 10.0, Holds::Plain),
    column("Cỡ mẫu", "Sample of each unit", 10.0, Holds::Plain),
    column("Sai số", "Margin of error", 10.0, Holds::Plain),
    column("Tên tiếng Anh", "Title in English", 60.0, Holds::Codes),
];
