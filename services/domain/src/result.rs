//! What the scores add up to: totals, the index, ranks, bands, and the digest of a result (RULINGS 12, 14).
//! Fractions stay exact; only the printed index is rounded, once, as the round declares.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use proto::act::round::Ties;
use proto::document::{Sign, Source};
use proto::rows::{StandingRow, round_digest, table_rows};
use proto::{Code, Exact, Hash, UnitId};

use crate::round::{Publication, Round, UnitState};
use crate::sheet::exempt;

/// What a unit reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitTotals {
    /// Reached and applicable maximum at each node of the tree, in its order.
    pub nodes: Vec<(Exact, Exact)>,
    /// Appraised points and their applicable maximum.
    pub appraisal: (Exact, Exact),
    /// Survey points and their maximum.
    pub survey: (Exact, Exact),
    /// Bonus points.
    pub bonus: Exact,
    /// Penalty points.
    pub penalty: Exact,
    /// All points: appraised + survey + bonus - penalty.
    pub reached: Exact,
    /// The applicable maximum.
    pub maximum: Exact,
    /// reached / maximum x 100; none where nothing applies.
    pub index: Option<Exact>,
}

/// A unit's place in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The unit's place in the round.
    pub place: usize,
    /// Its rank; 0 where it is not ranked or has no index.
    pub rank: u64,
    /// Places gained since the publication before.
    pub movement: i64,
    /// Its totals.
    pub totals: Arc<UnitTotals>,
}

/// The points of a leaf, and whether it applies.
#[must_use]
pub fn leaf_points(round: &Round, unit: &UnitState, leaf: usize) -> (Option<Exact>, bool) {
    let score = &unit.sheet.scores[leaf];
    match unit.tree.leaves[leaf].leaf.source {
        Source::Appraisal | Source::External => (unit.sheet.final_points(score, round.policy()), !exempt(score)),
        Source::Survey => {
            let points = round.survey_leaf(unit, leaf).map(|s| s.points.clone());
            let applies = points.is_some();
            (points, applies)
        }
    }
}

/// The leaves of a unit, and the points that count at each; none where there are none.
#[must_use]
pub fn result_of_leaves(round: &Round, unit: &UnitId) -> Option<Vec<(Code, Option<Exact>)>> {
    let (_, unit) = round.unit(unit)?;
    let leaves = unit.tree.leaves.iter().enumerate();
    Some(leaves.map(|(i, leaf)| (leaf.code.clone(), leaf_points(round, unit, i).0)).collect())
}

/// Adds up a unit's sheet. Leaves that do not apply leave the maximum; so do survey leaves without an answer.
#[must_use]
pub fn unit_totals(round: &Round, unit: &UnitState) -> UnitTotals {
    let tree = &unit.tree;
    let mut reached: Vec<Exact> = vec![Exact::zero(); tree.nodes.len()];
    let mut maxima: Vec<i128> = vec![0; tree.nodes.len()];
    let mut appraisal = (Exact::zero(), 0);
    let mut survey = (Exact::zero(), 0);
    for (i, leaf) in tree.leaves.iter().enumerate() {
        let (points, applies) = leaf_points(round, unit, i);
        if !applies {
            continue;
        }
        let points = points.unwrap_or_default();
        let source = match leaf.leaf.source {
            Source::Appraisal | Source::External => &mut appraisal,
            Source::Survey => &mut survey,
        };
        source.0 = &source.0 + &points;
        source.1 += leaf.maximum.nanos();
        let node = *leaf.path.last().expect("a leaf's path ends in itself");
        maxima[node] = leaf.maximum.nanos();
        reached[node] = points;
    }
    // Children stand after their parents, so going backwards every node is complete before it is added.
    for i in (0..tree.nodes.len()).rev() {
        if let Some(parent) = tree.nodes[i].parent {
            reached[parent] = &reached[parent] + &reached[i];
            maxima[parent] += maxima[i];
        }
    }
    let nodes = reached.into_iter().zip(maxima).map(|(r, m)| (r, nanos(m))).collect();
    let (bonus, penalty) = (unit.sheet.extras(Sign::Bonus), unit.sheet.extras(Sign::Penalty));
    let reached = &(&(&appraisal.0 + &survey.0) + &bonus) - &penalty;
    let maximum = nanos(appraisal.1 + survey.1);
    let index = (&reached * &Exact::whole(100)).checked_div(&maximum);
    let appraisal = (appraisal.0, nanos(appraisal.1));
    let survey = (survey.0, nanos(survey.1));
    UnitTotals { nodes, appraisal, survey, bonus, penalty, reached, maximum, index }
}

fn nanos(n: i128) -> Exact {
    Exact::ratio(n, 1_000_000_000).expect("a power of ten is not zero")
}

/// Everyone's place, block by block in the round's order.
#[must_use]
pub fn standings(round: &Round) -> Vec<Standing> {
    standings_of(round, &all_totals(round), None)
}

/// The totals of all units of a round, in order.
#[must_use]
pub fn all_totals(round: &Round) -> Vec<Arc<UnitTotals>> {
    round.units.iter().map(|u| Arc::new(unit_totals(round, u))).collect()
}

