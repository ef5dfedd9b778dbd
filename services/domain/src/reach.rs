//! What a command reaches: the rounds and documents that must be held before it can be decided.
//! People, cases and the log's own facts are always held.

use proto::act::survey::{RecheckBatch, RecordBatch};
use proto::document::DocKind;
use proto::fold::Streams;
use proto::{Act, RoundId};

/// What a command reaches, documents before rounds.
#[must_use]
pub fn reach(act: &Act) -> Vec<Streams> {
    let round = |r: &RoundId| vec![Streams::Round(r.clone())];
    match act {
        Act::CreateLog(_)
        | Act::NameKey(_)
        | Act::Anchor(_)
        | Act::CloseLog(_)
        | Act::GrantCapacity(_)
        | Act::ConfirmGrant(_)
        | Act::RevokeCapacity(_)
        | Act::BindCredential(_)
        | Act::UnbindCredential(_)
        | Act::OpenCase(_)
        | Act::AnswerCase(_)
        | Act::OrderErasure(_)
        | Act::ConfirmErasure(_)
        | Act::CloseCase(_) => Vec::new(),
        Act::EnterPart(a) => vec![Streams::Document(a.document, a.id.clone())],
        Act::SealDocument(a) => vec![Streams::Document(a.document, a.id.clone())],
        Act::OpenRound(a) => [
            Streams::Document(DocKind::Rulebook, a.rulebook.id.clone()),
            Streams::Document(DocKind::Catalogue, a.catalogue.id.clone()),
        ]
        .into_iter()
        .chain(a.forms.iter().map(|form| Streams::Document(DocKind::Form, form.id.clone())))
        .chain(round(&a.round))
        .collect(),
        Act::RecordBatch(RecordBatch { tally, round, .. }) | Act::RecheckBatch(RecheckBatch { tally, round, .. }) => {
            vec![Streams::Document(DocKind::Tally, tally.id.clone()), Streams::Round(round.clone())]
        }
        Act::PlanSample(a) => round(&a.round),
        Act::CommitSeed(a) => round(&a.round),
        Act::DrawSample(a) => round(&a.round),
        Act::VoidBatch(a) => round(&a.round),
        Act::ClosePhase(a) => round(&a.round),
        Act::ExtendDeadline(a) => round(&a.round),
        Act::ScoreSelf(a) => round(&a.round),
        Act::WithdrawEvidence(a) => round(&a.round),
        Act::ClaimExemption(a) => round(&a.round),
        Act::SubmitSheet(a) => round(&a.round),
        Act::WithdrawSheet(a) => round(&a.round),
        Act::ReopenSheet(a) => round(&a.round),
        Act::CloseSheet(a) => round(&a.round),
        Act::ConfirmScore(a) => round(&a.round),
        Act::AdjustScore(a) => round(&a.round),
        Act::FlagScore(a) => round(&a.round),
        Act::ExplainFlag(a) => round(&a.round),
        Act::AcceptExemption(a) | Act::RefuseExemption(a) => round(&a.round),
        Act::AwardBonus(a) | Act::ImposePenalty(a) => round(&a.round),
        Act::MergeSurvey(a) => round(&a.round),
        Act::ProposeDecision(a) => round(&a.round),
        Act::CastVote(a) => round(&a.round),
        Act::RecordDecision(a) => round(&a.round),
        Act::SetCouncilScore(a) => round(&a.round),
        Act::PublishResult(a) => round(&a.round),
        Act::LodgeAppeal(a) => round(&a.round),
        Act::ExamineAppeal(a) => round(&a.round),
        Act::AnswerAppeal(a) => round(&a.round),
        Act::DecideAppeal(a) => round(&a.round),
        Act::CorrectScore(a) => round(&a.round),
        Act::CloseRound(a) => round(&a.round),
    }
}
