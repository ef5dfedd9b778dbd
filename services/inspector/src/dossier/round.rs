//! A round's dossier: the events up to a signed checkpoint, those of other rounds by their hashes alone, and what follows
//! from them. It is written while the log goes by, and stands only if the log is the one that was signed.

use std::io::{Seek, Write};

use include_dir::{Dir, include_dir};
use proto::dossier::{About, Complete, EvidenceCount, FORMAT, Manifest, Member, names};
use proto::tail::Tail;
use proto::walk::Walk;
use proto::{Event, Origin, RoundId, Stream};

use super::archive::Archive;
use super::extent::Extent;
use super::gathered::Gathered;
use super::page::{self, PAGE, Shown};
use super::{DossierError, Seal, heads};
use crate::finding::{Finding, Place};
use crate::source::Source;
use crate::walking::walk_log;

/// The schemas, as they are.
static SCHEMA: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../proto/schema");
/// The normative text and the verifier that was written from it, so that whoever finds a dossier alone can read it.
const PROTOCOL: [(&str, &[u8]); 2] = [
    ("protocol/README.md", include_bytes!("../../../../proto/README.md")),
    ("protocol/verify.py", include_bytes!("../../../../proto/verify.py")),
];

/// A member as a whole, not written yet.
pub type Whole = (String, Vec<u8>);

/// Writes a round's dossier.
///
/// # Errors
/// [`DossierError`]; what was written until then is no dossier.
pub async fn export_round<W: Write + Seek>(
    (source, origin): (&Source, &Origin),
    round: &RoundId,
    seal: &Seal,
    out: W,
    progress: impl FnMut(u64),
) -> Result<Manifest, DossierError> {
    let head = seal.of(origin)?;
    let extent = Extent::of(source, round, head.size).await?;
    let mut archive = Archive::new(out);
    archive.put(names::README, page::readme(origin, head, round, None)?.as_bytes())?;
    archive.put(names::CHECKPOINT, &seal.checkpoint)?;
    let gathered = events((source, origin), round, (&extent, seal), &mut archive, progress).await?;
    let publications = gathered.publications();
    let (documents, withheld) = (gathered.noted.documents(), head.size - gathered.noted.bodies);
    // Of a whole log nothing can be missing.
    let proven = match withheld {
        0 => None,
        _ => heads::of_round((source, origin), head, round, &documents).await?,
    };
    let complete = match (withheld, &proven) {
        (0, _) => Complete::WholeLog,
        (_, Some(_)) => Complete::Heads,
        (_, None) => Complete::Unproven,
    };
    let mut manifest = Manifest {
        format: FORMAT,
        about: About::Round,
        log: origin.clone(),
        round: round.clone(),
        unit: None,
        leaf: None,
        size: head.size,
        root: head.root,
        bodies: gathered.noted.bodies,
        withheld,
        complete,
        complete_to: proven.as_ref().map(|(_, size)| *size),
        documents,
        publications: publications.iter().map(|p| p.said.clone()).collect(),
        page: PAGE,
        evidence: EvidenceCount { references: gathered.noted.references, files: 0 },
        members: Vec::new(),
    };
    let shown = page::round(&Shown { manifest: &manifest, gathered: &gathered, believed: seal.believed() })?;
    let mut later: Vec<Whole> = vec![
        (names::EVIDENCE.to_owned(), gathered.noted.evidence),
        (names::PAGE.to_owned(), shown.into_bytes()),
        (names::POLICY.to_owned(), seal.policy.clone().into_bytes()),
    ];
    if let Some((proven, _)) = &proven {
        later.push((names::HEADS.to_owned(), proto::canon::to_vec(proven)?));
    }
    later.extend(publications.into_iter().map(|p| (names::results(p.said.publication), p.lines)));
    finish(archive, &mut manifest, later)?;
    Ok(manifest)
}

/// Adds what every dossier carries, and the manifest of everything, in the order of the names.
pub fn finish<W: Write + Seek>(
    mut archive: Archive<W>,
    manifest: &mut Manifest,
    mut later: Vec<Whole>,
) -> Result<(), DossierError> {
    later.extend(PROTOCOL.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())));
    later.extend(SCHEMA.files().map(|file| {
        let name = file.path().file_name().unwrap_or_default().to_string_lossy();
        (format!("schema/{name}"), file.contents().to_vec())
    }));
    manifest.members = archive.members().to_vec();
    for (name, bytes) in &later {
        manifest.members.push(Member::of(name, bytes)?);
    }
    manifest.members.sort_by(|a, b| a.name.cmp(&b.name));
    later.push((names::MANIFEST.to_owned(), proto::canon::to_vec(manifest)?));
    later.sort();
    for (name, bytes) in &later {
        archive.put(name, bytes)?;
    }
    archive.finish()?.flush()?;
    Ok(())
}

/// Writes the events, and gathers from those that belong to the round.
async fn events<W: Write + Seek>(
    (source, origin): (&Source, &Origin),
    round: &RoundId,
    (extent, seal): (&Extent, &Seal),
    archive: &mut Archive<W>,
    mut progress: impl FnMut(u64),
) -> Result<Gathered, DossierError> {
    let head = seal.head();
    let mut gathered = Gathered::new(round.clone());
    let (mut failed, mut root) = (None, (head.size == 0).then(proto::tree::empty_root));
    archive.begin(names::EVENTS)?;
    let seen = async |walk: &Walk, body: &[u8]| {
        let position = walk.position();
        if position > head.size || failed.is_some() {
            return Ok(());
        }
        progress(position);
        failed = line(extent, walk, body, &mut gathered, archive).err();
        if position == head.size {
            root = Some(walk.root());
        }
        Ok(())
    };
    let (walk, broken) = walk_log(source, origin.clone(), seen).await?;
    if let Some(failed) = failed {
        return Err(failed);
    }
    match (root, broken) {
        (Some(root), _) if root == head.root => {}
        (Some(_), _) => return Err(DossierError::Differs(head.size)),
        (None, Some(broken)) => return Err(DossierError::Broken(broken)),
        (None, None) => return Err(DossierError::Ahead { signed: head.size, events: walk.position() }),
    }
    archive.end();
    if gathered.round().is_none() {
        return Err(DossierError::Unknown("round_unknown"));
    }
    Ok(gathered)
}

/// Writes one event: its body, or its hash where the body belongs to others.
fn line<W: Write + Seek>(
    extent: &Extent,
    walk: &Walk,
    body: &[u8],
    gathered: &mut Gathered,
    archive: &mut Archive<W>,
) -> Result<(), DossierError> {
    let unfit = |what: &str| DossierError::Broken(Finding::new(Place::Position(walk.position()), what));
    let hash = walk.hash().ok_or_else(|| unfit("it has no hash"))?;
    let tail = Tail::read(body).ok_or_else(|| unfit("the body has no envelope"))?;
    let stream = Stream::parse(&String::from_utf8_lossy(tail.stream)).map_err(|e| unfit(&e.to_string()))?;
    if extent.holds(&stream) {
        gathered.take(&Event::decode(body)?, hash)?;
        archive.piece(body)?;
    } else {
        archive.piece(&hash.hex())?;
    }
    archive.piece(b"\n")
}
