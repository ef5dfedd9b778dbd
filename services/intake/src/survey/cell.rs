//! What stands in one cell of a table of ballots: a day, a number, a name. Nothing is corrected, rounded or guessed.

use std::borrow::Cow;

use proto::document::Text;
use proto::{Day, text};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::columns::shown;
use super::encoding::LOST;

/// Why a cell is not what is expected: a stable code, and what was expected.
pub type Wrong = (&'static str, Text);

/// A cell's text, or why it is none.
pub enum Cleaned<'a> {
    /// The text, without spaces around it, its accents put together.
    Text(Cow<'a, str>),
    /// Letters were lost, or it holds what is no text.
    Wrong(&'static str, Text),
}

/// A cell's text as it is compared.
#[must_use]
pub fn clean(cell: &str) -> Cleaned<'_> {
    // Most cells are a few letters of ASCII without spaces around them.
    let plain = |byte: Option<&u8>| byte.is_none_or(|byte| (0x21..0x7f).contains(byte));
    let ends = cell.as_bytes();
    let cell = if plain(ends.first()) && plain(ends.last()) { cell } else { cell.trim() };
    if cell.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cleaned::Text(Cow::Borrowed(cell));
    }
    if cell.contains(LOST) {
        let what = text!(
            "có byte không có nghĩa trong bảng mã của tệp: kiểm tra lại bảng mã (--encoding)",
            "there are bytes without a meaning in the file's encoding: see which one it is (--encoding)"
        );
        return Cleaned::Wrong("text_unreadable", what);
    }
    if cell.chars().any(char::is_control) {
        let what = text!("có ký tự điều khiển hoặc xuống dòng", "there are control characters or a line's end in it");
        return Cleaned::Wrong("text_control", what);
    }
    match is_nfc_quick(cell.chars()) {
        IsNormalized::Yes => Cleaned::Text(Cow::Borrowed(cell)),
        IsNormalized::No | IsNormalized::Maybe => Cleaned::Text(Cow::Owned(cell.nfc().collect())),
    }
}

/// Whether a spreadsheet would take a text for a formula.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '@'])
}

/// What is wrong with a cell that means nothing that was expected.
#[must_use]
pub fn wrong(code: &'static str, cell: &str, vi: &str, en: &str) -> Wrong {
    let shown = shown(cell);
    if is_formula(cell) {
        let what =
            text!("“{shown}” là công thức, không được nhận; {vi}", "{shown:?} is a formula, and not taken; {en}");
        return ("cell_formula", what);
    }
    (code, text!("“{shown}”; {vi}", "{shown:?}; {en}"))
}

/// A day: `28/10/2022`, `1/7/2025` or `2022-10-28`.
#[must_use]
pub fn day(text: &str) -> Option<Day> {
    let digits =
        |part: &str, most: usize| !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), Some(year), None) if digits(day, 2) && digits(month, 2) && year.len() == 4 => {
            Day::parse(&format!("{year}-{month:0>2}-{day:0>2}")).ok()
        }
        _ => Day::parse(text).ok(),
    }
}

/// A whole number of seconds; what stands behind a decimal comma or point may be zeros alone.
#[must_use]
pub fn seconds(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let is_whole = !rest.is_empty() && rest.bytes().all(|byte| byte == b'0') && rest.len() < 3;
    let digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    (is_whole && digits).then(|| whole.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Cleaned, clean, day, seconds};

    #[test]
    fn days_and_seconds_are_read_as_people_write_them_and_nothing_is_guessed() {
        for text in ["28/10/2022", "2022-10-28"] {
            assert_eq!(day(text).map(|d| d.to_string()).as_deref(), Some("2022-10-28"));
        }
        assert_eq!(day("1/7/2025"), day("01/07/2025"));
        assert_eq!(
            ["31/2/2022", "13/13/2022", "1/7/25", "28-10-2022", "2022/10/28", "+1/7/2025", "1/7/2025/1", "", "1//2022"]
                .map(day),
            [None; 9]
        );
        assert_eq!(["95", "95,0", "95.00", "0"].map(seconds), [Some(95), Some(95), Some(95), Some(0)]);
        // 1.000 may be a thousand, or one.
        assert_eq!(["95,5", "1.000", "-1", "1e3", "", "4294967296", ",0", "95,"].map(seconds), [None; 8]);
    }

    #[test]
    fn accents_are_put_together_and_what_is_no_text_is_refused() {
        let code = |text: &str| match clean(text) {
            Cleaned::Text(text) => text.into_owned(),
            Cleaned::Wrong(code, _) => code.to_owned(),
        };
        assert_eq!(code(" So\u{302}\u{309} No\u{302}\u{323}i "), "Sổ Nội");
        assert_eq!(code("\u{a0}a\u{a0}"), "a");
        assert_eq!(["a\0b", "a\u{85}b", "a\nb", "\u{7f}"].map(code), ["text_control"; 4]);
        assert_eq!(code("a\u{fffd}"), "text_unreadable");
    }
}
