//! A unit's sheet for whoever shows it on a page: given by right, as it stands, and what was typed into it, or into its workbook, read back.
//! Nothing is written here: it comes back as a command's data, for whoever typed it to send.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{AtSheet, IndexRows, UnitState, at_sheet, hold_back, is_event_of_sheet, rows_of_unit};
use futures::TryStreamExt;
use platform::clock::Clock;
use platform::feed::SharedFeed;
use platform::ports::{Pieces, Sheets};
use proto::filling::{SheetForm, SheetQuery, SheetRows, TypedQuery, TypedTold};
use proto::returned_sheet::{ReturnedFault, ReturnedRow, ReturnedSheet, RowOutcome, SheetBook};
use proto::rows::UnitRow;
use proto::{Acting, Capacity, Event, Hash, Instant, Origin, Principal, Rejection, RoundId, UnitId};

use super::http::{Rounds, Stood};
use super::look::{compared, opened, too_large};
use super::preview::{Entry, Outcome, Preview};
use super::{Basis, form, of_unit, typed};
use crate::fault::{Fault, Faults};
use crate::limits::WORKBOOK_BYTES_MAX;

/// Sheets for pages.
pub struct OnPages {
    /// The log.
    pub origin: Origin,
    /// Its rounds.
    pub rounds: Box<dyn Rounds>,
    /// Its events.
    pub feed: SharedFeed,
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

    /// The same with nothing in it that is held back from him, and the sheet's digest as it is.
    async fn shown(&self, who: &Principal, of: &SheetQuery) -> Result<(Stood, AtSheet, Instant, Hash), Rejection> {
        let (mut stood, does, at) = self.given(who, (&of.round, &of.unit)).await?;
        let unknown = || Rejection::UnitUnknown { unit: of.unit.clone() };
        let digest = unit(&stood.basis(&of.round)?, of).map(|unit| unit.sheet.digest())?;
        let round = stood.world.rounds.get_mut(&of.round).ok_or_else(unknown)?;
        hold_back(round, &of.unit, &does.held);
        Ok((stood, does, at, digest))
    }
}

#[async_trait]
impl Sheets for OnPages {
    async fn form(&self, principal: &Principal, query: SheetQuery) -> Result<SheetForm, Rejection> {
        let (stood, does, at, digest) = self.shown(principal, &query).await?;
        let basis = stood.basis(&query.round)?;
        let form = form::form(&basis, unit(&basis, &query)?, query.clone(), (does, at));
        // What is signed is the sheet, whatever of it is shown to whom.
        Ok(SheetForm { digest, ..form })
    }

    async fn rows(&self, principal: &Principal, query: SheetQuery) -> Result<SheetRows, Rejection> {
        let (stood, _, _, digest) = self.shown(principal, &query).await?;
        let basis = stood.basis(&query.round)?;
        let unknown = || Rejection::UnitUnknown { unit: query.unit.clone() };
        let mut rows = rows_of_unit(basis.round, &query.unit).ok_or_else(unknown)?;
        let unit = rows.units.pop().ok_or_else(unknown)?;
        let IndexRows { mut totals, mut scores, mut extras, .. } = rows;
        totals.sort_by(|a, b| a.node.cmp(&b.node));
        scores.sort_by(|a, b| a.leaf.cmp(&b.leaf));
        extras.sort_by(|a, b| a.code.cmp(&b.code));
        let (position, root, unit) = (basis.position, basis.root, UnitRow { digest, ..unit });
        Ok(SheetRows { query, position, root, unit, totals, scores, extras })
    }

    async fn typed(&self, principal: &Principal, query: TypedQuery) -> Result<TypedTold, Rejection> {
        let (stood, does, _) = self.given(principal, (&query.round, &query.unit)).await?;
        let basis = stood.basis(&query.round)?;
        let unknown = || Rejection::UnitUnknown { unit: query.unit.clone() };
        let (_, unit) = basis.round.unit(&query.unit).ok_or_else(unknown)?;
        filled_in_by(&does, &query.unit)?;
        typed::told(basis.round, unit, &query)
    }

    async fn event(
        &self,
        principal: &Principal,
        query: SheetQuery,
        position: u64,
    ) -> Result<Option<Vec<u8>>, Rejection> {
        let of = (&query.round, &query.unit);
        let (_, does, _) = self.given(principal, of).await?;
        filled_in_by(&does, &query.unit)?;
        let unreadable = |e: &dyn std::fmt::Display| Rejection::FilesUnusable { detail: e.to_string() };
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let Some(body) = self.feed.after(before, 1).await.map_err(|e| unreadable(&e))?.pop() else { return Ok(None) };
        let event = Event::decode(&body).map_err(|e| unreadable(&e))?;
        Ok((event.envelope.position == position && is_event_of_sheet(&does, of, &event)).then_some(body))
    }

