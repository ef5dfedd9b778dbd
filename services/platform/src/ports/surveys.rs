//! The port to a round's survey, for pages on which its staff work. Every question is answered by right, asked of the log anew; a file of ballots
//! crosses it as a stream, and no ballot comes back.

use std::sync::Arc;

use async_trait::async_trait;
use proto::returned_sheet::SheetBook;
use proto::surveyed::{
    AgainRead, AgainSent, BallotsSent, BallotsTold, BallotsWaiting, BatchQuery, BatchTold, SampleQuery, SampleTold,
    SurveyQuery, SurveyTold,
};
use proto::{Principal, Rejection};

use super::unit_files::Pieces;

/// A round's survey.
#[async_trait]
pub trait Surveys: Send + Sync {
    /// What was planned and collected, and which samples there are.
    async fn survey(&self, principal: &Principal, query: SurveyQuery) -> Result<SurveyTold, Rejection>;

    /// A batch that is on record, with all that it counts.
    async fn batch(&self, principal: &Principal, query: BatchQuery) -> Result<BatchTold, Rejection>;

    /// A sample that was drawn.
    async fn sample(&self, principal: &Principal, query: SampleQuery) -> Result<SampleTold, Rejection>;

    /// Takes a file of ballots in, for survey staff: it is kept, sealed, and waits to be put on record; or nothing of it is kept, and all that
    /// is wrong with it is told. The same file sent twice is one.
    async fn take_in(
        &self,
        principal: &Principal,
        sent: BallotsSent,
        pieces: Pieces<'_>,
    ) -> Result<BallotsTold, Rejection>;

    /// Ballots that are kept, for survey staff, with the commands that put them on record.
    async fn waiting(&self, principal: &Principal, query: BatchQuery) -> Result<BallotsWaiting, Rejection>;

    /// A workbook in which survey staff say how those of a batch answered who were asked again.
    async fn again_book(&self, principal: &Principal, query: BatchQuery) -> Result<SheetBook, Rejection>;

    /// Such a workbook as it comes back, filled in: what it says, and the commands that put it on record; nothing of it is kept.
    async fn again(&self, principal: &Principal, sent: AgainSent, pieces: Pieces<'_>) -> Result<AgainRead, Rejection>;

    /// Destroys ballots that wait, with their file; never those of a batch that is on record.
    async fn forget(&self, principal: &Principal, query: BatchQuery) -> Result<(), Rejection>;
}

/// A shared survey.
pub type SharedSurveys = Arc<dyn Surveys>;
