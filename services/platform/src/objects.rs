//! Files by name, kept where they outlast a power loss. In a folder so far, by the crate that speaks to remote stores too; nobody
//! sees a file before it is whole, and none is ever written over.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};

/// Where files are that are not whole yet.
pub const INCOMING: &str = "incoming";
/// How many pieces of a file may be on their way at once.
const PIECES_MAX: usize = 4;

/// Why a store of files failed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// The store, or the disk under it.
    #[error("files_unusable: {0}")]
    Store(#[from] object_store::Error),
    /// Its folder cannot be made.
    #[error("files_unusable: {0}")]
    Folder(#[from] std::io::Error),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A store of files.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// A file that comes.
pub struct Incoming {
    write: WriteMultipart,
    place: Place,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
}

impl Objects {
    /// A folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub fn in_folder(folder: &Path) -> Result<Self, ObjectsError> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: folder.to_owned() })
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
        let write = WriteMultipart::new(self.store.put_multipart(&place).await?);
        Ok(Incoming { write, place })
    }

    /// Gives a file that has come its name. Once this returns it outlasts a power loss.
    ///
    /// # Errors
    /// [`ObjectsError`]; a file of that name is not written over.
    pub async fn keep(&self, incoming: Incoming, name: &str) -> Result<(), ObjectsError> {
        let Incoming { write, place } = incoming;
        write.finish().await?;
        Ok(self.store.rename_if_not_exists(&place, &of(name)).await?)
    }

    /// How many bytes a file has; none where there is no such file.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn size(&self, name: &str) -> Result<Option<u64>, ObjectsError> {
        absent(self.store.head(&of(name)).await.map(|meta| meta.size))
    }

    /// A file's bytes, piece by piece; none where there is no such file.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn read(
        &self,
        name: &str,
    ) -> Result<Option<BoxStream<'static, Result<Bytes, ObjectsError>>>, ObjectsError> {
        let found = absent(self.store.get(&of(name)).await)?;
        Ok(found.map(|file| file.into_stream().map_err(ObjectsError::from).boxed()))
    }

    /// Every file that is kept, in no order.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn all(&self) -> Result<Vec<Kept>, ObjectsError> {
        let incoming = Place::from(INCOMING);
        let kept = |meta: object_store::ObjectMeta| Kept {
            name: meta.location.filename().unwrap_or_default().to_owned(),
            size: meta.size,
        };
        let whole = |meta: &object_store::ObjectMeta| !meta.location.prefix_matches(&incoming);
        let metas = self.store.list(None).try_filter(|meta| std::future::ready(whole(meta)));
        Ok(metas.map_ok(kept).try_collect().await?)
    }

    /// Every file that has begun to come and was not ended. The store itself does not show them.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub fn broken_off(&self) -> Result<Vec<Kept>, ObjectsError> {
        let entries = match std::fs::read_dir(self.folder.join(INCOMING)) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e.into()),
        };
        let kept = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry?;
            Ok(Kept { name: entry.file_name().to_string_lossy().into_owned(), size: entry.metadata()?.len() })
        };
        entries.map(kept).collect()
    }
}

impl Incoming {
    /// The next bytes.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn piece(&mut self, bytes: Bytes) -> Result<(), ObjectsError> {
        self.write.wait_for_capacity(PIECES_MAX).await?;
        self.write.put(bytes);
        Ok(())
    }

    /// Takes away what has come.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn drop_it(self) -> Result<(), ObjectsError> {
        Ok(self.write.abort().await?)
    }
}

/// Where a file of a name is: names are spread over folders by their first two letters.
fn of(name: &str) -> Place {
    Place::from_iter([name.get(..2).unwrap_or(name), name])
}

fn absent<T>(found: object_store::Result<T>) -> Result<Option<T>, ObjectsError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
