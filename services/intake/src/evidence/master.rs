//! The master key, under which every file's key is wrapped: a file of its own, for its owner's eyes alone. It never stands in a
//! database or beside the files.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use platform::durable::{self, Readable};
use proto::Hash;
use proto::commitment::commit;

use super::sealed::{FileKey, NotSealed};

/// The nonce before what is wrapped.
const NONCE_BYTES: usize = 24;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// Others may read it.
    #[error("key_file_open: {path} has the mode {mode:o}; only its owner may read it: chmod 600")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It cannot be read or written.
    #[error("key_file_unusable: {path}: {source}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no key in it.
    #[error("key_file_bad: {0} holds no key of 64 hexadecimal digits")]
    Bad(PathBuf),
}

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
    /// [`MasterError`].
    pub fn make(path: &Path) -> Result<Self, MasterError> {
        let unusable = |source| MasterError::Unusable { path: path.to_owned(), source };
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|e| unusable(io::Error::other(e)))?;
        let line = Hash(key).to_string() + "\n";
        durable::create(path, line.as_bytes(), Readable::ByOwner).map_err(unusable)?;
        Ok(Self(key))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`MasterError`].
    pub fn read(path: &Path) -> Result<Self, MasterError> {
        let unusable = |source| MasterError::Unusable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unusable)?;
        let mode = std::fs::metadata(path).map_err(unusable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterError::Open { path: path.to_owned(), mode });
        }
        let key = Hash::parse(text.trim_end()).map_err(|_| MasterError::Bad(path.to_owned()))?;
        Ok(Self(key.0))
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
