//! The verification of a complete history, as far as it needs no rules: everything but the fold.
//! It goes from the outside in: the checkpoint, the anchor under it, the streams' ends by the anchor, the events up to there.

use std::collections::BTreeSet;

use super::{BadHistory, HistoryProof, WholeStream};
use crate::act::log::Anchor;
use crate::document::DocKind;
use crate::event::{Event, Fact};
use crate::hash::Hash;
use crate::heads::BadHeads;
use crate::ids::DocId;
use crate::note::Note;
use crate::policy::{Believed, Policy};
use crate::stream::Stream;
use crate::tree::{BadProof, verify_inclusion};

/// What a complete history has proven.
#[derive(Debug)]
pub struct Proven {
    /// The checkpoint, and who vouches for it.
    pub believed: Believed,
    /// The anchor.
    pub covered: Covered,
    /// All events of its streams, in the order of the log.
    pub events: Vec<Event>,
}

/// Up to where a history is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// What the anchor says.
    pub anchor: Anchor,
    /// Where it stands.
    pub position: u64,
}

/// What belongs to a log's history: which log, and up to where.
struct Place<'a> {
    origin: &'a str,
    anchor: &'a Anchor,
}

impl HistoryProof {
    /// Verifies everything but the fold: that each event is in the log, and that none of its streams' is missing.
    ///
    /// # Errors
    /// [`BadHistory`] with the first thing that does not hold.
    pub fn verify(&self, policy: &Policy) -> Result<Proven, BadHistory> {
        let note = Note::parse(self.checkpoint.as_bytes()).map_err(|bad| BadHistory::Checkpoint(bad.into()))?;
        let believed = policy.open(&note)?;
        let covered = self.covered(&believed)?;
        let place = Place { origin: &believed.checkpoint.origin, anchor: &covered.anchor };
        let mut events = Vec::new();
        for stream in &self.streams {
            events.extend(stream.verify(&place)?);
        }
        let names: Vec<String> = self.streams.iter().map(|s| s.presence.head.stream.to_string()).collect();
        if names.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(BadHistory::Form("its streams are not in the order of their names"));
        }
        events.sort_by_key(|event| event.envelope.position);
        self.is_whole(&covered.anchor, &events, &names.iter().map(String::as_str).collect())?;
        Ok(Proven { believed, covered, events })
    }

    /// The anchor, which must stand under the checkpoint.
    fn covered(&self, believed: &Believed) -> Result<Covered, BadHistory> {
        let bad = |what: &dyn std::fmt::Display| BadHistory::Anchor(what.to_string());
        let body = self.anchor.body.as_bytes();
        let event = Event::decode(body).map_err(|e| bad(&e))?;
        let (position, head) = (event.envelope.position, believed.checkpoint.head);
        let Fact::Anchored(anchor) = event.fact else { return Err(bad(&"it is no anchor")) };
        if event.envelope.log.as_str() != believed.checkpoint.origin || event.envelope.stream != Stream::Log {
            return Err(bad(&"it is of another log or stream"));
        }
        if position == 0 || anchor.size == 0 || anchor.size >= position {
            return Err(bad(&"it is not over what stands before it"));
        }
        verify_inclusion(position - 1, Hash::entry(body), head.size, head.root, &self.anchor.proof)
            .map_err(|e| bad(&e))?;
        Ok(Covered { anchor, position })
    }

    /// Whether every stream is there that belongs to the history.
    fn is_whole(&self, anchor: &Anchor, events: &[Event], there: &BTreeSet<&str>) -> Result<(), BadHistory> {
        let (round, unit) = (&self.round, &self.unit);
        let needed = |stream: &Stream| {
            let name = stream.to_string();
            if there.contains(name.as_str()) { Ok(()) } else { Err(BadHistory::StreamMissing(name)) }
        };
        needed(&Stream::Round(round.clone()))?;
        let sheet = Stream::Sheet(round.clone(), unit.clone());
        if needed(&sheet).is_err() {
            let absence = self.absences.iter().find(|absence| absence.stream == sheet);
            let absence = absence.ok_or_else(|| BadHistory::StreamMissing(sheet.to_string()))?;
            let heads = |source| BadHistory::Heads { stream: sheet.to_string(), source };
            absence.verify(&sheet, &anchor.heads).map_err(heads)?;
        }
        if self.absences.len() > 1 || self.absences.iter().any(|absence| needed(&absence.stream).is_ok()) {
            return Err(BadHistory::Form("it says of a stream that is there, or of another history's, that it is not"));
        }
        let prefixes = [format!("appeal/{round}/"), format!("survey/{round}/")];
        if self.listings.len() != prefixes.len() {
            return Err(BadHistory::Form("it lists other streams than the round's appeals and survey batches"));
        }
        for (listing, prefix) in self.listings.iter().zip(&prefixes) {
            let heads = |source: BadHeads| BadHistory::Heads { stream: prefix.clone(), source };
            listing.verify(prefix, &anchor.heads).map_err(heads)?;
            listing.within.iter().try_for_each(|one| needed(&one.head.stream))?;
        }
        events.iter().flat_map(documents).try_for_each(|stream| needed(&stream))
    }
}

