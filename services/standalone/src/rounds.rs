//! Rounds for sheets that are filled in, as the inspector folds them. It judges nothing: what may be seen of one is the intake's
//! question.

use std::sync::Arc;

use async_trait::async_trait;
use inspector::{Inspector, Live, ReplayError, RoundAt};
use intake::unit_sheet::{Rounds, See, Stood};
use proto::{Rejection, RoundId, UnitId};

/// The inspector, for the intake. Copies hold the same rounds.
#[derive(Clone)]
pub struct Folding {
    inspector: Inspector,
    live: Arc<Live>,
}

impl Folding {
    /// It holds nothing before it is asked.
    pub fn new(inspector: Inspector) -> Self {
        Self { live: Arc::new(Live::new(inspector.clone())), inspector }
    }
}

#[async_trait]
impl Rounds for Folding {
    async fn stood(&self, round: &RoundId, position: Option<u64>) -> Result<Stood, Rejection> {
        self.inspector.round_at(round, position, None).await.map(stood).map_err(refused)
    }

    async fn sheet(&self, round: &RoundId, unit: &UnitId) -> Result<Stood, Rejection> {
        self.inspector.sheet_now(round, unit).await.map(stood).map_err(refused)
    }

    async fn now(&self, round: Option<&RoundId>, see: See<'_>) -> Result<(), Rejection> {
        self.live.look(round, see).await.map_err(refused)
    }
}

fn stood(at: RoundAt) -> Stood {
    let (position, root) = (at.position, at.root);
    Stood { world: at.into_world(), position, root }
}

fn refused(error: ReplayError) -> Rejection {
    match error {
        ReplayError::Refused(rejection) => *rejection,
        error => Rejection::FilesUnusable { detail: error.to_string() },
    }
}
