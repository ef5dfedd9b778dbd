//! What a cell means: a text, a code, an exact number, a day, a mark; and how each is written into one.
//! Nothing is rounded and nothing is guessed: what can be read in two ways is refused.

use proto::document::Text;
use proto::{Code, Day, Decimal};
use proto::{decimal::SCALE_MAX, text};
use unicode_normalization::UnicodeNormalization;

use crate::grid::Cell;
use crate::words::{Words, mark};

/// Why a cell is not what is expected: a stable code, and what was expected.
pub type Wrong = (&'static str, Text);

/// The most characters of a cell that are shown back.
const SHOWN_CHARS: usize = 40;

/// A cell as it is shown back in an error.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => {
            let short: String = text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect();
            format!("“{short}”")
        }
        Cell::Number(number) => format!("{number}").chars().take(SHOWN_CHARS).collect(),
        Cell::Bool(bool) => bool.to_string().to_uppercase(),
        Cell::Day(day) => day.clone(),
        Cell::Error(error) => error.clone(),
        Cell::Moment | Cell::Formula => String::new(),
    }
}

fn wrong(code: &'static str, cell: &Cell, vi: &str, en: &str) -> Wrong {
    match cell {
        Cell::Formula => {
            let what = text!(
                "công thức Excel không được nhận: hãy dán giá trị; {vi}",
                "an Excel formula is not taken: paste its value; {en}"
            );
            ("cell_formula", what)
        }
        Cell::Error(error) => {
            ("cell_error", text!("ô báo lỗi {error}; {vi}", "the cell holds the error {error}; {en}"))
        }
        Cell::Moment => {
            (code, text!("thời điểm hoặc ngày ngoài phạm vi; {vi}", "a moment, or a day out of range; {en}"))
        }
        _ => {
            let shown = shown(cell);
            (code, text!("{shown}; {vi}", "{shown}; {en}"))
        }
    }
}

/// A text, as it stands there, in Normalization Form C.
///
/// # Errors
/// What is no text; a whole number counts as one.
pub fn text(cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Text(text) => Ok(unmarked(text.nfc().collect())),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Ok(format!("{number}")),
        _ => Err(wrong("cell_not_text", cell, "cần văn bản", "text is expected")),
    }
}

/// A cell as text, whether it holds a text, a number or a day: for tables whose columns are not known here.
///
/// # Errors
/// A formula, an error, a moment.
pub fn text_of(cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Text(text) => Ok(text.trim().nfc().collect()),
        Cell::Number(number) => Ok(format!("{number}")),
        Cell::Bool(_) | Cell::Day(_) => Ok(shown(cell)),
        _ => Err(wrong("cell_not_text", cell, "cần văn bản hoặc số", "a text or a number is expected")),
    }
}

/// What stands for a text that is there and empty.
const EMPTY: &str = "\"\"";

/// A text as a cell holds it. An empty one that must be told from none is two quotes; so a text of quotes alone gets one more.
#[must_use]
pub fn marked(text: &str) -> String {
    let quotes = text.len() >= EMPTY.len() && text.bytes().all(|b| b == b'"');
    if quotes { format!("{text}\"") } else { text.to_owned() }
}

/// The cell of a text that is there and empty.
#[must_use]
pub fn empty() -> String {
    EMPTY.to_owned()
}

fn unmarked(mut text: String) -> String {
    if text == EMPTY {
        text.clear();
    } else if text.len() > EMPTY.len() && text.bytes().all(|b| b == b'"') {
        text.pop();
    }
    text
}

/// A code or an identifier.
///
/// # Errors
/// What has not its form. A number is refused but for whole ones: Excel makes 1.1 of the code 1.10, and 1 of 001.
pub fn code<T>(cell: &Cell, parse: impl Fn(&str) -> Option<T>) -> Result<T, Wrong> {
    let expected = ("cần mã gồm a-z 0-9 . _ -, tối đa 64 ký tự", "a code of a-z 0-9 . _ - is expected, 64 at the most");
    match cell {
        Cell::Text(text) => parse(text.trim()).ok_or_else(|| wrong("cell_not_code", cell, expected.0, expected.1)),
        Cell::Number(_) => {
            let (vi, en) = (
                "Excel đã đổi mã thành số (1.10 thành 1,1; 001 thành 1): hãy định dạng ô là Văn bản rồi gõ lại",
                "Excel made a number of the code (1.10 becomes 1.1, 001 becomes 1): format the cell as Text and type it again",
            );
            Err(wrong("cell_code_number", cell, vi, en))
        }
        _ => Err(wrong("cell_not_code", cell, expected.0, expected.1)),
    }
}

