//! What the tests of this crate share: a way to write logs by hand, good and broken, and a full check of them.
//! It writes bodies from the words of proto/README.md, never with the crate's own writer, which is under test.

#![allow(dead_code, reason = "each test takes what it needs")]

pub mod check;
pub mod facts;
pub mod log;
