//! Canonical JSON: RFC 8785 restricted to what any language can do by hand (proto/README.md, section 2).
//! It never repairs: a reader that meets anything else refuses it and says where.

mod check;
mod value;
mod write;

pub use check::{CanonError, check};
pub use value::Value;
pub(crate) use write::member_to_vec;
pub use write::{WriteError, escape, to_vec};

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: usize = 32;
/// The largest magnitude of an integer: 2^53 - 1, what every JSON reader holds exactly.
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Whether a member's name is ASCII snake_case: a lower-case letter, then letters, digits, underscores.
pub(crate) fn is_key(key: &[u8]) -> bool {
    key.first().is_some_and(u8::is_ascii_lowercase)
        && key.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
}
