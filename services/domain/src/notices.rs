//! What somebody is to be told of a round, as it stands: deadlines that come near, questions to his unit, what was released, published or
//! decided. It follows from the log and the moment alone; nothing of it is on record, and none of it holds a figure.

use proto::act::council::{Matter, Outcome};
use proto::act::round::{OwnUnit, Phase, Stage};
use proto::notices::{Notice, NoticeKind, Notices, NoticesOf};
use proto::rows::{FlagState, SheetState};
use proto::work::RoundQuery;
use proto::{ActorId, Capacity, Hash, Instant, Principal, Rejection, RoundId};

use crate::asking::{Asking, OF_A_UNIT};
use crate::people::{Grant, Person};
use crate::released::held;
use crate::round::{Appeal, Round, UnitState};
use crate::sheet::exempt;
use crate::work::open_phase;
use crate::worklist::{appraised, waits};
use crate::world::World;

/// How long before a deadline it is near, in hours.
pub const NEAR_HOURS: i64 = 72;

/// What whoever asks is to be told of a round.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`.
pub fn notices(
    world: &World,
    principal: &Principal,
    (at, root): (Instant, Hash),
    query: RoundQuery,
) -> Result<Notices, Rejection> {
    let asking = Asking::new(world, principal, at, &query.round)?;
    let notices = told(asking.round, asking.person(), at);
    Ok(Notices { position: world.position, root, at, notices, query })
}

/// What each of some people is to be told of a round; whoever the log does not know is told nothing.
///
/// # Errors
/// `round_unknown`.
pub fn notices_of(
    world: &World,
    round: &RoundId,
    actors: &[ActorId],
    at: Instant,
) -> Result<Vec<NoticesOf>, Rejection> {
    let round = world.rounds.get(round).ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
    let known = actors.iter().filter_map(|actor| Some((actor, world.people.get(actor)?)));
    Ok(known.map(|(actor, person)| NoticesOf { actor: actor.clone(), notices: told(round, person, at) }).collect())
}

/// The notices of a person, the most urgent first.
fn told(round: &Round, person: &Person, at: Instant) -> Vec<Notice> {
    if round.closed {
        return Vec::new();
    }
    let mut notices = Vec::new();
    for unit in &round.units {
        if OF_A_UNIT.into_iter().any(|capacity| held_in(round, person, capacity, at).any(|g| is_of(g, unit))) {
            of_unit(round, unit, at, &mut notices);
        }
    }
    let grants: Vec<&Grant> = held_in(round, person, Capacity::Appraiser, at).collect();
    if !grants.is_empty() {
        notices.extend(to_appraise(round, (person, &grants), at));
    }
    notices.sort_by_key(|notice| (notice.kind, notice.until));
    notices
}

fn held_in<'a>(
    round: &'a Round,
    person: &'a Person,
    capacity: Capacity,
    at: Instant,
) -> impl Iterator<Item = &'a Grant> {
    person.grants_of(capacity, Some(round.id()), at)
}

fn is_of(grant: &Grant, unit: &UnitState) -> bool {
    grant.grant.unit.as_ref() == Some(&unit.unit)
}

/// What the people of a unit are to be told.
fn of_unit(round: &Round, unit: &UnitState, at: Instant, notices: &mut Vec<Notice>) {
    let about = |kind| {
        let (id, name) = (Some(unit.unit.clone()), Some(unit.entry.name.clone()));
        Notice { unit: id, name, ..Notice::of(kind) }
    };
    let near = |phase, until: Option<Instant>, waiting: u64| {
        let until = until.filter(|until| is_near(*until, at) && waiting > 0)?;
        let (phase, until, waiting) = (Some(phase), Some(until), Some(waiting));
        Some(Notice { phase, until, waiting, ..about(NoticeKind::DeadlineNear) })
    };
    let begun = |phase| round.windows.get(&phase).is_some_and(|window| window.from <= at);
    if unit.sheet.state == SheetState::Open && begun(Phase::SelfScoring) {
        // A sheet that has all its scores waits for its chief.
        let missing = appraised(unit).filter(|(_, score)| score.stage(Stage::Own).is_none() && !exempt(score)).count();
        notices.extend(near(Phase::SelfScoring, round.sheet_until(unit), (missing as u64).max(1)));
    }
    let is_published = !round.publications.is_empty();
    let held = held(round, &unit.unit, at);
    for stage in [Stage::First, Stage::Second] {
        let has_any = appraised(unit).any(|(_, score)| score.stage(stage).is_some());
        if has_any && !held.stages.contains(&stage) && !is_published {
            notices.push(Notice { stage: Some(stage), ..about(NoticeKind::AppraisalReleased) });
        }
    }
    if open_phase(round, &[Phase::Explanation], Some(&unit.unit), at).is_some() {
        let raised = appraised(unit).filter(|(_, score)| score.flag == Some(FlagState::Raised));
        let leaves: Vec<_> = raised.map(|(leaf, _)| leaf.code.clone()).collect();
        let until = round.until(Phase::Explanation, Some(&unit.unit));
        notices.extend(near(Phase::Explanation, until, leaves.len() as u64));
        notices.extend(leaves.into_iter().map(|leaf| Notice {
            leaf: Some(leaf),
            until,
            ..about(NoticeKind::FlagRaised)
        }));
    }
    if let Some(last) = round.publications.last() {
        let until = round.until(Phase::Appeals, Some(&unit.unit)).filter(|until| at < *until);
        notices.push(Notice { number: Some(last.number), until, ..about(NoticeKind::ResultPublished) });
    }
    for appeal in round.appeals.iter().filter(|appeal| appeal.lodged.unit == unit.unit) {
        if let Some(outcome) = outcome(round, appeal) {
            let (number, outcome) = (Some(appeal.lodged.number), Some(outcome));
            notices.push(Notice { number, outcome, ..about(NoticeKind::AppealDecided) });
        }
    }
}

/// That the appraisal's deadline is near for whoever still has scores that wait for him.
fn to_appraise(round: &Round, (person, grants): (&Person, &[&Grant]), at: Instant) -> Option<Notice> {
    let phase = open_phase(round, &[Phase::FirstAppraisal, Phase::SecondAppraisal], None, at)?;
    let until = round.until(phase, None).filter(|until| is_near(*until, at))?;
    let open = crate::worklist::open(round, None, at);
    let may = round.policy().own_unit != OwnUnit::Refuse;
    let his = |unit: &&UnitState| may || !person.belongs_to(&unit.unit, at);
    let waiting = round.units.iter().filter(his).map(|unit| {
        let covered = appraised(unit).filter(|(leaf, _)| grants.iter().any(|g| g.covers_field(leaf.code.field())));
        covered.filter(|(_, score)| waits(unit, score, open)).count() as u64
    });
    let waiting = Some(waiting.sum()).filter(|waiting| *waiting > 0)?;
    let (phase, until, waiting) = (Some(phase), Some(until), Some(waiting));
    Some(Notice { phase, until, waiting, ..Notice::of(NoticeKind::DeadlineNear) })
}

fn is_near(until: Instant, at: Instant) -> bool {
    at < until && until.millis().saturating_sub(at.millis()) <= (NEAR_HOURS as u64) * 3_600_000
}

/// What became of an appeal, once it is decided.
fn outcome(round: &Round, appeal: &Appeal) -> Option<Outcome> {
    let (id, _) = appeal.decided.as_ref()?;
    match &round.decisions.get(id)?.matter {
        Matter::Appeal { outcome, .. } => Some(*outcome),
        Matter::Result { .. } | Matter::Scores { .. } => None,
    }
}
