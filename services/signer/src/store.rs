//! The signer's folder: the last checkpoint that was signed, and the tiles of the tree under it.
//! The checkpoint moves by compare-and-swap alone, durable before anyone sees it. A tile that was signed is never written again.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use platform::durable::{self, Readable};
use proto::Hash;
use proto::note::Key;
use proto::tile::{BadEdge, Resource, Tile, read_tile, write_tile};

/// The file by which a folder is known to be one: the keys that sign here, a line each.
const CARD: &str = "key";
/// The last checkpoint, as it is served.
const CHECKPOINT: &str = "checkpoint";
/// The last one that enough witnesses have cosigned.
const COSIGNED: &str = "cosigned";

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It was not made for a signer, or it was lost.
    #[error(
        "signer_store_missing: {0} is no signer's folder; if it was lost, nobody knows here what was signed last: \
         `parindex signer-store` makes one anew from the last checkpoint that anyone has"
    )]
    Missing(PathBuf),
    /// It is there already.
    #[error("signer_store_taken: {0} is a signer's folder already")]
    Taken(PathBuf),
    /// Another process holds it.
    #[error("signer_store_locked: another signer holds {0}")]
    Locked(PathBuf),
    /// It is another key's.
    #[error("signer_key_differs: {0} is the folder of another key")]
    OtherKey(PathBuf),
    /// What was signed last has changed under us.
    #[error("signer_store_moved: the last checkpoint in {0} is not the one that was left there")]
    Moved(PathBuf),
    /// Something in it is not what was put there.
    #[error("signer_store_damaged: {path}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The system failed.
    #[error("signer_store_unusable: {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// A signer's folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// A signer's folder that this process writes.
#[derive(Debug)]
pub struct HeldStore {
    store: Store,
    _lock: File,
}

impl Store {
    /// Makes the folder of a key, with the last checkpoint that it signed where it has signed one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn create(folder: &Path, key: &Key, last: Option<&[u8]>) -> Result<(), StoreError> {
        let io = |source| StoreError::Io { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(io)?;
        if folder.join(CARD).exists() {
            return Err(StoreError::Taken(folder.to_owned()));
        }
        if let Some(last) = last {
            durable::write(&folder.join(CHECKPOINT), last, Readable::ByAll).map_err(io)?;
        }
        durable::create(&folder.join(CARD), format!("{key}\n").as_bytes(), Readable::ByAll).map_err(io)
    }

