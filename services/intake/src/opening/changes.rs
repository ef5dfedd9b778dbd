//! What one catalogue has otherwise than the one before: units that are new, gone, or changed in any member.

use std::collections::HashMap;

use proto::document::{CatalogueUnit, Text};
use proto::opening::{UnitChange, UnitChanged};
use proto::{UnitId, text};

use super::same;

/// In the order of the new one; what is gone comes last.
pub fn of(before: &[CatalogueUnit], now: &[CatalogueUnit]) -> Vec<UnitChange> {
    let old: HashMap<&UnitId, &CatalogueUnit> = before.iter().map(|unit| (&unit.unit, unit)).collect();
    let new: HashMap<&UnitId, &CatalogueUnit> = now.iter().map(|unit| (&unit.unit, unit)).collect();
    let nothing = || same("");
    let stays = now.iter().filter_map(|unit| match old.get(&unit.unit) {
        None => Some(change(unit, UnitChanged::Added, nothing(), told(unit))),
        Some(was) if *was != unit => Some(change(unit, UnitChanged::Changed, told(was), told(unit))),
        Some(_) => None,
    });
    let gone = before.iter().filter(|unit| !new.contains_key(&unit.unit));
    stays.chain(gone.map(|unit| change(unit, UnitChanged::Gone, told(unit), nothing()))).collect()
}

fn change(unit: &CatalogueUnit, change: UnitChanged, was: Text, now: Text) -> UnitChange {
    UnitChange { unit: unit.unit.clone(), change, was, now }
}

/// Every member of a unit, in one line.
fn told(unit: &CatalogueUnit) -> Text {
    let CatalogueUnit { unit: _, name, short, code, kind, effective, succeeds } = unit;
    let mut parts = vec![name.clone(), same(short), same(code), text!("loại {kind}", "kind {kind}")];
    if let Some(effective) = effective {
        let (from, vi) = (effective.from, effective.from.vietnam());
        parts.push(text!("từ {vi}", "from {from}"));
        if let Some(until) = effective.until {
            let vi = until.vietnam();
            parts.push(text!("đến hết {vi}", "until {until}"));
        }
    }
    if !succeeds.is_empty() {
        let before = succeeds.iter().map(UnitId::as_str).collect::<Vec<_>>().join(", ");
        parts.push(text!("kế thừa {before}", "succeeds {before}"));
    }
    parts.retain(|part| !part.vi.is_empty());
    let joined = Text::join(&parts);
    // A name in English alone may differ.
    let english = &name.en;
    Text::new(format!("{} [{english}]", joined.vi), joined.en)
}
