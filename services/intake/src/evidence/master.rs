//! The master key, under which every file's key is wrapped: a file of its own, for its owner's eyes alone. It never stands in a
//! database or beside the files.

use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use platform::key_file::{self, KeyFileError};
use proto::Hash;
use proto::commitment::commit;
use proto::note::BadKey;

use super::sealed::{FileKey, NotSealed};

/// The nonce before what is wrapped.
const NONCE_BYTES: usize = 24;

/// Whoever wraps the keys of files: a key file here, a key management service where there is one.
pub trait Wrap: Send + Sync {
    /// Wraps some bytes, bound to what they are for.
    ///
    /// # Errors
    /// [`NotSealed`] where it cannot be done.
    fn wrap(&self, what: &[u8], bytes: &[u8]) -> Result<Vec<u8>, NotSealed>;

    /// The bytes that were wrapped for this.
    ///
    /// # Errors
    /// [`NotSealed`] for anything else.
    fn unwrap(&self, what: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, NotSealed>;

    /// A value by which equal values are known to whoever has the key, and to nobody else.
    fn fingerprint(&self, value: &[u8]) -> Hash;
}

/// A master key out of a file.
pub struct MasterKey(FileKey);

impl MasterKey {
    /// Makes a key in a file that is not there yet.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn make(path: &Path) -> Result<Self, KeyFileError> {
        let mut key = [0; 32];
        let unusable = |e| KeyFileError::Unusable { path: path.to_owned(), source: std::io::Error::other(e) };
        getrandom::fill(&mut key).map_err(unusable)?;
        key_file::create(path, &format!("{}\n", Hash(key)))?;
        Ok(Self(key))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let bad = |_| KeyFileError::Bad { path: path.to_owned(), source: BadKey::Form };
        Ok(Self(Hash::parse(key_file::text(path)?.trim_end()).map_err(bad)?.0))
    }
}

impl Wrap for MasterKey {
    fn wrap(&self, what: &[u8], bytes: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| NotSealed)?;
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        let wrapped = cipher.encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: what }).map_err(|_| NotSealed)?;
        Ok([&nonce[..], &wrapped].concat())
    }

    fn unwrap(&self, what: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let (nonce, wrapped) = wrapped.split_at_checked(NONCE_BYTES).ok_or(NotSealed)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| NotSealed)?;
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        cipher.decrypt(&XNonce::from(nonce), Payload { msg: wrapped, aad: what }).map_err(|_| NotSealed)
    }

    fn fingerprint(&self, value: &[u8]) -> Hash {
        commit(&self.0, &[b"fingerprint\0", value].concat())
    }
}
