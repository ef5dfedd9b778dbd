//! All cases as a list, each with its days, what happened, and what is late at a moment (Law 91/2025 and Decree 356/2025).
//! What is late is told, and nothing follows from it by itself.

use std::collections::BTreeMap;

use proto::act::privacy::OrderErasure;
use proto::between::EventLine;
use proto::cases::CaseLine;
use proto::fold::Unfit;
use proto::{Capacity, CaseId, Day, Event, Hash, Instant, Principal, Rejection, Stream};

use crate::between::event_line;
use crate::case::{Case, Cases};
use crate::evolve::take_case;
use crate::people::Grant;
use crate::world::World;

/// Cases as they are folded, and the events of each.
#[derive(Debug, Default)]
pub struct CaseList {
    cases: Cases,
    events: BTreeMap<CaseId, Vec<EventLine>>,
}

impl CaseList {
    /// Takes the next event; those of other streams are passed over.
    ///
    /// # Errors
    /// [`Unfit`] when it does not fit what came before it.
    pub fn take(&mut self, event: &Event, hash: Hash) -> Result<(), Unfit> {
        let Stream::Case(case) = &event.envelope.stream else { return Ok(()) };
        take_case(&mut self.cases, event).map_err(|what| Unfit { position: event.envelope.position, what })?;
        self.events.entry(case.clone()).or_default().push(event_line(event, hash));
        Ok(())
    }

    /// The cases, in the order in which they were opened, as they stand at a moment.
    #[must_use]
    pub fn at(&self, at: Instant) -> Vec<CaseLine> {
        let mut lines: Vec<CaseLine> = self.cases.iter().map(|(id, case)| self.line(id, case, at)).collect();
        lines.sort_by_key(|line| line.events.first().map(|event| event.position));
        lines
    }

    fn line(&self, id: &CaseId, case: &Case, at: Instant) -> CaseLine {
        let opened = &case.opened;
        let of = |confirmed: bool| {
            let orders = case.orders.iter().filter(|order| order.confirmed.is_some() == confirmed);
            orders.map(|order| pieces(&order.ordered)).sum()
        };
        CaseLine {
            case: id.clone(),
            request: opened.request,
            ground: opened.ground.clone(),
            received: opened.received,
            answer_by: case.answer_by(),
            answer_late: case.answer_by().is_some_and(|by| is_over(by, case.first_answer.or(case.ended), at)),
            done_by: case.done_by(),
            done_late: is_over(case.done_by(), case.ended, at),
            waiting: of(false),
            erased: of(true),
            outcome: case.outcome,
            events: self.events.get(id).cloned().unwrap_or_default(),
        }
    }
}

/// How many files, ballots and batches an order names.
fn pieces(order: &OrderErasure) -> u64 {
    (order.files.len() + order.ballots.len() + order.batches.len()) as u64
}

/// Whether a day was over when something happened; or is over, where it has not happened.
fn is_over(by: Day, happened: Option<Instant>, at: Instant) -> bool {
    Day::of(happened.unwrap_or(at)) > by
}

/// Whether somebody may read all cases: inspectors read the log, the secretariat answers them, administrators confirm erasures.
///
/// # Errors
/// Why not.
pub fn may_read_cases(world: &World, principal: &Principal, at: Instant) -> Result<(), Rejection> {
    const READERS: [Capacity; 3] = [Capacity::Inspector, Capacity::Secretariat, Capacity::Administrator];
    let reads = |grant: &Grant| READERS.contains(&grant.grant.capacity) && grant.holds(at) && grant.covers(None);
    if world.speaks(principal)?.grants.iter().any(reads) {
        return Ok(());
    }
    Err(Rejection::CapacityMissing { actor: principal.actor.clone(), capacity: Capacity::Inspector })
}
