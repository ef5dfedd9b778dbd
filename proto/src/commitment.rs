//! Salted commitments: what stands in the log in place of a value that must stay erasable.
//! The value and its salt never enter the log.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::hash::Hash;

/// HMAC-SHA-256 of `value` under 32 random bytes (RFC 2104). Without the salt, not even a value that
/// can only be "yes" or "no" is found by trying.
#[must_use]
pub fn commit(salt: &[u8; 32], value: &[u8]) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("HMAC takes a key of any length");
    mac.update(value);
    Hash(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::commit;

    #[test]
    fn equal_values_under_different_salts_do_not_look_alike() {
        assert_ne!(commit(&[1; 32], b"yes"), commit(&[2; 32], b"yes"));
        assert_eq!(commit(&[1; 32], b"yes"), commit(&[1; 32], b"yes"));
    }
}
