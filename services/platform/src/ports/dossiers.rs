//! The port to whoever makes dossiers, for pages that hand them out. A dossier crosses it as a stream, and is never whole in memory.

use std::sync::Arc;

use async_trait::async_trait;
use proto::Principal;
use proto::dossier_asked::{DossierAsked, DossierUnder};

use super::HandedOut;

/// Why there is no dossier.
#[derive(Debug, thiserror::Error)]
pub enum NoDossier {
    /// The log has no signed checkpoint yet that a dossier could stand under.
    #[error("the log has no signed checkpoint yet")]
    Unsigned,
    /// What is asked for is not there up to the checkpoint, by its stable code.
    #[error("{0}: it is not in the log up to the checkpoint")]
    Unknown(&'static str),
    /// Another one is being made.
    #[error("another dossier is being made")]
    Busy,
    /// It could not be made, or not put on record.
    #[error("{0}")]
    Failed(String),
}

/// Whoever makes dossiers.
#[async_trait]
pub trait Dossiers: Send + Sync {
    /// The checkpoint that a dossier would stand under now; none where nothing was signed yet.
    ///
    /// # Errors
    /// [`NoDossier::Failed`].
    async fn under(&self) -> Result<Option<DossierUnder>, NoDossier>;

    /// Makes a dossier for somebody whose right was looked at. That it was handed out is on record before its first byte leaves.
    ///
    /// # Errors
    /// [`NoDossier`]; nothing was handed out then.
    async fn hand_out(&self, principal: &Principal, asked: DossierAsked) -> Result<HandedOut, NoDossier>;
}

/// Whoever makes dossiers, shared.
pub type SharedDossiers = Arc<dyn Dossiers>;
