//! The heads map's proof in a round's dossier: every stream of the round ends where the map of an anchor among the events says,
//! folds to the state that it says, and the round has no other.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use domain::{World, folded};
use proto::dossier::{Complete, Manifest, RoundHeads, names};
use proto::walk::Head;
use proto::{Event, Fact, Hash, Stream};

use super::super::opened::{BadDossier, Opened};

/// The proof, and what the events come to where its anchor was made.
pub struct Anchored {
    proof: RoundHeads,
    /// How many events the anchor must be over.
    size: u64,
    heads: BTreeMap<Stream, Head>,
    states: BTreeMap<Stream, Hash>,
    /// What the event at the anchor's position says, where it is one.
    anchor: Option<proto::act::log::Anchor>,
}

fn bad(what: impl ToString) -> BadDossier {
    BadDossier::Heads(what.to_string())
}

impl Anchored {
    /// Reads the proof of a dossier that says that it has one.
    pub fn read<R: Read + Seek>(opened: &mut Opened<R>, manifest: &Manifest) -> Result<Option<Self>, BadDossier> {
        let (Complete::Heads, Some(size)) = (manifest.complete, manifest.complete_to) else { return Ok(None) };
        let proof = RoundHeads::parse(&opened.whole(names::HEADS)?).map_err(bad)?;
        let (heads, states) = (BTreeMap::new(), BTreeMap::new());
        Ok(Some(Self { proof, size, heads, states, anchor: None }))
    }

    /// Takes an event that was folded.
    pub fn take(&mut self, event: &Event, hash: Hash) {
        let envelope = &event.envelope;
        if envelope.position <= self.size && envelope.stream != Stream::Log {
            self.heads.insert(envelope.stream.clone(), Head { version: envelope.version, hash });
        }
        if envelope.position == self.proof.anchor
            && envelope.stream == Stream::Log
            && let Fact::Anchored(anchor) = &event.fact
        {
            self.anchor = Some(anchor.clone());
        }
    }

    /// Notes the states once the walk has come to where the anchor looks.
    pub fn passed(&mut self, position: u64, world: &World) {
        if position == self.size {
            let digest = |stream: &Stream| folded(world, stream)?.digest().ok();
            self.states = self.heads.keys().filter_map(|stream| Some((stream.clone(), digest(stream)?))).collect();
        }
    }

    /// Holds the proof against what came.
    pub fn hold(&self, manifest: &Manifest) -> Result<(), BadDossier> {
        let anchor = self.anchor.as_ref().ok_or_else(|| bad("no anchor stands where it says"))?;
        if anchor.size != self.size || anchor.size == 0 || anchor.size >= self.proof.anchor {
            return Err(bad("its anchor is over another number of events than the manifest says"));
        }
        self.proof.verify(&manifest.round, &anchor.heads, &self.heads).map_err(bad)?;
        let differs = |head: &&proto::heads::Presence| self.states.get(&head.head.stream) != Some(&head.head.state);
        match self.proof.streams().find(differs) {
            Some(one) => Err(bad(format!("the events of {} lead to another state", one.head.stream))),
            None => Ok(()),
        }
    }
}
