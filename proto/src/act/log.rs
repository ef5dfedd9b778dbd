//! The log's own acts: its beginning, the keys that sign its checkpoints, and anchors.
//! A log has one genesis, at position 1, and no other event of this kind.

use super::{wire, words};
use crate::checkpoint::Checkpoint;
use crate::envelope::Capacity;
use crate::hash::Hash;
use crate::heads::HeadsRoot;
use crate::ids::{ActorId, Origin};
use crate::tree::TreeHead;

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
        /// The log that ended where this one begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub continues: Option<Continued>,
    }

    /// A log that ended, and where: this one goes on from it, under another name and by other keys, maybe of another algorithm.
    pub struct Continued {
        /// The signed checkpoint over all of it, with its cosignatures.
        pub checkpoint: String,
        /// Its origin.
        pub origin: Origin,
        /// The root over all of it.
        pub root: Hash,
        /// How many events it has.
        pub size: u64,
    }

    /// Ends the log: it takes nothing more. Another one may go on from it.
    pub struct CloseLog {
        /// Why.
        pub reason: String,
    }

    /// Says which key signs the log's checkpoints from now on.
    pub struct NameKey {
        /// The statement, a signed note: signed by the key, and by the one whose place it takes.
        pub statement: String,
    }

    /// Puts on record what the log's first events come to, and where every stream ends by them.
    pub struct Anchor {
        /// A signed checkpoint over as many events or fewer, with its cosignatures: the anchor was made after their times.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub checkpoint: Option<String>,
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

impl Anchor {
    /// Size and root of the checkpoint that it holds, if it holds one.
    #[must_use]
    pub fn cosigned(&self) -> Option<TreeHead> {
        let (_, checkpoint) = Checkpoint::on_record(self.checkpoint.as_deref()?).ok()?;
        Some(checkpoint.head)
    }
}
