//! A witness's store: one folder with the last cosigned checkpoint of each log, and exhibits.
//! It belongs to one key, which belongs to it: a key whose store is lost is never given another one.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use platform::durable::{self, Readable};
use platform::key_file::{self, KeyFileError};
use proto::Hash;
use proto::checkpoint::{BadCheckpoint, Checkpoint};
use proto::note::{Key, KeyKind, Note, NoteSigner};
use proto::tree::TreeHead;
use proto::witness::{Exhibit, Weight};

/// The file by which a folder is known to be a witness's: its key, its number, the logs that it has cosigned.
const CARD: &str = "card";
/// Its first line.
const CARD_FIRST: &str = "parindex-witness/v1";
/// Where the last checkpoint of each log is.
const CHECKPOINTS: &str = "checkpoints";
/// Where exhibits are.
const EXHIBITS: &str = "exhibits";
/// The most exhibits of one weight against one log.
const EXHIBITS_MAX: usize = 16;
/// How a key's mark begins, before the number of the store that it belongs to.
const MARK: &str = "witness-store ";

/// Why a witness's store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WitnessStoreError {
    /// The key has no store here.
    #[error(
        "witness_store_missing: {folder}: {what}; a witness whose store is lost never cosigns again under its key: \
         retire the key and make a new one"
    )]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// What is not there.
        what: &'static str,
    },
    /// A key that has a store already is not given another one.
    #[error(
        "witness_key_used: {0} was given a store before; if that is lost, nobody knows what the key has cosigned: \
         make a new key"
    )]
    KeyUsed(PathBuf),
    /// The folder is not free.
    #[error("witness_store_taken: {0} is not empty, or is another key's")]
    Taken(PathBuf),
    /// Another process holds it.
    #[error("witness_store_locked: another witness holds {0}")]
    Locked(PathBuf),
    /// It is no witness's key.
    #[error("witness_key_wrong: {0} is a log's key; `parindex keygen --kind witness` makes a witness's")]
    WrongKey(PathBuf),
    /// Something in it is not what was put there.
    #[error("witness_store_damaged: {path}: {what}; nothing is cosigned on top of it")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The system failed.
    #[error("witness_store_unusable: {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// The last checkpoint of a log that was cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The checkpoint with the log's signatures and the witness's own.
    pub note: Note,
    /// Its size and root.
    pub head: TreeHead,
    /// When it was cosigned, in seconds since 1970.
    pub time: u64,
}

/// What stands in the card.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Card {
    key: String,
    number: String,
    /// The logs that were ever cosigned: a checkpoint of each must be there.
    logs: Vec<String>,
}

impl Card {
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        (lines.next()? == CARD_FIRST).then_some(())?;
        let key = lines.next()?.strip_prefix("key ")?.to_owned();
        let number = lines.next()?.strip_prefix("number ")?.to_owned();
        let logs: Option<_> = lines.map(|line| Some(line.strip_prefix("log ")?.to_owned())).collect();
        Some(Self { key, number, logs: logs? })
    }

    fn text(&self) -> String {
        let logs: String = self.logs.iter().map(|log| format!("log {log}\n")).collect();
        format!("{CARD_FIRST}\nkey {}\nnumber {}\n{logs}", self.key, self.number)
    }
}

/// A witness's store, held by this process.
#[derive(Debug)]
pub struct WitnessStore {
    folder: PathBuf,
    key: Key,
    card: Mutex<Card>,
    _lock: File,
}

impl WitnessStore {
    /// Makes the store of a key that has none, and marks the key. Broken off, it is gone on with.
    ///
    /// # Errors
    /// [`WitnessStoreError`].
    pub fn init(folder: &Path, key_file: &Path) -> Result<Key, WitnessStoreError> {
        let signer = witness_key(key_file)?;
        if key_file::mark(key_file)?.is_some() {
            return Err(WitnessStoreError::KeyUsed(key_file.to_owned()));
        }
        let failed = io_at(folder);
        std::fs::create_dir_all(folder).map_err(&failed)?;
        let _lock = hold(folder)?;
        let card = match read_card(folder)? {
            Some(card) if card.key == signer.key().to_string() => card,
            Some(_) => return Err(WitnessStoreError::Taken(folder.to_owned())),
            None => make(folder, signer.key())?,
        };
        // Only now: a key that is marked for a store which is not there could never be used.
        key_file::put_mark(key_file, &format!("{MARK}{}", card.number))?;
        Ok(signer.key().clone())
    }

