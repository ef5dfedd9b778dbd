//! Survey points from tallies: the mean of each group, the mean of the groups that answered, times the maximum.
//! No respondent is known here, only counts.

use std::collections::HashMap;
use std::sync::Arc;

use proto::document::Tally;
use proto::{Code, Exact, UnitId};

use crate::round::Round;
use crate::rulebook::Book;

/// Points of survey leaves, by unit, in the order of the tree's leaves.
pub type SurveyPoints = HashMap<UnitId, Vec<Option<Exact>>>;

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
        let means: Vec<Exact> = groups.values().filter_map(|counts| mean(&round.book, counts)).collect();
        let Some(groups) = i64::try_from(means.len()).ok().filter(|n| *n > 0) else { continue };
        let share = means.into_iter().sum::<Exact>() / groups;
        let of_unit = points.entry(unit.unit.clone()).or_insert_with(|| vec![None; unit.tree.leaves.len()]);
        of_unit[leaf] = Some(share * Exact::from(unit.tree.leaves[leaf].maximum));
    }
    points
}

/// The mean share of one group's answers; none where nobody answered.
fn mean(book: &Book, counts: &[i128]) -> Option<Exact> {
    let answered: i128 = counts.iter().sum();
    let nanos: i128 = book.answers.iter().zip(counts).map(|(answer, n)| answer.share.nanos() * n).sum();
    Exact::ratio(nanos, answered.checked_mul(1_000_000_000)?)
}
