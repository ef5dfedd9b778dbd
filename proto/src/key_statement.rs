//! Which key signs a log's checkpoints from now on: a note that the new key has signed, and the key before it too.
//! It is no checkpoint and cannot be taken for one: its first line is no origin, its second no number.

use std::fmt;

use crate::ids::Origin;
use crate::instant::Instant;
use crate::note::{BadKey, BadNote, Key, KeyKind, Note, NoteSigner};

/// The first line.
const FIRST: &str = "parindex key statement v1";
/// The most bytes of a statement with its signatures: four lines and two signatures.
pub const STATEMENT_BYTES_MAX: usize = 4_096;

/// A key that takes another one's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The key before.
    pub key: Key,
    /// The first moment from which it signs no more; until then both sign.
    pub until: Instant,
}

/// Which key signs a log's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatement {
    /// The log.
    pub log: Origin,
    /// The key.
    pub key: Key,
    /// The key before it; none for the first one that stands on record.
    pub replaces: Option<Replaced>,
}

/// A statement that is none, or that the keys it names have not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    /// The note is none, or one that it names has not signed it.
    #[error("{0}")]
    Note(#[from] BadNote),
    /// A key in it is none.
    #[error("{0}")]
    Key(#[from] BadKey),
    /// A line is not what it must be.
    #[error("the line `{0}` is missing or malformed")]
    Line(&'static str),
    /// A key that it names has not signed it.
    #[error("the {0} key has not signed it")]
    Unsigned(&'static str),
}

impl KeyStatement {
    /// Reads a signed statement. Every key that it names must have signed it, and nobody else is listened to.
    ///
    /// # Errors
    /// [`BadStatement`].
    pub fn open(bytes: &[u8]) -> Result<Self, BadStatement> {
        if bytes.len() > STATEMENT_BYTES_MAX {
            return Err(BadNote::TooLong.into());
        }
        let note = Note::parse(bytes)?;
        let statement = Self::parse(note.text())?;
        let replaced = statement.replaces.as_ref().map(|old| old.key.clone());
        let keys: Vec<Key> = [statement.key.clone()].into_iter().chain(replaced).collect();
        let signed = note.verify(&keys)?;
        let by = |key: &Key| signed.iter().any(|s| s.key == key);
        if !by(&keys[0]) {
            return Err(BadStatement::Unsigned("new"));
        }
        if keys.get(1).is_some_and(|old| !by(old)) {
            return Err(BadStatement::Unsigned("old"));
        }
        Ok(statement)
    }

    fn parse(text: &str) -> Result<Self, BadStatement> {
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        if lines.next() != Some(FIRST) {
            return Err(BadStatement::Line(FIRST));
        }
        let mut member = |name: &'static str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.ok_or(BadStatement::Line(name))
        };
        let log = Origin::parse(member("log")?).map_err(|_| BadStatement::Line("log"))?;
        let key = log_key(member("key")?, &log)?;
        let replaces = match member("replaces") {
            Err(_) => None,
            Ok(old) => {
                let until = Instant::parse(member("until")?).map_err(|_| BadStatement::Line("until"))?;
                Some(Replaced { key: log_key(old, &log)?, until })
            }
        };
        let statement = Self { log, key, replaces };
        // One form: what else stands there would be signed and not understood.
        if statement.to_string() == text { Ok(statement) } else { Err(BadStatement::Line(FIRST)) }
    }

    /// The statement, signed by those whom it names.
    ///
    /// # Panics
    /// Never: a statement is a text that a note can have.
    #[must_use]
    pub fn signed(&self, by: &[&NoteSigner]) -> String {
        let mut note = Note::new(self.to_string()).expect("a statement is a note's text");
        for signer in by {
            note.push(signer.sign(note.text(), 0)).expect("two signatures are few");
        }
        note.to_string()
    }
}

/// A key that may sign a log's checkpoints: of a log, by the log's own name.
fn log_key(text: &str, log: &Origin) -> Result<Key, BadStatement> {
    let key = Key::parse(text)?;
    if key.kind() != KeyKind::Log {
        return Err(BadKey::Kind.into());
    }
    if key.name().as_str() != log.as_str() {
        return Err(BadKey::Name.into());
    }
    Ok(key)
}

impl fmt::Display for KeyStatement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{FIRST}\nlog {}\nkey {}", self.log, self.key)?;
        match &self.replaces {
            Some(old) => writeln!(f, "replaces {}\nuntil {}", old.key, old.until),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyStatement, Replaced};
    use crate::ids::Origin;
    use crate::instant::Instant;
    use crate::note::{KeyKind, KeyName, NoteSigner};

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(KeyName::parse(name).expect("a name"), KeyKind::Log, &[seed; 32]).expect("a key")
    }

    #[test]
    fn a_statement_is_believed_only_with_the_signature_of_every_key_that_it_names() {
        let (old, new, other) = (signer("a/b", 1), signer("a/b", 2), signer("a/b", 3));
        let log = Origin::parse("a/b").expect("an origin");
        let until = Instant::from_micros(1_700_000_000_000_000).expect("an instant");
        let first = KeyStatement { log: log.clone(), key: old.key().clone(), replaces: None };
        assert_eq!(KeyStatement::open(first.signed(&[&old]).as_bytes()).as_ref(), Ok(&first));
        let replaces = Some(Replaced { key: old.key().clone(), until });
        let next = KeyStatement { log, key: new.key().clone(), replaces };
        assert_eq!(KeyStatement::open(next.signed(&[&old, &new]).as_bytes()).as_ref(), Ok(&next));
        for by in [&[&new][..], &[&old], &[&other], &[&new, &other], &[]] {
            assert!(KeyStatement::open(next.signed(by).as_bytes()).is_err());
        }
        let signed = next.signed(&[&old, &new]);
        for bad in [
            signed.replace("v1", "v2"),
            signed.replace("log a/b", "log a/c"),
            signed.replace("until", "til"),
            signed.replace("\n\n", "\nmore\n\n"),
            signed.replacen("a/b+", "a/c+", 1),
            "x".repeat(5_000),
        ] {
            assert!(KeyStatement::open(bad.as_bytes()).is_err(), "{bad}");
        }
        let elsewhere = KeyStatement { key: signer("a/c", 2).key().clone(), ..next };
        assert!(KeyStatement::open(elsewhere.signed(&[&old, &signer("a/c", 2)]).as_bytes()).is_err());
    }
}
