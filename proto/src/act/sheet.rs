//! A unit's sheet: self-scores with evidence, signing, withdrawal, reopening, exemptions.
//! A file's name or content never stands here, only its address and commitments (RULINGS 7, 35).

use super::{is_false, wire};
use crate::act::round::Unsubmitted;
use crate::decimal::Decimal;
use crate::hash::Hash;
use crate::ids::{Code, RoundId, UnitId};
use crate::instant::{Day, Instant};

/// The most pieces of evidence at one score.
pub const EVIDENCE_MAX: usize = 20;
/// The most bytes of one written text: reason, explanation, ground.
pub const TEXT_BYTES_MAX: usize = 8_000;
/// The most declared figures at one score.
pub const FIGURES_MAX: usize = 16;

wire! {
    /// What a score rests on: a chosen option, declared figures, or both.
    #[derive(Default)]
    pub struct Inputs {
        /// The option chosen, where the rule has options.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub option: Option<Code>,
        /// Declared figures by name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub figures: Vec<Figure>,
        /// The day on which it was done, where the rule has a deadline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub date: Option<Day>,
    }

    /// A declared figure.
    pub struct Figure {
        /// Its name in the rule.
        pub name: Code,
        /// Its value.
        pub value: Decimal,
    }

    /// A reference to a stored file (RULINGS 35).
    pub struct Evidence {
        /// SHA-256 of the stored bytes.
        pub address: Hash,
        /// Their number.
        pub size: u64,
        /// The media type.
        #[serde(rename = "type")]
        pub media_type: String,
        /// Page or section; may be empty.
        pub page: String,
        /// Salted commitment to the digest of the plain bytes.
        pub digest_commitment: Hash,
        /// Salted commitment to the file's name.
        pub name_commitment: Hash,
    }

    /// Sets a unit's own score of one leaf.
    pub struct ScoreSelf {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// What the score rests on.
        pub inputs: Inputs,
        /// The points that the unit claims.
        pub claimed: Decimal,
        /// The files that show it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub evidence: Vec<Evidence>,
        /// Why there is no file, where there is none; otherwise a remark. May be empty.
        pub explanation: String,
        /// Entered for the unit from paper.
        #[serde(default, skip_serializing_if = "is_false")]
        pub from_paper: bool,
    }

    /// Takes a file back from a score: the score keeps its points and inputs, the log keeps the reference.
    pub struct WithdrawEvidence {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// The file, by its address.
        pub address: Hash,
        /// Why.
        pub reason: String,
    }

    /// The chief signs the sheet as it stands and submits it; it is locked from then on.
    pub struct SubmitSheet {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The sheet's version that was signed.
        pub version: u64,
        /// The sheet's digest that was signed (RULINGS 9).
        pub digest: Hash,
        /// The sheet as the chief has signed it outside, a PDF (RULINGS 18), bound to this version; at most one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub evidence: Vec<Evidence>,
    }

    /// Takes a submitted sheet back before the deadline.
    pub struct WithdrawSheet {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// Why.
        pub reason: String,
    }

    /// Opens a locked sheet again after the deadline.
    pub struct ReopenSheet {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The sheet's new deadline.
        pub until: Instant,
        /// Why.
        pub reason: String,
    }

    /// Closes a sheet that was not submitted in time; only the ledger's own timer does (RULINGS 17).
    pub struct CloseSheet {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
    }

    /// A sheet was closed as "chưa nộp".
    pub struct SheetClosed {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// How it counts.
        pub policy: Unsubmitted,
    }

    /// Claims that a leaf does not apply to the unit.
    pub struct ClaimExemption {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// On what ground.
        pub ground: String,
    }

    /// Answers a flag.
    pub struct ExplainFlag {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that the sender saw.
        pub revision: u64,
        /// The explanation.
        pub text: String,
        /// Further files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub evidence: Vec<Evidence>,
    }
}
