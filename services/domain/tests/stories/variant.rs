//! The same act with something else: another revision seen, another reason, the second appraisal.
//! It changes that one thing and nothing besides.

use proto::act::appraisal::Appraisal;
use proto::act::council::{Matter, ProposeDecision};
use proto::{Act, Code, RoundId, UnitId};

/// The same act in the second appraisal.
pub fn second(mut act: Act) -> Act {
    match &mut act {
        Act::ConfirmScore(a) => a.appraisal = Appraisal::Second,
        Act::AdjustScore(a) => a.appraisal = Appraisal::Second,
        other => panic!("{} is of no appraisal", other.kind()),
    }
    act
}

/// The score that an act is about, and the revision that its sender saw; none for acts that carry no revision.
pub fn revision_of(act: &mut Act) -> Option<(RoundId, UnitId, Code, &mut u64)> {
    macro_rules! of {
        ($a:expr, $leaf:ident) => {
            Some(($a.round.clone(), $a.unit.clone(), $a.$leaf.clone(), &mut $a.revision))
        };
    }
    match act {
        Act::ScoreSelf(a) => of!(a, leaf),
        Act::WithdrawEvidence(a) => of!(a, leaf),
        Act::ClaimExemption(a) => of!(a, leaf),
        Act::ExplainFlag(a) => of!(a, leaf),
        Act::ConfirmScore(a) => of!(a, leaf),
        Act::AdjustScore(a) => of!(a, leaf),
        Act::FlagScore(a) => of!(a, leaf),
        Act::AcceptExemption(a) | Act::RefuseExemption(a) => of!(a, leaf),
        Act::AwardBonus(a) | Act::ImposePenalty(a) => of!(a, code),
        Act::SetCouncilScore(a) => of!(a, leaf),
        Act::CorrectScore(a) => of!(a, leaf),
        _ => None,
    }
}

/// The same act from a sender who saw a revision.
pub fn seen(revision: u64, mut act: Act) -> Act {
    let kind = act.kind();
    *revision_of(&mut act).unwrap_or_else(|| panic!("{kind} carries no revision")).3 = revision;
    act
}

/// The same act with another reason, ground or text.
pub fn because(words: &str, mut act: Act) -> Act {
    let text = match &mut act {
        Act::RevokeCapacity(a) => &mut a.reason,
        Act::UnbindCredential(a) => &mut a.reason,
        Act::ExtendDeadline(a) => &mut a.reason,
        Act::ScoreSelf(a) => &mut a.explanation,
        Act::WithdrawEvidence(a) => &mut a.reason,
        Act::ClaimExemption(a) => &mut a.ground,
        Act::WithdrawSheet(a) => &mut a.reason,
        Act::ReopenSheet(a) => &mut a.reason,
        Act::ExplainFlag(a) => &mut a.text,
        Act::AdjustScore(a) => &mut a.reason,
        Act::VoidBatch(a) => &mut a.reason,
        Act::RecheckBatch(a) => &mut a.reason,
        Act::FlagScore(a) => &mut a.reason,
        Act::AcceptExemption(a) | Act::RefuseExemption(a) => &mut a.reason,
        Act::AwardBonus(a) | Act::ImposePenalty(a) => &mut a.reason,
        Act::RecordDecision(a) => &mut a.minutes,
        Act::PublishResult(a) => &mut a.reason,
        Act::LodgeAppeal(a) => &mut a.text,
        Act::AnswerAppeal(a) => &mut a.text,
        Act::ProposeDecision(ProposeDecision { matter: Matter::Appeal { reason, .. }, .. }) => reason,
        Act::ProposeDecision(ProposeDecision { matter: Matter::Scores { changes }, .. }) => &mut changes[0].reason,
        other => panic!("{} gives no reason", other.kind()),
    };
    words.clone_into(text);
    act
}
