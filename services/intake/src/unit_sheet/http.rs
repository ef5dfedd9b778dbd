//! Sheets over HTTP: given to be filled in offline, and looked at when they come back. Nothing is written here: what a sheet
//! changes comes back as commands, for whoever sent it to send on.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::{World, at_sheet, hold_back, may_have_field, may_have_sheet};
use platform::clock::Clock;
use platform::http::{Problem, principal};
use platform::ports::SharedAuthenticate;
use proto::act::appraisal::Appraisal;
use proto::{Acting, BlockId, Capacity, Code, Hash, Origin, Principal, Rejection, RoundId, Scope, UnitId};
use serde::Deserialize;

use super::look::{compared, opened, too_large};
use super::{Basis, Of, of_appraisal, of_unit, told};
use crate::faulty::{Refused, misshapen};
use crate::limits::WORKBOOK_BYTES_MAX;

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A round as it stood at a position, with the people of the log.
pub struct Stood {
    /// What the log leads to.
    pub world: World,
    /// The last position that was folded.
    pub position: u64,
    /// The root over everything up to there.
    pub root: Hash,
}

/// Where rounds are folded.
#[async_trait]
pub trait Rounds: Send + Sync {
    /// A round as it stood at a position; as it stands, without one.
    ///
    /// # Errors
    /// `position_ahead`, and where the log cannot be read.
    async fn stood(&self, round: &RoundId, position: Option<u64>) -> Result<Stood, Rejection>;

    /// A round as it stands, as far as one unit's sheet needs it.
    ///
    /// # Errors
    /// Where the log cannot be read.
    async fn sheet(&self, round: &RoundId, unit: &UnitId) -> Result<Stood, Rejection>;

    /// Looks at a round as it stands, with all its units, or at the log's people alone.
    ///
    /// # Errors
    /// Where the log cannot be read.
    async fn now(&self, round: Option<&RoundId>, see: See<'_>) -> Result<(), Rejection>;
}

/// Looks at what the log leads to; with the tree's root there.
pub type See<'s> = Box<dyn FnOnce(&World, Hash) + Send + 's>;

/// What the routes need.
pub struct SheetsHttp {
    /// The log.
    pub origin: Origin,
    /// Its rounds.
    pub rounds: Box<dyn Rounds>,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
    /// The log's clock.
    pub clock: Arc<Clock>,
}

/// The routes. Each needs a token wherever it is asked from.
pub fn router(sheets: SheetsHttp) -> Router {
    Router::new()
        .route("/api/sheets", post(look))
        .route("/api/sheets/{round}/units/{unit}", get(for_unit))
        .route("/api/sheets/{round}/fields/{block}/{field}", get(for_appraiser))
        .with_state(Arc::new(sheets))
}

/// At which position a sheet is made, and for which appraisal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    as_of: Option<u64>,
    appraisal: Option<Appraisal>,
}

/// In which capacity, and of which unit, what a sheet changes will be sent: a unit's sheet names the unit itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sender {
    capacity: Option<Capacity>,
    unit: Option<UnitId>,
}

async fn for_unit(
    State(sheets): State<Arc<SheetsHttp>>,
    place: Result<Path<(RoundId, UnitId)>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let principal = principal(&sheets.authenticate, &headers, Scope::Read).await?;
    let Path((round, unit)) = place.map_err(|e| misshapen(&e.body_text()))?;
    let Query(Wanted { as_of, appraisal }) = wanted.map_err(|e| misshapen(&e.body_text()))?;
    if appraisal.is_some() {
        return Err(misshapen("appraisal: a unit's sheet has none").into());
    }
    let (mut stood, now) = sheets.given(&principal, &round, &Of::Unit(unit.clone()), as_of).await?;
    // What was released since then is shown, also of then.
    let held = at_sheet(now.as_ref().unwrap_or(&stood).world(), &principal, sheets.clock.now(), (&round, &unit))?.held;
    if let Some(round) = stood.world.rounds.get_mut(&round) {
        hold_back(round, &unit, &held);
    }
    let bytes = of_unit(&stood.basis(&round)?, &unit)?;
    Ok(workbook(bytes, &format!("{round}-{unit}-{}", stood.position)))
}

