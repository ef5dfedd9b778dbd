//! Answers to commands: where the event stands, or why there is none.
//! A command sent twice gets the same answer twice.

use std::collections::BTreeMap;

use crate::act::{wire, words};
use crate::canon::to_vec;
use crate::document::Lang;
use crate::hash::Hash;
use crate::ids::{CommandId, EventId};
use crate::instant::Instant;
use crate::rejection::Rejection;
use crate::stream::Stream;

words! {
    /// By whom a checkpoint is vouched for.
    pub enum Vouched {
        /// By the log's own signature.
        Signed,
        /// By enough witnesses too.
        Cosigned,
    }
}

wire! {
    /// The receipt that was waited for, as far as it came.
    pub struct ReceiptState {
        /// By whom its checkpoint is vouched for; absent while there is none, and the receipt is pending.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub vouched: Option<Vouched>,
        /// The receipt as a file of its own holds it; empty while it is pending.
        pub text: String,
    }

    /// An accepted command's event. It is durable when this is given.
    pub struct Accepted {
        /// The command.
        pub command: CommandId,
        /// The event.
        pub event: EventId,
        /// Its position in the log.
        pub position: u64,
        /// Its hash.
        pub hash: Hash,
        /// Its stream.
        pub stream: Stream,
        /// Its version in the stream.
        pub version: u64,
        /// When it happened, by the ledger's clock.
        pub at: Instant,
        /// Its receipt, where the round or the sender wanted one. The event stands whether it came or not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub receipt: Option<ReceiptState>,
    }

    /// A refused command.
    pub struct Refused {
        /// The command's id, if it could be read.
        pub command: String,
        /// The stable code.
        pub code: String,
        /// The sentence in English.
        pub en: String,
        /// The sentence in Vietnamese.
        pub vi: String,
        /// What a program needs to know, by name.
        pub members: BTreeMap<String, String>,
        /// The HTTP status that fits.
        pub status: u16,
    }
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Answer {
    /// It made an event.
    Accepted(Accepted),
    /// It was refused.
    Refused(Refused),
}

impl From<&Rejection> for Refused {
    /// What is told of a rejection, where no command is named.
    fn from(rejection: &Rejection) -> Self {
        Self {
            command: String::new(),
            code: rejection.code().to_owned(),
            en: rejection.sentence(Lang::En),
            vi: rejection.sentence(Lang::Vi),
            members: rejection.members().into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
            status: rejection.status(),
        }
    }
}

impl Answer {
    /// A refusal.
    #[must_use]
    pub fn refused(command: Option<&CommandId>, rejection: &Rejection) -> Self {
        let command = command.map_or(String::new(), ToString::to_string);
        Self::Refused(Refused { command, ..Refused::from(rejection) })
    }

    /// The answer as a line of canonical JSON, without its line feed.
    ///
    /// # Panics
    /// Never: an answer has a canonical form.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        to_vec(self).expect("an answer has a canonical form")
    }
}
