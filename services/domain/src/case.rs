//! Requests about personal data as folded from their streams: what was asked, what was ordered to be erased, how it ended.
//! No person is known here, and nothing is destroyed here.

use std::collections::BTreeMap;

use proto::act::privacy::{CaseOutcome, OpenCase, OrderErasure};
use proto::{ActorId, CaseId, Day, Instant};

/// In how many working days whoever asks is to be answered (Law 91/2025 and Decree 356/2025).
const ANSWER_WORKING_DAYS: u32 = 2;

/// All cases.
pub type Cases = BTreeMap<CaseId, Case>;

/// A request.
#[derive(Debug, Clone)]
pub struct Case {
    /// As it was opened.
    pub opened: OpenCase,
    /// When that was put on record.
    pub at: Instant,
    /// How often whoever asked was answered.
    pub answers: u32,
    /// When he was first.
    pub first_answer: Option<Instant>,
    /// Erasures, in the order in which they were ordered.
    pub orders: Vec<Order>,
    /// How it ended.
    pub outcome: Option<CaseOutcome>,
    /// When that was put on record.
    pub ended: Option<Instant>,
}

/// An erasure that was ordered.
#[derive(Debug, Clone)]
pub struct Order {
    /// By whom.
    pub by: ActorId,
    /// When.
    pub at: Instant,
    /// What.
    pub ordered: OrderErasure,
    /// Who confirmed it, when, and at which position of the log.
    pub confirmed: Option<Confirmed>,
}

/// The second person's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Whose.
    pub by: ActorId,
    /// When.
    pub at: Instant,
    /// The position of the event.
    pub position: u64,
}

impl Case {
    /// A case as it is opened.
    #[must_use]
    pub fn opened(act: OpenCase, at: Instant) -> Self {
        let (orders, outcome) = (Vec::new(), None);
        Self { opened: act, at, answers: 0, first_answer: None, orders, outcome, ended: None }
    }

    /// The order that waits for a second person.
    #[must_use]
    pub fn pending(&self) -> Option<&Order> {
        self.orders.last().filter(|order| order.confirmed.is_none())
    }

    /// The day by whose end whoever asked is to be answered; none where nobody asked.
    #[must_use]
    pub fn answer_by(&self) -> Option<Day> {
        self.opened.requester.map(|_| self.opened.received.plus_working_days(ANSWER_WORKING_DAYS))
    }

    /// The day by whose end it is to be carried out.
    #[must_use]
    pub fn done_by(&self) -> Day {
        self.opened.received.plus_days(self.opened.within_days)
    }
}

/// Every erasure that a second person has confirmed, in no order.
pub fn confirmed(cases: &Cases) -> impl Iterator<Item = (&OrderErasure, &Confirmed)> {
    let orders = cases.values().flat_map(|case| &case.orders);
    orders.filter_map(|order| Some((&order.ordered, order.confirmed.as_ref()?)))
}
