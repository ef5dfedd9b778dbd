//! A file on its way in: read, looked at and hashed, encrypted, hashed as it is stored, and handed to the store; each beside the
//! others, in order, block by block. It never holds more of a file than a few blocks, and what breaks off leaves no task behind.

use bytes::{BufMut, Bytes, BytesMut};
use platform::objects::Incoming;
use proto::hash::Digesting;
use proto::{Hash, UnitId};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::kind::Looking;
use super::sealed::{FileKey, Sealing};
use super::{FILE_BYTES_MAX, FileError};

/// The plain bytes of a block: enough that handing it to a thread costs little beside what is done to it there.
const BLOCK_BYTES: usize = 1 << 20;
/// How many blocks may wait for each of those who take them.
const BLOCKS_WAITING: usize = 1;

/// What is known of a file once it was sealed.
pub struct Sealed {
    /// What it looked like.
    pub looking: Looking,
    /// The digest of its plain bytes.
    pub digest: Hash,
    /// What is stored.
    pub stored: Digesting,
    /// What opens it.
    pub key: FileKey,
}

/// Encrypts a file while it comes.
///
/// All stages are one future: whoever drops it drops them. A block that a thread is at is ended there, and goes nowhere.
///
/// # Errors
/// The first [`FileError`] of any stage.
pub async fn seal(
    incoming: &mut Incoming,
    plain: impl AsyncRead + Unpin,
    limits: (&UnitId, u64),
) -> Result<Sealed, FileError> {
    let (mut key, mut nonce) = ([0; 32], [0; 19]);
    getrandom::fill(&mut key)?;
    getrandom::fill(&mut nonce)?;
    let (sealing, header) = Sealing::begin(&key, nonce);
    let (to_look, looked) = mpsc::channel(BLOCKS_WAITING);
    let (to_encrypt, encrypted) = mpsc::channel(BLOCKS_WAITING);
    let (to_hash, hashed) = mpsc::channel(BLOCKS_WAITING);
    let (to_store, stored) = mpsc::channel(BLOCKS_WAITING);
    let sealed_to = Onward([to_hash, to_store]);
    // Whoever fails ends all of it: the others find nobody to hand on to, or are dropped where they wait.
    let ((), (looking, digest), (), stored, ()) = tokio::try_join!(
        read(plain, limits, Onward([to_look, to_encrypt])),
        look(looked),
        encrypt(sealing, header, encrypted, sealed_to),
        hash(hashed),
        store(incoming, stored),
    )?;
    Ok(Sealed { looking, digest: digest.digest(), stored, key })
}

/// The two who take the blocks of a stage.
struct Onward([mpsc::Sender<Bytes>; 2]);

impl Onward {
    /// Hands a block on. Whoever does not take it any more has failed, and says why himself.
    async fn hand(&self, block: &Bytes) {
        for to in &self.0 {
            let _ = to.send(block.clone()).await;
        }
    }
}

/// Reads a file to its end, and no further than it may be long.
async fn read(mut plain: impl AsyncRead + Unpin, (unit, left): (&UnitId, u64), to: Onward) -> Result<(), FileError> {
    let mut size = 0_u64;
    let mut block = BytesMut::new();
    loop {
        block.reserve(BLOCK_BYTES - block.len());
        let room = BLOCK_BYTES - block.len();
        let read = plain.read_buf(&mut (&mut block).limit(room)).await?;
        size += read as u64;
        if size > FILE_BYTES_MAX {
            return Err(FileError::TooLarge);
        }
        if size > left {
            return Err(FileError::UnitFull(unit.clone()));
        }
        if block.len() == BLOCK_BYTES || read == 0 && !block.is_empty() {
            to.hand(&block.split().freeze()).await;
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// Looks at the plain bytes, and hashes them.
async fn look(mut blocks: mpsc::Receiver<Bytes>) -> Result<(Looking, Digesting), FileError> {
    let (mut looking, mut digest) = (Looking::default(), Digesting::default());
    while let Some(block) = blocks.recv().await {
        (looking, digest) = beside(move || {
            looking.take(&block);
            digest.take(&block);
            (looking, digest)
        })
        .await?;
    }
    Ok((looking, digest))
}

async fn encrypt(
    mut sealing: Sealing,
    header: Vec<u8>,
    mut blocks: mpsc::Receiver<Bytes>,
    to: Onward,
) -> Result<(), FileError> {
    to.hand(&header.into()).await;
    while let Some(block) = blocks.recv().await {
        let sealed;
        (sealing, sealed) = beside(move || {
            let sealed = sealing.take(&block);
            (sealing, sealed)
        })
        .await?;
        to.hand(&sealed?.into()).await;
    }
    to.hand(&sealing.end()?.into()).await;
    Ok(())
}

/// Hashes what is stored.
async fn hash(mut blocks: mpsc::Receiver<Bytes>) -> Result<Digesting, FileError> {
    let mut digest = Digesting::default();
    while let Some(block) = blocks.recv().await {
        digest = beside(move || {
            digest.take(&block);
            digest
        })
        .await?;
    }
    Ok(digest)
}

async fn store(incoming: &mut Incoming, mut blocks: mpsc::Receiver<Bytes>) -> Result<(), FileError> {
    while let Some(block) = blocks.recv().await {
        incoming.piece(block).await?;
    }
    Ok(())
}

/// Does the work of one block on a thread of its own.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, FileError> {
    Ok(spawn_blocking(work).await.map_err(std::io::Error::from)?)
}
