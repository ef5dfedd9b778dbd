//! A round as those work on it who have duties in all of it: phases, units, survey, decisions, publications, appeals. It shows what
//! stands; whether an act is allowed is the ledger's, command by command.

use std::collections::{BTreeMap, BTreeSet};

use proto::act::council::{Matter, Outcome, Vote};
use proto::act::round::{Phase, Stage};
use proto::document::Source;
use proto::inquiry::Severity;
use proto::rows::FlagState;
use proto::work::{
    AppealWork, BatchWork, DecisionWork, Held, PendingChange, PhaseWork, PublicationWork, Role, RoundQuery, RoundWork,
    Sees, UnitSeen, UnitWork,
};
use proto::{ActorId, Capacity, DecisionId, Hash, Instant, Principal, Rejection, RoundId, UnitId};

use crate::asking::{Asking, OF_A_UNIT};
use crate::batch::{Batch, BatchState};
use crate::check::check_round;
use crate::council::{DecisionState, members};
use crate::people::Person;
use crate::released::{held_from, hold_back_sheet};
use crate::result::result_digest;
use crate::round::{Appeal, Round, UnitState};
use crate::sheet::exempt;
use crate::world::World;

/// Those who see every figure of a round before it is published: the council with its secretariat, who publishes what it decided, and
/// inspectors (RULINGS 20).
pub const SEE_ALL: [Capacity; 4] = [Capacity::Secretariat, Capacity::Council, Capacity::Publisher, Capacity::Inspector];
/// Whose duties lie in the whole round too, and who see of it what those need: how far everything is, and what is theirs.
const IN_PART: [Capacity; 2] = [Capacity::SurveyStaff, Capacity::Appraiser];

/// What somebody may see of a round's figures before they are published.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`.
pub fn sees(world: &World, principal: &Principal, at: Instant, round: &RoundId) -> Result<Sees, Rejection> {
    let asking = Asking::new(world, principal, at, round)?;
    let own = OF_A_UNIT.into_iter().flat_map(|capacity| asking.grants(capacity)).filter_map(|g| g.grant.unit.clone());
    let own: BTreeSet<UnitId> = own.collect();
    let seen = own.into_iter().map(|unit| UnitSeen { held: held_from(&asking, &unit, at), unit });
    Ok(Sees { units: seen.collect(), all: SEE_ALL.into_iter().any(|capacity| asking.has(capacity)) })
}

/// A round as it stands, for somebody who acts in it, as far as it is his (RULINGS 20): his unit's part alone, where he has no other duty.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`; `capacity_missing`.
pub fn round_work(
    world: &World,
    principal: &Principal,
    (at, root): (Instant, Hash),
    query: RoundQuery,
) -> Result<RoundWork, Rejection> {
    let asking = Asking::new(world, principal, at, &query.round)?;
    let (round, roles) = (asking.round, roles(&asking));
    if roles.is_empty() {
        return Err(asking.misses(Capacity::Drafter));
    }
    let has = |capacities: &[Capacity]| roles.iter().any(|role| capacities.contains(&role.capacity));
    let (sees_all, in_part) = (has(&SEE_ALL), has(&IN_PART));
    let (appeals, has_survey) = (sees_all || has(&[Capacity::Appraiser]), has(&[Capacity::SurveyStaff]));
    let own = |unit: &UnitId| roles.iter().any(|role| role.unit.as_ref() == Some(unit));
    let me = (asking.person(), &principal.actor, at);
    let published = round.publications.iter().map(|p| PublicationWork {
        number: p.number,
        at: p.at,
        position: p.position,
        digest: p.digest,
        reason: p.reason.clone(),
    });
    let mut work = RoundWork {
        position: world.position,
        root,
        at,
        phases: round.windows.values().map(|w| PhaseWork { phase: w.phase, from: w.from, until: w.until }).collect(),
        units: round
            .units
            .iter()
            .filter(|unit| sees_all || in_part || own(&unit.unit))
            .map(|unit| match sees_all || in_part {
                true => unit_work(round, unit, &Held::default()),
                false => unit_work(round, unit, &held_from(&asking, &unit.unit, at)),
            })
            .collect(),
        survey: round.survey_held(),
        batches: Vec::new(),
        decisions: Vec::new(),
        publications: published.collect(),
        appeals: round
            .appeals
            .iter()
            .filter(|a| appeals || own(&a.lodged.unit))
            .map(|appeal| appeal_work(round, appeal))
            .collect(),
        digest: result_digest(round),
        faults: Vec::new(),
        closed: round.closed,
        query,
        roles,
    };
    if sees_all || has_survey {
        work.batches = round.batches.values().map(|batch| batch_work(round, batch)).collect();
    }
    if sees_all {
        let faults = check_round(round).into_iter().filter(|seen| seen.severity == Severity::Fault);
        work.faults = faults.map(|seen| seen.text).collect();
        work.decisions = round.decisions.iter().map(|decision| decision_work(world, round, decision, me)).collect();
    }
    Ok(work)
}

