//! The tree over a log's stored hashes, out of which proofs of any number of events are made.
//! Nothing is handed out unless all of them make the root that was signed.

use proto::tree::{Levels, TreeHead};

use super::DossierError;
use crate::source::{Source, SourceError};

/// The tree under a checkpoint, from the hashes of a log as they are stored.
///
/// # Errors
/// [`DossierError`] where the log is shorter, or another than was signed.
pub async fn under(source: &Source, head: TreeHead) -> Result<Levels, DossierError> {
    let mut entries = Vec::new();
    source.each_hash(head.size, |hash| entries.push(hash)).await.map_err(SourceError::from)?;
    let tree = Levels::over(entries);
    match tree.head(head.size) {
        TreeHead { size, .. } if size < head.size => Err(DossierError::Ahead { signed: head.size, events: size }),
        found if found == head => Ok(tree),
        _ => Err(DossierError::Differs(head.size)),
    }
}
