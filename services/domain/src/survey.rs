//! Survey points from tallies: the mean of each group, the weighted mean of the groups, times the maximum.
//! No respondent is known here, only counts.

use std::collections::HashMap;
use std::sync::Arc;

use proto::document::{Group, MissingGroup, Tally};
use proto::{Code, Decimal, Exact, UnitId};

use crate::round::Round;
use crate::rulebook::{Book, Tree};

/// A survey leaf of one unit: its points, and the groups that they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyLeaf {
    /// Its points.
    pub points: Exact,
    /// The groups of its kind of unit, in the rulebook's order.
    pub groups: Vec<GroupMean>,
}

/// What a group said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMean {
    /// The group.
    pub group: Code,
    /// Its weight.
    pub weight: Decimal,
    /// Its answers.
    pub answered: u64,
    /// Their mean share of the maximum; none where nobody answered.
    pub mean: Option<Exact>,
}

/// Survey leaves by unit, in the order of the tree's leaves.
pub type SurveyPoints = HashMap<UnitId, Vec<Option<SurveyLeaf>>>;

/// The points that tallies give; their counts are added up by unit, leaf and group.
pub fn survey_points(round: &Round, tallies: &[Arc<Tally>]) -> SurveyPoints {
    let mut counts: HashMap<(usize, usize), HashMap<&Code, Vec<i128>>> = HashMap::new();
    for row in tallies.iter().flat_map(|t| &t.rows) {
        let Some((place, unit)) = round.unit(&row.unit) else { continue };
        let Some((leaf, _)) = unit.tree.leaf(&row.leaf) else { continue };
        let sums = counts.entry((place, leaf)).or_default().entry(&row.group).or_default();
        sums.resize(sums.len().max(row.counts.len()), 0);
        for (sum, n) in sums.iter_mut().zip(&row.counts) {
            *sum += i128::from(*n);
        }
    }
    let mut points = SurveyPoints::new();
    for ((place, leaf), groups) in counts {
        let unit = &round.units[place];
        let Some(found) = survey_leaf(&round.book, &unit.tree, leaf, &groups) else { continue };
        let of_unit = points.entry(unit.unit.clone()).or_insert_with(|| vec![None; unit.tree.leaves.len()]);
        of_unit[leaf] = Some(found);
    }
    points
}

/// The weighted mean of the groups, times the maximum; none where nobody answered at all.
fn survey_leaf(book: &Book, tree: &Tree, leaf: usize, counts: &HashMap<&Code, Vec<i128>>) -> Option<SurveyLeaf> {
    let one = Decimal::new(1, 0).expect("one is a decimal");
    let group = |g: &Group| {
        let counts = counts.get(&g.code).map_or(&[][..], Vec::as_slice);
        GroupMean {
            group: g.code.clone(),
            weight: g.weight.unwrap_or(one),
            answered: u64::try_from(counts.iter().sum::<i128>()).unwrap_or(u64::MAX),
            mean: mean(book, counts),
        }
    };
    let groups: Vec<GroupMean> = book.groups.iter().filter(|g| g.kind == tree.kind).map(group).collect();
    if groups.iter().all(|g| g.mean.is_none()) {
        return None;
    }
    let counts = |g: &&GroupMean| g.mean.is_some() || book.missing_group == MissingGroup::Zero;
    let weights = Exact::sum_decimals(groups.iter().filter(counts).map(|g| &g.weight));
    let sum: Exact = groups.iter().filter_map(|g| Some(g.mean.as_ref()? * &Exact::from(g.weight))).sum();
    let share = sum.checked_div(&weights)?;
    let points = share * Exact::from(tree.leaves[leaf].maximum);
    Some(SurveyLeaf { points, groups })
}

/// The mean share of one group's answers; none where nobody answered.
fn mean(book: &Book, counts: &[i128]) -> Option<Exact> {
    let answered: i128 = counts.iter().sum();
    let nanos: i128 = book.answers.iter().zip(counts).map(|(answer, n)| answer.share.nanos() * n).sum();
    Exact::ratio(nanos, answered.checked_mul(1_000_000_000)?)
}
