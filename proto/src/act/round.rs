//! The round as a whole: its opening with everything that is configured, its phases, deadlines and end.
//! Nothing about a round is configured elsewhere than here and in the documents that it names.

use super::{wire, words};
use crate::answer::Vouched;
use crate::decimal::Decimal;
use crate::document::{DocRef, Text};
use crate::exact::RoundingMode;
use crate::ids::{BlockId, Code, RoundId, UnitId};
use crate::instant::{Day, Instant};

words! {
    /// The phases of a round, in the order of the work.
    pub enum Phase {
        /// Units score themselves; chiefs sign.
        SelfScoring,
        /// First appraisal: confirm, adjust, flag.
        FirstAppraisal,
        /// Units explain what was flagged.
        Explanation,
        /// Second appraisal.
        SecondAppraisal,
        /// The survey runs beside the others.
        Survey,
        /// The council decides.
        Council,
        /// Units may appeal against the published result.
        Appeals,
    }

    /// The stages of a score (RULINGS 9), in rising order.
    pub enum Stage {
        /// The unit's own.
        #[serde(rename = "self")]
        Own,
        /// First appraisal.
        First,
        /// Second appraisal.
        Second,
        /// The council's decision.
        Council,
        /// A correction after an appeal.
        Correction,
    }

    /// What happens when an appraiser belongs to the unit that he appraises.
    pub enum OwnUnit {
        /// The act is refused.
        Refuse,
        /// The act is taken and the event says so.
        Record,
    }

    /// How a sheet counts that was never submitted ("chưa nộp").
    pub enum Unsubmitted {
        /// Every self-score counts as 0.
        Zero,
        /// What was drafted counts as if it had been submitted.
        AsDrafted,
    }

    /// How equal values are ranked.
    pub enum Ties {
        /// 1, 2, 2, 4: equal values share the better rank and the next one is skipped.
        Competition,
        /// 1, 2, 2, 3: equal values share the better rank and none is skipped.
        Dense,
    }
}

wire! {
    /// Opens a round.
    pub struct OpenRound {
        /// The round.
        pub round: RoundId,
        /// The index year.
        pub year: u32,
        /// The round's title.
        pub title: Text,
        /// The authority that holds the log.
        pub authority: Text,
        /// The rulebook, bound once (RULINGS 11).
        pub rulebook: DocRef,
        /// The catalogue of units.
        pub catalogue: DocRef,
        /// The day on which the units must exist; without it, the last day of the index year.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub units_on: Option<Day>,
        /// The survey's forms; without any, each survey leaf is one question.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub forms: Vec<DocRef>,
        /// Blocks of units that are ranked together.
        pub blocks: Vec<Block>,
        /// A window for each phase.
        pub phases: Vec<Window>,
        /// Everything else that is declared.
        pub policy: Policy,
    }

    /// Units that are ranked together.
    pub struct Block {
        /// The block.
        pub block: BlockId,
        /// Its title.
        pub title: Text,
        /// Which tree of the rulebook applies.
        pub kind: Code,
        /// Its units.
        pub units: Vec<UnitId>,
        /// Those of its units that are assessed but not ranked.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub unranked: Vec<UnitId>,
    }

    /// When a phase is open: from `from` until just before `until`.
    pub struct Window {
        /// The phase.
        pub phase: Phase,
        /// The first moment.
        pub from: Instant,
        /// The deadline: the first moment that is too late (RULINGS 16).
        pub until: Instant,
    }

    /// Declared rules of the round.
    pub struct Policy {
        /// An appraiser's own unit.
        pub own_unit: OwnUnit,
        /// Sheets that were never submitted.
        pub unsubmitted: Unsubmitted,
        /// The stages that count; the latest one that is there is final.
        pub counts: Vec<Stage>,
        /// Digits after the point of every printed index.
        pub digits: u8,
        /// How they are rounded.
        pub rounding: RoundingMode,
        /// Equal values.
        pub ties: Ties,
        /// Fields whose own ratio decides between equal values, the most deciding first; what is equal in all of them is a tie.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub deciding: Vec<Code>,
        /// Bands from the highest down; the last one begins at 0.
        pub bands: Vec<Band>,
        /// Which answers wait for a checkpoint; absent: none does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub receipts: Option<ReceiptRule>,
    }

    /// Self-scores and their submission, appraisals, appeals and decisions are answered with their receipts.
    #[derive(Copy)]
    pub struct ReceiptRule {
        /// By whom the checkpoint must be vouched for.
        pub vouched: Vouched,
        /// How long an answer waits for it, in seconds, 1 to 30; it is given with a pending receipt then (RULINGS 28).
        pub wait_seconds: u8,
    }

    /// A band of the index (xếp loại).
    pub struct Band {
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
        /// The least index, included.
        pub from: Decimal,
        /// The kind of unit that it is for; absent: every kind that has no bands of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<Code>,
    }

    /// Closes a phase at its deadline; only the ledger's own timer does (RULINGS 17).
    pub struct ClosePhase {
        /// The round.
        pub round: RoundId,
        /// The phase.
        pub phase: Phase,
    }

    /// Extends a deadline, for all units or for one.
    pub struct ExtendDeadline {
        /// The round.
        pub round: RoundId,
        /// The phase.
        pub phase: Phase,
        /// The only unit it is for; absent: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unit: Option<UnitId>,
        /// The new deadline.
        pub until: Instant,
        /// Why.
        pub reason: String,
    }

    /// Ends a round for good, after its last appeal.
    pub struct CloseRound {
        /// The round.
        pub round: RoundId,
    }
}

impl Policy {
    /// The bands of a kind of unit, from the highest down: its own, or those of every kind.
    pub fn bands_of<'a>(&'a self, kind: &'a Code) -> impl Iterator<Item = &'a Band> {
        let own = self.bands.iter().any(|b| b.kind.as_ref() == Some(kind));
        self.bands.iter().filter(move |b| b.kind.as_ref() == own.then_some(kind))
    }
}
