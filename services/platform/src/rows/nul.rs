//! U+0000 in PostgreSQL, which holds every character of Unicode in a text but this one: a row that has it is stored with
//! two characters in its place and read back as it was. No row is ever refused for a character, or changed by it.

use proto::rows::Cell;

/// A code point that is no character and stands in no text of people's.
const MARK: char = '\u{10ffff}';
/// What stands for U+0000, and for the mark itself.
const NUL: &str = "\u{10ffff}0";
const MARKED: &str = "\u{10ffff}1";

/// Makes of a cell what is stored.
pub fn hide(cell: &mut Cell) {
    if let Cell::Text(text) = cell
        && text.contains(['\0', MARK])
    {
        *text = text.replace(MARK, MARKED).replace('\0', NUL);
    }
}

/// Makes of what is stored the cell that it was.
pub fn show(cell: &mut Cell) {
    if let Cell::Text(text) = cell
        && text.contains(MARK)
    {
        *text = text.replace(NUL, "\0").replace(MARKED, "\u{10ffff}");
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, hide, show};

    #[test]
    fn every_text_comes_back_and_none_is_stored_with_nul() {
        let mark = '\u{10ffff}';
        let marked = [format!("{mark}0"), format!("\0{mark}1\0"), format!("{mark}{mark}0\0")];
        let plain = ["", "Sở Nội vụ", "\0", "a\0b\0"].map(str::to_owned);
        for text in plain.into_iter().chain(marked) {
            let cell = Cell::Text(text.clone());
            let mut stored = cell.clone();
            hide(&mut stored);
            assert!(matches!(&stored, Cell::Text(t) if !t.contains('\0')), "{text:?}");
            show(&mut stored);
            assert_eq!(stored, cell);
        }
    }
}
