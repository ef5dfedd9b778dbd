//! Rounds for sheets filled in offline, as the inspector folds them. It judges nothing: what may be seen of one is the intake's question.

use async_trait::async_trait;
use inspector::{Inspector, ReplayError};
use intake::unit_sheet::{Rounds, Stood};
use proto::{Rejection, RoundId};

/// The inspector, for the intake.
pub struct Folding(pub Inspector);

#[async_trait]
impl Rounds for Folding {
    async fn stood(&self, round: &RoundId, position: Option<u64>) -> Result<Stood, Rejection> {
        let at = self.0.round_at(round, position, None).await.map_err(|error| match error {
            ReplayError::Refused(rejection) => *rejection,
            error => Rejection::FilesUnusable { detail: error.to_string() },
        })?;
        let (position, root) = (at.position, at.root);
        Ok(Stood { world: at.into_world(), position, root })
    }
}