async fn for_appraiser(
    State(sheets): State<Arc<SheetsHttp>>,
    place: Result<Path<(RoundId, BlockId, Code)>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let principal = principal(&sheets.authenticate, &headers, Scope::Read).await?;
    let Path((round, block, field)) = place.map_err(|e| misshapen(&e.body_text()))?;
    let Query(Wanted { as_of, appraisal }) = wanted.map_err(|e| misshapen(&e.body_text()))?;
    let appraisal = appraisal.unwrap_or(Appraisal::First);
    let of = Of::Appraisal { block: block.clone(), field: field.clone(), appraisal };
    let (stood, _) = sheets.given(&principal, &round, &of, as_of).await?;
    let bytes = of_appraisal(&stood.basis(&round)?, &block, &field, appraisal)?;
    Ok(workbook(bytes, &format!("{round}-{block}-{field}-{}", stood.position)))
}

/// Looks at a workbook that was filled in.
async fn look(
    State(sheets): State<Arc<SheetsHttp>>,
    sender: Result<Query<Sender>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let principal = principal(&sheets.authenticate, &headers, Scope::Commands).await?;
    let Query(sender) = sender.map_err(|e| misshapen(&e.body_text()))?;
    let bytes = to_bytes(body, WORKBOOK_BYTES_MAX).await.map_err(|_| too_large())?;
    let returned = opened(bytes).await??;
    let card = returned.card.clone();
    // Another log may have neither this position nor this round: whose it is, is said first.
    card.is_of(&sheets.origin)?;
    let acting = acting(sender, &card.of)?;
    let now = sheets.rounds.stood(&card.round, None).await?;
    sheets.allows(&principal, &card.round, &card.of, &now)?;
    let preview = compared(&*sheets.rounds, returned, &now, &acting).await??;
    Ok(Json(told::preview(&card, &now, &preview)).into_response())
}

impl SheetsHttp {
    /// The round at a position, for somebody who may have the sheet as things stand now; and how they stand now, where that is another.
    async fn given(
        &self,
        principal: &Principal,
        round: &RoundId,
        of: &Of,
        as_of: Option<u64>,
    ) -> Result<(Stood, Option<Stood>), Refused> {
        let now = self.rounds.stood(round, None).await?;
        self.allows(principal, round, of, &now)?;
        match as_of {
            None => Ok((now, None)),
            Some(position) => Ok((self.rounds.stood(round, Some(position)).await?, Some(now))),
        }
    }

    fn allows(&self, principal: &Principal, round: &RoundId, of: &Of, now: &Stood) -> Result<(), Rejection> {
        let at = self.clock.now();
        match of {
            Of::Unit(unit) => may_have_sheet(&now.world, principal, at, (round, unit)),
            Of::Appraisal { field, .. } => may_have_field(&now.world, principal, at, (round, field)),
        }
    }
}

impl Stood {
    fn world(&self) -> &World {
        &self.world
    }

    pub(super) fn basis(&self, round: &RoundId) -> Result<Basis<'_>, Rejection> {
        let unknown = || Rejection::RoundUnknown { round: round.clone() };
        let round = self.world.rounds.get(round).ok_or_else(unknown)?;
        let log = self.world.log.as_ref().ok_or(Rejection::LogMissing {})?;
        Ok(Basis { round, log, position: self.position, root: self.root })
    }
}

/// In which capacity the commands will be sent.
fn acting(sender: Sender, of: &Of) -> Result<Acting, Problem> {
    let Sender { capacity, unit } = sender;
    match (of, capacity) {
        (Of::Unit(own), None | Some(Capacity::Drafter | Capacity::Chief)) if unit.is_none() => {
            Ok(Acting { capacity: capacity.unwrap_or(Capacity::Drafter), unit: Some(own.clone()) })
        }
        (Of::Appraisal { .. }, None | Some(Capacity::Appraiser)) => Ok(Acting { capacity: Capacity::Appraiser, unit }),
        (Of::Unit(_), _) => Err(misshapen("a unit's sheet is sent as drafter or chief, of the unit that it is of")),
        (Of::Appraisal { .. }, _) => Err(misshapen("an appraiser's sheet is sent as appraiser")),
    }
}

fn workbook(bytes: Vec<u8>, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
