//! The log's own acts: its beginning, the keys that sign its checkpoints, and anchors.
//! A log has one genesis, at position 1, and no other event of this kind.

use super::{wire, words};
use crate::envelope::Capacity;
use crate::hash::Hash;
use crate::heads::HeadsRoot;
use crate::ids::ActorId;

words! {
    /// What a log is for (RULINGS 21): practice rounds have a log of their own.
    pub enum Mode {
        /// Practice; every page and print says so.
        Training,
        /// The real thing.
        Live,
    }

    /// Where the ledger reads its time (RULINGS 32).
    pub enum ClockKind {
        /// The machine's clock.
        System,
        /// The script's lines; training logs only.
        Scripted,
    }
}

wire! {
    /// Genesis: names what the log is and the two first administrators (RULINGS 19, 31).
    pub struct CreateLog {
        /// Training or live.
        pub mode: Mode,
        /// System or scripted.
        pub clock: ClockKind,
        /// Two administrators, so that granting what takes two people is possible from the start.
        pub administrators: Vec<ActorId>,
        /// Which capacities one person may not hold together.
        pub incompatible: Vec<Incompatible>,
    }

    /// Says which key signs the log's checkpoints from now on.
    pub struct NameKey {
        /// The statement, a signed note: signed by the key, and by the one whose place it takes.
        pub statement: String,
    }

    /// Puts on record what the log's first events come to, and where every stream ends by them.
    pub struct Anchor {
        /// The heads map over them.
        pub heads: HeadsRoot,
        /// The root of the log's own tree over them.
        pub root: Hash,
        /// How many they are. All of them stand before the anchor.
        pub size: u64,
    }

    /// A capacity and those that its holder may not have beside it.
    pub struct Incompatible {
        /// The capacity.
        pub capacity: Capacity,
        /// What its holder may not have.
        pub with: Vec<Capacity>,
    }
}
