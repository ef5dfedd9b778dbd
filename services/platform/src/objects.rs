//! Files by name, kept where they outlast a power loss: in a folder, or in a store that speaks S3. Nobody sees a file under its
//! name before it is whole, none is ever written over, and a store that is down or hangs is an error within a stated time.
//!
//! A file's name is known only when it has come whole. So it comes under `incoming/`, under a name of chance, is copied by the
//! store itself to its own name, and then taken away from there. Whoever is killed in between leaves a file under `incoming/`,
//! and at most a whole one under a name that nobody was told.
//!
//! What a folder promises: a file that [`Objects::keep`] has answered for was flushed to the disk, and its folder's entry too.
//! What S3 promises: it answers a write once the bytes stand on several devices, and whoever reads afterwards sees them. It knows
//! no stronger word, and there is none to ask it for.
//!
//! What is relied on for "not written over": the store says that nothing stands under the name, just before it copies. A store
//! that knows a condition on copies (`If-None-Match: *`: a folder's hard link, Amazon S3) refuses also what came in between; one
//! that does not (rclone's server) lets it through, and then the name decides: it is the digest of the bytes, so that who wrote
//! in between wrote the same. What is relied on for "it is there": the store's answer about the file itself, size and all,
//! after the copy, and not the answer to the copy, which can be lost on its way.

mod http;
mod patience;
mod s3;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, WriteMultipart};

pub use s3::{Bucket, Login};

use patience::Patience;

/// Where files are that are not whole yet.
pub const INCOMING: &str = "incoming";
/// How long a store may take for one step (beginning, a piece, ending, copying, asking, the next names or bytes), in seconds.
/// A remote one tries a failed request again in that time.
pub const STEP_S_MAX: u64 = 60;
/// The bytes of a piece: as few as S3 takes, so that memory stays small. It takes 10,000 of them, so 50 GB of a file.
const PIECE_BYTES: usize = 5 << 20;
/// How many pieces of a file may be on their way at once.
const PIECES_MAX: usize = 4;

/// Why a store of files failed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// The store, or the disk under it.
    #[error("files_unusable: {0}")]
    Store(#[from] object_store::Error),
    /// Its folder cannot be made, or not be read.
    #[error("files_unusable: {0}")]
    Folder(#[from] std::io::Error),
    /// It does not answer.
    #[error("files_unusable: the store did not end a step within {} s: {step}", .limit.as_secs_f64())]
    Slow {
        /// What it was asked for.
        step: &'static str,
        /// How long it had.
        limit: Duration,
    },
    /// It says that it has copied, and has not.
    #[error("files_unusable: the store has {found} bytes under {name}, where {expected} were copied")]
    Differs {
        /// The file.
        name: String,
        /// Bytes that came.
        expected: u64,
        /// Bytes that the store has.
        found: u64,
    },
    /// A file of that name is there.
    #[error("files_unusable: {0} is there already, and nothing is written over")]
    Taken(String),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Where files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesPlace {
    /// A folder.
    Folder(PathBuf),
    /// A bucket.
    S3(Bucket),
}

/// A store of files.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// What shows the files that are coming to a folder: its store hides them.
    folder: Option<PathBuf>,
    patience: Patience,
}

/// A file that comes.
pub struct Incoming {
    write: WriteMultipart,
    place: Place,
    bytes: u64,
    patience: Patience,
}

/// A file that stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Since when, by the store's clock.
    pub since: SystemTime,
    /// Where: only what was listed can be removed.
    place: Place,
}

impl Objects {
    /// A folder or a bucket.
    ///
    /// # Errors
    /// [`ObjectsError`]; a bucket is not asked for anything yet.
    pub fn open(place: &FilesPlace) -> Result<Self, ObjectsError> {
        match place {
            FilesPlace::Folder(folder) => Self::in_folder(folder),
            FilesPlace::S3(bucket) => Ok(Self::over(s3::open(bucket)?, Duration::from_secs(STEP_S_MAX))),
        }
    }

