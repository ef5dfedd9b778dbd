//! What a report says of itself: in Vietnamese alone, whatever language its reader's pages are in, as official documents are.
//! No text of the record goes from here into a file before what could hide or turn it was taken out.

/// The heading of every official document.
pub const NATION: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
/// The line below it.
pub const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
/// The kind of document.
pub const KIND: &str = "BÁO CÁO";
/// What recipients stand under.
pub const RECIPIENTS: &str = "Nơi nhận:";
/// The mark of a standing that was not published.
pub const PROVISIONAL: &str = "TẠM TÍNH";
/// The mark of a training round.
pub const TRAINING: &str = "KỲ TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ";
/// The titles of the parts.
pub const STATUS: &str = "1. Tình trạng của kết quả";
/// The titles of the parts.
pub const SUMMARY: &str = "2. Kết quả chung";
/// The titles of the parts.
pub const RANKINGS: &str = "3. Xếp hạng từng khối";
/// The titles of the parts.
pub const CHECKING: &str = "4. Kiểm chứng";

/// A text of the record as a file may hold it: characters that no XML holds, that steer a reader's program or turn the
/// direction of what follows, are shown as U+FFFD. They are not dropped silently: something was there.
pub fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || u32::from(c) & 0xfffe == 0xfffe
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// A number as Roman numerals write it, for annexes.
pub fn roman(mut n: usize) -> String {
    let mut out = String::new();
    for (value, digits) in [(50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while n >= value {
            out += digits;
            n -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{plain, roman};

    #[test]
    fn what_hides_or_turns_text_is_shown_as_something_that_was_there() {
        let table = [
            ("Sở Nội vụ", "Sở Nội vụ"),
            ("a\u{202e}b\u{2066}c", "a\u{fffd}b\u{fffd}c"),
            ("a\0b\u{b}c\nd", "a\u{fffd}b\u{fffd}c\u{fffd}d"),
            ("\u{ffff}\u{1fffe}", "\u{fffd}\u{fffd}"),
            ("<b> & =1+1", "<b> & =1+1"),
        ];
        for (text, shown) in table {
            assert_eq!(plain(text), shown);
        }
    }

    #[test]
    fn annexes_are_numbered_as_the_decree_numbers_them() {
        assert_eq!([1, 2, 4, 9, 14, 41].map(roman), ["I", "II", "IV", "IX", "XIV", "XLI"]);
    }
}
