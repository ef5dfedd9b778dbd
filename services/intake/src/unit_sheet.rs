//! Sheets that officials fill in, on a page, and offline: a unit's own, and an appraiser's of one field over all units of a block; as workbooks
//! out of the log at a position, and back as commands. Nothing is ever sent that rests on what was changed meanwhile.
//!
//! A workbook names the log, the position and the root that it was made at. When it comes back, the round is folded again up to
//! that position: so what was changed in the workbook is told by the log, and not by what the workbook says of itself.

mod appraisal;
mod appraise;
mod card;
mod cells;
mod claims;
mod decisions;
mod desk;
mod field_port;
mod form;
mod formula;
mod http;
mod ink;
mod layout;
mod look;
mod paper;
mod port;
mod preview;
mod rows;
mod rule_words;
mod scored;
mod slots;
mod told;
mod typed;
mod unit;

use domain::{LogState, Round};
use proto::act::appraisal::Appraisal;
use proto::{BlockId, Code, Hash, UnitId};

pub use card::{Card, Of};
pub use desk::OnDesks;
pub use field_port::OnFields;
pub use http::{Rounds, See, SheetsHttp, Stood, router};
pub use port::OnPages;
pub use preview::{Entry, Outcome, Preview};
pub(crate) use rule_words::said as rule_said;

use crate::book::Book;
use crate::fault::{Faults, Place};
use crate::grid;
use proto::text;

/// A round as the log leads to it, and where in the log that is.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// The round.
    pub round: &'a Round,
    /// The log.
    pub log: &'a LogState,
    /// The last position that was folded.
    pub position: u64,
    /// The root over everything up to there.
    pub root: Hash,
}

/// A unit's sheet as a workbook. The same basis gives the same bytes.
///
/// # Errors
/// `unit_unknown`; what no workbook can hold.
pub fn of_unit(basis: &Basis, unit: &UnitId) -> Result<Vec<u8>, Faults> {
    unit::write(basis, unit)
}

/// An appraiser's sheet as a workbook: one field over all units of a block. The same basis gives the same bytes.
///
/// # Errors
/// `block_unknown`, `field_unknown`; what no workbook can hold.
pub fn of_appraisal(basis: &Basis, block: &BlockId, field: &Code, appraisal: Appraisal) -> Result<Vec<u8>, Faults> {
    appraisal::write(basis, block, field, appraisal)
}

/// A workbook that came back, as far as its card.
pub struct Returned {
    book: Book,
    /// What it says that it is.
    pub card: Card,
}

impl Returned {
    /// Opens a workbook, within the limits that every file has.
    ///
    /// # Errors
    /// Why it is no sheet that can be taken.
    pub fn open(bytes: &[u8]) -> Result<Self, Faults> {
        if !crate::archive::is_archive(bytes) {
            let what = text!("không phải tệp Excel .xlsx", "it is no Excel file .xlsx");
            return Err(Faults::one("workbook_other", Place::File, what));
        }
        let book = Book::new(grid::read(bytes)?);
        let card = card::read(&book)?;
        Ok(Self { book, card })
    }

    /// That it is of the other kind.
    #[must_use]
    pub fn other_kind(&self) -> Faults {
        let what = match self.card.of {
            Of::Unit(_) => text!("đây là phiếu tự chấm của đơn vị", "it is a unit's sheet"),
            Of::Appraisal { .. } => text!("đây là phiếu thẩm định", "it is an appraiser's sheet"),
        };
        Faults::one("sheet_other_kind", Place::sheet(layout::CARD), what)
    }

    /// What was changed in it, held against the log where it was made and against the log now. `acting` is the
    /// capacity of whoever will send it.
    ///
    /// # Errors
    /// All faults: of another log, round or rulebook; of every cell at its place. With a fault there is no command at all.
    pub fn preview(&self, made: &Basis, now: &Basis, acting: &proto::Acting) -> Result<Preview, Faults> {
        self.card.fits(made, now)?;
        match &self.card.of {
            Of::Unit(unit) => claims::read(&self.book, unit, made, now, acting),
            Of::Appraisal { block, field, appraisal } => {
                decisions::read(&self.book, (block, field, *appraisal), made, now, acting)
            }
        }
    }
}
