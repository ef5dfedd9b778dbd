//! Where a home keeps its files and their keys: opened when they are first asked for, in a folder begun with the first file. A master key that
//! was lost is never made anew over keys that are wrapped under it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use platform::db::{Place, Role, Server};
use platform::objects::{FilesPlace, Objects};
use platform::ports::StoredFiles;
use proto::act::sheet::Evidence;
use proto::{Hash, UnitId};
use tokio::sync::OnceCell;

use super::{FileError, Files, MasterKey};
use crate::survey::{Ballots, StoreError};

/// The folder of a home's files, within it.
pub const FILES: &str = "files";
const KEYS: &str = "keys.db";
const MASTER: &str = "files.key";
const BALLOTS: &str = "ballots.db";

/// A home's files.
pub struct Store {
    keys: KeptIn,
    place: FilesPlace,
    files: OnceCell<Arc<Files>>,
}

/// Where keys and ballots are.
enum KeptIn {
    /// In a data folder, with the master key beside them.
    Folder(PathBuf),
    /// In a database of their own; the master key is elsewhere.
    Database { server: Server, master: PathBuf },
}

impl Store {
    /// The files of a data folder: within it, if they are not kept elsewhere. Their keys always are within it.
    #[must_use]
    pub fn of(home: &Path, elsewhere: Option<FilesPlace>) -> Self {
        let place = elsewhere.unwrap_or_else(|| FilesPlace::Folder(home.join(FILES)));
        Self { keys: KeptIn::Folder(home.to_owned()), place, files: OnceCell::new() }
    }

    /// The files whose keys are in a database, under a master key that is there already.
    #[must_use]
    pub fn in_database(server: Server, master: PathBuf, place: FilesPlace) -> Self {
        Self { keys: KeptIn::Database { server, master }, place, files: OnceCell::new() }
    }

    /// The files; none where there never was one.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn there(&self) -> Result<Option<Arc<Files>>, FileError> {
        let master = match &self.keys {
            KeptIn::Folder(home) if !home.join(KEYS).exists() => return Ok(None),
            KeptIn::Folder(home) => home.join(MASTER),
            KeptIn::Database { master, .. } => master.clone(),
        };
        let open = async || self.open(MasterKey::read(&master)?).await;
        self.files.get_or_try_init(open).await.cloned().map(Some)
    }

    /// The files; begun where there never was one.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn begun(&self) -> Result<Arc<Files>, FileError> {
        if let Some(files) = self.there().await? {
            return Ok(files);
        }
        let begin = async || {
            // In a database they are there.
            let path = self.in_folder(MASTER).unwrap_or_default();
            let master = if path.exists() { MasterKey::read(&path)? } else { MasterKey::make(&path)? };
            self.open(master).await
        };
        self.files.get_or_try_init(begin).await.cloned()
    }

    /// The ballots of survey batches; none where there never was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ballots(&self) -> Result<Option<Ballots>, StoreError> {
        let there = self.in_folder(BALLOTS).is_none_or(|path| path.exists());
        if there { self.ballots_begun().await.map(Some) } else { Ok(None) }
    }

    /// The same; begun where there never was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ballots_begun(&self) -> Result<Ballots, StoreError> {
        Ballots::open(&self.database(BALLOTS, "ballots")).await
    }

    /// A file of the data folder, where there is one.
    fn in_folder(&self, file: &str) -> Option<PathBuf> {
        match &self.keys {
            KeptIn::Folder(home) => Some(home.join(file)),
            KeptIn::Database { .. } => None,
        }
    }

    /// Where something is kept: a file of the data folder, or a schema.
    fn database(&self, file: &str, schema: &'static str) -> Place {
        match &self.keys {
            KeptIn::Folder(home) => home.join(file).into(),
            KeptIn::Database { server, .. } => Place::Schema { server: server.clone(), schema, role: Role::Intake },
        }
    }

    /// Closes the keys, if they were opened. They stay open while somebody else holds the files.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn close(self) -> Result<(), FileError> {
        match self.files.into_inner().and_then(Arc::into_inner) {
            Some(files) => files.close().await,
            None => Ok(()),
        }
    }

    async fn open(&self, master: MasterKey) -> Result<Arc<Files>, FileError> {
        let objects = Objects::open(&self.place)?;
        Ok(Arc::new(Files::open(objects, &self.database(KEYS, "keys"), Box::new(master)).await?))
    }
}

#[async_trait]
impl StoredFiles for Store {
    async fn first_missing(&self, unit: Option<&UnitId>, files: &[Evidence]) -> Result<Option<Hash>, String> {
        let Some(store) = self.there().await.map_err(|e| e.to_string())? else {
            return Ok(files.first().map(|file| file.address));
        };
        for file in files {
            if !store.answers_to(unit, file).await.map_err(|e| e.to_string())? {
                return Ok(Some(file.address));
            }
        }
        Ok(None)
    }
}
