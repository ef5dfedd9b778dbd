//! A batch is taken in: its file into the store of files, its ballots into theirs, and the tally and the command by which it goes on
//! record. Nothing of it is a batch before all of it is there, and a fault in one row leaves none of it.

use std::sync::Arc;

use proto::act::survey::{BallotSet, Method, RecordBatch, Replaced};
use proto::canon::{Value, to_vec};
use proto::document::{DocKind, DocRef, Tally};
use proto::hash::Digesting;
use proto::{Act, Acting, BatchId, Command, DocId, Hash, Origin, RoundId, UnitId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};

use super::asks::Asks;
use super::encoding::{Encoding, HEAD_BYTES};
use super::error::SurveyError;
use super::flow::{Counted, PIECE_BYTES, Store, book, read_up, table};
use super::read::Reading;
use super::sealed::{Sealed, Vault};
use super::store::{Ballots, Ended};
use super::workbook;
use crate::archive::is_archive;
use crate::document::Document;
use crate::evidence::{Files, TakenIn};
use crate::fault::{Faults, Place};

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
    let mut head = vec![0; HEAD_BYTES];
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
    let legend = vault.seal(Sealed::Legend, &to_vec(&counted.legend)?)?;
    ballots.end(id, u64::from(counted.counting.ballots), Ended { legend, record, tally }).await?;
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
    if is_kept(files, &taken, sent, &mut file).await? {
        return Ok(taken);
    }
    let (name, recorded) = (name_of(&asks.round, &sent.batch), asks.recorded.contains(&sent.batch));
    let Some(stored) = ballots.find(&name).await?.filter(|_| !recorded) else { return Err(SurveyError::Stored(name)) };
    if let Some(address) = taken.stored_at() {
        files.destroy_key(address).await?;
    }
    ballots.drop_batch(&stored).await?;
    file.rewind().await?;
    take_in((files, ballots), asks, sent, file).await
}

/// The same for a file that comes only once: a batch that is kept already stays as it is, and another file is refused.
///
/// # Errors
/// [`SurveyError`].
pub async fn take_in_as_sent(
    (files, ballots): (&Files, &mut Ballots),
    asks: &Arc<Asks>,
    sent: &Sent,
    mut file: impl AsyncRead + Unpin,
) -> Result<Taken, SurveyError> {
    match kept((files, ballots), &asks.round, &sent.batch).await? {
        None => take_in((files, ballots), asks, sent, file).await,
        Some(taken) if is_kept(files, &taken, sent, &mut file).await? => Ok(taken),
        Some(_) => Err(SurveyError::Stored(name_of(&asks.round, &sent.batch))),
    }
}

/// Destroys what is kept of a batch that is not on record, with its file: whoever asks has looked.
///
/// # Errors
/// [`SurveyError`]; where it ends with one, it is to be done again.
pub async fn forget(
    (files, ballots): (&Files, &mut Ballots),
    round: &RoundId,
    batch: &BatchId,
) -> Result<(), SurveyError> {
    let name = name_of(round, batch);
    let Some(stored) = ballots.find(&name).await? else { return Ok(()) };
    // The file first: without the batch nobody would know which it is.
    if let Some(address) = kept((files, ballots), round, batch).await?.and_then(|taken| taken.stored_at()) {
        files.destroy_key(address).await?;
    }
    ballots.drop_batch(&stored).await?;
    files.destroy_batch_key(&name).await?;
    Ok(ballots.leave_no_trace().await?)
}

impl Taken {
    /// Where its file is.
    fn stored_at(&self) -> Option<Hash> {
        self.record.ballots.as_ref().map(|set| set.file.address)
    }
}

/// Whether a batch that is kept came out of this file, and is on record as it is sent now.
async fn is_kept(
    files: &Files,
    taken: &Taken,
    sent: &Sent,
    file: &mut (impl AsyncRead + Unpin),
) -> Result<bool, SurveyError> {
    let (mut digest, mut piece) = (Digesting::default(), vec![0; PIECE_BYTES]);
    loop {
        match file.read(&mut piece).await? {
            0 => break,
            read => digest.take(&piece[..read]),
        }
    }
    let before = match taken.stored_at() {
        Some(address) => files.digest_of(address).await?,
        None => None,
    };
    let record = &taken.record;
    let said = (&record.tally.id, record.method, &record.replaces) == (&sent.tally, sent.method, &sent.replaces);
    Ok(before == Some(digest.digest()) && said)
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
    let mut piece = vec![0; HEAD_BYTES];
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

/// The tally and the command of a batch that was counted.
fn on_record(
    asks: &Asks,
    sent: &Sent,
    vault: &Vault,
    file: TakenIn,
    Counted { counting, root, .. }: &Counted,
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

pub(super) fn document(tally: &Tally) -> Result<Document, SurveyError> {
    let whole = Value::parse(&to_vec(tally)?)
        .map_err(|error| Faults::one("wrong_shape", Place::File, proto::text!("{error}", "{error}")))?;
    Ok(Document::of(DocKind::Tally, whole)?)
}
