//! A score's dossier: the events of its history with their inclusion proofs, under one checkpoint. It shows that each of them is
//! in the log at its place, and that its streams have no gap; with the sheet's complete history also that none is missing.

use std::io::{Seek, Write};

use proto::checkpoint::BadCheckpoint;
use proto::dossier::{About, Complete, EvidenceCount, FORMAT, Manifest, Proven, names};
use proto::note::Note;
use proto::tree::verify_inclusion;
use proto::{Code, Event, Fact, Origin, RoundId, UnitId};

use super::archive::Archive;
use super::extent::History;
use super::gathered::Noted;
use super::page::{self, PAGE};
use super::round::finish;
use super::tree::under;
use super::{DossierError, Seal};
use crate::finding::{Finding, Place};
use crate::history_proof::{ProveError, prove_history};
use crate::source::Source;

/// Whose history a dossier tells.
#[derive(Debug, Clone)]
pub struct OfScore {
    /// The round.
    pub round: RoundId,
    /// The unit.
    pub unit: UnitId,
    /// The leaf; the whole sheet if absent. The events are the same, the page shows those of the leaf.
    pub leaf: Option<Code>,
    /// Whether the sheet's complete history is to be in it, which holds the appeals of other units too.
    pub complete: bool,
}

/// Writes a score's dossier.
///
/// # Errors
/// [`DossierError`]; what was written until then is no dossier.
pub async fn export_score<W: Write + Seek>(
    (source, origin): (&Source, &Origin),
    of: &OfScore,
    seal: &Seal,
    out: W,
) -> Result<Manifest, DossierError> {
    let head = seal.of(origin)?;
    let events = History::new(of.round.clone(), of.unit.clone()).read(source, head.size).await?;
    let tree = under(source, head).await?;
    let (mut bodies, mut proofs) = (Vec::new(), Vec::new());
    let mut noted = Noted::new(About::Score, of.round.clone());
    for (event, hash, body) in &events {
        let position = event.envelope.position;
        let broken =
            |_| DossierError::Broken(Finding::new(Place::Position(position), "it is not the event of its hash"));
        let index = position.checked_sub(1).ok_or(DossierError::Differs(0))?;
        let proof = tree.inclusion(index, head.size).map_err(broken)?;
        verify_inclusion(index, *hash, head.size, head.root, &proof).map_err(broken)?;
        noted.take(event, *hash)?;
        bodies.extend_from_slice(body);
        bodies.push(b'\n');
        proofs.extend(proto::canon::to_vec(&Proven { position, proof })?);
        proofs.push(b'\n');
    }
    let (history, complete_to) = match of.complete {
        true => history(source, of, seal).await.map(|(bytes, size)| (Some(bytes), Some(size)))?,
        false => (None, None),
    };
    let mut manifest = Manifest {
        format: FORMAT,
        about: About::Score,
        log: origin.clone(),
        round: of.round.clone(),
        unit: Some(of.unit.clone()),
        leaf: of.leaf.clone(),
        size: head.size,
        root: head.root,
        bodies: noted.bodies,
        withheld: head.size - noted.bodies,
        // Never the whole log: powers and documents are left out.
        complete: if history.is_some() { Complete::History } else { Complete::Unproven },
        complete_to,
        documents: noted.documents(),
        publications: noted.published.clone(),
        page: PAGE,
        evidence: EvidenceCount { references: noted.references, files: 0 },
        members: Vec::new(),
    };
    let mut archive = Archive::new(out);
    archive.put(names::README, page::readme(origin, head, &of.round, Some(of))?.as_bytes())?;
    archive.put(names::CHECKPOINT, &seal.checkpoint)?;
    archive.put(names::EVENTS, &bodies)?;
    let shown = page::score(&manifest, &noted, seal.believed())?;
    let mut later = vec![
        (names::EVIDENCE.to_owned(), noted.evidence),
        (names::PAGE.to_owned(), shown.into_bytes()),
        (names::POLICY.to_owned(), seal.policy.clone().into_bytes()),
        (names::PROOFS.to_owned(), proofs),
    ];
    later.extend(history.map(|history| (names::HISTORY.to_owned(), history)));
    finish(archive, &mut manifest, later)?;
    Ok(manifest)
}

/// The sheet's complete history under the dossier's checkpoint, and up to where it goes.
async fn history(source: &Source, of: &OfScore, seal: &Seal) -> Result<(Vec<u8>, u64), DossierError> {
    let note = Note::parse(&seal.checkpoint).map_err(BadCheckpoint::from)?;
    let broken = |error: String| DossierError::History(Box::new(ProveError::Broken(error)));
    let made = prove_history(source, of.round.clone(), of.unit.clone(), (&note, &seal.trusted)).await;
    let made = made.map_err(|e| DossierError::History(Box::new(e)))?;
    let anchor = Event::decode(made.anchor.body.as_bytes())?;
    let Fact::Anchored(anchor) = anchor.fact else { return Err(broken("its anchor is none".to_owned())) };
    Ok((made.to_bytes().map_err(|e| broken(e.to_string()))?, anchor.size))
}
