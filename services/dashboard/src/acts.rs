//! What the secretariat, the council, survey staff and publishers do to a round, each as a form, and each form's way back into a command.
//! One description serves the page that offers it and the page that shows it again with what was typed, where the ledger refused it.

mod offered;
mod read;

pub use offered::Forms;
pub use read::{act, next_decision};

/// An act that is offered.
pub struct ActForm {
    /// Where it is sent.
    pub action: String,
    /// What its fields' ids begin with.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is to be known before.
    pub lead: String,
    /// The id of its command: a form that is sent twice is one act.
    pub command: String,
    /// What it is about.
    pub hidden: Vec<(&'static str, String)>,
    /// What is asked for.
    pub fields: Vec<Field>,
    /// Its buttons.
    pub buttons: Vec<Button>,
}

/// A field.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// How it is filled in.
    pub kind: Kind,
}

/// How a field is filled in.
pub enum Kind {
    /// In one line, of a type that browsers know.
    Line(&'static str),
    /// In several lines.
    Lines,
    /// By choosing one: what is sent, what it says.
    One(Vec<(String, String)>),
    /// By choosing any: what is sent, what it says, whether it is chosen.
    Many(Vec<(String, String, bool)>),
}

/// A button.
pub struct Button {
    /// The name of what it sends; none where it sends nothing of its own.
    pub name: &'static str,
    /// What it sends.
    pub value: &'static str,
    /// What it says.
    pub text: String,
    /// Whether it stands back.
    pub second: bool,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// A deadline is extended.
    Extend,
    /// A sheet is opened again.
    Reopen,
    /// The result is put to the vote.
    ProposeResult,
    /// A member votes.
    Vote,
    /// The votes are counted.
    Record,
    /// A decision is carried out at one leaf.
    CarryOut,
    /// The result is published.
    Publish,
    /// What an appeal claims is held against the log.
    Examine,
    /// An appeal is answered.
    Answer,
    /// An appeal is decided as the council decided.
    Decide,
    /// A leaf is corrected after an appeal.
    Correct,
    /// A batch is voided.
    Void,
    /// Batches become the round's survey.
    Merge,
    /// A bonus is set.
    Award,
    /// A penalty is set.
    Impose,
    /// The round ends.
    Close,
}

impl Doing {
    /// All of it.
    pub const ALL: [Self; 16] = [
        Self::Extend,
        Self::Reopen,
        Self::ProposeResult,
        Self::Vote,
        Self::Record,
        Self::CarryOut,
        Self::Publish,
        Self::Examine,
        Self::Answer,
        Self::Decide,
        Self::Correct,
        Self::Void,
        Self::Merge,
        Self::Award,
        Self::Impose,
        Self::Close,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extend => "extend",
            Self::Reopen => "reopen",
            Self::ProposeResult => "propose-result",
            Self::Vote => "vote",
            Self::Record => "record",
            Self::CarryOut => "carry-out",
            Self::Publish => "publish",
            Self::Examine => "examine",
            Self::Answer => "answer",
            Self::Decide => "decide",
            Self::Correct => "correct",
            Self::Void => "void",
            Self::Merge => "merge",
            Self::Award => "award",
            Self::Impose => "impose",
            Self::Close => "close",
        }
    }

    /// What an address names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doing| doing.name() == name)
    }

    /// The page of a round on which it is offered.
    pub fn page(self) -> &'static str {
        match self {
            Self::Extend | Self::Reopen | Self::Close => "work",
            Self::ProposeResult | Self::Vote | Self::Record | Self::CarryOut | Self::Publish => "council",
            Self::Examine | Self::Answer | Self::Decide | Self::Correct => "appeals",
            Self::Void | Self::Merge => "survey",
            Self::Award | Self::Impose => "extras",
        }
    }

    /// The capacities in which it is done, the usual one first.
    pub fn capacities(self) -> &'static [proto::Capacity] {
        use proto::Capacity::{Appraiser, Council, Inspector, Publisher, Secretariat, SurveyStaff};
        match self {
            Self::Vote => &[Council],
            Self::Publish => &[Publisher],
            Self::Answer => &[Secretariat, Appraiser],
            Self::Examine => &[Secretariat, Inspector],
            Self::Void => &[SurveyStaff, Secretariat],
            Self::Award | Self::Impose => &[Appraiser, Secretariat],
            Self::Extend
            | Self::Reopen
            | Self::ProposeResult
            | Self::Record
            | Self::CarryOut
            | Self::Decide
            | Self::Correct
            | Self::Merge
            | Self::Close => &[Secretariat],
        }
    }
}