    /// Opens a folder for reading what is served from it.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Has another key sign in a folder too: the one that takes the place of the one that signs there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_key(folder: &Path, key: &Key) -> Result<(), StoreError> {
        let held = Self::hold(folder, &[])?;
        let card = held.store.read(CARD)?.unwrap_or_default();
        let line = format!("{key}\n");
        if card.split_inclusive(|b| *b == b'\n').any(|l| l == line.as_bytes()) {
            return Err(StoreError::Taken(folder.to_owned()));
        }
        held.put(CARD, &[card, line.into_bytes()].concat())
    }

    /// Holds a folder for signing with keys that all are its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hold(folder: &Path, keys: &[&Key]) -> Result<HeldStore, StoreError> {
        let store = Self::of(folder);
        let card = store.read(CARD)?.ok_or(StoreError::Missing(folder.to_owned()))?;
        let lock = durable::hold(folder).map_err(|source| StoreError::Io { path: folder.to_owned(), source })?;
        let lock = lock.ok_or(StoreError::Locked(folder.to_owned()))?;
        let own = |key: &&&Key| card.split(|b| *b == b'\n').any(|line| line == key.to_string().as_bytes());
        if keys.iter().filter(own).count() != keys.len() {
            return Err(StoreError::OtherKey(folder.to_owned()));
        }
        Ok(HeldStore { store, _lock: lock })
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.folder.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Io { path, source }),
        }
    }

    /// The keys that sign here, or have signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keys(&self) -> Result<Vec<Key>, StoreError> {
        let card = self.read(CARD)?.ok_or(StoreError::Missing(self.folder.clone()))?;
        let damaged = || StoreError::Damaged { path: self.folder.join(CARD), what: "a line is no key".to_owned() };
        let keys: Option<Vec<Key>> = String::from_utf8_lossy(&card).lines().map(|line| Key::parse(line).ok()).collect();
        keys.ok_or_else(damaged)
    }

    /// The last checkpoint, as it is served.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(CHECKPOINT)
    }

    /// The last checkpoint that enough witnesses have cosigned.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn cosigned(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(COSIGNED)
    }

    /// A tile's bytes; the full one's first hashes where the partial one is gone.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn tile_bytes(&self, tile: Tile) -> Result<Option<Vec<u8>>, StoreError> {
        let read = |tile: Tile| self.read(&Resource::Tile(tile).to_string());
        match read(tile)? {
            Some(bytes) => Ok(Some(bytes)),
            None if tile.is_full() => Ok(None),
            None => {
                let wanted = usize::from(tile.width) * 32;
                Ok(read(tile.full())?.and_then(|bytes| bytes.get(..wanted).map(<[u8]>::to_vec)))
            }
        }
    }

    /// A tile's hashes.
    ///
    /// # Errors
    /// [`StoreError`] where it is missing or damaged.
    pub fn tile(&self, tile: Tile) -> Result<Vec<Hash>, StoreError> {
        let bytes = self.tile_bytes(tile)?;
        let hashes = bytes.and_then(|bytes| read_tile(&bytes)).filter(|hashes| hashes.len() == usize::from(tile.width));
        hashes.ok_or_else(|| self.damaged(tile, "the tile is missing or has not its length"))
    }

    fn damaged(&self, tile: Tile, what: &str) -> StoreError {
        let path = self.folder.join(Resource::Tile(tile).to_string());
        StoreError::Damaged { path, what: what.to_owned() }
    }
}

impl HeldStore {
    /// The folder, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Writes a tile, which nothing that was signed holds yet.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn put_tile(&self, tile: Tile, hashes: &[Hash]) -> Result<(), StoreError> {
        let path = self.store.folder.join(Resource::Tile(tile).to_string());
        let io = |source| StoreError::Io { path: path.clone(), source };
        let bytes = write_tile(hashes);
        if std::fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        self.make_folders(&path).map_err(io)?;
        durable::write(&path, &bytes, Readable::ByAll).map_err(io)?;
        if tile.is_full() {
            // Its first hashes are every partial tile that was there; what cannot be removed does no harm.
            let _ = std::fs::remove_dir_all(path.with_extension("p"));
        }
        Ok(())
    }

    /// Makes the folders of a tile durable from the outermost new one on.
    fn make_folders(&self, path: &Path) -> io::Result<()> {
        let inner = path.strip_prefix(&self.store.folder).expect("a tile lies in the folder");
        let mut folder = self.store.folder.clone();
        for part in inner.parent().into_iter().flat_map(Path::components) {
            let outer = folder.clone();
            folder.push(part);
            match std::fs::create_dir(&folder) {
                Ok(()) => durable::sync_folder(&outer)?,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Puts a checkpoint in the place of the one that was left there.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where another one stands there, or what the system says.
    pub fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<(), StoreError> {
        if self.store.checkpoint()?.as_deref() != old {
            return Err(StoreError::Moved(self.store.folder.clone()));
        }
        self.put(CHECKPOINT, new)
    }

    /// Keeps the last checkpoint that enough witnesses have cosigned.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn keep_cosigned(&self, note: &[u8]) -> Result<(), StoreError> {
        self.put(COSIGNED, note)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.store.folder.join(name);
        durable::write(&path, bytes, Readable::ByAll).map_err(|source| StoreError::Io { path, source })
    }
}

impl From<BadEdge> for StoreError {
    fn from(bad: BadEdge) -> Self {
        Self::Damaged { path: PathBuf::from("tile"), what: bad.to_string() }
    }
}
