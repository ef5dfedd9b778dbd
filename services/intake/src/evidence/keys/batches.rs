//! The keys of batches of ballots, wrapped by the master key like those of files; and how a key is destroyed. A key that is
//! destroyed stands in no page of the database any more.

use platform::on;
use proto::Hash;

use super::super::sealed::{FileKey, NotSealed};
use super::{Keys, KeysError};

pub const BATCHES_DDL: &str = "CREATE TABLE IF NOT EXISTS batches (batch TEXT PRIMARY KEY, sealed BYTEA NOT NULL)";
const BATCH_WRITE: &str = "INSERT INTO batches (batch, sealed) VALUES ($1, $2)";
const BATCH_READ: &str = "SELECT sealed FROM batches WHERE batch = $1";
const BATCH_DESTROY: &str = "DELETE FROM batches WHERE batch = $1";
const FILE_DESTROY: &str = "DELETE FROM files WHERE address = $1";

/// What a batch's key is wrapped for: never a file's address.
fn bound(batch: &str) -> Vec<u8> {
    [b"batch\0", batch.as_bytes()].concat()
}

impl Keys {
    /// Keeps a batch's key. Once this returns it outlasts a power loss.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn keep_batch(&self, batch: &str, key: &FileKey) -> Result<(), KeysError> {
        let wrapped = self.wrap.wrap(&bound(batch), key);
        let wrapped = wrapped.map_err(|NotSealed| KeysError::BatchDamaged(batch.to_owned()))?;
        let mut db = self.db.writing().await?;
        on!(db.at(), db => {
            sqlx::query(BATCH_WRITE).bind(batch.to_owned()).bind(wrapped).execute(db).await?;
        });
        Ok(())
    }

    /// A batch's key; none where it never was, or was destroyed.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn find_batch(&self, batch: &str) -> Result<Option<FileKey>, KeysError> {
        let mut db = self.db.writing().await?;
        let wrapped: Option<Vec<u8>> =
            on!(db.at(), db => sqlx::query_scalar(BATCH_READ).bind(batch.to_owned()).fetch_optional(db).await?);
        let Some(wrapped) = wrapped else { return Ok(None) };
        let damaged = || KeysError::BatchDamaged(batch.to_owned());
        let key = self.wrap.unwrap(&bound(batch), &wrapped).map_err(|NotSealed| damaged())?;
        Ok(Some(key.try_into().map_err(|_| damaged())?))
    }

    /// Destroys a batch's key: no ballot of it opens any more. Says whether there was one.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn destroy_batch(&self, batch: &str) -> Result<bool, KeysError> {
        self.destroy(BATCH_DESTROY, batch).await
    }

    /// Destroys a file's key: the file does not open any more. Says whether there was one.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn destroy_file(&self, address: Hash) -> Result<bool, KeysError> {
        self.destroy(FILE_DESTROY, &address.to_string()).await
    }

    /// The same, for whoever destroys many: they stand in the database's files until [`Keys::leave_no_trace`].
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn forget_file(&self, address: Hash) -> Result<bool, KeysError> {
        self.forget(FILE_DESTROY, &address.to_string()).await
    }

    /// Has what was destroyed leave the database's files.
    ///
    /// # Errors
    /// [`KeysError`]; it is then to be done again.
    pub async fn leave_no_trace(&self) -> Result<(), KeysError> {
        Ok(self.db.leave_no_trace().await?)
    }

    async fn destroy(&self, statement: &'static str, what: &str) -> Result<bool, KeysError> {
        let gone = self.forget(statement, what).await?;
        self.leave_no_trace().await?;
        Ok(gone)
    }

    async fn forget(&self, statement: &'static str, what: &str) -> Result<bool, KeysError> {
        let mut db = self.db.writing().await?;
        let gone = on!(db.at(), db => {
            sqlx::query(statement).bind(what.to_owned()).execute(db).await?.rows_affected()
        });
        Ok(gone > 0)
    }
}
