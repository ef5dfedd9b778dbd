//! What of the binary needs no other part of it, built with its own tests: the whole binary is not built a second time for them.

// Each is used by the binary; here by its tests alone.
#![allow(dead_code, unused_macros)]

#[path = "../src/failure.rs"]
mod failure;
#[path = "../src/retention/orders.rs"]
mod orders;
#[path = "../src/out.rs"]
mod out;
#[path = "../src/retention/rule.rs"]
mod rule;