/// The code of a node, a question, an item of a list (STT): a whole number is one too.
///
/// # Errors
/// As [`code`].
pub fn numbering(cell: &Cell) -> Result<Code, Wrong> {
    match cell {
        Cell::Number(number) if number.fract() == 0.0 && (0.0..1e9).contains(number) => {
            Ok(Code::parse(&format!("{number}")).expect("digits are a code"))
        }
        _ => code(cell, |text| Code::parse(text).ok()),
    }
}

/// An exact number: of a number cell its shortest decimal form, of a text cell what stands there, with a decimal comma or point.
///
/// # Errors
/// What is none, has more than nine places, or can be read in two ways ("1.234").
pub fn decimal(cell: &Cell) -> Result<Decimal, Wrong> {
    let expected = ("cần số", "a number is expected");
    let not = || wrong("cell_not_number", cell, expected.0, expected.1);
    let written = match cell {
        // The shortest form that reads back to the same double: what was typed, if it had 15 digits or fewer.
        Cell::Number(number) if number.is_finite() && number.abs() < 1e18 => format!("{number}"),
        Cell::Text(text) => {
            let text = text.trim();
            if grouped(text) {
                let (vi, en) = (
                    "dấu chấm có thể là dấu thập phân hoặc dấu nhóm nghìn: hãy nhập ô dạng số, hoặc dùng dấu phẩy thập phân",
                    "the point may be a decimal point or group thousands: enter it as a number, or with a decimal comma",
                );
                return Err(wrong("number_ambiguous", cell, vi, en));
            }
            text.replace(',', ".")
        }
        _ => return Err(not()),
    };
    let short = match written.split_once('.') {
        Some(_) => written.trim_end_matches('0').trim_end_matches('.'),
        None => &written,
    };
    let short = if short == "-0" { "0" } else { short };
    let places = short.split_once('.').map_or(0, |(_, places)| places.len());
    if places > usize::from(SCALE_MAX) {
        let vi = format!("quá {SCALE_MAX} chữ số sau dấu phẩy: hãy làm tròn");
        let en = format!("more than {SCALE_MAX} places: round it");
        return Err(wrong("number_places", cell, &vi, &en));
    }
    Decimal::parse(short).map_err(|_| not())
}

/// "1.234" and "12.345.678": one to three digits, then groups of three behind points; "0.125" is no such thing.
fn grouped(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut groups = text.strip_prefix('-').unwrap_or(text).split('.');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let leading = digits(first) && first.len() <= 3 && !first.starts_with('0');
    leading && !rest.is_empty() && rest.iter().all(|g| g.len() == 3 && digits(g))
}

/// A count.
///
/// # Errors
/// What is no whole number from 0 to 4294967295.
pub fn count(cell: &Cell) -> Result<u32, Wrong> {
    let (vi, en) = ("cần số nguyên không âm", "a whole number that is not negative is expected");
    let number = decimal(cell)?;
    let whole = (number.scale() == 0).then(|| u32::try_from(number.mantissa()).ok()).flatten();
    whole.ok_or_else(|| wrong("cell_not_count", cell, vi, en))
}

/// A day: a date cell, `28/10/2022`, or `2022-10-28`.
///
/// # Errors
/// What is none, or a day that does not exist.
pub fn day(cell: &Cell) -> Result<Day, Wrong> {
    let not = || {
        let (vi, en) = ("cần ngày dạng dd/mm/yyyy, từ năm 1970", "a day as dd/mm/yyyy is expected, of 1970 or later");
        wrong("cell_not_day", cell, vi, en)
    };
    let written = match cell {
        Cell::Day(day) => day.clone(),
        Cell::Text(text) => {
            let text = text.trim();
            let text = text.strip_suffix("T00:00:00").unwrap_or(text);
            let parts: Vec<&str> = text.split('/').collect();
            match parts.as_slice() {
                [day, month, year] if day.len() <= 2 && month.len() <= 2 => format!("{year}-{month:0>2}-{day:0>2}"),
                _ => text.to_owned(),
            }
        }
        _ => return Err(not()),
    };
    Day::parse(&written).map_err(|_| not())
}

/// A yes or a no.
///
/// # Errors
/// What is neither.
pub fn yes(cell: &Cell) -> Result<bool, Wrong> {
    let read = match cell {
        Cell::Text(text) => mark(text),
        Cell::Bool(bool) => Some(*bool),
        _ => None,
    };
    read.ok_or_else(|| wrong("cell_not_mark", cell, "cần x hoặc để trống", "x is expected, or nothing"))
}

