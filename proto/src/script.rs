//! Scripts: lines of {at, actor, command} that play a training round on its own clock (RULINGS 32).
//! A script holds commands, never events: what becomes of a line is the ledger's decision.

use crate::act::wire;
use crate::canon::Value;
use crate::ids::ActorId;
use crate::instant::Instant;

wire! {
    /// One line of a script.
    pub struct Line {
        /// The moment at which the command comes.
        pub at: Instant,
        /// Who sends it.
        pub actor: ActorId,
        /// The command, as a client would send it.
        pub command: Value,
    }
}
