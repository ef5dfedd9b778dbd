//! Dossiers for pages: made by the inspector in a file that nobody else sees, put on record in the access log, and sent from there.
//! One is made at a time, under the newest checkpoint of the folder's own signer.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Bytes;
use inspector::{DossierError, OfScore, ProveError, Seal, Source, export_round, export_score, print_publication};
use intake::FilesByRight;
use intake::access::Access;
use platform::ports::{Dossiers, HandedOut, NoDossier};
use proto::access::AccessKind;
use proto::dossier::Manifest;
use proto::dossier_asked::{DossierAsked, DossierUnder};
use proto::{Hash, Origin, Principal};
use signer::Store;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::against::BelievedArgs;
use crate::folder::Folder;
use crate::signing::STORE;

/// How much of a dossier is sent at once, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// Whoever makes dossiers of a data folder's log.
pub struct OnRequest {
    folder: Folder,
    origin: Origin,
    source: Source,
    files: Arc<FilesByRight>,
    one: Semaphore,
}

impl OnRequest {
    /// Of a folder whose files are kept, so that there is a record of who was handed what.
    pub fn new((folder, origin): (Folder, Origin), source: Source, files: Arc<FilesByRight>) -> Self {
        Self { folder, origin, source, files, one: Semaphore::new(1) }
    }

    /// The newest checkpoint, and the signer's own keys as whom to believe.
    fn seal(&self) -> Result<Option<Seal>, NoDossier> {
        let store = Store::of(&self.folder.file(STORE));
        let Some(checkpoint) = store.checkpoint().map_err(failed)? else { return Ok(None) };
        let policy = BelievedArgs::of_keys(&store.keys().map_err(failed)?);
        Seal::new(checkpoint, policy).map(Some).map_err(failed)
    }
}

/// A dossier that was made: what identifies it, how it is kept, and where it lies.
struct Made {
    address: Hash,
    media_type: &'static str,
    name: String,
    file: File,
}

#[async_trait]
impl Dossiers for OnRequest {
    async fn under(&self) -> Result<Option<DossierUnder>, NoDossier> {
        let head = self.seal()?.map(|seal| seal.head());
        Ok(head.map(|head| DossierUnder { size: head.size, root: head.root }))
    }

    async fn hand_out(&self, principal: &Principal, asked: DossierAsked) -> Result<HandedOut, NoDossier> {
        let _one = self.one.try_acquire().map_err(|_| NoDossier::Busy)?;
        let seal = self.seal()?.ok_or(NoDossier::Unsigned)?;
        let (source, origin, beside) = (self.source.clone(), self.origin.clone(), self.folder.file("."));
        let (handle, asking) = (Handle::current(), asked);
        // Reading waits, and packing does not: it is not to be done where others are answered.
        let made =
            tokio::task::spawn_blocking(move || handle.block_on(made((&source, &origin), &asking, &seal, &beside)));
        let made = made.await.map_err(failed)??;
        let access = Access { principal, address: made.address, at: self.files.clock.now(), kind: AccessKind::HandOut };
        self.files.access.put(access).await.map_err(failed)?;
        let bytes = made.file.metadata().map_err(failed)?.len();
        Ok(HandedOut {
            media_type: made.media_type.to_owned(),
            bytes,
            kept_as: format!("attachment; filename=\"{}\"", made.name),
            pieces: Box::pin(futures::stream::try_unfold(made.file, piece)),
        })
    }
}

/// The next piece of a file, and what is left of it.
async fn piece(mut file: File) -> std::io::Result<Option<(Bytes, File)>> {
    let read = tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; PIECE_BYTES];
        let read = file.read(&mut piece)?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((piece, file))
    });
    let (piece, file) = read.await??;
    Ok((!piece.is_empty()).then_some((piece.into(), file)))
}

/// Makes a dossier in a file without a name, on the disk that the folder is on.
async fn made(log: (&Source, &Origin), asked: &DossierAsked, seal: &Seal, beside: &Path) -> Result<Made, NoDossier> {
    let mut file = tempfile::tempfile_in(beside).map_err(failed)?;
    let zip = |manifest: Manifest, name: String| Ok((dossier_id(&manifest)?, "application/zip", name));
    let (address, media_type, name) = match asked {
        DossierAsked::Round { round } => {
            let out = BufWriter::with_capacity(PIECE_BYTES, &file);
            let manifest = export_round(log, round, seal, out, |_| ()).await.map_err(why)?;
            zip(manifest, format!("dossier-{round}.zip"))?
        }
        DossierAsked::Score { round, unit, leaf, complete } => {
            let of = OfScore { round: round.clone(), unit: unit.clone(), leaf: leaf.clone(), complete: *complete };
            let manifest = export_score(log, &of, seal, &file).await.map_err(why)?;
            let leaf = leaf.as_ref().map_or(String::new(), |leaf| format!("-{leaf}"));
            zip(manifest, format!("dossier-{round}-{unit}{leaf}.zip"))?
        }
        DossierAsked::Publication { round, publication } => {
            let printed = print_publication(log, round, Some(*publication), seal).await.map_err(why)?;
            file.write_all(printed.sheet.as_bytes()).map_err(failed)?;
            let address = Hash::digest(printed.sheet.as_bytes());
            (address, "image/svg+xml", format!("publication-{round}-{publication}.svg"))
        }
    };
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(Made { address, media_type, name, file })
}

/// What identifies a dossier: the digest of its manifest.
fn dossier_id(manifest: &Manifest) -> Result<Hash, NoDossier> {
    Ok(Hash::digest(&proto::canon::to_vec(manifest).map_err(failed)?))
}

fn failed(error: impl std::fmt::Display) -> NoDossier {
    NoDossier::Failed(error.to_string())
}

fn why(error: DossierError) -> NoDossier {
    match error {
        DossierError::Unknown(code) => NoDossier::Unknown(code),
        DossierError::History(error) if matches!(*error, ProveError::NoAnchor(_)) => {
            NoDossier::Unknown("anchor_missing")
        }
        other => failed(other),
    }
}
