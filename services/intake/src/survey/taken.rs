//! A batch is taken in: its file into the store of files, its ballots into theirs, and the tally and the command by which it goes on
//! record. Nothing of it is a batch before all of it is there, and a fault in one row leaves none of it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use proto::act::survey::{BallotSet, Method, RecordBatch, Replaced};
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, DocRef, Tally};
use proto::hash::Digesting;
use proto::tree::CompactRange;
use proto::{Act, Acting, BatchId, Command, DocId, Hash, Origin, RoundId, UnitId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, ReadBuf};
use tokio::sync::{mpsc, oneshot};

use super::asks::Asks;
use super::count::{Counting, Marked};
use super::encoding::Encoding;
use super::error::SurveyError;
use super::read::Reading;
use super::sealed::{Salts, Sealed, Vault, ballot, opening};
use super::store::{Ballots, Lot};
use super::workbook;
use crate::archive::is_archive;
use crate::document::Document;
use crate::evidence::{BatchFile, Files, TakenIn};
use crate::fault::{Faults, Place};

/// How many ballots are written in one transaction.
const LOT: usize = 4_096;
/// How much of a file is read at once.
const PIECE_BYTES: usize = 1 << 16;
/// How many pieces, or lots, may wait for whoever takes them.
const WAITING: usize = 4;

/// A batch as it is sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The batch.
    pub batch: BatchId,
    /// How the answers were collected.
    pub method: Method,
    /// Whose file it is: the body that held the survey.
    pub unit: UnitId,
    /// The file's name.
    pub name: String,
    /// Its encoding, where it is a text and not plainly in one.
    pub encoding: Option<Encoding>,
    /// The tally's id.
    pub tally: DocId,
    /// The batch that it takes the place of.
    pub replaces: Option<Replaced>,
}

/// A batch that is kept: what goes on record of it.
#[derive(Debug)]
pub struct Taken {
    /// Its tally.
    pub tally: Document,
    /// The command's data.
    pub record: RecordBatch,
}

/// The name of a batch in the stores: ids have no slash.
#[must_use]
pub fn name_of(round: &RoundId, batch: &BatchId) -> String {
    format!("{round}/{batch}")
}

/// Takes a batch in. A batch of this name that was not taken whole is dropped first; one that was is refused.
///
/// # Errors
/// [`SurveyError`]; with faults nothing is kept.
pub async fn take_in(
    (files, ballots): (&Files, &mut Ballots),
    asks: &Arc<Asks>,
    sent: &Sent,
    mut file: impl AsyncRead + Unpin,
) -> Result<Taken, SurveyError> {
    let name = name_of(&asks.round, &sent.batch);
    if ballots.find(&name).await?.is_some_and(|stored| stored.ballots > 0) {
        return Err(SurveyError::Stored(name));
    }
    let id = ballots.begin(&name).await?;
    let vault = Vault::of(files.make_batch_key(&name).await?);
    let mut head = vec![0; PIECE_BYTES];
    let read = read_up(&mut file, &mut head).await?;
    head.truncate(read);
    let mut store = Store { ballots, id };
    let done = if is_archive(&head) {
        book(files, &mut store, asks, sent, vault.clone(), (head, file)).await
    } else {
        table(files, &mut store, asks, sent, vault.clone(), (head, file)).await
    };
    let (file, counted) = match done {
        Ok(done) => done,
        Err(error) => {
            // No sealed ballot of it opens any more, and then none of it is there; unless somebody else has begun it since.
            if let Some(stored) = ballots.find(&name).await?.filter(|stored| stored.id == id) {
                files.destroy_batch_key(&name).await?;
                ballots.drop_batch(&stored).await?;
            }
            return Err(error);
        }
    };
    let taken = on_record(asks, sent, &vault, file, &counted)?;
    let record = vault.seal(Sealed::Record, &to_vec(&taken.record)?)?;
    let tally = vault.seal(Sealed::Tally, &taken.tally.json(crate::Spelling::Canonical))?;
    ballots.end(id, u64::from(counted.counting.ballots), record, tally).await?;
    Ok(taken)
}

/// The same for whoever may have sent it before: a batch that is kept already, from the same file, is what was taken then. Another
/// file takes its place as long as it is not on record.
///
/// # Errors
/// [`SurveyError`].
pub async fn take_in_once(
    (files, ballots): (&Files, &mut Ballots),
    asks: &Arc<Asks>,
    sent: &Sent,
    mut file: impl AsyncRead + AsyncSeek + Unpin,
) -> Result<Taken, SurveyError> {
    let Some(taken) = kept((files, ballots), &asks.round, &sent.batch).await? else {
        return take_in((files, ballots), asks, sent, file).await;
    };
    let recorded = asks.recorded.contains(&sent.batch);
    let (mut digest, mut piece) = (Digesting::default(), vec![0; PIECE_BYTES]);
    loop {
        match file.read(&mut piece).await? {
            0 => break,
            read => digest.take(&piece[..read]),
        }
    }
    let stored_at = taken.record.ballots.as_ref().map(|set| set.file.address);
    let before = match stored_at {
        Some(address) => files.digest_of(address).await?,
        None => None,
    };
    let Taken { record, .. } = &taken;
    let said = (&record.tally.id, record.method, &record.replaces) == (&sent.tally, sent.method, &sent.replaces);
    if before == Some(digest.digest()) && said {
        return Ok(taken);
    }
    let name = name_of(&asks.round, &sent.batch);
    let Some(stored) = ballots.find(&name).await?.filter(|_| !recorded) else { return Err(SurveyError::Stored(name)) };
    if let Some(address) = stored_at {
        files.destroy_key(address).await?;
    }
    ballots.drop_batch(&stored).await?;
    file.rewind().await?;
    take_in((files, ballots), asks, sent, file).await
}

