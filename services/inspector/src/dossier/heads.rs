//! How a round's streams end at the last anchor under a dossier's checkpoint, and that there are no others: proven out of the
//! heads map, which is folded from the log once more.

use std::collections::BTreeSet;

use proto::dossier::{RoundHeads, SealedDocument};
use proto::tree::TreeHead;
use proto::{Origin, RoundId, Stream};

use super::DossierError;
use crate::finding::{Finding, Place};
use crate::heads::mapped;
use crate::history_proof::{ProveError, last_anchor};
use crate::source::Source;

/// The proof, and up to how many events it goes; none where no anchor under the checkpoint is over events of the round.
pub async fn of_round(
    (source, origin): (&Source, &Origin),
    head: TreeHead,
    round: &RoundId,
    documents: &[SealedDocument],
) -> Result<Option<(RoundHeads, u64)>, DossierError> {
    let failed = |error: ProveError| DossierError::History(Box::new(error));
    let anchor = last_anchor(source, head.size).await.map_err(|e| failed(e.into()))?;
    let Some((covered, _)) = anchor else { return Ok(None) };
    let (anchor, size) = (&covered.anchor, covered.anchor.size);
    let (_, map) = mapped(source, origin.clone(), size, size).await.map_err(|e| failed(e.into()))?;
    if map.root() != anchor.heads {
        let what = "the heads map that it anchors is not the log's";
        return Err(DossierError::Broken(Finding::new(Place::Position(covered.position), what)));
    }
    let own = Stream::Round(round.clone());
    if map.presence(&own).is_none() {
        return Ok(None);
    }
    let documents = documents.iter().map(|document| Stream::Document(document.kind, document.id.clone()));
    // The map's order is that of the names, which is not that of the kinds.
    let names: BTreeSet<(String, Stream)> = documents.chain([own]).map(|stream| (stream.to_string(), stream)).collect();
    let heads = RoundHeads {
        anchor: covered.position,
        listings: RoundHeads::prefixes(round).map(|prefix| map.listing(&prefix)).into(),
        streams: names.iter().filter_map(|(_, stream)| map.presence(stream)).collect(),
    };
    Ok(Some((heads, size)))
}
