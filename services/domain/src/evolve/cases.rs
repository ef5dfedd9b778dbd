//! What each event does to its case. An erasure that is confirmed is a fact like any other: what it destroys never stood in the log.

use proto::{CaseId, Event, Fact};

use super::Done;
use crate::case::{Case, Cases, Confirmed, Order};

/// Takes an event of a case.
pub fn take(cases: &mut Cases, event: &Event) -> Done {
    match &event.fact {
        Fact::CaseOpened(f) => {
            cases.insert(f.case.clone(), Case::opened(f.clone(), event.envelope.at));
        }
        Fact::CaseAnswered(f) => {
            let case = case(cases, &f.case)?;
            case.answers += 1;
            case.first_answer.get_or_insert(event.envelope.at);
        }
        Fact::ErasureOrdered(f) => {
            let (by, at) = (event.envelope.actor.id.clone(), event.envelope.at);
            case(cases, &f.case)?.orders.push(Order { by, at, ordered: f.clone(), confirmed: None });
        }
        Fact::ErasureConfirmed(f) => {
            let order = case(cases, &f.case)?.orders.last_mut();
            let order = order.filter(|order| order.confirmed.is_none());
            let e = &event.envelope;
            let confirmed = Confirmed { by: e.actor.id.clone(), at: e.at, position: e.position };
            order.ok_or_else(|| format!("no erasure waits in the case {}", f.case))?.confirmed = Some(confirmed);
        }
        Fact::CaseClosed(f) => {
            let case = case(cases, &f.case)?;
            (case.outcome, case.ended) = (Some(f.outcome), Some(event.envelope.at));
        }
        _ => return Err("an event of another stream".to_owned()),
    }
    Ok(())
}

fn case<'a>(cases: &'a mut Cases, id: &CaseId) -> Result<&'a mut Case, String> {
    cases.get_mut(id).ok_or_else(|| format!("no case {id}"))
}