/// A word of a list, as the protocol writes it.
///
/// # Errors
/// What is not in the list; it is told.
pub fn word(cell: &Cell, words: &Words) -> Result<&'static str, Wrong> {
    let found = match cell {
        Cell::Text(text) => words.find(&text.nfc().collect::<String>()),
        _ => None,
    };
    found.map(|w| w.code).ok_or_else(|| {
        let list =
            |of: fn(&crate::words::Word) -> &'static str| words.all.iter().map(of).collect::<Vec<_>>().join(", ");
        let (vi, en) = (list(|w| w.vi), list(|w| w.en));
        wrong("cell_not_word", cell, &format!("cần một trong: {vi}"), &format!("one of these is expected: {en}"))
    })
}

/// The double of a decimal, where it prints back to the same shortest form; otherwise the cell must be text.
#[must_use]
pub fn double(decimal: Decimal) -> Option<f64> {
    let text = decimal.to_string();
    let number: f64 = text.parse().ok()?;
    (format!("{number}") == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{Cell, code, count, day, decimal, double, marked, numbering, text, yes};
    use proptest::prelude::*;
    use proto::{Decimal, UnitId};

    fn number(n: f64) -> String {
        decimal(&Cell::Number(n)).map_or_else(|(code, _)| code.to_owned(), |d| d.to_string())
    }

    fn typed(t: &str) -> String {
        decimal(&Cell::Text(t.to_owned())).map_or_else(|(code, _)| code.to_owned(), |d| d.to_string())
    }

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        assert_eq!(
            ["8.25", "0.1", "-3", "0"].map(|t| number(t.parse().expect("a double"))),
            ["8.25", "0.1", "-3", "0"]
        );
        assert_eq!(number(0.1 + 0.2), "number_places");
        assert_eq!([f64::NAN, f64::INFINITY, 1e300, 1e18].map(number), ["cell_not_number"; 4]);
        assert_eq!(number(1e-9), "0.000000001");
        assert_eq!(number(-0.0), "0");
        for (t, read) in
            [("8,50", "8.5"), (" 8.25 ", "8.25"), ("0.125", "0.125"), ("1234.125", "1234.125"), ("12", "12")]
        {
            assert_eq!(typed(t), read, "{t}");
        }
        for (t, code) in [
            ("1.234", "number_ambiguous"),
            ("-12.345.678", "number_ambiguous"),
            ("1,234.5", "cell_not_number"),
            ("1e3", "cell_not_number"),
            ("mười", "cell_not_number"),
            ("0,0000000001", "number_places"),
        ] {
            assert_eq!(typed(t), code, "{t}");
        }
        assert_eq!(count(&Cell::Number(1.5)).expect_err("no count").0, "cell_not_count");
        assert_eq!(count(&Cell::Number(4_294_967_296.0)).expect_err("no count").0, "cell_not_count");
    }

    #[test]
    fn a_code_that_became_a_number_is_not_guessed() {
        let unit = |cell: &Cell| code(cell, |t| UnitId::parse(t).ok()).map_err(|(code, _)| code);
        assert_eq!(unit(&Cell::Number(1.0)), Err("cell_code_number"));
        assert!(unit(&Cell::Text(" 001 ".into())).is_ok());
        assert_eq!(numbering(&Cell::Number(1.0)).expect("a whole number").as_str(), "1");
        assert_eq!(numbering(&Cell::Number(1.1)).expect_err("1.10?").0, "cell_code_number");
    }

    #[test]
    fn days_and_marks_are_read_as_people_write_them() {
        let read = |t: &str| day(&Cell::Text(t.into())).map_or_else(|(c, _)| c.to_owned(), |d| d.to_string());
        assert_eq!(["28/10/2022", "1/7/2025", "2025-07-01"].map(read), ["2022-10-28", "2025-07-01", "2025-07-01"]);
        assert_eq!(["31/2/2022", "10/2022", "1/7/25", "28-10-2022", ""].map(read), ["cell_not_day"; 5]);
        assert_eq!(day(&Cell::Number(45_000.0)).expect_err("a number").0, "cell_not_day");
        assert_eq!((yes(&Cell::Bool(true)), yes(&Cell::Text("x".into()))), (Ok(true), Ok(true)));
        assert_eq!(yes(&Cell::Number(2.0)).expect_err("two").0, "cell_not_mark");
    }

    proptest! {
        #[test]
        fn every_decimal_is_a_double_that_prints_back_or_a_text(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u8..=9) {
            let d = Decimal::new(mantissa, scale).expect("in range");
            let cell = double(d).map_or_else(|| Cell::Text(d.to_string()), Cell::Number);
            prop_assert_eq!(decimal(&cell).expect("reads"), d);
        }

        #[test]
        fn a_text_comes_back_as_it_was(t in prop_oneof!["\"{0,5}", ".{0,20}"]) {
            let t: String = unicode_normalization::UnicodeNormalization::nfc(t.as_str()).collect();
            prop_assert_eq!(text(&Cell::Text(marked(&t))).expect("a text"), t);
        }
    }
}
