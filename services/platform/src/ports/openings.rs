//! The port for whoever opens rounds on pages: what stands on record, and what files that are brought would put there. Every question is
//! answered by right, asked of the log anew; nothing is kept of a file but what comes back as commands.

use std::sync::Arc;

use async_trait::async_trait;
use proto::act::round::OpenRound;
use proto::opening::{BroughtDocument, BroughtGrants, CheckedOpening, DocumentQuery, OpeningDesk, OpeningQuery};
use proto::returned_sheet::SheetBook;
use proto::{Principal, Rejection};

use super::Pieces;

/// The opening of rounds.
#[async_trait]
pub trait Openings: Send + Sync {
    /// What stands on record.
    async fn stands(&self, principal: &Principal, query: OpeningQuery) -> Result<OpeningDesk, Rejection>;
    /// What a file holds that is to be entered as a document, for those who enter such documents. No more is read of it than the most
    /// bytes of a document.
    async fn brought(
        &self,
        principal: &Principal,
        query: DocumentQuery,
        pieces: Pieces<'_>,
    ) -> Result<BroughtDocument, Rejection>;
    /// What keeps a round from being opened, and whom it will want.
    async fn checked(&self, principal: &Principal, opening: OpenRound) -> Result<CheckedOpening, Rejection>;
    /// What a workbook of grants would grant, for those who grant.
    async fn grants_brought(&self, principal: &Principal, pieces: Pieces<'_>) -> Result<BroughtGrants, Rejection>;
    /// The grants that hold, as such a workbook: to begin with.
    async fn grants_book(&self, principal: &Principal) -> Result<SheetBook, Rejection>;
}

/// The opening of rounds, shared.
pub type SharedOpenings = Arc<dyn Openings>;
