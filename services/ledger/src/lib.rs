//! The only writer: takes commands, decides, appends, publishes.
//! Everything else in the system reads what it wrote.

mod append;
mod group;
mod http;
mod log;
mod lookup;
mod stamp;
mod state;
mod submit;
mod writer;

pub use http::{LedgerHttp, router};
pub use log::{HeadRow, Log, LogError, schema};
pub use submit::{Config, Door, Ledger, Pending, StartError};
