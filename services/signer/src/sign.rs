//! Signing: from the last checkpoint to the log's end, over nothing but bytes that were read back.
//! It refuses where the log is smaller than what was signed, or does not go on from it; there is no way to sign all the same.

use std::path::Path;

use proto::Hash;
use proto::checkpoint::{BadCheckpoint, Checkpoint};
use proto::note::{BadNote, Note, NoteSigner};
use proto::tile::{Edge, TILE_WIDTH, Tile};
use proto::tree::{CompactRange, TreeHead};

use crate::source::{LogRows, RowsError};
use crate::store::{HeldStore, Store, StoreError};

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The log ends before what was signed.
    #[error("log_shrank: the log has {found} events, {signed} were signed: it was cut off, or a backup was restored")]
    Shrank {
        /// The log's events now.
        found: u64,
        /// Events that were signed.
        signed: u64,
    },
    /// No key may sign any more: each has ended, or the log does not name it.
    #[error("key_ended: by the log itself none of the keys signs any more: another one has taken their place")]
    KeyEnded,
    /// What was signed last is not in the log any more.
    #[error("log_forked: the event at {position} is not the one that was signed")]
    Forked {
        /// The last position that was signed.
        position: u64,
    },
    /// A row does not fit, or cannot be read.
    #[error("log_unreadable: {0}")]
    Rows(#[from] RowsError),
    /// The rows lead to another root than the head row says.
    #[error("log_root_differs: the rows up to {size} lead to another root than the head row's")]
    Root {
        /// The log's size.
        size: u64,
    },
    /// The folder is not as it was left.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The last checkpoint in it is not this key's.
    #[error("signer_store_damaged: the last checkpoint: {0}")]
    Last(#[from] BadCheckpoint),
    /// A witness shows a checkpoint of this log, signed by its key, that this log does not go on from.
    #[error(
        "{what}; by the witness {witness}, who shows it over the log's own signature: a backup was restored, or the log rewritten"
    )]
    Witness {
        /// Its name in the policy.
        witness: String,
        /// What it shows, after a stable code.
        what: String,
    },
}

impl From<BadNote> for Refusal {
    fn from(bad: BadNote) -> Self {
        Self::Last(bad.into())
    }
}

/// The signer of a log.
#[derive(Debug)]
pub struct Signer {
    rows: LogRows,
    store: HeldStore,
    keys: Vec<NoteSigner>,
    /// The tree as far as it was signed.
    edge: Edge,
    /// The hash of the last event that was signed.
    last: Option<Hash>,
    /// The last checkpoint, as it stands in the folder.
    note: Option<Note>,
    /// The log's size when it was last looked at.
    seen: u64,
    /// What was signed before this signer began, until the tree under it is there.
    due: Option<TreeHead>,
}

