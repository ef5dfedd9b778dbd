//! Complete histories: made from the log, and verified from a file and keys alone (proto/README.md, section 23).
//! Whoever verifies one folds its events by the same rules as everybody else, and needs no log for it.

use std::collections::BTreeSet;

use domain::{World, folded, result_of_leaves};
use platform::feed::Feed;
use proto::checkpoint::BadCheckpoint;
use proto::fold::{Fold, Streams};
use proto::heads::HeadsTree;
use proto::history_proof::{BadHistory, Covered, FORMAT, HistoryProof, Proven, ProvenEvent, WholeStream};
use proto::note::Note;
use proto::policy::Policy;
use proto::tree::Levels;
use proto::{Code, Event, Exact, Fact, Origin, RoundId, Stream, UnitId};

use crate::heads::{MapError, mapped};
use crate::replay::{Inspector, ReplayError};
use crate::source::Source;

/// Why a complete history could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The log cannot be read.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The log cannot be walked and folded.
    #[error("log_broken: {0}; run `parindex verify`")]
    Map(#[from] MapError),
    /// The checkpoint is none, or none of this log's.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// No anchor stands under the checkpoint.
    #[error("anchor_missing: no anchor stands under the checkpoint of {0} events; run `parindex anchor`, then sign")]
    NoAnchor(u64),
    /// What stands on record is not what the log says.
    #[error("log_broken: {0}; run `parindex verify`")]
    Broken(String),
    /// A body is not UTF-8.
    #[error("log_broken: an event of {0} is no text; run `parindex verify`")]
    NoText(Stream),
}

/// A score that a complete history has proven: its leaf, and the points that count.
pub type ProvenScore = (Code, Option<Exact>);

/// What a file has proven, the fold included.
#[derive(Debug)]
pub struct ProvenHistory {
    /// Up to where, and who vouches for it.
    pub proven: Proven,
    /// The unit's leaves, and what counts at each.
    pub scores: Vec<ProvenScore>,
}

/// Verifies a complete history: its events, that none is missing, and what they fold to.
///
/// # Errors
/// [`BadHistory`] with the first thing that does not hold.
pub fn verify_history(history: &HistoryProof, policy: &Policy) -> Result<ProvenHistory, BadHistory> {
    let proven = history.verify(policy)?;
    let world = fold(&proven.events)?;
    for stream in &history.streams {
        let name = &stream.presence.head.stream;
        if folded(&world, name).as_ref() != Some(&stream.state) {
            return Err(BadHistory::Fold(format!("the events of {name} lead to another state")));
        }
    }
    let round =
        world.rounds.get(&history.round).ok_or_else(|| BadHistory::Fold("there is no such round".to_owned()))?;
    let scores = result_of_leaves(round, &history.unit);
    let scores = scores.ok_or_else(|| BadHistory::Fold("the round has no such unit".to_owned()))?;
    Ok(ProvenHistory { proven, scores })
}

/// Folds the events of a history, which are in the order of the log.
fn fold(events: &[Event]) -> Result<World, BadHistory> {
    let mut world = World::default();
    for event in events {
        world.fold(event).map_err(|unfit| BadHistory::Fold(unfit.to_string()))?;
    }
    Ok(world)
}

/// What a history is proven out of.
struct Grounds {
    covered: Covered,
    /// The log's tree up to the checkpoint.
    tree: Levels,
    map: HeadsTree,
}

impl Inspector {
    /// The complete history of a unit's sheet, up to the last anchor under a signed checkpoint.
    ///
    /// # Errors
    /// [`ProveError`].
    pub async fn prove_history(
        &self,
        round: RoundId,
        unit: UnitId,
        under: (&Note, &Policy),
    ) -> Result<HistoryProof, ProveError> {
        prove_history(self.source(), round, unit, under).await
    }
}

