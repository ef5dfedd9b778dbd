//! Which events a dossier holds with their bodies. What belongs to other rounds, or in a score's dossier to other units,
//! stays with their authority.

use std::collections::BTreeSet;

use platform::feed::Feed;
use proto::act::round::OpenRound;
use proto::document::{DocKind, DocRef};
use proto::fold::Streams;
use proto::{DocId, Event, Fact, Hash, RoundId, Stream, UnitId};

use super::DossierError;
use crate::source::Source;

/// What belongs to a round: the log's own, everyone's powers, the round with its sheets, batches and appeals, and the documents
/// that it names.
#[derive(Debug)]
pub struct Extent {
    round: RoundId,
    documents: BTreeSet<(DocKind, DocId)>,
}

impl Extent {
    /// The extent of a round, by the events up to a position.
    pub async fn of(source: &Source, round: &RoundId, upto: u64) -> Result<Self, DossierError> {
        let opened = opening(source, round, upto).await?;
        let mut extent = Self { round: round.clone(), documents: BTreeSet::new() };
        // One unit's streams have the batches of all.
        let one = opened.blocks.iter().flat_map(|block| &block.units).next();
        let one = one.ok_or(DossierError::Unknown("unit_unknown"))?;
        for body in source.streams(&Streams::Sheet(round.clone(), one.clone()), upto).await? {
            let named = documents_of(&Event::decode(&body)?.fact);
            extent.documents.extend(named.into_iter().map(|(kind, doc)| (kind, doc.id)));
        }
        Ok(extent)
    }

    /// Whether the events of a stream are held with their bodies.
    pub fn holds(&self, stream: &Stream) -> bool {
        match stream {
            Stream::Log | Stream::Grants(_) => true,
            // A case is about people, and of no round.
            Stream::Case(_) => false,
            Stream::Document(kind, id) => self.documents.contains(&(*kind, id.clone())),
            Stream::Round(r) | Stream::Sheet(r, _) | Stream::Survey(r, _) | Stream::Appeal(r, _) => *r == self.round,
        }
    }
}

/// How a round was opened.
async fn opening(source: &Source, round: &RoundId, upto: u64) -> Result<OpenRound, DossierError> {
    let own = source.streams(&Streams::One(Stream::Round(round.clone())), upto).await?;
    match own.first().map(|body| Event::decode(body)).transpose()?.map(|event| event.fact) {
        Some(Fact::RoundOpened(opened)) => Ok(opened),
        _ => Err(DossierError::Unknown("round_unknown")),
    }
}

/// Whether an event belongs to the history of a unit's scores (RULINGS 15): the log's own, the round's stream, the unit's
/// sheet, the batches, and the appeals that the unit lodged.
#[derive(Debug)]
pub struct History {
    round: RoundId,
    unit: UnitId,
    appeals: BTreeSet<u32>,
}

impl History {
    /// Of a unit in a round; its appeals are found as they come.
    pub fn new(round: RoundId, unit: UnitId) -> Self {
        Self { round, unit, appeals: BTreeSet::new() }
    }

    /// Whether the next event belongs to it.
    pub fn takes(&mut self, event: &Event) -> bool {
        if let Fact::AppealLodged(f) = &event.fact
            && (&f.round, &f.unit) == (&self.round, &self.unit)
        {
            self.appeals.insert(f.number);
        }
        match &event.envelope.stream {
            Stream::Log => true,
            Stream::Grants(_) | Stream::Document(..) | Stream::Case(_) => false,
            Stream::Round(round) | Stream::Survey(round, _) => *round == self.round,
            Stream::Sheet(round, unit) => (round, unit) == (&self.round, &self.unit),
            Stream::Appeal(round, number) => *round == self.round && self.appeals.contains(number),
        }
    }

    /// Its events up to a position, in the order of the log, with their bodies and hashes.
    pub async fn read(mut self, source: &Source, upto: u64) -> Result<Vec<(Event, Hash, Vec<u8>)>, DossierError> {
        let opened = opening(source, &self.round, upto).await?;
        if !opened.blocks.iter().any(|block| block.units.contains(&self.unit)) {
            return Err(DossierError::Unknown("unit_unknown"));
        }
        let mut bodies = source.streams(&Streams::Log, upto).await?;
        bodies.extend(source.streams(&Streams::Sheet(self.round.clone(), self.unit.clone()), upto).await?);
        let mut events = Vec::new();
        for body in bodies {
            events.push((Event::decode(&body)?, Hash::entry(&body), body));
        }
        events.sort_by_key(|(event, ..)| event.envelope.position);
        events.retain(|(event, ..)| self.takes(event));
        Ok(events)
    }
}

/// The sealed documents that an event of a round names.
pub fn documents_of(fact: &Fact) -> Vec<(DocKind, DocRef)> {
    match fact {
        Fact::RoundOpened(f) => {
            let forms = f.forms.iter().map(|form| (DocKind::Form, form.clone()));
            let both = [(DocKind::Rulebook, f.rulebook.clone()), (DocKind::Catalogue, f.catalogue.clone())];
            both.into_iter().chain(forms).collect()
        }
        Fact::BatchRecorded(f) => vec![(DocKind::Tally, f.tally.clone())],
        Fact::BatchRechecked(f) => vec![(DocKind::Tally, f.tally.clone())],
        _ => Vec::new(),
    }
}
