//! Publication: an immutable version of the result; a later one supersedes it and says why.
//! The table itself is no event data: it is a fold, named here by its digest (RULINGS 14).

use super::wire;
use crate::hash::Hash;
use crate::ids::{DecisionId, RoundId};

wire! {
    /// Publishes the result.
    pub struct PublishResult {
        /// The round.
        pub round: RoundId,
        /// The publication's number: 1, then 2 which supersedes 1 ...
        pub publication: u32,
        /// The council's decision that it rests on.
        pub decision: DecisionId,
        /// The position that the sender saw, for the record.
        pub position: u64,
        /// The digest of the result rows that the sender saw.
        pub digest: Hash,
        /// Why it supersedes the one before; empty in the first.
        pub reason: String,
    }
}