/// The documents that an event of a round is built upon.
#[must_use]
pub fn documents(event: &Event) -> Vec<Stream> {
    let document = |kind, id: &DocId| Stream::Document(kind, id.clone());
    match &event.fact {
        Fact::RoundOpened(f) => {
            let forms = f.forms.iter().map(|form| document(DocKind::Form, &form.id));
            let of_units = [document(DocKind::Rulebook, &f.rulebook.id), document(DocKind::Catalogue, &f.catalogue.id)];
            forms.chain(of_units).collect()
        }
        Fact::BatchRecorded(f) => vec![document(DocKind::Tally, &f.tally.id)],
        Fact::BatchRechecked(f) => vec![document(DocKind::Tally, &f.tally.id)],
        _ => Vec::new(),
    }
}

impl WholeStream {
    /// Its events, if they are all of those up to the anchor, and in the log.
    fn verify(&self, place: &Place) -> Result<Vec<Event>, BadHistory> {
        let (head, Anchor { heads, root, size, .. }) = (&self.presence.head, place.anchor);
        let stream = &head.stream;
        let named = |source| BadHistory::Heads { stream: stream.to_string(), source };
        self.presence.verify(heads).map_err(named)?;
        let mut events = Vec::new();
        let (mut last, mut version) = (None, 0);
        for proven in &self.events {
            version += 1;
            let bad = |what: String| BadHistory::Event { stream: stream.clone(), version, what };
            let body = proven.body.as_bytes();
            let event = Event::decode(body).map_err(|e| bad(e.to_string()))?;
            let envelope = &event.envelope;
            if envelope.stream != *stream || envelope.log.as_str() != place.origin {
                return Err(bad("it is of another stream or log".to_owned()));
            }
            if envelope.version > version {
                return Err(BadHistory::Gap { stream: stream.clone(), version });
            }
            if envelope.version != version || envelope.stream_prev != last {
                return Err(bad("it does not follow the event before it in its stream".to_owned()));
            }
            let hash = Hash::entry(body);
            let index = envelope.position.checked_sub(1).ok_or_else(|| bad("it stands nowhere".to_owned()))?;
            let not_in_log = |source: BadProof| BadHistory::NotInLog { stream: stream.clone(), version, source };
            verify_inclusion(index, hash, *size, *root, &proven.proof).map_err(not_in_log)?;
            last = Some(hash);
            events.push(event);
        }
        if version != head.version {
            return Err(BadHistory::Cut { stream: stream.clone(), found: version, must: head.version });
        }
        if last != Some(head.hash) {
            return Err(BadHistory::OtherEnd(stream.clone()));
        }
        if self.state.digest().ok() != Some(head.state) {
            return Err(BadHistory::State(stream.clone()));
        }
        Ok(events)
    }
}
