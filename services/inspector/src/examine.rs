//! An appeal's claims held against the log: the inspector's own answer, from his own statements.
//! What stands on record of it is told beside it; verification holds each such event against an answer of its own.

use std::collections::BTreeMap;

use domain::{Past, Round, examine, lodged, told};
use platform::feed::Feed;
use proto::act::appeal::LodgeAppeal;
use proto::act::examination::{AppealExamined, Cited, Verdict, verdicts_digest};
use proto::examined::{CitedEvent, Examination, ExamineQuery, Recorded};
use proto::fold::Streams;
use proto::{Event, EventId, Fact, Hash, Rejection, Stream};

use crate::replay::{Inspector, ReplayError};

/// The verdicts on an appeal's claims by the events up to a position, and those events.
pub async fn verdicts(
    log: &dyn Feed,
    round: &Round,
    appeal: &LodgeAppeal,
    upto: u64,
) -> Result<(Vec<Verdict>, Past), ReplayError> {
    let mut past = Past::default();
    while let Some(streams) = past.wants(round, appeal) {
        let bodies = log.streams(&streams, upto).await?;
        past.take(streams, &bodies)?;
    }
    Ok((examine(round, appeal, &past)?, past))
}

/// In what an examination on record is not the one that the events give; none where it is.
pub fn differs(said: &AppealExamined, verdicts: &[Verdict]) -> Option<String> {
    if verdicts == said.verdicts && verdicts_digest(verdicts) == said.act.digest {
        return None;
    }
    let number = said.act.number;
    let pairs = said.verdicts.iter().zip(verdicts).enumerate();
    let words = |(i, (said, must)): (usize, (&Verdict, &Verdict))| {
        let (claim, said, must) = (i + 1, said.found.word(), must.found.word());
        format!("the verdict on claim {claim} of the appeal {number} is {said}, the log's is {must}")
    };
    let first = pairs.filter(|(_, (said, must))| said.found != must.found).map(words).next();
    Some(first.unwrap_or_else(|| format!("the examination of the appeal {number} is not the one that the log gives")))
}

impl Inspector {
    /// What the log says to the claims of an appeal.
    ///
    /// # Errors
    /// [`ReplayError`]; `Refused` for a round or an appeal that is not there.
    pub async fn examine(&self, query: ExamineQuery) -> Result<Examination, ReplayError> {
        let (world, position, root) = self.fold(&query.round, query.position, query.at).await?;
        if !world.rounds.contains_key(&query.round) {
            return Err(Rejection::RoundUnknown { round: query.round }.into());
        }
        let found = lodged(&world, &query.round, query.number);
        let (round, appeal) = found.ok_or(Rejection::AppealUnknown { number: query.number })?;
        let (verdicts, past) = verdicts(self.source(), round, appeal, position).await?;
        let named: BTreeMap<u64, &Cited> = verdicts.iter().flat_map(|v| &v.events).map(|e| (e.position, e)).collect();
        let events = named.values().filter_map(|cited| Some(in_words(cited, past.at(cited.position)?, appeal)));
        let events = events.collect();
        let stream = Streams::One(Stream::Appeal(query.round.clone(), query.number));
        let bodies = self.source().streams(&stream, position).await?;
        let own = bodies.iter().map(|body| Ok((Event::decode(body)?, Hash::entry(body))));
        let own = own.collect::<Result<Vec<_>, ReplayError>>()?;
        let (recorded, outcome) = on_record(&own);
        let (appeal, digest) = (appeal.clone(), verdicts_digest(&verdicts));
        Ok(Examination { query, position, root, appeal, verdicts, digest, events, recorded, outcome })
    }
}

fn in_words(cited: &Cited, event: &Event, appeal: &LodgeAppeal) -> CitedEvent {
    let e = &event.envelope;
    let (reason, _) = told(&event.fact, Some(&appeal.unit));
    CitedEvent { cited: cited.clone(), at: e.at, kind: event.fact.kind().to_owned(), actor: e.actor.clone(), reason }
}

/// The examinations in an appeal's own stream, and what became of the appeal.
fn on_record(own: &[(Event, Hash)]) -> (Vec<Recorded>, Option<proto::act::council::Outcome>) {
    let decided = own.iter().find_map(|(event, _)| match &event.fact {
        Fact::AppealDecided(f) => Some(f),
        _ => None,
    });
    let rests_on: Option<&EventId> = decided.and_then(|f| f.examination.as_ref());
    let recorded = own.iter().filter_map(|(event, hash)| {
        let (Fact::AppealExamined(f), e) = (&event.fact, &event.envelope) else { return None };
        let cited = Cited { position: e.position, hash: *hash, stream: e.stream.clone(), version: e.version };
        let (digest, decided) = (verdicts_digest(&f.verdicts), rests_on == Some(&e.id));
        Some(Recorded { event: cited, at: e.at, digest, decided })
    });
    (recorded.collect(), decided.map(|f| f.outcome))
}
