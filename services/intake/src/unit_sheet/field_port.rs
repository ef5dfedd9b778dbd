//! An appraiser's sheet of a field for whoever shows it on a page: given by right, as it stands, and what was decided in its workbook read back.
//! Nothing is written here: it comes back as commands, for whoever decided to send.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{appraises_field, may_have_field};
use platform::clock::Clock;
use platform::ports::{FieldBooks, Pieces};
use proto::extra_work::FieldQuery;
use proto::returned_sheet::{ReturnedSheet, SheetBook};
use proto::{Acting, Capacity, Origin, Principal, Rejection};

use super::http::Rounds;
use super::look::{compared, opened, too_large};
use super::of_appraisal;
use super::port::{faulty, said, shown, whole};

/// Fields for pages.
pub struct OnFields {
    /// The log.
    pub origin: Origin,
    /// Its rounds.
    pub rounds: Box<dyn Rounds>,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

#[async_trait]
impl FieldBooks for OnFields {
    async fn workbook(&self, principal: &Principal, query: FieldQuery) -> Result<SheetBook, Rejection> {
        let stood = self.rounds.stood(&query.round, None).await?;
        may_have_field(&stood.world, principal, self.clock.now(), (&query.round, &query.field))?;
        let written = of_appraisal(&stood.basis(&query.round)?, &query.block, &query.field, query.appraisal);
        // A block or a field that the round has not.
        let bytes = written.map_err(|faults| Rejection::WrongShape { detail: said(&faults) })?;
        Ok(SheetBook { position: stood.position, bytes })
    }

    async fn returned(
        &self,
        principal: &Principal,
        query: FieldQuery,
        pieces: Pieces<'_>,
    ) -> Result<ReturnedSheet, Rejection> {
        let now = self.rounds.stood(&query.round, None).await?;
        let of = (&query.round, &query.field);
        let unit = appraises_field(&now.world, principal, self.clock.now(), of)?;
        let Some(bytes) = whole(pieces).await else { return Ok(faulty(0, too_large())) };
        let returned = match opened(bytes).await? {
            Ok(returned) => returned,
            Err(faults) => return Ok(faulty(0, faults)),
        };
        let (card, made) = (&returned.card, returned.card.position);
        let own = card.is_of(&self.origin).and_then(|()| card.is_field_of(&query.round, (&query.block, &query.field)));
        if let Err(faults) = own {
            return Ok(faulty(made, faults));
        }
        let acting = Acting { capacity: Capacity::Appraiser, unit };
        Ok(match compared(&*self.rounds, returned, &now, &acting).await? {
            Ok(preview) => shown(made, preview),
            Err(faults) => faulty(made, faults),
        })
    }
}
