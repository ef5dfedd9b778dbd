//! What a council looks at before it decides: how the points that count are spread, how far units' own scores were brought down, which units
//! stand apart. Fractions stay exact; nothing here is rounded, and nothing follows from it by itself.

use std::collections::BTreeMap;

use proto::act::round::Stage;
use proto::moderation::{
    BlockModeration, CLASSES, Claimed, FieldModeration, Moderation, Outlier, Side, Spread, UnitModeration,
};
use proto::work::RoundQuery;
use proto::{Capacity, Code, Exact, Hash, Instant, Principal, Rejection};

use crate::asking::Asking;
use crate::result::unit_totals;
use crate::round::{Round, UnitState};
use crate::sheet::exempt;
use crate::world::World;

/// Who sees it: those who decide, prepare the decision, or audit it.
const TOLD: [Capacity; 3] = [Capacity::Council, Capacity::Secretariat, Capacity::Inspector];
/// With fewer units in a block nobody is said to stand apart.
const OUTLIERS_FROM: u64 = 5;

/// A round as it stands, for its council, its secretariat and inspectors.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`; `capacity_missing`.
pub fn moderation(
    world: &World,
    principal: &Principal,
    (at, root): (Instant, Hash),
    query: RoundQuery,
) -> Result<Moderation, Rejection> {
    let asking = Asking::new(world, principal, at, &query.round)?;
    if !TOLD.into_iter().any(|capacity| asking.has(capacity)) {
        return Err(asking.misses(Capacity::Council));
    }
    let round = asking.round;
    let blocks = (0..round.config.blocks.len()).map(|block| of_block(round, block)).collect();
    Ok(Moderation { query, position: world.position, root, at, decided: round.decided(), blocks })
}

/// How values are spread; none where there are none. Classes count them as shares from 0 to 100.
#[must_use]
pub fn spread(mut values: Vec<Exact>) -> Option<Spread> {
    values.sort();
    let of = i64::try_from(values.len()).ok().filter(|of| *of > 0)?;
    let mut classes = vec![0; CLASSES];
    for value in &values {
        // The last class has its upper end: a share of 100 % is in it.
        let below = (1..CLASSES).take_while(|class| *value >= Exact::whole(class_from(*class))).count();
        classes[below] += 1;
    }
    Some(Spread {
        of: values.len() as u64,
        least: values[0].clone(),
        low: quartile(&values, 1),
        median: quartile(&values, 2),
        high: quartile(&values, 3),
        most: values[values.len() - 1].clone(),
        mean: values.iter().cloned().sum::<Exact>() / of,
        classes,
    })
}

fn class_from(class: usize) -> i64 {
    i64::try_from(class * 100 / CLASSES).expect("at most 100")
}

/// The value at (n - 1) q / 4 of n values in their order, in proportion between its neighbours.
fn quartile(sorted: &[Exact], q: usize) -> Exact {
    let (whole, rest) = ((sorted.len() - 1) * q / 4, (sorted.len() - 1) * q % 4);
    let low = &sorted[whole];
    let Some(next) = sorted.get(whole + 1).filter(|_| rest > 0) else { return low.clone() };
    let part = Exact::ratio(i128::try_from(rest).expect("below 4"), 4).expect("4 is not zero");
    low + &(&(next - low) * &part)
}

/// Which of some values stand apart, by their places, and on which side: those more than 1.5 times the distance between the quartiles below the
/// first or above the third (Tukey's rule). Of fewer than [`OUTLIERS_FROM`] none does.
#[must_use]
pub fn outliers(values: &[Exact]) -> Vec<(usize, Side)> {
    let Some(bounds) = spread(values.to_vec()).as_ref().and_then(Bounds::of) else { return Vec::new() };
    let placed = values.iter().enumerate();
    placed.filter_map(|(place, value)| Some((place, bounds.side(value)?.0))).collect()
}

/// Beyond which a value stands apart.
struct Bounds {
    least: Exact,
    most: Exact,
}

impl Bounds {
    fn of(spread: &Spread) -> Option<Self> {
        let reach = &(&spread.high - &spread.low) * &Exact::ratio(3, 2).expect("2 is not zero");
        (spread.of >= OUTLIERS_FROM).then(|| Self { least: &spread.low - &reach, most: &spread.high + &reach })
    }

