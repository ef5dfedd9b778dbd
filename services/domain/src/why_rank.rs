//! Why a unit's rank moved: the log's events are taken one after the other, and each one's effect is the standing behind it
//! less the standing before it, so that the effects add up to the whole change. Only the unit's own block is ranked, and
//! only when an event has touched it; nothing is reckoned anew that no event has touched.

mod sums;
mod table;

use std::collections::HashMap;

use proto::between::{Cause, Effect, EventLine, Mark, Mover, Stood, WhyRank, WhyRankQuery};
use proto::fold::{Fold, Unfit};
use proto::{Event, EventId, Hash, Rejection, Stream};

use crate::between::{Teller, event_line};
use crate::world::{TouchedRound, World};
use sums::{Sums, size};
pub(crate) use table::BlockTable;

/// Folds a round's events and tells what they did to a unit's rank.
#[derive(Debug)]
pub struct RankTeller {
    world: World,
    query: WhyRankQuery,
    from: u64,
    /// The block as it stood at the beginning and as it stands; none where the round was or is not open.
    before: Option<BlockTable>,
    now: Option<BlockTable>,
    begun: bool,
    /// Events of the round as a whole and of its appeals, from which others may follow.
    causes: HashMap<EventId, EventLine>,
    sums: Sums,
    read: u64,
}

impl RankTeller {
    /// A teller before the first event; `from` is the last position that belongs to what stood before.
    #[must_use]
    pub fn new(query: WhyRankQuery, from: u64) -> Self {
        Self {
            world: World::tracking(),
            query,
            from,
            before: None,
            now: None,
            begun: false,
            causes: HashMap::new(),
            sums: Sums::default(),
            read: 0,
        }
    }

    fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            self.now = self.table();
            self.before.clone_from(&self.now);
        }
    }

    fn table(&self) -> Option<BlockTable> {
        BlockTable::of(self.world.rounds.get(&self.query.round)?, &self.query.unit)
    }

    /// What an event did, once it was folded.
    fn tell(&mut self, event: &Event, hash: Hash, touched: &TouchedRound) {
        let Some(round) = self.world.rounds.get(&self.query.round) else { return };
        let Some(now) = &mut self.now else {
            self.now = self.table();
            let after = self.now.as_ref().map(BlockTable::stood).unwrap_or_default();
            return self.note(event, hash, (Stood::default(), after), Moved::default());
        };
        let then = now.stood();
        let ranks = now.ranks.clone();
        let changed = now.update(round, touched);
        let after = now.stood();
        if then == after {
            return;
        }
        let passed = now.passed(&ranks);
        let name = |place: usize| round.units[place].unit.clone();
        let mover = match changed[..] {
            [one] => Some(one),
            _ => None,
        };
        let [overtaken_by, overtook] = passed.map(|places| places.into_iter().map(name).collect());
        let moved = Moved { mover, name: mover.map(name), overtaken_by, overtook };
        self.note(event, hash, (then, after), moved);
    }

    fn note(&mut self, event: &Event, hash: Hash, (before, after): (Stood, Stood), moved: Moved) {
        let cause = event.envelope.cause.as_ref().filter(|id| self.causes.contains_key(*id));
        let effect = Effect {
            event: event_line(event, hash),
            cause: cause.map(|id| self.causes[id].position),
            mover: moved.name,
            places: before.places_to(&after),
            index: before.index_to(&after),
            before,
            after,
            overtaken_by: moved.overtaken_by,
            overtook: moved.overtook,
        };
        if effect.before != effect.after {
            self.sums.add(effect, moved.mover, cause);
        }
    }

    /// What was told, standing on two marks.
    ///
    /// # Errors
    /// `round_unknown`, `unit_unknown`.
    pub fn finish(mut self, from: Mark, to: Mark) -> Result<WhyRank, Rejection> {
        self.begin();
        let unknown = || Rejection::RoundUnknown { round: self.query.round.clone() };
        let round = self.world.rounds.get(&self.query.round).ok_or_else(unknown)?;
        let unknown = || Rejection::UnitUnknown { unit: self.query.unit.clone() };
        let (now, (_, unit)) = self.now.as_ref().zip(round.unit(&self.query.unit)).ok_or_else(unknown)?;
        let stood = |table: &Option<BlockTable>, place| table.as_ref().map(|t| t.stood_at(place)).unwrap_or_default();
        let before = self.before.as_ref().map(BlockTable::stood).unwrap_or_default();
        let mut movers: Vec<Mover> = now
            .places(round)
            .map(|place| Mover {
                unit: round.units[place].unit.clone(),
                name: round.units[place].entry.name.clone(),
                before: stood(&self.before, place),
                after: now.stood_at(place),
                effects: self.sums.by_unit.remove(&place).unwrap_or_default(),
            })
            .collect();
        movers.sort_by_cached_key(|m| (size(&m.effects), m.after.rank == 0, m.after.rank));
        let by_cause = std::mem::take(&mut self.sums.by_cause).into_iter().filter(|(_, effects)| effects.events > 1);
        let mut causes: Vec<Cause> =
            by_cause.map(|(id, effects)| Cause { event: self.causes[&id].clone(), effects }).collect();
        causes.sort_by_cached_key(|c| (size(&c.effects), c.event.position));
        let (name, block) = (unit.entry.name.clone(), round.block(unit).clone());
        let after = now.stood();
        let (effects, left_out) = self.sums.largest();
        Ok(WhyRank {
            query: self.query,
            from,
            position: to.position,
            root: to.root,
            name,
            block,
            before,
            after,
            whole: self.sums.whole,
            read: self.read,
            movers,
            together: self.sums.together,
            causes,
            effects,
            left_out,
        })
    }
}

/// Who moved, and who passed whom.
#[derive(Default)]
struct Moved {
    mover: Option<usize>,
    name: Option<proto::UnitId>,
    overtaken_by: Vec<proto::UnitId>,
    overtook: Vec<proto::UnitId>,
}

impl Teller for RankTeller {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn take(&mut self, event: &Event, hash: Hash) -> Result<(), Unfit> {
        let ours = event.envelope.stream.round() == Some(&self.query.round);
        if ours && matches!(event.envelope.stream, Stream::Round(_) | Stream::Appeal(..)) {
            self.causes.insert(event.envelope.id.clone(), event_line(event, hash));
        }
        if event.envelope.position <= self.from {
            return self.world.restore(event);
        }
        self.begin();
        self.world.fold(event)?;
        let touched = self.world.take_touched().rounds.remove(&self.query.round).unwrap_or_default();
        if ours {
            self.read += 1;
            self.tell(event, hash, &touched);
        }
        Ok(())
    }
}
