//! Which acts a round answers with their receipts, where it wants that: those that somebody may one day have to prove.
//! It decides nothing about the act; the event stands whether a receipt comes or not (RULINGS 28).

use proto::{Act, RoundId};

/// The round whose rule says whether an act's answer waits for its receipt; none for acts that never wait.
#[must_use]
pub fn receipted(act: &Act) -> Option<&RoundId> {
    match act {
        Act::ScoreSelf(a) => Some(&a.round),
        Act::WithdrawEvidence(a) => Some(&a.round),
        Act::ClaimExemption(a) => Some(&a.round),
        Act::SubmitSheet(a) => Some(&a.round),
        Act::WithdrawSheet(a) => Some(&a.round),
        Act::ExplainFlag(a) => Some(&a.round),
        Act::ConfirmScore(a) => Some(&a.round),
        Act::AdjustScore(a) => Some(&a.round),
        Act::FlagScore(a) => Some(&a.round),
        Act::AcceptExemption(a) | Act::RefuseExemption(a) => Some(&a.round),
        Act::AwardBonus(a) | Act::ImposePenalty(a) => Some(&a.round),
        Act::RecordDecision(a) => Some(&a.round),
        Act::SetCouncilScore(a) => Some(&a.round),
        Act::PublishResult(a) => Some(&a.round),
        Act::LodgeAppeal(a) => Some(&a.round),
        Act::AnswerAppeal(a) => Some(&a.round),
        Act::ExamineAppeal(a) => Some(&a.round),
        Act::DecideAppeal(a) => Some(&a.round),
        Act::CorrectScore(a) => Some(&a.round),
        Act::CreateLog(_)
        | Act::NameKey(_)
        | Act::Anchor(_)
        | Act::CloseLog(_)
        | Act::GrantCapacity(_)
        | Act::ConfirmGrant(_)
        | Act::RevokeCapacity(_)
        | Act::BindCredential(_)
        | Act::UnbindCredential(_)
        | Act::EnterPart(_)
        | Act::SealDocument(_)
        | Act::OpenRound(_)
        | Act::ClosePhase(_)
        | Act::ExtendDeadline(_)
        | Act::ReopenSheet(_)
        | Act::CloseSheet(_)
        | Act::PlanSample(_)
        | Act::CommitSeed(_)
        | Act::DrawSample(_)
        | Act::RecordBatch(_)
        | Act::VoidBatch(_)
        | Act::RecheckBatch(_)
        | Act::MergeSurvey(_)
        | Act::ProposeDecision(_)
        | Act::CastVote(_)
        | Act::CloseRound(_)
        | Act::OpenCase(_)
        | Act::AnswerCase(_)
        | Act::OrderErasure(_)
        | Act::ConfirmErasure(_)
        | Act::CloseCase(_) => None,
    }
}
