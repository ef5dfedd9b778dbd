//! Rows of the index: rounds, their trees, units, totals and scores.
//! No row holds a person's name or the text of an explanation: those are read from the log, by right.

use super::{ExemptionState, FlagState, Level, SheetState, rows};
use crate::act::round::{Phase, Stage};
use crate::document::{Sign, Source};
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, RoundId, UnitId};
use crate::instant::Instant;

rows! {
    /// A round.
    RoundRow "rounds" key 1 {
        /// The round.
        round: RoundId,
        /// The index year.
        year: u64,
        /// Its title, English.
        title_en: String,
        /// Its title, Vietnamese.
        title_vi: String,
        /// The authority, English.
        authority_en: String,
        /// The authority, Vietnamese.
        authority_vi: String,
        /// What in the rulebook is real and what illustrative, English.
        basis_en: String,
        /// The same, Vietnamese.
        basis_vi: String,
        /// Digits after the point of a printed index.
        digits: u64,
        /// How it is rounded.
        rounding: String,
        /// Whether the round is in a training log.
        training: bool,
        /// Whether a survey is held.
        survey_held: bool,
        /// Whether it is merged.
        survey_merged: bool,
        /// Whether the council has adopted the result.
        decided: bool,
        /// The number of the latest publication; 0 for none.
        publication: u64,
        /// Whether the round has ended.
        closed: bool,
    }
}

rows! {
    /// A phase of a round.
    PhaseRow "phases" key 2 {
        /// The round.
        round: RoundId,
        /// The phase.
        phase: Phase,
        /// The first moment.
        opens: Instant,
        /// The first moment that is too late.
        until: Instant,
        /// Whether the timer has closed it.
        closed: bool,
    }
}

rows! {
    /// A block of units that are ranked together.
    BlockRow "blocks" key 2 {
        /// The round.
        round: RoundId,
        /// The block.
        block: BlockId,
        /// Its place among the round's blocks.
        ordinal: u64,
        /// Which tree applies.
        kind: Code,
        /// Its title, English.
        title_en: String,
        /// Its title, Vietnamese.
        title_vi: String,
    }
}

rows! {
    /// A node of a round's tree.
    NodeRow "nodes" key 3 {
        /// The round.
        round: RoundId,
        /// The kind of unit.
        kind: Code,
        /// The node's code.
        code: Code,
        /// Its parent's; none for a field.
        parent: Option<Code>,
        /// Its place in the tree's order.
        ordinal: u64,
        /// Field, criterion or leaf.
        level: Level,
        /// Its title, English.
        title_en: String,
        /// Its title, Vietnamese.
        title_vi: String,
        /// Its maximum.
        maximum: Exact,
        /// Where a leaf's points come from.
        source: Option<Source>,
    }
}

rows! {
    /// A unit in a round.
    UnitRow "units" key 2 {
        /// The round.
        round: RoundId,
        /// The unit.
        unit: UnitId,
        /// Its block.
        block: BlockId,
        /// The kind of unit.
        kind: Code,
        /// Its name, English.
        name_en: String,
        /// Its name, Vietnamese.
        name_vi: String,
        /// Its usual abbreviation.
        short: String,
        /// Its statistical code.
        code: String,
        /// Whether it is ranked.
        ranked: bool,
        /// The state of its sheet.
        state: SheetState,
        /// The sheet's version.
        version: u64,
        /// The sheet's digest (RULINGS 9).
        digest: Hash,
        /// Leaves that the unit scores itself.
        leaves: u64,
        /// Of those, scored or claimed as exempt.
        scored: u64,
        /// Flags that wait for an explanation or a second appraisal.
        flagged: u64,
        /// Leaves that do not apply.
        exempted: u64,
        /// Points reached, bonus and penalty included.
        reached: Exact,
        /// The applicable maximum.
        maximum: Exact,
        /// The index: reached / maximum x 100; none where nothing applies.
        index_value: Option<Exact>,
    }
}

rows! {
    /// What a unit reached at a node, or of a source as a whole.
    TotalRow "totals" key 3 {
        /// The round.
        round: RoundId,
        /// The unit.
        unit: UnitId,
        /// A node's code, or `appraisal` or `survey`.
        node: Code,
        /// Points reached.
        reached: Exact,
        /// The applicable maximum.
        maximum: Exact,
    }
}

rows! {
    /// The state of a score.
    ScoreRow "scores" key 3 {
        /// The round.
        round: RoundId,
        /// The unit.
        unit: UnitId,
        /// The leaf.
        leaf: Code,
        /// The version of the last sheet event that touched it; 0 for none.
        revision: u64,
        /// Points of the unit's own stage.
        self_points: Option<Exact>,
        /// Points of the first appraisal.
        first_points: Option<Exact>,
        /// Points of the second appraisal.
        second_points: Option<Exact>,
        /// Points of the council.
        council_points: Option<Exact>,
        /// Points of a correction.
        correction_points: Option<Exact>,
        /// Points of the survey.
        survey_points: Option<Exact>,
        /// The final points: of the latest stage that counts.
        final_points: Option<Exact>,
        /// That stage; none for survey leaves.
        final_stage: Option<Stage>,
        /// What became of a flag.
        flag: Option<FlagState>,
        /// What became of an exemption.
        exemption: Option<ExemptionState>,
        /// Pieces of evidence.
        evidence: u64,
    }
}

rows! {
    /// A bonus or penalty of a unit.
    ExtraRow "extras" key 3 {
        /// The round.
        round: RoundId,
        /// The unit.
        unit: UnitId,
        /// Its code.
        code: Code,
        /// Bonus or penalty.
        sign: Sign,
        /// Its title, English.
        title_en: String,
        /// Its title, Vietnamese.
        title_vi: String,
        /// The points.
        points: Exact,
        /// The version of the last event that touched it.
        revision: u64,
    }
}
