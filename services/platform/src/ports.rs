//! Ports: what one service asks of another without knowing who answers.
//! Only types of proto cross a port.

mod by_session;
mod dossiers;
mod far;
mod far_desk;
mod files;
mod ledgers;
mod openings;
mod receipts;
mod surveys;
mod unit_files;
mod verifies;

use std::sync::Arc;

use async_trait::async_trait;
use proto::act::sheet::Evidence;
use proto::between::{Diff, DiffQuery, WhyRank, WhyRankQuery};
use proto::examined::{Examination, ExamineQuery};
use proto::extra_work::{ExtrasQuery, ExtrasWork, FieldQuery};
use proto::filling::{SheetForm, SheetQuery, SheetRows, TypedQuery, TypedTold};
use proto::history::{History, HistoryQuery};
use proto::inquiry::{CheckQuery, Checks, ExplainQuery, Explanation, WhatIf, WhatIfQuery};
use proto::moderation::Moderation;
use proto::notices::{Notices, NoticesOf};
use proto::returned_sheet::{ReturnedSheet, SheetBook};
use proto::stood::{Stood, StoodQuery};
use proto::timeline::Timeline;
use proto::who::{Holders, HoldersQuery, Who, WhoQuery};
use proto::work::{
    Case, CaseQuery, JudgedQuery, JudgedTold, OwnPowers, Powers, RoundQuery, RoundWork, Sees, Worklist, WorklistQuery,
};
use proto::{ActorId, Answer, Bearer, Command, Hash, Principal, Refused, Rejection, RoundId, UnitId};

pub use by_session::BySession;
pub use dossiers::{Dossiers, NoDossier, SharedDossiers};
pub use far::{FarInspector, INSPECTOR, far_inspector};
pub use far_desk::{FarDesk, far_desk};
pub use files::{FarFiles, INTAKE, far_files};
pub use ledgers::FarLedgers;
pub use openings::{Openings, SharedOpenings};
pub use receipts::{FarReceipts, NoReceipt, Receipts, SharedReceipts};
pub use surveys::{SharedSurveys, Surveys};
pub use unit_files::{HandedOut, Pieces, SharedUnitFiles, UnitFiles};
pub use verifies::{SharedVerifies, Verifies};

/// The door to the ledger.
#[async_trait]
pub trait Submit: Send + Sync {
    /// Submits commands of one sender, in order. There is one answer for each; a command that could not be read
    /// is answered with its rejection. Answers are given only once they are durable.
    async fn submit(&self, principal: Principal, commands: Vec<Result<Command, Rejection>>) -> Vec<Answer>;
}

/// Why the inspector gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// There is no such round, unit or leaf in the log up to the moment asked for.
    #[error("there is no such round, unit or leaf in the log up to there")]
    Unknown,
    /// It cannot be asked.
    #[error("{}", .0.en)]
    Refused(Box<Refused>),
    /// The log is broken or cannot be read.
    #[error("{0}")]
    Failed(String),
}

/// What the dashboard asks of the inspector.
#[async_trait]
pub trait AskInspector: Send + Sync {
    /// The history of a score or a sheet.
    async fn history(&self, query: HistoryQuery) -> Result<History, AskError>;
    /// The history of a score or a sheet, and how the unit stood behind each of its events.
    async fn timeline(&self, query: HistoryQuery) -> Result<Timeline, AskError>;
    /// How a number came about.
    async fn explain(&self, query: ExplainQuery) -> Result<Explanation, AskError>;
    /// What would be if a leaf had other points.
    async fn what_if(&self, query: WhatIfQuery) -> Result<WhatIf, AskError>;
    /// What is missing, short or odd in a round.
    async fn check(&self, query: CheckQuery) -> Result<Checks, AskError>;
    /// What the log says to the claims of an appeal.
    async fn examine(&self, query: ExamineQuery) -> Result<Examination, AskError>;
    /// What changed in a round between two moments.
    async fn diff(&self, query: DiffQuery) -> Result<Diff, AskError>;
    /// Why a unit's rank moved between two moments.
    async fn why_rank(&self, query: WhyRankQuery) -> Result<WhyRank, AskError>;
    /// Every act of an actor, and what he was granted.
    async fn who(&self, query: WhoQuery) -> Result<Who, AskError>;
    /// Who held a capacity at a moment.
    async fn holders(&self, query: HoldersQuery) -> Result<Holders, AskError>;
    /// A round's rows as they stood at a moment.
    async fn stood(&self, query: StoodQuery) -> Result<Stood, AskError>;
}

/// A unit's sheet, as whoever shows it to be filled in asks for it.
#[async_trait]
pub trait Sheets: Send + Sync {
    /// The sheet as it stands, for those who may have it.
    async fn form(&self, principal: &Principal, query: SheetQuery) -> Result<SheetForm, Rejection>;
    /// What was typed into a leaf comes to.
    async fn typed(&self, principal: &Principal, query: TypedQuery) -> Result<TypedTold, Rejection>;
    /// The unit's rows as they stand, for its own people, with nothing in them that is not released to them.
    async fn rows(&self, principal: &Principal, query: SheetQuery) -> Result<SheetRows, Rejection>;
    /// The event at a position as it stands in the log, for the unit's own people: one of the sheet's that is released to them, or none.
    async fn event(
        &self,
        principal: &Principal,
        query: SheetQuery,
        position: u64,
    ) -> Result<Option<Vec<u8>>, Rejection>;
    /// The sheet as a workbook, for those who may have it.
    async fn workbook(&self, principal: &Principal, query: SheetQuery) -> Result<SheetBook, Rejection>;
    /// What a workbook of the sheet that came back would change, for those who fill it in. No more is read of it than the most bytes
    /// of a workbook.
    async fn returned(
        &self,
        principal: &Principal,
        query: SheetQuery,
        pieces: Pieces<'_>,
    ) -> Result<ReturnedSheet, Rejection>;
}

