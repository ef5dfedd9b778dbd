//! What a dossier says of its events, gathered while they go by: the documents that the round names, the references to
//! evidence, the publications. Whoever makes a dossier and whoever checks it gather the same way.

use std::collections::BTreeSet;

use domain::{Round, World, event_line, published_rows};
use proto::act::log::Mode;
use proto::act::round::OpenRound;
use proto::between::EventLine;
use proto::canon::{WriteError, to_vec};
use proto::dossier::{About, Attached, PublishedRows, SealedDocument};
use proto::fold::{Fold, Unfit};
use proto::rows::{StandingRow, row_lines, table_rows};
use proto::{Event, Fact, Hash, RoundId, Stream};

use super::extent::documents_of;

/// What is noted of the events that are here with their bodies, whatever they lead to.
pub struct Noted {
    about: About,
    round: RoundId,
    /// How many there are.
    pub bodies: u64,
    /// References to evidence.
    pub references: u64,
    /// The lines of the evidence manifest.
    pub evidence: Vec<u8>,
    /// The events that a page shows: of a round its own stream, of a score everything.
    pub shown: Vec<EventLine>,
    /// The round as it was opened.
    pub opened: Option<OpenRound>,
    /// Its publications.
    pub published: Vec<PublishedRows>,
    /// Whether the log is one for practice.
    pub training: bool,
    documents: BTreeSet<SealedDocument>,
}

impl Noted {
    /// Nothing yet.
    pub fn new(about: About, round: RoundId) -> Self {
        Self {
            about,
            round,
            bodies: 0,
            references: 0,
            evidence: Vec::new(),
            shown: Vec::new(),
            opened: None,
            published: Vec::new(),
            training: false,
            documents: BTreeSet::new(),
        }
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// [`WriteError`], which no event that was decoded gives.
    pub fn take(&mut self, event: &Event, hash: Hash) -> Result<(), WriteError> {
        let e = &event.envelope;
        self.bodies += 1;
        for evidence in event.fact.evidence() {
            let attached = Attached { position: e.position, stream: e.stream.clone(), evidence: evidence.clone() };
            self.evidence.extend_from_slice(&to_vec(&attached)?);
            self.evidence.push(b'\n');
            self.references += 1;
        }
        let own = matches!(&e.stream, Stream::Round(r) if *r == self.round);
        if own || self.about == About::Score {
            self.shown.push(event_line(event, hash));
        }
        if e.stream.round() == Some(&self.round) {
            let named = documents_of(&event.fact).into_iter();
            self.documents.extend(named.map(|(kind, doc)| SealedDocument { kind, id: doc.id, digest: doc.digest }));
        }
        match &event.fact {
            Fact::LogCreated(f) => self.training = f.mode == Mode::Training,
            Fact::RoundOpened(f) if own => self.opened = Some(f.clone()),
            Fact::ResultPublished(f) if own => {
                let (publication, position, digest) = (f.publication, e.position, f.digest);
                self.published.push(PublishedRows { publication, position, digest });
            }
            _ => {}
        }
        Ok(())
    }

    /// The documents that the round names.
    pub fn documents(&self) -> Vec<SealedDocument> {
        self.documents.iter().cloned().collect()
    }
}

/// What is gathered of a round: what is noted, and what the events lead to.
pub struct Gathered {
    /// What is noted.
    pub noted: Noted,
    world: World,
}

/// A publication with its rows.
pub struct Publication {
    /// What the manifest says of it.
    pub said: PublishedRows,
    /// When it was made, in Vietnam.
    pub at: String,
    /// Its rows, in the order of their digest.
    pub rows: Vec<StandingRow>,
    /// The lines that its digest is made over.
    pub lines: Vec<u8>,
}

impl Gathered {
    /// Nothing yet.
    pub fn new(round: RoundId) -> Self {
        Self { noted: Noted::new(About::Round, round), world: World::default() }
    }

    /// Takes the next event that is here with its body.
    ///
    /// # Errors
    /// [`Unfit`] for one that the rules do not take.
    pub fn take(&mut self, event: &Event, hash: Hash) -> Result<(), Unfit> {
        self.world.fold(event)?;
        self.noted.take(event, hash).map_err(|e| Unfit { position: event.envelope.position, what: e.to_string() })
    }

    /// Says that the log has come to a position: what is withheld counts too.
    pub fn come_to(&mut self, position: u64) {
        self.world.position = position;
    }

    /// The state that the events have led to.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The round, once it was opened.
    pub fn round(&self) -> Option<&Round> {
        self.world.rounds.get(&self.noted.round)
    }

    /// The round's publications, with the rows that the events lead to.
    pub fn publications(&self) -> Vec<Publication> {
        let Some(round) = self.round() else { return Vec::new() };
        let with_rows = |publication: &domain::Publication| {
            let rows = published_rows(round, publication);
            let domain::Publication { number, position, digest, at, .. } = *publication;
            let lines = row_lines(&[table_rows(&rows)]);
            Publication { said: PublishedRows { publication: number, position, digest }, at: at.vietnam(), rows, lines }
        };
        round.publications.iter().map(with_rows).collect()
    }
}
