//! Where the streams of a round's dossier must end, and that there are no others: what the heads map of an anchor says of them
//! (proto/README.md, section 24).

use std::collections::BTreeMap;

use crate::act::wire;
use crate::canon::{self, CanonError};
use crate::heads::{BadHeads, HeadsRoot, Listing, Presence};
use crate::ids::RoundId;
use crate::stream::Stream;
use crate::walk::Head;

wire! {
    /// The heads map's proof of a round.
    pub struct RoundHeads {
        /// The position of the anchor: an event of the dossier.
        pub anchor: u64,
        /// Everyone's powers, and the round's appeals, sheets and survey batches, in the order of [`RoundHeads::prefixes`].
        pub listings: Vec<Listing>,
        /// The round's own stream and its documents', in the order of their names.
        pub streams: Vec<Presence>,
    }
}

/// A heads map's proof of a round that is none, or not of these events.
#[derive(Debug, thiserror::Error)]
pub enum BadRoundHeads {
    /// Not canonical JSON.
    #[error("not canonical JSON: {0}")]
    Canon(#[from] CanonError),
    /// JSON of another shape.
    #[error("not the proof of a round: {0}")]
    Shape(#[from] serde_json::Error),
    /// It speaks of other streams than a round's, or in another order.
    #[error("{0}")]
    Form(&'static str),
    /// A proof does not hold in the anchor's heads map.
    #[error("{of}: {source}")]
    Heads {
        /// Of which stream, or of streams whose names begin so.
        of: String,
        /// What is wrong.
        source: BadHeads,
    },
    /// A stream ends elsewhere than the heads map says, or is in one of the two alone.
    #[error("the events of {0} are not all of those that the anchor's heads map has, or others")]
    Ends(Stream),
}

impl RoundHeads {
    /// How the names of the streams begin of which all are listed.
    #[must_use]
    pub fn prefixes(round: &RoundId) -> [String; 4] {
        [format!("appeal/{round}/"), "grants/".to_owned(), format!("sheet/{round}/"), format!("survey/{round}/")]
    }

    /// Reads a proof. Nobody has verified it yet.
    ///
    /// # Errors
    /// [`BadRoundHeads::Canon`], [`BadRoundHeads::Shape`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BadRoundHeads> {
        canon::check(bytes)?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Every stream that it has, without those beside its lists.
    pub fn streams(&self) -> impl Iterator<Item = &Presence> {
        self.listings.iter().flat_map(|listing| &listing.within).chain(&self.streams)
    }

    /// Verifies that the heads map of an anchor has these streams of the round with these ends, and no other of its kinds. Of
    /// documents it has those that are asked for: which ones the round names, its events say.
    ///
    /// # Errors
    /// [`BadRoundHeads`] with the first thing that does not hold.
    pub fn verify(&self, round: &RoundId, map: &HeadsRoot, ends: &BTreeMap<Stream, Head>) -> Result<(), BadRoundHeads> {
        let prefixes = Self::prefixes(round);
        if self.listings.len() != prefixes.len() {
            return Err(BadRoundHeads::Form("it lists other streams than powers, appeals, sheets and survey batches"));
        }
        for (listing, prefix) in self.listings.iter().zip(prefixes) {
            listing.verify(&prefix, map).map_err(|source| BadRoundHeads::Heads { of: prefix, source })?;
        }
        let mut last = String::new();
        for presence in &self.streams {
            let (stream, name) = (&presence.head.stream, presence.head.stream.to_string());
            let own = matches!(stream, Stream::Round(of) if of == round) || matches!(stream, Stream::Document(..));
            if !own || name <= last {
                return Err(BadRoundHeads::Form("a stream stands there twice, out of order, or is not the round's"));
            }
            presence.verify(map).map_err(|source| BadRoundHeads::Heads { of: name.clone(), source })?;
            last = name;
        }
        let end = |presence: &Presence| {
            let head = &presence.head;
            (head.stream.clone(), Head { version: head.version, hash: head.hash })
        };
        let must: BTreeMap<Stream, Head> = self.streams().map(end).collect();
        let differs = must.keys().chain(ends.keys()).find(|stream| must.get(stream) != ends.get(stream));
        differs.map_or(Ok(()), |stream| Err(BadRoundHeads::Ends(stream.clone())))
    }
}
