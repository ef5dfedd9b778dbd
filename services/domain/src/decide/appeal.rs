//! Appeals: lodged by a unit's chief, answered, decided as the council decided, corrected leaf by leaf.

use proto::act::appeal::{AnswerAppeal, AppealDecided, CorrectScore, DecideAppeal, LodgeAppeal, ScoreCorrected};
use proto::act::council::Matter;
use proto::act::round::Phase;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::council::carried;
use super::examination::claims_fit;
use super::hearing::{Hearing, required};
use super::sheet::evidence_fits;
use crate::round::{Appeal, Round};

fn find(round: &Round, number: u32) -> Result<&Appeal, Rejection> {
    let place = (number as usize).checked_sub(1);
    place.and_then(|i| round.appeals.get(i)).ok_or(Rejection::AppealUnknown { number })
}

/// An appeal that is not decided.
pub fn open(round: &Round, number: u32) -> Result<&Appeal, Rejection> {
    let appeal = find(round, number)?;
    if appeal.decided.is_some() { Err(Rejection::AppealClosed { number }) } else { Ok(appeal) }
}

pub fn lodge(hearing: &Hearing, act: &LodgeAppeal) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.unit(round, &act.unit)?;
    hearing.for_unit(&[Capacity::Chief], round.id(), &act.unit)?;
    if round.publications.is_empty() {
        return Err(Rejection::NotPublished {});
    }
    hearing.window(round, Phase::Appeals, Some(&act.unit))?;
    let expected = u32::try_from(round.appeals.len()).unwrap_or(u32::MAX) + 1;
    if act.number != expected {
        return Err(Rejection::AppealOutOfOrder { expected });
    }
    for leaf in &act.leaves {
        hearing.score(round, &act.unit, leaf)?;
    }
    required(&act.text)?;
    evidence_fits(&act.evidence)?;
    claims_fit(hearing, round, act)?;
    Ok(Decision::new(Stream::Appeal(act.round.clone(), act.number), Fact::AppealLodged(act.clone())))
}

pub fn answer(hearing: &Hearing, act: &AnswerAppeal) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Appraiser, Capacity::Secretariat], Some(round.id()))?;
    let appeal = open(round, act.number)?;
    hearing.own_unit(round, &appeal.lodged.unit)?;
    required(&act.text)?;
    Ok(Decision::new(Stream::Appeal(act.round.clone(), act.number), Fact::AppealAnswered(act.clone())))
}

pub fn decide(hearing: &Hearing, act: &DecideAppeal) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    open(round, act.number)?;
    let state = carried(round, &act.decision)?;
    let unfit = Rejection::DecisionUnfit { decision: act.decision.clone() };
    let (outcome, reason) = match &state.matter {
        Matter::Appeal { number, outcome, reason, .. } if *number == act.number => (*outcome, reason.clone()),
        Matter::Appeal { .. } | Matter::Result { .. } | Matter::Scores { .. } => return Err(unfit),
    };
    let fact = Fact::AppealDecided(AppealDecided {
        act: act.clone(),
        outcome,
        reason,
        examination: state.examination.clone(),
    });
    let stream = Stream::Appeal(act.round.clone(), act.number);
    Ok(Decision { stream, fact, cause: state.recorded_by.clone() })
}

pub fn correct(hearing: &Hearing, act: &CorrectScore) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let at = hearing.score(round, &act.unit, &act.leaf)?;
    let appeal = find(round, act.appeal)?;
    let Some((decision, cause)) = &appeal.decided else {
        return Err(Rejection::AppealOpen { number: act.appeal });
    };
    let change = carried(round, decision)?
        .pending(&act.unit, &act.leaf)
        .ok_or_else(|| Rejection::ChangeUnknown { leaf: act.leaf.clone() })?;
    at.fresh(act.revision)?;
    let fact = Fact::ScoreCorrected(ScoreCorrected {
        act: act.clone(),
        inputs: change.inputs.clone(),
        points: change.points,
        reason: change.reason.clone(),
    });
    let stream = Stream::Sheet(act.round.clone(), act.unit.clone());
    Ok(Decision { stream, fact, cause: Some(cause.clone()) })
}
