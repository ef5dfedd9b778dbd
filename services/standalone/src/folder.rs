//! The data folder: which files are in it, which format it has, who holds it.
//! One process writes; a second one is refused, readers go in beside it (RULINGS 31).

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use platform::durable::{self, Readable};
use proto::Origin;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The folder's format.
const FORMAT: u32 = 1;
/// The file by which a folder is known to be one.
pub const CARD: &str = "parindex.json";
/// The file that says where a folder's log was moved to.
const MOVED: &str = "moved";
/// How often the folder's lock is tried before it is taken to be held, and how long between.
const LOCK_TRIES: u32 = 3;
const LOCK_WAIT: Duration = Duration::from_millis(20);

/// What stands in `parindex.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Card {
    format: u32,
    origin: Origin,
}

/// What stands in `server.json` while someone serves the folder: how the operator's own programs reach him.
#[derive(Debug, Serialize, Deserialize)]
pub struct Server {
    /// The address.
    pub url: String,
    /// The operator's secret, made anew at every start; the file can be read by its owner alone.
    pub operator: String,
}

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    origin: Origin,
}

/// A data folder that this process writes.
#[derive(Debug)]
pub struct HeldFolder {
    folder: Folder,
    _lock: File,
}

impl Folder {
    /// Makes a folder for a new log.
    pub fn create(path: &Path, origin: Origin) -> anyhow::Result<HeldFolder> {
        std::fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))?;
        let lock = lock(path)?;
        let card = path.join(CARD);
        if card.exists() || path.join("ledger.db").exists() {
            return Err(Failure::new("folder_taken", format!("{} holds a log already", path.display())).into());
        }
        let text = serde_json::to_string(&Card { format: FORMAT, origin: origin.clone() })?;
        durable::write(&card, text.as_bytes(), Readable::ByAll)?;
        Ok(HeldFolder { folder: Self { path: path.to_owned(), origin }, _lock: lock })
    }

    /// Opens a folder for reading.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let card = path.join(CARD);
        let missing = || Failure::new("data_missing", format!("{} is no data folder", path.display()));
        let text = std::fs::read_to_string(&card).map_err(|_| missing())?;
        let format = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|v| v.get("format")?.as_u64());
        let damaged = || Failure::new("data_damaged", format!("{} is no card of a data folder", card.display()));
        let format = format.ok_or_else(damaged)?;
        if format > u64::from(FORMAT) {
            let what = format!("{} has format {format}, this version knows {FORMAT}", path.display());
            return Err(Failure::new("data_newer", what).into());
        }
        let card: Card = serde_json::from_str(&text).map_err(|_| damaged())?;
        Ok(Self { path: path.to_owned(), origin: card.origin })
    }

    /// Opens a folder for writing; what a killed server left announced goes. One that has lost its log is refused: a
    /// writer would begin an empty one.
    pub fn hold(path: &Path) -> anyhow::Result<HeldFolder> {
        let folder = Self::open(path)?;
        let log = folder.file("ledger.db");
        if !log.exists() {
            let what = format!("{} is gone: put a copy of it back", log.display());
            return Err(Failure::new("data_missing", what).into());
        }
        if let Ok(to) = std::fs::read_to_string(folder.file(MOVED)) {
            let what = format!("the log of {} was moved to {}", path.display(), to.trim());
            return Err(Failure::new("log_moved", what).into());
        }
        let held = HeldFolder { _lock: lock(path)?, folder };
        held.withdraw();
        Ok(held)
    }

    /// The log's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// A file of the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who serves the folder now, if anyone does.
    pub fn server(&self) -> Option<Server> {
        let text = std::fs::read_to_string(self.file("server.json")).ok()?;
        // Whoever serves holds the lock; a card without a holder was left behind by a crash.
        if lock(&self.path).is_ok() {
            return None;
        }
        serde_json::from_str(&text).ok()
    }
}

impl HeldFolder {
    /// The folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Says how the operator's programs reach the server.
    pub fn announce(&self, server: &Server) -> anyhow::Result<()> {
        let text = serde_json::to_string(server)?;
        Ok(durable::write(&self.folder.file("server.json"), text.as_bytes(), Readable::ByOwner)?)
    }

    /// Leaves a log behind that was moved: nobody writes it here any more.
    pub fn leave(&self, to: &str) -> anyhow::Result<()> {
        Ok(durable::write(&self.folder.file(MOVED), to.as_bytes(), Readable::ByAll)?)
    }

    /// Takes the announcement back.
    pub fn withdraw(&self) {
        // If it stays behind, the lock tells that nobody serves.
        let _ = std::fs::remove_file(self.folder.file("server.json"));
    }
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path.join("lock"));
    let file = file.with_context(|| format!("locking {}", path.display()))?;
    let mut tries = LOCK_TRIES;
    loop {
        tries -= 1;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // Whoever only looks whether the folder is held lets go at once.
            Err(TryLockError::WouldBlock) if tries > 0 => std::thread::sleep(LOCK_WAIT),
            Err(TryLockError::WouldBlock) => {
                let what = format!("another parindex writes {}", path.display());
                return Err(Failure::new("folder_locked", what).into());
            }
            Err(TryLockError::Error(e)) => return Err(e).with_context(|| format!("locking {}", path.display())),
        }
    }
}
