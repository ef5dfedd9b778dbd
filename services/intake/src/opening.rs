//! The opening of a round for its pages: which documents are on record, what files that are brought would put there, what keeps the round from
//! being opened. It writes nothing: what is to go on record comes back as commands, for whoever brought the file to send.

mod changes;
mod grants;
mod record;
mod rules;
mod summary;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{World, opening_roles, reach, unfit_opening, unstaffed};
use futures::TryStreamExt;
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::ports::{Openings, Pieces};
use platform::restore::{END, restore};
use proto::act::round::OpenRound;
use proto::document::{DocKind, Rulebook, Text};
use proto::fold::Streams;
use proto::opening::{
    BroughtDocument, BroughtGrants, CheckedOpening, DocumentQuery, OpeningDesk, OpeningFault, OpeningQuery,
};
use proto::returned_sheet::{ReturnedFault, SheetBook};
use proto::work::Role;
use proto::{Act, Acting, Capacity, Event, Fact, Hash, Origin, Principal, Rejection, RoundId, Stream, text};

use crate::document::Document;
use crate::fault::{Fault, Faults, Place};
use crate::limits::{JSON_BYTES_MAX, WORKBOOK_BYTES_MAX};
use crate::parts::{capacity, commands};
use crate::unit_sheet::Rounds;
use record::{Kept, on_record};

/// The kinds of documents that a round binds.
const KINDS: [DocKind; 3] = [DocKind::Rulebook, DocKind::Catalogue, DocKind::Form];

/// The opening of rounds for pages.
pub struct OnOpening {
    /// The log.
    pub origin: Origin,
    /// Where its people are folded.
    pub rounds: Box<dyn Rounds>,
    /// Its streams.
    pub feed: SharedFeed,
    /// Its clock.
    pub clock: Arc<Clock>,
}

/// Who asks: the position and root that he is answered at, and in which capacities he acts.
struct Asked {
    position: u64,
    root: Hash,
    roles: Vec<Role>,
}

#[async_trait]
impl Openings for OnOpening {
    async fn stands(&self, principal: &Principal, query: OpeningQuery) -> Result<OpeningDesk, Rejection> {
        let Asked { position, root, roles } = self.asked(principal, query.only).await?;
        let mut documents = Vec::new();
        for kind in KINDS.into_iter().filter(|kind| query.only.is_none_or(|only| only == *kind)) {
            documents.extend(self.documents(kind, position).await?.into_iter().map(Kept::told));
        }
        documents.sort_by_key(|kept| kept.position);
        let like = match query.like.filter(|_| query.only.is_none()) {
            Some(round) => self.opened(&round, position).await?,
            None => None,
        };
        Ok(OpeningDesk { position, root, at: self.clock.now(), roles, documents, like })
    }

    async fn brought(
        &self,
        principal: &Principal,
        query: DocumentQuery,
        pieces: Pieces<'_>,
    ) -> Result<BroughtDocument, Rejection> {
        let asked = self.asked(principal, Some(query.kind)).await?;
        let acting = acting(principal, &asked.roles, capacity(query.kind))?;
        let Some(bytes) = whole(pieces, JSON_BYTES_MAX).await else { return Ok(faulty(query, &too_large())) };
        let kind = query.kind;
        let read = beside(move || Document::read(&bytes, Some(kind))).await?;
        let made = read.and_then(|document| {
            let made = commands(&document, &query.id, &self.origin, acting.unit.as_ref())?;
            Ok((document, made))
        });
        let (document, made) = match made {
            Ok(made) => made,
            Err(faults) => return Ok(faulty(query, &faults)),
        };
        let summary = summary::of(kind, document.whole());
        let last = match kind {
            DocKind::Catalogue | DocKind::Rulebook => {
                self.documents(kind, asked.position).await?.into_iter().rfind(Kept::is_sealed)
            }
            DocKind::Form | DocKind::Tally => None,
        };
        let books =
            last.as_ref().map(|last| (summary::typed::<Rulebook>(&last.whole), summary::typed(document.whole())));
        let rules = match books {
            Some((Some(before), Some(now))) if kind == DocKind::Rulebook => rules::of(&before, &now),
            _ => Vec::new(),
        };
        let before = last.as_ref().and_then(|last| summary::of(kind, &last.whole));
        let changes = match (&before, &summary) {
            (Some(before), Some(now)) => changes::of(&before.units, &now.units),
            _ => Vec::new(),
        };
        Ok(BroughtDocument {
            query,
            faults: Vec::new(),
            more: 0,
            digest: Some(document.digest()),
            summary,
            against: last.map(|last| last.id),
            changes,
            rules,
            commands: made.iter().map(canonical).collect(),
        })
    }

    async fn checked(&self, principal: &Principal, opening: OpenRound) -> Result<CheckedOpening, Rejection> {
        self.asked(principal, None).await?;
        let act = Act::OpenRound(opening.clone());
        let world = self.world(reach(&act)).await?;
        let faults = unfit_opening(&world, &opening).err().unwrap_or_default();
        let missing = unstaffed(&world, &opening, self.clock.now());
        Ok(CheckedOpening { faults: told(faults), missing: told(missing) })
    }

