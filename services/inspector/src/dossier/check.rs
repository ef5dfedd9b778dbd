//! A dossier checked by itself: its members, its checkpoint, its events, and what the rules make of them.
//! It asks nobody, stops at the first thing that does not hold, and says whose key it believed.

mod decided;
mod heads;
mod history;
mod score;

use std::io::{Read, Seek};

use proto::dossier::{About, Complete, Line, Manifest, Member, names};
use proto::note::Note;
use proto::policy::{Believed, Policy};
use proto::walk::Walk;
use proto::{Event, Hash, Instant};

use self::decided::Deciding;
use self::heads::Anchored;
use super::gathered::{Gathered, Noted};
use super::opened::{BadDossier, Opened};
use super::page::{self, PAGE, Shown};
use crate::against::{Against, Comparing, Kept, KeptHead};
use crate::bounds::Bounds;
use crate::finding::{Finding, Place};

/// A dossier that holds.
#[derive(Debug)]
pub struct Checked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Who vouches for its checkpoint.
    pub believed: Believed,
    /// Whether whoever asked named them, or the dossier itself.
    pub by_its_own_word: bool,
    /// How far witnesses bound the times of a round's events.
    pub bounds: Bounds,
    /// Whether its page is of the version that is made here, and so is known to say what the events say.
    pub page_known: bool,
}

/// Checks a dossier; without a policy from outside, by the keys that it names itself.
///
/// # Errors
/// [`BadDossier`] with the first thing that does not hold.
pub fn verify_dossier<R: Read + Seek>(file: R, outside: Option<&Policy>) -> Result<Checked, BadDossier> {
    let mut opened = Opened::open(file)?;
    let manifest = Manifest::parse(&opened.whole(names::MANIFEST)?)?;
    members(&mut opened, &manifest)?;
    let own = Policy::parse(&String::from_utf8_lossy(&opened.whole(names::POLICY)?))?;
    let note = opened.whole(names::CHECKPOINT)?;
    let by_itself = sealed(&note, &own, &manifest)?;
    let believed = outside.map_or_else(|| Ok(by_itself.clone()), |policy| sealed(&note, policy, &manifest))?;
    if !believed.quorum_met {
        return Err(BadDossier::Quorum);
    }
    let (made, bounds) = match manifest.about {
        About::Round => {
            let (gathered, bounds) = round(&mut opened, &manifest, &note, outside.unwrap_or(&own))?;
            said(&manifest, &gathered.noted)?;
            results(&manifest, &gathered)?;
            (page::round(&Shown { manifest: &manifest, gathered: &gathered, believed: &by_itself }), bounds)
        }
        About::Score => {
            let whole = match manifest.complete {
                Complete::History => Some(history::whole(&mut opened, &manifest, &note, outside.unwrap_or(&own))?),
                Complete::WholeLog | Complete::Heads | Complete::Unproven => None,
            };
            let noted = score::events(&mut opened, &manifest, whole.as_ref())?;
            said(&manifest, &noted)?;
            (page::score(&manifest, &noted, &by_itself), Bounds::default())
        }
    };
    let page_known = manifest.page == PAGE;
    let made = made.map_err(|e| BadDossier::Page(e.to_string()))?;
    if page_known && made.as_bytes() != opened.whole(names::PAGE)? {
        return Err(BadDossier::Page("index.html is not what these events make".to_owned()));
    }
    Ok(Checked { manifest, believed, by_its_own_word: outside.is_none(), bounds, page_known })
}

/// The members are those of the manifest, every one of them and no other.
fn members<R: Read + Seek>(opened: &mut Opened<R>, manifest: &Manifest) -> Result<(), BadDossier> {
    let named = |name: &str| manifest.members.iter().any(|m| m.name.as_str() == name);
    let there = opened.names().iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    if let Some(extra) = there.iter().find(|name| *name != names::MANIFEST && !named(name)) {
        return Err(BadDossier::Members(format!("the member {extra} is not in the manifest")));
    }
    for said in &manifest.members {
        if !there.iter().any(|name| name == said.name.as_str()) {
            return Err(BadDossier::Members(format!("the member {} is missing", said.name.as_str())));
        }
    }
    let needed = [names::CHECKPOINT, names::EVENTS, names::EVIDENCE, names::PAGE, names::POLICY, names::README];
    if let Some(missing) = needed.into_iter().find(|name| !named(name)) {
        return Err(BadDossier::Members(format!("the member {missing} is missing")));
    }
    manifest.members.iter().try_for_each(|said| opened.check(said))
}

/// The checkpoint is signed by whom a policy believes, and is the one that the manifest speaks of.
fn sealed(note: &[u8], policy: &Policy, manifest: &Manifest) -> Result<Believed, BadDossier> {
    let note = Note::parse(note).map_err(proto::checkpoint::BadCheckpoint::from)?;
    let believed = policy.open(&note)?;
    let differs = |what: &str| BadDossier::Checkpoint(format!("the manifest names another {what} than the checkpoint"));
    let head = believed.checkpoint.head;
    match () {
        () if believed.checkpoint.origin != manifest.log.as_str() => Err(differs("log")),
        () if head.size != manifest.size => Err(differs("size")),
        () if head.root != manifest.root => Err(differs("root")),
        () => Ok(believed),
    }
}

