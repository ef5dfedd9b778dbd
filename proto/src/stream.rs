//! Streams: the log's events cut into the histories of things (DESIGN: rounds, sheets, grants ...).
//! A stream's name is ASCII without quotes, so that it stands in a body as it is.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::document::DocKind;
use crate::ids::{ActorId, BatchId, CaseId, DocId, RoundId, UnitId};

/// Which history an event belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// The log's own: genesis, keys, anchors.
    Log,
    /// The powers of one actor.
    Grants(ActorId),
    /// The parts of one document.
    Document(DocKind, DocId),
    /// A round as a whole.
    Round(RoundId),
    /// The sheet of one unit in a round.
    Sheet(RoundId, UnitId),
    /// One survey batch of a round.
    Survey(RoundId, BatchId),
    /// One appeal of a round, by its number.
    Appeal(RoundId, u32),
    /// One request about personal data.
    Case(CaseId),
}

/// Text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no stream")]
pub struct BadStream(String);

impl Stream {
    /// Parses a stream's name.
    ///
    /// # Errors
    /// [`BadStream`] for a name of no known form.
    pub fn parse(text: &str) -> Result<Self, BadStream> {
        Self::read(text).ok_or_else(|| BadStream(text.chars().take(200).collect()))
    }

    fn read(text: &str) -> Option<Self> {
        if text == "log" {
            return Some(Self::Log);
        }
        let (kind, rest) = text.split_once('/')?;
        if let Some(doc) = DocKind::parse(kind) {
            return Some(Self::Document(doc, DocId::parse(rest).ok()?));
        }
        match kind {
            "grants" => Some(Self::Grants(ActorId::parse(rest).ok()?)),
            "case" => Some(Self::Case(CaseId::parse(rest).ok()?)),
            "round" => Some(Self::Round(RoundId::parse(rest).ok()?)),
            _ => {
                let (round, name) = rest.split_once('/')?;
                let round = RoundId::parse(round).ok()?;
                match kind {
                    "sheet" => Some(Self::Sheet(round, UnitId::parse(name).ok()?)),
                    "survey" => Some(Self::Survey(round, BatchId::parse(name).ok()?)),
                    "appeal" => {
                        let number: u32 = name.parse().ok()?;
                        (number.to_string() == name).then_some(Self::Appeal(round, number))
                    }
                    _ => None,
                }
            }
        }
    }

    /// The round that this stream belongs to, if it belongs to one.
    #[must_use]
    pub fn round(&self) -> Option<&RoundId> {
        match self {
            Self::Round(r) | Self::Sheet(r, _) | Self::Survey(r, _) | Self::Appeal(r, _) => Some(r),
            Self::Log | Self::Grants(_) | Self::Document(..) | Self::Case(_) => None,
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Log => f.write_str("log"),
            Self::Grants(actor) => write!(f, "grants/{actor}"),
            Self::Document(kind, id) => write!(f, "{kind}/{id}"),
            Self::Round(round) => write!(f, "round/{round}"),
            Self::Sheet(round, unit) => write!(f, "sheet/{round}/{unit}"),
            Self::Survey(round, batch) => write!(f, "survey/{round}/{batch}"),
            Self::Appeal(round, number) => write!(f, "appeal/{round}/{number}"),
            Self::Case(case) => write!(f, "case/{case}"),
        }
    }
}

impl std::str::FromStr for Stream {
    type Err = BadStream;
    fn from_str(text: &str) -> Result<Self, BadStream> {
        Self::parse(text)
    }
}

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// The form as a pattern, for the schemas. It does not know that an appeal's number ends at 4294967295.
#[cfg(test)]
pub(crate) fn pattern() -> String {
    let id = crate::ids::pattern::ID.trim_start_matches('^').trim_end_matches('$');
    format!(
        "^(log|(grants|rulebook|catalogue|form|tally|round|case)/{id}|(sheet|survey)/{id}/{id}|appeal/{id}/(0|[1-9][0-9]{{0,9}}))$"
    )
}

#[cfg(test)]
impl schemars::JsonSchema for Stream {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Stream".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": pattern(), "description": "a stream's name" })
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;

    #[test]
    fn a_streams_name_reads_back_the_same() {
        let names = [
            "log",
            "grants/a1",
            "rulebook/qd-4210",
            "catalogue/hanoi",
            "form/f1",
            "tally/t1",
            "round/hanoi-2022",
            "sheet/hanoi-2022/ldtbxh",
            "survey/hanoi-2022/b1",
            "appeal/hanoi-2022/12",
            "case/2026-1",
        ];
        for name in names {
            assert_eq!(Stream::parse(name).expect(name).to_string(), name);
        }
        for bad in [
            "",
            "logs",
            "sheet/r",
            "round/r/x",
            "case/r/x",
            "case/",
            "appeal/r/01",
            "appeal/r/x",
            "heads/x",
            "sheet/r/u/v",
        ] {
            assert!(Stream::parse(bad).is_err(), "{bad}");
        }
    }
}
