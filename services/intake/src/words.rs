//! The words that stand in a workbook's cells for the protocol's own, in Vietnamese and English.
//! A word is chosen from a list; it is never guessed from a part of it.

/// A word.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// As the protocol writes it.
    pub code: &'static str,
    /// As the cell has it.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
    /// Other ways to write it.
    pub also: &'static [&'static str],
}

/// The words that a cell may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// What they name, in Vietnamese: the heading of the list in the workbook's guide.
    pub name: &'static str,
    /// In English.
    pub name_en: &'static str,
    /// The words.
    pub all: &'static [Word],
}

impl Words {
    /// The word that a cell holds, in any case of letters.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&'static Word> {
        let text = text.trim().to_lowercase();
        let is = |name: &str| name.to_lowercase() == text;
        self.all.iter().find(|w| is(w.vi) || is(w.en) || is(w.code) || w.also.iter().any(|a| is(a)))
    }

    /// The word of the protocol's code.
    ///
    /// # Panics
    /// For a code that the list has not, which only a defect can bring about.
    #[must_use]
    pub fn of(&self, code: &str) -> &'static Word {
        self.all.iter().find(|w| w.code == code).expect("every word of the protocol has one in its list")
    }
}

pub const fn word(code: &'static str, vi: &'static str, en: &'static str) -> Word {
    Word { code, vi, en, also: &[] }
}

/// Where a leaf's points come from.
pub static SOURCES: Words = Words {
    name: "Nguồn điểm",
    name_en: "Source",
    all: &[
        word("appraisal", "Thẩm định", "Appraisal"),
        word("survey", "Điều tra xã hội học", "Survey"),
        word("external", "Chỉ số khác", "External index"),
    ],
};

/// The kinds of scoring rule, and beside each the rows that stand below it.
pub static RULES: Words = Words {
    name: "Quy tắc",
    name_en: "Rule",
    all: &[
        word("options", "Chọn phương án", "Options"),
        word("number", "Số điểm", "Number"),
        word("yes_no", "Có hoặc không", "Yes or no"),
        word("ratio_bands", "Khoảng tỷ lệ", "Bands of a ratio"),
        word("linear", "Tuyến tính", "Linear"),
        word("linear_floor", "Tuyến tính có ngưỡng", "Linear with a floor"),
        word("steps", "Bậc theo số đếm", "Steps on a count"),
        word("per_unit", "Cộng mỗi lần", "Points for each"),
        word("deduct", "Trừ mỗi lần", "Deduction for each"),
        word("tiers", "Mức hưởng theo tỷ lệ", "Tiers of a ratio"),
        word("external_index", "Lấy từ chỉ số khác", "Taken from another index"),
        word("deadline", "Theo thời hạn", "Deadline"),
        word("formula", "Theo công thức", "By formula"),
        word("survey_average", "Bình quân điều tra", "Survey average"),
    ],
};

/// The rows that stand below a leaf: what its rule is made of.
pub static ROWS: Words = Words {
    name: "Dòng của quy tắc",
    name_en: "Row of a rule",
    all: &[
        word("option", "Phương án", "Option"),
        word("figure", "Số liệu", "Figure"),
        word("part", "Tử số", "Part"),
        word("whole", "Mẫu số", "Whole"),
        word("count", "Số đếm", "Count"),
        word("value", "Giá trị chỉ số khác", "Other index"),
        word("band", "Khoảng", "Band"),
        word("tier", "Mức hưởng", "Tier"),
        word("step", "Bậc", "Step"),
        word("floor", "Ngưỡng", "Floor"),
        word("increment", "Bước điểm", "Increment"),
        word("yes", "Có", "Yes"),
        word("no", "Không", "No"),
        word("each", "Mỗi lần", "Each"),
        word("scale", "Thang của chỉ số khác", "Its scale"),
        word("due", "Hạn", "Due day"),
        word("delay", "Chậm", "Delay"),
        word("after", "Chậm hơn nữa", "Later than that"),
        word("never", "Không thực hiện", "Never done"),
        word("expression", "Công thức", "Formula"),
        word("none", "Khi chia cho 0", "Where it divides by zero"),
    ],
};

/// What a rule gives where it would divide by zero.
pub static NONE: Words = Words {
    name: "Khi chia cho 0",
    name_en: "Where it divides by zero",
    all: &[
        word("zero", "0 điểm", "Zero"),
        word("maximum", "Điểm tối đa", "The maximum"),
        word("refuse", "Không nhận số liệu", "Refused"),
    ],
};

