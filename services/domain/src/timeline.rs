//! A history with how the unit stood behind each of its events: its score, its points, its index and its rank. It folds the whole
//! round, for a rank hangs on the others; what no event has touched is not reckoned anew.

use proto::between::ScoreShown;
use proto::fold::Unfit;
use proto::history::{History, HistoryQuery};
use proto::timeline::{StoodBehind, Timeline};
use proto::{Code, Event, Fact, Hash};

use crate::between::Teller;
use crate::diff::shown;
use crate::history::{Historian, leaf_of};
use crate::round::UnitState;
use crate::why_rank::BlockTable;
use crate::world::World;

/// Folds a round and keeps how a unit stood behind each event of one history.
#[derive(Debug)]
pub struct Chronicler {
    historian: Historian,
    query: HistoryQuery,
    /// The unit's block as it stands; none before the round was opened.
    block: Option<BlockTable>,
    behind: Vec<StoodBehind>,
}

impl Chronicler {
    /// One before the first event.
    #[must_use]
    pub fn new(query: HistoryQuery) -> Self {
        Self { historian: Historian::tracking(query.clone()), query, block: None, behind: Vec::new() }
    }

    /// The state that the events have led to.
    #[must_use]
    pub fn folded(&self) -> &World {
        self.historian.world()
    }

    /// What was kept, standing on a position and a root.
    #[must_use]
    pub fn finish(self, position: u64, root: Hash) -> Timeline {
        let steps = self.historian.into_steps();
        Timeline { history: History { query: self.query, position, root, steps }, behind: self.behind }
    }

    /// How the unit stands behind an event that was folded.
    fn stood(&self, event: &Event) -> Option<StoodBehind> {
        // Where a unit stands among others is part of what is held back from its own people.
        if self.query.held.is_some() {
            return None;
        }
        let round = self.folded().rounds.get(&self.query.round)?;
        let (block, (_, unit)) = (self.block.as_ref()?, round.unit(&self.query.unit)?);
        let totals = block.totals();
        let score = leaf_of(&event.fact).or(self.query.leaf.as_ref()).and_then(|leaf| match unit.tree.leaf(leaf) {
            Some((place, _)) => Some(shown(round, unit, place)),
            None => extra(unit, leaf),
        });
        Some(StoodBehind {
            position: event.envelope.position,
            score,
            reached: totals.reached.clone(),
            maximum: totals.maximum.clone(),
            stood: block.stood(),
            files: files_of(&event.fact),
        })
    }
}

/// A bonus or penalty as it stands.
fn extra(unit: &UnitState, code: &Code) -> Option<ScoreShown> {
    let points = unit.sheet.extras.get(code)?.points.clone();
    Some(ScoreShown { points: Some(points), ..ScoreShown::default() })
}

/// The addresses of the files that an event refers to.
fn files_of(fact: &Fact) -> Vec<Hash> {
    let files = match fact {
        Fact::SelfScored(f) => &f.evidence,
        Fact::FlagExplained(f) => &f.evidence,
        Fact::AppealLodged(f) => &f.evidence,
        Fact::EvidenceWithdrawn(f) => return vec![f.address],
        _ => return Vec::new(),
    };
    files.iter().map(|file| file.address).collect()
}

impl Teller for Chronicler {
    fn world(&mut self) -> &mut World {
        self.historian.world_mut()
    }

    fn take(&mut self, event: &Event, hash: Hash) -> Result<(), Unfit> {
        let told = self.historian.step(event, hash)?;
        let touched = self.historian.world_mut().take_touched().rounds.remove(&self.query.round).unwrap_or_default();
        match (&mut self.block, self.historian.world().rounds.get(&self.query.round)) {
            (Some(block), Some(round)) => drop(block.update(round, &touched)),
            (none, Some(round)) => *none = BlockTable::of(round, &self.query.unit),
            (_, None) => {}
        }
        if told {
            let behind = self.stood(event);
            self.behind.extend(behind);
        }
        Ok(())
    }
}
