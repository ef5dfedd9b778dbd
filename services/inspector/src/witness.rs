//! A witness (C2SP tlog-witness): it cosigns a log's checkpoint if that goes on from the one that it cosigned before.
//! It answers nobody before what it cosigned is durable, and never cosigns what its store does not follow.

mod http;
mod recomputed;
mod store;
mod validating;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use proto::checkpoint::Checkpoint;
use proto::note::{BadNote, Key, Note, NoteSignature, NoteSigner};
use proto::policy::Policy;
use proto::tree::TreeHead;
use proto::witness::{AddCheckpoint, Exhibit, Refusal, Weight, judge};

pub use http::{serve_witness, witness_limits};
pub use recomputed::{Dispute, NotRecomputed};
pub use store::{Held, WitnessStore, WitnessStoreError};
pub use validating::{FOLD_WAIT_MS, Standing, Validating};

/// A witness over its store.
#[derive(Debug)]
pub struct Witness {
    signer: NoteSigner,
    keys: Vec<Key>,
    store: WitnessStore,
    /// What was cosigned last of each log that it watches. Its lock is the log's: whoever holds it checks and persists.
    logs: BTreeMap<String, Mutex<Option<Held>>>,
    cosigned: AtomicU64,
}

/// Why a request is not answered with a cosignature.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// By the protocol's rules.
    #[error("{}", .0.code())]
    Refused(Refusal),
    /// The clock is behind the last cosignature.
    #[error("clock_behind: the clock says {now}, the last cosignature {last}, in seconds since 1970")]
    ClockBehind {
        /// What the clock says.
        now: u64,
        /// When the witness cosigned last.
        last: u64,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] WitnessStoreError),
}

impl From<Refusal> for NotCosigned {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Witness {
    /// Opens the store of a key for the logs of a policy. One that was lost, or is another key's, is refused.
    ///
    /// # Errors
    /// [`WitnessStoreError`].
    pub fn open(store: &Path, key_file: &Path, policy: &Policy) -> Result<Self, WitnessStoreError> {
        let keys: Vec<Key> = policy.logs().iter().map(|known| known.key.clone()).collect();
        let (store, signer) = WitnessStore::open(store, key_file)?;
        let mut logs = BTreeMap::new();
        for origin in keys.iter().map(|key| key.name().as_str()) {
            logs.insert(origin.to_owned(), Mutex::new(store.held(origin)?));
        }
        Ok(Self { signer, keys, store, logs, cosigned: AtomicU64::new(0) })
    }

    /// The key that it cosigns with.
    #[must_use]
    pub fn key(&self) -> &Key {
        self.signer.key()
    }

    /// Checkpoints that it has cosigned since it was opened.
    #[must_use]
    pub fn cosigned(&self) -> u64 {
        self.cosigned.load(Ordering::Relaxed)
    }

    /// The origins of the logs that it watches.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.logs.keys().map(String::as_str)
    }

    /// What it cosigned last of a log; none of one that it does not watch, or has not cosigned yet.
    #[must_use]
    pub fn last(&self, origin: &str) -> Option<Held> {
        self.logs.get(origin).and_then(|log| lock(log).clone())
    }

    /// Answers a request with a cosignature that is durable. The clock, in seconds since 1970, is read once the request's turn
    /// has come: of two that cross, the later one is not behind the other's time.
    ///
    /// # Errors
    /// [`NotCosigned`]. Nothing was cosigned then.
    pub fn add(&self, body: &[u8], clock: impl FnOnce() -> u64) -> Result<NoteSignature, NotCosigned> {
        let (request, checkpoint, log) = self.recognised(body)?;
        // From here to the end nobody else looks at this log: check and persist are one step.
        let mut held = lock(log);
        self.judged(held.as_ref(), &request, &checkpoint)?;
        let now = clock();
        if let Some(last) = held.as_ref().map(|held| held.time).filter(|last| now < *last) {
            return Err(NotCosigned::ClockBehind { now, last });
        }
        let cosignature = self.signer.sign(request.note.text(), now);
        let mut note = self.by_the_log(&request.note).map_err(Refusal::Untrusted)?;
        note.push(cosignature.clone()).map_err(Refusal::Untrusted)?;
        let new = Held { note, head: checkpoint.head, time: now };
        self.store.put(&checkpoint.origin, &new)?;
        *held = Some(new);
        self.cosigned.fetch_add(1, Ordering::Relaxed);
        tracing::info!(log.origin = checkpoint.origin, log.size = checkpoint.head.size, "witness.cosigned");
        Ok(cosignature)
    }

