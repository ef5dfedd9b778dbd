//! A table's text into rows of cells, as it comes (RFC 4180, with the separator that the file has). No row is longer than a limit
//! that stands here, whatever the file says.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most bytes of a row, of UTF-8.
pub const ROW_BYTES_MAX: usize = 1 << 16;
/// The most cells of a row.
pub const CELLS_MAX: usize = 512;
/// The most bytes and cells of a row that is read as it stands: what comes near a limit is read by whoever holds it.
const WHOLE_BYTES_MAX: usize = ROW_BYTES_MAX / 2;
const WHOLE_CELLS_MAX: usize = CELLS_MAX / 2;
/// What stands between cells.
pub const SEPARATORS: [u8; 3] = [b';', b'\t', b','];

/// A row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Its number, from 1, as programs show it.
    pub number: u32,
    text: &'a str,
    ends: &'a [usize],
    /// Bytes between one cell's end and the next one's beginning.
    between: usize,
}

impl<'a> Row<'a> {
    /// A row whose cells stand behind each other in a text, and where each of them ends.
    #[must_use]
    pub fn new(number: u32, text: &'a str, ends: &'a [usize]) -> Self {
        Self { number, text, ends, between: 0 }
    }

    /// How many cells it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// A cell as it stands there; nothing where the row has none.
    #[must_use]
    pub fn cell(&self, column: usize) -> &'a str {
        let before = column.checked_sub(1).and_then(|before| self.ends.get(before));
        let from = before.map_or(0, |end| end + self.between);
        self.ends.get(column).map_or("", |end| &self.text[from..*end])
    }

    /// The same as bytes.
    #[must_use]
    pub fn bytes(&self, column: usize) -> &'a [u8] {
        let before = column.checked_sub(1).and_then(|before| self.ends.get(before));
        let from = before.map_or(0, |end| end + self.between);
        self.ends.get(column).map_or(b"", |end| &self.text.as_bytes()[from..*end])
    }

    /// Whether nothing stands in any cell.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let plain = self.cell(0).as_bytes().first().is_some_and(u8::is_ascii_graphic);
        !plain && (0..self.width()).all(|column| self.cell(column).trim().is_empty())
    }
}

/// A row that is longer than a limit: the rest of the file cannot be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// The row.
    pub number: u32,
}

/// A text that is split.
pub struct Splitting {
    core: Reader,
    text: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    cells: usize,
    /// Lines that have ended before what comes next.
    lines: u32,
    /// The line on which the open row begins; none between rows.
    open: Option<u32>,
    /// What each byte is.
    bytes: [Byte; 256],
    /// Whether rows are read as they stand: not before the reader has begun, which takes a mark away before its first row.
    whole: Option<bool>,
}

/// What a byte is in a row without quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Byte {
    Plain,
    Separator,
    End,
    Quote,
}

impl Splitting {
    /// Begins with the first row.
    #[must_use]
    pub fn begin(separator: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(separator).build();
        let mut bytes = [Byte::Plain; 256];
        (bytes[usize::from(b'"')], bytes[usize::from(separator)]) = (Byte::Quote, Byte::Separator);
        (bytes[usize::from(b'\r')], bytes[usize::from(b'\n')]) = (Byte::End, Byte::End);
        let (text, ends) = (vec![0; ROW_BYTES_MAX], vec![0; CELLS_MAX]);
        Self { core, text, filled: 0, ends, cells: 0, lines: 0, open: None, bytes, whole: Some(false) }
    }

    /// The same, with every row by the reader.
    #[must_use]
    pub fn plainly(self) -> Self {
        Self { whole: None, ..self }
    }