    /// Holds the store of a key.
    ///
    /// # Errors
    /// [`WitnessStoreError`].
    pub fn open(folder: &Path, key_file: &Path) -> Result<(Self, NoteSigner), WitnessStoreError> {
        let missing = |what| WitnessStoreError::Missing { folder: folder.to_owned(), what };
        let signer = witness_key(key_file)?;
        let mark = key_file::mark(key_file)?.ok_or(missing("the key was never given a store: `witness-init`"))?;
        let its_own = || {
            let card = read_card(folder)?.ok_or(missing("it is no witness's store"))?;
            let own = card.key == signer.key().to_string() && mark == format!("{MARK}{}", card.number);
            if own { Ok(card) } else { Err(missing("it is not the store that the key was given")) }
        };
        // A folder that is none is not even locked; what another process wrote before it ended is read again.
        its_own()?;
        let lock = hold(folder)?;
        let card = its_own()?;
        let store = Self { folder: folder.to_owned(), key: signer.key().clone(), card: Mutex::new(card), _lock: lock };
        let logs = store.card.lock().expect("nobody else has it yet").logs.clone();
        for origin in logs {
            if store.held(&origin)?.is_none() {
                return Err(store.damaged(&origin, "the checkpoint that was cosigned is gone"));
            }
        }
        Ok((store, signer))
    }

    fn path(&self, origin: &str) -> PathBuf {
        self.folder.join(CHECKPOINTS).join(Hash::digest(origin.as_bytes()).to_string())
    }

    fn damaged(&self, origin: &str, what: impl Into<String>) -> WitnessStoreError {
        WitnessStoreError::Damaged { path: self.path(origin), what: what.into() }
    }

    /// The last checkpoint of a log that was cosigned: one that the witness's own key signed.
    ///
    /// # Errors
    /// [`WitnessStoreError`].
    pub fn held(&self, origin: &str) -> Result<Option<Held>, WitnessStoreError> {
        let Some(bytes) = read(&self.path(origin))? else { return Ok(None) };
        let damaged = |e: BadCheckpoint| self.damaged(origin, e.to_string());
        let note = Note::parse(&bytes).map_err(|e| damaged(e.into()))?;
        let signed = note.verify(std::slice::from_ref(&self.key)).map_err(|e| damaged(e.into()))?;
        let time = signed.first().and_then(|signed| signed.time).ok_or(self.damaged(origin, "it has no time"))?;
        let Checkpoint { origin: of, head, .. } = Checkpoint::parse(note.text()).map_err(damaged)?;
        if of != origin {
            return Err(self.damaged(origin, "it is another log's"));
        }
        Ok(Some(Held { note, head, time }))
    }

    /// What is there is still what this process left there.
    ///
    /// # Errors
    /// [`WitnessStoreError::Damaged`] where it is not.
    pub fn unchanged(&self, origin: &str, held: Option<&Held>) -> Result<(), WitnessStoreError> {
        let there = read(&self.path(origin))?;
        if there == held.map(|held| held.note.to_string().into_bytes()) {
            return Ok(());
        }
        Err(self.damaged(origin, "it is not what this witness left there"))
    }

