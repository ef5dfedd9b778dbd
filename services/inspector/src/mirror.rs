//! A mirror: a log that others serve, kept in a folder at the addresses of C2SP tlog-tiles, entries and last checkpoint.
//! It takes entries only if the tree over all that it holds comes to the root that the log has signed, and never goes back.

mod entries;
mod folder;
mod served;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use platform::feed::{BATCH_EVENTS_MAX, Feed, FeedError};
use proto::checkpoint::BadCheckpoint;
use proto::fold::Streams;
use proto::note::Note;
use proto::policy::{Believed, Policy};
use proto::tile::{TILE_WIDTH, Tile, read_bundle};
use proto::tree::TreeHead;
use proto::{Hash, Origin};
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;

use self::entries::Entries;
use self::folder::{Folder, address};

pub use served::{NotServed, Served};

/// Why a mirror is not used, or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The log does not give what its checkpoint is over.
    #[error(transparent)]
    NotServed(#[from] NotServed),
    /// The checkpoint is none, or none of a log that is known.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// It is of another log.
    #[error("mirror_other_log: the checkpoint is of the log {0:?}")]
    OtherLog(String),
    /// It counts fewer events than one that is held.
    #[error("mirror_went_back: the checkpoint counts {now} events, the mirror holds {before}")]
    WentBack {
        /// What it counts.
        now: u64,
        /// What is held.
        before: u64,
    },
    /// It has the size of the one that is held, and another root.
    #[error("mirror_two_roots: two checkpoints of {0} events have two roots")]
    TwoRoots(u64),
    /// What the log gives is no bundle, or not all of it.
    #[error("mirror_bundle_bad: {path}: {what}")]
    Bundle {
        /// Its address.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// The log gives another event than it gave before.
    #[error("mirror_log_changed: position {0}: the event is not the one that was there before")]
    Changed(u64),
    /// The entries do not come to the root that was signed.
    #[error("mirror_root_differs: the entries up to {0} do not come to the checkpoint's root")]
    RootDiffers(u64),
    /// A file is not as it was left.
    #[error("mirror_damaged: {path}: {what}; make the mirror anew in another folder")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The folder is something else, or of another log.
    #[error("mirror_taken: {0} holds something else than the mirror of this log")]
    Taken(PathBuf),
    /// Another process holds it.
    #[error("mirror_locked: another process holds {0}")]
    Locked(PathBuf),
    /// The system failed.
    #[error("mirror_unusable: {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// A mirror of a log, and its copies.
#[derive(Debug, Clone)]
pub struct Mirror(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: Folder,
    origin: Origin,
    policy: Policy,
    /// Who writes it takes away files that nobody may be reading then.
    held: RwLock<Held>,
    /// Whoever comes up to a checkpoint does so alone.
    taking: Mutex<()>,
    head: watch::Sender<u64>,
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct Held {
    entries: Entries,
    note: Option<Note>,
}

impl Mirror {
    /// Opens the mirror of a log, and reads all that it holds: what is there must come to the root of its checkpoint.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub fn open(path: &Path, origin: Origin, policy: Policy) -> Result<Self, MirrorError> {
        let folder = Folder::hold(path, &origin)?;
        let mut held = Held::default();
        if let Some(bytes) = folder.checkpoint()? {
            let note = Note::parse(&bytes).map_err(BadCheckpoint::from)?;
            let signed = believed(&policy, &origin, &note)?.checkpoint.head;
            for (index, width) in bundles(0, signed.size) {
                for body in folder.bundle(index, width)? {
                    held.entries.take(&body);
                }
            }
            if held.entries.head() != signed {
                let what = "what is there does not come to the root of the checkpoint".to_owned();
                return Err(MirrorError::Damaged { path: path.to_owned(), what });
            }
            held.note = Some(note);
        }
        // What came behind it was not taken, and what an earlier one needed may still be there: whoever brought it was killed.
        let size = held.entries.head().size;
        let mut index = 0;
        while folder.sweep(index, size)? {
            index += 1;
        }
        let (head, taking) = (watch::channel(size).0, Mutex::default());
        let failed = AtomicU64::new(0);
        Ok(Self(Arc::new(Inner { folder, origin, policy, held: RwLock::new(held), taking, head, failed })))
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.0.held.read().expect("no thread panics while it holds this")
    }

    /// Size and root of what is held.
    #[must_use]
    pub fn size_and_root(&self) -> TreeHead {
        self.held().entries.head()
    }

    /// The root over the first so many events; none where there are less.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.held().entries.root_at(size)
    }

    /// How often what is held could not be read since it was opened.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.0.failed.load(Ordering::Relaxed)
    }

    /// Comes up to the checkpoint that a log serves now; says what is believed of it.
    ///
    /// # Errors
    /// [`MirrorError`]. What was held is held still.
    pub async fn follow(&self, served: &Served) -> Result<Believed, MirrorError> {
        let note = Note::parse(&served.checkpoint().await?).map_err(BadCheckpoint::from)?;
        self.come_to(&note, served).await
    }

    /// Comes up to a signed checkpoint, with the entries that a log serves. First they are durable, then the checkpoint.
    ///
    /// # Errors
    /// [`MirrorError`]. What was held is held still.
    pub async fn come_to(&self, note: &Note, served: &Served) -> Result<Believed, MirrorError> {
        let _alone = self.0.taking.lock().await;
        let believed = believed(&self.0.policy, &self.0.origin, note)?;
        let (signed, before) = (believed.checkpoint.head, self.size_and_root());
        if signed.size < before.size {
            return Err(MirrorError::WentBack { now: signed.size, before: before.size });
        }
        if signed.size == before.size && signed != before {
            return Err(MirrorError::TwoRoots(signed.size));
        }
        let more = if signed.size > before.size { self.fetch(before.size, signed, served).await } else { Ok(None) };
        let mirror = self.clone();
        let note = note.clone();
        let done = blocking(move || match more {
            Ok(more) => mirror.keep(&note, more),
            Err(error) => {
                if let Err(left) = mirror.sweep(before.size, signed.size) {
                    tracing::warn!(error = %left, "mirror.left_behind");
                }
                Err(error)
            }
        });
        done.await?;
        self.0.head.send_replace(signed.size);
        Ok(believed)
    }

    /// The entries behind those that are held, durable in their bundles, if they come to a root.
    async fn fetch(&self, held: u64, signed: TreeHead, served: &Served) -> Result<Option<Entries>, MirrorError> {
        let mut more = Entries::behind(&self.held().entries);
        for (index, width) in bundles(held / u64::from(TILE_WIDTH), signed.size) {
            let bytes = served.bundle(index, width).await?;
            let bad = |what: String| MirrorError::Bundle { path: address(index, width), what };
            let bodies = read_bundle(&bytes).map_err(|e| bad(e.to_string()))?;
            if bodies.len() != usize::from(width) {
                return Err(bad(format!("it has {} entries", bodies.len())));
            }
            for (body, position) in bodies.iter().zip(index * u64::from(TILE_WIDTH) + 1..) {
                match self.held().entries.hash(position) {
                    Some(hash) if hash != Hash::entry(body) => return Err(MirrorError::Changed(position)),
                    Some(_) => {}
                    None => {
                        more.take(body);
                    }
                }
            }
            let mirror = self.clone();
            blocking(move || mirror.0.folder.put_bundle(index, width, &bytes)).await?;
        }
        if more.head() == signed { Ok(Some(more)) } else { Err(MirrorError::RootDiffers(signed.size)) }
    }

    /// Puts a checkpoint in the place of the last one, once what it is over is there.
    fn keep(&self, note: &Note, more: Option<Entries>) -> Result<(), MirrorError> {
        let mut held = self.0.held.write().expect("no thread panics while it holds this");
        // The same checkpoint may come with more cosignatures, and with less from whoever asks for some.
        let cosigned = |note: &Note| believed(&self.0.policy, &self.0.origin, note).map_or(0, |b| b.cosigned_by.len());
        let old = held.note.as_ref().map(cosigned);
        if more.is_some() || old.is_none_or(|old| old < cosigned(note)) {
            self.0.folder.put_checkpoint(note.to_string().as_bytes())?;
            held.note = Some(note.clone());
        }
        if let Some(more) = more {
            let before = held.entries.head().size;
            held.entries.extend(more);
            self.0.folder.sweep(before / u64::from(TILE_WIDTH), held.entries.head().size)?;
        }
        Ok(())
    }

    /// Takes away what was brought and is not taken.
    fn sweep(&self, size: u64, upto: u64) -> Result<(), MirrorError> {
        for (index, _) in bundles(size / u64::from(TILE_WIDTH), upto) {
            if !self.0.folder.sweep(index, size)? {
                break;
            }
        }
        Ok(())
    }

    /// The bodies at some positions in order, each the one that was hashed when it came.
    fn read(&self, positions: impl Iterator<Item = u64>) -> Result<Vec<Vec<u8>>, MirrorError> {
        let held = self.held();
        let (size, mut bundle, mut found) = (held.entries.head().size, None, Vec::new());
        for position in positions.take_while(|position| *position <= size) {
            let (index, within) = ((position - 1) / u64::from(TILE_WIDTH), (position - 1) % u64::from(TILE_WIDTH));
            let width = Tile::at(0, index, size).expect("it is within the tree").width;
            if bundle.as_ref().is_none_or(|(at, _)| *at != index) {
                bundle = Some((index, self.0.folder.bundle(index, width)?));
            }
            let (_, bodies) = bundle.as_mut().expect("it was read");
            let body = std::mem::take(&mut bodies[usize::try_from(within).expect("below 256")]);
            if held.entries.hash(position) != Some(Hash::entry(&body)) {
                let what = format!("the event at {position} is not the one that came");
                return Err(MirrorError::Damaged { path: address(index, width).into(), what });
            }
            found.push(body);
        }
        Ok(found)
    }

    async fn reading(&self, positions: impl Iterator<Item = u64> + Send + 'static) -> Result<Vec<Vec<u8>>, FeedError> {
        let mirror = self.clone();
        let read = blocking(move || mirror.read(positions));
        read.await.map_err(|error| {
            self.0.failed.fetch_add(1, Ordering::Relaxed);
            FeedError(error.to_string())
        })
    }
}

