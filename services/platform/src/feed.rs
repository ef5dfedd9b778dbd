//! The feed: the log's bodies in order, from whoever keeps them.
//! A reader of the feed trusts nothing in it: it walks what it gets.

mod http;

use std::sync::Arc;

use async_trait::async_trait;
use proto::document::DocKind;
use proto::fold::Streams;
use proto::{DocId, RoundId, Stream, UnitId};
use tokio::sync::watch;

pub use http::HttpFeed;

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

/// Streams as they stand in an address: `log`, `grants`, `cases`, `document/<kind>/<id>`, `documents/<kind>`, `round/<round>`, `sheet/<round>/<unit>`,
/// `one/<stream>`.
#[must_use]
pub fn spell(streams: &Streams) -> String {
    match streams {
        Streams::Log => "log".to_owned(),
        Streams::Grants => "grants".to_owned(),
        Streams::Cases => "cases".to_owned(),
        Streams::Document(kind, id) => format!("document/{kind}/{id}"),
        Streams::Documents(kind) => format!("documents/{kind}"),
        Streams::Round(round) => format!("round/{round}"),
        Streams::Sheet(round, unit) => format!("sheet/{round}/{unit}"),
        Streams::One(stream) => format!("one/{stream}"),
    }
}

/// Reads what [`spell`] has written; `None` for anything else.
#[must_use]
pub fn read_spelled(text: &str) -> Option<Streams> {
    let (kind, rest) = text.split_once('/').unwrap_or((text, ""));
    match (kind, rest) {
        ("log", "") => Some(Streams::Log),
        ("grants", "") => Some(Streams::Grants),
        ("cases", "") => Some(Streams::Cases),
        ("document", rest) => {
            let (kind, id) = rest.split_once('/')?;
            Some(Streams::Document(DocKind::parse(kind)?, DocId::parse(id).ok()?))
        }
        ("documents", kind) => Some(Streams::Documents(DocKind::parse(kind)?)),
        ("round", rest) => Some(Streams::Round(RoundId::parse(rest).ok()?)),
        ("sheet", rest) => {
            let (round, unit) = rest.split_once('/')?;
            Some(Streams::Sheet(RoundId::parse(round).ok()?, UnitId::parse(unit).ok()?))
        }
        ("one", rest) => Some(Streams::One(Stream::parse(rest).ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{read_spelled, spell};

    #[test]
    fn streams_read_back_from_an_address() {
        let all = [
            "log",
            "grants",
            "cases",
            "document/rulebook/qd-4210",
            "documents/catalogue",
            "round/hanoi-2022",
            "sheet/hanoi-2022/gtvt",
            "one/log",
            "one/appeal/hanoi-2022/1",
        ];
        for text in all {
            assert_eq!(spell(&read_spelled(text).expect(text)), text);
        }
        for bad in
            ["", "logs", "log/x", "round", "sheet/r", "sheet/r/u/v", "document/x/y", "documents/x", "one/", "one/x"]
        {
            assert_eq!(read_spelled(bad), None, "{bad}");
        }
    }
}
