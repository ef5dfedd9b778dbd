//! Opening a round, its deadlines, its phases' end and its own.

use proto::act::round::{ClosePhase, CloseRound, ExtendDeadline, OpenRound, Phase};
use proto::document::Text;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::opening::Bound;

pub fn open(hearing: &Hearing, act: &OpenRound) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Secretariat], None)?;
    if hearing.world.rounds.contains_key(&act.round) {
        return Err(Rejection::RoundExists { round: act.round.clone() });
    }
    let bound = Bound::by(hearing.world, act)?;
    bound.unfit(act).map_err(|faults| {
        let texts: Vec<Text> = faults.0.into_iter().map(|fault| fault.what).collect();
        Rejection::BadRound { detail: Text::join(&texts) }
    })?;
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::RoundOpened(act.clone())))
}

pub fn close_phase(hearing: &Hearing, act: &ClosePhase) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let phase = act.phase;
    let until = round.windows.get(&act.phase).ok_or(Rejection::PhaseUnknown { phase })?.until;
    if round.closed_phases.contains_key(&act.phase) {
        return Err(Rejection::PhaseClosed { phase });
    }
    if hearing.at < until {
        return Err(Rejection::NotDue { until });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::PhaseClosed(act.clone())))
}

pub fn extend(hearing: &Hearing, act: &ExtendDeadline) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let phase = act.phase;
    if let Some(unit) = &act.unit {
        hearing.unit(round, unit)?;
    }
    let until = round.until(act.phase, act.unit.as_ref()).ok_or(Rejection::PhaseUnknown { phase })?;
    if round.closed_phases.contains_key(&act.phase) || hearing.at >= until {
        return Err(Rejection::DeadlinePassed { phase, until });
    }
    if act.until <= until || act.until <= hearing.at {
        return Err(Rejection::NotAnExtension { until });
    }
    required(&act.reason)?;
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::DeadlineExtended(act.clone())))
}

pub fn close(hearing: &Hearing, act: &CloseRound) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if round.publications.is_empty() {
        return Err(Rejection::NotPublished {});
    }
    if let Some(until) = round.until(Phase::Appeals, None).filter(|until| hearing.at < *until) {
        return Err(Rejection::NotDue { until });
    }
    if let Some(open) = round.appeals.iter().find(|a| a.decided.is_none()) {
        return Err(Rejection::AppealOpen { number: open.lodged.number });
    }
    super::publication::nothing_pending(round)?;
    if round.unpublished_correction {
        return Err(Rejection::CorrectionUnpublished {});
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::RoundClosed(act.clone())))
}