/// The lower end of an interval.
pub static LOWER: Words = Words {
    name: "Cận dưới",
    name_en: "Lower end",
    all: &[
        Word { code: "closed", vi: "≥", en: ">=", also: &["từ", "kể cả", "from", "included"] },
        Word { code: "open", vi: ">", en: ">", also: &["trên", "không kể", "above", "excluded"] },
    ],
};

/// The upper end of an interval.
pub static UPPER: Words = Words {
    name: "Cận trên",
    name_en: "Upper end",
    all: &[
        Word { code: "closed", vi: "≤", en: "<=", also: &["đến", "kể cả", "to", "included"] },
        Word { code: "open", vi: "<", en: "<", also: &["dưới", "không kể", "below", "excluded"] },
    ],
};

/// Bonus or penalty.
pub static SIGNS: Words = Words {
    name: "Cộng hay trừ",
    name_en: "Sign",
    all: &[word("bonus", "Điểm thưởng", "Bonus"), word("penalty", "Điểm trừ", "Penalty")],
};

/// What happens to claimed points that are not the rule's.
pub static DIFFERING: Words = Words {
    name: "Khi tự chấm khác quy tắc",
    name_en: "Claims that differ",
    all: &[word("refuse", "Không nhận", "Refused"), word("ground", "Nhận kèm lý do", "Taken with a ground")],
};

/// What becomes of a respondent group that gave no answer.
pub static MISSING: Words = Words {
    name: "Nhóm không trả lời",
    name_en: "Group without answers",
    all: &[
        word("others", "Các nhóm khác chia trọng số", "The others share its weight"),
        word("zero", "Tính là 0", "Counts as zero"),
    ],
};

/// What becomes of a respondent group that did not reach its sample.
pub static SHORT: Words = Words {
    name: "Nhóm thiếu mẫu",
    name_en: "Group under its sample",
    all: &[
        word("counts", "Vẫn tính", "Counts all the same"),
        word("missing", "Coi như không trả lời", "Treated as without answers"),
    ],
};

/// What a person may act as.
pub static CAPACITIES: Words = Words {
    name: "Tư cách",
    name_en: "Capacity",
    all: &[
        word("administrator", "Quản trị viên", "Administrator"),
        word("secretariat", "Thường trực (Sở Nội vụ)", "Secretariat"),
        word("drafter", "Người lập phiếu", "Drafter"),
        word("chief", "Thủ trưởng đơn vị", "Chief of the unit"),
        word("appraiser", "Người thẩm định", "Appraiser"),
        word("council", "Thành viên Hội đồng thẩm định", "Council member"),
        word("survey_staff", "Cán bộ điều tra", "Survey staff"),
        word("publisher", "Người công bố", "Publisher"),
        word("inspector", "Thanh tra", "Inspector"),
    ],
};

/// Every list, for the workbook's guide.
pub static LISTS: [&Words; 11] =
    [&SOURCES, &RULES, &ROWS, &LOWER, &UPPER, &NONE, &SIGNS, &DIFFERING, &MISSING, &SHORT, &CAPACITIES];

/// What marks a yes.
const MARKS: [&str; 7] = ["x", "có", "true", "yes", "✓", "✔", "đúng"];
/// What marks a no, beside nothing at all.
const NO_MARKS: [&str; 5] = ["không", "false", "no", "-", "sai"];

/// Whether a text marks a yes or a no.
#[must_use]
pub fn mark(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase();
    if MARKS.contains(&text.as_str()) {
        return Some(true);
    }
    (text.is_empty() || NO_MARKS.contains(&text.as_str())).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::{LISTS, RULES, UPPER, mark};
    use std::collections::BTreeSet;

    #[test]
    fn no_word_means_two_things_in_one_list() {
        for words in LISTS {
            let mut seen = BTreeSet::new();
            for word in words.all {
                let mut names =
                    BTreeSet::from([word.vi.to_lowercase(), word.en.to_lowercase(), word.code.to_lowercase()]);
                names.extend(word.also.iter().map(|a| a.to_lowercase()));
                for name in names {
                    assert!(seen.insert(name.clone()), "{}: {name} stands twice", words.name_en);
                    assert_eq!(words.find(&format!(" {name} ")), Some(word));
                }
            }
        }
        assert_eq!(RULES.all.len(), 14);
        assert_eq!(UPPER.find("Đến").map(|w| w.code), Some("closed"));
        assert_eq!(
            (mark("X"), mark("Có"), mark("KHÔNG"), mark(""), mark("y?")),
            (Some(true), Some(true), Some(false), Some(false), None)
        );
    }
}
