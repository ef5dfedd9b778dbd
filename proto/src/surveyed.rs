//! A round's survey as its staff work on it: what was planned and came in, what a batch counts, ballots that came in a file and wait to be put on
//! record. It is asked for anew for every page; no answer of anybody stands in it, only counts.

use crate::act::survey::{Method, Replaced};
use crate::act::wire;
use crate::document::{BallotFindingKind, Text};
use crate::hash::Hash;
use crate::ids::{BatchId, Code, DocId, RoundId, SampleId, UnitId};
use crate::instant::Day;
use crate::returned_sheet::ReturnedFault;
use crate::work::BatchWork;

wire! {
    /// Asks for a round's survey as it stands.
    pub struct SurveyQuery {
        /// The round.
        pub round: RoundId,
    }

    /// Asks for a batch.
    pub struct BatchQuery {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
    }

    /// Asks for a sample that was drawn.
    pub struct SampleQuery {
        /// The round.
        pub round: RoundId,
        /// The sample.
        pub sample: SampleId,
    }

    /// A survey as it stands.
    pub struct SurveyTold {
        /// What was asked for.
        pub query: SurveyQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// Whether whoever asks sends ballots now, and there is somewhere to keep them.
        pub sends: bool,
        /// The unit in which he is survey staff, if it is held in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub held_in: Option<UnitId>,
        /// What was planned and collected, by unit and group: of the batches that stand.
        pub coverage: Vec<Covered>,
        /// The samples for asking again, in the order of their ids.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub samples: Vec<SampleWork>,
    }

    /// How many of a group answered about a unit.
    pub struct Covered {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// The group.
        pub group: Code,
        /// Its title.
        pub title: Text,
        /// How many are planned to answer, where that is planned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub planned: Option<u32>,
        /// How many did: ballots, or the most answers to any question where no ballots were counted.
        pub collected: u64,
    }

    /// A sample for asking again.
    pub struct SampleWork {
        /// The sample.
        pub sample: SampleId,
        /// The position of the event that committed to its seed.
        pub position: u64,
        /// The batch that it was drawn of, once it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub drawn: Option<BatchId>,
        /// The batches that it can be drawn of: counted from ballots, standing, recorded behind the seed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub of: Vec<BatchId>,
    }

    /// A batch with all that it counts.
    pub struct BatchTold {
        /// What was asked for.
        pub query: BatchQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The batch as it stands.
        pub batch: BatchWork,
        /// Its tally.
        pub tally: DocId,
        /// The root of its ballots' tree, where it was counted from ballots.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ballots: Option<Hash>,
        /// The batch that it took the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<Replaced>,
        /// What it counts.
        pub counted: Counted,
        /// What those said who were asked again, in the order in which that was recorded.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub again: Vec<AgainTold>,
    }

    /// What those of a batch said who were asked again.
    pub struct AgainTold {
        /// Its tally.
        pub tally: DocId,
        /// The position of the event that recorded it.
        pub position: u64,
        /// How they were asked.
        pub method: Method,
        /// How many people were asked again.
        pub respondents: u32,
        /// Why.
        pub reason: String,
        /// How many answers were given twice.
        pub asked: u64,
        /// How many of them were the same.
        pub same: u64,
        /// By question.
        pub questions: Vec<AskedAgain>,
    }

    /// How a question was answered twice, over all units.
    pub struct AskedAgain {
        /// The question, with how many gave which answer at first.
        pub question: CountedQuestion,
        /// How many were asked it again.
        pub asked: u64,
        /// How many of them gave the same answer.
        pub same: u64,
        /// For each first answer in the order of the scale, how many gave which second one.
        pub counts: Vec<u64>,
    }

    /// A file with what those said who were asked again, as it is sent.
    pub struct AgainSent {
        /// The batch.
        pub query: BatchQuery,
        /// How they were asked.
        pub method: Method,
        /// How many people were asked again.
        pub respondents: u32,
        /// Why.
        pub reason: String,
    }

    /// What such a file says. Nothing of it is kept: what goes on record are the commands.
    pub struct AgainRead {
        /// All that is wrong with it; with a fault, there is nothing else.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<ReturnedFault>,
        /// How many more faults there are.
        pub more: u64,
        /// By question.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub questions: Vec<AskedAgain>,
        /// The commands that put it on record, in order and in canonical form.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub commands: Vec<String>,
    }

    /// What a tally counts.
    pub struct Counted {
        /// By unit and group, in the round's order; those that nobody answered for are left out.
        pub units: Vec<Covered>,
        /// By question, over all units.
        pub questions: Vec<CountedQuestion>,
        /// How many collected the ballots, where they say so.
        pub collectors: u64,
        /// What somebody should look at.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub findings: Vec<FindingTold>,
    }

    /// How a group answered a question, over all units.
    pub struct CountedQuestion {
        /// The group.
        pub group: Code,
        /// Its title.
        pub title: Text,
        /// The survey leaf.
        pub leaf: Code,
        /// The question, where the round has forms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub question: Option<Code>,
        /// What is asked.
        pub text: Text,
        /// How many gave which answer, in the order of the scale.
        pub answers: Vec<CountedAnswer>,
    }

    /// How many gave an answer.
    pub struct CountedAnswer {
        /// Its code.
        pub code: Code,
        /// What it says on the form, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<Text>,
        /// How many.
        pub count: u64,
    }

    /// Something that somebody should look at.
    pub struct FindingTold {
        /// What.
        pub kind: BallotFindingKind,
        /// The unit's name, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<Text>,
        /// The group's title, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub group: Option<Text>,
        /// What stands for the collector, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub collector: Option<Hash>,
        /// How many ballots it is about.
        pub ballots: u32,
        /// Of how many.
        pub of: u32,
    }

    /// A sample that was drawn.
    pub struct SampleTold {
        /// What was asked for.
        pub query: SampleQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The position of the event that drew it.
        pub drawn_at: u64,
        /// The batch.
        pub batch: BatchId,
        /// How many ballots the batch has.
        pub ballots: u32,
        /// The seed.
        pub seed: Hash,
        /// The ballots' places in the file, from 0, ascending.
        pub indexes: Vec<u32>,
    }

    /// A file of ballots as it is sent.
    pub struct BallotsSent {
        /// The round.
        pub round: RoundId,
        /// The batch.
        pub batch: BatchId,
        /// How the answers were collected.
        pub method: Method,
        /// Whose file it is: the body that held the survey.
        pub unit: UnitId,
        /// The file's name.
        pub name: String,
        /// Its encoding, where it cannot be seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encoding: Option<String>,
        /// The batch that it takes the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<Replaced>,
    }

    /// What became of it: it is kept whole and waits, or nothing of it is kept, and all that is wrong with it is told.
    pub struct BallotsTold {
        /// What is wrong, the first of it in words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<ReturnedFault>,
        /// How many more faults there are.
        pub more: u64,
    }

    /// Ballots that are kept, sealed, and not on record.
    pub struct BallotsWaiting {
        /// What was asked for.
        pub query: BatchQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// Whether the batch is on record already.
        pub recorded: bool,
        /// What would be recorded, by its digest: it holds the root of these ballots, and no others'.
        pub digest: Hash,
        /// How the answers were collected.
        pub method: Method,
        /// How many ballots there are.
        pub ballots: u32,
        /// The days of the first and the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub days: Option<(Day, Day)>,
        /// The batch that it takes the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<Replaced>,
        /// What is counted.
        pub counted: Counted,
        /// The commands that put it on record, in order and in canonical form.
        pub commands: Vec<String>,
    }
}
