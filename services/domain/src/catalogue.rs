//! The units of an authority: the faults of a catalogue, and which units there are on a day.
//! What has ended stays in it, so that old rounds can be read again.

use std::collections::{BTreeSet, HashMap};

use proto::document::{Catalogue, CatalogueUnit};
use proto::text;
use proto::{Day, UnitId};

use crate::faults::Faults;

/// The faults of a catalogue.
///
/// # Errors
/// All faults at once, each with its path.
pub fn catalogue_faults(catalogue: &Catalogue) -> Result<(), Faults> {
    let mut faults = Faults::default();
    let mut units: HashMap<&UnitId, &CatalogueUnit> = HashMap::new();
    for unit in &catalogue.units {
        if units.insert(&unit.unit, unit).is_some() {
            faults.push(format!("unit {}", unit.unit), "unit_twice", text!("có hai lần", "stands twice"));
        }
    }
    if units.is_empty() {
        faults.push("units", "units_none", text!("không có đơn vị nào", "none"));
    }
    for unit in &catalogue.units {
        let path = format!("unit {}", unit.unit);
        if unit.effective.as_ref().is_some_and(|e| e.until.is_some_and(|until| until < e.from)) {
            let what = text!("kết thúc trước khi bắt đầu", "it ends before it begins");
            faults.push(path.clone(), "unit_effective_order", what);
        }
        if unit.succeeds.iter().collect::<BTreeSet<_>>().len() != unit.succeeds.len() {
            let what = text!("một đơn vị tiền thân có hai lần", "one that it succeeds stands twice");
            faults.push(path.clone(), "lineage_twice", what);
        }
        for before in &unit.succeeds {
            let Some(other) = units.get(before) else {
                let what = text!("đơn vị tiền thân {before} không có", "{before}, which it succeeds, is not there");
                faults.push(path.clone(), "lineage_unknown", what);
                continue;
            };
            let ended = other.effective.as_ref().and_then(|e| e.until);
            let began = unit.effective.as_ref().map(|e| e.from);
            // Without both days nothing says that one came after the other; so no unit can come from itself either.
            if !matches!((ended, began), (Some(ended), Some(began)) if ended < began) {
                let what = text!(
                    "đơn vị tiền thân {before} chưa kết thúc trước khi đơn vị này bắt đầu",
                    "{before}, which it succeeds, has not ended before it begins"
                );
                faults.push(path.clone(), "lineage_order", what);
            }
        }
    }
    faults.none()
}

/// Whether a unit exists on a day.
#[must_use]
pub fn exists_on(unit: &CatalogueUnit, day: Day) -> bool {
    unit.effective.as_ref().is_none_or(|e| e.from <= day && e.until.is_none_or(|until| day <= until))
}

/// The units that came from one, in the catalogue's order.
pub fn successors<'a>(catalogue: &'a Catalogue, unit: &'a UnitId) -> impl Iterator<Item = &'a CatalogueUnit> {
    catalogue.units.iter().filter(move |u| u.succeeds.contains(unit))
}
