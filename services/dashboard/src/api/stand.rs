//! The rows that an answer is made of: the projections' as they stand, or those that the inspector folds for an earlier moment.
//! Both are rows of the same tables, and either says which position it stands on.

use proto::filling::SheetRows;
use proto::rows::{
    BlockRow, ExtraRow, NodeRow, PhaseRow, PublicationRow, RoundRow, Row, ScoreRow, StandingRow, TotalRow, UnitRow,
};
use proto::stood::{Stood, StoodQuery};
use proto::{AsOf, Hash, Instant, Rejection, RoundId, UnitId};
use ranking::Which;

use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;

/// Where rows stand.
pub type Place = (u64, Hash);

/// The blocks of a round and its publications, each in their order.
pub type BlocksAndPublications = (Vec<BlockRow>, Vec<PublicationRow>);

/// A round and its units.
pub struct OfRound {
    /// Where they stand.
    pub at: Place,
    /// The round.
    pub round: RoundRow,
    /// Its phases, in the order of the work.
    pub phases: Vec<PhaseRow>,
    /// Its units, by block and id.
    pub units: Vec<UnitRow>,
    /// The moment that it is about: of the last event, or that which was asked for.
    pub moment: Option<Instant>,
    /// What is asked of the inspector beside, for an earlier moment.
    stood: Option<Stood>,
}

/// A standing of a round.
pub struct OfRanking {
    /// Where it stands.
    pub at: Place,
    /// The round.
    pub round: RoundRow,
    /// Its blocks, in their order.
    pub blocks: Vec<BlockRow>,
    /// Its publications, in their order.
    pub publications: Vec<PublicationRow>,
    /// Which one is told; 0: the standing of that moment.
    pub number: u64,
    /// Its rows, by block and rank.
    pub rows: Vec<StandingRow>,
}

/// A unit and its sheet.
pub struct OfUnit {
    /// Where they stand.
    pub at: Place,
    /// The round.
    pub round: RoundRow,
    /// The unit.
    pub unit: UnitRow,
    /// The tree of its kind, in its order.
    pub nodes: Vec<NodeRow>,
    /// What it reached.
    pub totals: Vec<TotalRow>,
    /// Its scores, in the tree's order.
    pub scores: Vec<ScoreRow>,
    /// Its bonuses and penalties.
    pub extras: Vec<ExtraRow>,
}

/// The moment asked for, where it is none that the rows stand at.
fn earlier(ask: &Ask, position: u64) -> Result<Option<AsOf>, Refusal> {
    Ok(ask.moment()?.filter(|moment| *moment != AsOf::Position(position)))
}

fn unknown(round: &RoundId) -> Refusal {
    Rejection::RoundUnknown { round: round.clone() }.into()
}

async fn stood(
    dashboard: &Dashboard,
    (round, unit): (&RoundId, Option<&UnitId>),
    as_of: AsOf,
) -> Result<Stood, Refusal> {
    let query = StoodQuery { round: round.clone(), unit: unit.cloned(), as_of };
    Ok(dashboard.inspector.stood(query).await?)
}

fn rows<R: Row>(stood: &Stood) -> Result<Vec<R>, Refusal> {
    stood.rows().ok_or_else(|| Refusal::Malformed(format!("rows of {}", R::TABLE.name)))
}

fn first<R>(rows: Vec<R>, what: &str) -> Result<R, Refusal> {
    rows.into_iter().next().ok_or_else(|| Refusal::Malformed(format!("no row of {what}")))
}

impl OfRound {
    /// The round of the path, as of the moment of the query.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn read(dashboard: &Dashboard, ask: &Ask) -> Result<Self, Refusal> {
        let id = ask.round()?;
        let mut view = dashboard.index.view().await?;
        let at = (view.cursor().position, view.cursor().root);
        if let Some(as_of) = earlier(ask, at.0)? {
            let stood = stood(dashboard, (&id, None), as_of).await?;
            let (mut phases, mut units) = (rows::<PhaseRow>(&stood)?, rows::<UnitRow>(&stood)?);
            phases.sort_by_key(|row| (row.opens, row.phase));
            units.sort_by(|a, b| (&a.block, &a.unit).cmp(&(&b.block, &b.unit)));
            let (at, round, moment) = ((stood.position, stood.root), first(rows(&stood)?, "round")?, stood.at);
            return Ok(Self { at, round, phases, units, moment, stood: Some(stood) });
        }
        let round = view.round(&id).await?.ok_or_else(|| unknown(&id))?;
        let (phases, units) = (view.phases(&id).await?, view.units(&id).await?);
        Ok(Self { at, round, phases, units, moment: view.cursor().at, stood: None })
    }

    /// Its blocks and its publications, each in their order, as the fold of an earlier moment has them; none of what stands now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn folded(&self) -> Result<Option<BlocksAndPublications>, Refusal> {
        let Some(stood) = &self.stood else { return Ok(None) };
        let (mut blocks, mut publications) = (rows::<BlockRow>(stood)?, rows::<PublicationRow>(stood)?);
        blocks.sort_by_key(|row| row.ordinal);
        publications.sort_by_key(|row| row.publication);
        Ok(Some((blocks, publications)))
    }
}