    async fn grants_brought(&self, principal: &Principal, pieces: Pieces<'_>) -> Result<BroughtGrants, Rejection> {
        let asked = self.asked(principal, None).await?;
        let acting = acting(principal, &asked.roles, Capacity::Administrator)?;
        let none = |faults: Faults| BroughtGrants {
            faults: faults.told.iter().map(fault).collect(),
            more: faults.more as u64,
            rows: Vec::new(),
        };
        let Some(bytes) = whole(pieces, WORKBOOK_BYTES_MAX).await else { return Ok(none(too_large())) };
        let rows = match beside(move || grants::read(&bytes)).await? {
            Ok(rows) => rows,
            Err(faults) => return Ok(none(faults)),
        };
        let world = self.world(Vec::new()).await?;
        let look = grants::Against { world: &world, principal, at: self.clock.now(), origin: &self.origin, acting };
        Ok(BroughtGrants { faults: Vec::new(), more: 0, rows: rows.into_iter().map(|row| look.at(row)).collect() })
    }

    async fn grants_book(&self, principal: &Principal) -> Result<SheetBook, Rejection> {
        let Asked { position, .. } = self.asked(principal, None).await?;
        let world = self.world(Vec::new()).await?;
        let unusable = |faults: Faults| Rejection::FilesUnusable { detail: faults.to_string() };
        let bytes = grants::write(&world, self.clock.now()).map_err(unusable)?;
        Ok(SheetBook { position, bytes })
    }
}

impl OnOpening {
    /// Whether somebody may look at how rounds are opened, or at the documents of one kind.
    async fn asked(&self, principal: &Principal, only: Option<DocKind>) -> Result<Asked, Rejection> {
        let (at, mut told) = (self.clock.now(), Err(Rejection::LogMissing {}));
        let see = |world: &World, root| {
            let roles = opening_roles(world, principal, at, only.map(capacity));
            told = roles.map(|roles| Asked { position: world.position, root, roles });
        };
        self.rounds.now(None, Box::new(see)).await?;
        told
    }

    /// The documents of a kind, in the order of their last events.
    async fn documents(&self, kind: DocKind, upto: u64) -> Result<Vec<Kept>, Rejection> {
        let bodies = self.feed.streams(&Streams::Documents(kind), upto).await.map_err(|e| unusable(&e))?;
        on_record(kind, &bodies).map_err(|e| unusable(&e))
    }

    /// What a round has declared when it was opened.
    async fn opened(&self, round: &RoundId, upto: u64) -> Result<Option<OpenRound>, Rejection> {
        let own = Streams::One(Stream::Round(round.clone()));
        let bodies = self.feed.streams(&own, upto).await.map_err(|e| unusable(&e))?;
        let Some(first) = bodies.first() else { return Ok(None) };
        match Event::decode(first).map_err(|e| unusable(&e))?.fact {
            Fact::RoundOpened(opened) => Ok(Some(opened)),
            _ => Ok(None),
        }
    }

    /// The log's people, and what else is wanted.
    async fn world(&self, more: Vec<Streams>) -> Result<World, Rejection> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants].into_iter().chain(more) {
            restore(&*self.feed, &mut world, streams, END).await.map_err(|e| unusable(&e))?;
        }
        Ok(world)
    }
}

fn unusable(error: &dyn std::error::Error) -> Rejection {
    Rejection::FilesUnusable { detail: error.to_string() }
}

/// In which role somebody does what only one capacity does.
fn acting(principal: &Principal, roles: &[Role], capacity: Capacity) -> Result<Acting, Rejection> {
    let role = roles.iter().find(|role| role.capacity == capacity);
    let missing = || Rejection::CapacityMissing { actor: principal.actor.clone(), capacity };
    role.map(|role| Acting { capacity, unit: role.unit.clone() }).ok_or_else(missing)
}

/// All bytes of a file; none where there are too many, or where they break off.
async fn whole(mut pieces: Pieces<'_>, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.try_next().await.ok()? {
        if bytes.len() + piece.len() > most {
            return None;
        }
        bytes.extend_from_slice(&piece);
    }
    Some(bytes)
}

/// A file is inflated and read beside whoever else is served.
async fn beside<R: Send + 'static>(read: impl FnOnce() -> R + Send + 'static) -> Result<R, Rejection> {
    tokio::task::spawn_blocking(read).await.map_err(|error| unusable(&error))
}

fn too_large() -> Faults {
    Faults::one("file_too_large", Place::File, text!("quá lớn, hoặc bị đứt", "it is too large, or it broke off"))
}

fn faulty(query: DocumentQuery, faults: &Faults) -> BroughtDocument {
    BroughtDocument {
        query,
        faults: faults.told.iter().map(fault).collect(),
        more: faults.more as u64,
        digest: None,
        summary: None,
        against: None,
        changes: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
    }
}

fn fault(fault: &Fault) -> ReturnedFault {
    ReturnedFault { code: fault.code.to_owned(), place: fault.place.text(), text: fault.what.clone() }
}

fn told(faults: domain::Faults) -> Vec<OpeningFault> {
    let one = |fault: domain::Fault| OpeningFault { path: fault.path, code: fault.code.to_owned(), text: fault.what };
    faults.0.into_iter().map(one).collect()
}

fn canonical(command: &proto::Command) -> String {
    String::from_utf8_lossy(&command.to_canonical()).into_owned()
}

/// A text that is the same in both languages.
fn same(text: &str) -> Text {
    Text::new(text, text)
}