    /// Takes the next piece of the text; gives each row that ends in it.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn take(&mut self, text: &str, mut each: impl FnMut(Row)) -> Result<(), TooLong> {
        let mut at = 0;
        loop {
            if self.open.is_none() {
                // The reader passes over empty lines, so they are counted here.
                let rest = &text.as_bytes()[at..];
                let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                self.count(&rest[..empty]);
                at += empty;
            }
            if at == text.len() {
                return Ok(());
            }
            at += match self.whole(&text[at..], &mut each) {
                Some(read) => read,
                None => self.read(&text.as_bytes()[at..], &mut each)?,
            };
        }
    }

    /// The next row as it stands in the text: one without quotation marks, whose end is there. Nothing of it is copied. Says how
    /// many bytes it has; none for any other row, which is the reader's.
    fn whole(&mut self, text: &str, each: &mut impl FnMut(Row)) -> Option<usize> {
        if self.whole != Some(true) || self.open.is_some() {
            return None;
        }
        let mut cells = 0;
        for (at, byte) in text.bytes().enumerate().take(WHOLE_BYTES_MAX) {
            match self.bytes[usize::from(byte)] {
                Byte::Plain => {}
                Byte::Separator => {
                    self.ends[cells] = at;
                    cells += 1;
                    if cells == WHOLE_CELLS_MAX {
                        return None;
                    }
                }
                Byte::Quote => return None,
                Byte::End => {
                    self.ends[cells] = at;
                    let (number, ends) = (self.lines + 1, &self.ends[..=cells]);
                    each(Row { number, text: &text[..at], ends, between: 1 });
                    return Some(at);
                }
            }
        }
        None
    }

    /// The last row, where no line's end stands behind it.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn end(&mut self, mut each: impl FnMut(Row)) -> Result<(), TooLong> {
        if self.open.is_some() {
            self.read(b"", &mut each)?;
        }
        Ok(())
    }

    fn count(&mut self, passed: &[u8]) {
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        self.lines = self.lines.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
    }

    /// Reads on to the end of the row or of the piece; says how many bytes that were.
    fn read(&mut self, input: &[u8], each: &mut impl FnMut(Row)) -> Result<usize, TooLong> {
        self.whole = self.whole.map(|_| true);
        let number = *self.open.get_or_insert(self.lines + 1);
        let (text, ends) = (&mut self.text[self.filled..], &mut self.ends[self.cells..]);
        let (result, read, written, ended) = self.core.read_record(input, text, ends);
        self.count(&input[..read]);
        self.filled += written;
        self.cells += ended;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return Err(TooLong { number }),
            ReadRecordResult::Record => {
                let whole =
                    std::str::from_utf8(&self.text[..self.filled]).expect("text goes in, and only ASCII is taken out");
                each(Row::new(number, whole, &self.ends[..self.cells]));
                (self.filled, self.cells, self.open) = (0, 0, None);
            }
            ReadRecordResult::End => (self.filled, self.cells, self.open) = (0, 0, None),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{CELLS_MAX, ROW_BYTES_MAX, Splitting, TooLong};

    fn rows(text: &str, separator: u8, piece: usize) -> Result<Vec<(u32, Vec<String>)>, TooLong> {
        let (mut splitting, mut rows) = (Splitting::begin(separator), Vec::new());
        let mut each =
            |row: super::Row| rows.push((row.number, (0..row.width()).map(|c| row.cell(c).to_owned()).collect()));
        let mut rest = text;
        while !rest.is_empty() {
            let mut at = piece.min(rest.len());
            while !rest.is_char_boundary(at) {
                at += 1;
            }
            splitting.take(&rest[..at], &mut each)?;
            rest = &rest[at..];
        }
        splitting.end(&mut each)?;
        Ok(rows)
    }

    #[test]
    fn rows_have_the_numbers_that_programs_show_whatever_ends_their_lines() {
        for (text, expected) in [
            ("a;b\nc;d\n", vec![(1, vec!["a", "b"]), (2, vec!["c", "d"])]),
            ("a;b\r\nc;d", vec![(1, vec!["a", "b"]), (2, vec!["c", "d"])]),
            ("\r\n\r\na\r\n\r\nb\r\n", vec![(3, vec!["a"]), (5, vec!["b"])]),
            ("a;\"x\ny\"\nb;c\n", vec![(1, vec!["a", "x\ny"]), (3, vec!["b", "c"])]),
            ("\"a\"\"đ\";\n;", vec![(1, vec!["a\"đ", ""]), (2, vec!["", ""])]),
            ("", vec![]),
        ] {
            for piece in [1, 2, 3, 100] {
                let owned: Vec<(u32, Vec<String>)> =
                    expected.iter().map(|(n, cells)| (*n, cells.iter().map(|c| (*c).to_owned()).collect())).collect();
                assert_eq!(rows(text, b';', piece), Ok(owned), "{text:?} in pieces of {piece}");
            }
        }
        assert_eq!(rows("a\tb,c", b'\t', 9), Ok(vec![(1, vec!["a".to_owned(), "b,c".to_owned()])]));
    }

    #[test]
    fn no_row_is_longer_than_its_limits() {
        let long = "x".repeat(ROW_BYTES_MAX);
        assert!(rows(&format!("a\n{}\nb", &long[1..]), b';', 1_000).is_ok());
        assert_eq!(rows(&format!("a\n{long}x\nb"), b';', 1_000), Err(TooLong { number: 2 }));
        // A quote that is never closed makes one row of all the rest.
        assert_eq!(rows(&format!("a\n\"b\n{}", "c;d\n".repeat(20_000)), b';', 1_000), Err(TooLong { number: 2 }));
        assert!(rows(&";".repeat(CELLS_MAX - 2), b';', 100).is_ok());
        assert_eq!(rows(&";".repeat(CELLS_MAX), b';', 100), Err(TooLong { number: 1 }));
    }
}
