//! Going on from a verification before: the log is held to the root that was verified, by its stored hashes, and read again
//! from there on. Bodies from before count only where they are those hashes' own; nothing else of them is believed.

use proto::tail::Tail;
use proto::tree::{CompactRange, TreeHead};
use proto::walk::{Head, Walk};
use proto::{Event, Hash, Instant, Origin};

use crate::against::Comparing;
use crate::source::{Source, SourceError};

/// The newest event of a stream by its columns, and what the stream has of events.
pub struct StreamEnd {
    /// The stream.
    pub stream: String,
    /// Its greatest version.
    pub version: i64,
    /// Its least version.
    pub least: i64,
    /// Its events.
    pub count: i64,
    /// The newest one's hash.
    pub hash: Vec<u8>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Where a verification goes on.
pub struct Resumed {
    /// The walk over what was verified before.
    pub walk: Walk,
    /// The time of its last event.
    pub at: Instant,
}

/// Stands where `verified` ends, and shows what was passed to `comparing`; nothing where the log is not the one that was
/// verified. What then is wrong with it is for a whole verification to say.
///
/// # Errors
/// When the log cannot be read.
pub async fn resume(
    source: &Source,
    origin: &Origin,
    verified: TreeHead,
    comparing: &mut Comparing<'_>,
) -> Result<Option<Resumed>, SourceError> {
    let (mut range, mut last) = (CompactRange::default(), None);
    let (sizes, mut passed) = (comparing.sizes(), Vec::new());
    source
        .each_hash(verified.size, |hash| {
            range.append(hash);
            last = Some(hash);
            comparing.entry(hash);
            if sizes.binary_search(&range.size()).is_ok() {
                passed.push(range.head());
            }
        })
        .await?;
    if range.head() != verified || verified.size == 0 {
        return Ok(None);
    }
    for head in passed {
        let Some(at) = time(source, head.size).await? else { return Ok(None) };
        comparing.reached(head, at);
    }
    let mut heads = Vec::new();
    source.each_stream_end(verified.size, |end| heads.push(head(end))).await?;
    let heads: Option<Vec<_>> = heads.into_iter().collect();
    let (Some(heads), Some(at)) = (heads, time(source, verified.size).await?) else { return Ok(None) };
    Ok(Some(Resumed { walk: Walk::resume_knowing(origin.clone(), range, last, heads), at }))
}

/// The time of an event whose hash is known; none where its body is not that of the hash.
async fn time(source: &Source, position: u64) -> Result<Option<Instant>, SourceError> {
    let body = source.proven_body(position).await?;
    Ok(body.and_then(|body| Some(Event::decode(&body).ok()?.envelope.at)))
}

/// A stream's end, if its columns are those of a body and the stream has no gap before it.
fn head(end: StreamEnd) -> Option<(String, Head)> {
    let (tail, hash) = (Tail::read(&end.body)?, Hash::entry(&end.body));
    let version = u64::try_from(end.version).ok()?;
    let whole = end.least == 1 && end.count == end.version;
    let is_its = hash.0 == end.hash.as_slice() && tail.stream == end.stream.as_bytes() && tail.version == version;
    (whole && is_its).then_some((end.stream, Head { version, hash }))
}