    /// What a request wants to have cosigned, where the protocol lets it be: for whoever looks at it more closely before
    /// [`Witness::add`] looks again, and cosigns.
    ///
    /// # Errors
    /// [`NotCosigned`].
    pub fn asked(&self, body: &[u8]) -> Result<(Note, TreeHead), NotCosigned> {
        let (request, checkpoint, log) = self.recognised(body)?;
        self.judged(lock(log).as_ref(), &request, &checkpoint)?;
        Ok((request.note, checkpoint.head))
    }

    fn recognised(&self, body: &[u8]) -> Result<(AddCheckpoint, Checkpoint, &Mutex<Option<Held>>), NotCosigned> {
        let request = AddCheckpoint::parse(body).map_err(Refusal::from)?;
        let checkpoint = request.recognise(&self.keys)?;
        let log = self.logs.get(&checkpoint.origin).ok_or(Refusal::Unknown)?;
        Ok((request, checkpoint, log))
    }

    /// Whether a request goes on from what was cosigned last; what does not go together with it is kept.
    fn judged(&self, held: Option<&Held>, request: &AddCheckpoint, offered: &Checkpoint) -> Result<(), NotCosigned> {
        self.store.unchanged(&offered.origin, held)?;
        let judged = judge(held.map(|held| held.head), request, offered.head);
        if let (Err(_), Some(held)) = (&judged, held) {
            self.keep_exhibit(held, request.clone(), offered);
        }
        Ok(judged?)
    }

    /// A note with those of its signatures that are by keys of the logs: nobody fills the store with others.
    fn by_the_log(&self, note: &Note) -> Result<Note, BadNote> {
        let mut kept = Note::new(note.text().to_owned())?;
        let known = |line: &&NoteSignature| self.keys.iter().any(|k| k.id() == line.id && *k.name() == line.name);
        for line in note.signatures().iter().filter(known) {
            kept.push(line.clone())?;
        }
        Ok(kept)
    }

    /// Keeps what a log signed that does not go together, and says so. A store that has no room changes no answer.
    fn keep_exhibit(&self, held: &Held, request: AddCheckpoint, offered: &Checkpoint) {
        let Some(weight) = Exhibit::weight(held.head, &request, offered.head) else { return };
        let by_the_log = |note| self.by_the_log(note).ok();
        let (Some(was), Some(is)) = (by_the_log(&held.note), by_the_log(&request.note)) else { return };
        let exhibit = Exhibit { held: was, offered: AddCheckpoint { note: is, ..request } };
        let kept = match self.store.keep_exhibit(&offered.origin, weight, &exhibit) {
            Ok(kept) => kept,
            Err(error) => return tracing::error!(%error, "witness.exhibit_lost"),
        };
        let Some(path) = kept else { return };
        let (origin, path, TreeHead { size, root }) = (&offered.origin, path.display(), offered.head);
        match weight {
            Weight::Contradiction => {
                tracing::error!(log.origin = origin, log.size = size, log.root = %root, %path, "log_misbehaves");
            }
            Weight::Unproven => {
                tracing::warn!(log.origin = origin, log.size = size, log.root = %root, %path, "log_unproven");
            }
        }
    }
}

fn lock(log: &Mutex<Option<Held>>) -> MutexGuard<'_, Option<Held>> {
    log.lock().expect("no thread panics while it holds this")
}
