//! Files at the door: rulebooks, catalogues of units, survey forms and tallies, as JSON and as Excel workbooks, ballots of
//! surveys, and files of evidence. Nothing is half taken: a file is a document without fault, or a list of all its faults, each at its place.

pub mod access;
mod archive;
mod book;
mod by_right;
mod catalogue;
mod contain;
mod document;
pub mod erasure;
pub mod evidence;
mod fault;
mod faulty;
mod form;
mod grid;
mod head;
mod http;
mod json;
pub mod limits;
mod opening;
mod parts;
mod print;
mod printed;
mod rulebook;
mod scale;
mod sheet;
pub mod survey;
mod table;
mod terms;
pub mod unit_sheet;
mod value;
mod words;

pub use by_right::FilesByRight;
pub use document::Document;
pub use fault::{Fault, Faults, Place};
pub use http::{IntakeHttp, router};
pub use json::Spelling;
pub use opening::OnOpening;
pub use parts::{capacity, command_id, commands, cut};
pub use printed::{is_workbook, printed_rows};
