//! The examinations in a round's dossier, made once more from its events: each must say what they say.
//! The events are read a second time, and of them only those that bear on an appeal are held.

use std::io::{Read, Seek};

use domain::{Past, examine, lodged};
use proto::Stream;
use proto::dossier::{Line, names};
use proto::fold::Streams;
use proto::tail::Tail;

use super::super::gathered::Gathered;
use super::super::opened::{BadDossier, Opened};
use crate::examine::differs;

/// Checks every examination.
pub fn examinations<R: Read + Seek>(opened: &mut Opened<R>, gathered: &Gathered) -> Result<(), BadDossier> {
    if gathered.examined.is_empty() {
        return Ok(());
    }
    let kept = Kept::read(opened, gathered)?;
    for (position, said) in &gathered.examined {
        let bad = |what: String| BadDossier::Rules { position: *position, what };
        let found = lodged(gathered.world(), &said.act.round, said.act.number);
        let (round, appeal) = found.ok_or_else(|| bad("it examines an appeal that was not lodged".to_owned()))?;
        let mut past = Past::default();
        while let Some(streams) = past.wants(round, appeal) {
            let bodies = kept.of(&streams, *position);
            past.take(streams, &bodies).map_err(|e| bad(e.to_string()))?;
        }
        let verdicts = examine(round, appeal, &past).map_err(|e| bad(e.what))?;
        differs(said, &verdicts).map_or(Ok(()), |what| Err(bad(what)))?;
    }
    Ok(())
}

/// Bodies with their positions and streams.
struct Kept(Vec<(u64, String, Vec<u8>)>);

impl Kept {
    /// The events that any of the round's appeals may ask for: powers, the round's own, and the sheets of those who appealed.
    fn read<R: Read + Seek>(opened: &mut Opened<R>, gathered: &Gathered) -> Result<Self, BadDossier> {
        let appealed = |stream: &Stream| match stream {
            Stream::Sheet(_, unit) => {
                gathered.round().is_some_and(|round| round.appeals.iter().any(|appeal| appeal.lodged.unit == *unit))
            }
            Stream::Log | Stream::Document(..) => false,
            Stream::Grants(_) | Stream::Round(_) | Stream::Survey(..) | Stream::Appeal(..) => true,
        };
        let mut kept = Vec::new();
        opened.lines(names::EVENTS, |line| {
            let Some(Line::Body(body)) = line.map(Line::read) else { return Ok(()) };
            let Some(tail) = Tail::read(body) else { return Ok(()) };
            let name = String::from_utf8_lossy(tail.stream).into_owned();
            if Stream::parse(&name).is_ok_and(|stream| appealed(&stream)) {
                kept.push((tail.position, name, body.to_vec()));
            }
            Ok(())
        })?;
        Ok(Self(kept))
    }

    /// The bodies of streams before a position, in order.
    fn of(&self, streams: &Streams, before: u64) -> Vec<Vec<u8>> {
        let ranges = streams.ranges();
        let within = |name: &str| ranges.iter().any(|(from, to)| (from.as_str()..to.as_str()).contains(&name));
        let asked = self.0.iter().filter(|(position, name, _)| *position < before && within(name));
        asked.map(|(.., body)| body.clone()).collect()
    }
}
