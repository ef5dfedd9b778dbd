//! What of its appraisal a unit's own people see (RULINGS 20): a stage once its phase has ended for the unit, what it is asked to explain
//! once it explains, the result once it is published. Nothing here changes what stands: it says what of it is shown to whom.

use proto::act::appraisal::Appraisal;
use proto::act::round::{Phase, Stage};
use proto::rows::{ExemptionState, FlagState};
use proto::score::Score;
use proto::work::Held;
use proto::{Fact, Instant, UnitId};

use crate::asking::Asking;
use crate::round::Round;
use crate::sheet::{Asides, Sheet};
use crate::work::SEE_ALL;

/// What is held back from a unit's own people at a moment.
#[must_use]
pub fn held(round: &Round, unit: &UnitId, at: Instant) -> Held {
    if round.closed || !round.publications.is_empty() {
        return Held::default();
    }
    let from = |phase| round.windows.get(&phase).map(|window| window.from);
    let runs = |phase| round.until(phase, Some(unit)).is_some_and(|until| at < until);
    let (first, second) = (runs(Phase::FirstAppraisal), runs(Phase::SecondAppraisal));
    let explains = from(Phase::Explanation).is_some_and(|from| from <= at);
    let stages = [(first, Stage::First), (second, Stage::Second), (true, Stage::Council)];
    let judged_from = match (first, second) {
        (true, _) => from(Phase::FirstAppraisal),
        // What was judged in the first is released with it.
        (false, true) => round.until(Phase::FirstAppraisal, Some(unit)).or_else(|| from(Phase::SecondAppraisal)),
        (false, false) => None,
    };
    Held {
        stages: stages.into_iter().filter(|(runs, _)| *runs).map(|(_, stage)| stage).collect(),
        flags: first && !explains,
        judged_from,
        result: true,
    }
}

/// What is held back from whoever asks: nothing, if he decides or audits.
#[must_use]
pub fn held_from(asking: &Asking, unit: &UnitId, at: Instant) -> Held {
    if SEE_ALL.into_iter().any(|capacity| asking.has(capacity)) {
        Held::default()
    } else {
        held(asking.round, unit, at)
    }
}

/// Takes out of a round what is held back from a unit's people. What is left is theirs to see, and stands on no record.
pub fn hold_back(round: &mut Round, unit: &UnitId, held: &Held) {
    if held.result {
        round.survey = None;
    }
    if let Some(place) = round.place(unit) {
        hold_back_sheet(&mut round.units[place].sheet, held);
    }
}

/// The same of a sheet alone.
pub fn hold_back_sheet(sheet: &mut Sheet, held: &Held) {
    if held.result {
        sheet.extras.clear();
    }
    let Sheet { scores, asides, .. } = sheet;
    for score in scores {
        score.flag = flag(score, asides, held);
        score.stages.retain(|stage| !held.stages.contains(&stage.stage));
        let judged = asides.judged.get(&score.leaf);
        let is_held = held.judged_from.zip(judged).is_some_and(|(from, judged)| from <= *judged);
        if is_held && score.exemption.is_some() {
            score.exemption = Some(ExemptionState::Claimed);
        }
    }
}

/// What a unit's people see of a flag: that it is settled, the second appraisal says.
pub fn flag(score: &Score, asides: &Asides, held: &Held) -> Option<FlagState> {
    match score.flag? {
        _ if held.flags => None,
        FlagState::Settled if held.stages.contains(&Stage::Second) => {
            Some(if asides.explained.contains(&score.leaf) { FlagState::Explained } else { FlagState::Raised })
        }
        flag => Some(flag),
    }
}

/// Whether an event of a moment is held back.
#[must_use]
pub fn is_held(held: &Held, fact: &Fact, at: Instant) -> bool {
    let appraised = |appraisal| {
        held.stages.contains(match appraisal {
            Appraisal::First => &Stage::First,
            Appraisal::Second => &Stage::Second,
        })
    };
    match fact {
        Fact::ScoreConfirmed(f) => appraised(f.act.appraisal),
        Fact::ScoreAdjusted(f) => appraised(f.act.appraisal),
        Fact::ScoreFlagged(_) => held.flags,
        Fact::ExemptionAccepted(_) | Fact::ExemptionRefused(_) => held.judged_from.is_some_and(|from| from <= at),
        Fact::BonusAwarded(_)
        | Fact::PenaltyImposed(_)
        | Fact::SamplePlanned(_)
        | Fact::SeedCommitted(_)
        | Fact::SampleDrawn(_)
        | Fact::BatchRecorded(_)
        | Fact::BatchVoided(_)
        | Fact::BatchRechecked(_)
        | Fact::SurveyMerged(_)
        | Fact::DecisionProposed(_)
        | Fact::VoteCast(_)
        | Fact::DecisionRecorded(_)
        | Fact::CouncilScored(_) => held.result,
        Fact::LogCreated(_)
        | Fact::KeyNamed(_)
        | Fact::Anchored(_)
        | Fact::LogClosed(_)
        | Fact::CapacityGranted(_)
        | Fact::GrantConfirmed(_)
        | Fact::CapacityRevoked(_)
        | Fact::CredentialBound(_)
        | Fact::CredentialUnbound(_)
        | Fact::PartEntered(_)
        | Fact::DocumentSealed(_)
        | Fact::RoundOpened(_)
        | Fact::PhaseClosed(_)
        | Fact::DeadlineExtended(_)
        | Fact::SelfScored(_)
        | Fact::EvidenceWithdrawn(_)
        | Fact::ExemptionClaimed(_)
        | Fact::SheetSubmitted(_)
        | Fact::SheetWithdrawn(_)
        | Fact::SheetReopened(_)
        | Fact::SheetClosed(_)
        | Fact::FlagExplained(_)
        | Fact::ResultPublished(_)
        | Fact::AppealLodged(_)
        | Fact::AppealExamined(_)
        | Fact::AppealAnswered(_)
        | Fact::AppealDecided(_)
        | Fact::ScoreCorrected(_)
        | Fact::RoundClosed(_)
        | Fact::CaseOpened(_)
        | Fact::CaseAnswered(_)
        | Fact::ErasureOrdered(_)
        | Fact::ErasureConfirmed(_)
        | Fact::CaseClosed(_) => false,
    }
}
