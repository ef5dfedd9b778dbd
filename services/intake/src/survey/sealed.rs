//! Ballots at rest: committed to, each under a salt of its own, and encrypted in blocks under their batch's key. Neither key nor salt nor
//! nonce is used twice.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use proto::Hash;
use proto::commitment::commit;

use crate::evidence::NotSealed;

/// The nonce of XChaCha20. A block is sealed again with each ballot that is destroyed, so its nonce is drawn. What is sealed once under
/// a batch's key, which is made anew each time that the batch is begun, has its own.
pub const NONCE_BYTES: usize = 24;

/// What is sealed under a batch's key.
#[derive(Debug, Clone, Copy)]
pub enum Sealed {
    /// What its places stand for.
    Legend,
    /// The command that records the batch.
    Record,
    /// Its tally.
    Tally,
}

impl Sealed {
    fn nonce(self) -> [u8; NONCE_BYTES] {
        let mut nonce = [0; NONCE_BYTES];
        nonce[0] = match self {
            Self::Record => 1,
            Self::Tally => 2,
            Self::Legend => 3,
        };
        nonce
    }
}

/// Whoever holds a batch's key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    key: [u8; 32],
}

impl Vault {
    /// By a batch's key.
    #[must_use]
    pub fn of(key: [u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(key)), key }
    }

    /// Seals something.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal(&self, what: Sealed, bytes: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.cipher.encrypt(&XNonce::from(what.nonce()), Payload { msg: bytes, aad: b"" }).map_err(|_| NotSealed)
    }

    /// Opens it again.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn open(&self, what: Sealed, sealed: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.cipher.decrypt(&XNonce::from(what.nonce()), Payload { msg: sealed, aad: b"" }).map_err(|_| NotSealed)
    }

    /// Seals a block under a nonce that was drawn for it, which stands before it. It opens in its own place alone.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal_block(&self, first: u64, nonce: [u8; NONCE_BYTES], block: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let payload = Payload { msg: block, aad: &bound(first) };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| NotSealed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens a block again.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn open_block(&self, first: u64, sealed: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(NotSealed)?;
        let payload = Payload { msg: sealed, aad: &bound(first) };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| NotSealed)
    }

    /// What a collector is committed to as. The salt follows from the batch's key, so it goes with it, and one collector is committed
    /// to differently in every batch.
    #[must_use]
    pub fn collector(&self, name: &str) -> Hash {
        let salt = commit(&self.key, &[b"collector\0", name.as_bytes()].concat());
        commit(&salt.0, name.as_bytes())
    }
}

/// What a block is bound to: that it is one, and its first ballot.
fn bound(first: u64) -> [u8; 13] {
    let mut bound = *b"block\0\0\0\0\0\0\0\0";
    bound[5..].copy_from_slice(&first.to_be_bytes());
    bound
}
