//! A round's survey for the pages of its staff: given by right, as it stands; a file of ballots taken in, sealed, and kept until somebody puts it on
//! record or has it destroyed. Nothing is written into the log here: what is to go on record comes back as commands, and no ballot comes back.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    World, again_fits, asked_again, batch_told, counted, may_see_survey, may_send_ballots, staff_of, survey_told,
    tally_of,
};
use futures::{StreamExt, stream};
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::ports::{Pieces, Surveys};
use platform::restore::END;
use proto::act::survey::RecheckBatch;
use proto::document::{DocKind, DocRef, Tally};
use proto::fold::Streams;
use proto::returned_sheet::{ReturnedFault, SheetBook};
use proto::surveyed::{
    AgainRead, AgainSent, BallotsSent, BallotsTold, BallotsWaiting, BatchQuery, BatchTold, SampleQuery, SampleTold,
    SurveyQuery, SurveyTold,
};
use proto::{
    Act, Acting, Command, DocId, Event, Fact, Hash, Origin, Principal, Rejection, RoundId, Stream, UnitId, text,
};
use tokio::io::AsyncRead;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_util::io::StreamReader;

use super::again;
use super::asks::Asks;
use super::encoding::Encoding;
use super::error::SurveyError;
use super::taken::{Sent, Taken, commands, document, forget, kept, take_in_as_sent};
use crate::Spelling;
use crate::evidence::{FileError, Store};
use crate::fault::{Faults, Place};
use crate::limits::WORKBOOK_BYTES_MAX;
use crate::unit_sheet::Rounds;

/// How many pieces of a file may wait for whoever reads ballots in it.
const WAITING: usize = 4;

/// A survey for pages.
pub struct OnSurveys {
    /// The log.
    pub origin: Origin,
    /// Its rounds.
    pub rounds: Box<dyn Rounds>,
    /// Its events, for samples that were drawn.
    pub feed: SharedFeed,
    /// Where files and ballots are kept; none where there is no such place.
    pub store: Option<Arc<Store>>,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

impl OnSurveys {
    async fn look<R: Send>(
        &self,
        round: &RoundId,
        see: impl FnOnce(&World, Hash) -> Result<R, Rejection> + Send,
    ) -> Result<R, Rejection> {
        let mut seen = Err(Rejection::RoundUnknown { round: round.clone() });
        self.rounds.now(Some(round), Box::new(|world, root| seen = see(world, root))).await?;
        seen
    }

    /// What the round's survey asks, for somebody who may send its ballots.
    async fn asks(&self, who: &Principal, round: &RoundId) -> Result<(Arc<Asks>, Option<UnitId>), Rejection> {
        let at = self.clock.now();
        let asks = |world: &World, _| {
            may_send_ballots(world, who, at, round)?;
            let held = world.rounds.get(round).filter(|round| round.survey_held()).ok_or(Rejection::NoSurvey {})?;
            Ok((Arc::new(Asks::of(held)), staff_of(world, who, at, round)))
        };
        self.look(round, asks).await
    }

    fn store(&self) -> Result<&Arc<Store>, Rejection> {
        self.store.as_ref().ok_or_else(|| Rejection::FilesUnusable { detail: "no files are kept here".to_owned() })
    }

    /// What is kept of a batch; none where nothing is.
    async fn kept(&self, query: &BatchQuery) -> Result<Option<Taken>, Rejection> {
        let store = self.store()?;
        let Some(files) = store.there().await? else { return Ok(None) };
        let Some(mut ballots) = store.ballots().await.map_err(unusable)? else { return Ok(None) };
        let kept = kept((&files, &mut ballots), &query.round, &query.batch).await;
        ballots.close().await.map_err(unusable)?;
        kept.map_err(unusable)
    }
}

#[async_trait]
impl Surveys for OnSurveys {
    async fn survey(&self, principal: &Principal, query: SurveyQuery) -> Result<SurveyTold, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        let mut told = self.look(&round, |world, root| survey_told(world, principal, (at, root), query)).await?;
        told.sends &= self.store.is_some();
        Ok(told)
    }

