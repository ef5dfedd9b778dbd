//! Dossiers: what of a log is handed over in one file, so that it can be kept and checked without whoever made it.
//! Here are the forms of what stands in one; nothing here is believed because it stands in a manifest.

mod heads;

use crate::act::sheet::Evidence;
use crate::act::{wire, words};
use crate::canon::{self, CanonError};
use crate::document::DocKind;
use crate::hash::Hash;
use crate::ids::{Code, DocId, Origin, RoundId, UnitId};
use crate::spelled::spelled;
use crate::stream::Stream;

pub use heads::{BadRoundHeads, RoundHeads};

/// The version of the format that this crate writes and reads.
pub const FORMAT: u32 = 1;
/// The most members of a dossier.
pub const MEMBERS_MAX: usize = 1_024;
/// The most bytes of a member that is read whole.
pub const MEMBER_BYTES_MAX: u64 = 64 << 20;
/// The most bytes of all members together, unpacked.
pub const DOSSIER_BYTES_MAX: u64 = 64 << 30;
/// The most bytes of a member's name.
const NAME_BYTES_MAX: usize = 128;

/// Names of the members.
pub mod names {
    /// Every other member with its size and digest.
    pub const MANIFEST: &str = "manifest.json";
    /// The signed checkpoint.
    pub const CHECKPOINT: &str = "checkpoint";
    /// Whom whoever made the dossier believes.
    pub const POLICY: &str = "policy";
    /// The events, a line each.
    pub const EVENTS: &str = "events.ndjson";
    /// The complete history of a sheet.
    pub const HISTORY: &str = "history.json";
    /// Where a round's streams end by the heads map.
    pub const HEADS: &str = "heads.json";
    /// The inclusion proofs of single events, a line each.
    pub const PROOFS: &str = "proofs.ndjson";
    /// The references to evidence, a line each.
    pub const EVIDENCE: &str = "evidence.ndjson";
    /// A page for people.
    pub const PAGE: &str = "index.html";
    /// How to check it.
    pub const README: &str = "README.txt";

    /// The rows of a publication.
    #[must_use]
    pub fn results(publication: u32) -> String {
        format!("results/publication-{publication}.ndjson")
    }
}

words! {
    /// What a dossier is about.
    pub enum About {
        /// A whole round.
        Round,
        /// One unit's sheet, or one score of it.
        Score,
    }

    /// What shows that no event is missing.
    pub enum Complete {
        /// Every event of the log up to the size is here.
        WholeLog,
        /// The sheet's complete history is a member: up to its anchor nothing is missing, and its events lead to the points.
        History,
        /// The heads map's proof of the round is a member: up to its anchor every stream of the round is here to its end, and
        /// there is no other.
        Heads,
        /// Nothing: each stream is here without gaps from its first event on, and whoever made the dossier says that this is all
        /// of them.
        Unproven,
    }
}

wire! {
    /// What a dossier says of itself.
    pub struct Manifest {
        /// The format's version.
        pub format: u32,
        /// What it is about.
        pub about: About,
        /// The log's origin.
        pub log: Origin,
        /// The round.
        pub round: RoundId,
        /// The unit, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The leaf, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Code>,
        /// The size of the checkpoint.
        pub size: u64,
        /// Its root.
        pub root: Hash,
        /// How many events are here with their bodies.
        pub bodies: u64,
        /// How many of the log's events are here by their hashes alone, or not at all.
        pub withheld: u64,
        /// What shows that no event is missing.
        pub complete: Complete,
        /// Up to how many of the log's events the complete history or the heads map goes, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub complete_to: Option<u64>,
        /// The sealed documents that the round names.
        pub documents: Vec<SealedDocument>,
        /// The round's publications.
        pub publications: Vec<PublishedRows>,
        /// The version of the page for people: the same one, from the same events, has the same bytes.
        pub page: u32,
        /// References to evidence, and files that are here.
        pub evidence: EvidenceCount,
        /// Every other member, by name.
        pub members: Vec<Member>,
    }

    /// A document by its kind, id and digest.
    #[derive(PartialOrd, Ord)]
    pub struct SealedDocument {
        /// Its kind.
        pub kind: DocKind,
        /// Its id.
        pub id: DocId,
        /// SHA-256 of the assembled document in canonical JSON.
        pub digest: Hash,
    }

    /// A publication, and the member that holds its rows.
    pub struct PublishedRows {
        /// The publication's number.
        pub publication: u32,
        /// The position of its event.
        pub position: u64,
        /// The digest that the event binds: SHA-256 of the member.
        pub digest: Hash,
    }

    /// How much evidence is referred to.
    pub struct EvidenceCount {
        /// Lines of the member that lists it.
        pub references: u64,
        /// How many of the files are in the dossier: so far none.
        pub files: u64,
    }

    /// A member of the dossier.
    pub struct Member {
        /// Its name.
        pub name: MemberName,
        /// Its bytes, unpacked.
        pub size: u64,
        /// Their SHA-256.
        pub sha256: Hash,
    }

    /// A piece of evidence and the event that attached it: a line of the evidence manifest.
    pub struct Attached {
        /// The event's position.
        pub position: u64,
        /// Its stream.
        pub stream: Stream,
        /// The reference as it stands in the event.
        pub evidence: Evidence,
    }

    /// The inclusion proof of one event: a line of the proofs.
    pub struct Proven {
        /// The event's position.
        pub position: u64,
        /// The hashes from the entry's sibling up.
        pub proof: Vec<Hash>,
    }
}

