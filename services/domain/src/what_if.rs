//! What would be if a leaf had other points: everyone's rank, index and band, before and after.
//! Nothing is written, and nothing here decides whether an appeal is right.

use std::sync::Arc;

use proto::act::round::Stage;
use proto::act::sheet::Inputs;
use proto::inquiry::{Moved, Place};
use proto::score::StageState;
use proto::{Code, Decimal, Exact, Rejection, UnitId};

use crate::result::{Standing, all_totals, standing_row, standings_of, unit_totals};
use crate::round::Round;
use crate::sheet::exempt;

/// Every unit of the block, in the order in which they would stand.
///
/// # Errors
/// `unit_unknown`, `leaf_unknown`, `leaf_is_survey`, `leaf_exempt`, `points_negative`, `points_over_maximum`.
pub fn what_if(round: &Round, unit: &UnitId, leaf: &Code, points: Decimal) -> Result<Vec<Moved>, Rejection> {
    let unknown = || Rejection::UnitUnknown { unit: unit.clone() };
    let (place, of) = round.unit(unit).ok_or_else(unknown)?;
    let (at, node) = of.tree.leaf(leaf).ok_or_else(|| Rejection::LeafUnknown { leaf: leaf.clone() })?;
    if node.leaf.source == proto::document::Source::Survey {
        return Err(Rejection::LeafIsSurvey { leaf: leaf.clone() });
    }
    if exempt(&of.sheet.scores[at]) {
        return Err(Rejection::LeafExempt { leaf: leaf.clone() });
    }
    if points.is_negative() {
        return Err(Rejection::PointsNegative { leaf: leaf.clone(), points: points.to_string() });
    }
    if points > node.maximum {
        let (points, maximum) = (points.to_string(), node.maximum.to_string());
        return Err(Rejection::PointsOverMaximum { leaf: leaf.clone(), points, maximum });
    }
    let totals = all_totals(round);
    let mut changed = of.clone();
    let (stage, points) = (round.policy().counts.iter().copied().max().unwrap_or(Stage::Own), Exact::from(points));
    changed.sheet.unsubmitted = None;
    changed.sheet.scores[at].set(StageState {
        stage,
        inputs: Inputs::default(),
        points,
        reason: String::new(),
        event: 0,
    });
    let mut after = totals.clone();
    after[place] = Arc::new(unit_totals(round, &changed));
    let before = standings_of(round, &totals, None);
    let mut then = standings_of(round, &after, None);
    then.retain(|s| round.units[s.place].block == of.block);
    then.sort_by_key(|s| (s.rank == 0, s.rank, s.place));
    let moved = |s: &Standing| {
        let was = before.iter().find(|b| b.place == s.place).expect("every unit stood before");
        let unit = &round.units[s.place];
        Moved {
            unit: unit.unit.clone(),
            name: unit.entry.name.clone(),
            block: round.block(unit).clone(),
            before: as_place(round, was),
            after: as_place(round, s),
        }
    };
    Ok(then.iter().map(moved).collect())
}

fn as_place(round: &Round, standing: &Standing) -> Place {
    let row = standing_row(round, standing, 0);
    Place { rank: row.rank, index: row.printed, band: row.band.map_or(String::new(), |b| b.to_string()) }
}
