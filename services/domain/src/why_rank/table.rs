//! A block as it stands: the totals of its units and their ranks, kept up with what events touch.
//! It ranks no other block, and adds up no sheet that was not touched.

use std::collections::HashMap;
use std::sync::Arc;

use proto::UnitId;
use proto::between::Stood;

use crate::result::{UnitTotals, all_totals, ranks_of_block, unit_totals};
use crate::round::Round;
use crate::world::TouchedRound;

/// A unit's block.
#[derive(Debug, Clone)]
pub struct BlockTable {
    /// The unit's place in the round.
    place: usize,
    block: usize,
    totals: Vec<Arc<UnitTotals>>,
    /// Ranks by the units' places.
    pub ranks: HashMap<usize, u64>,
}

impl BlockTable {
    /// The block of a unit; none where the round has not that unit.
    pub fn of(round: &Round, unit: &UnitId) -> Option<Self> {
        let (place, unit) = round.unit(unit)?;
        let totals = all_totals(round);
        let ranks = ranks_of_block(round, &totals, unit.block);
        Some(Self { place, block: unit.block, totals, ranks })
    }

    /// The units of the block by their places.
    pub fn places<'r>(&self, round: &'r Round) -> impl Iterator<Item = usize> + use<'r> {
        let block = self.block;
        round.units.iter().enumerate().filter(move |(_, unit)| unit.block == block).map(|(place, _)| place)
    }

    /// The unit's totals.
    pub fn totals(&self) -> &UnitTotals {
        &self.totals[self.place]
    }

    /// How the unit stands.
    pub fn stood(&self) -> Stood {
        self.stood_at(self.place)
    }

    /// How a unit of the block stands.
    pub fn stood_at(&self, place: usize) -> Stood {
        Stood { rank: self.ranks.get(&place).copied().unwrap_or(0), index: self.totals[place].index.clone() }
    }

    /// Takes up what was touched; the units of the block whose totals changed.
    pub fn update(&mut self, round: &Round, touched: &TouchedRound) -> Vec<usize> {
        let places: Vec<usize> = match touched.all {
            true => self.places(round).collect(),
            false => touched.units.keys().copied().filter(|&place| round.units[place].block == self.block).collect(),
        };
        let mut changed = Vec::new();
        for place in places {
            let totals = unit_totals(round, &round.units[place]);
            if *self.totals[place] != totals {
                self.totals[place] = Arc::new(totals);
                changed.push(place);
            }
        }
        if !changed.is_empty() {
            self.ranks = ranks_of_block(round, &self.totals, self.block);
        }
        changed
    }

    /// Who stands before the unit now and did not, and who did and does no longer, in the round's order. Where the unit
    /// had no rank, or has none, nobody has passed anybody.
    pub fn passed(&self, then: &HashMap<usize, u64>) -> [Vec<usize>; 2] {
        let (Some(was), Some(is)) = (then.get(&self.place), self.ranks.get(&self.place)) else {
            return [Vec::new(), Vec::new()];
        };
        let before = |ranks: &HashMap<usize, u64>, place: &usize, own: &u64| ranks.get(place).is_some_and(|r| r < own);
        let mut all: Vec<usize> = then.keys().chain(self.ranks.keys()).copied().collect();
        all.sort_unstable();
        all.dedup();
        let which = |then_before: bool| {
            let passed = |place: &usize| {
                before(then, place, was) == then_before && before(&self.ranks, place, is) != then_before
            };
            all.iter().copied().filter(passed).collect()
        };
        [which(false), which(true)]
    }
}
