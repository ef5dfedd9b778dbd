//! A round as those see it who appraise, decide, hold the survey or keep the secretariat: what there is to do, and what stands. It is
//! asked for anew for every page, and nothing of it goes on record: what does is the command that it leads to.

use crate::act::appraisal::{AdjustScore, Appraisal};
use crate::act::council::{Matter, Outcome, Vote};
use crate::act::grants::GrantCapacity;
use crate::act::round::{Phase, Stage};
use crate::act::survey::Method;
use crate::act::{is_false, wire};
use crate::decimal::Decimal;
use crate::document::Text;
use crate::envelope::Capacity;
use crate::exact::Exact;
use crate::filling::{LeafForm, Typed, TypedFault};
use crate::hash::Hash;
use crate::ids::{ActorId, BatchId, BlockId, Code, CredentialId, DecisionId, RoundId, UnitId};
use crate::instant::{Day, Instant};
use crate::rows::{ExemptionState, FlagState, SheetState};
use crate::who::GrantStands;

wire! {
    /// Asks for a round as it stands.
    pub struct RoundQuery {
        /// The round.
        pub round: RoundId,
    }

    /// A round as it stands, for those who have duties in all of it.
    pub struct RoundWork {
        /// What was asked for.
        pub query: RoundQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment, by the log's clock.
        pub at: Instant,
        /// In which capacities whoever asks acts in the round.
        pub roles: Vec<Role>,
        /// The phases, in the order of the work.
        pub phases: Vec<PhaseWork>,
        /// The units, block by block.
        pub units: Vec<UnitWork>,
        /// Whether a survey is held.
        pub survey: bool,
        /// Its batches.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub batches: Vec<BatchWork>,
        /// The council's decisions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub decisions: Vec<DecisionWork>,
        /// What was published.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub publications: Vec<PublicationWork>,
        /// The appeals.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub appeals: Vec<AppealWork>,
        /// The digest of the result rows as they stand (RULINGS 14).
        pub digest: Hash,
        /// What keeps the result from being published without a written reason.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<Text>,
        /// Whether the round has ended.
        pub closed: bool,
    }

    /// A capacity that somebody acts in.
    pub struct Role {
        /// The capacity.
        pub capacity: Capacity,
        /// The unit that it is held in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The fields that it covers; none for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub fields: Vec<Code>,
    }

    /// A phase.
    pub struct PhaseWork {
        /// Which.
        pub phase: Phase,
        /// The first moment.
        pub from: Instant,
        /// The first moment that is too late for all units.
        pub until: Instant,
    }

    /// How far a unit is.
    pub struct UnitWork {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// Its block.
        pub block: BlockId,
        /// Whether its sheet can be changed.
        pub state: SheetState,
        /// How many leaves it scores itself.
        pub leaves: u64,
        /// How many of them have a score or a claim that they do not apply.
        pub scored: u64,
        /// How many the first appraisal has decided or asked about.
        pub appraised: u64,
        /// How many wait for the unit's explanation.
        pub raised: u64,
        /// How many explanations wait for the second appraisal.
        pub explained: u64,
        /// The first moment that is too late for its sheet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Instant>,
    }

    /// A batch of the survey.
    pub struct BatchWork {
        /// The batch.
        pub batch: BatchId,
        /// How it was collected.
        pub method: Method,
        /// How many people answered.
        pub respondents: u32,
        /// Their groups.
        pub groups: Vec<Code>,
        /// The position of the event that recorded it.
        pub position: u64,
        /// The first and the last day, where ballots came with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub days: Option<(Day, Day)>,
        /// Whether it was voided.
        pub voided: bool,
        /// The batch that took its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaced_by: Option<BatchId>,
        /// Whether it is part of the round's survey.
        pub merged: bool,
        /// How far asking again agreed: how many of how many answers, and their share.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rechecks: Vec<String>,
    }

    /// A decision of the council.
    pub struct DecisionWork {
        /// Its id.
        pub decision: DecisionId,
        /// What it is about.
        pub matter: Matter,
        /// How many members may vote on it now.
        pub members: u32,
        /// Votes for.
        pub votes_for: u32,
        /// Votes against.
        pub votes_against: u32,
        /// Abstentions.
        pub abstained: u32,
        /// The vote of whoever asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub own: Option<Vote>,
        /// The unit for whose sake whoever asks does not vote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub recused: Option<UnitId>,
        /// Whether it carried, once it is recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub carried: Option<bool>,
        /// What is still to be carried out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub pending: Vec<PendingChange>,
    }

    /// Points that a decision sets and that are not set yet.
    pub struct PendingChange {
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision.
        pub revision: u64,
        /// The points.
        pub points: Decimal,
    }

    /// A publication.
    pub struct PublicationWork {
        /// Its number.
        pub number: u32,
        /// When.
        pub at: Instant,
        /// The position of its event.
        pub position: u64,
        /// The digest of its rows.
        pub digest: Hash,
        /// Why it supersedes the one before.
        pub reason: String,
    }

    /// An appeal.
    pub struct AppealWork {
        /// Its number.
        pub number: u32,
        /// The unit.
        pub unit: UnitId,
        /// The leaves.
        pub leaves: Vec<Code>,
        /// What the unit says.
        pub text: String,
        /// How many claims it makes of the log.
        pub claims: u64,
        /// Whether they were examined.
        pub examined: bool,
        /// How often it was answered.
        pub answers: u32,
        /// The decision on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub decided: Option<DecisionId>,
        /// What became of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<Outcome>,
        /// Corrections that are still to be made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub pending: Vec<PendingChange>,
    }

    /// What somebody may see of a round's figures before they are published (RULINGS 20).
    #[derive(Default)]
    pub struct Sees {
        /// Everything.
        pub all: bool,
        /// These units' own pages.
        pub units: Vec<UnitSeen>,
    }

    /// A unit whose own pages somebody sees.
    pub struct UnitSeen {
        /// The unit.
        pub unit: UnitId,
        /// What of it is not released to its people.
        pub held: Held,
    }

    /// What of a unit's appraisal is held back from its own people, until it is released (RULINGS 20).
    #[derive(Default)]
    pub struct Held {
        /// The stages of its scores.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub stages: Vec<Stage>,
        /// What it is asked to explain.
        #[serde(default, skip_serializing_if = "is_false")]
        pub flags: bool,
        /// Exemptions that were judged at this moment or later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub judged_from: Option<Instant>,
        /// What is the result's: decisions, the survey, bonus and penalty, and where it stands among others.
        #[serde(default, skip_serializing_if = "is_false")]
        pub result: bool,
    }

    /// Who may do what, since when, granted by whom: for those who grant it, keep the secretariat, or audit it.
    pub struct Powers {
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment, by the log's clock.
        pub at: Instant,
        /// Whether whoever asks grants and takes back.
        pub grants: bool,
        /// The rounds that a grant can name.
        pub rounds: Vec<RoundId>,
        /// Everybody who was ever granted anything, by his opaque id.
        pub people: Vec<PersonPowers>,
    }

    /// What one person may do.
    pub struct PersonPowers {
        /// His opaque id.
        pub actor: ActorId,
        /// His grants, in their order.
        pub grants: Vec<Power>,
        /// How many credentials speak for him.
        pub credentials: u64,
    }

    /// A grant as it stands.
    pub struct Power {
        /// What was granted.
        pub grant: GrantCapacity,
        /// The event that granted it.
        pub granted: PowerEvent,
        /// The event by which a second person confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub confirmed: Option<PowerEvent>,
        /// The event that took it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revoked: Option<PowerEvent>,
        /// How it stands.
        pub state: GrantStands,
    }

    /// An event that gave a power or took it.
    pub struct PowerEvent {
        /// Where it stands in the log.
        pub position: u64,
        /// When.
        pub at: Instant,
        /// By whom.
        pub by: ActorId,
        /// In which capacity.
        pub capacity: Capacity,
    }

    /// What whoever asks may do himself.
    pub struct OwnPowers {
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The moment, by the log's clock.
        pub at: Instant,
        /// His grants, in their order.
        pub grants: Vec<Power>,
        /// What speaks for him.
        pub credentials: Vec<CredentialId>,
    }

    /// Asks what there is to appraise.
    pub struct WorklistQuery {
        /// The round.
        pub round: RoundId,
        /// One field alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub field: Option<Code>,
        /// One unit alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// Only what waits.
        pub waiting: bool,
        /// How many rows are passed over.
        pub skip: u64,
    }

    /// What there is to appraise, for an appraiser; for the council and inspectors to read.
    pub struct Worklist {
        /// What was asked for.
        pub query: WorklistQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The appraisal that is open now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub open: Option<Appraisal>,
        /// In which roles whoever asks appraises; none where he only reads.
        pub roles: Vec<Role>,
        /// His fields.
        pub fields: Vec<FieldWork>,
        /// The units.
        pub units: Vec<UnitChoice>,
        /// The rows, unit by unit, at most [`WORK_ROWS_MAX`].
        pub rows: Vec<WorkRow>,
        /// How many rows there are in all.
        pub of: u64,
    }

    /// A field.
    pub struct FieldWork {
        /// Its code.
        pub field: Code,
        /// Its title.
        pub title: Text,
        /// How many scores in it wait.
        pub waiting: u64,
        /// How many there are.
        pub of: u64,
    }

    /// A unit to choose.
    pub struct UnitChoice {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
    }

    /// A score to appraise.
    pub struct WorkRow {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// The leaf.
        pub leaf: Code,
        /// Its title.
        pub title: Text,
        /// Its maximum.
        pub maximum: Decimal,
        /// The score's revision.
        pub revision: u64,
        /// What the unit claims.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub claimed: Option<Exact>,
        /// The points that count, and their stage.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub stands: Option<(Stage, Exact)>,
        /// How many files are attached.
        pub files: u64,
        /// What became of a flag.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flag: Option<FlagState>,
        /// What became of an exemption.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exemption: Option<ExemptionState>,
        /// Whether it waits for the appraisal that is open.
        pub waits: bool,
        /// Whether it can be confirmed as it stands.
        pub confirmable: bool,
        /// Whether whoever asks belongs to the unit, and is kept from appraising it.
        pub kept_off: bool,
    }

    /// Asks for one score as an appraiser looks at it.
    pub struct CaseQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
    }

    /// One score, with all that it is judged by.
    pub struct Case {
        /// What was asked for.
        pub query: CaseQuery,
        /// The last position that was read.
        pub position: u64,
        /// The tree's root over everything up to there.
        pub root: Hash,
        /// The unit's name.
        pub name: Text,
        /// Whether its sheet can be changed by the unit.
        pub state: SheetState,
        /// The leaf as the unit fills it in, with its claim.
        pub form: LeafForm,
        /// Each stage, in rising order.
        pub stages: Vec<StageTold>,
        /// What stands in the fields of the stage that counts.
        pub stands: Typed,
        /// The appraisal that is open for the unit now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub open: Option<Appraisal>,
        /// The role in which whoever asks appraises it; none where he only reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub role: Option<Role>,
        /// Whether he belongs to the unit, and is kept from appraising it.
        pub kept_off: bool,
        /// What others have at the same leaf.
        pub others: Vec<OtherScore>,
        /// Reasons given before at the same leaf, each once.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub reasons: Vec<String>,
        /// The leaf before and the one behind it, of the same unit and field.
        pub beside: (Option<Code>, Option<Code>),
    }

    /// A stage of a score.
    pub struct StageTold {
        /// Which.
        pub stage: Stage,
        /// Its points.
        pub points: Exact,
        /// What it rests on, in words.
        pub inputs: Text,
        /// The reason.
        pub reason: String,
    }

    /// What another unit has at a leaf.
    pub struct OtherScore {
        /// The unit.
        pub unit: UnitId,
        /// Its name.
        pub name: Text,
        /// What it claims.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub claimed: Option<Exact>,
        /// What counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub stands: Option<Exact>,
    }

    /// Asks what an appraiser's adjustment comes to.
    pub struct JudgedQuery {
        /// The round.
        pub round: RoundId,
        /// The unit.
        pub unit: UnitId,
        /// The leaf.
        pub leaf: Code,
        /// The score's revision that was shown.
        pub revision: u64,
        /// First or second.
        pub appraisal: Appraisal,
        /// What was typed; the explanation is the reason.
        pub typed: Typed,
    }

    /// What it comes to.
    pub struct JudgedTold {
        /// The points that the rule gives, where it gives any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by_rule: Option<Exact>,
        /// What would go on record; none with a fault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub act: Option<AdjustScore>,
        /// All that is wrong.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub faults: Vec<TypedFault>,
    }
}

/// The most rows of one answer: a page that a person reads.
pub const WORK_ROWS_MAX: usize = 200;

impl Held {
    /// Whether nothing is.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
