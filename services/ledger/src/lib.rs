//! The only writer: takes commands, decides, appends, publishes.
//! Everything else in the system reads what it wrote.

mod anchors;
mod append;
mod attach;
mod carry;
mod group;
mod http;
mod lead;
mod log;
mod lookup;
mod newest;
mod roots;
mod stamp;
mod state;
mod submit;
mod writer;

pub use anchors::{AnchorError, Anchored, Anchors};
pub use attach::Attaching;
pub use carry::{CarryError, carry};
pub use http::{LedgerHttp, router};
pub use lead::Lead;
pub use log::{HeadRow, Log, LogError, schema, schema_of_postgres};
pub use submit::{Config, Door, Ledger, Pending, StartError};
