//! A unit's sheet as somebody fills it in on a page: what each leaf asks, what stands there, and what he has typed.
//! It is asked for anew for every page, and nothing of it goes on record: what does is the command that it leads to.

use crate::act::round::Stage;
use crate::act::sheet::{Evidence, ScoreSelf};
use crate::act::wire;
use crate::decimal::Decimal;
use crate::document::{FigureName, Text};
use crate::envelope::Capacity;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BatchId, Code, RoundId, UnitId};
use crate::instant::Instant;
use crate::rows::{ExemptionState, ExtraRow, FlagState, ScoreRow, SheetState, TotalRow, UnitRow};
use crate::work::Held;

wire! {
    /// Asks for a unit's sheet as it stands.
    pub struct SheetQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
    }

    /// A unit's sheet, for those who may have it.
    pub struct SheetForm {
        /// What was asked for.
        pub query: SheetQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// What of its appraisal whoever asks does not see yet.
        #[serde(default, skip_serializing_if = "Held::is_nothing")]
        pub held: Held,
        /// Whether it can be changed.
        pub state: SheetState,
        /// Its version.
        pub version: u64,
        /// Its digest (RULINGS 9).
        pub digest: Hash,
        /// The file that the chief signed with it, while that stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signed: Option<Evidence>,
        /// The first moment that is too late.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Instant>,
        /// In which capacity whoever asks fills it in; none where he only reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub fills_in: Option<Capacity>,
        /// Whether he signs it.
        pub signs: bool,
        /// The digits of claimed points that a rule does not give exactly.
        pub digits: u8,
        /// Whether other points than the rule's are taken, with a ground.
        pub differing: bool,
        /// Its leaves in the tree's order, those of the survey left out.
        pub leaves: Vec<LeafForm>,
        /// The first moment at which flags are explained no more; none while they are not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub explained_until: Option<Instant>,
        /// How an appeal goes in; none while none does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub appeal: Option<AppealForm>,
    }

    /// How a unit appeals now.
    pub struct AppealForm {
        /// The number that the next appeal has.
        pub number: u32,
        /// The first moment that is too late.
        pub until: Instant,
        /// The publication that it is against.
        pub publication: u32,
        /// The batches of the survey that it can be about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub batches: Vec<AppealBatch>,
    }

    /// A batch of the survey that was neither voided nor replaced.
    pub struct AppealBatch {
        /// The batch.
        pub batch: BatchId,
        /// How many people answered.
        pub respondents: u32,
        /// Whether it is part of the round's survey.
        pub merged: bool,
    }

    /// A leaf.
    pub struct LeafForm {
        /// Its code.
        pub leaf: Code,
        /// Its title.
        pub title: Text,
        /// What it stands under, from the field down.
        pub under: Vec<Heading>,
        /// Its maximum.
        pub maximum: Decimal,
        /// Its rule in words.
        pub rule: Text,
        /// Which files it asks for, where the rulebook says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub asks: Option<Text>,
        /// Whether a score needs a file, or a word on why there is none.
        pub evidence: bool,
        /// Whether it may be claimed that it does not apply.
        pub exemptible: bool,
        /// What is asked for.
        pub fields: Fields,
        /// The score's revision.
        pub revision: u64,
        /// What the unit has claimed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub claimed: Option<Claimed>,
        /// What became of a flag.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flag: Option<FlagState>,
        /// What became of an exemption.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exemption: Option<ExemptionState>,
        /// What each stage has made of it, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub stages: Vec<StageForm>,
        /// The points that count as things stand; none where nothing counts yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub counts: Option<Exact>,
    }

    /// What a stage has made of a score.
    pub struct StageForm {
        /// Which.
        pub stage: Stage,
        /// Its points.
        pub points: Exact,
        /// The reason; empty where none was given.
        pub reason: String,
    }

    /// A node that a leaf stands under.
    pub struct Heading {
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
    }

    /// What a leaf's rule asks for.
    pub struct Fields {
        /// The choices; none where nothing is chosen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub choices: Vec<Choice>,
        /// The figures, each by its name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub figures: Vec<FigureName>,
        /// Whether a day is asked for.
        pub day: bool,
        /// Whether the points are stated, because no rule gives them.
        pub points: bool,
    }

    /// A choice.
    pub struct Choice {
        /// What is typed for it.
        pub value: String,
        /// What it says.
        pub text: Text,
        /// Its points, where the choice alone gives them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub points: Option<Decimal>,
    }

    /// What a unit has claimed of a leaf.
    pub struct Claimed {
        /// The points.
        pub points: Exact,
        /// What stands in the fields.
        pub typed: Typed,
        /// The files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub evidence: Vec<Evidence>,
    }

    /// What stands in a leaf's fields, as it is typed.
    #[derive(Default)]
    pub struct Typed {
        /// The choice.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub option: String,
        /// The figures.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub figures: Vec<TypedFigure>,
        /// The day.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub day: String,
        /// The points, where they are stated, or differ from the rule's.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub points: String,
        /// The explanation.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub explanation: String,
    }

    /// A figure as it is typed.
    pub struct TypedFigure {
        /// Its name.
        pub name: Code,
        /// What was typed.
        pub value: String,
    }

    /// Asks what was typed comes to.
    pub struct TypedQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that was shown.
        pub revision: u64,
        /// What was typed.
        pub typed: Typed,
        /// Files that are attached beside those which stand there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub attach: Vec<Evidence>,
    }

    /// What it comes to.
    pub struct TypedTold {
        /// The points that the rule gives, where it gives any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by_rule: Option<Exact>,
        /// What would go on record; none with a fault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub act: Option<ScoreSelf>,
        /// All that is wrong.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<TypedFault>,
    }

    /// What is wrong with a field.
    pub struct TypedFault {
        /// Which: `option`, `day`, `points`, `explanation`, `figure.<name>`; empty for all of it.
        pub field: String,
        /// The stable code.
        pub code: String,
        /// What is wrong, and what was expected.
        pub text: Text,
    }
}

/// A unit's rows as its own people see them: with nothing in them that is not released to them.
#[derive(Debug, Clone)]
pub struct SheetRows {
    /// What was asked for.
    pub query: SheetQuery,
    /// The last position that was read.
    pub position: u64,
    /// The tree's root over everything up to there.
    pub root: Hash,
    /// The unit.
    pub unit: UnitRow,
    /// What it reached at fields, criteria, and by source.
    pub totals: Vec<TotalRow>,
    /// Its scores, by leaf.
    pub scores: Vec<ScoreRow>,
    /// Its bonuses and penalties.
    pub extras: Vec<ExtraRow>,
}

/// The field of a figure.
#[must_use]
pub fn figure_field(name: &Code) -> String {
    format!("figure.{name}")
}
