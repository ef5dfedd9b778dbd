//! The keys of files: a store of its own, apart from the files and from the log, so that a key that is destroyed here is gone
//! (RULINGS 29). What stands in a row is wrapped by the master key; the database by itself opens nothing.

mod batches;

use platform::db::{DbError, Place, Schema, Writer};
use platform::on;
use proto::act::sheet::Evidence;
use proto::stored_file::FileSecrets;
use proto::{Hash, UnitId};

use super::master::Wrap;
use super::sealed::NotSealed;

const FILES_DDL: &str = "CREATE TABLE IF NOT EXISTS files (address TEXT PRIMARY KEY, unit TEXT NOT NULL, media_type TEXT NOT NULL, \
    size BIGINT NOT NULL, fingerprint TEXT NOT NULL, sealed BYTEA NOT NULL)";
const FILE_WRITE: &str =
    "INSERT INTO files (address, unit, media_type, size, fingerprint, sealed) VALUES ($1, $2, $3, $4, $5, $6)";
const FILE_READ: &str = "SELECT unit, media_type, size, sealed FROM files WHERE address = $1";
const FILE_AGAIN: &str = "SELECT address FROM files WHERE unit = $1 AND fingerprint = $2 ORDER BY address LIMIT 1";
const UNIT_BYTES: &str = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM files WHERE unit = $1";

type Row = (String, String, i64, Vec<u8>);

fn schema() -> Schema {
    Schema { name: "keys", format: 1, ddl: vec![FILES_DDL.to_owned(), batches::BATCHES_DDL.to_owned()] }
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// A row does not open: it was changed, or the master key is another one.
    #[error("file_key_damaged: the key of {0} does not open by this master key")]
    Damaged(Hash),
    /// The same, of a batch of ballots.
    #[error("batch_key_damaged: the key of the batch {0} does not open by this master key")]
    BatchDamaged(String),
}

/// A row, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Whose it is.
    pub unit: UnitId,
    /// What it is.
    pub media_type: String,
    /// Stored bytes.
    pub size: u64,
    /// The rest.
    pub secrets: FileSecrets,
}

/// The store.
pub struct Keys {
    db: Writer,
    wrap: Box<dyn Wrap>,
}

impl Keys {
    /// Opens the store, making it if it is not there.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn open(place: &Place, wrap: Box<dyn Wrap>) -> Result<Self, KeysError> {
        Ok(Self { db: Writer::of_what_can_be_destroyed(place, schema()).await?, wrap })
    }

    /// Keeps a file's key. Once this returns it outlasts a power loss.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn keep(&self, unit: &UnitId, evidence: &Evidence, secrets: &FileSecrets) -> Result<(), KeysError> {
        let address = evidence.address.to_string();
        let damaged = || KeysError::Damaged(evidence.address);
        let bytes = proto::canon::to_vec(secrets).map_err(|_| damaged())?;
        let sealed = self.wrap.wrap(address.as_bytes(), &bytes).map_err(|NotSealed| damaged())?;
        let fingerprint = self.wrap.fingerprint(&secrets.opening.digest.0).to_string();
        let (unit, media_type) = (unit.to_string(), evidence.media_type.clone());
        let size = i64::try_from(evidence.size).map_err(|_| damaged())?;
        let mut db = self.db.writing().await?;
        on!(db.at(), db => {
            let row = sqlx::query(FILE_WRITE).bind(address).bind(unit).bind(media_type).bind(size);
            row.bind(fingerprint).bind(sealed).execute(db).await?;
        });
        Ok(())
    }

    /// What is kept of a file; none where it never was, or was destroyed.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn find(&self, address: Hash) -> Result<Option<FileRecord>, KeysError> {
        let name = address.to_string();
        let mut db = self.db.writing().await?;
        let row: Option<Row> =
            on!(db.at(), db => sqlx::query_as(FILE_READ).bind(name.clone()).fetch_optional(db).await?);
        let Some((unit, media_type, size, sealed)) = row else { return Ok(None) };
        let damaged = || KeysError::Damaged(address);
        let bytes = self.wrap.unwrap(name.as_bytes(), &sealed).map_err(|NotSealed| damaged())?;
        let secrets = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        let unit = UnitId::parse(&unit).map_err(|_| damaged())?;
        Ok(Some(FileRecord { unit, media_type, size: u64::try_from(size).map_err(|_| damaged())?, secrets }))
    }

    /// Where the same bytes stand that a unit has sent before.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn again(&self, unit: &UnitId, digest: Hash) -> Result<Option<Hash>, KeysError> {
        let (unit, fingerprint) = (unit.to_string(), self.wrap.fingerprint(&digest.0).to_string());
        let mut db = self.db.writing().await?;
        let found: Option<String> =
            on!(db.at(), db => sqlx::query_scalar(FILE_AGAIN).bind(unit).bind(fingerprint).fetch_optional(db).await?);
        Ok(found.and_then(|address| Hash::parse(&address).ok()))
    }

    /// How many bytes are stored for a unit.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn bytes_of(&self, unit: &UnitId) -> Result<u64, KeysError> {
        let unit = unit.to_string();
        let mut db = self.db.writing().await?;
        let sum: i64 = on!(db.at(), db => sqlx::query_scalar(UNIT_BYTES).bind(unit).fetch_one(db).await?);
        Ok(u64::try_from(sum).unwrap_or(u64::MAX))
    }

    /// Whether it can be asked now.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn answers(&self) -> Result<(), KeysError> {
        self.db.writing().await.map(drop)?;
        Ok(())
    }

    /// Closes it.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn close(self) -> Result<(), KeysError> {
        Ok(self.db.close().await?)
    }
}
