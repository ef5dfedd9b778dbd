//! The complete history in a score's dossier: it holds under the dossier's own checkpoint, leads to the points that count by the
//! rules, and says where each stream of the dossier must end.

use std::collections::HashMap;
use std::io::{Read, Seek};

use proto::dossier::{Manifest, names};
use proto::history_proof::HistoryProof;
use proto::policy::Policy;
use proto::{Event, Fact, Hash, Stream};

use super::super::opened::{BadDossier, Opened};
use crate::history_proof::verify_history;

/// What a complete history says of the dossier's streams.
pub struct Whole {
    /// Up to where it is complete.
    pub size: u64,
    /// The last version and hash there of every stream that belongs to the dossier.
    ends: HashMap<Stream, (u64, Hash)>,
}

fn bad(what: impl ToString) -> BadDossier {
    BadDossier::History(what.to_string())
}

/// Verifies the history, by the policy that the dossier's checkpoint was believed by.
pub fn whole<R: Read + Seek>(
    opened: &mut Opened<R>,
    manifest: &Manifest,
    note: &[u8],
    policy: &Policy,
) -> Result<Whole, BadDossier> {
    let history = HistoryProof::parse(&opened.whole(names::HISTORY)?).map_err(bad)?;
    if history.checkpoint.as_bytes() != note {
        return Err(bad("it stands under another checkpoint than the dossier"));
    }
    if history.round != manifest.round || manifest.unit.as_ref() != Some(&history.unit) {
        return Err(bad("it is of another sheet than the dossier"));
    }
    let size = verify_history(&history, policy).map_err(bad)?.proven.covered.anchor.size;
    if manifest.complete_to != Some(size) {
        return Err(bad(format!("it goes up to event {size}, the manifest says otherwise")));
    }
    let mut ends = HashMap::new();
    for stream in &history.streams {
        let head = &stream.presence.head;
        let belongs = match &head.stream {
            Stream::Round(_) | Stream::Sheet(..) | Stream::Survey(..) => true,
            // Other units' appeals stay out of the dossier's own events.
            Stream::Appeal(..) => stream.events.first().is_some_and(|first| {
                let lodged = Event::decode(first.body.as_bytes()).map(|event| event.fact);
                matches!(lodged, Ok(Fact::AppealLodged(lodged)) if lodged.unit == history.unit)
            }),
            Stream::Log | Stream::Grants(_) | Stream::Document(..) | Stream::Case(_) => false,
        };
        if belongs {
            ends.insert(head.stream.clone(), (head.version, head.hash));
        }
    }
    Ok(Whole { size, ends })
}

impl Whole {
    /// The dossier's streams end where the history says, and there are no others.
    pub fn hold(&self, found: &HashMap<Stream, (u64, Hash)>) -> Result<(), BadDossier> {
        let differs = |stream: &&Stream| **stream != Stream::Log && self.ends.get(*stream) != found.get(*stream);
        match found.keys().chain(self.ends.keys()).filter(differs).min_by_key(ToString::to_string) {
            Some(stream) => Err(bad(format!("the dossier's events of {stream} are not those of the complete history"))),
            None => Ok(()),
        }
    }
}
