//! A file at rest: encrypted in chunks under a key of its own (proto/README.md, section 27). A chunk that was changed, moved,
//! left out or cut off is found when it is opened, and nothing of it is handed out.

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::Payload;
use chacha20poly1305::{Key, XChaCha20Poly1305};

/// How a file at rest begins.
const MAGIC: &[u8; 8] = b"PARFILE1";
/// The nonce of a stream: that of XChaCha20 without the counter and the mark of the last chunk.
const NONCE_BYTES: usize = 19;
/// What stands before the first chunk.
const HEADER_BYTES: usize = MAGIC.len() + NONCE_BYTES;
/// Plain bytes of a chunk.
const CHUNK_BYTES: usize = 65_536;
/// What a chunk has more when it is encrypted.
const TAG_BYTES: usize = 16;

/// How many plain bytes a file has of so many stored ones.
pub fn plain_bytes(stored: u64) -> u64 {
    let sealed = stored.saturating_sub(HEADER_BYTES as u64);
    let chunks = sealed.div_ceil((CHUNK_BYTES + TAG_BYTES) as u64);
    sealed.saturating_sub(chunks * TAG_BYTES as u64)
}

/// A file's key.
pub type FileKey = [u8; 32];

/// A file that is not what was sealed under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored bytes are not what was sealed under this key")]
pub struct NotSealed;

/// A file that is being sealed.
pub struct Sealing {
    stream: EncryptorBE32<XChaCha20Poly1305>,
    waiting: Vec<u8>,
}

impl Sealing {
    /// Begins under a key; gives what stands first. A key is for one file.
    pub fn begin(key: &FileKey, nonce: [u8; NONCE_BYTES]) -> (Self, Vec<u8>) {
        let stream = EncryptorBE32::new(&Key::from(*key), &nonce.into());
        (Self { stream, waiting: Vec::with_capacity(CHUNK_BYTES) }, [&MAGIC[..], &nonce].concat())
    }

    /// Takes the next plain bytes; gives what is sealed of them.
    ///
    /// # Errors
    /// [`NotSealed`] for a file of more chunks than 32 bits count.
    pub fn take(&mut self, plain: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let mut sealed = Vec::with_capacity(plain.len() + (plain.len() / CHUNK_BYTES + 1) * TAG_BYTES + CHUNK_BYTES);
        // The last chunk is marked as such: so one is held back until another byte follows.
        let mut rest = plain;
        while self.waiting.len() + rest.len() > CHUNK_BYTES {
            let (begun, behind) = rest.split_at(CHUNK_BYTES - self.waiting.len());
            let chunk = if self.waiting.is_empty() {
                self.stream.encrypt_next(payload(begun))
            } else {
                self.waiting.extend_from_slice(begun);
                self.stream.encrypt_next(payload(&self.waiting))
            };
            sealed.extend(chunk.map_err(|_| NotSealed)?);
            self.waiting.clear();
            rest = behind;
        }
        self.waiting.extend_from_slice(rest);
        Ok(sealed)
    }

    /// The last chunk.
    ///
    /// # Errors
    /// As [`Sealing::take`].
    pub fn end(self) -> Result<Vec<u8>, NotSealed> {
        self.stream.encrypt_last(payload(&self.waiting)).map_err(|_| NotSealed)
    }
}

/// A file that is being opened.
pub struct Opening {
    key: FileKey,
    /// None before the header was read.
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    waiting: Vec<u8>,
}

impl Opening {
    /// Begins with a file's key.
    pub fn begin(key: FileKey) -> Self {
        Self { key, stream: None, waiting: Vec::new() }
    }

