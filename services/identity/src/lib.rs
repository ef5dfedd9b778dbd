//! Who speaks: bearer tokens, each bound to one actor, stored hashed.
//! It says who someone is, never what he may do: powers are in the log.

mod announced;
mod tokens;

pub use tokens::{Identity, IdentityError, Minted, Token};