    async fn batch(&self, principal: &Principal, query: BatchQuery) -> Result<BatchTold, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| batch_told(world, principal, (at, root), query)).await
    }

    async fn sample(&self, principal: &Principal, query: SampleQuery) -> Result<SampleTold, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        let (position, root) = self
            .look(&round, |world, root| {
                may_see_survey(world, principal, at, &round)?;
                Ok((world.position, root))
            })
            .await?;
        let bodies = self.feed.streams(&Streams::One(Stream::Round(round.clone())), END).await.map_err(unusable)?;
        for body in bodies {
            let event = Event::decode(&body).map_err(unusable)?;
            let Fact::SampleDrawn(drawn) = event.fact else { continue };
            if drawn.act.sample != query.sample {
                continue;
            }
            let of = BatchQuery { round: round.clone(), batch: drawn.act.batch.clone() };
            let batch = self.batch(principal, of).await?;
            // Read behind the place that is named, an event may be newer than it.
            return Ok(SampleTold {
                position: position.max(batch.position),
                root: if batch.position > position { batch.root } else { root },
                drawn_at: event.envelope.position,
                batch: drawn.act.batch,
                ballots: batch.batch.respondents,
                seed: drawn.act.seed,
                indexes: drawn.indexes,
                query,
            });
        }
        Err(Rejection::SampleUnknown { sample: query.sample })
    }

    async fn take_in(
        &self,
        principal: &Principal,
        sent: BallotsSent,
        pieces: Pieces<'_>,
    ) -> Result<BallotsTold, Rejection> {
        let (asks, _) = self.asks(principal, &sent.round).await?;
        let of = BatchQuery { round: sent.round.clone(), batch: sent.batch.clone() };
        if asks.recorded.contains(&of.batch) && self.kept(&of).await?.is_none() {
            return Err(Rejection::BatchExists { batch: of.batch });
        }
        let encoding = match sent.encoding.as_deref().map(Encoding::parse) {
            Some(None) => {
                return Ok(told(&Faults::one(
                    "encoding_unknown",
                    Place::File,
                    text!("không có bảng mã này", "there is no such encoding"),
                )));
            }
            named => named.flatten(),
        };
        let BallotsSent { batch, method, unit, name, replaces, .. } = sent;
        // A tally is named after its batch: one is of no use without the other. What is taken in anew after it was replaced has another name.
        let tally = batch.as_str().parse().map_err(|_| Rejection::BatchUnknown { batch: batch.clone() })?;
        let sent = Sent { batch, method, unit, name, encoding, tally, replaces };
        let store = self.store()?;
        let files = store.begun().await?;
        let mut ballots = store.ballots_begun().await.map_err(unusable)?;
        let (to, from) = mpsc::channel(WAITING);
        let runtime = Handle::current();
        // On a thread of its own: whoever reads ballots keeps one busy, and waits there for what comes.
        let take = spawn_blocking(move || {
            runtime.block_on(async {
                let taken = take_in_as_sent((&files, &mut ballots), &asks, &sent, whole(from)).await;
                ballots.close().await?;
                taken
            })
        });
        let ((), taken) = tokio::join!(hand_on(pieces, to), take);
        match taken.map_err(unusable)? {
            Ok(_) => Ok(BallotsTold { faults: Vec::new(), more: 0 }),
            Err(SurveyError::Faults(faults)) => Ok(told(&faults)),
            Err(SurveyError::Stored(_)) => Ok(told(&stored_otherwise())),
            Err(SurveyError::File(error)) => Err(error.into()),
            Err(SurveyError::Io(error)) => Err(FileError::from(error).into()),
            Err(error) => Err(unusable(error)),
        }
    }

    async fn waiting(&self, principal: &Principal, query: BatchQuery) -> Result<BallotsWaiting, Rejection> {
        let (_, held_in) = self.asks(principal, &query.round).await?;
        let unknown = || Rejection::BatchUnknown { batch: query.batch.clone() };
        let taken = self.kept(&query).await?.ok_or_else(unknown)?;
        let tally: Tally = serde_json::from_slice(&taken.tally.json(Spelling::Canonical)).map_err(unusable)?;
        let round = query.round.clone();
        let see = |world: &World, root| {
            let held = world.rounds.get(&round).ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
            Ok((world.position, root, held.batches.contains_key(&query.batch), counted(held, &tally)))
        };
        let (position, root, recorded, counted) = self.look(&round, see).await?;
        let commands = commands(&taken, &self.origin, held_in.as_ref()).map_err(unusable)?;
        let spelled = |command: &proto::Command| String::from_utf8_lossy(&command.to_canonical()).into_owned();
        let record = taken.record;
        Ok(BallotsWaiting {
            position,
            root,
            recorded,
            digest: Hash::digest(&proto::canon::to_vec(&record).map_err(unusable)?),
            method: record.method,
            ballots: record.respondents,
            days: record.ballots.as_ref().map(|set| (set.from, set.to)),
            replaces: record.replaces,
            counted,
            commands: commands.iter().map(spelled).collect(),
            query,
        })
    }

    async fn again_book(&self, principal: &Principal, query: BatchQuery) -> Result<SheetBook, Rejection> {
        let (asks, _) = self.asks(principal, &query.round).await?;
        let unknown = || Rejection::BatchUnknown { batch: query.batch.clone() };
        let first = |world: &World, _| Ok((world.position, tally_of(world, &query).ok_or_else(unknown)?));
        let (position, first) = self.look(&query.round, first).await?;
        let written = spawn_blocking(move || again::write(&asks, &first)).await.map_err(unusable)?;
        Ok(SheetBook { position, bytes: written.map_err(unusable)? })
    }

    async fn again(&self, principal: &Principal, sent: AgainSent, pieces: Pieces<'_>) -> Result<AgainRead, Rejection> {
        let (asks, held_in) = self.asks(principal, &sent.query.round).await?;
        let Some(bytes) = bounded(pieces, WORKBOOK_BYTES_MAX).await else {
            let what = text!("quá lớn, hoặc bị đứt", "it is too large, or it broke off");
            return Ok(faulty(&Faults::one("file_too_large", Place::File, what)));
        };
        let read = spawn_blocking(move || again::read(&asks, &bytes)).await.map_err(unusable)?;
        let tally = match read {
            Ok(tally) => tally,
            Err(faults) => return Ok(faulty(&faults)),
        };
        let whole = document(&tally).map_err(unusable)?;
        let AgainSent { query: BatchQuery { round, batch }, method, respondents, reason } = sent;
        // Named by what it holds: what was refused is no obstacle to what is sent after it.
        let digits = whole.digest().to_string();
        let name = format!("{batch}-lai-{}", &digits[..8]);
        let id = DocId::parse(&name).map_err(|_| Rejection::BatchUnknown { batch: batch.clone() })?;
        let doc = DocRef { id: id.clone(), digest: whole.digest() };
        let act = RecheckBatch { round: round.clone(), batch, tally: doc, method, respondents, reason };
        let see = |world: &World, _| {
            again_fits(world, &act, &tally)?;
            let round = world.rounds.get(&act.round).ok_or(Rejection::RoundUnknown { round: act.round.clone() })?;
            Ok(asked_again(round, &tally))
        };
        let questions = self.look(&round, see).await?;
        let mut commands = crate::parts::commands(&whole, &id, &self.origin, held_in.as_ref()).map_err(unusable)?;
        let digest = Hash::digest(&proto::canon::to_vec(&act).map_err(unusable)?);
        let id = crate::parts::command_id(&format!("again\n{}\n{digest}", self.origin));
        let acting = Acting { capacity: crate::parts::capacity(DocKind::Tally), unit: held_in };
        commands.push(Command::new(id, acting, Act::RecheckBatch(act)));
        let spelled = |command: &Command| String::from_utf8_lossy(&command.to_canonical()).into_owned();
        let commands = commands.iter().map(spelled).collect();
        Ok(AgainRead { faults: Vec::new(), more: 0, questions, commands })
    }

    async fn forget(&self, principal: &Principal, query: BatchQuery) -> Result<(), Rejection> {
        let (asks, _) = self.asks(principal, &query.round).await?;
        if asks.recorded.contains(&query.batch) {
            return Err(Rejection::BatchExists { batch: query.batch });
        }
        let store = self.store()?;
        let (Some(files), Some(mut ballots)) = (store.there().await?, store.ballots().await.map_err(unusable)?) else {
            return Ok(());
        };
        let gone = forget((&files, &mut ballots), &query.round, &query.batch).await;
        ballots.close().await.map_err(unusable)?;
        gone.map_err(unusable)
    }
}

