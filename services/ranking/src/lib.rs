//! The ranking: a projector that keeps who stands where in each block, live and in every publication.
//! It reads the log through the feed and writes nothing but its own database.

mod projection;
mod read;

pub use projection::Ranking;
pub use read::{Reader, View, Which};
