//! The feed: the log's bodies in order, from whoever keeps them.
//! A reader of the feed trusts nothing in it: it walks what it gets.

use std::sync::Arc;

use async_trait::async_trait;
use proto::fold::Streams;
use tokio::sync::watch;

/// The most events of one batch.
pub const BATCH_EVENTS_MAX: usize = 4_096;

/// Why the feed gave nothing.
#[derive(Debug, thiserror::Error)]
#[error("feed: {0}")]
pub struct FeedError(pub String);

/// The log as others read it.
#[async_trait]
pub trait Feed: Send + Sync {
    /// Bodies after a position, in order, `limit` at the most. Fewer than `limit` means: that is the end.
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<Vec<u8>>, FeedError>;

    /// Bodies of some streams up to a position, included, in order of position.
    async fn streams(&self, streams: &Streams, upto: u64) -> Result<Vec<Vec<u8>>, FeedError>;

    /// The log's last position, as it moves.
    fn head(&self) -> watch::Receiver<u64>;
}

/// A shared feed.
pub type SharedFeed = Arc<dyn Feed>;
