//! TCVN3, also called ABC: the smallest code of TCVN 5712:1993 (VN3), which the fonts .VnTime and their like show. A byte without a
//! letter in it is never given one.
//!
//! The letters are facts of the standard (TCVN 5712:1993, Decision 213/QĐ of 12/5/1993). They were held against the table that
//! glibc's iconv has for the larger code VN1 of the same standard, of which VN3 has the small letters and the capitals without a
//! tone. Capitals with a tone are small letters shown by a font of capitals (.VnTimeH): as text they are small letters.

/// The letters from A0 on, sixteen a line; a hyphen where there is none.
const LETTERS: [[char; 16]; 6] = [
    ['\u{a0}', 'Ă', 'Â', 'Ê', 'Ô', 'Ơ', 'Ư', 'Đ', 'ă', 'â', 'ê', 'ô', 'ơ', 'ư', 'đ', '-'],
    ['-', '-', '-', '-', '-', 'à', 'ả', 'ã', 'á', 'ạ', '-', 'ằ', 'ẳ', 'ẵ', 'ắ', '-'],
    ['-', '-', '-', '-', '-', '-', 'ặ', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ', 'è', '-', 'ẻ', 'ẽ'],
    ['é', 'ẹ', 'ề', 'ể', 'ễ', 'ế', 'ệ', 'ì', 'ỉ', '-', '-', '-', 'ĩ', 'í', 'ị', 'ò'],
    ['-', 'ỏ', 'õ', 'ó', 'ọ', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ', 'ù'],
    ['-', 'ủ', 'ũ', 'ú', 'ụ', 'ừ', 'ử', 'ữ', 'ứ', 'ự', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ', '-'],
];

/// The character of a byte; none where VN3 has none.
#[must_use]
pub fn letter(byte: u8) -> Option<char> {
    let above = match byte {
        0x00..0x80 => return Some(char::from(byte)),
        0x80..0xa0 => return None,
        0xa0.. => usize::from(byte - 0xa0),
    };
    Some(LETTERS[above / 16][above % 16]).filter(|letter| *letter != '-')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::letter;

    #[test]
    fn every_small_letter_has_one_byte_and_capitals_have_one_without_a_tone() {
        let letters: Vec<char> = (0x80..=0xff).filter_map(letter).filter(|c| *c != '\u{a0}').collect();
        let small = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";
        let expected: BTreeSet<char> = small.chars().chain("ĂÂÊÔƠƯĐ".chars()).collect();
        assert_eq!((letters.len(), letters.iter().copied().collect()), (74, expected));
        assert_eq!([0xae, 0xd6, 0xfe, 0xa7, 0xa0].map(letter), ['đ', 'ệ', 'ỵ', 'Đ', '\u{a0}'].map(Some));
        assert_eq!([0x80, 0x9f, 0xaf, 0xb0, 0xff].map(letter), [None; 5]);
    }
}
