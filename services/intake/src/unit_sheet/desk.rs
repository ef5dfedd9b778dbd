//! Rounds for whoever shows them to those who appraise, decide, hold the survey or keep the secretariat: given by right, as they stand.
//! Nothing is written here: an adjustment that was typed comes back as a command's data, for whoever typed it to send.

use std::sync::Arc;

use async_trait::async_trait;
use domain::World;
use platform::clock::Clock;
use platform::ports::Work;
use proto::extra_work::{ExtrasQuery, ExtrasWork};
use proto::moderation::Moderation;
use proto::notices::{Notices, NoticesOf};
use proto::work::{
    Case, CaseQuery, JudgedQuery, JudgedTold, OwnPowers, Powers, RoundQuery, RoundWork, Sees, Worklist, WorklistQuery,
};
use proto::{ActorId, Hash, Principal, Rejection, RoundId};

use super::http::Rounds;
use super::{appraise, typed};

/// Rounds for pages.
pub struct OnDesks {
    /// The log's rounds.
    pub rounds: Box<dyn Rounds>,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

impl OnDesks {
    async fn look<R: Send>(
        &self,
        round: &RoundId,
        see: impl FnOnce(&World, Hash) -> Result<R, Rejection> + Send,
    ) -> Result<R, Rejection> {
        let mut seen = Err(Rejection::RoundUnknown { round: round.clone() });
        self.rounds.now(Some(round), Box::new(|world, root| seen = see(world, root))).await?;
        seen
    }
}

#[async_trait]
impl Work for OnDesks {
    async fn powers(&self, principal: &Principal) -> Result<Powers, Rejection> {
        let (at, mut told) = (self.clock.now(), Err(Rejection::LogMissing {}));
        let see = |world: &World, root| told = domain::powers(world, principal, (at, root));
        self.rounds.now(None, Box::new(see)).await?;
        told
    }

    async fn own_powers(&self, principal: &Principal) -> Result<OwnPowers, Rejection> {
        let (at, mut told) = (self.clock.now(), Err(Rejection::LogMissing {}));
        let see = |world: &World, root| told = domain::own_powers(world, principal, (at, root));
        self.rounds.now(None, Box::new(see)).await?;
        told
    }

    async fn may_ask_who(&self, principal: &Principal) -> Result<(), Rejection> {
        let (at, mut told) = (self.clock.now(), Err(Rejection::LogMissing {}));
        let see = |world: &World, _| told = domain::may_ask_who(world, principal, at);
        self.rounds.now(None, Box::new(see)).await?;
        told
    }

    async fn sees(&self, principal: &Principal, round: &RoundId) -> Result<Sees, Rejection> {
        let at = self.clock.now();
        self.look(round, |world, _| domain::sees(world, principal, at, round)).await
    }

    async fn round(&self, principal: &Principal, query: RoundQuery) -> Result<RoundWork, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| domain::round_work(world, principal, (at, root), query)).await
    }

    async fn moderation(&self, principal: &Principal, query: RoundQuery) -> Result<Moderation, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| domain::moderation(world, principal, (at, root), query)).await
    }

    async fn worklist(&self, principal: &Principal, query: WorklistQuery) -> Result<Worklist, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| domain::worklist(world, principal, (at, root), query)).await
    }

    async fn case(&self, principal: &Principal, query: CaseQuery) -> Result<Case, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| appraise::case(world, principal, (at, root), query)).await
    }

    async fn judged(&self, principal: &Principal, query: JudgedQuery) -> Result<JudgedTold, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        let judged = |world: &World, _| {
            let seen = appraise::seen(world, principal, at, (&query.round, &query.unit, &query.leaf))?;
            typed::judged(seen.round, seen.unit, &query)
        };
        self.look(&round, judged).await
    }
    async fn notices(&self, principal: &Principal, query: RoundQuery) -> Result<Notices, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| domain::notices(world, principal, (at, root), query)).await
    }

    async fn notices_of(&self, round: &RoundId, actors: &[ActorId]) -> Result<Vec<NoticesOf>, Rejection> {
        let at = self.clock.now();
        self.look(round, |world, _| domain::notices_of(world, round, actors, at)).await
    }

    async fn extras(&self, principal: &Principal, query: ExtrasQuery) -> Result<ExtrasWork, Rejection> {
        let (round, at) = (query.round.clone(), self.clock.now());
        self.look(&round, |world, root| domain::extras_work(world, principal, (at, root), query)).await
    }
}
