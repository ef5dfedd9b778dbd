//! The port to the files of units, for pages on which people send and open them. Every question is answered by right, asked of the log anew;
//! a file crosses it as a stream, and is never whole in memory.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use proto::kept_file::{FileBrought, FileQuery, FilesQuery, KeptFile};
use proto::stored_file::FileTaken;
use proto::{Principal, Rejection};

/// The bytes of a file as they come.
pub type Pieces<'a> = BoxStream<'a, io::Result<Bytes>>;

/// A file on its way out. Where it breaks off, what came is not the file.
pub struct HandedOut {
    /// Its media type.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// How whoever receives it is to keep it: the value of a header `Content-Disposition`.
    pub kept_as: String,
    /// The bytes.
    pub pieces: Pieces<'static>,
}

/// The files of units.
#[async_trait]
pub trait UnitFiles: Send + Sync {
    /// Takes a file in, for those who fill in the unit's sheet. Nothing is read of it before that is known. Once this returns, the file
    /// outlasts a power loss.
    async fn take_in(
        &self,
        principal: &Principal,
        file: FileBrought,
        pieces: Pieces<'_>,
    ) -> Result<FileTaken, Rejection>;

    /// What is kept of files of the unit, for those who fill in its sheet. One that is not there, or not the unit's, is left out.
    async fn kept(&self, principal: &Principal, query: FilesQuery) -> Result<Vec<KeptFile>, Rejection>;

    /// Hands a file out to those who may open it. That is on record before its first byte leaves.
    async fn hand_out(&self, principal: &Principal, query: FileQuery) -> Result<HandedOut, Rejection>;
}

/// Shared files of units.
pub type SharedUnitFiles = Arc<dyn UnitFiles>;
