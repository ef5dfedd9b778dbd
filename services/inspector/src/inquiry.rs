//! Questions that are answered from a fold of the log: how a number came about, what would be if.
//! The round is folded anew for each question, from its own streams; nothing is kept.

use domain::{LogState, Round, World};
use platform::restore::restore;
use proto::fold::Streams;
use proto::inquiry::{CheckQuery, Checks, ExplainQuery, Explanation, WhatIf, WhatIfQuery};
use proto::{AsOf, Hash, Instant, Rejection, RoundId, UnitId};

use crate::replay::{Inspector, ReplayError};

impl Inspector {
    /// How a number came about.
    ///
    /// # Errors
    /// [`ReplayError`]; `Refused` for what the round has not.
    pub async fn explain(&self, query: ExplainQuery) -> Result<Explanation, ReplayError> {
        let (mut world, position, root) = self.fold(&query.round, query.position, query.at).await?;
        if let (Some(held), Some(round)) = (&query.held, world.rounds.get_mut(&query.round)) {
            domain::hold_back(round, &query.unit, held);
        }
        let told = if query.held.is_some() { domain::explain_own } else { domain::explain };
        let (title, lines) = told(round(&world, &query.round)?, &query.unit, query.node.as_ref())?;
        Ok(Explanation { query, position, root, title, lines })
    }

    /// What would be if a leaf had other points.
    ///
    /// # Errors
    /// As [`Inspector::explain`].
    pub async fn what_if(&self, query: WhatIfQuery) -> Result<WhatIf, ReplayError> {
        let (position, at) = split(query.as_of);
        let (world, position, root) = self.fold(&query.round, position, at).await?;
        let units = domain::what_if(round(&world, &query.round)?, &query.unit, &query.leaf, query.points)?;
        Ok(WhatIf { query, position, root, units })
    }

    /// What is missing, short or odd in a round.
    ///
    /// # Errors
    /// As [`Inspector::explain`].
    pub async fn check(&self, query: CheckQuery) -> Result<Checks, ReplayError> {
        let (world, position, root) = self.fold(&query.round, query.position, query.at).await?;
        let observations = domain::check_round(round(&world, &query.round)?);
        Ok(Checks { query, position, root, observations })
    }

    /// A round as the log leads to it up to a position and a moment, and the position and root that it was folded up to.
    pub(crate) async fn fold(
        &self,
        round: &RoundId,
        position: Option<u64>,
        at: Option<Instant>,
    ) -> Result<(World, u64, Hash), ReplayError> {
        let (position, root) = self.place(position, at).await?;
        Ok((self.fold_up_to(Streams::Round(round.clone()), position).await?, position, root))
    }

    /// The log's own facts, its people, and these streams, up to a position.
    async fn fold_up_to(&self, streams: Streams, position: u64) -> Result<World, ReplayError> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants, streams] {
            restore(self.source(), &mut world, streams, position).await?;
        }
        Ok(world)
    }

    /// The last position up to a position and a moment, and the root there.
    pub(crate) async fn place(&self, position: Option<u64>, at: Option<Instant>) -> Result<(u64, Hash), ReplayError> {
        let head = self.source().head().await?.ok_or(ReplayError::Head)?;
        let last = u64::try_from(head.position).map_err(|_| ReplayError::Head)?;
        if let Some(position) = position.filter(|p| *p > last) {
            return Err(Rejection::PositionAhead { position }.into());
        }
        let by_time = match at {
            Some(at) => self.source().position_at(at).await?,
            None => last,
        };
        let position = last.min(by_time).min(position.unwrap_or(last));
        let root = match position == last {
            true => Hash(head.root.try_into().map_err(|_| ReplayError::Head)?),
            false => self.source().root_at(position).await?,
        };
        Ok((position, root))
    }
}

/// A round as it stood at a position, for whoever makes something of it that names the position.
pub struct RoundAt {
    world: World,
    round: RoundId,
    /// The last position that was folded.
    pub position: u64,
    /// The tree's root over everything up to there.
    pub root: Hash,
}

impl RoundAt {
    /// The round.
    ///
    /// # Errors
    /// `round_unknown`.
    pub fn round(&self) -> Result<&Round, Rejection> {
        round(&self.world, &self.round)
    }

    /// What the log leads to: the round, and the people who act in it.
    #[must_use]
    pub fn into_world(self) -> World {
        self.world
    }

    /// The log's own facts.
    ///
    /// # Errors
    /// `log_missing`.
    pub fn log(&self) -> Result<&LogState, Rejection> {
        self.world.log.as_ref().ok_or(Rejection::LogMissing {})
    }
}

impl Inspector {
    /// A round as it stood at a position and a moment; as it stands without them.
    ///
    /// # Errors
    /// As [`Inspector::explain`].
    pub async fn round_at(
        &self,
        round: &RoundId,
        position: Option<u64>,
        at: Option<Instant>,
    ) -> Result<RoundAt, ReplayError> {
        let (world, position, root) = self.fold(round, position, at).await?;
        Ok(RoundAt { world, round: round.clone(), position, root })
    }

    /// A round as it stands, as far as one unit's sheet needs it: the other units' sheets are empty in it.
    ///
    /// # Errors
    /// As [`Inspector::explain`].
    pub async fn sheet_now(&self, round: &RoundId, unit: &UnitId) -> Result<RoundAt, ReplayError> {
        let (position, root) = self.place(None, None).await?;
        let world = self.fold_up_to(Streams::Sheet(round.clone(), unit.clone()), position).await?;
        Ok(RoundAt { world, round: round.clone(), position, root })
    }
}

/// A moment as a position and an instant; neither where none is asked for.
pub(crate) fn split(as_of: Option<AsOf>) -> (Option<u64>, Option<Instant>) {
    as_of.map_or((None, None), AsOf::split)
}

pub(crate) fn round<'w>(world: &'w World, id: &RoundId) -> Result<&'w Round, Rejection> {
    world.rounds.get(id).ok_or_else(|| Rejection::RoundUnknown { round: id.clone() })
}
