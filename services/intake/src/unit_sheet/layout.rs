//! The columns of the sheets that officials fill in, by one set of headings for both kinds of sheet.
//! Columns are known by their headings, wherever they stand; none of them has two.

use proto::act::sheet::FIGURES_MAX;

use crate::table::{Column, Holds, column};
use crate::words::{Words, word};

/// The sheet that is filled in.
pub const TABLE: &str = "Phiếu";
/// The sheet that says what the workbook is and what it was made from.
pub const CARD: &str = "Thông tin phiếu";
/// The sheet of what drop-downs offer.
pub const CHOICES: &str = "Danh mục";

/// The code of a node. The row of headings is known by it.
pub const CODE: usize = 0;
/// The title of a node.
pub const TITLE: usize = 1;
/// The rule in words.
pub const RULE: usize = 2;
/// The maximum.
pub const MAXIMUM: usize = 3;
/// The chosen option.
pub const OPTION: usize = 4;
/// The first figure.
pub const FIGURE: usize = 5;
/// The day.
pub const DAY: usize = FIGURE + FIGURES_MAX;
/// Points that the unit claims, where they are not the rule's.
pub const CLAIMED: usize = DAY + 1;
/// Points that an appraiser gives, where they are not the rule's.
pub const POINTS: usize = DAY + 2;
/// What the row comes to.
pub const RECKONED: usize = DAY + 3;
/// The unit's explanation.
pub const EXPLANATION: usize = DAY + 4;
/// How many files the unit has attached.
pub const FILES: usize = DAY + 5;
/// The points that count now.
pub const PRESENT: usize = DAY + 6;
/// Of which stage they are, and what became of flag and exemption.
pub const STATE: usize = DAY + 7;
/// The revision that the workbook was made from.
pub const REVISION: usize = DAY + 8;
/// The unit, in a sheet of many.
pub const UNIT: usize = DAY + 9;
/// What the appraiser decides.
pub const DECISION: usize = DAY + 10;
/// Why.
pub const REASON: usize = DAY + 11;

const fn figure(vi: &'static str, en: &'static str) -> Column {
    column(vi, en, 8.0, Holds::Plain)
}

/// All columns.
pub static COLUMNS: [Column; DAY + 12] = [
    column("Mã", "Code", 6.5, Holds::Codes),
    column("Tiêu chí", "Criterion", 25.0, Holds::Codes),
    column("Quy tắc chấm điểm", "Rule", 34.0, Holds::Codes),
    column("Điểm tối đa", "Maximum", 6.5, Holds::Plain),
    column("Phương án", "Option", 14.0, Holds::Codes),
    figure("Số liệu (1)", "Figure 1"),
    figure("Số liệu (2)", "Figure 2"),
    figure("Số liệu (3)", "Figure 3"),
    figure("Số liệu (4)", "Figure 4"),
    figure("Số liệu (5)", "Figure 5"),
    figure("Số liệu (6)", "Figure 6"),
    figure("Số liệu (7)", "Figure 7"),
    figure("Số liệu (8)", "Figure 8"),
    figure("Số liệu (9)", "Figure 9"),
    figure("Số liệu (10)", "Figure 10"),
    figure("Số liệu (11)", "Figure 11"),
    figure("Số liệu (12)", "Figure 12"),
    figure("Số liệu (13)", "Figure 13"),
    figure("Số liệu (14)", "Figure 14"),
    figure("Số liệu (15)", "Figure 15"),
    figure("Số liệu (16)", "Figure 16"),
    column("Ngày", "Day", 10.5, Holds::Plain),
    column("Điểm tự chấm", "Points claimed", 8.0, Holds::Plain),
    column("Điểm thẩm định", "Points given", 8.0, Holds::Plain),
    column("Điểm tính", "Points reckoned", 7.0, Holds::Plain),
    column("Giải trình", "Explanation", 22.0, Holds::Codes),
    column("Số tệp", "Files", 5.0, Holds::Plain),
    column("Điểm hiện hành", "Points now", 7.5, Holds::Plain),
    column("Trạng thái", "State", 11.0, Holds::Codes),
    column("Lần sửa đổi", "Revision", 6.0, Holds::Plain),
    column("Đơn vị", "Unit", 9.0, Holds::Codes),
    column("Quyết định", "Decision", 12.0, Holds::Codes),
    column("Lý do", "Reason", 22.0, Holds::Codes),
];

/// The columns of a unit's sheet in their order, with so many figures.
pub fn of_unit(figures: usize) -> Vec<usize> {
    let mut order = vec![CODE, TITLE, RULE, MAXIMUM, OPTION];
    order.extend(FIGURE..FIGURE + figures);
    order.extend([DAY, CLAIMED, RECKONED, EXPLANATION, FILES, PRESENT, STATE, REVISION]);
    order
}

/// The columns of an appraiser's sheet in their order, with so many figures.
pub fn of_appraisal(figures: usize) -> Vec<usize> {
    let mut order =
        vec![UNIT, CODE, TITLE, RULE, MAXIMUM, CLAIMED, EXPLANATION, FILES, PRESENT, STATE, DECISION, OPTION];
    order.extend(FIGURE..FIGURE + figures);
    order.extend([DAY, POINTS, RECKONED, REASON, REVISION]);
    order
}

/// What an appraiser decides.
pub static DECISIONS: Words = Words {
    name: "Quyết định",
    name_en: "Decision",
    all: &[
        word("confirm", "công nhận", "confirm"),
        word("adjust", "điều chỉnh", "adjust"),
        word("flag", "yêu cầu giải trình", "ask to explain"),
    ],
};
