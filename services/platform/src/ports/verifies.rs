//! The port to whoever verifies the log when a page asks for it. One verification runs at a time, beside whoever reads and writes;
//! nobody waits for it here.

use std::sync::Arc;

use async_trait::async_trait;
use proto::Principal;
use proto::verification::Verification;

/// Whoever verifies the log on request.
#[async_trait]
pub trait Verifies: Send + Sync {
    /// Begins a verification of the whole log, unless one runs. Says whether it did.
    async fn begin(&self, principal: &Principal) -> bool;

    /// How far it is, and what the last one came to.
    async fn stands(&self) -> Verification;
}

/// Whoever verifies, shared.
pub type SharedVerifies = Arc<dyn Verifies>;
