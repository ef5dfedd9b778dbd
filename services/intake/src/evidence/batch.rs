//! Files that batches of ballots come in, and the keys of batches. Such a file is taken only by whoever has read all of it as
//! ballots: it is known by that, and not by a look at its ends.

use proto::{Hash, UnitId};
use tokio::io::AsyncRead;

use super::kind::FileKind;
use super::sealed::FileKey;
use super::{FileError, Files, TakenIn};

/// What a batch comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFile {
    /// A table as text.
    Table,
    /// A workbook.
    Workbook,
}

impl BatchFile {
    fn media_type(self) -> &'static str {
        match self {
            Self::Table => "text/csv",
            Self::Workbook => FileKind::Xlsx.media_type(),
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Table => &["csv", "tsv", "txt"],
            Self::Workbook => FileKind::Xlsx.endings(),
        }
    }
}

impl Files {
    /// Takes in the file that a batch comes in. Where reading it fails, as it does when whoever reads its ballots finds a fault,
    /// nothing of it is kept.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn take_in_batch(
        &self,
        (unit, name): (&UnitId, &str),
        kind: BatchFile,
        plain: impl AsyncRead + Unpin,
    ) -> Result<TakenIn, FileError> {
        let media_type = |_: &_, name: &str| {
            let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
            let fits = kind.endings().contains(&ending.as_str());
            if fits { Ok(kind.media_type()) } else { Err(FileError::Ending { ending, kind: kind.media_type() }) }
        };
        self.take_in_as((unit, name, ""), plain, media_type).await
    }

    /// Makes a batch's key, in the place of one whose batch never came to its end.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn make_batch_key(&self, batch: &str) -> Result<FileKey, FileError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        self.keys.destroy_batch(batch).await?;
        self.keys.keep_batch(batch, &key).await?;
        Ok(key)
    }

    /// A batch's key; none where it was destroyed.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn batch_key(&self, batch: &str) -> Result<Option<FileKey>, FileError> {
        Ok(self.keys.find_batch(batch).await?)
    }

    /// The digest of a stored file's plain bytes; none where its key was destroyed.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn digest_of(&self, address: Hash) -> Result<Option<Hash>, FileError> {
        Ok(self.keys.find(address).await?.map(|record| record.secrets.opening.digest))
    }

    /// Destroys a batch's key.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn destroy_batch_key(&self, batch: &str) -> Result<bool, FileError> {
        Ok(self.keys.destroy_batch(batch).await?)
    }

    /// Destroys a file's key, and what opens the log's commitments to it: its bytes stay, and nothing opens them. Says whether there was
    /// anything.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn destroy_key(&self, address: Hash) -> Result<bool, FileError> {
        Ok(self.keys.destroy_file(address).await?)
    }

    /// The same, for whoever destroys many: it stands in the database's files until [`Files::leave_no_trace`].
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn forget_key(&self, address: Hash) -> Result<bool, FileError> {
        Ok(self.keys.forget_file(address).await?)
    }

    /// Has what was destroyed leave the database's files.
    ///
    /// # Errors
    /// [`FileError`]; it is then to be done again.
    pub async fn leave_no_trace(&self) -> Result<(), FileError> {
        Ok(self.keys.leave_no_trace().await?)
    }

    /// Whether files and keys can be asked for now.
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn answers(&self) -> Result<(), FileError> {
        self.keys.answers().await?;
        // Whether there is such a file does not matter.
        self.objects.bytes(&Hash([0; 32]).to_string()).await?;
        Ok(())
    }
}
