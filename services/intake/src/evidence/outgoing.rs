//! A file on its way out: decrypted and verified piece by piece, as it was taken in. No byte leaves that was not sealed under the
//! file's key.

use bytes::Bytes;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use platform::objects::ObjectsError;
use proto::Hash;
use proto::hash::Digesting;

use super::FileError;
use super::keys::FileRecord;
use super::sealed::{NotSealed, Opening, plain_bytes};

/// A file that is being handed out.
pub struct Outgoing {
    /// What is kept of it.
    pub record: FileRecord,
    address: Hash,
    stored: BoxStream<'static, Result<Bytes, ObjectsError>>,
    /// None once the last chunk was opened.
    opening: Option<Opening>,
    digest: Digesting,
}

impl Outgoing {
    pub(super) fn new(
        address: Hash,
        record: FileRecord,
        stored: BoxStream<'static, Result<Bytes, ObjectsError>>,
    ) -> Self {
        let opening = Some(Opening::begin(record.secrets.key.0));
        Self { record, address, stored, opening, digest: Digesting::default() }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        plain_bytes(self.record.size)
    }

    /// The next bytes; none once the file has come whole. What came before an error is not the file.
    ///
    /// # Errors
    /// [`FileError::Altered`] where the stored bytes are not those that were sealed; what the store says.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, FileError> {
        let altered = |NotSealed| FileError::Altered(self.address);
        while let Some(opening) = &mut self.opening {
            let plain = match self.stored.try_next().await? {
                Some(piece) => opening.take(&piece).map_err(altered)?,
                None => self.opening.take().map_or(Err(NotSealed), Opening::end).map_err(altered)?,
            };
            self.digest.take(&plain);
            if self.opening.is_none() && self.digest.clone().digest() != self.record.secrets.opening.digest {
                return Err(FileError::Altered(self.address));
            }
            if !plain.is_empty() {
                return Ok(Some(plain.into()));
            }
        }
        Ok(None)
    }
}
