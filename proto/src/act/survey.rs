//! The survey's plan, its batches and their merging into the round.
//! Respondents never stand here: a batch names its tally by digest (RULINGS 13).

use super::sheet::Evidence;
use super::{wire, words};
use crate::document::DocRef;
use crate::hash::Hash;
use crate::ids::{BatchId, Code, RoundId, SampleId, UnitId};
use crate::instant::Day;

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
    /// Plans how many respondents are to be asked; what is not planned here is as the rulebook's groups say.
    pub struct PlanSample {
        /// The round.
        pub round: RoundId,
        /// The samples; one planned earlier is replaced.
        pub rows: Vec<PlannedSample>,
    }

    /// A planned sample: a population, from which it follows by the group's margin of error, or the number itself.
    pub struct PlannedSample {
        /// The unit.
        pub unit: UnitId,
        /// The respondent group.
        pub group: Code,
        /// How many people the group has at this unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub population: Option<u32>,
        /// How many of them are to be asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub respondents: Option<u32>,
    }

    /// Commits to the seed of a sample, before there are ballots that it could be made for (proto/README.md, section 31).
    pub struct CommitSeed {
        /// The round.
        pub round: RoundId,
        /// The sample.
        pub sample: SampleId,
        /// What the seed is held against when the sample is drawn.
        pub commitment: Hash,
    }

    /// Draws who of a batch is to be asked again. One of `count` and `share` says how many.
    pub struct DrawSample {
        /// The round.
        pub round: RoundId,
        /// The sample.
        pub sample: SampleId,
        /// The batch.
        pub batch: BatchId,
        /// The seed that was committed to.
        pub seed: Hash,
        /// How many ballots.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub count: Option<u32>,
        /// How many of a hundred ballots, 1 to 100, rounded up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub share: Option<u32>,
    }

    /// A sample was drawn.
    pub struct SampleDrawn {
        /// What was asked.
        pub act: DrawSample,
        /// The ballots' places in the batch's tree, from 0, ascending.
        pub indexes: Vec<u32>,
    }

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
        /// The ballots that the tally was counted from, where it was counted from ballots.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ballots: Option<BallotSet>,
        /// The batch that it takes the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<Replaced>,
    }

    /// The ballots of a batch: none of them stands here, and each can be shown to be one of them.
    pub struct BallotSet {
        /// The stored file that they came in.
        pub file: Evidence,
        /// The root of the tree over their salted commitments, in the order of the file (proto/README.md, section 28).
        pub root: Hash,
        /// The first day on which one was filled in.
        pub from: Day,
        /// The last.
        pub to: Day,
    }

    /// A batch that another takes the place of.
    pub struct Replaced {
        /// The batch.
        pub batch: BatchId,
        /// Why.
        pub reason: String,
    }

    /// Voids a batch: it can no longer be merged, and a merged survey that holds it must be merged anew.
    pub struct VoidBatch {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
        /// Why.
        pub reason: String,
    }

    /// Records that some respondents of a batch were asked again, by a tally of both answers.
    pub struct RecheckBatch {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
        /// The sealed tally of the re-check.
        pub tally: DocRef,
        /// How they were asked.
        pub method: Method,
        /// How many people were asked again.
        pub respondents: u32,
        /// Why.
        pub reason: String,
    }

    /// Makes the listed batches the round's survey; survey points enter only so (RULINGS 13).
    pub struct MergeSurvey {
        /// The round.
        pub round: RoundId,
        /// All batches that count.
        pub batches: Vec<BatchId>,
    }
}