    /// Takes the next stored bytes; gives what is opened of them.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn take(&mut self, stored: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.waiting.extend_from_slice(stored);
        if self.stream.is_none() && self.waiting.len() >= HEADER_BYTES {
            let rest = self.waiting.split_off(HEADER_BYTES);
            let header = std::mem::replace(&mut self.waiting, rest);
            let (magic, nonce) = header.split_at(MAGIC.len());
            let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| NotSealed)?;
            if magic != MAGIC {
                return Err(NotSealed);
            }
            self.stream = Some(DecryptorBE32::new(&Key::from(self.key), &nonce.into()));
        }
        let mut plain = Vec::new();
        let Some(stream) = &mut self.stream else { return Ok(plain) };
        while self.waiting.len() > CHUNK_BYTES + TAG_BYTES {
            let rest = self.waiting.split_off(CHUNK_BYTES + TAG_BYTES);
            let chunk = std::mem::replace(&mut self.waiting, rest);
            plain.extend(stream.decrypt_next(payload(&chunk)).map_err(|_| NotSealed)?);
        }
        Ok(plain)
    }

    /// The last bytes.
    ///
    /// # Errors
    /// [`NotSealed`], for a file that was cut off too.
    pub fn end(self) -> Result<Vec<u8>, NotSealed> {
        let stream = self.stream.ok_or(NotSealed)?;
        stream.decrypt_last(payload(&self.waiting)).map_err(|_| NotSealed)
    }
}

/// Every chunk is bound to the format.
fn payload(msg: &[u8]) -> Payload<'_, 'static> {
    Payload { msg, aad: MAGIC }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::{CHUNK_BYTES, FileKey, NotSealed, Opening, Sealing, TAG_BYTES};

    const KEY: FileKey = [7; 32];

    fn sealed(plain: &[u8], pieces: usize) -> Vec<u8> {
        let (mut sealing, mut stored) = Sealing::begin(&KEY, [9; 19]);
        for piece in plain.chunks(pieces.max(1)) {
            stored.extend(sealing.take(piece).expect("few chunks"));
        }
        stored.extend(sealing.end().expect("few chunks"));
        stored
    }

    fn opened(stored: &[u8], key: FileKey, pieces: usize) -> Result<Vec<u8>, NotSealed> {
        let (mut opening, mut plain) = (Opening::begin(key), Vec::new());
        for piece in stored.chunks(pieces.max(1)) {
            plain.extend(opening.take(piece)?);
        }
        plain.extend(opening.end()?);
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_is_opened_whatever_its_size_and_the_pieces_that_it_came_in() {
        for size in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let plain: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let stored = sealed(&plain, 10_000);
            assert_eq!(stored, sealed(&plain, 1 << 20), "the pieces leave no trace");
            for pieces in [1_000, 1 << 20] {
                assert!(opened(&stored, KEY, pieces).as_deref() == Ok(&plain[..]), "{size}");
            }
            assert_eq!(opened(&stored, [8; 32], 5_000), Err(NotSealed), "another key");
        }
    }

    #[test]
    fn chunks_that_were_exchanged_left_out_or_cut_off_are_found() {
        let stored = sealed(&[5; 3 * CHUNK_BYTES], 1 << 20);
        let chunk = CHUNK_BYTES + TAG_BYTES;
        let (header, chunks) = stored.split_at(27);
        let of = |order: &[usize]| {
            let mut made = header.to_vec();
            order.iter().for_each(|i| made.extend(&chunks[i * chunk..(i + 1) * chunk]));
            made
        };
        assert!(opened(&of(&[0, 1, 2]), KEY, 9_999).is_ok());
        for order in [&[1, 0, 2][..], &[0, 2], &[0, 1], &[0, 0, 2], &[0, 1, 2, 2], &[2], &[]] {
            assert_eq!(opened(&of(order), KEY, 9_999), Err(NotSealed), "{order:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_bit_can_be_changed(size in 0..200_000_usize, at in any::<Index>(), bit in 0..8_u32) {
            let mut stored = sealed(&vec![3; size], 50_000);
            let at = at.index(stored.len());
            stored[at] ^= 1 << bit;
            prop_assert_eq!(opened(&stored, KEY, 70_000), Err(NotSealed));
        }
    }
}