    async fn workbook(&self, principal: &Principal, query: SheetQuery) -> Result<SheetBook, Rejection> {
        let (stood, ..) = self.shown(principal, &query).await?;
        let written = of_unit(&stood.basis(&query.round)?, &query.unit);
        // The unit is there, so that nothing but a defect keeps a sheet out of a workbook.
        let bytes = written.map_err(|faults| Rejection::FilesUnusable { detail: said(&faults) })?;
        Ok(SheetBook { position: stood.position, bytes })
    }

    async fn returned(
        &self,
        principal: &Principal,
        query: SheetQuery,
        pieces: Pieces<'_>,
    ) -> Result<ReturnedSheet, Rejection> {
        let (now, does, _) = self.given(principal, (&query.round, &query.unit)).await?;
        let capacity = filled_in_by(&does, &query.unit)?;
        let Some(bytes) = whole(pieces).await else { return Ok(faulty(0, too_large())) };
        let returned = match opened(bytes).await? {
            Ok(returned) => returned,
            Err(faults) => return Ok(faulty(0, faults)),
        };
        let (card, made) = (&returned.card, returned.card.position);
        // Another log may have neither this position nor this round: whose it is, is said first.
        if let Err(faults) = card.is_of(&self.origin).and_then(|()| card.is_sheet_of(&query.round, &query.unit)) {
            return Ok(faulty(made, faults));
        }
        let acting = Acting { capacity, unit: Some(query.unit.clone()) };
        Ok(match compared(&*self.rounds, returned, &now, &acting).await? {
            Ok(preview) => shown(made, preview),
            Err(faults) => faulty(made, faults),
        })
    }
}

/// The unit that is asked about.
fn unit<'b>(basis: &Basis<'b>, query: &SheetQuery) -> Result<&'b UnitState, Rejection> {
    let unknown = || Rejection::UnitUnknown { unit: query.unit.clone() };
    basis.round.unit(&query.unit).map(|(_, unit)| unit).ok_or_else(unknown)
}

/// In which capacity somebody fills a sheet in, if he does.
fn filled_in_by(does: &AtSheet, unit: &UnitId) -> Result<Capacity, Rejection> {
    does.fills_in.ok_or_else(|| Rejection::UnitNotOwn { unit: unit.clone() })
}

/// All bytes of a workbook; none where there are too many, or where they break off.
pub(super) async fn whole(mut pieces: Pieces<'_>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.try_next().await.ok()? {
        if bytes.len() + piece.len() > WORKBOOK_BYTES_MAX {
            return None;
        }
        bytes.extend_from_slice(&piece);
    }
    Some(bytes)
}

/// Faults in one line.
pub(super) fn said(faults: &Faults) -> String {
    faults.told.iter().map(|fault| fault.told().en).collect::<Vec<_>>().join("; ")
}

/// A workbook that cannot be taken.
pub(super) fn faulty(made: u64, faults: Faults) -> ReturnedSheet {
    let more = faults.more as u64;
    let faults = faults.told.iter().map(fault).collect();
    ReturnedSheet { made, rows: Vec::new(), unchanged: 0, remarks: Vec::new(), faults, more }
}

/// What a workbook would change.
pub(super) fn shown(made: u64, preview: Preview) -> ReturnedSheet {
    ReturnedSheet {
        made,
        unchanged: preview.count(Outcome::Unchanged) as u64,
        remarks: preview.remarks.iter().map(fault).collect(),
        rows: preview.entries.into_iter().filter_map(row).collect(),
        faults: Vec::new(),
        more: 0,
    }
}

fn row(entry: Entry) -> Option<ReturnedRow> {
    let outcome = match entry.outcome {
        Outcome::Unchanged => return None,
        Outcome::Changed => RowOutcome::Changed,
        Outcome::Conflict => RowOutcome::Conflict,
        Outcome::Elsewhere => RowOutcome::Elsewhere,
        Outcome::Done => RowOutcome::Done,
    };
    let canonical = |command: proto::Command| String::from_utf8_lossy(&command.to_canonical()).into_owned();
    let Entry { unit, leaf, title, was, now, wanted, command, .. } = entry;
    Some(ReturnedRow { unit, leaf, title, outcome, was, now, wanted, command: command.map(canonical) })
}

fn fault(fault: &Fault) -> ReturnedFault {
    ReturnedFault { code: fault.code.to_owned(), place: fault.place.text(), text: fault.what.clone() }
}
