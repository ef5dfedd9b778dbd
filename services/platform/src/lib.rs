//! IO, once: databases, the feed, the projector loop, the submit port, the HTTP shell, the clock.
//! It knows no rule of a round.

pub mod clock;
pub mod config;
pub mod db;
pub mod feed;
pub mod http;
pub mod jetstream;
pub mod ports;
pub mod projector;
pub mod restore;
pub mod rows;