    /// On which side a value stands apart, and beyond which bound.
    fn side(&self, value: &Exact) -> Option<(Side, &Exact)> {
        match value {
            value if *value < self.least => Some((Side::Below, &self.least)),
            value if *value > self.most => Some((Side::Above, &self.most)),
            _ => None,
        }
    }
}

fn of_block(round: &Round, block: usize) -> BlockModeration {
    let config = &round.config.blocks[block];
    let units: Vec<&UnitState> = round.units.iter().filter(|unit| unit.block == block).collect();
    let shares: Vec<BTreeMap<&Code, Exact>> = units.iter().map(|unit| shares(round, unit)).collect();
    let tree = &round.book.trees[&config.kind];
    let (mut fields, mut outliers) = (Vec::new(), Vec::new());
    for (place, node) in tree.nodes.iter().enumerate().filter(|(_, node)| node.parent.is_none()) {
        let of: Vec<(&UnitState, &Exact)> =
            units.iter().zip(&shares).filter_map(|(unit, shares)| Some((*unit, shares.get(&node.code)?))).collect();
        let spread = spread(of.iter().map(|(_, share)| (*share).clone()).collect());
        if let Some(bounds) = spread.as_ref().and_then(Bounds::of) {
            outliers.extend(of.iter().filter_map(|(unit, share)| outlier(unit, &node.code, share, &bounds)));
        }
        let mut claims = none_claimed();
        for unit in &units {
            claim(round, unit, |path| path.first() == Some(&place), &mut claims);
        }
        fields.push(FieldModeration {
            field: node.code.clone(),
            title: node.title.clone(),
            spread,
            claims: with_mean(claims),
        });
    }
    let unit = |unit: &&UnitState| {
        let mut claims = none_claimed();
        claim(round, unit, |_| true, &mut claims);
        UnitModeration { unit: unit.unit.clone(), name: unit.entry.name.clone(), claims: with_mean(claims) }
    };
    BlockModeration {
        block: config.block.clone(),
        title: config.title.clone(),
        fields,
        units: units.iter().map(unit).collect(),
        outliers,
    }
}

/// A unit's share of the maximum that applies to it, field by field, in percent; without those where nothing applies.
fn shares<'r>(round: &'r Round, unit: &'r UnitState) -> BTreeMap<&'r Code, Exact> {
    let totals = unit_totals(round, unit);
    let fields = unit.tree.nodes.iter().zip(totals.nodes).filter(|(node, _)| node.parent.is_none());
    fields
        .filter_map(|(node, (reached, maximum))| {
            Some((&node.code, (&reached * &Exact::whole(100)).checked_div(&maximum)?))
        })
        .collect()
}

fn outlier(unit: &UnitState, field: &Code, share: &Exact, bounds: &Bounds) -> Option<Outlier> {
    let (side, bound) = bounds.side(share)?;
    Some(Outlier {
        unit: unit.unit.clone(),
        name: unit.entry.name.clone(),
        field: field.clone(),
        share: share.clone(),
        side,
        bound: bound.clone(),
    })
}

fn none_claimed() -> Claimed {
    Claimed { of: 0, lowered: 0, raised: 0, sum: Exact::zero(), mean: None }
}

fn with_mean(claims: Claimed) -> Claimed {
    let mean = i64::try_from(claims.of).ok().filter(|of| *of > 0).map(|of| claims.sum.clone() / of);
    Claimed { mean, ..claims }
}

/// Adds a unit's leaves that it has scored itself, that apply, and at which a later stage counts.
fn claim(round: &Round, unit: &UnitState, is_asked: impl Fn(&[usize]) -> bool, claims: &mut Claimed) {
    for (leaf, score) in unit.tree.leaves.iter().zip(&unit.sheet.scores).filter(|(_, score)| !exempt(score)) {
        let own = score.stage(Stage::Own).filter(|_| is_asked(&leaf.path));
        let counts = unit.sheet.final_stage(score, round.policy()).filter(|stage| stage.stage != Stage::Own);
        let (Some(own), Some(counts)) = (own, counts) else { continue };
        claims.of += 1;
        claims.lowered += u64::from(counts.points < own.points);
        claims.raised += u64::from(counts.points > own.points);
        claims.sum = &claims.sum + &(&own.points - &counts.points);
    }
}
