//! The signer: reads what was committed back from the log's database, recomputes the tree from the bytes, and signs it.
//! It shares no statement with the ledger, knows no rule of a round, and never signs what does not go on from what it signed.

mod cosigners;
mod follow;
mod http;
mod proofs;
mod sign;
mod source;
mod store;
mod witnessed;

pub use cosigners::{Alarm, Cosigners, NoCosignature, Outcome, WITNESS_WAIT_MS};
pub use follow::{Following, follow};
pub use http::{Served, router};
pub use proofs::{Checkpointed, NoProof, Proofs, State};
pub use sign::{Refusal, Signer};
pub use source::LogRows;
pub use store::{Store, StoreError};
pub use witnessed::Witnesses;
