//! What can be asked of the log beside its histories: how a number came about, what would be if, what is odd.
//! Each answer names the position and root that it was folded up to.

use crate::act::{wire, words};
use crate::as_of::AsOf;
use crate::decimal::Decimal;
use crate::document::Text;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, RoundId, UnitId};
use crate::instant::Instant;
use crate::stream::Stream;
use crate::work::Held;

wire! {
    /// Asks how a number came about: of a leaf, a criterion or a field; without one, the unit's index and rank.
    pub struct ExplainQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The node of the unit's tree.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub node: Option<Code>,
        /// As it stood at this position, included; without it and `at`, as it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub position: Option<u64>,
        /// As it stood at this moment, included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
        /// What whoever asks does not see yet; absent: he sees everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub held: Option<Held>,
    }

    /// One step of an explanation.
    pub struct Line {
        /// What was done, in both languages.
        pub text: Text,
        /// The arithmetic, which evaluates to `value` (section 9 of the README has its grammar); empty where there is none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub expression: String,
        /// What it comes to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub value: Option<Exact>,
        /// The event that it rests on: its stream and version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub event: Option<EventAt>,
    }

    /// An event by its place in its stream.
    pub struct EventAt {
        /// The stream.
        pub stream: Stream,
        /// The version.
        pub version: u64,
    }

    /// How a number came about.
    pub struct Explanation {
        /// What was asked for.
        pub query: ExplainQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// What is explained.
        pub title: Text,
        /// The steps in order.
        pub lines: Vec<Line>,
    }

    /// Asks what would be if a leaf had other points.
    pub struct WhatIfQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// Its points.
        pub points: Decimal,
        /// As the round stood at this moment; absent: as it stands now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub as_of: Option<AsOf>,
    }

    /// Where a unit stands.
    pub struct Place {
        /// Its rank; 0 for none.
        pub rank: u64,
        /// Its index as it is printed; empty for none.
        pub index: String,
        /// Its band; empty for none.
        pub band: String,
    }

    /// A unit before and after.
    pub struct Moved {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its block.
        pub block: BlockId,
        /// As it stands.
        pub before: Place,
        /// As it would stand.
        pub after: Place,
    }

    /// What would be. Nothing of it is written anywhere.
    pub struct WhatIf {
        /// What was asked.
        pub query: WhatIfQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// Every unit of the block, in the order in which they would stand.
        pub units: Vec<Moved>,
    }

    /// Asks what is missing, short or odd in a round.
    pub struct CheckQuery {
        /// The round.
        pub round: RoundId,
        /// As it stood at this position, included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub position: Option<u64>,
        /// As it stood at this moment, included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at: Option<Instant>,
    }

    /// What is missing, short or odd in a round.
    pub struct Checks {
        /// What was asked.
        pub query: CheckQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// What was seen, the gravest first.
        pub observations: Vec<Observation>,
    }

    /// What was seen.
    pub struct Observation {
        /// Its stable code.
        pub code: String,
        /// How grave it is.
        pub severity: Severity,
        /// The units concerned, in printed order; none where it is about a block or a round.
        pub units: Vec<String>,
        /// The figure concerned, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub figure: Option<Figure>,
        /// The sentence for people.
        pub text: Text,
        /// What the figure can be, where other figures are as printed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bounds: Option<Bounds>,
        /// The same with the rounding of every other row against it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub widest: Option<Bounds>,
        /// Corrections of one digit of the printed value that lie within `widest`: none that is possible is left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub corrections: Vec<Decimal>,
    }

    /// The least and the greatest printed value that are possible.
    #[derive(Copy)]
    pub struct Bounds {
        /// The least.
        pub from: Decimal,
        /// The greatest.
        pub to: Decimal,
    }
}

words! {
    /// Which figure of a table.
    pub enum Figure {
        /// The index.
        Index,
        /// The appraised part.
        Appraisal,
        /// The surveyed part.
        Survey,
    }

    /// How grave an observation is.
    pub enum Severity {
        /// Good to know.
        Note,
        /// It needs an explanation that stands nowhere.
        Doubt,
        /// It cannot be right, or keeps a result from being published without a reason.
        Fault,
    }
}

impl Figure {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Index, Self::Appraisal, Self::Survey];
}

impl Severity {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Doubt => "doubt",
            Self::Fault => "fault",
        }
    }
}

impl Bounds {
    /// What lies between two fractions at so many digits: none where no printed value does.
    #[must_use]
    pub fn within(from: &Exact, to: &Exact, digits: u8) -> Option<Self> {
        let bounds = Self { from: from.ceil(digits).decimal()?, to: to.floor(digits).decimal()? };
        (bounds.from <= bounds.to).then_some(bounds)
    }

    /// Whether a printed value lies within, ends included.
    #[must_use]
    pub fn contains(&self, value: Decimal) -> bool {
        (self.from..=self.to).contains(&value)
    }
}

impl Observation {
    /// An observation about units.
    #[must_use]
    pub fn of(code: &str, severity: Severity, units: Vec<String>, text: Text) -> Self {
        let (code, corrections) = (code.to_owned(), Vec::new());
        Self { code, severity, units, figure: None, text, bounds: None, widest: None, corrections }
    }

    /// The same about one figure.
    #[must_use]
    pub fn about(self, figure: Figure, bounds: Option<Bounds>) -> Self {
        Self { figure: Some(figure), bounds, ..self }
    }
}
