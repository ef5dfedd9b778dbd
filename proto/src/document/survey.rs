//! The survey's data: respondent groups, scales of answers, forms, and counted answers.
//! No respondent stands here, only how many of them gave which answer.

use super::Text;
use crate::act::{wire, words};
use crate::decimal::Decimal;
use crate::hash::Hash;
use crate::ids::{Code, RoundId, UnitId};

wire! {
    /// A respondent group.
    pub struct Group {
        /// The kind of unit that it is asked about.
        pub kind: Code,
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
        /// How much its mean counts beside those of the others; without it, 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<Decimal>,
        /// The planned number of respondents for each unit; without it, none is planned unless the round plans one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sample: Option<u32>,
        /// The margin of error e, between 0 and 1, where a sample follows from a population N: n = N / (1 + N e^2),
        /// rounded up (Yamane 1967).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub margin: Option<Decimal>,
    }

    /// An answer of a scale.
    pub struct Answer {
        /// Its code.
        pub code: Code,
        /// The share of the maximum, 0 to 1; without it, such answers are not counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub share: Option<Decimal>,
        /// What it says on the form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<Text>,
    }

    /// A survey form: the questions that some groups are asked about units of one kind.
    pub struct Form {
        /// Its title.
        pub title: Text,
        /// Where it comes from.
        pub basis: Text,
        /// The kind of unit.
        pub kind: Code,
        /// The groups that fill it in.
        pub groups: Vec<Code>,
        /// The questions.
        pub questions: Vec<Question>,
    }

    /// A question of a form.
    pub struct Question {
        /// Its code, unique within the form.
        pub code: Code,
        /// The survey leaf that it scores.
        pub leaf: Code,
        /// What is asked.
        pub text: Text,
        /// How much it counts beside the form's other questions of that leaf; without it, 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<Decimal>,
        /// Its own scale; without one, the rulebook's.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub answers: Vec<Answer>,
    }

    /// The counted answers of a survey batch, or of its re-check.
    pub struct Tally {
        /// The round.
        pub round: RoundId,
        /// The counts of a batch; none in a re-check.
        pub rows: Vec<TallyRow>,
        /// The counts of a re-check; none in a batch.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rechecks: Vec<RecheckRow>,
        /// How many answered, where the tally was counted from ballots.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub respondents: Vec<Respondents>,
        /// Who collected them, where the ballots say so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub collectors: Vec<Collected>,
        /// What was noticed of the ballots. Nothing follows from it by itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub findings: Vec<BallotFinding>,
    }

    /// How many of a group answered about a unit.
    pub struct Respondents {
        /// The unit.
        pub unit: UnitId,
        /// The respondent group.
        pub group: Code,
        /// Their number.
        pub ballots: u32,
    }

    /// How many ballots one collector brought.
    pub struct Collected {
        /// A salted commitment to who it is.
        pub collector: Hash,
        /// Their number.
        pub ballots: u32,
    }

    /// Something about a batch's ballots that somebody should look at.
    pub struct BallotFinding {
        /// What.
        pub kind: BallotFindingKind,
        /// The unit, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The respondent group, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub group: Option<Code>,
        /// The collector, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub collector: Option<Hash>,
        /// How many ballots it is about.
        pub ballots: u32,
        /// Of how many.
        pub of: u32,
    }

    /// How one group answered one question about one unit.
    pub struct TallyRow {
        /// The unit.
        pub unit: UnitId,
        /// The respondent group.
        pub group: Code,
        /// The survey leaf that the question belongs to.
        pub leaf: Code,
        /// The question, where the round has forms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub question: Option<Code>,
        /// Answers counted, in the order of the scale.
        pub counts: Vec<u32>,
    }

    /// How the same respondents answered one question twice.
    pub struct RecheckRow {
        /// The unit.
        pub unit: UnitId,
        /// The respondent group.
        pub group: Code,
        /// The survey leaf that the question belongs to.
        pub leaf: Code,
        /// The question, where the round has forms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub question: Option<Code>,
        /// Respondents by both answers: for each first answer in the order of the scale, how many gave which second one.
        pub counts: Vec<u32>,
    }
}

words! {
    /// What was noticed of ballots.
    pub enum BallotFindingKind {
        /// Ballots of a unit and group are alike in every answer, and more of them than chance gives.
        Alike,
        /// They give one answer to every question.
        StraightLine,
        /// They were filled in faster than the questions can be read.
        Fast,
        /// A collector's ballots differ less from each other than those of all others.
        Even,
        /// Fewer answered than were planned.
        UnderPlan,
    }

    /// What becomes of a respondent group that gave no answer to a question about a unit.
    #[derive(Default)]
    pub enum MissingGroup {
        /// The others share its weight.
        #[default]
        Others,
        /// It counts as 0.
        Zero,
    }

    /// What becomes of a respondent group that did not reach its planned sample at a unit.
    #[derive(Default)]
    pub enum ShortGroup {
        /// Its answers count all the same.
        #[default]
        Counts,
        /// It is treated as one that gave no answer.
        Missing,
    }
}

impl MissingGroup {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl ShortGroup {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
