//! Survey batches out of files of ballots: read, counted, looked at, committed to and kept. A batch is taken whole, or all that
//! keeps it from being taken is told.

mod again;
mod alike;
mod asks;
mod block;
mod cell;
mod columns;
mod count;
mod dense;
mod encoding;
mod error;
mod findings;
mod flow;
mod http;
mod known;
mod legend;
mod plain;
mod port;
mod proved;
mod quick;
mod read;
mod rows;
mod sealed;
mod sealer;
mod split;
mod store;
mod taken;
mod tcvn3;
mod workbook;
mod written;

pub use asks::Asks;
pub use count::{BALLOTS_MAX, Counting, Marked};
pub use encoding::Encoding;
pub use error::SurveyError;
pub use http::{BallotsHttp, router};
pub use port::OnSurveys;
pub use proved::{destroy, destroy_batch, prove};
pub use read::Reading;
pub use store::{Ballots, Ended, Lot, StoreError};
pub use taken::{Sent, Taken, commands, kept, preview, take_in, take_in_once};
pub use workbook::read as read_workbook;
