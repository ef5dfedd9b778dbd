//! The index: a projector that keeps the state of every sheet and score, and every unit's index.
//! It reads the log through the feed and writes nothing but its own database.

mod projection;
mod read;

pub use projection::Index;
pub use read::{Reader, View};