/// Hands a file on to whoever reads it, and says when it has come whole: a sender who went away leaves no end behind that looks like one.
async fn hand_on(mut pieces: Pieces<'_>, to: mpsc::Sender<Option<io::Result<Bytes>>>) {
    while let Some(piece) = pieces.next().await {
        let broke_off = piece.is_err();
        if to.send(Some(piece)).await.is_err() || broke_off {
            return;
        }
    }
    // Whoever has read enough of it waits for no end.
    let _ = to.send(None).await;
}

/// A file that is handed on.
fn whole(from: mpsc::Receiver<Option<io::Result<Bytes>>>) -> impl AsyncRead + Unpin {
    let pieces = stream::unfold(Some(from), async |from| {
        let mut from = from?;
        match from.recv().await {
            Some(Some(Ok(piece))) => Some((Ok(piece), Some(from))),
            Some(None) => None,
            Some(Some(Err(error))) => Some((Err(error), None)),
            None => Some((Err(io::Error::other("the file broke off")), None)),
        }
    });
    StreamReader::new(pieces.boxed())
}

/// All bytes of a file; none where there are too many, or where they break off.
async fn bounded(mut pieces: Pieces<'_>, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.ok()?;
        if bytes.len() + piece.len() > most {
            return None;
        }
        bytes.extend_from_slice(&piece);
    }
    Some(bytes)
}

