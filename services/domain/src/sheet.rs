//! A unit's sheet as folded from its stream.
//! It holds what the log says; whether an act is allowed is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use proto::act::round::{Policy, Stage, Unsubmitted};
use proto::act::sheet::Evidence;
use proto::document::Sign;
use proto::rows::{ExemptionState, SheetState};
use proto::score::{Score, StageState, sheet_digest};
use proto::{Code, Exact, Hash, Instant};

/// A bonus or penalty as it stands.
#[derive(Debug, Clone)]
pub struct ExtraState {
    /// Bonus or penalty.
    pub sign: Sign,
    /// Points, not negative.
    pub points: Exact,
    /// The version of the last event that touched it.
    pub revision: u64,
}

/// A sheet.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Open, submitted or closed.
    pub state: SheetState,
    /// How it counts, once it was closed unsubmitted.
    pub unsubmitted: Option<Unsubmitted>,
    /// A deadline of its own, once it was reopened.
    pub reopened_until: Option<Instant>,
    /// The version of its stream.
    pub version: u64,
    /// The scores in the order of the tree's leaves.
    pub scores: Vec<Score>,
    /// Bonuses and penalties by code.
    pub extras: BTreeMap<Code, ExtraState>,
    /// The file that the chief signed with the sheet, while that stands.
    pub signed: Option<Evidence>,
    /// What is known beside its state.
    pub asides: Asides,
}

/// What follows from a sheet's events beside its state, and is in no digest: what its own people see hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Asides {
    /// When the exemptions were judged that are, by leaf.
    pub judged: BTreeMap<Code, Instant>,
    /// The leaves whose flag was explained.
    pub explained: BTreeSet<Code>,
}

impl Sheet {
    /// A sheet that no event has touched.
    #[must_use]
    pub fn untouched(leaves: impl Iterator<Item = Code>) -> Self {
        Self {
            state: SheetState::Open,
            unsubmitted: None,
            reopened_until: None,
            version: 0,
            scores: leaves.map(Score::untouched).collect(),
            extras: BTreeMap::new(),
            signed: None,
            asides: Asides::default(),
        }
    }

    /// The sheet's digest (RULINGS 9).
    #[must_use]
    pub fn digest(&self) -> Hash {
        sheet_digest(self.scores.iter())
    }

    /// Whether the unit's own stages count as 0.
    #[must_use]
    pub fn own_counts_as_zero(&self) -> bool {
        self.state == SheetState::Closed && self.unsubmitted == Some(Unsubmitted::Zero)
    }

    /// The final stage of a score: the latest that counts (RULINGS 10).
    #[must_use]
    pub fn final_stage<'a>(&self, score: &'a Score, policy: &Policy) -> Option<&'a StageState> {
        score.stages.iter().rev().find(|s| policy.counts.contains(&s.stage))
    }

    /// The final points of a score; none where it has no stage that counts.
    #[must_use]
    pub fn final_points(&self, score: &Score, policy: &Policy) -> Option<Exact> {
        let last = self.final_stage(score, policy)?;
        if last.stage == Stage::Own && self.own_counts_as_zero() {
            return Some(Exact::zero());
        }
        Some(last.points.clone())
    }

    /// The sum of bonuses or penalties.
    #[must_use]
    pub fn extras(&self, sign: Sign) -> Exact {
        self.extras.values().filter(|e| e.sign == sign).map(|e| e.points.clone()).sum()
    }
}

/// Whether a leaf does not apply.
#[must_use]
pub fn exempt(score: &Score) -> bool {
    score.exemption == Some(ExemptionState::Accepted)
}
