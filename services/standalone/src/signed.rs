//! The signed checkpoints that go with a copy of a log, an export or a backup: they say what the copy must be, to whoever has the
//! log's key from elsewhere. They are read before the log is copied, so that the copy has all that they count.

use std::path::{Path, PathBuf};

use platform::durable::{self, Readable};
use proto::checkpoint::Checkpoint;
use proto::note::Note;
use signer::Store;

use crate::home::Home;
use crate::signing::STORE;

/// A log's newest checkpoint, and the last one that enough witnesses have cosigned.
pub struct Signed {
    newest: Vec<u8>,
    cosigned: Option<Vec<u8>>,
}

/// What the files are called, alone in a folder or behind the name of a copy.
pub const NAMES: [&str; 2] = ["checkpoint", "cosigned"];

impl Signed {
    /// What the signer's folder that was named holds, or else a data folder's own; none where nothing was signed.
    pub fn read(named: Option<&Path>, home: &Home) -> anyhow::Result<Option<Self>> {
        let store = match (named, home) {
            (Some(named), _) => named.to_owned(),
            (None, Home::Folder(folder)) => folder.file(STORE),
            (None, Home::Database(..)) => return Ok(None),
        };
        let store = Store::of(&store);
        let Some(newest) = store.checkpoint()? else { return Ok(None) };
        let cosigned = store.cosigned()?.filter(|cosigned| *cosigned != newest);
        Ok(Some(Self { newest, cosigned }))
    }

    /// How many events the newest counts, as far as it is a checkpoint.
    pub fn events(&self) -> Option<u64> {
        let note = Note::parse(&self.newest).ok()?;
        Checkpoint::parse(note.text()).ok().map(|checkpoint| checkpoint.head.size)
    }

    /// Writes each where its name belongs.
    pub fn write(&self, at: impl Fn(&str) -> PathBuf) -> std::io::Result<()> {
        let [newest, cosigned] = NAMES;
        durable::write(&at(newest), &self.newest, Readable::ByAll)?;
        self.cosigned.as_ref().map_or(Ok(()), |bytes| durable::write(&at(cosigned), bytes, Readable::ByAll))
    }
}
