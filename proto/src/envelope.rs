//! The envelope around every event's data: who, in which capacity, when, through what, and where in the log.
//! All members are always there; "" stands for none (RULINGS 5).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::ids::{ActorId, CommandId, CredentialId, EventId, Origin, UnitId};
use crate::instant::Instant;
use crate::stream::Stream;

/// What a person may act as (RULINGS 20), and the two that no person holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Grants and revokes capacities.
    Administrator,
    /// The standing body: opens rounds, collects, records (Sở Nội vụ).
    Secretariat,
    /// Fills in a unit's sheet.
    Drafter,
    /// Signs for a unit (thủ trưởng đơn vị), and appeals for it.
    Chief,
    /// Appraises fields.
    Appraiser,
    /// A member of the appraisal council.
    Council,
    /// Records survey batches.
    SurveyStaff,
    /// Publishes the result.
    Publisher,
    /// Replays and verifies.
    Inspector,
    /// The operator at the data folder: genesis, binding of tokens, recovery.
    Operator,
    /// The ledger's own timer.
    System,
}

impl Capacity {
    /// Every capacity.
    pub const ALL: [Self; 11] = [
        Self::Administrator,
        Self::Secretariat,
        Self::Drafter,
        Self::Chief,
        Self::Appraiser,
        Self::Council,
        Self::SurveyStaff,
        Self::Publisher,
        Self::Inspector,
        Self::Operator,
        Self::System,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Secretariat => "secretariat",
            Self::Drafter => "drafter",
            Self::Chief => "chief",
            Self::Appraiser => "appraiser",
            Self::Council => "council",
            Self::SurveyStaff => "survey_staff",
            Self::Publisher => "publisher",
            Self::Inspector => "inspector",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// Whether a person can be granted it.
    #[must_use]
    pub fn is_grantable(self) -> bool {
        !matches!(self, Self::Operator | Self::System)
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Through what an act came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ViaKind {
    /// A bearer token.
    Token,
    /// A session in the browser.
    Session,
    /// An identity provider.
    Oidc,
    /// The operator at the data folder.
    Cli,
    /// The ledger's own timer.
    System,
}

impl ViaKind {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Session => "session",
            Self::Oidc => "oidc",
            Self::Cli => "cli",
            Self::System => "system",
        }
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// In which capacity.
    pub capacity: Capacity,
    /// The opaque id.
    pub id: ActorId,
    /// In which unit.
    #[serde(with = "empty")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub unit: Option<UnitId>,
}

/// The command that an event came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandRef {
    /// SHA-256 of the canonical command.
    pub digest: Hash,
    /// The client's id.
    pub id: CommandId,
}

/// Through what the act came, and with which credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Via {
    /// The credential's public id.
    #[serde(with = "empty")]
    pub credential: Option<CredentialId>,
    /// Through what.
    pub kind: ViaKind,
}

/// Everything about an event but its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Who.
    pub actor: Actor,
    /// When, by the ledger's clock, after the command's turn had come.
    pub at: Instant,
    /// The event that this one follows from.
    pub cause: Option<EventId>,
    /// The command.
    pub command: CommandRef,
    /// The event's own id.
    pub id: EventId,
    /// The log's origin.
    pub log: Origin,
    /// 1, 2, 3 ... without gaps.
    pub position: u64,
    /// The hash of the event before it in the log.
    pub prev: Option<Hash>,
    /// The stream.
    pub stream: Stream,
    /// The hash of the event before it in the stream.
    pub stream_prev: Option<Hash>,
    /// 1, 2, 3 ... without gaps in the stream.
    pub version: u64,
    /// Through what it came.
    pub via: Via,
}

/// Reading and writing "" for none.
pub(crate) mod empty {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub fn serialize<T: Display, S: Serializer>(value: &Option<T>, s: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => s.collect_str(value),
            None => s.serialize_str(""),
        }
    }

    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(d: D) -> Result<Option<T>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(D::Error::custom)
    }
}
