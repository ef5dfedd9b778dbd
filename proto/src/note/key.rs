//! Keys of signed notes: Ed25519 alone, of a log or of a witness (C2SP signed-note, tlog-cosignature).
//! What is being verified never says which algorithm verifies it.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::NoteSignature;
use crate::hash::Hash;

/// The most bytes of a key's name.
pub const KEY_NAME_BYTES_MAX: usize = 255;
/// The first words of a secret key, as Go's note package writes it.
const SECRET: &str = "PRIVATE+KEY+";
/// The greatest timestamp that a cosignature may have, in seconds.
const TIMESTAMP_MAX: u64 = i64::MAX.unsigned_abs();

/// A key's name: not empty, without spaces and plus signs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(Arc<str>);

impl KeyName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`BadKey::Name`].
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let fits = (1..=KEY_NAME_BYTES_MAX).contains(&text.len())
            && !text.chars().any(|c| c == '+' || c.is_whitespace() || c.is_control());
        if fits { Ok(Self(Arc::from(text))) } else { Err(BadKey::Name) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// Notes as they are: a log's key.
    Log,
    /// Cosignatures with a time: a witness's key.
    Witness,
}

impl KeyKind {
    /// Its byte in a key's encoding.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Log, Self::Witness].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// Text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// The name is none.
    #[error("bad_key: a key's name is 1 to {KEY_NAME_BYTES_MAX} bytes without spaces and plus signs")]
    Name,
    /// It has not the form of a key.
    #[error("bad_key: a key is its name, its id of eight hexadecimal digits and base64, with plus signs between them")]
    Form,
    /// Another kind of key.
    #[error("bad_key: only Ed25519 keys of logs (type 1) and witnesses (type 4) are known")]
    Kind,
    /// The id is another key's.
    #[error("bad_key: the id is not this key's")]
    Id,
    /// The bytes are no key.
    #[error("bad_key: the bytes are no Ed25519 key, or a weak one")]
    Bytes,
}

/// A public key that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: KeyName,
    kind: KeyKind,
    id: [u8; 4],
    bytes: VerifyingKey,
}

/// A known key's signature that verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'k> {
    /// The key.
    pub key: &'k Key,
    /// When a witness says that it signed, in seconds since 1970; none for a log's key.
    pub time: Option<u64>,
}

fn id_of(name: &KeyName, kind: KeyKind, bytes: &[u8; 32]) -> [u8; 4] {
    let hashed = [name.as_str().as_bytes(), &[b'\n', kind.byte()], bytes].concat();
    Hash::digest(&hashed).0[..4].try_into().expect("four bytes of 32")
}

impl Key {
    /// A key of a name and kind.
    ///
    /// # Errors
    /// [`BadKey::Bytes`] for what is no point of the curve, not written in its one form, or of small order.
    pub fn new(name: KeyName, kind: KeyKind, bytes: [u8; 32]) -> Result<Self, BadKey> {
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| BadKey::Bytes)?;
        // A point has one encoding; another one of the same point is refused.
        if key.is_weak() || key.to_edwards().compress().to_bytes() != bytes {
            return Err(BadKey::Bytes);
        }
        Ok(Self { id: id_of(&name, kind, &bytes), name, kind, bytes: key })
    }

    /// Reads a key as it is handed round: `NAME+ID+BASE64` (C2SP signed-note, verifier keys).
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (name, rest) = text.split_once('+').ok_or(BadKey::Form)?;
        let (id, base64) = rest.split_once('+').ok_or(BadKey::Form)?;
        let (kind, bytes) = read_bytes(base64)?;
        let key = Self::new(KeyName::parse(name)?, kind, bytes)?;
        if key.id_hex() == id { Ok(key) } else { Err(BadKey::Id) }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The id that signature lines carry beside the name.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The 32 bytes: two keys are the same person's if these are.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.bytes.as_bytes()
    }

    /// Name and id, for people.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{} ({})", self.name, self.id_hex())
    }

    fn id_hex(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }

    /// Verifies one signature under a text.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Option<Signed<'_>> {
        let strict = |message: &[u8], signature: &[u8]| {
            let signature = Signature::from_slice(signature).ok()?;
            self.bytes.verify_strict(message, &signature).ok()
        };
        match self.kind {
            KeyKind::Log => strict(text.as_bytes(), signature).map(|()| Signed { key: self, time: None }),
            KeyKind::Witness => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                if !(1..=TIMESTAMP_MAX).contains(&time) {
                    return None;
                }
                strict(cosigned(text, time).as_bytes(), signature).map(|()| Signed { key: self, time: Some(time) })
            }
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let bytes = [&[self.kind.byte()], self.bytes.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id_hex(), STANDARD.encode(bytes))
    }
}