impl OfRanking {
    /// The standing that is asked for, as of the moment of the query.
    ///
    /// # Errors
    /// [`Refusal`]; `publication_unknown` where there was none of that number.
    pub async fn read(dashboard: &Dashboard, ask: &Ask) -> Result<Self, Refusal> {
        let (id, which) = (ask.round()?, ask.which()?);
        let mut view = dashboard.ranking.view().await?;
        let at = (view.cursor().position, view.cursor().root);
        let found = match earlier(ask, at.0)? {
            Some(as_of) => Self::folded(stood(dashboard, (&id, None), as_of).await?, which)?,
            None => {
                let mut index = dashboard.index.view().await?;
                let round = index.round(&id).await?.ok_or_else(|| unknown(&id))?;
                let blocks = index.blocks(&id).await?;
                let publications = view.publications(&id).await?;
                let (number, rows) = view.standings(&id, which).await?;
                Self { at, round, blocks, publications, number, rows }
            }
        };
        if found.number > 0 && !found.publications.iter().any(|p| p.publication == found.number) {
            return Err(Refusal::unknown("publication_unknown"));
        }
        Ok(found)
    }

    fn folded(stood: Stood, which: Which) -> Result<Self, Refusal> {
        let mut publications: Vec<PublicationRow> = rows(&stood)?;
        publications.sort_by_key(|row| row.publication);
        let mut blocks: Vec<BlockRow> = rows(&stood)?;
        blocks.sort_by_key(|row| row.ordinal);
        let number = match which {
            Which::Live => 0,
            Which::Publication(number) => number,
            Which::Latest => publications.last().map_or(0, |row| row.publication),
        };
        let mut rows: Vec<StandingRow> = self::rows(&stood)?;
        rows.retain(|row| row.publication == number);
        let last = |rank: u64| if rank == 0 { u64::MAX } else { rank };
        rows.sort_by(|a, b| (&a.block, last(a.rank), &a.unit).cmp(&(&b.block, last(b.rank), &b.unit)));
        let round = first(self::rows(&stood)?, "round")?;
        Ok(Self { at: (stood.position, stood.root), round, blocks, publications, number, rows })
    }
}

impl OfUnit {
    /// The unit of the path, as of the moment of the query.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn read(dashboard: &Dashboard, ask: &Ask) -> Result<Self, Refusal> {
        let id = ask.round()?;
        let mut view = dashboard.index.view().await?;
        let at = (view.cursor().position, view.cursor().root);
        let mut found = match earlier(ask, at.0)? {
            // What is held back from a unit's own people is taken out of what stands now alone.
            Some(_) if ask.own.is_some() => return Err(Refusal::AsOfUnanswered),
            Some(as_of) => {
                let unit = ask.unit()?;
                Self::folded(&stood(dashboard, (&id, Some(&unit)), as_of).await?)?
            }
            None => {
                let round = view.round(&id).await?.ok_or_else(|| unknown(&id))?;
                let unit = ask.unit()?;
                let unit = view.unit(&id, &unit).await?.ok_or(Rejection::UnitUnknown { unit })?;
                let nodes = view.nodes(&id, &unit.kind).await?;
                if let Some(own) = &ask.own {
                    let SheetRows { unit, totals, scores, extras, position, root, .. } =
                        own.rows(&id, &unit.unit).await?;
                    let mut own = Self { at: (position, root), round, unit, nodes, totals, scores, extras };
                    own.in_order();
                    return Ok(own);
                }
                let totals = view.totals(&id, &unit.unit).await?;
                let scores = view.scores(&id, &unit.unit).await?;
                let extras = view.extras(&id, &unit.unit).await?;
                Self { at, round, unit, nodes, totals, scores, extras }
            }
        };
        found.in_order();
        Ok(found)
    }

    /// Puts the scores into the tree's order.
    fn in_order(&mut self) {
        let nodes = &self.nodes;
        self.scores.sort_by_cached_key(|score| nodes.iter().position(|node| node.code == score.leaf));
    }

    fn folded(stood: &Stood) -> Result<Self, Refusal> {
        let unit: UnitRow = first(rows(stood)?, "unit")?;
        let mut nodes: Vec<NodeRow> = rows(stood)?;
        nodes.retain(|node| node.kind == unit.kind);
        nodes.sort_by_key(|node| node.ordinal);
        let (mut totals, mut scores): (Vec<TotalRow>, Vec<ScoreRow>) = (rows(stood)?, rows(stood)?);
        let mut extras: Vec<ExtraRow> = rows(stood)?;
        totals.sort_by(|a, b| a.node.cmp(&b.node));
        // The leaves that are in no tree, if there are any, stand last, by their codes.
        scores.sort_by(|a, b| a.leaf.cmp(&b.leaf));
        extras.sort_by(|a, b| a.code.cmp(&b.code));
        let round = first(rows(stood)?, "round")?;
        Ok(Self { at: (stood.position, stood.root), round, unit, nodes, totals, scores, extras })
    }

    /// The field that a leaf of the unit's tree belongs to; none for a leaf of no tree.
    pub fn field(&self, leaf: &proto::Code) -> Option<&proto::Code> {
        let mut node = self.nodes.iter().find(|node| node.code == *leaf)?;
        while let Some(parent) = &node.parent {
            node = self.nodes.iter().find(|node| node.code == *parent)?;
        }
        Some(&node.code)
    }
}
