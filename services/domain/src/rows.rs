//! The rows of both projections, made from a round as it stands.
//! They are the same whether a projector writes them or the inspector checks them.

use std::collections::BTreeSet;
use std::sync::Arc;

use proto::act::log::Mode;
use proto::act::round::Stage;
use proto::document::Source;
use proto::exact::RoundingMode;
use proto::rows::{
    BlockRow, ExtraRow, FlagState, Level, NodeRow, PhaseRow, PublicationRow, RoundRow, ScoreRow, StandingRow,
    TableRows, TotalRow, UnitRow, table_rows,
};
use proto::{Code, Exact, UnitId};

use crate::result::{UnitTotals, leaf_points, standing_row, standings_of, unit_totals};
use crate::round::{Publication, Round, UnitState};
use crate::world::{TouchedRound, World};

/// Rows of the index that are to be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct IndexRows {
    /// Rounds.
    pub rounds: Vec<RoundRow>,
    /// Phases.
    pub phases: Vec<PhaseRow>,
    /// Blocks.
    pub blocks: Vec<BlockRow>,
    /// Nodes.
    pub nodes: Vec<NodeRow>,
    /// Units.
    pub units: Vec<UnitRow>,
    /// Totals.
    pub totals: Vec<TotalRow>,
    /// Scores.
    pub scores: Vec<ScoreRow>,
    /// Bonuses and penalties.
    pub extras: Vec<ExtraRow>,
}

/// Rows of the ranking that are to be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RankingRows {
    /// Standings, live and published.
    pub standings: Vec<StandingRow>,
    /// Publications.
    pub publications: Vec<PublicationRow>,
}

/// The index's rows of what was touched in a round.
#[must_use]
pub fn index_rows(world: &World, round: &Round, touched: &TouchedRound) -> IndexRows {
    let mut rows =
        IndexRows { rounds: vec![round_row(world, round)], phases: phase_rows(round), ..IndexRows::default() };
    if touched.all {
        rows.blocks = block_rows(round);
        rows.nodes = node_rows(round);
    }
    for (place, unit) in round.units.iter().enumerate() {
        match touched.units.get(&place) {
            _ if touched.all => {
                let leaves: BTreeSet<usize> = (0..unit.tree.leaves.len()).collect();
                unit_rows(round, unit, &leaves, &mut rows);
            }
            Some(leaves) => unit_rows(round, unit, leaves, &mut rows),
            None => {}
        }
    }
    rows
}

/// The ranking's rows of what was touched in a round; `totals` are those of all its units, in order. One changed score
/// moves places in its own block alone; a publication moves what `movement` is counted from in all of them.
#[must_use]
pub fn ranking_rows(round: &Round, totals: &[Arc<UnitTotals>], touched: &TouchedRound) -> RankingRows {
    let blocks: BTreeSet<usize> = touched.units.keys().map(|&place| round.units[place].block).collect();
    let all = touched.all || !touched.publications.is_empty();
    let live = standings_of(round, totals, Some(&blocks).filter(|_| !all));
    let mut rows = RankingRows::default();
    rows.standings.extend(live.iter().map(|s| standing_row(round, s, 0)));
    for publication in round.publications.iter().filter(|p| touched.publications.contains(&p.number)) {
        rows.publications.push(publication_row(round, publication));
        let number = u64::from(publication.number);
        rows.standings.extend(publication.standings.iter().map(|s| standing_row(round, s, number)));
    }
    rows
}

impl IndexRows {
    /// The rows table by table, in the order of the digest.
    #[must_use]
    pub fn tables(&self) -> Vec<TableRows> {
        vec![
            table_rows(&self.rounds),
            table_rows(&self.phases),
            table_rows(&self.blocks),
            table_rows(&self.nodes),
            table_rows(&self.units),
            table_rows(&self.totals),
            table_rows(&self.scores),
            table_rows(&self.extras),
        ]
    }
}

impl RankingRows {
    /// The rows table by table, in the order of the digest.
    #[must_use]
    pub fn tables(&self) -> Vec<TableRows> {
        vec![table_rows(&self.standings), table_rows(&self.publications)]
    }
}