impl std::str::FromStr for Key {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        Self::parse(text)
    }
}

/// The kind's byte and the 32 bytes behind it.
fn read_bytes(base64: &str) -> Result<(KeyKind, [u8; 32]), BadKey> {
    let mut bytes = [0; 36];
    let read = STANDARD.decode_slice(base64, &mut bytes).map_err(|_| BadKey::Form)?;
    let (kind, key) = bytes[..read].split_first().ok_or(BadKey::Form)?;
    let kind = KeyKind::of(*kind).ok_or(BadKey::Kind)?;
    Ok((kind, key.try_into().map_err(|_| BadKey::Bytes)?))
}

/// What a witness signs (C2SP tlog-cosignature, Ed25519 signed message).
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A secret key and what it signs.
pub struct NoteSigner {
    key: Key,
    secret: SigningKey,
}

impl NoteSigner {
    /// A signer from 32 bytes of the operating system's randomness.
    ///
    /// # Errors
    /// [`BadKey::Bytes`] for a seed whose key would be weak: none that was drawn is.
    pub fn new(name: KeyName, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, BadKey> {
        let secret = SigningKey::from_bytes(seed);
        let key = Key::new(name, kind, secret.verifying_key().to_bytes())?;
        Ok(Self { key, secret })
    }

    /// Reads a secret key as [`NoteSigner::secret`] writes it.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (name, rest) = text.strip_prefix(SECRET).and_then(|rest| rest.split_once('+')).ok_or(BadKey::Form)?;
        let (id, base64) = rest.split_once('+').ok_or(BadKey::Form)?;
        let (kind, seed) = read_bytes(base64)?;
        let signer = Self::new(KeyName::parse(name)?, kind, &seed)?;
        if signer.key.id_hex() == id { Ok(signer) } else { Err(BadKey::Id) }
    }

    /// The secret key as Go's note package writes it: `PRIVATE+KEY+NAME+ID+BASE64`.
    #[must_use]
    pub fn secret(&self) -> String {
        let bytes = [&[self.key.kind.byte()], self.secret.as_bytes().as_slice()].concat();
        format!("{SECRET}{}+{}+{}", self.key.name, self.key.id_hex(), STANDARD.encode(bytes))
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Signs a note's text; a witness's key says when, in seconds since 1970.
    ///
    /// # Panics
    /// Where the time is 0 or beyond 2^63 - 1: no clock says so.
    #[must_use]
    pub fn sign(&self, text: &str, time: u64) -> NoteSignature {
        let signature = match self.key.kind {
            KeyKind::Log => self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
            KeyKind::Witness => {
                assert!((1..=TIMESTAMP_MAX).contains(&time), "a cosignature has a time");
                let signature = self.secret.sign(cosigned(text, time).as_bytes());
                [time.to_be_bytes().as_slice(), &signature.to_bytes()].concat()
            }
        };
        NoteSignature { name: self.key.name.clone(), id: self.key.id, signature }
    }
}

impl fmt::Debug for NoteSigner {
    /// The public half alone.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "NoteSigner({})", self.key)
    }
}
