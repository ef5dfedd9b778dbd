//! A round as a diff compares it: every score, bonus and sheet's state as shown, and everyone's totals and place.
//! It holds what is shown of a score, never what the score rests on.

use std::collections::BTreeMap;

use proto::between::{ScoreShown, StagePoints, UnitShown};
use proto::rows::{SheetState, StandingRow};
use proto::{Code, Exact, UnitId};

use super::changes::Thing;
use crate::result::{leaf_points, standing_row, standings};
use crate::round::{Round, UnitState};
use crate::world::TouchedRound;

/// What of each unit is compared, by its place; nothing of a unit that is not asked about.
#[derive(Debug, Clone)]
pub struct Snapshot(Vec<Option<OfUnit>>);

#[derive(Debug, Clone)]
struct OfUnit {
    state: SheetState,
    scores: Vec<ScoreShown>,
    extras: BTreeMap<Code, Exact>,
}

impl Snapshot {
    /// A round as it stands; one unit of it, or all.
    pub fn of(round: &Round, unit: Option<&UnitId>) -> Self {
        let of = |u: &UnitState| OfUnit {
            state: u.sheet.state,
            scores: (0..u.tree.leaves.len()).map(|leaf| shown(round, u, leaf)).collect(),
            extras: extras(u),
        };
        let asked = |u: &UnitState| unit.is_none_or(|asked| *asked == u.unit);
        Self(round.units.iter().map(|u| asked(u).then(|| of(u))).collect())
    }

    fn unit(&self, place: usize) -> &OfUnit {
        self.0[place].as_ref().expect("only what is asked about is compared")
    }

    /// A score.
    pub fn score(&self, place: usize, leaf: usize) -> &ScoreShown {
        &self.unit(place).scores[leaf]
    }

    /// Bonuses and penalties by code.
    pub fn extras(&self, place: usize) -> &BTreeMap<Code, Exact> {
        &self.unit(place).extras
    }

    /// The state of a sheet.
    pub fn state(&self, place: usize) -> SheetState {
        self.unit(place).state
    }

    /// Takes up what was touched; what of it changed.
    pub fn update(&mut self, round: &Round, touched: &TouchedRound) -> Vec<(usize, Thing)> {
        let mut changed = Vec::new();
        for (place, of) in self.0.iter_mut().enumerate() {
            let (Some(of), unit) = (of, &round.units[place]) else { continue };
            match touched.units.get(&place) {
                _ if touched.all => of.update(round, unit, 0..unit.tree.leaves.len(), |t| changed.push((place, t))),
                Some(leaves) => of.update(round, unit, leaves.iter().copied(), |t| changed.push((place, t))),
                None => {}
            }
        }
        changed
    }
}

impl OfUnit {
    fn update(
        &mut self,
        round: &Round,
        unit: &UnitState,
        leaves: impl Iterator<Item = usize>,
        mut changed: impl FnMut(Thing),
    ) {
        for leaf in leaves {
            let is = shown(round, unit, leaf);
            if self.scores[leaf] != is {
                self.scores[leaf] = is;
                changed(Thing::Leaf(leaf));
            }
        }
        if self.state != unit.sheet.state {
            self.state = unit.sheet.state;
            changed(Thing::Sheet);
        }
        for (code, points) in extras(unit) {
            if self.extras.get(&code) != Some(&points) {
                changed(Thing::Extra(code.clone()));
                self.extras.insert(code, points);
            }
        }
    }
}

fn extras(unit: &UnitState) -> BTreeMap<Code, Exact> {
    unit.sheet.extras.iter().map(|(code, extra)| (code.clone(), extra.points.clone())).collect()
}

/// A score as it is shown.
pub fn shown(round: &Round, unit: &UnitState, leaf: usize) -> ScoreShown {
    let score = &unit.sheet.scores[leaf];
    let stages = score.stages.iter().map(|s| StagePoints { stage: s.stage, points: s.points.clone() });
    ScoreShown {
        stages: stages.collect(),
        points: leaf_points(round, unit, leaf).0,
        flag: score.flag,
        exemption: score.exemption,
        evidence: score.evidence.len() as u64,
    }
}

/// Everyone's totals and place, by the units' places.
#[derive(Debug)]
pub struct Totals(BTreeMap<usize, StandingRow>);

impl Totals {
    /// As they stand.
    pub fn of(round: &Round) -> Self {
        Self(standings(round).iter().map(|s| (s.place, standing_row(round, s, 0))).collect())
    }

    /// A unit's, with the state of its sheet.
    pub fn shown(&self, place: usize, state: SheetState) -> UnitShown {
        let row = &self.0[&place];
        UnitShown {
            state,
            rank: row.rank,
            index: row.index_value.clone(),
            band: row.band.as_ref().map_or(String::new(), ToString::to_string),
            reached: row.reached.clone(),
            maximum: row.maximum.clone(),
            appraisal: row.appraisal_reached.clone(),
            survey: row.survey_reached.clone(),
            bonus: row.bonus.clone(),
            penalty: row.penalty.clone(),
        }
    }
}
