//! Bytes to text, piece by piece, in the encodings that Vietnamese offices save tables in. It never guesses between two encodings,
//! and bytes that have no meaning become the one character that whoever reads a cell refuses.

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};

use super::tcvn3;

/// What stands in the text where bytes have no meaning. A file that holds it already has lost a letter before: it is refused alike.
pub const LOST: char = '\u{fffd}';
/// How many bytes at the beginning of a file the encoding is seen from.
pub const HEAD_BYTES: usize = 1 << 16;
/// How many of them are asked whether they are UTF-16 without a mark.
const WIDE_BYTES: usize = 256;

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the lower byte first: what Excel calls "Unicode text".
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
    /// Windows-1258: accents stand behind their letters.
    Cp1258,
    /// TCVN 5712:1993, VN3: what the ABC fonts show (.VnTime).
    Tcvn3,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Cp1258, Self::Tcvn3];

    /// Its name at the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Cp1258 => "cp1258",
            Self::Tcvn3 => "tcvn3",
        }
    }

    /// The encoding of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.name() == name)
    }
}

/// The encoding that a file's mark names, and the bytes of the mark.
#[must_use]
pub fn marked(head: &[u8]) -> Option<(Encoding, usize)> {
    let marks: [(&[u8], Encoding); 3] =
        [(b"\xef\xbb\xbf", Encoding::Utf8), (b"\xff\xfe", Encoding::Utf16Le), (b"\xfe\xff", Encoding::Utf16Be)];
    marks.into_iter().find(|(mark, _)| head.starts_with(mark)).map(|(mark, encoding)| (encoding, mark.len()))
}

/// The encoding that a file without a mark is plainly in. None where it could be more than one: the encodings of 8 bits give a
/// letter for almost every byte, so whichever is taken something can be read, and it may be nonsense.
#[must_use]
pub fn plain(head: &[u8]) -> Option<Encoding> {
    // A table's head is mostly ASCII, of which every other byte is zero in UTF-16, and none in anything else.
    let wide = &head[..head.len().min(WIDE_BYTES) & !1];
    let zeros = |from: usize| wide.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    // A few zeros stand on the other side too: a letter's lower byte may be one.
    let plain = |many: usize, few: usize| many > wide.len() / 8 && few < many / 4;
    match (zeros(0), zeros(1)) {
        (few, many) if plain(many, few) => return Some(Encoding::Utf16Le),
        (many, few) if plain(many, few) => return Some(Encoding::Utf16Be),
        _ => {}
    }
    match std::str::from_utf8(head) {
        Ok(_) => Some(Encoding::Utf8),
        // Only the last letter may be cut off.
        Err(error) if error.error_len().is_none() => Some(Encoding::Utf8),
        Err(_) => None,
    }
}

/// A text while its bytes come.
pub struct Decoding(Inner);

enum Inner {
    Known(Box<Decoder>),
    Tcvn3,
}

impl Decoding {
    /// Begins behind the mark.
    #[must_use]
    pub fn begin(encoding: Encoding) -> Self {
        let known = match encoding {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Cp1258 => WINDOWS_1258,
            Encoding::Tcvn3 => return Self(Inner::Tcvn3),
        };
        Self(Inner::Known(Box::new(known.new_decoder_without_bom_handling())))
    }

    /// Appends the next bytes' text.
    pub fn take(&mut self, bytes: &[u8], last: bool, text: &mut String) {
        match &mut self.0 {
            Inner::Tcvn3 => text.extend(bytes.iter().map(|byte| tcvn3::letter(*byte).unwrap_or(LOST))),
            Inner::Known(decoder) => {
                let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
                text.reserve(room);
                // Bytes without a meaning become LOST there.
                let (_, read, _) = decoder.decode_to_string(bytes, text, last);
                debug_assert_eq!(read, bytes.len(), "there was room for all of it");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoding, Encoding, LOST, marked, plain};

    fn decoded(encoding: Encoding, bytes: &[u8], piece: usize) -> String {
        let (mut decoding, mut text) = (Decoding::begin(encoding), String::new());
        bytes.chunks(piece).for_each(|piece| decoding.take(piece, false, &mut text));
        decoding.take(b"", true, &mut text);
        text
    }

    #[test]
    fn an_encoding_is_seen_where_it_is_certain_and_asked_for_where_it_is_not() {
        let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let text = "đơn vị;nhóm;ngày";
        assert_eq!(marked(b"\xef\xbb\xbfa"), Some((Encoding::Utf8, 3)));
        assert_eq!(marked(b"\xff\xfea\0"), Some((Encoding::Utf16Le, 2)));
        assert_eq!((marked(b"\xfe\xff\0a"), marked(b"unit")), (Some((Encoding::Utf16Be, 2)), None));
        assert_eq!(plain(text.as_bytes()), Some(Encoding::Utf8));
        assert_eq!(plain(&text.as_bytes()[..4]), Some(Encoding::Utf8), "cut within a letter");
        assert_eq!(plain(&wide(text, u16::to_le_bytes)), Some(Encoding::Utf16Le));
        assert_eq!(plain(&wide(text, u16::to_be_bytes)), Some(Encoding::Utf16Be));
        assert_eq!(plain(b"\xae\xac\x6e v\xde;nh\xe3m"), None, "TCVN3, or any other of 8 bits");
        assert_eq!(plain(b"unit;group"), Some(Encoding::Utf8), "ASCII is the same in all that are left");
        assert_eq!(plain(b""), Some(Encoding::Utf8));
        assert!(Encoding::ALL.iter().all(|e| Encoding::parse(e.name()) == Some(*e)));
    }

    #[test]
    fn letters_are_whole_wherever_the_pieces_end_and_what_has_no_meaning_is_marked() {
        for piece in 1..5 {
            assert_eq!(decoded(Encoding::Utf8, "Sở Nội vụ".as_bytes(), piece), "Sở Nội vụ");
            assert_eq!(decoded(Encoding::Utf16Le, b"\xe1\x1en\0", piece), "ỡn");
            assert_eq!(decoded(Encoding::Cp1258, b"S\xf5\xd2 \xd0", piece), "S\u{1a1}\u{309} \u{110}");
            assert_eq!(decoded(Encoding::Tcvn3, b"S\xeb N\xe9i v\xf4", piece), "Sở Nội vụ");
        }
        assert_eq!(decoded(Encoding::Utf8, b"a\xffb", 1), format!("a{LOST}b"));
        assert_eq!(decoded(Encoding::Utf8, "ở".as_bytes().split_last().expect("bytes").1, 1), LOST.to_string());
        assert_eq!(decoded(Encoding::Utf16Le, b"a\0\0\xd8b\0", 1), format!("a{LOST}b"), "half of a pair");
        assert_eq!(decoded(Encoding::Tcvn3, b"\x80\xaf\xff", 1), LOST.to_string().repeat(3));
    }
}
