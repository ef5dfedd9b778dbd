//! The files of units by right: taken in from those who fill in a unit's sheet, handed out to those who may open them, each on record
//! before its first byte leaves. What somebody may do the log says, every time anew; nobody reaches a file but through here.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{FilesOf, World, may_open, may_send};
use futures::{StreamExt, stream};
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::ports::{HandedOut, Pieces, UnitFiles};
use platform::restore::{END, restore};
use proto::access::AccessKind;
use proto::act::sheet::Evidence;
use proto::commitment::commit;
use proto::fold::Streams;
use proto::kept_file::{ADDRESSES_MAX, FileBrought, FileQuery, FilesQuery, KeptFile};
use proto::stored_file::FileTaken;
use proto::{Hash, Principal, Rejection};
use tokio_util::io::StreamReader;

use crate::access::{Access, AccessLog};
use crate::evidence::{FileRecord, Outgoing, Store, plain_bytes};

/// The files of units, by right.
pub struct FilesByRight {
    /// The files.
    pub store: Arc<Store>,
    /// Who was handed what.
    pub access: AccessLog,
    /// The log, which says who may do what.
    pub feed: SharedFeed,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

#[async_trait]
impl UnitFiles for FilesByRight {
    async fn take_in(
        &self,
        principal: &Principal,
        file: FileBrought,
        pieces: Pieces<'_>,
    ) -> Result<FileTaken, Rejection> {
        let of = FilesOf { round: &file.round, unit: &file.unit };
        may_send(&self.world(of).await?, principal, self.clock.now(), of)?;
        let files = self.store.begun().await?;
        let taken = files.take_in((&file.unit, &file.name, &file.page), StreamReader::new(pieces)).await?;
        Ok(FileTaken { receipt: taken.receipt, again: taken.again })
    }

    async fn kept(&self, principal: &Principal, query: FilesQuery) -> Result<Vec<KeptFile>, Rejection> {
        let of = FilesOf { round: &query.round, unit: &query.unit };
        may_send(&self.world(of).await?, principal, self.clock.now(), of)?;
        let Some(files) = self.store.there().await? else { return Ok(Vec::new()) };
        let mut kept = Vec::new();
        for address in query.addresses.into_iter().take(ADDRESSES_MAX) {
            let record = files.record(address).await?.filter(|record| record.unit == query.unit);
            kept.extend(record.map(|record| file(address, record)));
        }
        Ok(kept)
    }

    async fn hand_out(&self, principal: &Principal, query: FileQuery) -> Result<HandedOut, Rejection> {
        let FileQuery { round, unit, address } = query;
        let of = FilesOf { round: &round, unit: &unit };
        let allowed = may_open(&self.world(of).await?, principal, self.clock.now(), (of, address));
        if let Err(rejection) = allowed {
            if matches!(rejection, Rejection::FileNotOpen { .. }) {
                self.record(principal, address, AccessKind::Refuse).await?;
            }
            return Err(rejection);
        }
        let missing = || Rejection::FileMissing { address };
        let files = self.store.there().await?.ok_or_else(missing)?;
        let mut file = files.open_file(address).await?;
        if file.record.unit != unit {
            return Err(missing());
        }
        // What stands at the beginning is opened before anything is promised.
        let first = file.piece().await?;
        self.record(principal, address, AccessKind::HandOut).await?;
        Ok(HandedOut {
            media_type: file.record.media_type.clone(),
            bytes: file.bytes(),
            kept_as: attachment(address, &file.record.secrets.opening.name),
            pieces: pieces(first, file),
        })
    }
}

impl FilesByRight {
    /// What the log says of people, and of a unit's sheet.
    async fn world(&self, of: FilesOf<'_>) -> Result<World, Rejection> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants, Streams::Sheet(of.round.clone(), of.unit.clone())] {
            let restored = restore(&*self.feed, &mut world, streams, END).await;
            restored.map_err(|error| Rejection::FilesUnusable { detail: error.to_string() })?;
        }
        Ok(world)
    }

    async fn record(&self, principal: &Principal, address: Hash, kind: AccessKind) -> Result<(), Rejection> {
        let access = Access { principal, address, at: self.clock.now(), kind };
        let recorded = self.access.put(access).await;
        recorded.map_err(|error| Rejection::FilesUnusable { detail: error.to_string() })
    }
}

/// What its own unit sees of a file.
fn file(address: Hash, FileRecord { media_type, size, secrets, .. }: FileRecord) -> KeptFile {
    let opening = secrets.opening;
    let evidence = Evidence {
        address,
        size,
        media_type,
        page: String::new(),
        digest_commitment: commit(&opening.digest_salt.0, &opening.digest.0),
        name_commitment: commit(&opening.name_salt.0, opening.name.as_bytes()),
    };
    KeptFile { evidence, name: opening.name, bytes: plain_bytes(size) }
}

/// The bytes of a file. Where one does not open any more the stream breaks off, so that nobody takes what came for the whole.
fn pieces(first: Option<Bytes>, file: Outgoing) -> Pieces<'static> {
    let rest = stream::try_unfold(file, async |mut file| {
        let piece = file.piece().await.inspect_err(|error| tracing::error!(%error, "intake.hand_out_broke_off"));
        Ok(piece.map_err(io::Error::other)?.map(|piece| (piece, file)))
    });
    stream::iter(first.map(Ok)).chain(rest).boxed()
}

/// How a file is to be kept by whoever receives it: under its own name, and by its address where names are plain (RFC 6266, 8187).
fn attachment(address: Hash, name: &str) -> String {
    let spelled: String = name.bytes().map(spelled).collect();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let plain = if ending.bytes().all(|b| b.is_ascii_alphanumeric()) { ending } else { "" };
    format!("attachment; filename=\"{address}.{plain}\"; filename*=UTF-8''{spelled}")
}

fn spelled(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}