#[async_trait]
impl Feed for Mirror {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError> {
        let limit = limit.min(BATCH_EVENTS_MAX) as u64;
        self.reading(position.saturating_add(1)..=position.saturating_add(limit)).await
    }

    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError> {
        let positions = self.held().entries.within(streams, upto);
        self.reading(positions.into_iter()).await
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.0.head.subscribe()
    }
}

/// Does what waits for the disk where nobody else waits for it. A program that ends may break it off.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, MirrorError> + Send + 'static,
) -> Result<T, MirrorError> {
    let ended = |e| MirrorError::Io { path: PathBuf::new(), source: io::Error::other(e) };
    spawn_blocking(work).await.map_err(ended)?
}

/// What a policy says of a checkpoint of a log.
fn believed(policy: &Policy, origin: &Origin, note: &Note) -> Result<Believed, MirrorError> {
    let believed = policy.open(note)?;
    if believed.checkpoint.origin == origin.as_str() {
        Ok(believed)
    } else {
        Err(MirrorError::OtherLog(believed.checkpoint.origin))
    }
}

/// The bundles of a log of a size, from one on: which, and how many entries each has.
fn bundles(from: u64, size: u64) -> impl Iterator<Item = (u64, u16)> {
    (from..).map_while(move |index| Tile::at(0, index, size).map(|tile| (index, tile.width)))
}