/// Everyone's place, from totals in the round's order of units; of some blocks alone, by their places, or of all.
#[must_use]
pub fn standings_of(round: &Round, totals: &[Arc<UnitTotals>], blocks: Option<&BTreeSet<usize>>) -> Vec<Standing> {
    let before: HashMap<usize, u64> =
        round.publications.last().map(|p| p.standings.iter().map(|s| (s.place, s.rank)).collect()).unwrap_or_default();
    let mut all = Vec::new();
    for block in (0..round.config.blocks.len()).filter(|block| blocks.is_none_or(|some| some.contains(block))) {
        let ranks = ranks_of_block(round, totals, block);
        let places = round.units.iter().enumerate().filter(|(_, u)| u.block == block).map(|(place, _)| place);
        for place in places {
            let rank = ranks.get(&place).copied().unwrap_or(0);
            let movement = match before.get(&place) {
                Some(&was) if was > 0 && rank > 0 => i64::try_from(was).unwrap_or(0) - i64::try_from(rank).unwrap_or(0),
                _ => 0,
            };
            all.push(Standing { place, rank, movement, totals: Arc::clone(&totals[place]) });
        }
    }
    all
}

/// Ranks by exact value, highest first; between equal values the deciding fields, then a tie as declared.
pub(crate) fn ranks_of_block(round: &Round, totals: &[Arc<UnitTotals>], block: usize) -> HashMap<usize, u64> {
    let mut order: Vec<(usize, &Exact)> = round
        .units
        .iter()
        .enumerate()
        .filter(|(_, u)| u.block == block && u.ranked)
        .filter_map(|(place, _)| Some((place, totals[place].index.as_ref()?)))
        .collect();
    let policy = round.policy();
    let deciding: HashMap<usize, Vec<Exact>> = match policy.deciding.is_empty() {
        true => HashMap::new(),
        false => order.iter().map(|(place, _)| (*place, deciding(round, *place, &totals[*place]))).collect(),
    };
    let equal = |a: &(usize, &Exact), b: &(usize, &Exact)| a.1 == b.1 && deciding.get(&a.0) == deciding.get(&b.0);
    order.sort_by(|a, b| b.1.cmp(a.1).then_with(|| deciding.get(&b.0).cmp(&deciding.get(&a.0))));
    let mut ranks = HashMap::new();
    let mut rank = 0;
    for (i, unit) in order.iter().enumerate() {
        if i == 0 || !equal(&order[i - 1], unit) {
            rank = match policy.ties {
                Ties::Competition => i as u64 + 1,
                Ties::Dense => rank + 1,
            };
        }
        ranks.insert(unit.0, rank);
    }
    ranks
}

/// The ratios of the deciding fields; a field where nothing applies counts as 0.
fn deciding(round: &Round, place: usize, totals: &UnitTotals) -> Vec<Exact> {
    let nodes = &round.units[place].tree.nodes;
    let ratio = |code: &proto::Code| {
        let (reached, maximum) = &totals.nodes[nodes.iter().position(|n| n.code == *code)?];
        reached.checked_div(maximum)
    };
    round.policy().deciding.iter().map(|code| ratio(code).unwrap_or_default()).collect()
}

/// The row of one standing, in a publication or (0) live.
#[must_use]
pub fn standing_row(round: &Round, standing: &Standing, publication: u64) -> StandingRow {
    let unit = &round.units[standing.place];
    let (totals, policy) = (&standing.totals, round.policy());
    let band = totals.index.as_ref().and_then(|i| policy.bands_of(&unit.tree.kind).find(|b| *i >= Exact::from(b.from)));
    let printed = totals.index.as_ref().map_or(String::new(), |i| i.rounded(policy.digits, policy.rounding));
    StandingRow {
        round: round.id().clone(),
        publication,
        block: round.block(unit).clone(),
        unit: unit.unit.clone(),
        rank: standing.rank,
        name_en: unit.entry.name.en.clone(),
        name_vi: unit.entry.name.vi.clone(),
        short: unit.entry.short.clone(),
        index_value: totals.index.clone(),
        printed,
        band: band.map(|b| b.code.clone()),
        band_en: band.map_or(String::new(), |b| b.title.en.clone()),
        band_vi: band.map_or(String::new(), |b| b.title.vi.clone()),
        movement: standing.movement,
        reached: totals.reached.clone(),
        maximum: totals.maximum.clone(),
        appraisal_reached: totals.appraisal.0.clone(),
        appraisal_maximum: totals.appraisal.1.clone(),
        survey_reached: totals.survey.0.clone(),
        survey_maximum: totals.survey.1.clone(),
        bonus: totals.bonus.clone(),
        penalty: totals.penalty.clone(),
    }
}

/// The digest of the result as it stands (RULINGS 14): over its live rows in key order.
#[must_use]
pub fn result_digest(round: &Round) -> Hash {
    let rows: Vec<StandingRow> = standings(round).iter().map(|s| standing_row(round, s, 0)).collect();
    round_digest(&[table_rows(&rows)])
}

/// The rows of a publication as its digest is made over them: those that were live when it was made.
#[must_use]
pub fn published_rows(round: &Round, publication: &Publication) -> Vec<StandingRow> {
    publication.standings.iter().map(|standing| standing_row(round, standing, 0)).collect()
}
