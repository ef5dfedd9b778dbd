//! The rows that a report is made from: each projection read at one moment, in one transaction of its own.
//! It computes nothing; what a row says is what the report says.

use std::collections::BTreeMap;

use platform::projector::Cursor;
use proto::rows::{BlockRow, ExtraRow, NodeRow, PublicationRow, RoundRow, StandingRow, TotalRow, UnitRow};
use proto::{Code, Rejection, RoundId, UnitId};
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
