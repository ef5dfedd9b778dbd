//! The reader that refuses: one pass over bytes that says whether they are canonical JSON.
//! It never allocates and never changes a byte.

use super::{DEPTH_MAX, INTEGER_MAX, is_key};

/// Why bytes are not canonical JSON, and at which byte (0-based).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct CanonError {
    /// Offset of the first byte that is wrong.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// Checks that `bytes` are exactly one canonical JSON value.
///
/// # Errors
/// The first deviation: white space, a key out of order or twice, a float, null, an integer beyond
/// 2^53-1, an escape that is not the shortest, bad UTF-8, nesting deeper than [`DEPTH_MAX`].
pub fn check(bytes: &[u8]) -> Result<(), CanonError> {
    if let Err(e) = std::str::from_utf8(bytes) {
        return Err(CanonError { at: e.valid_up_to(), what: "not UTF-8" });
    }
    let mut reader = Reader { bytes, at: 0 };
    reader.value(0)?;
    if reader.at == bytes.len() { Ok(()) } else { reader.fail("bytes after the value") }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, what: &'static str) -> Result<T, CanonError> {
        Err(CanonError { at: self.at, what })
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn literal(&mut self, text: &'static str) -> Result<(), CanonError> {
        if self.bytes[self.at..].starts_with(text.as_bytes()) {
            self.at += text.len();
            return Ok(());
        }
        self.fail("not a JSON value")
    }

    fn value(&mut self, depth: usize) -> Result<(), CanonError> {
        if depth > DEPTH_MAX {
            return self.fail("nested too deeply");
        }
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(|_| ()),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.fail("null is not allowed"),
            b'-' | b'0'..=b'9' => self.integer(),
            b' ' | b'\t' | b'\n' | b'\r' => self.fail("white space outside a string"),
            _ => self.fail("not a JSON value"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), CanonError> {
        self.at += 1;
        if self.peek() == b'}' {
            self.at += 1;
            return Ok(());
        }
        let mut last: &[u8] = b"";
        loop {
            let start = self.at;
            if self.peek() != b'"' {
                return self.fail("a member's name must stand here");
            }
            let key = self.string()?;
            if !is_key(key) {
                self.at = start;
                return self.fail("a member's name must be snake_case");
            }
            if key <= last {
                self.at = start;
                return self.fail(if key == last { "a member twice" } else { "members out of order" });
            }
            last = key;
            if self.peek() != b':' {
                return self.fail("a colon must stand here");
            }
            self.at += 1;
            self.value(depth + 1)?;
            match self.peek() {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("a comma or } must stand here"),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), CanonError> {
        self.at += 1;
        if self.peek() == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            match self.peek() {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("a comma or ] must stand here"),
            }
        }
    }

    /// The raw bytes between the quotes.
    fn string(&mut self) -> Result<&'a [u8], CanonError> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                None => return self.fail("a string without end"),
                Some(b'"') => {
                    let raw = &self.bytes[start..self.at];
                    self.at += 1;
                    return Ok(raw);
                }
                Some(b'\\') => self.escape()?,
                Some(0..=0x1f) => return self.fail("a control character must be escaped"),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), CanonError> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let Some(hex) = self.bytes.get(self.at + 2..self.at + 6) else {
                    return self.fail("an escape that breaks off");
                };
                let shortest = hex.starts_with(b"00")
                    && matches!(hex[2], b'0' | b'1')
                    && matches!(hex[3], b'0'..=b'9' | b'a'..=b'f')
                    && !matches!(&hex[2..], b"08" | b"09" | b"0a" | b"0c" | b"0d");
                if !shortest {
                    return self.fail("an escape that is not the shortest form");
                }
                self.at += 6;
                Ok(())
            }
            _ => self.fail("an escape that is not the shortest form"),
        }
    }

    fn integer(&mut self) -> Result<(), CanonError> {
        let start = self.at;
        if self.peek() == b'-' {
            self.at += 1;
        }
        let digits = self.at;
        let mut n: i64 = 0;
        while self.peek().is_ascii_digit() {
            n = n.saturating_mul(10).saturating_add(i64::from(self.peek() - b'0'));
            self.at += 1;
        }
        let len = self.at - digits;
        if matches!(self.peek(), b'.' | b'e' | b'E') {
            return self.fail("a fraction or exponent: only integers are allowed");
        }
        let leading_zero = len > 1 && self.bytes[digits] == b'0';
        let minus_zero = digits > start && n == 0;
        if len == 0 || leading_zero || minus_zero {
            self.at = start;
            return self.fail("an integer not in its shortest form");
        }
        if n > INTEGER_MAX {
            self.at = start;
            return self.fail("an integer beyond 2^53-1");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_is_not_canonical_is_refused_at_its_byte() {
        let table: [(&str, usize); 22] = [
            ("", 0),
            (" 1", 0),
            ("{\"b\":1,\"a\":2}", 7),
            ("{\"a\":1,\"a\":2}", 7),
            ("{\"A\":1}", 1),
            ("{\"a\" :1}", 4),
            ("{\"a\":null}", 5),
            ("1.5", 1),
            ("1e3", 1),
            ("-0", 0),
            ("01", 0),
            ("9007199254740992", 0),
            ("\"\\u0041\"", 1),
            ("\"\\/\"", 1),
            ("\"\\u000A\"", 1),
            ("\"\\u000a\"", 1),
            ("\"\u{1}\"", 1),
            ("[1,]", 3),
            ("[1 ]", 2),
            ("{}{}", 2),
            ("\"abc", 4),
            ("nul", 0),
        ];
        for (text, at) in table {
            assert_eq!(check(text.as_bytes()).map_err(|e| e.at), Err(at), "{text}");
        }
    }

    #[test]
    fn canonical_values_pass() {
        for text in ["{}", "[]", "0", "-1", "9007199254740991", "\"\\u001f\\n\"", "{\"a\":[true,false,\"ế\"]}"] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(check(deep(33).as_bytes()), Ok(()));
        assert_eq!(check(deep(34).as_bytes()).map_err(|e| e.what), Err("nested too deeply"));
    }
}
