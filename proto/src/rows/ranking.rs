//! Rows of the ranking: who stands where, live and in each publication.
//! A published row never changes.

use super::rows;
use crate::exact::Exact;
use crate::hash::Hash;
use crate::ids::{BlockId, Code, DecisionId, RoundId, UnitId};
use crate::instant::Instant;

rows! {
    /// A unit's place in its block.
    StandingRow "standings" key 4 {
        /// The round.
        round: RoundId,
        /// The publication; 0 for the provisional standing of this moment.
        publication: u64,
        /// The block.
        block: BlockId,
        /// The unit.
        unit: UnitId,
        /// Its rank; 0 where it is not ranked or has no index.
        rank: u64,
        /// Its name, English.
        name_en: String,
        /// Its name, Vietnamese.
        name_vi: String,
        /// Its usual abbreviation.
        short: String,
        /// The index, exact.
        index_value: Option<Exact>,
        /// The index, rounded as declared.
        printed: String,
        /// The band.
        band: Option<Code>,
        /// The band's title, English.
        band_en: String,
        /// The band's title, Vietnamese.
        band_vi: String,
        /// Places gained since the publication before; 0 where there is none.
        movement: i64,
        /// Points reached, bonus and penalty included.
        reached: Exact,
        /// The applicable maximum.
        maximum: Exact,
        /// Of these, appraised points.
        appraisal_reached: Exact,
        /// Their applicable maximum.
        appraisal_maximum: Exact,
        /// Survey points.
        survey_reached: Exact,
        /// Their maximum.
        survey_maximum: Exact,
        /// Bonus points.
        bonus: Exact,
        /// Penalty points.
        penalty: Exact,
    }
}

rows! {
    /// A publication.
    PublicationRow "publications" key 2 {
        /// The round.
        round: RoundId,
        /// Its number.
        publication: u64,
        /// When.
        at: Instant,
        /// The position of its event.
        position: u64,
        /// The digest of its result rows (RULINGS 14).
        digest: Hash,
        /// The council's decision.
        decision: DecisionId,
        /// Why it supersedes the one before; empty in the first.
        reason: String,
    }
}
