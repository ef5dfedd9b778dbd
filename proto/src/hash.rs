//! SHA-256 as the log uses it: entries of the Merkle tree, its inner nodes, digests (RFC 9162, 2.1.1).
//! There is no other hash function and no way to choose one.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// 32 bytes of SHA-256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

/// Text that is no hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no hash: 64 lower-case hexadecimal digits")]
pub struct BadHash(String);

impl Hash {
    /// The hash of an event: of the tree's entry that its body is. SHA-256(0x00 || body).
    #[must_use]
    pub fn entry(body: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(body).finalize().into())
    }

    /// The hash of an inner node: SHA-256(0x01 || left || right).
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut bytes = [1_u8; 65];
        bytes[1..33].copy_from_slice(&left.0);
        bytes[33..].copy_from_slice(&right.0);
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of an entry of the heads map: SHA-256(0x02 || bytes). So no entry of one tree is one of the other.
    #[must_use]
    pub fn head(bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update([2]).chain_update(bytes).finalize().into())
    }

    /// The root of a heads map, which holds its count: SHA-256(0x03 || count, 8 bytes big-endian || tree).
    #[must_use]
    pub fn heads(count: u64, tree: &Self) -> Self {
        Self(Sha256::new().chain_update([3]).chain_update(count.to_be_bytes()).chain_update(tree.0).finalize().into())
    }

    /// A plain digest: SHA-256(bytes).
    #[must_use]
    pub fn digest(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Parses 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`BadHash`] for any other text.
    pub fn parse(text: &str) -> Result<Self, BadHash> {
        Self::from_hex(text.as_bytes()).ok_or_else(|| BadHash(text.chars().take(80).collect()))
    }

    /// As signed notes write it: base64 with padding (RFC 4648, section 4).
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads what [`Hash::base64`] writes; none for anything else, another spelling of the same bytes among it.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let mut bytes = [0; 33];
        let read = STANDARD.decode_slice(text, &mut bytes).ok()?;
        (read == 32).then(|| Self(bytes[..32].try_into().expect("32 bytes")))
    }

    pub(crate) fn from_hex(hex: &[u8]) -> Option<Self> {
        let nibble = |b: u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        if hex.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = nibble(hex[2 * i])? << 4 | nibble(hex[2 * i + 1])?;
        }
        Some(Self(bytes))
    }

    /// The 64 digits as bytes, without a string being made.
    #[must_use]
    pub fn hex(&self) -> [u8; 64] {
        // Reckoned and not looked up, so that a processor can do many at a time.
        let digit = |nibble: u8| nibble + if nibble > 9 { b'a' - 10 } else { b'0' };
        let mut out = [0; 64];
        for (pair, b) in out.chunks_exact_mut(2).zip(self.0) {
            pair[0] = digit(b >> 4);
            pair[1] = digit(b & 15);
        }
        out
    }
}

/// A plain digest over bytes that come in pieces, and how many there were.
#[derive(Debug, Clone, Default)]
pub struct Digesting {
    sha: Sha256,
    bytes: u64,
}

impl Digesting {
    /// Takes the next piece.
    pub fn take(&mut self, piece: &[u8]) {
        self.sha.update(piece);
        self.bytes += piece.len() as u64;
    }

    /// How many bytes there were so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Their digest.
    #[must_use]
    pub fn digest(self) -> Hash {
        Hash(self.sha.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.hex()).expect("hexadecimal digits are ASCII"))
    }
}
impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Hash {
    type Err = BadHash;
    fn from_str(text: &str) -> Result<Self, BadHash> {
        Self::parse(text)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// The form as a pattern, for the schemas.
#[cfg(test)]
pub(crate) const PATTERN: &str = "^[0-9a-f]{64}$";

#[cfg(test)]
impl schemars::JsonSchema for Hash {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hash".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": PATTERN })
    }
}
