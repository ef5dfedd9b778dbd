//! What a body says, as words for people: a broken file may hold anything, and a terminal obeys some of it.
//! Nothing but ASCII that can be seen, and the space, ever comes out.

/// The bytes as they are, but `\xHH` for each one outside 0x20 to 0x7E.
pub(crate) fn spelled(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut words = String::with_capacity(bytes.len());
    for &b in bytes {
        match b {
            b' '..=b'~' => words.push(char::from(b)),
            _ => write!(words, "\\x{b:02x}").expect("a string takes all"),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn nothing_that_a_terminal_obeys_comes_out() {
        assert_eq!(spelled(b"sheet/r22/gtvt \"\\~"), "sheet/r22/gtvt \"\\~");
        assert_eq!(
            spelled("\u{1b}[2J\n\u{7f}\u{9b}\u{202e}ế".as_bytes()),
            "\\x1b[2J\\x0a\\x7f\\xc2\\x9b\\xe2\\x80\\xae\\xe1\\xba\\xbf"
        );
        assert!((0..=255).all(|b| spelled(&[b]).bytes().all(|b| b == b' ' || b.is_ascii_graphic())));
    }
}
