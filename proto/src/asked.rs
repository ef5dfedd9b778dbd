//! What was asked of the ledger, out of the event that came of it: whoever decides it again must come to the same event.

use crate::act::sheet::CloseSheet;
use crate::command::{Act, Acting, Command};
use crate::event::{Event, Fact};
use crate::principal::Principal;

impl Fact {
    /// The act that it came of.
    #[must_use]
    pub fn act(&self) -> Act {
        match self.clone() {
            Self::LogCreated(f) => Act::CreateLog(f),
            Self::KeyNamed(f) => Act::NameKey(f),
            Self::Anchored(f) => Act::Anchor(f),
            Self::LogClosed(f) => Act::CloseLog(f),
            Self::CapacityGranted(f) => Act::GrantCapacity(f.grant),
            Self::GrantConfirmed(f) => Act::ConfirmGrant(f),
            Self::CapacityRevoked(f) => Act::RevokeCapacity(f),
            Self::CredentialBound(f) => Act::BindCredential(f),
            Self::CredentialUnbound(f) => Act::UnbindCredential(f),
            Self::PartEntered(f) => Act::EnterPart(f),
            Self::DocumentSealed(f) => Act::SealDocument(f),
            Self::RoundOpened(f) => Act::OpenRound(f),
            Self::PhaseClosed(f) => Act::ClosePhase(f),
            Self::DeadlineExtended(f) => Act::ExtendDeadline(f),
            Self::SelfScored(f) => Act::ScoreSelf(f),
            Self::EvidenceWithdrawn(f) => Act::WithdrawEvidence(f),
            Self::ExemptionClaimed(f) => Act::ClaimExemption(f),
            Self::SheetSubmitted(f) => Act::SubmitSheet(f),
            Self::SheetWithdrawn(f) => Act::WithdrawSheet(f),
            Self::SheetReopened(f) => Act::ReopenSheet(f),
            Self::SheetClosed(f) => Act::CloseSheet(CloseSheet { round: f.round, unit: f.unit }),
            Self::ScoreConfirmed(f) => Act::ConfirmScore(f.act),
            Self::ScoreAdjusted(f) => Act::AdjustScore(f.act),
            Self::ScoreFlagged(f) => Act::FlagScore(f.act),
            Self::FlagExplained(f) => Act::ExplainFlag(f),
            Self::ExemptionAccepted(f) => Act::AcceptExemption(f.act),
            Self::ExemptionRefused(f) => Act::RefuseExemption(f.act),
            Self::BonusAwarded(f) => Act::AwardBonus(f.act),
            Self::PenaltyImposed(f) => Act::ImposePenalty(f.act),
            Self::SamplePlanned(f) => Act::PlanSample(f),
            Self::SeedCommitted(f) => Act::CommitSeed(f),
            Self::BatchRecorded(f) => Act::RecordBatch(f),
            Self::BatchVoided(f) => Act::VoidBatch(f),
            Self::BatchRechecked(f) => Act::RecheckBatch(f),
            Self::SampleDrawn(f) => Act::DrawSample(f.act),
            Self::SurveyMerged(f) => Act::MergeSurvey(f),
            Self::DecisionProposed(f) => Act::ProposeDecision(f),
            Self::VoteCast(f) => Act::CastVote(f.act),
            Self::DecisionRecorded(f) => Act::RecordDecision(f.act),
            Self::CouncilScored(f) => Act::SetCouncilScore(f.act),
            Self::ResultPublished(f) => Act::PublishResult(f),
            Self::AppealLodged(f) => Act::LodgeAppeal(f),
            Self::AppealExamined(f) => Act::ExamineAppeal(f.act),
            Self::AppealAnswered(f) => Act::AnswerAppeal(f),
            Self::AppealDecided(f) => Act::DecideAppeal(f.act),
            Self::ScoreCorrected(f) => Act::CorrectScore(f.act),
            Self::RoundClosed(f) => Act::CloseRound(f),
            Self::CaseOpened(f) => Act::OpenCase(f),
            Self::CaseAnswered(f) => Act::AnswerCase(f),
            Self::ErasureOrdered(f) => Act::OrderErasure(f),
            Self::ErasureConfirmed(f) => Act::ConfirmErasure(f),
            Self::CaseClosed(f) => Act::CloseCase(f),
        }
    }
}

impl Event {
    /// Who asked, and what. The command's digest is the one on record: what its sender spelled otherwise is not known.
    #[must_use]
    pub fn asked(&self) -> (Principal, Command) {
        let e = &self.envelope;
        let principal = Principal { actor: e.actor.id.clone(), via: e.via.clone() };
        let acting = Acting { capacity: e.actor.capacity, unit: e.actor.unit.clone() };
        let command = Command { id: e.command.id.clone(), acting, act: self.fact.act(), digest: e.command.digest };
        (principal, command)
    }
}
