//! What somebody asks to have as a dossier, and under which checkpoint it would stand. What a dossier is stands in `dossier`.

use crate::act::wire;
use crate::hash::Hash;
use crate::ids::{Code, RoundId, UnitId};

wire! {
    /// Which dossier.
    pub enum DossierAsked {
        /// The whole round's.
        Round {
            /// The round.
            round: RoundId,
        },
        /// That of a unit's scores.
        Score {
            /// The round.
            round: RoundId,
            /// The unit.
            unit: UnitId,
            /// The leaf that its page is to show; the whole sheet if absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            leaf: Option<Code>,
            /// Whether the sheet's complete history is to be in it, which holds the appeals of other units too.
            complete: bool,
        },
        /// The sheet with a publication's proof.
        Publication {
            /// The round.
            round: RoundId,
            /// The publication's number.
            publication: u32,
        },
    }

    /// The checkpoint that dossiers stand under now.
    pub struct DossierUnder {
        /// How many events it counts.
        pub size: u64,
        /// The root over them.
        pub root: Hash,
    }
}
