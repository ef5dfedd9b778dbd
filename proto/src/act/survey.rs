//! The survey's batches and their merging into the round.
//! Respondents never stand here: a batch names its tally by digest (RULINGS 13).

use super::{wire, words};
use crate::document::DocRef;
use crate::ids::{BatchId, Code, RoundId};

words! {
    /// How answers were collected.
    pub enum Method {
        /// On paper.
        Paper,
        /// In an online form.
        Online,
        /// By interview.
        Interview,
    }
}

wire! {
    /// Records a batch of answers by its tally.
    pub struct RecordBatch {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
        /// The sealed tally.
        pub tally: DocRef,
        /// The respondent groups in it.
        pub groups: Vec<Code>,
        /// How the answers were collected.
        pub method: Method,
        /// How many people answered.
        pub respondents: u32,
    }

    /// Makes the listed batches the round's survey; survey points enter only so (RULINGS 13).
    pub struct MergeSurvey {
        /// The round.
        pub round: RoundId,
        /// All batches that count.
        pub batches: Vec<BatchId>,
    }
}
