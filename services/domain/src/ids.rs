//! Ids of the timer's own commands: the same deadline always gives the same id (RULINGS 4).
//! So a timer that fires twice, or on two machines, makes one event.

use proto::{CommandId, Hash, Instant, Origin, RoundId};

/// The id of a `system` command: the deadline's milliseconds, then bits of SHA-256 over log, round, phase and unit.
#[must_use]
pub fn system_command_id(log: &Origin, round: &RoundId, phase: &str, unit: &str, deadline: Instant) -> CommandId {
    let digest = Hash::digest(format!("{log}\n{round}\n{phase}\n{unit}").as_bytes());
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest.0[..10]);
    CommandId::v7(deadline.millis(), bits)
}

/// The id that the timer takes where somebody has used its own for a command: everyone can compute that one beforehand,
/// and nobody may keep a phase from closing.
#[must_use]
pub fn system_command_id_after(taken: &CommandId, deadline: Instant) -> CommandId {
    let digest = Hash::digest(format!("taken\n{taken}").as_bytes());
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest.0[..10]);
    CommandId::v7(deadline.millis(), bits)
}
