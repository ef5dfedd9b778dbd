//! A batch's bytes on their way: from its file to whoever reads ballots in it, to the store of files and to that of ballots, all at
//! once and within bounds. None of them takes for whole what the others did not.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::{StreamExt, stream};
use proto::Hash;
use proto::tree::CompactRange;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::sync::{mpsc, oneshot};

use super::asks::Asks;
use super::count::{Counting, Marked};
use super::error::SurveyError;
use super::legend::Legend;
use super::read::Reading;
use super::sealed::Vault;
use super::sealer::{LOT_BALLOTS, Sealer};
use super::store::Ballots;
use super::taken::Sent;
use super::workbook;
use crate::evidence::{BatchFile, Files, TakenIn};

/// How much of a file is read at once.
pub const PIECE_BYTES: usize = 1 << 18;
/// How many pieces may wait for whoever takes them.
const WAITING: usize = 4;
/// How many lots of ballots may wait to be sealed, and how many are sealed at once.
const LOTS_WAITING: usize = 2;
const SEALING: usize = 2;

/// What was read of a whole file.
pub struct Counted {
    pub counting: Counting,
    pub root: Hash,
    pub legend: Legend,
}

/// Where the ballots of a batch go.
pub struct Store<'a> {
    pub ballots: &'a mut Ballots,
    pub id: i64,
}

impl Store<'_> {
    /// Seals ballots and writes them, in order; gives the root of their tree.
    async fn write(&mut self, sealer: Sealer, read: mpsc::Receiver<Vec<Marked>>) -> Result<Hash, SurveyError> {
        let (sealer, mut first) = (Arc::new(sealer), 0);
        let lots = stream::unfold(read, async |mut read| Some((read.recv().await?, read))).map(move |lot| {
            let (sealer, index) = (Arc::clone(&sealer), first);
            first += lot.len() as u64;
            tokio::task::spawn_blocking(move || sealer.lot(index, &lot))
        });
        let (mut lots, mut range) = (pin!(lots.buffered(SEALING)), CompactRange::default());
        while let Some(sealed) = lots.next().await {
            let (lot, part) = sealed??;
            range.join(&part);
            self.ballots.add(self.id, lot).await?;
        }
        Ok(range.root())
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

/// Ballots on their way from whoever reads them to whoever seals them, in lots.
struct Handing {
    waiting: Vec<Marked>,
    to: mpsc::Sender<Vec<Marked>>,
}

impl Handing {
    fn take(&mut self, read: Vec<Marked>) -> Result<(), SurveyError> {
        for marked in read {
            self.waiting.push(marked);
            if self.waiting.len() == LOT_BALLOTS {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), SurveyError> {
        let lot = std::mem::replace(&mut self.waiting, Vec::with_capacity(LOT_BALLOTS));
        self.to.blocking_send(lot).map_err(|_| SurveyError::Stopped)
    }

    fn end(mut self, read: Vec<Marked>) -> Result<(), SurveyError> {
        self.take(read)?;
        if self.waiting.is_empty() { Ok(()) } else { self.hand_on() }
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
    let (to_sealer, lots) = mpsc::channel(LOTS_WAITING);
    let (well, ended) = oneshot::channel();
    let legend = Legend::of(asks);
    let sealer = Sealer::new(&legend, vault)?;
    let (asks, encoding) = (Arc::clone(asks), sent.encoding);
    let reader = tokio::task::spawn_blocking(move || {
        let mut reading = Reading::begin(&asks, encoding, true);
        let mut handing = Handing { waiting: Vec::new(), to: to_sealer };
        let read = (|| {
            while let Some(piece) = pieces.blocking_recv() {
                reading.take(&piece);
                handing.take(reading.ready())?;
                if reading.is_stopped() {
                    break;
                }
            }
            let (counting, rest) = reading.end()?;
            handing.end(rest)?;
            Ok(counting)
        })();
        // Whoever stores the file must know that its end is the end of a batch.
        let _ = well.send(read.is_ok());
        read
    });
    let pump = pump((head, file), to_reader, to_files, ended);
    let kept = files.take_in_batch((&sent.unit, &sent.name), BatchFile::Table, Handed::from(handed));
    let (pumped, kept, written, read) = tokio::join!(pump, kept, store.write(sealer, lots), reader);
    // What is wrong with the file is said before what follows from it.
    let counting = match read? {
        Err(SurveyError::Stopped) => return Err(written.err().unwrap_or(SurveyError::Stopped)),
        read => read?,
    };
    pumped?;
    let root = written?;
    Ok((kept?, Counted { counting, root, legend }))
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
    let (to_sealer, lots) = mpsc::channel(LOTS_WAITING);
    let legend = Legend::of(&asks);
    let sealer = Sealer::new(&legend, vault)?;
    let stored = bytes.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let mut handing = Handing { waiting: Vec::new(), to: to_sealer };
        let mut failed = None;
        let counting = workbook::read(&bytes, &asks, true, |read| {
            if failed.is_none() {
                failed = handing.take(read).err();
            }
        })?;
        failed.map_or_else(|| handing.end(Vec::new()), Err)?;
        Ok(counting)
    });
    let (written, read) = tokio::join!(store.write(sealer, lots), reader);
    let counting = match read? {
        Err(SurveyError::Stopped) => return Err(written.err().unwrap_or(SurveyError::Stopped)),
        read => read?,
    };
    let root = written?;
    let kept = files.take_in_batch((&sent.unit, &sent.name), BatchFile::Workbook, &stored[..]).await?;
    Ok((kept, Counted { counting, root, legend }))
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