/// The complete history of a unit's sheet, up to the last anchor under a signed checkpoint.
///
/// # Errors
/// [`ProveError`].
pub async fn prove_history(
    source: &Source,
    round: RoundId,
    unit: UnitId,
    (checkpoint, policy): (&Note, &Policy),
) -> Result<HistoryProof, ProveError> {
    let signed = policy.open(checkpoint)?.checkpoint;
    let origin = Origin::parse(&signed.origin).map_err(|_| BadCheckpoint::Line("origin"))?;
    let size = signed.head.size;
    let (covered, body) = last_anchor(source, size).await?.ok_or(ProveError::NoAnchor(size))?;
    let (tree, map) = mapped(source, origin, covered.anchor.size, size).await?;
    let grounds = Grounds { covered, tree, map };
    if grounds.map.root() != grounds.covered.anchor.heads {
        return Err(ProveError::Broken(format!("the anchor at {} is not the log's", grounds.covered.position)));
    }
    let listings = [format!("appeal/{round}/"), format!("survey/{round}/")].map(|prefix| grounds.map.listing(&prefix));
    let sheet = Stream::Sheet(round.clone(), unit.clone());
    let mut wanted: BTreeSet<Stream> = [Stream::Round(round.clone()), sheet.clone()].into();
    wanted.extend(listings.iter().flat_map(|listing| &listing.within).map(|one| one.head.stream.clone()));
    let absence = grounds.map.absence(&sheet);
    if absence.is_some() {
        wanted.remove(&sheet);
    }
    let mut read = whole(source, &wanted, &grounds).await?;
    let documents: BTreeSet<Stream> =
        read.iter().flat_map(|(_, events)| events).flat_map(proto::history_proof::documents).collect();
    read.extend(whole(source, &documents, &grounds).await?);
    read.sort_by_key(|(stream, _)| stream.presence.head.stream.to_string());
    let streams = with_states(read)?;
    let anchor = grounds.proven(body, grounds.covered.position, size)?;
    Ok(HistoryProof {
        absences: absence.into_iter().collect(),
        anchor,
        checkpoint: checkpoint.to_string(),
        format: FORMAT.to_owned(),
        listings: listings.into(),
        round,
        streams,
        unit,
    })
}

/// The last anchor among the log's first events, and its body.
pub async fn last_anchor(source: &Source, size: u64) -> Result<Option<(Covered, Vec<u8>)>, ReplayError> {
    let bodies = source.streams(&Streams::Log, size).await?;
    for body in bodies.into_iter().rev() {
        let event = Event::decode(&body)?;
        if let Fact::Anchored(anchor) = event.fact {
            return Ok(Some((Covered { anchor, position: event.envelope.position }, body)));
        }
    }
    Ok(None)
}

/// All events of some streams up to the anchor; their states are still to be folded.
async fn whole(
    source: &Source,
    streams: &BTreeSet<Stream>,
    grounds: &Grounds,
) -> Result<Vec<(Unstated, Vec<Event>)>, ProveError> {
    let mut whole = Vec::new();
    for stream in streams {
        let size = grounds.covered.anchor.size;
        let missing = || ProveError::Replay(ReplayError::Unknown("round_unknown"));
        let presence = grounds.map.presence(stream).ok_or_else(missing)?;
        let bodies = source.streams(&Streams::One(stream.clone()), size).await.map_err(ReplayError::from)?;
        let mut events = Vec::with_capacity(bodies.len());
        let mut proven = Vec::with_capacity(bodies.len());
        for body in bodies {
            let event = Event::decode(&body).map_err(ReplayError::from)?;
            proven.push(grounds.proven(body, event.envelope.position, size)?);
            events.push(event);
        }
        whole.push((Unstated { events: proven, presence }, events));
    }
    Ok(whole)
}

/// A stream before its state is told.
struct Unstated {
    events: Vec<ProvenEvent>,
    presence: proto::heads::Presence,
}

/// The streams with what their events fold to.
fn with_states(read: Vec<(Unstated, Vec<Event>)>) -> Result<Vec<WholeStream>, ProveError> {
    let mut events: Vec<Event> = read.iter().flat_map(|(_, events)| events.iter().cloned()).collect();
    events.sort_by_key(|event| event.envelope.position);
    let world = fold(&events).map_err(|bad| ProveError::Broken(bad.to_string()))?;
    let stated = read.into_iter().map(|(Unstated { events, presence }, _)| {
        let state = folded(&world, &presence.head.stream);
        let state = state.ok_or_else(|| ProveError::Broken(format!("{} has no state", presence.head.stream)))?;
        Ok(WholeStream { events, presence, state })
    });
    stated.collect()
}

impl Grounds {
    /// An event with its proof in the tree of a size.
    fn proven(&self, body: Vec<u8>, position: u64, size: u64) -> Result<ProvenEvent, ProveError> {
        let proof = self.tree.inclusion(position.wrapping_sub(1), size);
        let proof = proof.map_err(|bad| ProveError::Broken(format!("position {position}: {bad}")))?;
        let body = String::from_utf8(body).map_err(|_| ProveError::NoText(Stream::Log))?;
        Ok(ProvenEvent { body, proof })
    }
}
