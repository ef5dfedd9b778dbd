//! The decision: may this actor do this now, and what happened if he may. Nothing here changes anything.
//! It reads no clock: the time comes in, after the command's turn has come (RULINGS 16).

mod appeal;
mod appraisal;
mod batch;
mod council;
mod documents;
mod examination;
mod grants;
mod hearing;
mod log;
mod privacy;
mod publication;
mod resample;
mod round;
mod sheet;
mod survey;

use proto::{Act, Code, Command, EventId, Fact, Instant, Principal, Rejection, Stream, UnitId};

use crate::examine::Past;
use crate::round::Round;
use crate::world::World;
pub(crate) use batch::{recheck_fits, standing};
use hearing::Hearing;

/// What a command led to: the event to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Its stream.
    pub stream: Stream,
    /// What happened.
    pub fact: Fact,
    /// The event that it follows from.
    pub cause: Option<EventId>,
}

impl Decision {
    fn new(stream: Stream, fact: Fact) -> Self {
        Self { stream, fact, cause: None }
    }
}

/// Decides a command that needs nothing but the working state.
///
/// # Errors
/// [`Rejection`] with the first reason against it.
pub fn decide(world: &World, principal: &Principal, at: Instant, command: &Command) -> Result<Decision, Rejection> {
    decide_by(world, &Past::default(), principal, at, command)
}

/// Decides a command by the working state and what was read again for it ([`Past::wants_for`] says what).
///
/// # Errors
/// [`Rejection`] with the first reason against it.
pub fn decide_by(
    world: &World,
    past: &Past,
    principal: &Principal,
    at: Instant,
    command: &Command,
) -> Result<Decision, Rejection> {
    let hearing = Hearing { world, past, principal, acting: &command.acting, at };
    hearing.credential_holds(&command.act)?;
    hearing.log_goes_on()?;
    match &command.act {
        Act::CreateLog(a) => log::create(&hearing, a),
        Act::NameKey(a) => log::name_key(&hearing, a),
        Act::Anchor(a) => log::anchor(&hearing, a),
        Act::CloseLog(a) => log::close(&hearing, a),
        Act::GrantCapacity(a) => grants::grant(&hearing, a),
        Act::ConfirmGrant(a) => grants::confirm(&hearing, a),
        Act::RevokeCapacity(a) => grants::revoke(&hearing, a),
        Act::BindCredential(a) => grants::bind(&hearing, a),
        Act::UnbindCredential(a) => grants::unbind(&hearing, a),
        Act::EnterPart(a) => documents::enter(&hearing, a),
        Act::SealDocument(a) => documents::seal(&hearing, a),
        Act::OpenRound(a) => round::open(&hearing, a),
        Act::ClosePhase(a) => round::close_phase(&hearing, a),
        Act::ExtendDeadline(a) => round::extend(&hearing, a),
        Act::CloseRound(a) => round::close(&hearing, a),
        Act::ScoreSelf(a) => sheet::score(&hearing, a),
        Act::WithdrawEvidence(a) => sheet::withdraw_evidence(&hearing, a),
        Act::ClaimExemption(a) => sheet::claim_exemption(&hearing, a),
        Act::SubmitSheet(a) => sheet::submit(&hearing, a),
        Act::WithdrawSheet(a) => sheet::withdraw(&hearing, a),
        Act::ReopenSheet(a) => sheet::reopen(&hearing, a),
        Act::CloseSheet(a) => sheet::close(&hearing, a),
        Act::ExplainFlag(a) => sheet::explain(&hearing, a),
        Act::ConfirmScore(a) => appraisal::confirm(&hearing, a),
        Act::AdjustScore(a) => appraisal::adjust(&hearing, a),
        Act::FlagScore(a) => appraisal::flag(&hearing, a),
        Act::AcceptExemption(a) => appraisal::accept_exemption(&hearing, a),
        Act::RefuseExemption(a) => appraisal::refuse_exemption(&hearing, a),
        Act::AwardBonus(a) => appraisal::bonus(&hearing, a),
        Act::ImposePenalty(a) => appraisal::penalty(&hearing, a),
        Act::PlanSample(a) => survey::plan(&hearing, a),
        Act::CommitSeed(a) => resample::commit(&hearing, a),
        Act::DrawSample(a) => resample::draw(&hearing, a),
        Act::RecordBatch(a) => batch::record(&hearing, a),
        Act::VoidBatch(a) => batch::void(&hearing, a),
        Act::RecheckBatch(a) => batch::recheck(&hearing, a),
        Act::MergeSurvey(a) => survey::merge(&hearing, a),
        Act::ProposeDecision(a) => council::propose(&hearing, a),
        Act::CastVote(a) => council::vote(&hearing, a),
        Act::RecordDecision(a) => council::record(&hearing, a),
        Act::SetCouncilScore(a) => council::set_score(&hearing, a),
        Act::PublishResult(a) => publication::publish(&hearing, a),
        Act::LodgeAppeal(a) => appeal::lodge(&hearing, a),
        Act::ExamineAppeal(a) => examination::examine(&hearing, a),
        Act::AnswerAppeal(a) => appeal::answer(&hearing, a),
        Act::DecideAppeal(a) => appeal::decide(&hearing, a),
        Act::CorrectScore(a) => appeal::correct(&hearing, a),
        Act::OpenCase(a) => privacy::open(&hearing, a),
        Act::AnswerCase(a) => privacy::answer(&hearing, a),
        Act::OrderErasure(a) => privacy::order(&hearing, a),
        Act::ConfirmErasure(a) => privacy::confirm(&hearing, a),
        Act::CloseCase(a) => privacy::close(&hearing, a),
    }
}

/// Whether what an act says of a score fits its leaf: what can be told of it before it is sent. Who may do it, and when, is
/// said by [`decide`] alone; so is everything about acts of other kinds.
///
/// # Errors
/// What the decision would refuse it for.
pub fn fits(round: &Round, act: &Act) -> Result<(), Rejection> {
    let score = |unit: &UnitId, code: &Code| {
        let (_, state) = round.unit(unit).ok_or_else(|| Rejection::UnitUnknown { unit: unit.clone() })?;
        let (at, leaf) = state.tree.leaf(code).ok_or_else(|| Rejection::LeafUnknown { leaf: code.clone() })?;
        Ok((state, at, leaf))
    };
    match act {
        Act::ScoreSelf(a) => sheet::score_fits(round, score(&a.unit, &a.leaf)?.2, a),
        Act::AdjustScore(a) => appraisal::adjustment_fits(round, score(&a.unit, &a.leaf)?.2, a),
        Act::FlagScore(a) => hearing::required(&a.reason),
        Act::ConfirmScore(a) => {
            let (state, at, _) = score(&a.unit, &a.leaf)?;
            let points = state.sheet.final_points(&state.sheet.scores[at], round.policy());
            points.map(|_| ()).ok_or_else(|| Rejection::NotScored { leaf: a.leaf.clone() })
        }
        _ => Ok(()),
    }
}
