//! What was asked in a round's dossier, decided once more by the state before it: the rules must lead to each event, and no other.
//! An examination is made again for that, and an anchor's root is the walk's own. Of another round's people nothing is known
//! here: where bodies are withheld, powers are taken as they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use domain::{Past, World, examine, lodged};
use proto::dossier::{Line, Manifest, names};
use proto::fold::Streams;
use proto::tail::Tail;
use proto::walk::Walk;
use proto::{Event, Fact, Hash, Stream, UnitId};

use super::super::opened::{BadDossier, Opened};
use crate::examine::differs;
use crate::folding::leads_to;

/// What later events will ask for of those before them, and what was noted of it on the way.
#[derive(Default)]
pub struct Deciding {
    /// Whether every event of the log is here.
    whole: bool,
    /// The roots at the sizes that anchors name, once the walk has come there.
    roots: BTreeMap<u64, Option<Hash>>,
    /// The units whose appeals are examined.
    examined: BTreeSet<UnitId>,
    /// The events of the log's own stream.
    log: Vec<Event>,
    /// Bodies that examinations may ask for, with their streams' names.
    kept: Vec<(String, Vec<u8>)>,
}

impl Deciding {
    /// Looks through a dossier's events for what must be noted of them.
    pub fn begin<R: Read + Seek>(opened: &mut Opened<R>, manifest: &Manifest) -> Result<Self, BadDossier> {
        let mut deciding = Self { whole: manifest.withheld == 0, ..Self::default() };
        opened.lines(names::EVENTS, |line| {
            let Some(Line::Body(body)) = line.map(Line::read) else { return Ok(()) };
            // What is no event is found where the walk comes to it.
            let looked_at =
                Tail::read(body).is_some_and(|tail| tail.stream == b"log" || tail.stream.starts_with(b"appeal/"));
            if looked_at && let Ok(event) = Event::decode(body) {
                deciding.expect(&event.fact);
                if event.envelope.stream == Stream::Log {
                    deciding.log.push(event);
                }
            }
            Ok(())
        })?;
        Ok(deciding)
    }

    /// The events of the log's own stream, those to come too.
    pub fn log(&self) -> &[Event] {
        &self.log
    }

    fn expect(&mut self, fact: &Fact) {
        match fact {
            Fact::Anchored(anchor) => {
                self.roots.insert(anchor.size, None);
                self.roots.extend(anchor.cosigned().map(|head| (head.size, None)));
            }
            Fact::AppealLodged(lodged) if !lodged.claims.is_empty() => drop(self.examined.insert(lodged.unit.clone())),
            _ => {}
        }
    }

    /// Notes the root where the walk stands, if an anchor will name it.
    pub fn passed(&mut self, walk: &Walk) {
        if let Some(root) = self.roots.get_mut(&walk.position()) {
            *root = Some(walk.root());
        }
    }

    /// Decides once more what led to the next event.
    pub fn decide(&self, world: &World, event: &Event) -> Result<(), BadDossier> {
        let past = self.past(world, event)?;
        if !self.whole && matches!(event.envelope.stream, Stream::Grants(_)) {
            return Ok(());
        }
        let (principal, command) = event.asked();
        leads_to(event, (&principal, &command), world, &past)
            .map_err(|what| BadDossier::Rules { position: event.envelope.position, what })
    }

    /// What the decision asks of the past. An examination that is not the one that the events give is told as such.
    fn past(&self, world: &World, event: &Event) -> Result<Past, BadDossier> {
        let bad = |what: String| BadDossier::Rules { position: event.envelope.position, what };
        let mut past = Past::default();
        match &event.fact {
            Fact::Anchored(anchor) => {
                let root = |size: &u64| Some((*size, self.roots.get(size).copied()??));
                let sizes = [Some(anchor.size), anchor.cosigned().map(|head| head.size)];
                sizes.iter().flatten().filter_map(root).for_each(|(size, root)| past.take_root(size, root));
            }
            Fact::AppealExamined(said) => {
                let found = lodged(world, &said.act.round, said.act.number);
                let (round, appeal) =
                    found.ok_or_else(|| bad("it examines an appeal that was not lodged".to_owned()))?;
                while let Some(streams) = past.wants(round, appeal) {
                    let bodies = self.of(&streams);
                    past.take(streams, &bodies).map_err(|e| bad(e.to_string()))?;
                }
                let verdicts = examine(round, appeal, &past).map_err(|e| bad(e.what))?;
                differs(said, &verdicts).map_or(Ok(()), |what| Err(bad(what)))?;
            }
            _ => {}
        }
        Ok(past)
    }

    /// Keeps the body of an event that was folded, if an examination may ask for it: powers, the round's own, and the sheets of
    /// those whose appeals are examined.
    pub fn keep(&mut self, event: &Event, body: &[u8]) {
        let stream = &event.envelope.stream;
        let asked_for = match stream {
            Stream::Sheet(_, unit) => self.examined.contains(unit),
            Stream::Log | Stream::Document(..) | Stream::Case(_) => false,
            Stream::Grants(_) | Stream::Round(_) | Stream::Survey(..) | Stream::Appeal(..) => !self.examined.is_empty(),
        };
        if asked_for {
            self.kept.push((stream.to_string(), body.to_vec()));
        }
    }

    /// The bodies of streams so far, in order.
    fn of(&self, streams: &Streams) -> Vec<Vec<u8>> {
        let ranges = streams.ranges();
        let within = |name: &str| ranges.iter().any(|(from, to)| (from.as_str()..to.as_str()).contains(&name));
        let asked = self.kept.iter().filter(|(name, _)| within(name));
        asked.map(|(_, body)| body.clone()).collect()
    }
}
