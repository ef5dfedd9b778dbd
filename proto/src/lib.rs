//! The protocol: what an event is, how it becomes bytes, how the bytes are hashed and linked.
//! It does no IO, reads no clock and depends on no other crate of the workspace.
//!
//! `proto/README.md` is the normative text; this crate is one implementation of it.

pub mod access;
pub mod act;
pub mod answer;
pub mod as_of;
mod asked;
pub mod ballot;
mod base45;
pub mod between;
pub mod canon;
pub mod cases;
pub mod checkpoint;
pub mod command;
pub mod commitment;
pub mod decimal;
pub mod document;
pub mod dossier;
pub mod dossier_asked;
pub mod envelope;
pub mod event;
pub mod exact;
pub mod examined;
pub mod extra_work;
pub mod filling;
pub mod fold;
pub mod hash;
pub mod heads;
pub mod history;
pub mod history_proof;
pub mod ids;
pub mod inquiry;
pub mod instant;
pub mod kept_file;
pub mod key_statement;
mod kinds;
pub mod moderation;
pub mod note;
pub mod notices;
pub mod opening;
pub mod policy;
pub mod principal;
pub mod receipt;
pub mod rejection;
pub mod returned_sheet;
pub mod rows;
pub mod said;
pub mod sample;
pub mod scope;
pub mod score;
pub mod script;
pub mod seed_file;
mod spelled;
pub mod stood;
pub mod stored_file;
pub mod stream;
pub mod subject;
pub mod surveyed;
pub mod tail;
pub mod tile;
pub mod timeline;
pub mod tree;
pub mod verification;
pub mod walk;
pub mod who;
pub mod witness;
pub mod work;

#[cfg(test)]
mod schema;

pub use answer::{Accepted, Answer, ReceiptState, Refused, Vouched};
pub use as_of::AsOf;
pub use command::{Act, Acting, Command};
pub use decimal::Decimal;
pub use envelope::{Actor, Capacity, Envelope, Via, ViaKind};
pub use event::{Event, Fact};
pub use exact::Exact;
pub use hash::Hash;
pub use ids::{
    ActorId, BatchId, BlockId, CaseId, Code, CommandId, CredentialId, DecisionId, DocId, EventId, GrantId, Origin,
    RoundId, SampleId, UnitId,
};
pub use instant::{Day, Instant};
pub use principal::Principal;
pub use rejection::Rejection;
pub use scope::{Bearer, Scope, Scopes};
pub use stream::Stream;

/// The most bytes that one event's body may have: the C2SP tlog-tiles entry limit.
pub const EVENT_BYTES_MAX: usize = 65_535;
