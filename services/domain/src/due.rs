//! What the ledger's own timer has to do: close phases and unsubmitted sheets at their deadlines (RULINGS 17).
//! It never acts before a deadline, and always in the same order.

use proto::act::round::{ClosePhase, Phase};
use proto::act::sheet::CloseSheet;
use proto::rows::SheetState;
use proto::{Act, Acting, Capacity, Command, Instant};

use crate::ids::system_command_id;
use crate::round::Round;
use crate::world::World;

/// A command of the timer.
#[derive(Debug, Clone)]
pub struct Due {
    /// The deadline that it follows from.
    pub deadline: Instant,
    /// The command.
    pub command: Command,
}

/// The first thing that is due at a moment; to be asked again once it has been done.
#[must_use]
pub fn due(world: &World, at: Instant) -> Option<Due> {
    let log = world.log.as_ref().filter(|log| log.closed.is_none())?;
    let round = world.rounds.values().find(|r| r.next_due.is_some_and(|due| due <= at))?;
    let acting = Acting { capacity: Capacity::System, unit: None };
    if let Some((phase, deadline)) = due_phase(round, at) {
        let id = system_command_id(&log.origin, round.id(), phase.as_str(), "", deadline);
        let act = Act::ClosePhase(ClosePhase { round: round.id().clone(), phase });
        return Some(Due { deadline, command: Command::new(id, acting, act) });
    }
    let unit = round
        .units
        .iter()
        .find(|u| u.sheet.state == SheetState::Open && round.sheet_until(u).is_some_and(|until| until <= at))?;
    let deadline = round.sheet_until(unit)?;
    let phase = Phase::SelfScoring.as_str();
    let id = system_command_id(&log.origin, round.id(), phase, unit.unit.as_str(), deadline);
    let act = Act::CloseSheet(CloseSheet { round: round.id().clone(), unit: unit.unit.clone() });
    Some(Due { deadline, command: Command::new(id, acting, act) })
}

/// The phase with the earliest deadline that has passed. Unsubmitted sheets are closed before a later phase is.
fn due_phase(round: &Round, at: Instant) -> Option<(Phase, Instant)> {
    let open = round.windows.values().filter(|w| !round.closed_phases.contains_key(&w.phase) && w.until <= at);
    let first = open.min_by_key(|w| (w.until, w.phase))?;
    let sheets_first = round.closed_phases.contains_key(&Phase::SelfScoring)
        && round.units.iter().any(|u| {
            u.sheet.state == SheetState::Open && round.sheet_until(u).is_some_and(|until| until <= first.until)
        });
    (!sheets_first).then_some((first.phase, first.until))
}
