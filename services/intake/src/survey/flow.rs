//! A batch's bytes on their way: from its file to whoever reads ballots in it, to the store of files and to that of ballots, all at
//! once and within bounds. None of them takes for whole what the others did not.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use proto::Hash;
use proto::tree::CompactRange;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::sync::{mpsc, oneshot};

use super::asks::Asks;
use super::count::{Counting, Marked};
use super::error::SurveyError;
use super::read::Reading;
use super::sealed::{Salts, Sealed, Vault, ballot, opening};
use super::store::{Ballots, Lot};
use super::taken::Sent;
use super::workbook;
use crate::evidence::{BatchFile, Files, TakenIn};

/// How many ballots are written in one transaction.
const LOT: usize = 4_096;
/// How much of a file is read at once.
pub const PIECE_BYTES: usize = 1 << 16;
/// How many pieces, or lots, may wait for whoever takes them.
const WAITING: usize = 4;

/// What was read of a whole file.
pub struct Counted {
    pub counting: Counting,
    pub root: Hash,
}

/// Where the ballots of a batch go.
pub struct Store<'a> {
    pub ballots: &'a mut Ballots,
    pub id: i64,
}

impl Store<'_> {
    async fn write(&mut self, mut lots: mpsc::Receiver<Lot>) -> Result<(), SurveyError> {
        while let Some(lot) = lots.recv().await {
            self.ballots.add(self.id, lot).await?;
        }
        Ok(())
    }
}

/// Reads until a buffer is full or the file ends.
pub async fn read_up(file: &mut (impl AsyncRead + Unpin), into: &mut [u8]) -> Result<usize, std::io::Error> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read(&mut into[filled..]).await? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Ballots on their way from whoever reads them to the store.
struct Sealer {
    asks: Arc<Asks>,
    vault: Vault,
    salts: Salts,
    range: CompactRange,
    lot: Lot,
    to: mpsc::Sender<Lot>,
}

impl Sealer {
    fn new(asks: &Arc<Asks>, vault: Vault, to: mpsc::Sender<Lot>) -> Self {
        let (salts, range, lot) = (Salts::default(), CompactRange::default(), Lot::default());
        Self { asks: Arc::clone(asks), vault, salts, range, lot, to }
    }

