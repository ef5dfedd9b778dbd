//! What the events of one stream fold to, as the heads map holds it: by its digest.
//! A state hangs on the stream's own events and on what they are built upon (the log's beginning, the round's opening, sealed
//! documents), never on what stands in another stream beside it: so it changes only when the stream grows.

use crate::act::appeal::LodgeAppeal;
use crate::act::council::{Matter, Vote};
use crate::act::grants::GrantCapacity;
use crate::act::privacy::{CaseOutcome, OpenCase, OrderErasure};
use crate::act::round::{OpenRound, Phase, Unsubmitted, Window};
use crate::act::survey::RecordBatch;
use crate::act::{is_false, wire, words};
use crate::canon::{WriteError, to_vec};
use crate::document::Sign;
use crate::envelope::ViaKind;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{ActorId, BatchId, Code, CredentialId, DecisionId, DocId, EventId, SampleId, UnitId};
use crate::instant::Instant;
use crate::rows::SheetState;
use crate::score::Score;

words! {
    /// What became of a grant.
    pub enum GrantStands {
        /// A second administrator must confirm it.
        Pending,
        /// It holds within its dates.
        Active,
        /// It was taken back.
        Revoked,
    }
}

wire! {
    /// The state of a stream.
    #[serde(rename_all = "snake_case")]
    pub enum Folded {
        /// Of `appeal/`.
        Appeal(FoldedAppeal),
        /// Of `case/`.
        Case(FoldedCase),
        /// Of `rulebook/`, `catalogue/`, `form/` and `tally/`.
        Document(FoldedDocument),
        /// Of `grants/`.
        Grants(FoldedGrants),
        /// Of `round/`.
        Round(Box<FoldedRound>),
        /// Of `sheet/`.
        Sheet(FoldedSheet),
        /// Of `survey/`.
        Survey(FoldedBatch),
    }

    /// An appeal.
    pub struct FoldedAppeal {
        /// How often it was answered.
        pub answers: u32,
        /// The decision on it, and the event that recorded it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub decided: Option<FoldedOutcome>,
        /// Its latest examination.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub examined: Option<EventId>,
        /// As it was lodged.
        pub lodged: LodgeAppeal,
    }

    /// What became of an appeal.
    pub struct FoldedOutcome {
        /// The council's decision.
        pub decision: DecisionId,
        /// The event that recorded what became of the appeal.
        pub event: EventId,
    }

    /// A request about personal data.
    pub struct FoldedCase {
        /// How often whoever asked was answered.
        pub answers: u32,
        /// How it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<CaseOutcome>,
        /// As it was opened.
        pub opened: OpenCase,
        /// Erasures, in the order in which they were ordered.
        pub orders: Vec<FoldedErasure>,
    }

    /// An erasure.
    pub struct FoldedErasure {
        /// By whom it was ordered.
        pub by: ActorId,
        /// Whether a second person has confirmed it.
        #[serde(default, skip_serializing_if = "is_false")]
        pub confirmed: bool,
        /// What was ordered.
        pub ordered: OrderErasure,
    }

    /// A document.
    pub struct FoldedDocument {
        /// Of what its parts join to so far; once it is sealed, the digest by which it was.
        pub digest: Hash,
        /// Whether it is sealed.
        pub sealed: bool,
    }

    /// A person's powers and credentials.
    pub struct FoldedGrants {
        /// Credentials that speak for him, in the order of their ids.
        pub credentials: Vec<FoldedCredential>,
        /// Every grant ever made to him, in order; that of genesis first.
        pub grants: Vec<FoldedGrant>,
    }

    /// A credential.
    pub struct FoldedCredential {
        /// Which.
        pub credential: CredentialId,
        /// What kind it is of.
        pub method: ViaKind,
    }

    /// A grant.
    pub struct FoldedGrant {
        /// By whom.
        pub by: ActorId,
        /// What was granted.
        pub grant: GrantCapacity,
        /// What became of it.
        pub stands: GrantStands,
    }

    /// A round as a whole.
    pub struct FoldedRound {
        /// Whether it has ended.
        #[serde(default, skip_serializing_if = "is_false")]
        pub closed: bool,
        /// Phases that the timer has closed, in their order.
        pub closed_phases: Vec<FoldedPhase>,
        /// The council's decisions, in the order of their ids.
        pub decisions: Vec<FoldedDecision>,
        /// Extensions for single units, in the order of phases and units.
        pub extensions: Vec<FoldedExtension>,
        /// The batches that were merged last, whatever became of one of them since.
        pub merged: Vec<BatchId>,
        /// Its configuration, as it was opened.
        pub opened: OpenRound,
        /// Publications, in their order.
        pub publications: Vec<FoldedPublication>,
        /// Planned samples, in the order of units and groups.
        pub samples: Vec<FoldedSample>,
        /// Seeds that were committed to, in the order of their samples' names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub seeds: Vec<FoldedSeed>,
        /// Its windows, with extensions for all units.
        pub windows: Vec<Window>,
    }

    /// A phase that was closed.
    pub struct FoldedPhase {
        /// The event that closed it.
        pub event: EventId,
        /// Which.
        pub phase: Phase,
    }

    /// A deadline of one unit's.
    pub struct FoldedExtension {
        /// The phase.
        pub phase: Phase,
        /// The unit.
        pub unit: UnitId,
        /// The first moment that is too late.
        pub until: Instant,
    }

    /// A planned sample.
    pub struct FoldedSample {
        /// The group.
        pub group: Code,
        /// How many are to answer.
        pub respondents: u32,
        /// The unit that they answer about.
        pub unit: UnitId,
    }

    /// A seed of a sample for asking again.
    pub struct FoldedSeed {
        /// What was committed to.
        pub commitment: Hash,
        /// The batch that the sample was drawn of, once it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub drawn: Option<BatchId>,
        /// The sample.
        pub sample: SampleId,
    }

    /// A decision of the council.
    pub struct FoldedDecision {
        /// Whether it carried, once it is recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub carried: Option<bool>,
        /// Its id.
        pub decision: DecisionId,
        /// What it is about.
        pub matter: Matter,
        /// The event that recorded it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub recorded_by: Option<EventId>,
        /// The latest vote of each member, in the order of their ids.
        pub votes: Vec<FoldedVote>,
    }

    /// A vote.
    pub struct FoldedVote {
        /// Whose.
        pub actor: ActorId,
        /// What.
        pub vote: Vote,
    }

    /// A publication.
    pub struct FoldedPublication {
        /// When.
        pub at: Instant,
        /// The decision that it rests on.
        pub decision: DecisionId,
        /// The digest of its rows.
        pub digest: Hash,
        /// Its number.
        pub number: u32,
        /// The position of its event.
        pub position: u64,
        /// Why it supersedes the one before.
        pub reason: String,
    }

    /// A unit's sheet.
    pub struct FoldedSheet {
        /// Bonuses and penalties, in the order of their codes.
        pub extras: Vec<FoldedExtra>,
        /// A deadline of its own, once it was reopened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reopened_until: Option<Instant>,
        /// Its scores that any event has touched, in the rulebook's order.
        pub scores: Vec<Score>,
        /// Open, submitted or closed.
        pub state: SheetState,
        /// How it counts, once it was closed unsubmitted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unsubmitted: Option<Unsubmitted>,
    }

    /// A bonus or penalty.
    pub struct FoldedExtra {
        /// Its code.
        pub code: Code,
        /// Its points, not negative.
        pub points: Exact,
        /// The version of the last event that touched it.
        pub revision: u64,
        /// Bonus or penalty.
        pub sign: Sign,
    }

    /// A survey batch.
    pub struct FoldedBatch {
        /// Its re-checks, in order.
        pub rechecks: Vec<FoldedRecheck>,
        /// As it was recorded.
        pub recorded: RecordBatch,
        /// Whether it was voided. That another one took its place stands in the other one.
        #[serde(default, skip_serializing_if = "is_false")]
        pub voided: bool,
    }

    /// A second sample of a batch's respondents.
    pub struct FoldedRecheck {
        /// Questions that were answered twice.
        pub asked: u64,
        /// Those of them that were answered alike.
        pub same: u64,
        /// Its tally.
        pub tally: DocId,
    }
}

impl Folded {
    /// The digest that stands in the map: SHA-256 of the state in canonical JSON.
    ///
    /// # Errors
    /// [`WriteError`] for what no fold leads to: a number beyond those of canonical JSON.
    pub fn digest(&self) -> Result<Hash, WriteError> {
        Ok(Hash::digest(&to_vec(self)?))
    }
}
