//! The port to the signer: receipts of events, as soon as they are under a checkpoint.
//! Whoever asks waits as long as he says and no longer; the event stands whether he waits or not.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use proto::receipt::Receipt;

/// By whom a checkpoint is vouched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouched {
    /// By the log's own signature.
    Signed,
    /// By enough witnesses too.
    Cosigned,
}

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum NoReceipt {
    /// Not yet: the event is under no such checkpoint so far.
    #[error("receipt_pending: the event is under no such checkpoint yet")]
    Pending,
    /// It cannot be made, or the signer cannot be asked.
    #[error("receipt_failed: {0}")]
    Failed(String),
}

/// Gives receipts.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// The receipt of the event at a position, under a checkpoint that is vouched for so far; waits for it so long.
    async fn receipt(&self, position: u64, by: Vouched, wait: Duration) -> Result<Receipt, NoReceipt>;
}

/// A shared one.
pub type SharedReceipts = Arc<dyn Receipts>;
