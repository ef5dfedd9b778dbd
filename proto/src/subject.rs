//! Subjects: where on the bus an event of a stream travels, so that a consumer can filter (proto/README.md, section 14).
//! A subject is an address and never evidence: what an event belongs to stands in its body.

use std::fmt;

use crate::hash::Hash;
use crate::ids::Origin;
use crate::stream::Stream;

/// The most bytes of a log's short name.
pub const LOG_NAME_BYTES_MAX: usize = 32;
/// The first token of every subject.
pub const ROOT: &str = "parindex";

/// A log's short name on the bus: an origin may hold dots and slashes, which a token of a subject cannot.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogName(String);

/// Text that is no short name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no log's short name: 1 to {LOG_NAME_BYTES_MAX} of a-z 0-9 -, beginning with a letter or digit")]
pub struct BadLogName(String);

impl LogName {
    /// Parses a short name.
    ///
    /// # Errors
    /// [`BadLogName`] for any other form.
    pub fn parse(text: &str) -> Result<Self, BadLogName> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let bytes = text.as_bytes();
        let fits = bytes.first().is_some_and(|b| plain(*b)) && bytes.len() <= LOG_NAME_BYTES_MAX;
        if fits && bytes.iter().all(|b| plain(*b) || *b == b'-') {
            return Ok(Self(text.to_owned()));
        }
        Err(BadLogName(text.chars().take(80).collect()))
    }

    /// The name of a log that was given none: the beginning of its origin, so that people know it, and eight digits of the
    /// origin's digest, so that two logs on one bus have different ones.
    #[must_use]
    pub fn of(origin: &Origin) -> Self {
        let digest = Hash::digest(origin.as_str().as_bytes()).to_string();
        let known = origin.as_str().bytes().take(LOG_NAME_BYTES_MAX - 9);
        let known = known.map(|b| if b.is_ascii_lowercase() || b.is_ascii_digit() { char::from(b) } else { '-' });
        Self(format!("{}-{}", known.collect::<String>(), &digest[..8]))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All subjects of this log, as a consumer's filter.
    #[must_use]
    pub fn filter(&self) -> String {
        format!("{ROOT}.{self}.>")
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for LogName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The subject of a stream's events: the stream's name with its slashes as the bus's dots, and its own dots as tildes.
/// No name of a stream holds a tilde, so that no two streams share a subject and every subject reads back.
#[must_use]
pub fn subject(log: &LogName, stream: &Stream) -> String {
    let name = stream.to_string().replace('.', "~").replace('/', ".");
    format!("{ROOT}.{log}.{name}")
}

/// The stream whose events travel on a subject of a log; `None` if the subject is none of this log's.
#[must_use]
pub fn stream(log: &LogName, subject: &str) -> Option<Stream> {
    let name = subject.strip_prefix(ROOT)?.strip_prefix('.')?.strip_prefix(log.as_str())?.strip_prefix('.')?;
    if name.contains('/') {
        return None;
    }
    Stream::parse(&name.replace('.', "/").replace('~', ".")).ok()
}

#[cfg(test)]
mod tests {
    use super::{LogName, stream, subject};
    use crate::ids::Origin;
    use crate::stream::Stream;
    use proptest::prelude::*;

    fn log() -> LogName {
        LogName::parse("hanoi").expect("a name")
    }

    #[test]
    fn a_streams_tokens_stand_in_its_subject() {
        let table = [
            ("log", "parindex.hanoi.log"),
            ("grants/a.1", "parindex.hanoi.grants.a~1"),
            ("rulebook/qd-4210", "parindex.hanoi.rulebook.qd-4210"),
            ("round/hanoi-2022", "parindex.hanoi.round.hanoi-2022"),
            ("sheet/hanoi-2022/ldtbxh", "parindex.hanoi.sheet.hanoi-2022.ldtbxh"),
            ("sheet/a.b/c", "parindex.hanoi.sheet.a~b.c"),
            ("sheet/a/b.c", "parindex.hanoi.sheet.a.b~c"),
            ("survey/hanoi-2022/b_1", "parindex.hanoi.survey.hanoi-2022.b_1"),
            ("appeal/hanoi-2022/12", "parindex.hanoi.appeal.hanoi-2022.12"),
        ];
        for (name, wanted) in table {
            assert_eq!(subject(&log(), &Stream::parse(name).expect(name)), wanted);
        }
    }

    #[test]
    fn what_is_no_subject_of_the_log_reads_as_none() {
        let bad = [
            "",
            "parindex",
            "parindex.hanoi",
            "parindex.hanoi.",
            "parindex.hue.log",
            "parindex.hanoi.sheet.r/u",
            "parindex.hanoi.sheet.r",
            "parindex.hanoi.sheet.r.u.v",
            "other.hanoi.log",
        ];
        for text in bad {
            assert_eq!(stream(&log(), text), None, "{text}");
        }
    }

    #[test]
    fn logs_without_a_given_name_have_different_ones() {
        let of = |text: &str| LogName::of(&Origin::parse(text).expect(text));
        let names = ["a.b", "a-b", "a/b", "parindex.example/hanoi-2022/training", "parindex.example/hanoi-2022/live"];
        let made: std::collections::BTreeSet<_> = names.iter().map(|n| of(n)).collect();
        assert_eq!(made.len(), names.len());
        for name in made {
            assert_eq!(LogName::parse(name.as_str()), Ok(name.clone()), "{name}");
        }
        for bad in ["", "-a", "A", "a.b", "a b", "a*", "a>", &"a".repeat(33)] {
            assert!(LogName::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_stream_reads_back_from_its_subject(
            kind in prop::sample::select(vec!["round", "grants", "form", "sheet", "survey"]),
            first in "[a-z0-9][a-z0-9._-]{0,63}",
            second in "[a-z0-9][a-z0-9._-]{0,63}",
        ) {
            let two = matches!(kind, "sheet" | "survey");
            let name = if two { format!("{kind}/{first}/{second}") } else { format!("{kind}/{first}") };
            let was = Stream::parse(&name).expect("a stream");
            let on = subject(&log(), &was);
            prop_assert_eq!(on.split('.').count(), if two { 5 } else { 4 });
            prop_assert_eq!(stream(&log(), &on), Some(was));
        }
    }
}
