//! Replay: the history of one score or one sheet, folded again from the log, as of any position or moment.
//! The command line walks the whole log while it does so; a page reads the streams alone that bear on the sheet.

use async_trait::async_trait;
use domain::{Historian, World};
use platform::feed::{Feed, FeedError};
use platform::ports::{AskError, AskInspector};
use platform::restore::RestoreError;
use proto::between::{Diff, DiffQuery, WhyRank, WhyRankQuery};
use proto::event::DecodeError;
use proto::examined::{Examination, ExamineQuery};
use proto::fold::{Fold, Streams, Unfit};
use proto::history::{History, HistoryQuery, Step};
use proto::inquiry::{CheckQuery, Checks, ExplainQuery, Explanation, WhatIf, WhatIfQuery};
use proto::stood::{Stood, StoodQuery};
use proto::timeline::Timeline;
use proto::who::{Holders, HoldersQuery, Who, WhoQuery};
use proto::{Event, Hash, Origin, Rejection, RoundId, Stream};

use crate::finding::Finding;
use crate::source::{Source, SourceError};
use crate::walking::walk_log;

/// Why a history could not be told.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The log cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The feed failed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The head row holds no root.
    #[error("log_damaged: the head row holds no root; run `parindex verify`")]
    Head,
    /// What is asked about does not exist, or cannot be asked.
    #[error(transparent)]
    Refused(#[from] Box<Rejection>),
    /// What had been dropped could not be folded again.
    #[error("log_broken: {0}; run `parindex verify`")]
    Restore(#[from] RestoreError),
    /// The log does not hold.
    #[error("log_broken: {0}")]
    Broken(Finding),
    /// A document's parts do not make what was sealed.
    #[error("log_broken: the parts of {0} do not make the document that was sealed; run `parindex verify`")]
    Document(String),
    /// A body is no event.
    #[error("a stored body is no event: {0}")]
    Decode(#[from] DecodeError),
    /// An event does not fit.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// There is no such round, unit or leaf at that moment; the code says which.
    #[error("{0}: it is not in the log up to there")]
    Unknown(&'static str),
}

impl From<Rejection> for ReplayError {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(Box::new(rejection))
    }
}

/// The inspector as others hold it.
#[derive(Debug, Clone)]
pub struct Inspector {
    source: Source,
    origin: Origin,
}

impl Inspector {
    /// An inspector of a log.
    #[must_use]
    pub fn new(source: Source, origin: Origin) -> Self {
        Self { source, origin }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The round that was opened last, as the rows stand.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn latest_round(&self) -> Result<Option<RoundId>, SourceError> {
        Ok(self.source.latest_round().await?)
    }

    /// A history, with every event of the log walked and hashed on the way.
    ///
    /// # Errors
    /// [`ReplayError`]; a break anywhere up to the asked position is one.
    pub async fn replay(&self, query: HistoryQuery, mut progress: impl FnMut(u64)) -> Result<History, ReplayError> {
        let mut teller = Teller::new(query.clone());
        let mut stood = (0, proto::tree::CompactRange::default().root());
        let mut failed = None;
        let seen = async |walk: &proto::walk::Walk, body: &[u8]| {
            let position = walk.position();
            progress(position);
            let hash = walk.hash().expect("a body was taken");
            match Event::decode(body).map_err(ReplayError::from).and_then(|event| teller.take(&event, hash)) {
                Ok(true) => stood = (position, walk.root()),
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
            Ok(())
        };
        let (_, broken) = walk_log(&self.source, self.origin.clone(), seen).await?;
        if let Some(error) = failed {
            return Err(error);
        }
        if let Some(broken) = broken {
            return Err(ReplayError::Broken(broken));
        }
        teller.tell(stood)
    }

    /// A history from the streams that bear on it, as a page shows it; the root is that of the stored head.
    async fn glance(&self, query: HistoryQuery) -> Result<History, ReplayError> {
        let head = self.source.head().await?;
        let (position, root) = head.map_or((0, Vec::new()), |h| (u64::try_from(h.position).unwrap_or(0), h.root));
        let root = Hash(root.try_into().map_err(|_| ReplayError::Head)?);
        let sheet = Streams::Sheet(query.round.clone(), query.unit.clone());
        let events = self.events(&sheet, position).await?;
        let mut teller = Teller::new(query);
        for (event, hash) in self.events(&Streams::Log, position).await? {
            teller.take(&event, hash)?;
        }
        for need in events.iter().flat_map(|(event, _)| World::default().needs(event)) {
            if matches!(need, Streams::Document(..)) {
                for (event, hash) in self.events(&need, position).await? {
                    teller.take(&event, hash)?;
                }
            }
        }
        for (event, hash) in &events {
            teller.take(event, *hash)?;
        }
        teller.tell((position, root))
    }

    async fn events(&self, streams: &Streams, upto: u64) -> Result<Vec<(Event, Hash)>, ReplayError> {
        let bodies = self.source.streams(streams, upto).await?;
        bodies.iter().map(|body| Ok((Event::decode(body)?, Hash::entry(body)))).collect()
    }
}

/// Folds what a history needs, up to where it was asked for.
struct Teller {
    query: HistoryQuery,
    historian: Historian,
}

impl Teller {
    fn new(query: HistoryQuery) -> Self {
        Self { historian: Historian::new(query.clone()), query }
    }

    /// Takes an event; says whether it is within what was asked for.
    fn take(&mut self, event: &Event, hash: Hash) -> Result<bool, ReplayError> {
        let e = &event.envelope;
        let within = self.query.position.is_none_or(|p| e.position <= p) && self.query.at.is_none_or(|at| e.at <= at);
        let ours = match &e.stream {
            Stream::Log | Stream::Document(..) => true,
            Stream::Grants(_) | Stream::Case(_) => false,
            Stream::Round(r) | Stream::Sheet(r, _) | Stream::Survey(r, _) | Stream::Appeal(r, _) => {
                *r == self.query.round
            }
        };
        if within && ours {
            self.historian.step(event, hash)?;
        }
        Ok(within)
    }

    fn tell(self, (position, root): (u64, Hash)) -> Result<History, ReplayError> {
        is_known(self.historian.world(), &self.query)?;
        let steps: Vec<Step> = self.historian.into_steps();
        Ok(History { query: self.query, position, root, steps })
    }
}

/// Whether what a history is asked of is there.
///
/// # Errors
/// [`ReplayError::Unknown`], with the code that says what is not.
pub(crate) fn is_known(world: &World, query: &HistoryQuery) -> Result<(), ReplayError> {
    let round = world.rounds.get(&query.round);
    let unit = round.and_then(|r| r.unit(&query.unit));
    let known = |(_, u): (_, &domain::UnitState)| {
        let extra = |code| u.sheet.extras.contains_key(code);
        query.leaf.as_ref().is_none_or(|leaf| u.tree.leaf(leaf).is_some() || extra(leaf))
    };
    match (round, unit) {
        (None, _) => Err(ReplayError::Unknown("round_unknown")),
        (_, None) => Err(ReplayError::Unknown("unit_unknown")),
        (_, Some(unit)) if !known(unit) => Err(ReplayError::Unknown("leaf_unknown")),
        (Some(_), Some(_)) => Ok(()),
    }
}

impl From<ReplayError> for AskError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Unknown(_) => Self::Unknown,
            ReplayError::Refused(rejection) => Self::Refused(Box::new((&*rejection).into())),
            other => Self::Failed(other.to_string()),
        }
    }
}

#[async_trait]
impl AskInspector for Inspector {
    async fn history(&self, query: HistoryQuery) -> Result<History, AskError> {
        Ok(self.glance(query).await?)
    }

    async fn timeline(&self, query: HistoryQuery) -> Result<Timeline, AskError> {
        Ok(Inspector::timeline(self, query).await?)
    }

    async fn explain(&self, query: ExplainQuery) -> Result<Explanation, AskError> {
        Ok(Inspector::explain(self, query).await?)
    }

    async fn what_if(&self, query: WhatIfQuery) -> Result<WhatIf, AskError> {
        Ok(Inspector::what_if(self, query).await?)
    }

    async fn check(&self, query: CheckQuery) -> Result<Checks, AskError> {
        Ok(Inspector::check(self, query).await?)
    }

    async fn examine(&self, query: ExamineQuery) -> Result<Examination, AskError> {
        Ok(Inspector::examine(self, query).await?)
    }

    async fn diff(&self, query: DiffQuery) -> Result<Diff, AskError> {
        Ok(Inspector::diff(self, query).await?)
    }

    async fn why_rank(&self, query: WhyRankQuery) -> Result<WhyRank, AskError> {
        Ok(Inspector::why_rank(self, query).await?)
    }

    async fn who(&self, query: WhoQuery) -> Result<Who, AskError> {
        Ok(Inspector::who(self, query).await?)
    }

    async fn holders(&self, query: HoldersQuery) -> Result<Holders, AskError> {
        Ok(Inspector::holders(self, query).await?)
    }

    async fn stood(&self, query: StoodQuery) -> Result<Stood, AskError> {
        Ok(Inspector::stood(self, query).await?)
    }
}