/// Bytes that are no manifest of this format.
#[derive(Debug, thiserror::Error)]
pub enum BadManifest {
    /// Not canonical JSON.
    #[error("not canonical JSON: {0}")]
    Canon(#[from] CanonError),
    /// Not its members, each in its form.
    #[error("not a manifest: {}", spelled(.0.to_string().as_bytes()))]
    Shape(#[from] serde_json::Error),
    /// A format that is not known here.
    #[error("its format is {0}, known is {FORMAT}")]
    Format(u32),
    /// Its members do not stand in the order of their names, or one stands there twice.
    #[error("its members are not in the order of their names, each once")]
    Order,
    /// It counts other things than it can hold together.
    #[error("{0}")]
    Counts(&'static str),
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`BadManifest`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BadManifest> {
        canon::check(bytes)?;
        let manifest: Self = serde_json::from_slice(bytes)?;
        if manifest.format != FORMAT {
            return Err(BadManifest::Format(manifest.format));
        }
        if !manifest.members.is_sorted_by(|a, b| a.name < b.name) {
            return Err(BadManifest::Order);
        }
        let counts = BadManifest::Counts;
        if manifest.bodies.checked_add(manifest.withheld) != Some(manifest.size) {
            return Err(counts("bodies and withheld events are not as many as the checkpoint counts"));
        }
        if (manifest.complete == Complete::WholeLog) != (manifest.withheld == 0) {
            return Err(counts("it is complete as the whole log if and only if nothing is withheld"));
        }
        let of_a_unit = manifest.about == About::Score;
        let up_to_an_anchor = match manifest.complete {
            Complete::History if !of_a_unit => return Err(counts("a complete history is a score's")),
            Complete::Heads if of_a_unit => return Err(counts("the heads map's proof is a round's")),
            Complete::History | Complete::Heads => true,
            Complete::WholeLog | Complete::Unproven => false,
        };
        if up_to_an_anchor != manifest.complete_to.is_some() {
            return Err(counts("what an anchor proves goes up to some event, and nothing else does"));
        }
        if of_a_unit != manifest.unit.is_some() || manifest.leaf.is_some() && !of_a_unit {
            return Err(counts("a score's dossier names its unit, a round's none"));
        }
        if manifest.evidence.files != 0 {
            return Err(counts("files of evidence are not part of this format"));
        }
        Ok(manifest)
    }
}

impl Proven {
    /// Reads a line of the proofs; none for anything that is not one in canonical JSON.
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Self> {
        canon::check(line).ok()?;
        serde_json::from_slice(line).ok()
    }
}

impl Member {
    /// A member of these bytes.
    ///
    /// # Errors
    /// [`BadMemberName`].
    pub fn of(name: &str, bytes: &[u8]) -> Result<Self, BadMemberName> {
        Ok(Self { name: MemberName::parse(name)?, size: bytes.len() as u64, sha256: Hash::digest(bytes) })
    }
}

/// A member's name: one or two words of `a-z A-Z 0-9 . _ -` with `/` between them, none of which begins with a point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct MemberName(String);

/// A text that no member may be named by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name of a member")]
pub struct BadMemberName(String);

impl MemberName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`BadMemberName`] for anything that could be a path to elsewhere, or is too long.
    pub fn parse(text: &str) -> Result<Self, BadMemberName> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let word = |w: &str| !w.is_empty() && !w.starts_with('.') && w.bytes().all(plain);
        let fits = text.len() <= NAME_BYTES_MAX && text.split('/').count() <= 2 && text.split('/').all(word);
        if fits { Ok(Self(text.to_owned())) } else { Err(BadMemberName(text.chars().take(NAME_BYTES_MAX).collect())) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> serde::Deserialize<'de> for MemberName {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for MemberName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MemberName".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let word = "[A-Za-z0-9_-][A-Za-z0-9._-]*";
        schemars::json_schema!({ "type": "string", "pattern": format!("^{word}(/{word})?$") })
    }
}

/// A line of a dossier's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'l> {
    /// An event's body.
    Body(&'l [u8]),
    /// The hash of an event whose body is withheld.
    Withheld(Hash),
}

impl<'l> Line<'l> {
    /// What stands on a line. A body begins with a brace, so none can be taken for a hash.
    #[must_use]
    pub fn read(line: &'l [u8]) -> Self {
        Hash::from_hex(line).map_or(Self::Body(line), Self::Withheld)
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, MemberName};
    use crate::hash::Hash;

    #[test]
    fn a_members_name_leads_nowhere_else() {
        for good in ["checkpoint", "README.txt", "schema/event.self_scored.v1.json", "results/publication-1.ndjson"] {
            assert!(MemberName::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(129);
        let bad = ["", "/a", "a/", "..", "a/../b", "./a", "a/.b", "a\\b", "a b", "C:a", "a/b/c", "tên", "a\0", &long];
        for bad in bad {
            assert!(MemberName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_line_is_a_hash_or_a_body() {
        let hash = Hash::digest(b"x");
        assert_eq!(Line::read(hash.to_string().as_bytes()), Line::Withheld(hash));
        for body in [&b"{}"[..], b"", &hash.to_string().to_uppercase().into_bytes(), &hash.hex()[..63]] {
            assert_eq!(Line::read(body), Line::Body(body));
        }
    }
}
