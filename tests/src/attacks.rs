//! The list of attacks, carried out one by one on a log of the sample round, and what each verifier says of it: the score card.
//! It counts what was seen; where an attack is a story of many seconds, the card names the test that tells it.

mod bodies;
mod card;
mod erased;
mod forge;
mod ground;
mod keys;
mod meaning;
mod notes;
mod proofs;
mod rows;
mod stories;
mod verifiers;
mod watched;

pub use card::{BEGIN, Card, END, columns};
pub use ground::Ground;
pub use stories::{Told, stories};

use verifiers::Verdict;

/// One attack of the list.
pub struct Attack {
    /// Its number in the list.
    pub id: &'static str,
    /// Who is able to do it: see the README.
    pub by: &'static str,
    /// What is done.
    pub what: &'static str,
    /// What whoever verifies must hold for it to be found.
    pub evidence: &'static str,
    /// Does it, in each of its cases.
    pub run: fn(&Ground) -> Vec<Case>,
}

/// One case of an attack.
#[derive(Debug)]
pub struct Case {
    /// What was done.
    pub done: String,
    /// What the verifiers said who hold the evidence.
    pub verdicts: Vec<Verdict>,
    /// Within how many events they place the change: 1 where they name it; none where no event was changed.
    pub window: Option<u64>,
    /// Whether it is found without the evidence too.
    pub without: Option<bool>,
}

impl Case {
    fn new(done: impl Into<String>, verdicts: Vec<Verdict>) -> Self {
        Self { done: done.into(), verdicts, window: None, without: None }
    }

    /// The verifiers name the very event.
    fn named(self) -> Self {
        self.within(1)
    }

    fn within(mut self, events: u64) -> Self {
        self.window = Some(events);
        self
    }

    fn without(mut self, found: bool) -> Self {
        self.without = Some(found);
        self
    }

    /// Whether every verifier refused.
    #[must_use]
    pub fn is_detected(&self) -> bool {
        self.verdicts.iter().all(Verdict::is_refusal)
    }

    /// Whether every verifier named the right place; none where there is none to name.
    #[must_use]
    pub fn is_placed(&self) -> Option<bool> {
        let placed: Vec<bool> = self.verdicts.iter().filter_map(Verdict::is_placed).collect();
        (!placed.is_empty()).then(|| placed.iter().all(|right| *right))
    }
}

/// Every attack that is carried out here, in the order of the list.
#[must_use]
pub fn attacks() -> Vec<Attack> {
    let rooms = [
        &bodies::ATTACKS[..],
        &rows::ATTACKS,
        &keys::ATTACKS,
        &proofs::ATTACKS,
        &notes::ATTACKS,
        &erased::ATTACKS,
        &meaning::ATTACKS,
        &watched::ATTACKS,
    ];
    let mut attacks: Vec<Attack> = rooms.into_iter().flatten().map(|a| Attack { ..*a }).collect();
    attacks.sort_by_key(|attack| attack.id);
    attacks
}