impl Signer {
    /// A signer in its folder: what was signed last there must be its own. The log is looked at when it signs.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn new(rows: LogRows, folder: &Path, keys: Vec<NoteSigner>) -> Result<Self, Refusal> {
        let store = Store::hold(folder, &keys.iter().map(NoteSigner::key).collect::<Vec<_>>())?;
        let mut signer = Self { rows, store, keys, edge: Edge::default(), last: None, note: None, seen: 0, due: None };
        if let Some(bytes) = signer.store.store().checkpoint()? {
            let note = Note::parse(&bytes)?;
            let known = signer.store.store().keys()?;
            let (checkpoint, _) = Checkpoint::open(&note, &known)?;
            if checkpoint.origin != signer.rows.origin().as_str() {
                return Err(BadCheckpoint::Line("origin").into());
            }
            (signer.note, signer.due) = (Some(note), Some(checkpoint.head));
        }
        Ok(signer)
    }

    /// The tree under the last checkpoint: from its tiles, or from the log where they are lost or damaged. Both ways it
    /// must lead to the root that was signed.
    async fn come_to(&mut self, signed: TreeHead) -> Result<(), Refusal> {
        let store = self.store.store();
        match Edge::read(signed, |tile| store.tile(tile)).and_then(|edge| Ok((edge, last_of(store, signed.size)?))) {
            Ok((edge, last)) => (self.edge, self.last) = (edge, last),
            Err(error) => {
                // Nothing is written before it is known that these rows are what was signed.
                if self.over_rows(signed.size).await? != signed {
                    return Err(Refusal::Forked { position: signed.size });
                }
                tracing::warn!(%error, size = signed.size, "signer.tiles_made_anew");
                (self.edge, self.last) = (Edge::default(), None);
                self.grow(signed.size).await?;
            }
        }
        Ok(())
    }

    /// The tree over the log's rows up to a size.
    async fn over_rows(&self, size: u64) -> Result<TreeHead, Refusal> {
        let (mut range, mut last) = (CompactRange::default(), None);
        while range.size() < size {
            let hashes = self.rows.hashes(range.size(), last, size).await?;
            last = hashes.last().copied();
            if last.is_none() {
                return Err(Refusal::Shrank { found: range.size(), signed: size });
            }
            hashes.into_iter().for_each(|hash| range.append(hash));
        }
        Ok(range.head())
    }

    /// The last checkpoint.
    #[must_use]
    pub fn note(&self) -> Option<&Note> {
        self.note.as_ref()
    }

    /// The log's size when it was last looked at.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The folder, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.store.store()
    }

    /// The log's rows.
    #[must_use]
    pub fn rows(&self) -> &LogRows {
        &self.rows
    }

    /// Signs the log as it stands, if it has grown: a new checkpoint, durable in the folder with its tiles.
    ///
    /// # Errors
    /// [`Refusal`]. Nothing was signed then; what had been signed still stands.
    pub async fn sign(&mut self) -> Result<bool, Refusal> {
        let head = self.rows.head().await?;
        self.seen = head.size;
        if let Some(due) = self.due {
            if head.size < due.size {
                return Err(Refusal::Shrank { found: head.size, signed: due.size });
            }
            self.come_to(due).await?;
            self.due = None;
        }
        let signed = self.edge.size();
        if head.size < signed {
            return Err(Refusal::Shrank { found: head.size, signed });
        }
        if signed > 0 && self.rows.hash(signed).await? != self.last {
            return Err(Refusal::Forked { position: signed });
        }
        if head.size == signed && (self.note.is_some() || signed == 0) {
            return if head == self.edge.head() { Ok(false) } else { Err(Refusal::Root { size: signed }) };
        }
        let before = (self.edge.clone(), self.last);
        let done = self.advance(head).await;
        if done.is_err() {
            (self.edge, self.last) = before;
        }
        done.map(|()| true)
    }

    async fn advance(&mut self, head: TreeHead) -> Result<(), Refusal> {
        self.grow(head.size).await?;
        if self.edge.head() != head {
            return Err(Refusal::Root { size: head.size });
        }
        let text = Checkpoint::new(self.rows.origin().as_str(), head).to_string();
        let mut note = Note::new(text)?;
        for key in self.keys_at(head.size).await? {
            note.push(key.sign(note.text(), 0))?;
        }
        self.keep(note)
    }

    /// The keys that sign a log of a size: all, where it names none; else those that it names and that have not ended by the
    /// time of its last event.
    async fn keys_at(&self, size: u64) -> Result<Vec<&NoteSigner>, Refusal> {
        let statements = self.rows.statements().await?;
        if statements.is_empty() {
            return Ok(self.keys.iter().collect());
        }
        let at = self.rows.at(size).await?;
        let signs = |key: &&NoteSigner| {
            let ended = statements.iter().filter_map(|s| s.replaces.as_ref()).find(|old| old.key == *key.key());
            let named = statements.iter().any(|s| s.key == *key.key());
            ended.map_or(named, |old| at < old.until)
        };
        let keys: Vec<&NoteSigner> = self.keys.iter().filter(signs).collect();
        if keys.is_empty() { Err(Refusal::KeyEnded) } else { Ok(keys) }
    }

    /// Reads the log up to a size and keeps the tiles, partial ones too: a checkpoint needs them.
    async fn grow(&mut self, size: u64) -> Result<(), Refusal> {
        while self.edge.size() < size {
            let hashes = self.rows.hashes(self.edge.size(), self.last, size).await?;
            let Some(last) = hashes.last() else {
                let position = self.edge.size() + 1;
                return Err(RowsError::Row { position, what: "the event is missing" }.into());
            };
            self.last = Some(*last);
            let mut full = Vec::new();
            for hash in hashes {
                self.edge.append(hash, |tile, hashes| full.push((tile, hashes)));
            }
            for (tile, hashes) in full {
                self.store.put_tile(tile, &hashes)?;
            }
        }
        for (tile, hashes) in self.edge.partial() {
            self.store.put_tile(tile, hashes)?;
        }
        Ok(())
    }

    /// Takes cosignatures of a checkpoint: under the last one they are served with it. Where they are enough, the checkpoint
    /// is also kept as the last cosigned one.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn add(&mut self, note: &Note, enough: bool) -> Result<(), Refusal> {
        if self.note.as_ref().is_some_and(|last| last.text() == note.text()) {
            self.keep(note.clone())?;
        }
        if enough {
            self.store.keep_cosigned(note.to_string().as_bytes())?;
        }
        Ok(())
    }

    fn keep(&mut self, note: Note) -> Result<(), Refusal> {
        let old = self.note.as_ref().map(ToString::to_string);
        self.store.swap(old.as_ref().map(|old| old.as_bytes()), note.to_string().as_bytes())?;
        self.note = Some(note);
        Ok(())
    }
}

/// The hash of the last entry of a tree, out of its tile.
fn last_of(store: &Store, size: u64) -> Result<Option<Hash>, StoreError> {
    let index = size.checked_sub(1).map(|last| last / u64::from(TILE_WIDTH));
    let Some(tile) = index.and_then(|index| Tile::at(0, index, size)) else { return Ok(None) };
    Ok(store.tile(tile)?.last().copied())
}
