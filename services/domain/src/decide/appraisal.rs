//! Appraisal: confirm, adjust, flag; exemptions; bonus and penalty.
//! An appraiser acts in his fields, in the phase's window, on a locked sheet, and not on his own unit.

use proto::act::appraisal::{AdjustScore, Appraisal, Appraised, ConfirmScore, FlagScore, JudgeExemption, SetExtra};
use proto::act::round::Phase;
use proto::document::Sign;
use proto::rows::{ExemptionState, FlagState, SheetState};
use proto::{Capacity, Code, Fact, Rejection, RoundId, Stream, UnitId};

use super::Decision;
use super::hearing::{Hearing, ScoreAt, required, within_cap};
use crate::round::{Round, UnitState};
use crate::rule::{self, Insists};
use crate::rulebook::LeafNode;

fn phase(appraisal: Appraisal) -> Phase {
    match appraisal {
        Appraisal::First => Phase::FirstAppraisal,
        Appraisal::Second => Phase::SecondAppraisal,
    }
}

fn locked(unit: &UnitState) -> Result<(), Rejection> {
    match unit.sheet.state {
        SheetState::Open => Err(Rejection::SheetOpen { unit: unit.unit.clone() }),
        SheetState::Submitted | SheetState::Closed => Ok(()),
    }
}

/// One of several windows is open; otherwise what the first one says.
fn any_window(hearing: &Hearing, round: &Round, phases: &[Phase], unit: &UnitId) -> Result<(), Rejection> {
    let mut first = Ok(());
    for (i, phase) in phases.iter().enumerate() {
        match hearing.window(round, *phase, Some(unit)) {
            Ok(()) => return Ok(()),
            Err(e) if i == 0 => first = Err(e),
            Err(_) => {}
        }
    }
    first
}

/// A score before an appraiser, and whether it is of his own unit.
fn hear<'a>(
    hearing: &Hearing<'a>,
    (round, unit, leaf): (&RoundId, &UnitId, &Code),
    phases: &[Phase],
) -> Result<(ScoreAt<'a>, bool), Rejection> {
    let round = hearing.round(round)?;
    let at = hearing.score(round, unit, leaf)?;
    let own_unit = hearing.appraiser(round, unit, leaf.field())?;
    any_window(hearing, round, phases, unit)?;
    super::publication::not_published(round)?;
    locked(at.unit)?;
    Ok((at, own_unit))
}

fn stream(round: &RoundId, unit: &UnitId) -> Stream {
    Stream::Sheet(round.clone(), unit.clone())
}

pub fn confirm(hearing: &Hearing, act: &ConfirmScore) -> Result<Decision, Rejection> {
    let (at, own_unit) = hear(hearing, (&act.round, &act.unit, &act.leaf), &[phase(act.appraisal)])?;
    at.applies()?;
    at.fresh(act.revision)?;
    if at.unit.sheet.final_points(at.score, at.round.policy()).is_none() {
        return Err(Rejection::NotScored { leaf: act.leaf.clone() });
    }
    let fact = Fact::ScoreConfirmed(Appraised { act: act.clone(), own_unit });
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}

pub fn adjust(hearing: &Hearing, act: &AdjustScore) -> Result<Decision, Rejection> {
    let (at, own_unit) = hear(hearing, (&act.round, &act.unit, &act.leaf), &[phase(act.appraisal)])?;
    at.applies()?;
    at.fresh(act.revision)?;
    adjustment_fits(at.round, at.leaf, act)?;
    let fact = Fact::ScoreAdjusted(Appraised { act: act.clone(), own_unit });
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}

/// What an adjustment says fits its leaf, whoever says it and when.
pub fn adjustment_fits(round: &Round, leaf: &LeafNode, act: &AdjustScore) -> Result<(), Rejection> {
    required(&act.reason)?;
    rule::points(&round.book.claims, leaf, &act.inputs, act.points, Insists::Never).map(|_| ())
}

pub fn flag(hearing: &Hearing, act: &FlagScore) -> Result<Decision, Rejection> {
    let (at, own_unit) = hear(hearing, (&act.round, &act.unit, &act.leaf), &[Phase::FirstAppraisal])?;
    at.applies()?;
    if matches!(at.score.flag, Some(FlagState::Raised | FlagState::Explained)) {
        return Err(Rejection::AlreadyFlagged { leaf: act.leaf.clone() });
    }
    at.fresh(act.revision)?;
    required(&act.reason)?;
    let fact = Fact::ScoreFlagged(Appraised { act: act.clone(), own_unit });
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}

fn judge(hearing: &Hearing, act: &JudgeExemption) -> Result<Appraised<JudgeExemption>, Rejection> {
    let phases = [Phase::FirstAppraisal, Phase::SecondAppraisal];
    let (at, own_unit) = hear(hearing, (&act.round, &act.unit, &act.leaf), &phases)?;
    if at.score.exemption != Some(ExemptionState::Claimed) {
        return Err(Rejection::ExemptionNotClaimed { leaf: act.leaf.clone() });
    }
    at.fresh(act.revision)?;
    required(&act.reason)?;
    Ok(Appraised { act: act.clone(), own_unit })
}

pub fn accept_exemption(hearing: &Hearing, act: &JudgeExemption) -> Result<Decision, Rejection> {
    let fact = Fact::ExemptionAccepted(judge(hearing, act)?);
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}

pub fn refuse_exemption(hearing: &Hearing, act: &JudgeExemption) -> Result<Decision, Rejection> {
    let fact = Fact::ExemptionRefused(judge(hearing, act)?);
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}

fn extra(hearing: &Hearing, act: &SetExtra, sign: Sign) -> Result<Appraised<SetExtra>, Rejection> {
    let round = hearing.round(&act.round)?;
    let unit = hearing.unit(round, &act.unit)?;
    hearing.capacity(&[Capacity::Appraiser, Capacity::Secretariat], Some(round.id()))?;
    let own_unit = hearing.own_unit(round, &act.unit)?;
    any_window(hearing, round, &[Phase::FirstAppraisal, Phase::SecondAppraisal, Phase::Council], &act.unit)?;
    super::publication::not_published(round)?;
    locked(unit)?;
    let unknown = || Rejection::ExtraUnknown { code: act.code.clone() };
    let extra = round.book.extra(&unit.tree.kind, &act.code).filter(|e| e.sign == sign).ok_or_else(unknown)?;
    let current = unit.sheet.extras.get(&act.code).map_or(0, |e| e.revision);
    if act.revision != current {
        let stands = unit.sheet.extras.get(&act.code).map_or("-".to_owned(), |e| e.points.to_string());
        return Err(Rejection::StaleRevision { leaf: act.code.clone(), seen: act.revision, current, stands });
    }
    required(&act.reason)?;
    within_cap(&act.code, act.points, extra.cap)?;
    Ok(Appraised { act: act.clone(), own_unit })
}

pub fn bonus(hearing: &Hearing, act: &SetExtra) -> Result<Decision, Rejection> {
    let fact = Fact::BonusAwarded(extra(hearing, act, Sign::Bonus)?);
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}

pub fn penalty(hearing: &Hearing, act: &SetExtra) -> Result<Decision, Rejection> {
    let fact = Fact::PenaltyImposed(extra(hearing, act, Sign::Penalty)?);
    Ok(Decision::new(stream(&act.round, &act.unit), fact))
}
