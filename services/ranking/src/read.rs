//! Reading the ranking: the latest publication, an earlier one, or the provisional standing of this moment.
//! It always says which of them it gives (RULINGS 10).

use std::collections::BTreeMap;

use platform::db::{Db, DbError, Place, open_readers};
use platform::projector::{Cursor, ProjectError, Snapshot, schema};
use proto::rows::{CellValue, PublicationRow, StandingRow};
use proto::{RoundId, UnitId};

use crate::projection::Ranking;

/// Which standing is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The latest publication, or the provisional standing while there is none.
    Latest,
    /// The provisional standing of this moment.
    Live,
    /// A publication by its number.
    Publication(u64),
}

/// Reads the ranking's database.
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
        Ok(Self { db: open_readers(&place.into(), &schema::<Ranking>()).await? })
    }

    /// The ranking at this moment; everything read from it stands on one cursor.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn view(&self) -> Result<View, ProjectError> {
        Ok(View(Snapshot::of::<Ranking>(&self.db).await?))
    }
}

/// The ranking at one moment.
pub struct View(Snapshot);

impl View {
    /// Where the projection stands.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        self.0.cursor()
    }

    /// A round's publications in order.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn publications(&mut self, round: &RoundId) -> Result<Vec<PublicationRow>, ProjectError> {
        let mut rows: Vec<PublicationRow> = self.0.select(&[("round", round.cell())]).await?;
        rows.sort_by_key(|r| r.publication);
        Ok(rows)
    }

    /// The number of the publication that `which` stands for (0: live), and its rows by block and rank.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn standings(&mut self, round: &RoundId, which: Which) -> Result<(u64, Vec<StandingRow>), ProjectError> {
        let number = match which {
            Which::Live => 0,
            Which::Publication(number) => number,
            Which::Latest => self.publications(round).await?.last().map_or(0, |p| p.publication),
        };
        let filter = [("round", round.cell()), ("publication", number.cell())];
        let mut rows: Vec<StandingRow> = self.0.select(&filter).await?;
        let last = |rank: u64| if rank == 0 { u64::MAX } else { rank };
        rows.sort_by(|a, b| (&a.block, last(a.rank), &a.unit).cmp(&(&b.block, last(b.rank), &b.unit)));
        Ok((number, rows))
    }

    /// A unit's place in the latest publication of each round that has published one of it, in no order.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub async fn published_of(&mut self, unit: &UnitId) -> Result<Vec<(PublicationRow, StandingRow)>, ProjectError> {
        let mut latest: BTreeMap<RoundId, PublicationRow> = BTreeMap::new();
        for row in self.0.select::<PublicationRow>(&[]).await? {
            if latest.get(&row.round).is_none_or(|known| known.publication < row.publication) {
                latest.insert(row.round.clone(), row);
            }
        }
        let mut places = Vec::new();
        for publication in latest.into_values() {
            let round = ("round", publication.round.cell());
            let filter = [round, ("publication", publication.publication.cell()), ("unit", unit.cell())];
            if let Some(row) = self.0.select(&filter).await?.pop() {
                places.push((publication, row));
            }
        }
        Ok(places)
    }
}
