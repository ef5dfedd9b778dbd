//! Reading the index: rounds, units, totals, scores, with the cursor that they stand on.
//! Everything is sorted here, not in SQL: collations differ between engines.

use platform::db::{Db, DbError, Place, open_readers};
use platform::projector::{Cursor, ProjectError, Snapshot, schema};
use proto::rows::{BlockRow, CellValue, ExtraRow, NodeRow, PhaseRow, RoundRow, ScoreRow, TotalRow, UnitRow};
use proto::{Code, RoundId, UnitId};

use crate::projection::Index;

/// Reads the index's database.
#[derive(Debug, Clone)]
pub struct Reader {
    db: Db,
}

impl Reader {
    /// Opens the database beside its projector.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn open(place: impl Into<Place>) -> Result<Self, DbError> {
        Ok(Self { db: open_readers(&place.into(), &schema::<Index>()).await? })
    }

    /// The index at this moment; everything read from it stands on one cursor.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn view(&self) -> Result<View, ProjectError> {
        Ok(View(Snapshot::of::<Index>(&self.db).await?))
    }
}

/// The index at one moment.
pub struct View(Snapshot);

impl View {
    /// Where the projection stands.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        self.0.cursor()
    }

    /// All rounds, the latest year first.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn rounds(&mut self) -> Result<Vec<RoundRow>, ProjectError> {
        let mut rows: Vec<RoundRow> = self.0.select(&[]).await?;
        rows.sort_by(|a, b| b.year.cmp(&a.year).then_with(|| a.round.cmp(&b.round)));
        Ok(rows)
    }

    /// One round.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn round(&mut self, round: &RoundId) -> Result<Option<RoundRow>, ProjectError> {
        Ok(self.0.select(&[("round", round.cell())]).await?.pop())
    }

    /// A round's phases in the order of the work.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn phases(&mut self, round: &RoundId) -> Result<Vec<PhaseRow>, ProjectError> {
        let mut rows: Vec<PhaseRow> = self.0.select(&[("round", round.cell())]).await?;
        rows.sort_by_key(|r| (r.opens, r.phase));
        Ok(rows)
    }

    /// A round's blocks in its order.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn blocks(&mut self, round: &RoundId) -> Result<Vec<BlockRow>, ProjectError> {
        let mut rows: Vec<BlockRow> = self.0.select(&[("round", round.cell())]).await?;
        rows.sort_by_key(|r| r.ordinal);
        Ok(rows)
    }

    /// The tree of one kind of unit, in its order.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn nodes(&mut self, round: &RoundId, kind: &Code) -> Result<Vec<NodeRow>, ProjectError> {
        let mut rows: Vec<NodeRow> = self.0.select(&[("round", round.cell()), ("kind", kind.cell())]).await?;
        rows.sort_by_key(|r| r.ordinal);
        Ok(rows)
    }

    /// A round's units, by block and id.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn units(&mut self, round: &RoundId) -> Result<Vec<UnitRow>, ProjectError> {
        let mut rows: Vec<UnitRow> = self.0.select(&[("round", round.cell())]).await?;
        rows.sort_by(|a, b| (&a.block, &a.unit).cmp(&(&b.block, &b.unit)));
        Ok(rows)
    }

    /// One unit.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn unit(&mut self, round: &RoundId, unit: &UnitId) -> Result<Option<UnitRow>, ProjectError> {
        Ok(self.0.select(&[("round", round.cell()), ("unit", unit.cell())]).await?.pop())
    }

    /// What a unit reached at fields, criteria, and by source.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn totals(&mut self, round: &RoundId, unit: &UnitId) -> Result<Vec<TotalRow>, ProjectError> {
        let mut rows: Vec<TotalRow> = self.0.select(&[("round", round.cell()), ("unit", unit.cell())]).await?;
        rows.sort_by(|a, b| a.node.cmp(&b.node));
        Ok(rows)
    }

    /// What all units of a round reached, by unit and node.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn round_totals(&mut self, round: &RoundId) -> Result<Vec<TotalRow>, ProjectError> {
        let mut rows: Vec<TotalRow> = self.0.select(&[("round", round.cell())]).await?;
        rows.sort_by(|a, b| (&a.unit, &a.node).cmp(&(&b.unit, &b.node)));
        Ok(rows)
    }

    /// The bonuses and penalties of all units of a round, by unit and code.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn round_extras(&mut self, round: &RoundId) -> Result<Vec<ExtraRow>, ProjectError> {
        let mut rows: Vec<ExtraRow> = self.0.select(&[("round", round.cell())]).await?;
        rows.sort_by(|a, b| (&a.unit, &a.code).cmp(&(&b.unit, &b.code)));
        Ok(rows)
    }

    /// A unit's scores, by leaf.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn scores(&mut self, round: &RoundId, unit: &UnitId) -> Result<Vec<ScoreRow>, ProjectError> {
        let mut rows: Vec<ScoreRow> = self.0.select(&[("round", round.cell()), ("unit", unit.cell())]).await?;
        rows.sort_by(|a, b| a.leaf.cmp(&b.leaf));
        Ok(rows)
    }

    /// A unit's bonuses and penalties.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn extras(&mut self, round: &RoundId, unit: &UnitId) -> Result<Vec<ExtraRow>, ProjectError> {
        let mut rows: Vec<ExtraRow> = self.0.select(&[("round", round.cell()), ("unit", unit.cell())]).await?;
        rows.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(rows)
    }
}
