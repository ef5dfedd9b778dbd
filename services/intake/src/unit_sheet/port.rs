//! A unit's sheet for whoever shows it on a page: given by right, as it stands, and what was typed into it read back. Nothing is written
//! here: what was typed comes back as a command's data, for whoever typed it to send.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{AtSheet, at_sheet};
use platform::clock::Clock;
use platform::ports::Sheets;
use proto::filling::{SheetForm, SheetQuery, TypedQuery, TypedTold};
use proto::{Instant, Principal, Rejection, RoundId, UnitId};

use super::http::{Rounds, Stood};
use super::{form, typed};

/// Sheets for pages.
pub struct OnPages {
    /// The log's rounds.
    pub rounds: Box<dyn Rounds>,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

impl OnPages {
    /// The round as far as the sheet needs it, for somebody who may have it, what he does with it, and the moment of that.
    async fn given(&self, who: &Principal, of: (&RoundId, &UnitId)) -> Result<(Stood, AtSheet, Instant), Rejection> {
        let (stood, at) = (self.rounds.sheet(of.0, of.1).await?, self.clock.now());
        let does = at_sheet(&stood.world, who, at, of)?;
        Ok((stood, does, at))
    }
}

#[async_trait]
impl Sheets for OnPages {
    async fn form(&self, principal: &Principal, query: SheetQuery) -> Result<SheetForm, Rejection> {
        let (stood, does, at) = self.given(principal, (&query.round, &query.unit)).await?;
        let basis = stood.basis(&query.round)?;
        let unknown = || Rejection::UnitUnknown { unit: query.unit.clone() };
        let (_, unit) = basis.round.unit(&query.unit).ok_or_else(unknown)?;
        Ok(form::form(&basis, unit, query.clone(), (does, at)))
    }

    async fn typed(&self, principal: &Principal, query: TypedQuery) -> Result<TypedTold, Rejection> {
        let (stood, does, _) = self.given(principal, (&query.round, &query.unit)).await?;
        let basis = stood.basis(&query.round)?;
        let unknown = || Rejection::UnitUnknown { unit: query.unit.clone() };
        let (_, unit) = basis.round.unit(&query.unit).ok_or_else(unknown)?;
        if does.fills_in.is_none() {
            return Err(Rejection::UnitNotOwn { unit: query.unit.clone() });
        }
        typed::told(basis.round, unit, &query)
    }
}
