//! The log on NATS JetStream: one publisher fills a stream from the log, projectors read it from there.
//! Nothing is believed because it came by the bus: JetStream carries, the log's own store keeps (DESIGN, Writing).
//!
//! The parts: [`bus`] is the connection, [`stream`] what the log's stream must be like, `settle` finds out how much of the
//! log it holds and mends it, [`publisher`] fills it, `pump` takes messages from it, `reader` checks them, [`feed`] gives them to a projector, [`guard`] wakes it.

pub mod bus;
pub mod feed;
pub mod guard;
pub mod publisher;
mod pump;
mod reader;
mod settle;
pub mod stream;

pub use bus::{Bus, BusError, Settings, User};
pub use feed::{Following, JetStreamFeed};
pub use publisher::{Published, Publisher};