    fn take(&mut self, read: Vec<Marked>) -> Result<(), SurveyError> {
        for marked in read {
            let (entry, bytes) = opening(ballot(marked, &self.asks), self.salts.next()?)?;
            let index = self.range.size();
            self.range.append(entry);
            self.lot.entries.push(entry);
            self.lot.sealed.push(self.vault.seal(Sealed::Ballot(index), &bytes)?);
            if self.lot.entries.len() == LOT {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), SurveyError> {
        let next = Lot { first: self.range.size(), ..Lot::default() };
        let lot = std::mem::replace(&mut self.lot, next);
        self.to.blocking_send(lot).map_err(|_| SurveyError::Stopped)
    }

    fn end(mut self, read: Vec<Marked>, counting: Counting) -> Result<Counted, SurveyError> {
        self.take(read)?;
        if !self.lot.entries.is_empty() {
            self.hand_on()?;
        }
        Ok(Counted { counting, root: self.range.root() })
    }
}

/// The file as it is kept, and what was counted of it.
type Whole = (TakenIn, Counted);

/// A table as text: read in one pass, while it is stored and its ballots are written.
pub async fn table(
    files: &Files,
    store: &mut Store<'_>,
    asks: &Arc<Asks>,
    sent: &Sent,
    vault: Vault,
    (head, file): (Vec<u8>, impl AsyncRead + Unpin),
) -> Result<Whole, SurveyError> {
    let (to_reader, mut pieces) = mpsc::channel::<Bytes>(WAITING);
    let (to_files, handed) = mpsc::channel(WAITING);
    let (to_store, lots) = mpsc::channel(WAITING);
    let (well, ended) = oneshot::channel();
    let (asks, encoding) = (Arc::clone(asks), sent.encoding);
    let reader = tokio::task::spawn_blocking(move || {
        let (mut reading, mut sealer) = (Reading::begin(&asks, encoding, true), Sealer::new(&asks, vault, to_store));
        let read = (|| {
            while let Some(piece) = pieces.blocking_recv() {
                reading.take(&piece);
                sealer.take(reading.ready())?;
                if reading.is_stopped() {
                    break;
                }
            }
            let (counting, rest) = reading.end()?;
            sealer.end(rest, counting)
        })();
        // Whoever stores the file must know that its end is the end of a batch.
        let _ = well.send(read.is_ok());
        read
    });
    let pump = pump((head, file), to_reader, to_files, ended);
    let kept = files.take_in_batch((&sent.unit, &sent.name), BatchFile::Table, Handed::from(handed));
    let (pumped, kept, written, read) = tokio::join!(pump, kept, store.write(lots), reader);
    // What is wrong with the file is said before what follows from it.
    let counted = match read? {
        Err(SurveyError::Stopped) => return Err(written.err().unwrap_or(SurveyError::Stopped)),
        read => read?,
    };
    pumped?;
    written?;
    Ok((kept?, counted))
}

/// Hands the file's bytes to whoever reads and to whoever stores it. The store is told that the file is whole only once it was read
/// as a batch.
async fn pump(
    (head, mut file): (Vec<u8>, impl AsyncRead + Unpin),
    to_reader: mpsc::Sender<Bytes>,
    to_files: mpsc::Sender<std::io::Result<Bytes>>,
    ended: oneshot::Receiver<bool>,
) -> Result<(), std::io::Error> {
    let mut piece = head;
    while !piece.is_empty() {
        let bytes = Bytes::from(std::mem::take(&mut piece));
        if to_files.send(Ok(bytes.clone())).await.is_err() || to_reader.send(bytes).await.is_err() {
            break;
        }
        piece.resize(PIECE_BYTES, 0);
        let read = file.read(&mut piece).await;
        if let Err(error) = &read {
            // Neither the reader nor the store may take a file that broke off for a whole one.
            let _ = to_files.send(Err(std::io::Error::new(error.kind(), "the file broke off"))).await;
        }
        piece.truncate(read?);
    }
    drop(to_reader);
    if !ended.await.unwrap_or(false) {
        let _ = to_files.send(Err(std::io::Error::other("its ballots are not taken"))).await;
    }
    Ok(())
}

/// A workbook: whole in memory, within its limit, because the list of what is in it stands at its end.
pub async fn book(
    files: &Files,
    store: &mut Store<'_>,
    asks: &Arc<Asks>,
    sent: &Sent,
    vault: Vault,
    (head, file): (Vec<u8>, impl AsyncRead + Unpin),
) -> Result<Whole, SurveyError> {
    let mut bytes = head;
    let most = (workbook::WORKBOOK_BYTES_MAX + 1).saturating_sub(bytes.len());
    file.take(most as u64).read_to_end(&mut bytes).await?;
    let (bytes, asks) = (Bytes::from(bytes), Arc::clone(asks));
    let (to_store, lots) = mpsc::channel(WAITING);
    let stored = bytes.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let mut sealer = Sealer::new(&asks, vault, to_store);
        let mut failed = None;
        let counting = workbook::read(&bytes, &asks, true, |read| {
            if failed.is_none() {
                failed = sealer.take(read).err();
            }
        })?;
        failed.map_or_else(|| sealer.end(Vec::new(), counting), Err)
    });
    let (written, read) = tokio::join!(store.write(lots), reader);
    let counted = match read? {
        Err(SurveyError::Stopped) => return Err(written.err().unwrap_or(SurveyError::Stopped)),
        read => read?,
    };
    written?;
    let kept = files.take_in_batch((&sent.unit, &sent.name), BatchFile::Workbook, &stored[..]).await?;
    Ok((kept, counted))
}

/// Bytes that somebody else hands over.
struct Handed {
    from: mpsc::Receiver<std::io::Result<Bytes>>,
    rest: Bytes,
}

impl From<mpsc::Receiver<std::io::Result<Bytes>>> for Handed {
    fn from(from: mpsc::Receiver<std::io::Result<Bytes>>) -> Self {
        Self { from, rest: Bytes::new() }
    }
}

impl AsyncRead for Handed {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if self.rest.is_empty() {
            match std::task::ready!(self.from.poll_recv(cx)) {
                None => return Poll::Ready(Ok(())),
                Some(handed) => self.rest = handed?,
            }
        }
        let fits = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest.split_to(fits));
        Poll::Ready(Ok(()))
    }
}
