//! The name by which somebody signs in: small ASCII, so that no two of them look alike and one is typed on any keyboard.
//! It stands beside the log, never in it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The fewest and the most characters of a login name.
const CHARS: std::ops::RangeInclusive<usize> = 2..=64;

/// A login name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginName(String);

/// A text that is no login name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a login name has 2 to 64 of a-z 0-9 . _ -")]
pub struct BadLoginName;

impl LoginName {
    /// Parses a text as somebody types it: capitals are small ones, spaces around it are nothing.
    ///
    /// # Errors
    /// [`BadLoginName`].
    pub fn parse(text: &str) -> Result<Self, BadLoginName> {
        // No more than could be a name is ever looked at.
        let name: String = text.trim().nfc().take(CHARS.end() + 1).collect::<String>().to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        if CHARS.contains(&name.len()) && name.bytes().all(plain) { Ok(Self(name)) } else { Err(BadLoginName) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for LoginName {
    type Err = BadLoginName;
    fn from_str(text: &str) -> Result<Self, BadLoginName> {
        Self::parse(text)
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::LoginName;

    #[test]
    fn a_name_is_read_in_one_way() {
        for (text, name) in [("an.nv", "an.nv"), (" An.NV ", "an.nv"), ("x_1", "x_1"), ("00", "00")] {
            assert_eq!(LoginName::parse(text).expect(text).as_str(), name);
        }
        // The first of these has a Cyrillic letter that looks like an `a`.
        for bad in ["\u{430}n.nv", "", "a", "đỗ", "a b", "a@b", "a/b", &"x".repeat(65)] {
            assert!(LoginName::parse(bad).is_err(), "{bad}");
        }
    }
}
