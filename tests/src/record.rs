//! What clients asked and were told, written down by themselves, and the one checker that holds it against the log: every
//! fault test ends in it.
//! It believes no service: it is given the records and the log's bodies, and computes the rest.

mod rules;

use std::fmt;
use std::sync::{Arc, Mutex};

use platform::clock::Clock;
use proto::{Answer, Command, CommandId, Hash, Instant};
use serde::{Deserialize, Serialize};

pub use rules::{Counts, check};

/// One sending of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// Who sent it: one client sends a command only once the one before is done with.
    pub client: String,
    /// Which of the client's commands it is; sent again it is the same.
    pub turn: u64,
    /// The command's id.
    pub command: CommandId,
    /// The digest of what was sent.
    pub digest: Hash,
    /// When the sending began.
    pub began: Instant,
    /// What was answered, and when; none where no answer came.
    pub told: Option<(Instant, Answer)>,
}

/// The records of a test's clients, filled in as they go, so that a client who is ended leaves what he has sent.
#[derive(Debug, Clone, Default)]
pub struct Records(Arc<Mutex<Vec<Sent>>>);

/// A record that waits for its answer.
#[derive(Debug, Clone, Copy)]
pub struct Open(usize);

impl Records {
    fn with<T>(&self, what: impl FnOnce(&mut Vec<Sent>) -> T) -> T {
        what(&mut self.0.lock().expect("nobody panics while he holds this"))
    }

    /// Writes down that a client sends a command now.
    pub fn begin(&self, client: &str, turn: u64, command: &Command) -> Open {
        let sent = Sent {
            client: client.to_owned(),
            turn,
            command: command.id.clone(),
            digest: command.digest,
            began: Clock::System.now(),
            told: None,
        };
        self.with(|all| {
            all.push(sent);
            Open(all.len() - 1)
        })
    }

    /// Writes down what was answered, now.
    pub fn told(&self, open: Open, answer: Answer) {
        let now = Clock::System.now();
        self.with(|all| all[open.0].told = Some((now, answer)));
    }

    /// Takes a record that another process has written down.
    pub fn take(&self, sent: Sent) {
        self.with(|all| all.push(sent));
    }

    /// The record as it stands.
    #[must_use]
    pub fn get(&self, open: Open) -> Sent {
        self.with(|all| all[open.0].clone())
    }

    /// All of them, in the order in which they were begun here.
    #[must_use]
    pub fn all(&self) -> Vec<Sent> {
        self.with(|all| all.clone())
    }
}

/// Which rule a fault breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The log's bodies follow one another from position 1 on, each linked to the one before.
    Chained,
    /// No command has two events.
    Once,
    /// What was acknowledged is in the log.
    Kept,
    /// An acknowledgement says what the log says: position, hash, stream, version, event, time, digest.
    Borne,
    /// A command has one acknowledgement, however often it is sent; and a position one command.
    Same,
    /// Whoever was told that his command is not in the log finds no event of it, but one of a later sending.
    Denied,
    /// What was asked and answered earlier stands earlier: for one client's commands, and for any two of which one was
    /// begun after the other had been answered.
    Ordered,
    /// An event's time lies between the first sending and the first acknowledgement.
    Timed,
    /// Nobody's command is in the log who did not send it.
    Asked,
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule.
    pub rule: Rule,
    /// What was found, naming command and position.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.what)
    }
}
