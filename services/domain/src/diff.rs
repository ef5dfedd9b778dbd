//! What changed in a round between two moments: scores leaf by leaf and stage by stage, sheets, totals, ranks; and which
//! events did it. What an event touches is compared as it stood, so that an event that changed nothing is named nowhere.

mod changes;
mod snapshot;

use proto::between::{Diff, DiffQuery, DoneBy, ExtraDiff, LeafDiff, Mark, UnitDiff};
use proto::fold::{Fold, Unfit};
use proto::{Code, Event, Hash, Rejection};

use crate::between::{Kinds, Teller, event_line};
use crate::round::{Round, UnitState};
use crate::world::{TouchedRound, World};
use changes::{Changes, Thing};
pub(crate) use snapshot::shown;
use snapshot::{Snapshot, Totals};

/// The most leaves that an answer tells.
const LEAVES_MAX: usize = 2_000;

/// Folds a round's events and tells what changed.
#[derive(Debug)]
pub struct DiffTeller {
    world: World,
    query: DiffQuery,
    from: u64,
    begun: bool,
    /// As it stood; none where the round was not open.
    before: Option<(Snapshot, Totals)>,
    now: Option<Snapshot>,
    changes: Changes,
    kinds: Kinds,
}

impl DiffTeller {
    /// A teller before the first event; `from` is the last position that belongs to what stood before.
    #[must_use]
    pub fn new(query: DiffQuery, from: u64) -> Self {
        Self {
            world: World::tracking(),
            query,
            from,
            begun: false,
            before: None,
            now: None,
            changes: Changes::default(),
            kinds: Kinds::default(),
        }
    }

    fn round(&self) -> Option<&Round> {
        self.world.rounds.get(&self.query.round)
    }

    fn begin(&mut self) {
        if self.begun {
            return;
        }
        self.begun = true;
        self.now = self.round().map(|round| Snapshot::of(round, self.query.unit.as_ref()));
        self.before = self.now.clone().zip(self.round().map(Totals::of));
    }

    /// Compares what an event touched with how it stood.
    fn compare(&mut self, event: &Event, hash: Hash, touched: &TouchedRound) {
        let Some(round) = self.world.rounds.get(&self.query.round) else { return };
        let Some(now) = &mut self.now else {
            self.now = Some(Snapshot::of(round, self.query.unit.as_ref()));
            return;
        };
        let changed = now.update(round, touched);
        if !changed.is_empty() {
            self.changes.note(changed, event_line(event, hash));
        }
    }

    /// What was told, standing on two marks.
    ///
    /// # Errors
    /// `round_unknown`, `unit_unknown`, `leaf_unknown`.
    pub fn finish(mut self, from: Mark, to: Mark) -> Result<Diff, Rejection> {
        self.begin();
        let unknown = || Rejection::RoundUnknown { round: self.query.round.clone() };
        let round = self.world.rounds.get(&self.query.round).ok_or_else(unknown)?;
        known(round, &self.query)?;
        let now = self.now.as_ref().expect("an open round was looked at");
        let (totals, mut left_out) = (Totals::of(round), 0);
        let mut room = LEAVES_MAX;
        let mut units = Vec::new();
        for (place, unit) in round.units.iter().enumerate() {
            if self.query.unit.as_ref().is_some_and(|u| *u != unit.unit) {
                continue;
            }
            let before = self.before.as_ref();
            let leaves = self.leaves(place, unit, before.map(|(snapshot, _)| snapshot), now);
            let extras = self.extras(place, before.map(|(snapshot, _)| snapshot), now);
            let shown = before.map(|(snapshot, totals)| totals.shown(place, snapshot.state(place)));
            let after = totals.shown(place, unit.sheet.state);
            let whole = self.query.leaf.is_none() && shown.as_ref() != Some(&after);
            if !whole && leaves.is_empty() && extras.is_empty() {
                continue;
            }
            let same_state = shown.as_ref().is_some_and(|shown| shown.state == after.state);
            let sheet_by = if same_state { DoneBy::default() } else { self.changes.by(place, &Thing::Sheet) };
            let kept = leaves.len().min(room);
            room -= kept;
            left_out += (leaves.len() - kept) as u64;
            units.push(UnitDiff {
                unit: unit.unit.clone(),
                name: unit.entry.name.clone(),
                block: round.block(unit).clone(),
                before: shown,
                after,
                sheet_by,
                leaves: leaves.into_iter().take(kept).collect(),
                extras,
            });
        }
        let kinds = self.kinds.told();
        let (query, position, root) = (self.query, to.position, to.root);
        Ok(Diff { query, from, position, root, kinds, units, leaves_left_out: left_out })
    }

    fn asked(&self, code: &Code) -> bool {
        self.query.leaf.as_ref().is_none_or(|leaf| leaf == code)
    }

    fn leaves(&self, place: usize, unit: &UnitState, before: Option<&Snapshot>, now: &Snapshot) -> Vec<LeafDiff> {
        let leaves = unit.tree.leaves.iter().enumerate().filter(|(_, node)| self.asked(&node.code));
        let diff = |(leaf, node): (usize, &crate::rulebook::LeafNode)| {
            let was = before.map(|b| b.score(place, leaf).clone()).unwrap_or_default();
            let is = now.score(place, leaf);
            (was != *is).then(|| LeafDiff {
                leaf: node.code.clone(),
                title: unit.tree.nodes[*node.path.last().expect("a leaf's path ends in itself")].title.clone(),
                before: was,
                after: is.clone(),
                by: self.changes.by(place, &Thing::Leaf(leaf)),
            })
        };
        leaves.filter_map(diff).collect()
    }

    fn extras(&self, place: usize, before: Option<&Snapshot>, now: &Snapshot) -> Vec<ExtraDiff> {
        let was = |code: &Code| before.and_then(|b| b.extras(place).get(code).cloned());
        let codes = now.extras(place).iter().filter(|(code, _)| self.asked(code));
        let changed = codes.filter(|(code, points)| was(code).as_ref() != Some(points));
        let diff = |(code, points): (&Code, &proto::Exact)| {
            let by: DoneBy = self.changes.by(place, &Thing::Extra(code.clone()));
            ExtraDiff { code: code.clone(), before: was(code), after: Some(points.clone()), by }
        };
        changed.map(diff).collect()
    }
}

/// Whether the round has what is asked about.
fn known(round: &Round, query: &DiffQuery) -> Result<(), Rejection> {
    let asked = query.unit.as_ref().map(|unit| {
        let found = round.unit(unit).map(|(_, found)| found);
        found.ok_or_else(|| Rejection::UnitUnknown { unit: unit.clone() })
    });
    let asked = asked.transpose()?;
    let Some(leaf) = &query.leaf else { return Ok(()) };
    let has = |unit: &UnitState| unit.tree.leaf(leaf).is_some() || round.book.extra(&unit.tree.kind, leaf).is_some();
    let there = match asked {
        Some(unit) => has(unit),
        None => round.units.iter().any(has),
    };
    if there { Ok(()) } else { Err(Rejection::LeafUnknown { leaf: leaf.clone() }) }
}

impl Teller for DiffTeller {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn take(&mut self, event: &Event, hash: Hash) -> Result<(), Unfit> {
        if event.envelope.position <= self.from {
            return self.world.restore(event);
        }
        self.begin();
        self.world.fold(event)?;
        let touched = self.world.take_touched().rounds.remove(&self.query.round).unwrap_or_default();
        if event.envelope.stream.round() == Some(&self.query.round) {
            self.kinds.count(event);
            self.compare(event, hash, &touched);
        }
        Ok(())
    }
}
