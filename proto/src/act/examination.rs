//! What an appeal claims of the log, and what the log says to it, claim by claim, with the events that decide it.
//! Whether a score is right is never said here: a verdict is about what stands on record.

use super::{wire, words};
use crate::canon::to_vec;
use crate::decimal::Decimal;
use crate::hash::Hash;
use crate::ids::{BatchId, Code, RoundId, UnitId};
use crate::inquiry::EventAt;
use crate::instant::Instant;
use crate::stream::Stream;

/// The most claims of one appeal.
pub const CLAIMS_MAX: usize = 16;
/// The most events that one verdict names; the others are counted.
pub const CITED_EVENTS_MAX: usize = 8;

wire! {
    /// A claim of an appeal.
    pub struct Claim {
        /// What is claimed.
        pub that: Asserted,
        /// What the unit says to it; may be empty, but not where people must judge.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub text: String,
    }
}

/// What is claimed: each kind but the last is decided by the log alone. A leaf is one of the appealing unit's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Asserted {
    /// The unit entered a self-score of so many points.
    SelfScored {
        /// The leaf.
        leaf: Code,
        /// The points that it claimed.
        points: Decimal,
        /// The first moment that would be too late; absent: at any time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Instant>,
    },
    /// The unit attached a file, to a self-score or to an explanation.
    EvidenceAttached {
        /// The leaf.
        leaf: Code,
        /// The file's address.
        address: Hash,
        /// The commitment to its digest; absent: any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest_commitment: Option<Hash>,
        /// The first moment that would be too late; absent: at any time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Instant>,
    },
    /// The appraisal set other points and gave no reason: none that holds a letter or a digit.
    AdjustedWithoutReason {
        /// The leaf.
        leaf: Code,
        /// The points that counted before.
        from: Decimal,
        /// The points that were set.
        to: Decimal,
    },
    /// The leaf was appraised when the appraisal's deadline had passed, with every extension.
    AdjustedAfterDeadline {
        /// The leaf.
        leaf: Code,
    },
    /// The leaf was appraised by somebody who belonged to an interested unit.
    AdjustedByInterested {
        /// The leaf.
        leaf: Code,
        /// The unit that is said to be interested; absent: the appealing unit itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
    },
    /// The published points are not those of the last appraisal.
    PublishedDiffers {
        /// The leaf.
        leaf: Code,
        /// The publication; absent: the last one before the appeal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publication: Option<u32>,
    },
    /// The published survey leaves out a batch that was recorded, and neither voided nor replaced.
    BatchOmitted {
        /// The batch.
        batch: BatchId,
    },
    /// Anything else: it is handed to people as it is.
    Judgement {},
}

words! {
    /// What the log says to a claim.
    pub enum Found {
        /// It says so.
        BorneOut,
        /// It says otherwise.
        Contradicted,
        /// It says nothing of it.
        NotOnRecord,
        /// It is not for the log to say.
        NeedsJudgement,
    }
}

wire! {
    /// An event that decides a claim.
    pub struct Cited {
        /// Where it stands in the log.
        pub position: u64,
        /// Its hash.
        pub hash: Hash,
        /// Its stream.
        pub stream: Stream,
        /// Its version there.
        pub version: u64,
    }

    /// What the log says to one claim.
    pub struct Verdict {
        /// What it says.
        pub found: Found,
        /// The events that decide it, in the order of the log.
        pub events: Vec<Cited>,
        /// How many more do, beyond those that are named.
        #[serde(default, skip_serializing_if = "is_zero")]
        pub more: u32,
    }

    /// A verdict by the streams alone: the same in every log into which the same commands have come.
    struct Gist {
        found: Found,
        events: Vec<EventAt>,
        more: u32,
    }

    /// Puts on record what the log says to an appeal's claims.
    pub struct ExamineAppeal {
        /// The round.
        pub round: RoundId,
        /// The appeal.
        pub number: u32,
        /// The position that the sender saw, for the record.
        pub position: u64,
        /// The digest of the verdicts that the sender saw.
        pub digest: Hash,
    }

    /// What the log says to an appeal's claims, from its first event to the one before this.
    pub struct AppealExamined {
        /// The act.
        pub act: ExamineAppeal,
        /// A verdict for each claim, in the appeal's order.
        pub verdicts: Vec<Verdict>,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Asserted {
    /// The kind, as it stands on the wire.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::SelfScored { .. } => "self_scored",
            Self::EvidenceAttached { .. } => "evidence_attached",
            Self::AdjustedWithoutReason { .. } => "adjusted_without_reason",
            Self::AdjustedAfterDeadline { .. } => "adjusted_after_deadline",
            Self::AdjustedByInterested { .. } => "adjusted_by_interested",
            Self::PublishedDiffers { .. } => "published_differs",
            Self::BatchOmitted { .. } => "batch_omitted",
            Self::Judgement {} => "judgement",
        }
    }

    /// The leaf that it is about.
    #[must_use]
    pub fn leaf(&self) -> Option<&Code> {
        match self {
            Self::SelfScored { leaf, .. }
            | Self::EvidenceAttached { leaf, .. }
            | Self::AdjustedWithoutReason { leaf, .. }
            | Self::AdjustedAfterDeadline { leaf }
            | Self::AdjustedByInterested { leaf, .. }
            | Self::PublishedDiffers { leaf, .. } => Some(leaf),
            Self::BatchOmitted { .. } | Self::Judgement {} => None,
        }
    }
}

impl Found {
    /// All four.
    pub const ALL: [Self; 4] = [Self::BorneOut, Self::Contradicted, Self::NotOnRecord, Self::NeedsJudgement];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::BorneOut => "borne_out",
            Self::Contradicted => "contradicted",
            Self::NotOnRecord => "not_on_record",
            Self::NeedsJudgement => "needs_judgement",
        }
    }
}

/// The digest of verdicts: SHA-256 of the canonical JSON array of them, each event by its stream and version alone.
///
/// # Panics
/// Never: verdicts have a canonical form.
#[must_use]
pub fn verdicts_digest(verdicts: &[Verdict]) -> Hash {
    let gist = |verdict: &Verdict| Gist {
        found: verdict.found,
        events: verdict.events.iter().map(|e| EventAt { stream: e.stream.clone(), version: e.version }).collect(),
        more: verdict.more,
    };
    let gists: Vec<Gist> = verdicts.iter().map(gist).collect();
    Hash::digest(&to_vec(&gists).expect("verdicts have a canonical form"))
}
