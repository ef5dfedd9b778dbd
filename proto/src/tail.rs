//! The fixed tail of a body, read backwards without parsing the data before it: the walk's fast path.
//! It believes nothing about the rest of the body; whoever folds the events parses them whole.

/// The members after `data`, as they stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail<'a> {
    /// The event's id.
    pub id: &'a [u8],
    /// Its kind.
    pub kind: &'a [u8],
    /// The log's origin.
    pub log: &'a [u8],
    /// Its position.
    pub position: u64,
    /// Hexadecimal hash of the event before, or empty.
    pub prev: &'a [u8],
    /// The stream.
    pub stream: &'a [u8],
    /// Hexadecimal hash of the event before in the stream, or empty.
    pub stream_prev: &'a [u8],
    /// Its version in the stream.
    pub version: u64,
}

/// The longest string in a tail: an origin has at most 128 bytes, a stream less than 160.
const STRING_MAX: usize = 160;

impl<'a> Tail<'a> {
    /// Reads the tail; `None` if the body does not end in one.
    #[must_use]
    pub fn read(body: &'a [u8]) -> Option<Self> {
        let mut back = Back { rest: body };
        back.expect(b"\"}}")?;
        back.string()?;
        back.expect(b",\"kind\":")?;
        back.closed_string()?;
        back.expect(b",\"via\":{\"credential\":")?;
        let version = back.number()?;
        back.expect(b",\"version\":")?;
        back.number()?;
        back.expect(b",\"v\":")?;
        let stream_prev = back.closed_string()?;
        back.expect(b",\"stream_prev\":")?;
        let stream = back.closed_string()?;
        back.expect(b",\"stream\":")?;
        let prev = back.closed_string()?;
        back.expect(b",\"prev\":")?;
        let position = back.number()?;
        back.expect(b",\"position\":")?;
        let log = back.closed_string()?;
        back.expect(b",\"log\":")?;
        let kind = back.closed_string()?;
        back.expect(b",\"kind\":")?;
        let id = back.closed_string()?;
        back.expect(b"},\"id\":")?;
        Some(Self { id, kind, log, position, prev, stream, stream_prev, version })
    }
}

struct Back<'a> {
    rest: &'a [u8],
}

impl<'a> Back<'a> {
    fn expect(&mut self, suffix: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_suffix(suffix)?;
        Some(())
    }

    /// The bytes back to the string's opening quote; its closing quote has been taken.
    fn string(&mut self) -> Option<&'a [u8]> {
        let from = self.rest.len().saturating_sub(STRING_MAX);
        let quote = from + self.rest[from..].iter().rposition(|&b| b == b'"')?;
        let text = &self.rest[quote + 1..];
        if text.contains(&b'\\') {
            return None;
        }
        self.rest = &self.rest[..quote];
        Some(text)
    }

    fn closed_string(&mut self) -> Option<&'a [u8]> {
        self.expect(b"\"")?;
        self.string()
    }

    /// An integer in shortest form.
    fn number(&mut self) -> Option<u64> {
        let digits = self.rest.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits > 16 {
            return None;
        }
        let (rest, text) = self.rest.split_at(self.rest.len() - digits);
        if digits > 1 && text[0] == b'0' {
            return None;
        }
        self.rest = rest;
        Some(text.iter().fold(0, |n, b| n * 10 + u64::from(b - b'0')))
    }
}
