//! Requests about personal data, as a list: what each asks for, by when, what happened, what is late. Out of the log alone, which
//! knows nobody who asked.

pub mod http;

use domain::{CaseList, World, may_read_cases};
use platform::feed::Feed;
use platform::restore::{END, RestoreError, restore};
use proto::cases::{Cases, CasesQuery};
use proto::fold::Streams;
use proto::{Event, Hash, Instant, Principal, Rejection};

use crate::replay::{Inspector, ReplayError};

impl Inspector {
    /// Every case as it stood at the moment that is asked about; where none is, as it stands now.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn cases(&self, query: CasesQuery, now: Instant) -> Result<Cases, ReplayError> {
        let mark = self.mark(query.as_of).await?;
        let at = match query.as_of {
            None => now,
            as_of => self.moment(as_of, mark.position).await?.unwrap_or(now),
        };
        let mut list = CaseList::default();
        for body in self.source().streams(&Streams::Cases, mark.position).await? {
            list.take(&Event::decode(&body)?, Hash::entry(&body))?;
        }
        Ok(Cases { query, position: mark.position, root: mark.root, at, cases: list.at(at) })
    }

    /// Whether somebody may read them, by what the log granted him.
    ///
    /// # Errors
    /// What keeps the log from being read; inside it, why not.
    pub async fn may_read_cases(
        &self,
        principal: &Principal,
        at: Instant,
    ) -> Result<Result<(), Rejection>, RestoreError> {
        let mut world = World::default();
        for streams in [Streams::Log, Streams::Grants] {
            restore(self.source(), &mut world, streams, END).await?;
        }
        Ok(may_read_cases(&world, principal, at))
    }
}
