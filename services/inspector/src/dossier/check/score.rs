//! The events of a score's dossier: each is in the log at its place, by its own proof, and their streams have no gap.

use std::collections::HashMap;
use std::io::{Read, Seek};

use proto::dossier::{About, Manifest, Proven, names};
use proto::tree::verify_inclusion;
use proto::{Event, Hash, Instant, Stream};

use super::super::extent::History;
use super::super::gathered::Noted;
use super::super::opened::{BadDossier, Opened};
use super::history::Whole;

/// Checks the events; gives what was noted of them.
pub fn events<R: Read + Seek>(
    opened: &mut Opened<R>,
    manifest: &Manifest,
    whole: Option<&Whole>,
) -> Result<Noted, BadDossier> {
    let proofs = opened.whole(names::PROOFS)?;
    let mut proofs = proofs.split_inclusive(|b| *b == b'\n');
    let unit = manifest.unit.clone().ok_or(BadDossier::Differs("unit"))?;
    let mut walk = Followed::new(manifest, History::new(manifest.round.clone(), unit.clone()));
    let mut noted = Noted::new(About::Score, manifest.round.clone());
    let mut ends = HashMap::new();
    opened.lines(names::EVENTS, |line| {
        let after = walk.position;
        let body = line.ok_or_else(|| bad(after + 1, "a line is too long, or has no end"))?;
        let (event, hash) = walk.step(body)?;
        let unproven = || BadDossier::Proofs { position: walk.position };
        let proven = proofs.next().and_then(|line| Proven::parse(line.strip_suffix(b"\n")?)).ok_or_else(unproven)?;
        let is = proven.position == walk.position
            && verify_inclusion(walk.position - 1, hash, manifest.size, manifest.root, &proven.proof).is_ok();
        if !is {
            return Err(unproven());
        }
        if whole.is_some_and(|whole| walk.position <= whole.size) {
            ends.insert(event.envelope.stream.clone(), (event.envelope.version, hash));
        }
        noted.take(&event, hash).map_err(|e| bad(walk.position, &e.to_string()))
    })?;
    if proofs.next().is_some() {
        return Err(BadDossier::Proofs { position: walk.position });
    }
    whole.map_or(Ok(()), |whole| whole.hold(&ends))?;
    let of_the_round = |opened: &proto::act::round::OpenRound| opened.blocks.iter().any(|b| b.units.contains(&unit));
    match &noted.opened {
        None => Err(BadDossier::Differs("round")),
        Some(opened) if !of_the_round(opened) => Err(BadDossier::Differs("unit")),
        Some(_) => Ok(noted),
    }
}

fn bad(position: u64, what: &str) -> BadDossier {
    BadDossier::Event { position, what: what.to_owned() }
}

/// The streams as far as they were followed.
struct Followed<'m> {
    manifest: &'m Manifest,
    history: History,
    /// The last event's.
    position: u64,
    at: Option<Instant>,
    heads: HashMap<Stream, (u64, Hash)>,
}

impl<'m> Followed<'m> {
    fn new(manifest: &'m Manifest, history: History) -> Self {
        Self { manifest, history, position: 0, at: None, heads: HashMap::new() }
    }

    /// Takes the next event, if it goes on from what came before.
    fn step(&mut self, body: &[u8]) -> Result<(Event, Hash), BadDossier> {
        let event = Event::decode(body).map_err(|e| bad(self.position + 1, &e.to_string()))?;
        let (e, hash) = (&event.envelope, Hash::entry(body));
        let (version, head) = self.heads.get(&e.stream).map_or((0, None), |(version, hash)| (*version, Some(*hash)));
        let wrong = match () {
            () if e.log != self.manifest.log => Some("the body belongs to another log"),
            () if e.position <= self.position || e.position > self.manifest.size => Some("it is not in order"),
            () if self.at.is_some_and(|at| e.at < at) => Some("at lies before the at of the event before"),
            () if e.version != version + 1 => Some("events of its stream are missing before it"),
            () if e.stream_prev != head => Some("stream_prev is not the hash of the event before in its stream"),
            () if !self.history.takes(&event) => Some("it does not belong to the history"),
            () => None,
        };
        if let Some(wrong) = wrong {
            return Err(bad(e.position, wrong));
        }
        (self.position, self.at) = (e.position, Some(e.at));
        self.heads.insert(e.stream.clone(), (e.version, hash));
        Ok((event, hash))
    }
}
