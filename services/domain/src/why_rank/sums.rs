//! Effects by size, and their sums: of all, by the unit that moved, by the event that they follow from.
//! However many effects there are, the largest alone are kept; the sums miss none.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use proto::between::{Effect, Effects};
use proto::{EventId, Exact};

/// The most effects that an answer tells one by one.
pub const EFFECTS_MAX: usize = 500;

/// What is known of the effects so far.
#[derive(Debug, Default)]
pub struct Sums {
    /// Of all of them.
    pub whole: Effects,
    /// Of those at one unit's scores, by its place.
    pub by_unit: BTreeMap<usize, Effects>,
    /// Of those at several units' scores.
    pub together: Effects,
    /// Of those that follow from an event.
    pub by_cause: HashMap<EventId, Effects>,
    largest: Vec<Effect>,
    left_out: Effects,
}

/// The order of effects: by places, then by index, the greatest first.
pub fn size(effects: &Effects) -> (Reverse<u64>, Reverse<Exact>) {
    (Reverse(effects.places.unsigned_abs()), Reverse(magnitude(&effects.index)))
}

fn magnitude(value: &Exact) -> Exact {
    if value.is_negative() { -value.clone() } else { value.clone() }
}

impl Sums {
    /// Takes an effect of one unit's scores, or of several units'.
    pub fn add(&mut self, effect: Effect, mover: Option<usize>, cause: Option<&EventId>) {
        let one = effect.alone();
        self.whole.add(&one);
        match mover {
            Some(place) => self.by_unit.entry(place).or_default().add(&one),
            None => self.together.add(&one),
        }
        if let Some(cause) = cause {
            self.by_cause.entry(cause.clone()).or_default().add(&one);
        }
        self.largest.push(effect);
        if self.largest.len() >= 2 * EFFECTS_MAX {
            self.leave_out();
        }
    }

    /// The largest effects in order, and the sum of those that are left out.
    pub fn largest(&mut self) -> (Vec<Effect>, Effects) {
        self.leave_out();
        (std::mem::take(&mut self.largest), std::mem::take(&mut self.left_out))
    }

    fn leave_out(&mut self) {
        self.largest.sort_by_cached_key(|effect| (size(&effect.alone()), effect.event.position));
        for effect in self.largest.drain(self.largest.len().min(EFFECTS_MAX)..) {
            self.left_out.add(&effect.alone());
        }
    }
}
