//! The rows of a round as they stood at a moment: folded from its own streams, as the projections are held against the log.
//! It reads no projection: what it tells is what one would have held, whatever one holds.

use proto::UnitId;
use proto::rows::{
    BlockRow, Cell, ExtraRow, NodeRow, PhaseRow, PublicationRow, RoundRow, Row, ScoreRow, StandingRow, Table,
    TableRows, TotalRow, UnitRow,
};
use proto::stood::{Stood, StoodQuery, StoodTable};

use crate::inquiry::{round, split};
use crate::projections::expected_rows;
use crate::replay::{Inspector, ReplayError};

/// What is told of a round.
const OF_ROUND: [&Table; 6] =
    [RoundRow::TABLE, PhaseRow::TABLE, BlockRow::TABLE, UnitRow::TABLE, StandingRow::TABLE, PublicationRow::TABLE];
/// What is told of a unit.
const OF_UNIT: [&Table; 6] =
    [RoundRow::TABLE, NodeRow::TABLE, UnitRow::TABLE, TotalRow::TABLE, ScoreRow::TABLE, ExtraRow::TABLE];

impl Inspector {
    /// A round's rows as they stood at a moment.
    ///
    /// # Errors
    /// [`ReplayError`]; `Refused` for a round or a unit that was not there.
    pub async fn stood(&self, query: StoodQuery) -> Result<Stood, ReplayError> {
        let (position, at) = split(Some(query.as_of));
        let (world, position, root) = self.fold(&query.round, position, at).await?;
        let found = round(&world, &query.round)?;
        if let Some(unit) = query.unit.as_ref().filter(|unit| found.unit(unit).is_none()) {
            return Err(proto::Rejection::UnitUnknown { unit: unit.clone() }.into());
        }
        let wanted = if query.unit.is_some() { OF_UNIT } else { OF_ROUND };
        let all = expected_rows(&world, found).into_iter().flatten();
        let wanted = all.filter(|(table, _)| wanted.iter().any(|w| w.name == table.name));
        let tables = wanted.map(|table| told(table, query.unit.as_ref())).collect();
        let at = self.moment(Some(query.as_of), position).await?;
        Ok(Stood { query, position, root, at, tables })
    }
}

/// A table's rows; of those that are each of a unit, one unit's alone where one is named.
fn told((table, mut rows): TableRows, unit: Option<&UnitId>) -> StoodTable {
    let place = table.columns.iter().position(|column| column.name == "unit");
    if let (Some(place), Some(unit)) = (place, unit) {
        rows.retain(|cells| matches!(&cells[place], Cell::Text(text) if text == unit.as_str()));
    }
    StoodTable { name: table.name.to_owned(), rows }
}