impl TouchedRound {
    /// Everything in a round: what a projection holds of it as a whole.
    #[must_use]
    pub fn everything(round: &Round) -> Self {
        let publications = round.publications.iter().map(|p| p.number).collect();
        Self { all: true, units: std::collections::BTreeMap::new(), publications }
    }
}

fn round_row(world: &World, round: &Round) -> RoundRow {
    let config = &round.config;
    let rounding = match config.policy.rounding {
        RoundingMode::HalfUp => "half_up",
        RoundingMode::HalfEven => "half_even",
        RoundingMode::Down => "down",
    };
    RoundRow {
        round: config.round.clone(),
        year: u64::from(config.year),
        title_en: config.title.en.clone(),
        title_vi: config.title.vi.clone(),
        authority_en: config.authority.en.clone(),
        authority_vi: config.authority.vi.clone(),
        basis_en: round.book.basis.en.clone(),
        basis_vi: round.book.basis.vi.clone(),
        digits: u64::from(config.policy.digits),
        rounding: rounding.to_owned(),
        training: world.log.as_ref().is_some_and(|l| l.genesis.mode == Mode::Training),
        survey_held: round.survey_held(),
        survey_merged: round.survey.is_some(),
        decided: round.decided(),
        publication: round.publications.last().map_or(0, |p| u64::from(p.number)),
        closed: round.closed,
    }
}

fn phase_rows(round: &Round) -> Vec<PhaseRow> {
    let row = |w: &proto::act::round::Window| PhaseRow {
        round: round.id().clone(),
        phase: w.phase,
        opens: w.from,
        until: w.until,
        closed: round.closed_phases.contains_key(&w.phase),
    };
    round.windows.values().map(row).collect()
}

fn block_rows(round: &Round) -> Vec<BlockRow> {
    let blocks = round.config.blocks.iter().enumerate();
    let row = |(i, b): (usize, &proto::act::round::Block)| BlockRow {
        round: round.id().clone(),
        block: b.block.clone(),
        ordinal: i as u64,
        kind: b.kind.clone(),
        title_en: b.title.en.clone(),
        title_vi: b.title.vi.clone(),
    };
    blocks.map(row).collect()
}

fn node_rows(round: &Round) -> Vec<NodeRow> {
    let mut kinds: Vec<&Code> = round.config.blocks.iter().map(|b| &b.kind).collect();
    kinds.sort();
    kinds.dedup();
    let mut rows = Vec::new();
    for tree in kinds.into_iter().filter_map(|k| round.book.trees.get(k)) {
        rows.extend(tree.nodes.iter().enumerate().map(|(i, node)| NodeRow {
            round: round.id().clone(),
            kind: tree.kind.clone(),
            code: node.code.clone(),
            parent: node.parent.map(|p| tree.nodes[p].code.clone()),
            ordinal: i as u64,
            level: node.level,
            title_en: node.title.en.clone(),
            title_vi: node.title.vi.clone(),
            maximum: Exact::from(node.maximum),
            source: node.leaf.map(|l| tree.leaves[l].leaf.source),
        }));
    }
    rows
}

/// The index's rows of one unit with all of its leaves; none where the round has no such unit.
#[must_use]
pub fn rows_of_unit(round: &Round, unit: &UnitId) -> Option<IndexRows> {
    let (_, unit) = round.unit(unit)?;
    let mut rows = IndexRows::default();
    unit_rows(round, unit, &(0..unit.tree.leaves.len()).collect(), &mut rows);
    Some(rows)
}