    /// Puts a checkpoint in the place of the last one of its log; it is durable once this returns.
    ///
    /// # Errors
    /// [`WitnessStoreError`].
    pub fn put(&self, origin: &str, held: &Held) -> Result<(), WitnessStoreError> {
        let path = self.path(origin);
        durable::write(&path, held.note.to_string().as_bytes(), Readable::ByAll).map_err(io_at(&path))?;
        let mut card = self.card.lock().expect("no thread panics while it holds this");
        if !card.logs.iter().any(|log| log == origin) {
            let more = Card { logs: [card.logs.clone(), vec![origin.to_owned()]].concat(), ..card.clone() };
            let path = self.folder.join(CARD);
            durable::write(&path, more.text().as_bytes(), Readable::ByAll).map_err(io_at(&path))?;
            *card = more;
        }
        Ok(())
    }

    /// Keeps an exhibit against a log, where this checkpoint was not kept before and there is room.
    ///
    /// # Errors
    /// [`WitnessStoreError::Io`].
    pub fn keep_exhibit(
        &self,
        origin: &str,
        weight: Weight,
        exhibit: &Exhibit,
    ) -> Result<Option<PathBuf>, WitnessStoreError> {
        let word = match weight {
            Weight::Contradiction => "contradiction",
            Weight::Unproven => "unproven",
        };
        let short = |text: &str| Hash::digest(text.as_bytes()).to_string()[..16].to_owned();
        let begins = format!("{}-{word}-", short(origin));
        let folder = self.folder.join(EXHIBITS);
        let path = folder.join(format!("{begins}{}", short(exhibit.offered.note.text())));
        let mut files = 0;
        for entry in std::fs::read_dir(&folder).map_err(io_at(&folder))? {
            let name = entry.map_err(io_at(&folder))?.file_name();
            files += usize::from(name.to_string_lossy().starts_with(&begins));
        }
        if path.exists() || files >= EXHIBITS_MAX {
            return Ok(None);
        }
        durable::write(&path, exhibit.to_string().as_bytes(), Readable::ByAll).map_err(io_at(&path))?;
        Ok(Some(path))
    }
}

fn witness_key(key_file: &Path) -> Result<NoteSigner, WitnessStoreError> {
    let signer = key_file::read(key_file)?;
    match signer.key().kind() {
        KeyKind::Witness => Ok(signer),
        KeyKind::Log => Err(WitnessStoreError::WrongKey(key_file.to_owned())),
    }
}

fn hold(folder: &Path) -> Result<File, WitnessStoreError> {
    let lock = durable::hold(folder).map_err(io_at(folder))?;
    lock.ok_or_else(|| WitnessStoreError::Locked(folder.to_owned()))
}

fn make(folder: &Path, key: &Key) -> Result<Card, WitnessStoreError> {
    let failed = io_at(folder);
    let others = std::fs::read_dir(folder).map_err(&failed)?.filter_map(Result::ok);
    // Folders of its own are there where an earlier run broke off.
    let is_own = |name: &std::ffi::OsStr| name == "lock" || name == CHECKPOINTS || name == EXHIBITS;
    if others.map(|entry| entry.file_name()).any(|name| !is_own(&name)) {
        return Err(WitnessStoreError::Taken(folder.to_owned()));
    }
    for inner in [CHECKPOINTS, EXHIBITS] {
        std::fs::create_dir_all(folder.join(inner)).map_err(&failed)?;
    }
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|e| failed(io::Error::other(e)))?;
    let number = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let card = Card { key: key.to_string(), number, logs: Vec::new() };
    durable::create(&folder.join(CARD), card.text().as_bytes(), Readable::ByAll).map_err(&failed)?;
    Ok(card)
}

fn read_card(folder: &Path) -> Result<Option<Card>, WitnessStoreError> {
    let path = folder.join(CARD);
    let Some(bytes) = read(&path)? else { return Ok(None) };
    let card = std::str::from_utf8(&bytes).ok().and_then(Card::parse);
    let damaged = || WitnessStoreError::Damaged { path, what: "it is no card of a witness's store".to_owned() };
    card.ok_or_else(damaged).map(Some)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, WitnessStoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(WitnessStoreError::Io { path: path.to_owned(), source }),
    }
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> WitnessStoreError + use<> {
    let path = path.to_owned();
    move |source| WitnessStoreError::Io { path: path.clone(), source }
}
