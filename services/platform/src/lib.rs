//! IO, once: databases, the feed, the projector loop, the submit port, the HTTP shell, the clock.
//! It knows no rule of a round.

pub mod along;
pub mod behind;
pub mod clock;
pub mod config;
pub mod db;
pub mod durable;
pub mod feed;
pub mod generation;
pub mod health;
pub mod http;
pub mod jetstream;
pub mod key_file;
pub mod limited;
pub mod mail;
pub mod metrics;
pub mod objects;
pub mod outward;
pub mod ports;
pub mod projector;
pub mod provider;
pub mod register;
pub mod restore;
pub mod rows;
pub mod shell;
pub mod telemetry;
