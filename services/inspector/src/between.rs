//! What happened to a round between two moments: what changed, and why a unit's rank moved.
//! The round is folded anew for each question, from its own streams; nothing is kept, and nothing is walked (`verify` does).

use domain::{Chronicler, DiffTeller, RankTeller, Teller, in_order};
use platform::feed::Feed;
use platform::restore::restore;
use proto::between::{Diff, DiffQuery, Mark, WhyRank, WhyRankQuery};
use proto::fold::{Fold, Streams};
use proto::history::HistoryQuery;
use proto::timeline::Timeline;
use proto::tree::CompactRange;
use proto::{AsOf, Event, Hash, RoundId};

use crate::replay::{Inspector, ReplayError, is_known};

/// After so many events others get a turn.
const EVENTS_A_TURN: usize = 256;

impl Inspector {
    /// What changed in a round between two moments.
    ///
    /// # Errors
    /// [`ReplayError`]; `Refused` for what the round has not, and for moments in the wrong order.
    pub async fn diff(&self, query: DiffQuery) -> Result<Diff, ReplayError> {
        let (from, to) = self.between(query.from, query.to).await?;
        let round = query.round.clone();
        let mut teller = DiffTeller::new(query, from.position);
        self.tell(&mut teller, &round, to.position).await?;
        Ok(teller.finish(from, to)?)
    }

    /// Why a unit's rank moved between two moments.
    ///
    /// # Errors
    /// As [`Inspector::diff`].
    pub async fn why_rank(&self, query: WhyRankQuery) -> Result<WhyRank, ReplayError> {
        let (from, to) = self.between(query.from, query.to).await?;
        let round = query.round.clone();
        let mut teller = RankTeller::new(query, from.position);
        self.tell(&mut teller, &round, to.position).await?;
        Ok(teller.finish(from, to)?)
    }

    /// A history, and how the unit stood behind each of its events.
    ///
    /// # Errors
    /// As [`Inspector::diff`]; `Unknown` for what is not in the log up to there.
    pub async fn timeline(&self, query: HistoryQuery) -> Result<Timeline, ReplayError> {
        let (position, root) = self.place(query.position, query.at).await?;
        let mut teller = Chronicler::new(query.clone());
        self.tell(&mut teller, &query.round, position).await?;
        is_known(teller.folded(), &query)?;
        Ok(teller.finish(position, root))
    }

    /// The places of two moments: before the first event and at the last one, where none is named.
    async fn between(&self, from: Option<AsOf>, to: Option<AsOf>) -> Result<(Mark, Mark), ReplayError> {
        let from = match from {
            Some(from) => self.mark(Some(from)).await?,
            None => Mark { position: 0, root: CompactRange::default().root() },
        };
        let to = self.mark(to).await?;
        in_order(from.position, to.position)?;
        Ok((from, to))
    }

    /// The place of a moment; the last one where none is named.
    pub(crate) async fn mark(&self, as_of: Option<AsOf>) -> Result<Mark, ReplayError> {
        let (position, at) = as_of.map_or((None, None), AsOf::split);
        let (position, root) = self.place(position, at).await?;
        Ok(Mark { position, root })
    }

    /// Shows a round's events to a teller, up to a position, and before each of them the documents that it needs.
    async fn tell(&self, teller: &mut impl Teller, round: &RoundId, upto: u64) -> Result<(), ReplayError> {
        let bodies = self.source().streams(&Streams::Round(round.clone()), upto).await?;
        for (n, body) in bodies.into_iter().enumerate() {
            let event = Event::decode(&body)?;
            for need in teller.world().needs(&event) {
                if matches!(need, Streams::Document(..)) {
                    restore(self.source(), teller.world(), need, upto).await?;
                }
            }
            teller.take(&event, Hash::entry(&body))?;
            if n % EVENTS_A_TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}
