//! Which passwords are taken. Length is asked for and what everybody tries is refused; that there be digits or capitals is not,
//! for that makes passwords that are written down, not better ones (NIST SP 800-63B, 3.1.1.2). None is ever shown or logged.

use unicode_normalization::UnicodeNormalization;

use crate::login_name::LoginName;

/// The fewest characters of a password that somebody chooses.
pub const CHARS_MIN: usize = 12;
/// The most.
pub const CHARS_MAX: usize = 128;

/// What everybody tries, as far as it is long enough.
const OBVIOUS: [&str; 20] = [
    "123456789012",
    "1234567890123",
    "0123456789012",
    "012345678901",
    "12345678901234567890",
    "123123123123",
    "112233445566",
    "abcdefghijkl",
    "abcd12345678",
    "abc123456789",
    "qwertyuiop[]",
    "qwerty123456",
    "qwertyuiopasdfgh",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "password1234",
    "passwordpassword",
    "matkhau123456",
    "matkhaumatkhau",
    "administrator",
];
/// The letters of a first password: 32 that are not taken for one another. 20 of them are 100 bits.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A password, in Unicode Normalization Form C: the same keys give the same password on every machine.
#[derive(Clone)]
pub struct Password(String);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Fewer than [`CHARS_MIN`] characters.
    TooShort,
    /// More than [`CHARS_MAX`].
    TooLong,
    /// It is the login name.
    IsName,
    /// Everybody tries it.
    Obvious,
    /// It is the one before.
    IsOld,
}

impl Password {
    /// A password as it was typed, to be held against one that is kept.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        // What is longer fits nothing, and is not worth the work.
        Self(text.nfc().take(CHARS_MAX + 1).collect())
    }

    /// A password that the bearer of a name chooses.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn chosen(text: &str, name: &LoginName) -> Result<Self, Unfit> {
        let password = Self::typed(text);
        let characters = password.0.chars().count();
        if characters < CHARS_MIN {
            return Err(Unfit::TooShort);
        }
        if characters > CHARS_MAX {
            return Err(Unfit::TooLong);
        }
        let small = password.0.to_lowercase();
        if small.trim() == name.as_str() {
            return Err(Unfit::IsName);
        }
        let first = small.chars().next();
        if OBVIOUS.contains(&small.as_str()) || small.chars().all(|c| Some(c) == first) {
            return Err(Unfit::Obvious);
        }
        Ok(password)
    }

    /// A password made by chance, to be read out and typed once.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub fn by_chance() -> Result<Self, getrandom::Error> {
        let mut random = [0; 20];
        getrandom::fill(&mut random)?;
        // 256 is a multiple of 32: no letter is likelier than another.
        let letters: Vec<char> = random.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
        let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
        Ok(Self(groups.join("-")))
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text, for whoever shows it this once.
    pub(crate) fn shown_once(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{OBVIOUS, Password, Unfit};
    use crate::login_name::LoginName;

    #[test]
    fn a_password_is_long_and_not_what_everybody_tries() {
        let name = LoginName::parse("nguyen.van.so").expect("a name");
        let taken = |text: &str| Password::chosen(text, &name).map(|_| ());
        assert_eq!(taken("mười hai chữ"), Ok(()), "twelve characters, not bytes");
        assert_eq!(taken("mười một ch"), Err(Unfit::TooShort));
        assert_eq!(taken(&"ab".repeat(64)), Ok(()));
        assert_eq!(taken(&"ab".repeat(65)), Err(Unfit::TooLong));
        assert_eq!(taken("Nguyen.Van.So"), Err(Unfit::IsName));
        assert_eq!(taken("aaaaaaaaaaaaa"), Err(Unfit::Obvious));
        for obvious in OBVIOUS {
            assert_eq!(taken(&obvious.to_uppercase()), Err(Unfit::Obvious), "{obvious}");
            assert!(obvious.chars().count() >= super::CHARS_MIN, "{obvious} is refused for its length");
        }
        let decomposed = Password::typed("ti\u{0065}\u{0302}\u{0301}ng");
        assert_eq!(decomposed.bytes(), "ti\u{1ebf}ng".as_bytes());
    }

    #[test]
    fn no_two_passwords_made_by_chance_are_alike_and_each_would_be_taken() {
        let name = LoginName::parse("a1").expect("a name");
        let made: Vec<String> = (0..50).map(|_| Password::by_chance().expect("random").shown_once()).collect();
        for (i, one) in made.iter().enumerate() {
            assert!(Password::chosen(one, &name).is_ok() && one.len() == 23 && !made[..i].contains(one), "{one}");
        }
    }
}
