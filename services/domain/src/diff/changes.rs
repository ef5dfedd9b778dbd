//! Which events changed what: the latest few of each thing, the others counted.
//! An event is kept once, however much it changed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use proto::Code;
use proto::between::{DoneBy, EventLine};

/// The most events that an answer names for one change.
const EVENTS_OF_CHANGE_MAX: usize = 8;

/// What of a unit can change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// The sheet's state.
    Sheet,
    /// A leaf, by its place in the tree.
    Leaf(usize),
    /// A bonus or penalty.
    Extra(Code),
}

#[derive(Debug, Default)]
struct By {
    latest: VecDeque<Arc<EventLine>>,
    earlier: u64,
}

/// Events by what they changed: a unit's place, and what of it.
#[derive(Debug, Default)]
pub struct Changes(BTreeMap<(usize, Thing), By>);

impl Changes {
    /// An event changed these things.
    pub fn note(&mut self, changed: Vec<(usize, Thing)>, event: EventLine) {
        let event = Arc::new(event);
        for thing in changed {
            let by = self.0.entry(thing).or_default();
            by.latest.push_back(Arc::clone(&event));
            if by.latest.len() > EVENTS_OF_CHANGE_MAX {
                by.latest.pop_front();
                by.earlier += 1;
            }
        }
    }

    /// The events that changed a thing.
    pub fn by(&self, place: usize, thing: &Thing) -> DoneBy {
        let by = self.0.get(&(place, thing.clone()));
        by.map_or_else(DoneBy::default, |by| DoneBy {
            events: by.latest.iter().map(|event| EventLine::clone(event)).collect(),
            earlier: by.earlier,
        })
    }
}
