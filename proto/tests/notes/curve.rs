//! Ed25519 keys and signatures that no honest signer makes: points of small order, second spellings, scalars too large.
//! It makes them by the equations of RFC 8032 and judges none.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use sha2::{Digest, Sha512};

/// The order of the base point, little-endian (RFC 8032, 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The eight points of small order, each in its one spelling.
pub fn small_order() -> [[u8; 32]; 8] {
    EIGHT_TORSION.map(|point| point.compress().to_bytes())
}

/// Whatever else is read as a point by those who do not ask for the one spelling: y beyond the field's prime 2^255-19,
/// or a sign where x is 0. With each, whether its order is small.
pub fn second_spellings() -> Vec<([u8; 32], bool)> {
    let mut found = Vec::new();
    for sign in [0, 0x80] {
        // The prime ends in 0xed: 19 values more fit in 255 bits.
        let beyond = (0xed..=0xff).map(|last| {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (last, 0x7f | sign);
            bytes
        });
        let of_no_x = [[1_u8, 0], [0xec, 0xff]].map(|[first, rest]| {
            let mut bytes = [rest; 32];
            (bytes[0], bytes[31]) = (first, (rest & 0x7f) | sign);
            bytes
        });
        found.extend(beyond.chain(of_no_x));
    }
    let point = |bytes: &[u8; 32]| CompressedEdwardsY(*bytes).decompress();
    let second = |bytes: &[u8; 32]| point(bytes).is_some_and(|p| p.compress().to_bytes() != *bytes);
    found.retain(second);
    found.into_iter().map(|bytes| (bytes, point(&bytes).is_some_and(|p| p.is_small_order()))).collect()
}

/// A secret scalar, as RFC 8032 makes it from a seed.
fn secret(seed: &[u8; 32]) -> Scalar {
    let hash = Sha512::digest(seed);
    Scalar::from_bytes_mod_order(clamp_integer(hash[..32].try_into().expect("half of it")))
}

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

fn public(seed: &[u8; 32]) -> [u8; 32] {
    EdwardsPoint::mul_base(&secret(seed)).compress().to_bytes()
}

/// A signature whose R is given, by a key that knows its secret: s = k a, as if R were nothing.
pub fn with_r(r: [u8; 32], seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let s = challenge(&r, &public(seed), message) * secret(seed);
    joined(r, s.to_bytes())
}

/// A signature whose R is an honest one and a point of small order: it holds for those who multiply by the cofactor.
pub fn with_torsion(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let nonce = Scalar::from(7_u64);
    let r = (EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[1]).compress().to_bytes();
    let s = nonce + challenge(&r, &public(seed), message) * secret(seed);
    joined(r, s.to_bytes())
}

/// The same signature with s + L in place of s.
pub fn with_larger_s(signature: &[u8; 64]) -> [u8; 64] {
    let mut larger = *signature;
    let mut carry = 0;
    for (byte, order) in larger[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        [*byte, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "2 L has 254 bits");
    larger
}

fn joined(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    signature
}
