//! A unit's sheet that came back as a workbook, as a page shows it: what it would change, row by row, or all that is wrong with it.
//! Nothing of it goes on record: what does is the commands that it leads to.

use crate::act::{wire, words};
use crate::document::Text;
use crate::ids::{Code, UnitId};

words! {
    /// What a row comes to.
    pub enum RowOutcome {
        /// The workbook changes it.
        Changed,
        /// The workbook and the log have changed it otherwise: nothing is sent.
        Conflict,
        /// Only the log has changed it since.
        Elsewhere,
        /// The log says already what the workbook does.
        Done,
    }
}

wire! {
    /// A workbook as it was given out.
    pub struct SheetBook {
        /// The position that it was made at.
        pub position: u64,
        /// Its bytes.
        pub bytes: Vec<u8>,
    }

    /// A workbook that came back.
    pub struct ReturnedSheet {
        /// The position that it was made at; 0 where it does not say.
        pub made: u64,
        /// Its rows that come to something, in the tree's order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rows: Vec<ReturnedRow>,
        /// How many rows nobody has changed.
        pub unchanged: u64,
        /// What is odd about it and keeps nothing from being sent.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub remarks: Vec<ReturnedFault>,
        /// What is wrong with it: with a fault, nothing is sent.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<ReturnedFault>,
        /// How many more faults there are.
        pub more: u64,
    }

    /// A row.
    pub struct ReturnedRow {
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// Its title.
        pub title: Text,
        /// What it comes to.
        pub outcome: RowOutcome,
        /// What stood when the workbook was made.
        pub was: Text,
        /// What stands now.
        pub now: Text,
        /// What the workbook says.
        pub wanted: Text,
        /// The command that would be sent, in canonical form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub command: Option<String>,
    }

    /// Something that is wrong with a workbook, or odd about it.
    pub struct ReturnedFault {
        /// The stable code.
        pub code: String,
        /// Where.
        pub place: Text,
        /// What, and what was expected.
        pub text: Text,
    }
}
