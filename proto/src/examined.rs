//! Asking the inspector what the log says to an appeal's claims, and his answer.
//! The answer is what he computes now; what stands on record of it is told beside it and never taken for it.

use crate::act::appeal::LodgeAppeal;
use crate::act::council::Outcome;
use crate::act::examination::{Cited, Verdict};
use crate::act::wire;
use crate::envelope::Actor;
use crate::hash::Hash;
use crate::ids::RoundId;
use crate::instant::Instant;

wire! {
    /// Asks what the log says to the claims of an appeal.
    pub struct ExamineQuery {
        /// The round.
        pub round: RoundId,
        /// The appeal.
        pub number: u32,
        /// By the events up to this position, included; without it, by all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub position: Option<u64>,
        /// By the events up to this moment, where one is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
    }

    /// What the log says to the claims of an appeal.
    pub struct Examination {
        /// What was asked.
        pub query: ExamineQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The appeal as it was lodged.
        pub appeal: LodgeAppeal,
        /// A verdict for each claim, in the appeal's order.
        pub verdicts: Vec<Verdict>,
        /// Their digest, as `examine_appeal` wants it.
        pub digest: Hash,
        /// Every event that a verdict names, once, in the order of the log.
        pub events: Vec<CitedEvent>,
        /// The examinations on record up to there, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub recorded: Vec<Recorded>,
        /// What became of the appeal, once it is decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<Outcome>,
    }

    /// An event that a verdict names, in more words.
    pub struct CitedEvent {
        /// Which.
        pub cited: Cited,
        /// When.
        pub at: Instant,
        /// What kind of event.
        pub kind: String,
        /// Who, in which capacity, in which unit.
        pub actor: Actor,
        /// The reason, explanation or text in it; may be empty.
        pub reason: String,
    }

    /// An examination on record.
    pub struct Recorded {
        /// Its event.
        pub event: Cited,
        /// When.
        pub at: Instant,
        /// The digest of the verdicts that stand in it.
        pub digest: Hash,
        /// Whether the council's decision rests on it.
        pub decided: bool,
    }
}
