//! The fixed front and tail of a body, read without parsing the data between them: the walk's fast path.
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

/// One more than the longest string in front or tail: an origin has at most 128 bytes, a stream less than 160.
const STRING_MAX: usize = 160;
/// How long a hash is in hexadecimal digits, an id, and an instant.
const HASH: usize = 64;
const UUID: usize = 36;
const INSTANT: usize = 27;

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
        let stream_prev = back.closed_string_of::<HASH>()?;
        back.expect(b",\"stream_prev\":")?;
        let stream = back.closed_string()?;
        back.expect(b",\"stream\":")?;
        let prev = back.closed_string_of::<HASH>()?;
        back.expect(b",\"prev\":")?;
        let position = back.number()?;
        back.expect(b",\"position\":")?;
        let log = back.closed_string()?;
        back.expect(b",\"log\":")?;
        let kind = back.closed_string()?;
        back.expect(b",\"kind\":")?;
        let id = back.closed_string_of::<UUID>()?;
        back.expect(b"},\"id\":")?;
        Some(Self { id, kind, log, position, prev, stream, stream_prev, version })
    }
}

/// The members before `data`, as they stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Front<'a> {
    /// Who acted.
    pub actor: &'a [u8],
    /// When.
    pub at: &'a [u8],
    /// The command's id.
    pub command: &'a [u8],
}

impl<'a> Front<'a> {
    /// Reads the front; `None` if the body does not begin with one.
    #[must_use]
    pub fn read(body: &'a [u8]) -> Option<Self> {
        let mut rest = body.strip_prefix(b"{\"actor\":{\"capacity\":\"")?;
        upto(&mut rest, b"\",\"id\":\"")?;
        let actor = upto(&mut rest, b"\",\"unit\":\"")?;
        upto(&mut rest, b"\"},\"at\":\"")?;
        let at = upto_usual::<INSTANT>(&mut rest, b"\",\"cause\":\"")?;
        upto_usual::<UUID>(&mut rest, b"\",\"command\":{\"digest\":\"")?;
        upto_usual::<HASH>(&mut rest, b"\",\"id\":\"")?;
        let command = upto_usual::<UUID>(&mut rest, b"\"},\"data\":")?;
        Some(Self { actor, at, command })
    }
}

/// The string up to a mark, which begins with its closing quote; the mark is gone over.
fn upto<'a>(rest: &mut &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let end = rest[..rest.len().min(STRING_MAX)].iter().position(ends)?;
    let (text, after) = rest.split_at(end);
    *rest = after.strip_prefix(mark)?;
    Some(text)
}

/// As [`upto`], but where most strings have this length: those are seen at once, without a search.
fn upto_usual<'a, const USUAL: usize>(rest: &mut &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    if let Some((text, after)) = rest.split_first_chunk::<USUAL>()
        && let Some(after) = after.strip_prefix(mark)
        && is_plain(text)
    {
        *rest = after;
        return Some(text);
    }
    upto(rest, mark)
}

/// Whether a byte ends the plain part of a string: its quote, or an escape, which no string here may have.
fn ends(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\\')
}

/// Whether no byte does. All are looked at, so that a processor can do it many at a time.
fn is_plain<const BYTES: usize>(text: &[u8; BYTES]) -> bool {
    !text.iter().fold(false, |found, byte| found | ends(byte))
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
        let quote = from + self.rest[from..].iter().rposition(ends)?;
        let text = &self.rest[quote + 1..];
        self.rest = self.rest[..=quote].strip_suffix(b"\"")?;
        Some(text)
    }

    fn closed_string(&mut self) -> Option<&'a [u8]> {
        self.expect(b"\"")?;
        self.string()
    }

    /// As [`Back::closed_string`], but where most strings have this length: those are seen at once, without a search.
    fn closed_string_of<const USUAL: usize>(&mut self) -> Option<&'a [u8]> {
        self.expect(b"\"")?;
        if let Some((rest, text)) = self.rest.split_last_chunk::<USUAL>()
            && let Some(rest) = rest.strip_suffix(b"\"")
            && is_plain(text)
        {
            self.rest = rest;
            return Some(text);
        }
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
