//! Files of a unit as a page asks for them: brought in, named, handed out. Nothing here goes on record: what does is the reference that a
//! command attaches.

use crate::act::sheet::Evidence;
use crate::act::wire;
use crate::hash::Hash;
use crate::ids::{RoundId, UnitId};

/// The most addresses of one question: the files of a score, and as many that wait to be attached.
pub const ADDRESSES_MAX: usize = 40;

wire! {
    /// A file that is brought.
    pub struct FileBrought {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: String,
        /// The page or section that matters; may be empty.
        pub page: String,
    }

    /// Asks for one file.
    pub struct FileQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// Its address.
        pub address: Hash,
    }

    /// Asks what is kept of files.
    pub struct FilesQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// Their addresses; those beyond [`ADDRESSES_MAX`] are not looked at.
        pub addresses: Vec<Hash>,
    }

    /// A file that is there, as its own unit sees it.
    pub struct KeptFile {
        /// The reference that an event may hold of it.
        pub evidence: Evidence,
        /// Its name.
        pub name: String,
        /// How many bytes it has.
        pub bytes: u64,
    }
}