fn faulty(faults: &Faults) -> AgainRead {
    let BallotsTold { faults, more } = told(faults);
    AgainRead { faults, more, questions: Vec::new(), commands: Vec::new() }
}

fn stored_otherwise() -> Faults {
    let what = text!(
        "đợt này đã có phiếu từ một tệp khác đang chờ hoặc đã ghi; xem lại, bỏ tệp đang chờ, hoặc dùng mã đợt khác",
        "the batch has the ballots of another file, which wait or are on record: look at them, have those that wait destroyed, or name another batch"
    );
    Faults::one("batch_stored", Place::File, what)
}

fn told(faults: &Faults) -> BallotsTold {
    let fault = |fault: &crate::fault::Fault| ReturnedFault {
        code: fault.code.to_owned(),
        place: fault.place.text(),
        text: fault.what.clone(),
    };
    BallotsTold { faults: faults.told.iter().map(fault).collect(), more: faults.more as u64 }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unusable(error: impl ToString) -> Rejection {
    Rejection::FilesUnusable { detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::{StreamExt, stream};
    use tokio::io::AsyncReadExt;
    use tokio::sync::mpsc;

    use super::{hand_on, whole};

    #[tokio::test]
    async fn a_file_whose_sender_went_away_is_no_whole_one() {
        for (is_whole, broken) in [(true, false), (false, false), (false, true)] {
            let (to, from) = mpsc::channel(4);
            let end = if broken { Some(Err(std::io::Error::other("cut"))) } else { None };
            let pieces = stream::iter([Ok(Bytes::from("unit;group"))].into_iter().chain(end));
            if is_whole || broken {
                hand_on(pieces.boxed(), to).await;
            } else {
                to.send(Some(Ok(Bytes::from("unit;group")))).await.expect("somebody reads");
                drop(to);
            }
            let read = whole(from).read_to_end(&mut Vec::new()).await;
            assert_eq!(read.is_ok(), is_whole, "{is_whole} {broken}");
        }
    }
}