/// In which capacities somebody acts in a round.
pub fn roles(asking: &Asking) -> Vec<Role> {
    let held = Capacity::ALL.into_iter().flat_map(|capacity| asking.grants(capacity));
    let mut roles: Vec<Role> = Vec::new();
    for grant in held {
        let grant = &grant.grant;
        let role = Role { capacity: grant.capacity, unit: grant.unit.clone(), fields: grant.fields.clone() };
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// How far a unit is, as far as that is not held back from whoever asks.
fn unit_work(round: &Round, unit: &UnitState, held: &Held) -> UnitWork {
    let mut sheet = unit.sheet.clone();
    hold_back_sheet(&mut sheet, held);
    let own = unit.tree.leaves.iter().zip(&sheet.scores).filter(|(leaf, _)| leaf.leaf.source != Source::Survey);
    let mut work = UnitWork {
        unit: unit.unit.clone(),
        name: unit.entry.name.clone(),
        block: round.block(unit).clone(),
        state: unit.sheet.state,
        leaves: 0,
        scored: 0,
        appraised: 0,
        raised: 0,
        explained: 0,
        until: round.sheet_until(unit),
    };
    for (_, score) in own {
        work.leaves += 1;
        work.scored += u64::from(score.stage(Stage::Own).is_some() || score.exemption.is_some());
        let decided = score.stages.iter().any(|stage| stage.stage >= Stage::First);
        work.appraised += u64::from(decided || exempt(score) || score.flag.is_some());
        work.raised += u64::from(score.flag == Some(FlagState::Raised));
        work.explained += u64::from(score.flag == Some(FlagState::Explained));
    }
    work
}

/// A batch as it stands.
pub fn batch_work(round: &Round, batch: &Batch) -> BatchWork {
    let recorded = &batch.recorded;
    BatchWork {
        batch: recorded.batch.clone(),
        method: recorded.method,
        respondents: recorded.respondents,
        groups: recorded.groups.clone(),
        position: batch.position,
        days: recorded.ballots.as_ref().map(|ballots| (ballots.from, ballots.to)),
        voided: batch.state == BatchState::Voided,
        replaced_by: match &batch.state {
            BatchState::Replaced(by) => Some(by.clone()),
            BatchState::Stands | BatchState::Voided => None,
        },
        merged: round.merged.contains(&recorded.batch),
        rechecks: batch.rechecks.iter().map(crate::batch::Recheck::told).collect(),
    }
}

fn decision_work(
    world: &World,
    round: &Round,
    (id, state): (&DecisionId, &DecisionState),
    (me, actor, at): (&Person, &ActorId, Instant),
) -> DecisionWork {
    let members = members(world, round.id(), state, at);
    let mut count: BTreeMap<Vote, u32> = BTreeMap::new();
    for (_, vote) in state.votes.iter().filter(|(actor, _)| members.contains(actor)) {
        *count.entry(*vote).or_default() += 1;
    }
    let votes = |vote| count.get(&vote).copied().unwrap_or_default();
    let mut concerned = state.concerned();
    if let Matter::Appeal { number, .. } = &state.matter {
        concerned.extend(appeal(round, *number).map(|appeal| &appeal.lodged.unit));
    }
    DecisionWork {
        decision: id.clone(),
        matter: state.matter.clone(),
        members: u32::try_from(members.len()).unwrap_or(u32::MAX),
        votes_for: votes(Vote::For),
        votes_against: votes(Vote::Against),
        abstained: votes(Vote::Abstain),
        own: state.votes.get(actor).copied(),
        recused: concerned.into_iter().find(|unit| me.belongs_to(unit, at)).cloned(),
        carried: state.carried,
        pending: match state.matter {
            Matter::Scores { .. } => pending(round, state),
            // It is carried out by corrections, once the appeal is decided.
            Matter::Result { .. } | Matter::Appeal { .. } => Vec::new(),
        },
    }
}

/// What a decision that carried still sets.
fn pending(round: &Round, state: &DecisionState) -> Vec<PendingChange> {
    if state.carried != Some(true) {
        return Vec::new();
    }
    let still = state.changes().iter().filter(|change| state.pending(&change.unit, &change.leaf).is_some());
    let told = still.map(|change| PendingChange {
        unit: change.unit.clone(),
        leaf: change.leaf.clone(),
        revision: revision(round, &change.unit, &change.leaf),
        points: change.points,
    });
    told.collect()
}

fn revision(round: &Round, unit: &UnitId, leaf: &proto::Code) -> u64 {
    let at = round.unit(unit).and_then(|(_, unit)| Some(unit.sheet.scores[unit.tree.leaf(leaf)?.0].revision));
    at.unwrap_or_default()
}

fn appeal(round: &Round, number: u32) -> Option<&Appeal> {
    round.appeals.get((number as usize).checked_sub(1)?)
}

fn appeal_work(round: &Round, appeal: &Appeal) -> AppealWork {
    let (lodged, decision) = (&appeal.lodged, appeal.decided.as_ref().and_then(|(id, _)| round.decisions.get(id)));
    let outcome = decision.and_then(|state| match &state.matter {
        Matter::Appeal { outcome, .. } => Some(*outcome),
        Matter::Result { .. } | Matter::Scores { .. } => None::<Outcome>,
    });
    AppealWork {
        number: lodged.number,
        unit: lodged.unit.clone(),
        leaves: lodged.leaves.clone(),
        text: lodged.text.clone(),
        claims: lodged.claims.len() as u64,
        examined: appeal.examined.is_some(),
        answers: appeal.answers,
        decided: appeal.decided.as_ref().map(|(id, _)| id.clone()),
        outcome,
        pending: decision.map_or_else(Vec::new, |state| pending(round, state)),
    }
}

/// The phase that is open at a moment, of those named; the first of them.
pub fn open_phase(round: &Round, phases: &[Phase], unit: Option<&UnitId>, at: Instant) -> Option<Phase> {
    let open = |phase: &Phase| {
        let from = round.windows.get(phase).map(|window| window.from);
        from.is_some_and(|from| from <= at) && round.until(*phase, unit).is_some_and(|until| at < until)
    };
    phases.iter().copied().find(open)
}
