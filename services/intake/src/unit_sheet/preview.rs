//! What a workbook that came back would change: row by row, held against the log where it was made and now.
//! A conflict has no command: what two people have changed, one of them has to decide.

use proto::document::Text;
use proto::{Act, Acting, Code, Command, Hash, Origin, UnitId};

use crate::fault::Fault;
use crate::parts::command_id;

/// What a row comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Neither the workbook nor the log has changed it.
    Unchanged,
    /// The workbook changes it.
    Changed,
    /// The workbook and the log have changed it otherwise: nothing is sent.
    Conflict,
    /// Only the log has changed it since: there is nothing to do.
    Elsewhere,
    /// The log says already what the workbook does.
    Done,
}

impl Outcome {
    /// Of what the workbook and the log have changed since it was made.
    pub fn of(in_workbook: bool, in_log: bool, alike: bool) -> Self {
        match (in_workbook, in_log) {
            (false, false) => Self::Unchanged,
            (false, true) => Self::Elsewhere,
            (true, _) if alike => Self::Done,
            (true, false) => Self::Changed,
            (true, true) => Self::Conflict,
        }
    }
}

/// A row.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The unit.
    pub unit: UnitId,
    /// The leaf.
    pub leaf: Code,
    /// Its title.
    pub title: Text,
    /// What it comes to.
    pub outcome: Outcome,
    /// What stood when the workbook was made.
    pub was: Text,
    /// What stands in the log now.
    pub now: Text,
    /// What the workbook says.
    pub wanted: Text,
    /// The revision that the workbook was made from.
    pub seen: u64,
    /// The revision now.
    pub revision: u64,
    /// What is sent, where it is changed.
    pub command: Option<Command>,
}

/// What a workbook would change.
#[derive(Debug, Default)]
pub struct Preview {
    /// Its rows in the workbook's order of leaves.
    pub entries: Vec<Entry>,
    /// What is odd about it and keeps nothing from being sent: rows that are gone or stand elsewhere.
    pub remarks: Vec<Fault>,
}

impl Preview {
    /// The commands in the order of the rows.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.entries.iter().filter_map(|entry| entry.command.as_ref())
    }

    /// How many rows come to something.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.entries.iter().filter(|entry| entry.outcome == outcome).count()
    }
}

/// A command whose id follows from the log and what it says: the same workbook sent again is the same commands.
pub fn command(log: &Origin, acting: &Acting, act: Act) -> Command {
    let draft = Command::new(command_id("draft"), acting.clone(), act);
    let said: Hash = draft.digest;
    Command::new(command_id(&format!("sheet\n{log}\n{said}")), draft.acting, draft.act)
}