/// A round, as those ask for it who appraise, decide, hold the survey or keep the secretariat.
#[async_trait]
pub trait Work: Send + Sync {
    /// Who may do what.
    async fn powers(&self, principal: &Principal) -> Result<Powers, Rejection>;
    /// What whoever asks may do himself.
    async fn own_powers(&self, principal: &Principal) -> Result<OwnPowers, Rejection>;
    /// Whether whoever asks may be told what everybody did and was granted.
    async fn may_ask_who(&self, principal: &Principal) -> Result<(), Rejection>;
    /// What somebody may see of a round's figures before they are published.
    async fn sees(&self, principal: &Principal, round: &RoundId) -> Result<Sees, Rejection>;
    /// The round as it stands, for those who act in it.
    async fn round(&self, principal: &Principal, query: RoundQuery) -> Result<RoundWork, Rejection>;
    /// What its council looks at before it decides.
    async fn moderation(&self, principal: &Principal, query: RoundQuery) -> Result<Moderation, Rejection>;
    /// What there is to appraise.
    async fn worklist(&self, principal: &Principal, query: WorklistQuery) -> Result<Worklist, Rejection>;
    /// One score, with all that it is judged by.
    async fn case(&self, principal: &Principal, query: CaseQuery) -> Result<Case, Rejection>;
    /// What an appraiser's adjustment comes to.
    async fn judged(&self, principal: &Principal, query: JudgedQuery) -> Result<JudgedTold, Rejection>;
    /// What somebody is to be told of the round.
    async fn notices(&self, principal: &Principal, query: RoundQuery) -> Result<Notices, Rejection>;
    /// What each of some people is to be told of the round: for the server itself, which sends it on to them.
    async fn notices_of(&self, round: &RoundId, actors: &[ActorId]) -> Result<Vec<NoticesOf>, Rejection>;
    /// Bonuses and penalties.
    async fn extras(&self, principal: &Principal, query: ExtrasQuery) -> Result<ExtrasWork, Rejection>;
}

/// A field over all units of a block as a workbook, out and back in.
#[async_trait]
pub trait FieldBooks: Send + Sync {
    /// The workbook, for those who may have the field.
    async fn workbook(&self, principal: &Principal, query: FieldQuery) -> Result<SheetBook, Rejection>;
    /// What a workbook of the field that came back would change, for those who appraise it. No more is read of it than the most bytes of a
    /// workbook.
    async fn returned(
        &self,
        principal: &Principal,
        query: FieldQuery,
        pieces: Pieces<'_>,
    ) -> Result<ReturnedSheet, Rejection>;
}

/// The store of files, as the ledger asks it.
#[async_trait]
pub trait StoredFiles: Send + Sync {
    /// The first of these references that no stored file answers to: whose bytes are not there, or have another number, or whose
    /// type or commitments are not that file's, or which is not the unit's, where one is named.
    ///
    /// # Errors
    /// Why the store cannot be asked now.
    async fn first_missing(&self, unit: Option<&UnitId>, files: &[Evidence]) -> Result<Option<Hash>, String>;
}

/// Whoever holds what can be erased, as the ledger asks it.
#[async_trait]
pub trait Erases: Send + Sync {
    /// Destroys whatever the log orders to be, and is still there.
    ///
    /// # Errors
    /// Why it is not all gone. The order stands in the log; it is carried out later.
    async fn carry_out(&self) -> Result<(), String>;
}

/// Who a bearer token speaks for, and who a session.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// The principal, and what the token is for; none for a token that is unknown or over.
    async fn authenticate(&self, token: &str) -> Option<Bearer>;

    /// The principal of the session that has this secret; none for one that is unknown or over, or whose password must be changed first.
    ///
    /// # Errors
    /// Why sessions cannot be looked up now.
    async fn session(&self, secret: &str) -> Result<Option<Principal>, String>;
}

/// A shared door.
pub type SharedSubmit = Arc<dyn Submit>;
/// A shared inspector.
pub type SharedAsk = Arc<dyn AskInspector>;
/// Shared sheets.
pub type SharedSheets = Arc<dyn Sheets>;
/// Fields as workbooks, shared.
pub type SharedFieldBooks = Arc<dyn FieldBooks>;
/// Work on rounds, shared.
pub type SharedWork = Arc<dyn Work>;
/// A shared store of files, as the ledger asks it.
pub type SharedStoredFiles = Arc<dyn StoredFiles>;
/// Whoever carries erasures out, shared.
pub type SharedErases = Arc<dyn Erases>;
/// A shared authenticator.
pub type SharedAuthenticate = Arc<dyn Authenticate>;
