//! A history with how everything stood behind each of its events: the score, the unit's points, its index and rank.
//! It is what a reader steps through; each of its values is that of a fold of the log up to that event, whoever folds it.

use crate::act::wire;
use crate::between::{ScoreShown, Stood};
use crate::exact::Exact;
use crate::hash::Hash;
use crate::history::History;

wire! {
    /// How a unit stood behind an event.
    pub struct StoodBehind {
        /// The event's position.
        pub position: u64,
        /// The score that the event touched, or else the one that is asked about; absent where it is about none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub score: Option<ScoreShown>,
        /// All points of the unit.
        pub reached: Exact,
        /// Its applicable maximum.
        pub maximum: Exact,
        /// Its rank and index, by the scores as they were, whether published or not.
        pub stood: Stood,
        /// The addresses of the files that the event refers to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub files: Vec<Hash>,
    }

    /// A history, and how the unit stood behind each of its steps.
    pub struct Timeline {
        /// The history.
        pub history: History,
        /// As many as it has steps, in their order.
        pub behind: Vec<StoodBehind>,
    }
}
