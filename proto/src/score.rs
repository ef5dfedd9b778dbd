//! A score as it is folded from its events: what a sheet's digest is made of (RULINGS 9).
//! Earlier stages stay beside later ones; none is ever overwritten by another stage.

use crate::act::round::Stage;
use crate::act::sheet::{Evidence, Inputs};
use crate::act::wire;
use crate::canon::to_vec;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::Code;
use crate::rows::{ExemptionState, FlagState};

wire! {
    /// One stage of a score.
    pub struct StageState {
        /// Which stage.
        pub stage: Stage,
        /// What it rests on.
        pub inputs: Inputs,
        /// Its points.
        pub points: Exact,
        /// The reason given; empty where none is needed.
        pub reason: String,
        /// The version, in the sheet's stream, of the event that set it.
        pub event: u64,
    }

    /// The score of one leaf.
    pub struct Score {
        /// The leaf.
        pub leaf: Code,
        /// The version of the last event that touched it; 0 for none.
        pub revision: u64,
        /// The stages that are there, in rising order.
        pub stages: Vec<StageState>,
        /// What became of a flag.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flag: Option<FlagState>,
        /// What became of an exemption.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exemption: Option<ExemptionState>,
        /// Evidence attached so far, latest self-score and explanations.
        pub evidence: Vec<Evidence>,
        /// The unit's explanation of absent evidence.
        pub explanation: String,
    }
}

impl Score {
    /// A score that no event has touched.
    #[must_use]
    pub fn untouched(leaf: Code) -> Self {
        Self {
            leaf,
            revision: 0,
            stages: Vec::new(),
            flag: None,
            exemption: None,
            evidence: Vec::new(),
            explanation: String::new(),
        }
    }

    /// A stage, if it is there.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> Option<&StageState> {
        self.stages.iter().find(|s| s.stage == stage)
    }

    /// Sets a stage, in its place among the others.
    pub fn set(&mut self, state: StageState) {
        match self.stages.binary_search_by_key(&state.stage, |s| s.stage) {
            Ok(i) => self.stages[i] = state,
            Err(i) => self.stages.insert(i, state),
        }
    }
}

/// The digest of a sheet: SHA-256 of the canonical JSON array of its touched scores, in the tree's order.
#[must_use]
pub fn sheet_digest<'a>(scores: impl Iterator<Item = &'a Score>) -> Hash {
    let touched: Vec<&Score> = scores.filter(|s| s.revision > 0).collect();
    Hash::digest(&to_vec(&touched).expect("scores have a canonical form"))
}