/// The events of a round: they follow each other, make the checkpoint's root, and fit the rules.
fn round<R: Read + Seek>(
    opened: &mut Opened<R>,
    manifest: &Manifest,
    note: &[u8],
    policy: &Policy,
) -> Result<(Gathered, Bounds), BadDossier> {
    let kept = KeptHead::of_checkpoint("the dossier's checkpoint", Kept::Outside, note, policy)?;
    let against = Against { heads: vec![kept], believed: Some(policy.clone()), ..Against::default() };
    let mut comparing = Comparing::new(&against);
    let (mut walk, mut gathered) = (Walk::new(manifest.log.clone()), Gathered::new(manifest.round.clone()));
    let (mut anchored, mut deciding) = (Anchored::read(opened, manifest)?, Deciding::begin(opened, manifest)?);
    let mut bounds = Bounds::among(deciding.log(), &against);
    let mut last = Instant::from_micros(0).expect("1970 is an instant");
    opened.lines(names::EVENTS, |line| {
        let position = walk.position() + 1;
        let bad = |what: String| BadDossier::Event { position, what };
        let line = line.ok_or_else(|| bad("a line is too long, or has no end".to_owned()))?;
        match Line::read(line) {
            Line::Withheld(hash) => {
                walk.pass(hash);
                bounds.pass(&walk);
            }
            Line::Body(body) => {
                let hash = walk.step(body).map_err(|fault| bad(fault.broken.to_string()))?;
                let event = Event::decode(body).map_err(|e| bad(e.to_string()))?;
                if event.envelope.at < last {
                    return Err(bad("at lies before the at of the event before".to_owned()));
                }
                last = event.envelope.at;
                gathered.come_to(position - 1);
                deciding.decide(gathered.world(), &event)?;
                take(&mut gathered, &event, hash)?;
                deciding.keep(&event, body);
                bounds.step(&walk, last);
                anchored.iter_mut().for_each(|anchored| anchored.take(&event, hash));
            }
        }
        deciding.passed(&walk);
        anchored.iter_mut().for_each(|anchored| anchored.passed(position, gathered.world()));
        comparing.step(&walk, last);
        Ok(())
    })?;
    if walk.position() != manifest.size {
        let what = format!("the checkpoint counts {} events, here are {}", manifest.size, walk.position());
        return Err(BadDossier::Root(what));
    }
    if walk.root() != manifest.root {
        return Err(BadDossier::Root("the root of the events is not the checkpoint's".to_owned()));
    }
    anchored.map_or(Ok(()), |anchored| anchored.hold(manifest))?;
    let keys = gathered.world().log.as_ref().map_or(&[][..], |log| &log.keys);
    if let Some(finding) = comparing.findings((&manifest.log, keys), &walk, true).first() {
        return Err(BadDossier::Checkpoint(finding.what.clone()));
    }
    match bounds.findings().into_iter().next() {
        Some(Finding { place: Place::Position(position), what }) => Err(BadDossier::Times { position, what }),
        _ => Ok((gathered, bounds)),
    }
}

fn take(gathered: &mut Gathered, event: &Event, hash: Hash) -> Result<(), BadDossier> {
    gathered.take(event, hash).map_err(|e| BadDossier::Rules { position: e.position, what: e.what })
}

/// Whether a member is these bytes. The members are those of the manifest by now, digest for digest.
fn is(manifest: &Manifest, name: &str, bytes: &[u8]) -> bool {
    let member = manifest.members.iter().find(|member| member.name.as_str() == name);
    member.is_some_and(|member| member.sha256 == Hash::digest(bytes))
}

/// What else stands in the dossier is what its events say.
fn said(manifest: &Manifest, noted: &Noted) -> Result<(), BadDossier> {
    if noted.opened.is_none() {
        return Err(BadDossier::Differs("round"));
    }
    if noted.bodies != manifest.bodies {
        return Err(BadDossier::Differs("number of bodies"));
    }
    if noted.documents() != manifest.documents {
        return Err(BadDossier::Documents("the manifest names others than the round does".to_owned()));
    }
    if noted.published != manifest.publications {
        return Err(BadDossier::Results("the manifest names other publications than the events".to_owned()));
    }
    let of_results = |member: &&Member| member.name.as_str().starts_with("results/");
    let expected = if manifest.about == About::Round { noted.published.len() } else { 0 };
    if manifest.members.iter().filter(of_results).count() != expected {
        return Err(BadDossier::Results("rows are missing, or of a publication that was not made".to_owned()));
    }
    let same = is(manifest, names::EVIDENCE, &noted.evidence) && noted.references == manifest.evidence.references;
    if same { Ok(()) } else { Err(BadDossier::Evidence) }
}

/// The rows of each publication are those that its event binds, and those that the events lead to.
fn results(manifest: &Manifest, gathered: &Gathered) -> Result<(), BadDossier> {
    for publication in gathered.publications() {
        let (number, bad) = (publication.said.publication, BadDossier::Results);
        if Hash::digest(&publication.lines) != publication.said.digest {
            return Err(bad(format!("the events lead to other rows than those that publication {number} binds")));
        }
        if !is(manifest, &names::results(number), &publication.lines) {
            return Err(bad(format!("{} is not what publication {number} binds", names::results(number))));
        }
    }
    Ok(())
}