    /// A folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub fn in_folder(folder: &Path) -> Result<Self, ObjectsError> {
        std::fs::create_dir_all(folder)?;
        let store = Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true));
        Ok(Self { folder: Some(folder.to_owned()), ..Self::over(store, Duration::from_secs(STEP_S_MAX)) })
    }

    /// Any store, with a limit for each step.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>, limit: Duration) -> Self {
        Self { store, folder: None, patience: Patience(limit) }
    }

    /// Begins a file under a name of its own.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn incoming(&self) -> Result<Incoming, ObjectsError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let name: String = random.iter().map(|b| format!("{b:02x}")).collect();
        let place = Place::from_iter([INCOMING, name.as_str()]);
        let upload = self.patience.of("beginning a file", self.store.put_multipart(&place)).await?;
        let write = WriteMultipart::new_with_chunk_size(upload, PIECE_BYTES);
        Ok(Incoming { write, place, bytes: 0, patience: self.patience })
    }

    /// Gives a file that has come its name. Once this returns it outlasts a power loss. After an error it may stand under its
    /// name, whole, where the store did not say: then it is an orphan.
    ///
    /// # Errors
    /// [`ObjectsError`]; a file of that name is not written over.
    pub async fn keep(&self, incoming: Incoming, name: &str) -> Result<(), ObjectsError> {
        let Incoming { write, place, bytes, .. } = incoming;
        self.patience.of("ending a file", write.finish()).await?;
        let kept = self.named(&place, name, bytes).await;
        // Whether it has its name or not: what stays here is an upload that broke off, and `scrub` tells it.
        let _ = self.patience.of("removing what has come", self.store.delete(&place)).await;
        kept
    }

    /// Copies what has come to its name, and looks at what stands there then.
    async fn named(&self, place: &Place, name: &str, bytes: u64) -> Result<(), ObjectsError> {
        let own = of(name);
        if self.size(&own).await?.is_some() {
            return Err(ObjectsError::Taken(name.to_owned()));
        }
        let copied = self.patience.of("copying", self.store.copy_if_not_exists(place, &own)).await;
        match self.size(&own).await? {
            Some(found) if found == bytes => Ok(()),
            Some(found) => {
                // Nobody was told of it, so it is nobody's.
                let _ = self.patience.of("removing half a file", self.store.delete(&own)).await;
                Err(ObjectsError::Differs { name: name.to_owned(), expected: bytes, found })
            }
            None => {
                Err(copied.err().unwrap_or(ObjectsError::Differs { name: name.to_owned(), expected: bytes, found: 0 }))
            }
        }
    }

    /// How many bytes a file has; none where there is no such file.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn bytes(&self, name: &str) -> Result<Option<u64>, ObjectsError> {
        self.size(&of(name)).await
    }

    async fn size(&self, place: &Place) -> Result<Option<u64>, ObjectsError> {
        absent(self.patience.of("asking for a file", self.store.head(place)).await.map(|meta| meta.size))
    }

    /// A file's bytes, piece by piece; none where there is no such file.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn read(
        &self,
        name: &str,
    ) -> Result<Option<BoxStream<'static, Result<Bytes, ObjectsError>>>, ObjectsError> {
        let own = of(name);
        let found = absent(self.patience.of("opening a file", self.store.get(&own)).await)?;
        Ok(found.map(|file| self.patience.each("reading a file", file.into_stream())))
    }

    /// Every file that is kept, in no order.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn all(&self) -> Result<Vec<Kept>, ObjectsError> {
        let mut kept = self.listed(None).await?;
        kept.retain(Kept::came_whole);
        Ok(kept)
    }

    /// Every file that has begun to come and was not ended, or did not get its name. S3 does not show the pieces of a file
    /// that was not ended, and this crate has no way to ask for them: the bucket's own rule must remove them (deploy/RUNBOOK.md).
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn broken_off(&self) -> Result<Vec<Kept>, ObjectsError> {
        match &self.folder {
            Some(folder) => in_part(&folder.join(INCOMING)),
            None => self.listed(Some(&Place::from(INCOMING))).await,
        }
    }

    /// Takes a file away that was listed, whole or not. One that is gone already is no error.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn remove(&self, kept: &Kept) -> Result<(), ObjectsError> {
        if let Some(folder) = &self.folder
            && !kept.came_whole()
        {
            return match std::fs::remove_file(folder.join(INCOMING).join(&kept.name)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
                _ => Ok(()),
            };
        }
        absent(self.patience.of("removing a file", self.store.delete(&kept.place)).await).map(drop)
    }

    async fn listed(&self, under: Option<&Place>) -> Result<Vec<Kept>, ObjectsError> {
        let kept = |meta: ObjectMeta| Kept {
            name: meta.location.filename().unwrap_or_default().to_owned(),
            since: meta.last_modified.into(),
            place: meta.location,
        };
        self.patience.each("listing files", self.store.list(under)).map_ok(kept).try_collect().await
    }
}

impl Kept {
    /// Whether it stands under a name of its own, and not where files come.
    #[must_use]
    pub fn came_whole(&self) -> bool {
        !self.place.prefix_matches(&Place::from(INCOMING))
    }
}

impl Incoming {
    /// The next bytes.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn piece(&mut self, bytes: Bytes) -> Result<(), ObjectsError> {
        self.patience.of("taking a piece", self.write.wait_for_capacity(PIECES_MAX)).await?;
        self.bytes += bytes.len() as u64;
        self.write.put(bytes);
        Ok(())
    }

    /// Takes away what has come.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn drop_it(self) -> Result<(), ObjectsError> {
        self.patience.of("taking a file back", self.write.abort()).await
    }
}

/// What is in a folder of files that come.
fn in_part(folder: &Path) -> Result<Vec<Kept>, ObjectsError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e.into()),
    };
    let mut kept = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // One that has got its name since is gone from here.
        let since = match entry.metadata().and_then(|meta| meta.modified()) {
            Ok(since) => since,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e.into()),
        };
        kept.push(Kept { place: Place::from_iter([INCOMING, name.as_str()]), name, since });
    }
    Ok(kept)
}

/// Where a file of a name is: names are spread over folders by their first two letters.
fn of(name: &str) -> Place {
    Place::from_iter([name.get(..2).unwrap_or(name), name])
}

fn absent<T>(found: Result<T, ObjectsError>) -> Result<Option<T>, ObjectsError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(ObjectsError::Store(object_store::Error::NotFound { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}