fn unit_rows(round: &Round, unit: &UnitState, leaves: &BTreeSet<usize>, rows: &mut IndexRows) {
    let totals = unit_totals(round, unit);
    rows.scores.extend(leaves.iter().map(|&leaf| score_row(round, unit, leaf)));
    let touched: BTreeSet<usize> = leaves
        .iter()
        .flat_map(|&l| unit.tree.leaves[l].path.iter().copied())
        .filter(|&n| unit.tree.nodes[n].level != Level::Leaf)
        .collect();
    rows.totals.extend(touched.into_iter().map(|n| {
        let (reached, maximum) = totals.nodes[n].clone();
        total_row(round, unit, unit.tree.nodes[n].code.clone(), reached, maximum)
    }));
    for (source, (reached, maximum)) in [(Source::Appraisal, &totals.appraisal), (Source::Survey, &totals.survey)] {
        let node = Code::parse(source.as_str()).expect("a source's name is a code");
        rows.totals.push(total_row(round, unit, node, reached.clone(), maximum.clone()));
    }
    for (code, extra) in &unit.sheet.extras {
        let title = round.book.extra(&unit.tree.kind, code).map(|e| e.title.clone());
        let (title_en, title_vi) = title.map_or_else(Default::default, |t| (t.en, t.vi));
        rows.extras.push(ExtraRow {
            round: round.id().clone(),
            unit: unit.unit.clone(),
            code: code.clone(),
            sign: extra.sign,
            title_en,
            title_vi,
            points: extra.points.clone(),
            revision: extra.revision,
        });
    }
    rows.units.push(unit_row(round, unit, totals));
}

fn total_row(round: &Round, unit: &UnitState, node: Code, reached: Exact, maximum: Exact) -> TotalRow {
    TotalRow { round: round.id().clone(), unit: unit.unit.clone(), node, reached, maximum }
}

fn unit_row(round: &Round, unit: &UnitState, totals: UnitTotals) -> UnitRow {
    let scores = || unit.sheet.scores.iter();
    let own = Round::own_leaves(&unit.tree).map(|(i, _)| &unit.sheet.scores[i]);
    let scored = own.clone().filter(|s| !s.stages.is_empty() || s.exemption.is_some()).count();
    let waits = |flag: &Option<FlagState>| matches!(flag, Some(FlagState::Raised | FlagState::Explained));
    UnitRow {
        round: round.id().clone(),
        unit: unit.unit.clone(),
        block: round.block(unit).clone(),
        kind: unit.tree.kind.clone(),
        name_en: unit.entry.name.en.clone(),
        name_vi: unit.entry.name.vi.clone(),
        short: unit.entry.short.clone(),
        code: unit.entry.code.clone(),
        ranked: unit.ranked,
        state: unit.sheet.state,
        version: unit.sheet.version,
        digest: unit.sheet.digest(),
        leaves: own.count() as u64,
        scored: scored as u64,
        flagged: scores().filter(|s| waits(&s.flag)).count() as u64,
        exempted: scores().filter(|s| crate::sheet::exempt(s)).count() as u64,
        reached: totals.reached,
        maximum: totals.maximum,
        index_value: totals.index,
    }
}

fn score_row(round: &Round, unit: &UnitState, leaf: usize) -> ScoreRow {
    let score = &unit.sheet.scores[leaf];
    let survey = unit.tree.leaves[leaf].leaf.source == Source::Survey;
    let (points, _) = leaf_points(round, unit, leaf);
    let at = |stage| score.stage(stage).map(|s| s.points.clone());
    ScoreRow {
        round: round.id().clone(),
        unit: unit.unit.clone(),
        leaf: score.leaf.clone(),
        revision: score.revision,
        self_points: at(Stage::Own),
        first_points: at(Stage::First),
        second_points: at(Stage::Second),
        council_points: at(Stage::Council),
        correction_points: at(Stage::Correction),
        survey_points: if survey { points.clone() } else { None },
        final_points: points,
        final_stage: unit.sheet.final_stage(score, round.policy()).map(|s| s.stage),
        flag: score.flag,
        exemption: score.exemption,
        evidence: score.evidence.len() as u64,
    }
}

fn publication_row(round: &Round, publication: &Publication) -> PublicationRow {
    PublicationRow {
        round: round.id().clone(),
        publication: u64::from(publication.number),
        at: publication.at,
        position: publication.position,
        digest: publication.digest,
        decision: publication.decision.clone(),
        reason: publication.reason.clone(),
    }
}
