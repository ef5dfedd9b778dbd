//! Offices that changed hands, and who acts for a chief: who held them one after the other, with the dates. It follows from the grants alone.

use std::collections::BTreeMap;

use proto::document::Lang;
use proto::said::Named;
use proto::who::GrantStands;
use proto::work::{Power, Powers};
use proto::{Capacity, Instant};

use crate::page::Moment;
use crate::words::{PowerWords, fill, stands};

/// The capacities in a unit that are handed over from one person to another.
const OFFICES: [Capacity; 2] = [Capacity::Chief, Capacity::Drafter];

/// One office's holder in a time.
pub struct Held {
    /// The unit.
    pub unit: String,
    /// The capacity's name.
    pub capacity: &'static str,
    /// Who.
    pub actor: String,
    /// For whom he acts; empty for nobody.
    pub acting: String,
    /// From when.
    pub from: Moment,
    /// Until when; none for until it is taken back.
    pub until: Option<Moment>,
    /// How it stands.
    pub state: &'static str,
    /// The event by which it began.
    pub began: u64,
    /// The event that took it back.
    pub ended: Option<u64>,
}

/// Every office that more than one has held, or in which somebody acts for another; in the order of units, then of time.
pub fn offices(lang: Lang, told: &Powers) -> Vec<Held> {
    let mut offices: BTreeMap<(&str, usize), Vec<&Power>> = BTreeMap::new();
    for power in told.people.iter().flat_map(|person| &person.grants) {
        let office = OFFICES.iter().position(|office| *office == power.grant.capacity);
        if let (Some(office), Some(unit)) = (office, &power.grant.unit) {
            offices.entry((unit.as_str(), office)).or_default().push(power);
        }
    }
    let mut held = Vec::new();
    for ((unit, _), mut powers) in offices {
        let changed = powers.iter().any(|power| {
            power.grant.acting_for.is_some() || matches!(power.state, GrantStands::Over | GrantStands::Revoked)
        });
        if powers.len() < 2 || !changed {
            continue;
        }
        powers.sort_by_key(|power| (power.grant.from, power.granted.position));
        held.extend(powers.into_iter().map(|power| one(lang, unit, power)));
    }
    held
}

fn one(lang: Lang, unit: &str, power: &Power) -> Held {
    let w = PowerWords::of(lang);
    let taken_back: Option<Instant> = power.revoked.as_ref().map(|event| event.at);
    let until = [power.grant.until, taken_back].into_iter().flatten().min();
    Held {
        unit: unit.to_owned(),
        capacity: power.grant.capacity.name(lang),
        actor: power.grant.actor.to_string(),
        acting: power.grant.acting_for.as_ref().map_or(String::new(), |chief| fill(w.acting, &[chief.as_str()])),
        from: power.grant.from.into(),
        until: until.map(Moment::from),
        state: stands(lang, power.state),
        began: power.granted.position,
        ended: power.revoked.as_ref().map(|event| event.position),
    }
}
