//! The council's decisions: proposed by the secretariat, voted by members, recorded, carried out.
//! A member who belongs to the unit that a matter is about does not vote on it (RULINGS 19).

use proto::act::council::{
    CastVote, CouncilScored, DecisionRecorded, Matter, ProposeDecision, RecordDecision, ScoreChange, SetCouncilScore,
    Vote, VoteCast,
};
use proto::act::round::Phase;
use proto::{Capacity, DecisionId, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::council::{DecisionState, members};
use crate::result::result_digest;
use crate::round::Round;
use crate::rule::{self, Insists};

pub fn propose(hearing: &Hearing, act: &ProposeDecision) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if round.decisions.contains_key(&act.decision) {
        return Err(Rejection::DecisionExists { decision: act.decision.clone() });
    }
    match &act.matter {
        Matter::Result { digest } => {
            hearing.window(round, Phase::Council, None)?;
            let (now, position) = (result_digest(round), hearing.world.position);
            if *digest != now {
                return Err(Rejection::ResultMoved { digest: now.to_string(), position });
            }
        }
        Matter::Scores { changes } => {
            hearing.window(round, Phase::Council, None)?;
            if changes.is_empty() {
                return Err(Rejection::EmptyMatter {});
            }
            changes_fit(hearing, round, changes)?;
        }
        Matter::Appeal { number, changes, reason, .. } => {
            let appeal = super::appeal::open(round, *number)?;
            super::examination::examined(appeal)?;
            required(reason)?;
            changes_fit(hearing, round, changes)?;
            let other = changes.iter().find(|c| c.unit != appeal.lodged.unit);
            if let Some(other) = other {
                return Err(Rejection::ChangeUnknown { leaf: other.leaf.clone() });
            }
        }
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::DecisionProposed(act.clone())))
}

fn changes_fit(hearing: &Hearing, round: &Round, changes: &[ScoreChange]) -> Result<(), Rejection> {
    for (i, change) in changes.iter().enumerate() {
        let at = hearing.score(round, &change.unit, &change.leaf)?;
        at.applies()?;
        rule::points(&round.book.claims, at.leaf, &change.inputs, change.points, Insists::Never)?;
        required(&change.reason)?;
        if changes[..i].iter().any(|c| c.unit == change.unit && c.leaf == change.leaf) {
            return Err(Rejection::ChangeUnknown { leaf: change.leaf.clone() });
        }
    }
    Ok(())
}

fn decision<'a>(round: &'a Round, id: &DecisionId) -> Result<&'a DecisionState, Rejection> {
    round.decisions.get(id).ok_or_else(|| Rejection::DecisionUnknown { decision: id.clone() })
}

fn undecided<'a>(round: &'a Round, id: &DecisionId) -> Result<&'a DecisionState, Rejection> {
    let state = decision(round, id)?;
    if state.carried.is_some() {
        return Err(Rejection::DecisionClosed { decision: id.clone() });
    }
    Ok(state)
}

/// A decision that carried.
pub fn carried<'a>(round: &'a Round, id: &DecisionId) -> Result<&'a DecisionState, Rejection> {
    let state = decision(round, id)?;
    if state.carried == Some(true) { Ok(state) } else { Err(Rejection::DecisionUnfit { decision: id.clone() }) }
}

pub fn vote(hearing: &Hearing, act: &CastVote) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Council], Some(round.id()))?;
    let state = undecided(round, &act.decision)?;
    let me = &hearing.principal.actor;
    let belongs =
        |unit: &proto::UnitId| hearing.world.people.get(me).is_some_and(|person| person.belongs_to(unit, hearing.at));
    if let Some(unit) = state.concerned().into_iter().find(|u| belongs(u)) {
        return Err(Rejection::Recused { unit: unit.clone() });
    }
    let homes = match &state.matter {
        Matter::Result { .. } => round.units.iter().map(|u| &u.unit).filter(|u| belongs(u)).cloned().collect(),
        Matter::Scores { .. } => Vec::new(),
        Matter::Appeal { number, .. } => {
            let unit = &super::appeal::open(round, *number)?.lodged.unit;
            if belongs(unit) {
                return Err(Rejection::Recused { unit: unit.clone() });
            }
            Vec::new()
        }
    };
    if !matches!(state.matter, Matter::Appeal { .. }) {
        hearing.window(round, Phase::Council, None)?;
    }
    let fact = Fact::VoteCast(VoteCast { act: act.clone(), homes });
    Ok(Decision::new(Stream::Round(act.round.clone()), fact))
}

pub fn record(hearing: &Hearing, act: &RecordDecision) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let state = undecided(round, &act.decision)?;
    required(&act.minutes)?;
    let members = members(hearing.world, round.id(), state, hearing.at);
    let count = |vote| {
        let votes = state.votes.iter().filter(|(actor, v)| **v == vote && members.contains(actor));
        u32::try_from(votes.count()).unwrap_or(u32::MAX)
    };
    let (votes_for, votes_against, abstained) = (count(Vote::For), count(Vote::Against), count(Vote::Abstain));
    let entitled = u32::try_from(members.len()).unwrap_or(u32::MAX);
    let fact = Fact::DecisionRecorded(DecisionRecorded {
        act: act.clone(),
        members: entitled,
        votes_for,
        votes_against,
        abstained,
        carried: u64::from(votes_for) * 2 > u64::from(entitled),
    });
    Ok(Decision::new(Stream::Round(act.round.clone()), fact))
}

pub fn set_score(hearing: &Hearing, act: &SetCouncilScore) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let at = hearing.score(round, &act.unit, &act.leaf)?;
    let state = carried(round, &act.decision)?;
    if !matches!(state.matter, Matter::Scores { .. }) {
        return Err(Rejection::DecisionUnfit { decision: act.decision.clone() });
    }
    let change =
        state.pending(&act.unit, &act.leaf).ok_or_else(|| Rejection::ChangeUnknown { leaf: act.leaf.clone() })?;
    at.fresh(act.revision)?;
    let fact = Fact::CouncilScored(CouncilScored {
        act: act.clone(),
        inputs: change.inputs.clone(),
        points: change.points,
        reason: change.reason.clone(),
    });
    let stream = Stream::Sheet(act.round.clone(), act.unit.clone());
    Ok(Decision { stream, fact, cause: state.recorded_by.clone() })
}
