//! A mirror's folder: the checkpoint and the entry bundles of a log, at the addresses of C2SP tlog-tiles, and a card.
//! One process holds it. No file in it is ever changed in place, and what is read back is believed by nobody.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use platform::durable::{self, Readable};
use proto::Origin;
use proto::note::NOTE_BYTES_MAX;
use proto::tile::{BUNDLE_BYTES_MAX, Resource, TILE_WIDTH, Tile, read_bundle};

use super::MirrorError;
use crate::bounded::read_bounded;

/// The file by which a folder is known to be a mirror's: its format and the log's origin.
const CARD: &str = "mirror";
/// The card's first line.
const CARD_FIRST: &str = "parindex-mirror/v1";
/// The last checkpoint.
const CHECKPOINT: &str = "checkpoint";

/// A mirror's folder, held by this process.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Holds the folder of a log's mirror; one that is not there, or empty, becomes it.
    pub fn hold(path: &Path, origin: &Origin) -> Result<Self, MirrorError> {
        let failed = io_at(path);
        make_folders(path).map_err(&failed)?;
        let its_own = |name: &std::ffi::OsStr| ["lock", CARD, "mirror.new"].iter().any(|own| name == *own);
        let others = std::fs::read_dir(path).map_err(&failed)?.filter_map(Result::ok);
        let others = others.map(|entry| entry.file_name()).any(|name| !its_own(&name));
        let card = read(&path.join(CARD), CARD_FIRST.len() + 300)?;
        let must = format!("{CARD_FIRST}\n{origin}\n").into_bytes();
        match &card {
            Some(card) if *card == must => {}
            None if !others => {}
            _ => return Err(MirrorError::Taken(path.to_owned())),
        }
        let lock = durable::hold(path).map_err(&failed)?.ok_or_else(|| MirrorError::Locked(path.to_owned()))?;
        let folder = Self { path: path.to_owned(), _lock: lock };
        if card.is_none() {
            folder.put(CARD, &must)?;
        }
        Ok(folder)
    }

    /// The last checkpoint, where there is one.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, MirrorError> {
        read(&self.path.join(CHECKPOINT), NOTE_BYTES_MAX)
    }

    /// Puts a checkpoint in the place of the last one; it is durable once this returns.
    pub fn put_checkpoint(&self, note: &[u8]) -> Result<(), MirrorError> {
        self.put(CHECKPOINT, note)
    }

    /// Puts a bundle; it is durable once this returns.
    pub fn put_bundle(&self, index: u64, width: u16, bytes: &[u8]) -> Result<(), MirrorError> {
        let address = address(index, width);
        let parent = self.path.join(&address);
        make_folders(parent.parent().expect("an address has a parent")).map_err(io_at(&parent))?;
        self.put(&address, bytes)
    }

    /// The entries of a bundle.
    pub fn bundle(&self, index: u64, width: u16) -> Result<Vec<Vec<u8>>, MirrorError> {
        let path = self.path.join(address(index, width));
        let damaged = |what: String| MirrorError::Damaged { path: path.clone(), what };
        let bytes = read(&path, BUNDLE_BYTES_MAX)?.ok_or_else(|| damaged("it is gone".to_owned()))?;
        let entries = read_bundle(&bytes).map_err(|bad| damaged(bad.to_string()))?;
        if entries.len() != usize::from(width) {
            return Err(damaged(format!("it has {} entries", entries.len())));
        }
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// Takes away what stands there of a bundle but what belongs to a log of a size; says whether anything was there.
    pub fn sweep(&self, index: u64, size: u64) -> Result<bool, MirrorError> {
        let kept = Tile::at(0, index, size).map(|tile| tile.width);
        let whole = self.path.join(address(index, TILE_WIDTH));
        let mut there = kept.is_some();
        if kept != Some(TILE_WIDTH) {
            there |= removed(&whole)?;
        }
        let partial = self.path.join(address(index, 1));
        let partial = partial.parent().expect("an address has a parent");
        let files = match std::fs::read_dir(partial) {
            Ok(files) => files,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(there),
            Err(e) => return Err(io_at(partial)(e)),
        };
        for file in files {
            let file = file.map_err(io_at(partial))?;
            if kept.is_none_or(|width| file.file_name().to_string_lossy() != width.to_string()) {
                there |= removed(&file.path())?;
            }
        }
        Ok(there)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), MirrorError> {
        let path = self.path.join(name);
        durable::write(&path, bytes, Readable::ByOwner).map_err(io_at(&path))
    }
}

/// Where a bundle is, below the folder or the log's address.
pub fn address(index: u64, width: u16) -> String {
    Resource::Entries { index, width }.to_string()
}

/// A file of at most so many bytes; none where there is none.
fn read(path: &Path, most: usize) -> Result<Option<Vec<u8>>, MirrorError> {
    match read_bounded(path, most) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => {
            Err(MirrorError::Damaged { path: path.to_owned(), what: e.to_string() })
        }
        Err(e) => Err(io_at(path)(e)),
    }
}

fn removed(path: &Path) -> Result<bool, MirrorError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(io_at(path)(e)),
    }
}

/// Makes a folder and those above it; their names are durable once this returns.
fn make_folders(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let above = path.parent().unwrap_or(Path::new(""));
    make_folders(above)?;
    match std::fs::create_dir(path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    durable::sync_folder(above)
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> MirrorError + use<> {
    let path = path.to_owned();
    move |source| MirrorError::Io { path: path.clone(), source }
}
