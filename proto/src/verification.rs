//! A verification of a log that somebody has asked for on a page: how far one is that runs, and what the last one found.
//! What was found is told by a stable code, a place and a sentence of the inspector's.

use crate::act::wire;
use crate::hash::Hash;
use crate::ids::ActorId;
use crate::instant::Instant;

wire! {
    /// A verification that runs.
    pub struct Verifying {
        /// Who asked for it.
        pub by: ActorId,
        /// When it began, by the machine's clock.
        pub begun: Instant,
        /// Events that were walked and folded.
        pub walked: u64,
        /// Of so many; 0 as long as that is not known. Once all are walked, what is left is to compare.
        pub of: u64,
    }

    /// A projection that was held against the fold.
    pub struct VerifiedProjection {
        /// Its name.
        pub name: String,
        /// The position that it stood at.
        pub position: u64,
        /// The digest of its rows.
        pub digest: Hash,
    }

    /// A head or checkpoint that the log bears out.
    pub struct VerifiedHead {
        /// What it is called.
        pub name: String,
        /// How many events it counts.
        pub size: u64,
        /// Whether it is kept by somebody who does not run the log.
        pub outside: bool,
    }

    /// Something that does not hold.
    pub struct FoundFault {
        /// What kind of place it is in: `event`, `log_end`, `head_row`, `cursor`, `row`, `projection`, `tile`.
        pub code: String,
        /// The position, where the place is one of the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub position: Option<u64>,
        /// The place in words.
        pub place: String,
        /// What is wrong, as `parindex verify` tells it.
        pub what: String,
    }

    /// What a verification came to.
    pub struct Verdict {
        /// Who asked for it.
        pub by: ActorId,
        /// When it began, by the machine's clock.
        pub begun: Instant,
        /// When it ended.
        pub ended: Instant,
        /// Events that hold, from the first one on.
        pub events: u64,
        /// The root over the whole log, if all of it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub root: Option<Hash>,
        /// The projections that were compared.
        pub projections: Vec<VerifiedProjection>,
        /// The heads and checkpoints that the log bears out.
        pub heads: Vec<VerifiedHead>,
        /// Anchors on record that the log bears out.
        pub anchors: u64,
        /// Things to know that are no faults.
        pub notes: Vec<String>,
        /// What does not hold, what is wrong with the log first.
        pub faults: Vec<FoundFault>,
        /// How many more do not hold that are left out here.
        pub left_out: u64,
        /// Whether only projections do not hold, which can be made again from the log.
        pub rebuild: bool,
        /// Why it could not be carried out to its end; absent where it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failed: Option<String>,
    }

    /// How it stands.
    #[derive(Default)]
    pub struct Verification {
        /// The one that runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub running: Option<Verifying>,
        /// The last one that ended since the server began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last: Option<Verdict>,
    }
}
