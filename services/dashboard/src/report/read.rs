//! The rows that a report is made from: each projection read at one moment, in one transaction of its own.
//! It computes nothing; what a row says is what the report says.

use std::collections::BTreeMap;

use platform::projector::Cursor;
use proto::document::Sign;
use proto::rows::{BlockRow, ExtraRow, NodeRow, PublicationRow, RoundRow, StandingRow, TotalRow, UnitRow};
use proto::{Code, Exact, Rejection, RoundId, UnitId};
use ranking::Which;

use super::{Sources, Stand};
use crate::refusal::Refusal;

/// The rows.
pub struct Found {
    /// The round.
    pub round: RoundRow,
    /// Its blocks in their order.
    pub blocks: Vec<BlockRow>,
    /// The tree of each kind of unit.
    pub nodes: BTreeMap<Code, Vec<NodeRow>>,
    /// The units as they stand now.
    pub units: BTreeMap<UnitId, UnitRow>,
    /// What they have reached by now, by node.
    pub totals: BTreeMap<(UnitId, Code), TotalRow>,
    /// Their bonuses and penalties by now.
    pub extras: Vec<ExtraRow>,
    /// All publications.
    pub publications: Vec<PublicationRow>,
    /// The one that is reported; none for the provisional standing.
    pub publication: Option<PublicationRow>,
    /// Its rows, by block and rank.
    pub rows: Vec<StandingRow>,
    /// The rows of the publication before; none where there was none.
    pub before: Vec<StandingRow>,
    /// Where the index stands.
    pub index: Stand,
    /// Where the ranking stands.
    pub ranking: Stand,
}

impl Found {
    /// Whether the index still says of a unit what the shown row says of it. Points by field stand in the index as they are now: only
    /// then are they those of the row.
    pub fn still(&self, row: &StandingRow) -> bool {
        let source = |name: &str, reached: &Exact, maximum: &Exact| {
            let node = Code::parse(name).expect("the name of a source is a code");
            let total = self.totals.get(&(row.unit.clone(), node));
            total.map_or(*maximum == Exact::zero(), |t| t.reached == *reached && t.maximum == *maximum)
        };
        let unit = self.units.get(&row.unit);
        unit.is_some_and(|u| u.reached == row.reached && u.maximum == row.maximum && u.index_value == row.index_value)
            && source("appraisal", &row.appraisal_reached, &row.appraisal_maximum)
            && source("survey", &row.survey_reached, &row.survey_maximum)
            && self.extra(row, Sign::Bonus) == row.bonus
            && self.extra(row, Sign::Penalty) == row.penalty
    }

    /// What a unit reached at a node, while that is what the shown row stands on.
    pub fn total(&self, row: &StandingRow, node: &Code) -> Option<&TotalRow> {
        self.totals.get(&(row.unit.clone(), node.clone())).filter(|_| self.still(row))
    }

    /// A unit's bonuses or penalties by now.
    fn extra(&self, row: &StandingRow, sign: Sign) -> Exact {
        let of = self.extras.iter().filter(|e| e.unit == row.unit && e.sign == sign);
        of.map(|e| e.points.clone()).sum()
    }
}

/// Reads them.
pub async fn found(sources: Sources<'_>, round: &RoundId, which: Which) -> Result<Found, Refusal> {
    let mut index = sources.index.view().await?;
    let mut ranking = sources.ranking.view().await?;
    let row = index.round(round).await?.ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let publications = ranking.publications(round).await?;
    let (number, rows) = ranking.standings(round, which).await?;
    let publication = publications.iter().find(|p| p.publication == number).cloned();
    if matches!(which, Which::Publication(_)) && publication.is_none() {
        return Err(Refusal::unknown("publication_unknown"));
    }
    let earlier = publications.iter().rev().find(|p| p.publication < number);
    let before = match earlier {
        Some(p) => ranking.standings(round, Which::Publication(p.publication)).await?.1,
        None => Vec::new(),
    };
    let blocks = index.blocks(round).await?;
    let mut nodes = BTreeMap::new();
    for block in &blocks {
        if !nodes.contains_key(&block.kind) {
            nodes.insert(block.kind.clone(), index.nodes(round, &block.kind).await?);
        }
    }
    let totals = index.round_totals(round).await?;
    Ok(Found {
        round: row,
        blocks,
        nodes,
        units: index.units(round).await?.into_iter().map(|u| (u.unit.clone(), u)).collect(),
        totals: totals.into_iter().map(|t| ((t.unit.clone(), t.node.clone()), t)).collect(),
        extras: index.round_extras(round).await?,
        publications,
        publication,
        rows,
        before,
        index: stand(index.cursor()),
        ranking: stand(ranking.cursor()),
    })
}

fn stand(cursor: &Cursor) -> Stand {
    Stand { position: cursor.position, root: cursor.root }
}