/// What would be counted of a file: nothing is kept of it, and collectors are committed to under a key that is thrown away.
///
/// # Errors
/// [`SurveyError`].
pub async fn preview(
    asks: &Arc<Asks>,
    encoding: Option<Encoding>,
    mut file: impl AsyncRead + Unpin,
) -> Result<Tally, SurveyError> {
    let mut piece = vec![0; PIECE_BYTES];
    let read = read_up(&mut file, &mut piece).await?;
    piece.truncate(read);
    let counting = if is_archive(&piece) {
        let most = (workbook::WORKBOOK_BYTES_MAX + 1).saturating_sub(piece.len());
        file.take(most as u64).read_to_end(&mut piece).await?;
        workbook::read(&piece, asks, false, |_| {})?
    } else {
        let mut reading = Reading::begin(asks, encoding, false);
        while !piece.is_empty() && !reading.is_stopped() {
            reading.take(&piece);
            piece.resize(PIECE_BYTES, 0);
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
        }
        reading.end()?.0
    };
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    let vault = Vault::of(key);
    Ok(counting.tally(asks, |name| vault.collector(name)))
}

/// The commands that put a batch on record: its tally in parts, then the batch. Their ids follow from what they say, so the same batch
/// sent again is the same commands.
///
/// # Errors
/// A tally that no parts can hold.
pub fn commands(taken: &Taken, log: &Origin, held_in: Option<&UnitId>) -> Result<Vec<Command>, Faults> {
    let record = &taken.record;
    let mut commands = crate::parts::commands(&taken.tally, &record.tally.id, log, held_in)?;
    let act = Act::RecordBatch(record.clone());
    let digest = Hash::digest(&to_vec(record).expect("it was sealed in its canonical form"));
    let id = crate::parts::command_id(&format!("batch\n{log}\n{}\n{digest}", name_of(&record.round, &record.batch)));
    let acting = Acting { capacity: crate::parts::capacity(DocKind::Tally), unit: held_in.cloned() };
    commands.push(Command::new(id, acting, act));
    Ok(commands)
}

/// What is kept of a batch; none where it was never taken in whole.
///
/// # Errors
/// [`SurveyError`].
pub async fn kept(
    (files, ballots): (&Files, &mut Ballots),
    round: &RoundId,
    batch: &BatchId,
) -> Result<Option<Taken>, SurveyError> {
    let name = name_of(round, batch);
    let Some(stored) = ballots.find(&name).await?.filter(|stored| stored.ballots > 0) else { return Ok(None) };
    let vault = Vault::of(files.batch_key(&name).await?.ok_or(SurveyError::NoKey(name))?);
    let record = serde_json::from_slice(&vault.open(Sealed::Record, &stored.record)?)?;
    let tally = vault.open(Sealed::Tally, &stored.tally)?;
    Ok(Some(Taken { tally: Document::read(&tally, Some(DocKind::Tally))?, record }))
}

/// What was read of a whole file.
struct Counted {
    counting: Counting,
    root: Hash,
}

struct Store<'a> {
    ballots: &'a mut Ballots,
    id: i64,
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
async fn read_up(file: &mut (impl AsyncRead + Unpin), into: &mut [u8]) -> Result<usize, std::io::Error> {
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

type Whole = (TakenIn, Counted);

/// A table as text: read in one pass, while it is stored and its ballots are written.
async fn table(
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
async fn book(
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

/// The tally and the command of a batch that was counted.
fn on_record(
    asks: &Asks,
    sent: &Sent,
    vault: &Vault,
    file: TakenIn,
    Counted { counting, root }: &Counted,
) -> Result<Taken, SurveyError> {
    let tally = document(&counting.tally(asks, |name| vault.collector(name)))?;
    let (from, to) = counting.days.ok_or(SurveyError::Stopped)?;
    let record = RecordBatch {
        round: asks.round.clone(),
        batch: sent.batch.clone(),
        tally: DocRef { id: sent.tally.clone(), digest: tally.digest() },
        groups: counting.groups(asks),
        method: sent.method,
        respondents: counting.ballots,
        ballots: Some(BallotSet { file: file.receipt.evidence, root: *root, from, to }),
        replaces: sent.replaces.clone(),
    };
    // What could not be entered is found before anything is kept.
    crate::parts::cut(tally.whole())?;
    Ok(Taken { tally, record })
}

fn document(tally: &Tally) -> Result<Document, SurveyError> {
    let whole = Value::parse(&to_vec(tally)?)
        .map_err(|error| Faults::one("wrong_shape", Place::File, proto::text!("{error}", "{error}")))?;
    Ok(Document::of(DocKind::Tally, whole)?)
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
