//! Bonuses and penalties as whoever sets them looks at them: which a unit can have, what stands, whether they can be set now. It decides nothing:
//! whether an act is taken is the ledger's.

use proto::act::round::Phase;
use proto::document::Extra;
use proto::extra_work::{ExtraWork, ExtrasQuery, ExtrasWork};
use proto::rows::SheetState;
use proto::{Capacity, Hash, Instant, Principal, Rejection};

use crate::asking::Asking;
use crate::round::{Round, UnitState};
use crate::work::open_phase;
use crate::world::World;

/// Those who set them, and those who read what was set before it is published (RULINGS 20), the usual one first.
const SEE: [Capacity; 4] = [Capacity::Appraiser, Capacity::Secretariat, Capacity::Council, Capacity::Inspector];
/// When they are set.
const PHASES: [Phase; 3] = [Phase::FirstAppraisal, Phase::SecondAppraisal, Phase::Council];

/// The bonuses and penalties of a round: all that stand; of a unit that is named, all that it can have.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`; `unit_unknown`; `capacity_missing`.
pub fn extras_work(
    world: &World,
    who: &Principal,
    (at, root): (Instant, Hash),
    query: ExtrasQuery,
) -> Result<ExtrasWork, Rejection> {
    let asking = Asking::new(world, who, at, &query.round)?;
    if !SEE.into_iter().any(|capacity| asking.has(capacity)) {
        return Err(asking.misses(SEE[0]));
    }
    let round = asking.round;
    let unit = query.unit.as_ref().map(|unit| asking.unit(unit)).transpose()?;
    let open = open_phase(round, &PHASES, unit.map(|unit| &unit.unit), at).is_some();
    let rows = match unit {
        Some(unit) => offered(round, unit).map(|extra| told(unit, extra)).collect(),
        None => {
            let all = round.units.iter().flat_map(|unit| offered(round, unit).map(move |extra| told(unit, extra)));
            all.filter(|row| row.revision > 0).collect()
        }
    };
    Ok(ExtrasWork {
        position: world.position,
        root,
        any: !round.book.extras.is_empty(),
        open: open && round.publications.is_empty() && !round.closed,
        locked: unit.is_some_and(|unit| unit.sheet.state != SheetState::Open),
        kept_off: unit.is_some_and(|unit| asking.is_kept_off(&unit.unit)),
        rows,
        query,
    })
}

/// What the rulebook has for units of this kind.
fn offered<'r>(round: &'r Round, unit: &'r UnitState) -> impl Iterator<Item = &'r Extra> {
    round.book.extras.iter().filter(|extra| extra.kind == unit.tree.kind)
}

fn told(unit: &UnitState, extra: &Extra) -> ExtraWork {
    let stands = unit.sheet.extras.get(&extra.code);
    ExtraWork {
        unit: unit.unit.clone(),
        name: unit.entry.name.clone(),
        code: extra.code.clone(),
        title: extra.title.clone(),
        sign: extra.sign,
        cap: extra.cap,
        points: stands.map(|stands| stands.points.clone()),
        revision: stands.map_or(0, |stands| stands.revision),
    }
}
