//! Rows of a table into ballots, each whole or not at all: every cell of a row that is not as expected is told at its place. After the
//! first fault rows are still read, to find all of them, and no ballot is given out any more.

use proto::text;

use super::asks::Asks;
use super::cell::Wrong;
use super::columns::Columns;
use super::count::{BALLOTS_MAX, COLLECTED_MAX, COLLECTORS_MAX, Counting, Marked, TooMany};
use super::quick::Quick;
use super::split::{CELLS_MAX, ROW_BYTES_MAX, Row, TooLong};
use crate::fault::{Faults, Place};

/// Where the questions of a sheet stand, and those that it does not ask.
#[derive(Debug)]
pub struct Places {
    /// The column of each question.
    pub asked: Vec<Option<usize>>,
    /// The columns of questions that it does not ask.
    pub others: Vec<usize>,
}

/// Rows that are read.
pub struct Rows<'a> {
    pub(super) asks: &'a Asks,
    pub(super) sheet: Option<String>,
    columns: Option<Columns>,
    /// For each sheet that a ballot was of, where its questions stand.
    pub(super) places: Vec<Option<Places>>,
    /// None where every row is read the plain way.
    quick: Option<Quick>,
    /// What was counted.
    pub counting: Counting,
    /// What is wrong.
    pub faults: Faults,
    /// Ballots that were read and not fetched, where somebody fetches them.
    pub ready: Vec<Marked>,
    keeps: bool,
    stopped: bool,
    /// Whether a cell of the row that comes next could not be made a text of.
    pub(super) spoilt: bool,
}

impl<'a> Rows<'a> {
    /// Begins before the row of headings; `keeps` where ballots are fetched.
    #[must_use]
    pub fn begin(asks: &'a Asks, sheet: Option<String>, keeps: bool) -> Self {
        let places = asks.sheets.iter().map(|_| None).collect();
        let (counting, faults) = (Counting::default(), Faults::default());
        Self {
            asks,
            sheet,
            columns: None,
            places,
            quick: Some(Quick::begin(asks)),
            counting,
            faults,
            ready: Vec::new(),
            keeps,
            stopped: false,
            spoilt: false,
        }
    }

    /// The same, with every row read the plain way.
    #[must_use]
    pub fn plainly(self) -> Self {
        Self { quick: None, ..self }
    }

    /// Whether nothing more is read: the rest cannot be told apart, or there is too much of it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// What the round asks.
    #[must_use]
    pub fn asks(&self) -> &'a Asks {
        self.asks
    }

    /// The columns, once the row of headings was read.
    #[must_use]
    pub fn columns(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }

    /// The next row.
    pub fn take(&mut self, row: &Row) {
        if self.stopped || row.is_blank() {
            return;
        }
        let Some(columns) = self.columns.take() else {
            let columns = Columns::read(row, self.sheet.as_deref(), self.asks, &mut self.faults);
            self.columns = Some(columns);
            return;
        };
        let known = self.quick.as_mut().filter(|_| !self.spoilt).and_then(|quick| quick.read(row, &columns));
        match known {
            Some(ballot) => {
                let counted = self.counting.take(&ballot, self.asks);
                if self.keeps && self.faults.is_empty() {
                    self.ready.push(ballot.marked());
                }
                self.counted(row, counted);
            }
            None => self.the_plain_way(row, &columns),
        }
        self.columns = Some(columns);
    }

    /// A row of which a cell is not known yet, or is wrong.
    fn the_plain_way(&mut self, row: &Row, columns: &Columns) {
        let read = self.ballot(row, columns);
        self.spoilt = false;
        let Some(ballot) = read else { return };
        let counted = self.counting.take(&ballot.seen(), self.asks);
        if let (Some(quick), Ok(who), Some(at)) = (&mut self.quick, &counted, &self.places[ballot.sheet]) {
            quick.learn(row, columns, (&ballot, *who), self.asks, at);
        }
        if self.keeps && self.faults.is_empty() {
            self.ready.push(ballot);
        }
        self.counted(row, counted);
    }

    /// After a fault no ballot is given out any more.
    fn counted(&mut self, row: &Row, counted: Result<Option<usize>, TooMany>) {
        if let Err(too_many) = counted {
            self.stop_at(row.number, too_many);
        }
        if !self.faults.is_empty() {
            self.ready.clear();
        }
    }

    /// A row that is too long ends it.
    pub fn too_long(&mut self, TooLong { number }: TooLong) {
        let what = text!(
            "dòng dài quá {ROW_BYTES_MAX} byte hoặc quá {CELLS_MAX} ô: có thể một dấu ngoặc kép chưa đóng, hoặc sai dấu ngăn cách",
            "the row has more than {ROW_BYTES_MAX} bytes or {CELLS_MAX} cells: a quotation mark may be open, or the separator another one"
        );
        self.stop("row_too_long", number, what);
    }

    fn stop_at(&mut self, number: u32, too_many: TooMany) {
        let (code, what) = match too_many {
            TooMany::Ballots => (
                "ballots_too_many",
                text!("quá {BALLOTS_MAX} phiếu", "more than {BALLOTS_MAX} ballots; send several batches"),
            ),
            TooMany::Collectors => (
                "collectors_too_many",
                text!(
                    "quá {COLLECTORS_MAX} điều tra viên, hoặc quá {COLLECTED_MAX} nhóm của họ",
                    "more than {COLLECTORS_MAX} collectors, or {COLLECTED_MAX} units and groups of theirs"
                ),
            ),
        };
        self.stop(code, number, what);
    }

    fn stop(&mut self, code: &'static str, row: u32, what: proto::document::Text) {
        self.faults.push(code, Place::Ballots { sheet: self.sheet.clone(), row, column: None }, what);
        self.stopped = true;
    }

    /// A cell that could not be made a text of.
    pub fn fault_at(&mut self, row: u32, column: usize, (code, what): Wrong) {
        let sheet = self.sheet.as_deref();
        let bare = || Columns::default().place(sheet, row, column);
        let place = self.columns.as_ref().map_or_else(bare, |columns| columns.place(sheet, row, column));
        self.faults.push(code, place, what);
        self.spoilt = true;
    }

    /// The sheet's name; none where the file has no sheets.
    #[must_use]
    pub fn sheet(&self) -> Option<String> {
        self.sheet.clone()
    }
}
