//! Identifiers, each its own type, parsed once at the door.
//! An identifier is never a person's name: names stand in the directory, outside the log.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// The most bytes of an identifier.
pub const ID_BYTES_MAX: usize = 64;
/// The most bytes of a log's origin.
pub const ORIGIN_BYTES_MAX: usize = 128;

/// An identifier that has not its required form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {what}: {form}")]
pub struct BadId {
    what: &'static str,
    form: &'static str,
    text: String,
}

fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= ID_BYTES_MAX
        && (bytes[0].is_ascii_lowercase() || bytes[0].is_ascii_digit())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'))
}

fn is_origin(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= ORIGIN_BYTES_MAX
        && bytes[0].is_ascii_alphanumeric()
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-' | b'/'))
}

fn is_uuid_v7(text: &str) -> bool {
    text.len() == 36
        && !text.bytes().any(|b| b.is_ascii_uppercase())
        && uuid::Uuid::try_parse(text).is_ok_and(|u| {
            u.get_version_num() == 7 && u.get_variant() == uuid::Variant::RFC4122 && u.hyphenated().to_string() == text
        })
}

/// The forms as patterns, for the schemas.
#[cfg(test)]
pub(crate) mod pattern {
    pub const ID: &str = "^[a-z0-9][a-z0-9._-]{0,63}$";
    pub const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
    pub const ORIGIN: &str = "^[a-z0-9][a-z0-9._/-]{0,127}$";
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $form:literal, $check:path, $pattern:ident, $max:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Parses the text.
            ///
            /// # Errors
            /// [`BadId`] naming the form that was expected.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                if $check(text) {
                    return Ok(Self(Arc::from(text)));
                }
                let text = text.chars().take(80).collect();
                Err(BadId { what: $what, form: $form, text })
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::parse(text)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(d)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }
        #[cfg(test)]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let description = concat!($what, ": ", $form);
                let (pattern, most) = (pattern::$pattern, $max);
                schemars::json_schema!({ "type": "string", "pattern": pattern, "maxLength": most, "description": description })
            }
        }
    )*};
}

ids! {
    /// A round: one index year of one authority.
    RoundId, "round", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// An assessed unit or an agency that acts.
    UnitId, "unit", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A block of units that are ranked together.
    BlockId, "block", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// The code of a field, criterion, leaf, bonus, penalty, band, option or group.
    Code, "code", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// An actor: an opaque id, never a name.
    ActorId, "actor", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A document entered in parts: rulebook, catalogue, form, tally.
    DocId, "document", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A survey batch.
    BatchId, "batch", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A sample of a batch's respondents, drawn to be asked again.
    SampleId, "sample", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A case of a request about personal data.
    CaseId, "case", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A decision that the council votes on.
    DecisionId, "decision", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A grant of a capacity, unique within its actor.
    GrantId, "grant", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A credential: the public half of a token or account.
    CredentialId, "credential", "1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit", is_plain, ID, ID_BYTES_MAX;
    /// A command's id, made by its client (RFC 9562, version 7).
    CommandId, "command id", "a UUID of version 7 in lower case", is_uuid_v7, UUID, 36;
    /// An event's id, made by the ledger (RFC 9562, version 7).
    EventId, "event id", "a UUID of version 7 in lower case", is_uuid_v7, UUID, 36;
    /// The log's origin, the first line of its checkpoints (C2SP tlog-checkpoint).
    Origin, "origin", "1 to 128 of a-z 0-9 . _ - /, beginning with a letter or digit", is_origin, ORIGIN, ORIGIN_BYTES_MAX;
}

/// A UUID of version 7 from milliseconds since 1970 and 10 further bytes, of which 74 bits are used.
#[must_use]
pub fn uuid_v7(unix_ms: u64, bits: [u8; 10]) -> String {
    uuid::Builder::from_unix_timestamp_millis(unix_ms, &bits).into_uuid().hyphenated().to_string()
}

impl CommandId {
    /// An id from a moment and random bits.
    #[must_use]
    pub fn v7(unix_ms: u64, bits: [u8; 10]) -> Self {
        Self(Arc::from(uuid_v7(unix_ms, bits)))
    }
}

impl EventId {
    /// An id from a moment and random bits.
    #[must_use]
    pub fn v7(unix_ms: u64, bits: [u8; 10]) -> Self {
        Self(Arc::from(uuid_v7(unix_ms, bits)))
    }
}

impl Code {
    /// The first segment of a dotted code: the field that a leaf belongs to.
    #[must_use]
    pub fn field(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{CommandId, Origin, UnitId, pattern};
    use proptest::prelude::*;
    use proptest::string::string_regex;

    #[test]
    fn ids_have_one_form() {
        assert!(UnitId::parse("ldtbxh").is_ok());
        for bad in ["", "A", "a b", "-a", "ế", &"a".repeat(65)] {
            assert!(UnitId::parse(bad).is_err(), "{bad}");
        }
        assert!(Origin::parse("hanoi.example/cchc/2022").is_ok());
        assert!(Origin::parse("Hanoi").is_err());
    }

    #[test]
    fn only_lower_case_uuids_of_version_7_are_command_ids() {
        assert!(CommandId::parse("01840000-0000-7000-8000-000000000001").is_ok());
        for bad in [
            "01840000-0000-4000-8000-000000000001",
            "01840000-0000-7000-0000-000000000001",
            "01840000-0000-7000-8000-00000000000A",
            "0184000000007000800000000000000a",
            "{01840000-0000-7000-8000-00000000001}",
        ] {
            assert!(CommandId::parse(bad).is_err(), "{bad}");
        }
        assert!(CommandId::parse(CommandId::v7(1, [255; 10]).as_str()).is_ok());
    }

    fn fits(pattern: &str) -> impl Strategy<Value = String> {
        string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).expect("a pattern")
    }

    proptest! {
        #[test]
        fn what_a_pattern_takes_its_type_takes(
            id in fits(pattern::ID), uuid in fits(pattern::UUID), origin in fits(pattern::ORIGIN)
        ) {
            prop_assert!(UnitId::parse(&id).is_ok(), "{}", id);
            prop_assert!(CommandId::parse(&uuid).is_ok(), "{}", uuid);
            prop_assert!(Origin::parse(&origin).is_ok(), "{}", origin);
        }
    }
}
