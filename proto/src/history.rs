//! The history of a score or sheet, as the inspector tells it: before, after, who, in which capacity, when, why.
//! Each step names the position and hash of the event that it tells of.

use crate::act::wire;
use crate::envelope::Actor;
use crate::hash::Hash;
use crate::ids::{Code, RoundId, UnitId};
use crate::instant::Instant;
use crate::stream::Stream;
use crate::work::Held;

wire! {
    /// What is asked for.
    pub struct HistoryQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf; absent: the whole sheet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Code>,
        /// Only up to this position, included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub position: Option<u64>,
        /// Only up to this moment, included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
        /// What whoever asks does not see yet; absent: he sees everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub held: Option<Held>,
    }

    /// One event of a history.
    pub struct Step {
        /// Where it stands in the log.
        pub position: u64,
        /// Its hash.
        pub hash: Hash,
        /// Its stream.
        pub stream: Stream,
        /// Its version in the stream.
        pub version: u64,
        /// When.
        pub at: Instant,
        /// Who, in which capacity, in which unit.
        pub actor: Actor,
        /// What kind of event.
        pub kind: String,
        /// The leaf it touched; absent for events of the whole sheet or round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leaf: Option<Code>,
        /// The state before; empty for none.
        pub before: String,
        /// The state after; empty for none.
        pub after: String,
        /// The reason, explanation, ground or text that stands in the event.
        pub reason: String,
        /// Whether the actor belongs to the unit that he acted on.
        pub own_unit: bool,
    }

    /// A history, and what it stands on.
    pub struct History {
        /// What was asked for.
        pub query: HistoryQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The steps in order.
        pub steps: Vec<Step>,
    }
}
