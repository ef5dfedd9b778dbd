//! A form's way back into a command. What is no such form is refused whole; whether the act is allowed is the ledger's.

use std::str::FromStr;

use proto::act::appeal::{AnswerAppeal, CorrectScore, DecideAppeal};
use proto::act::appraisal::SetExtra;
use proto::act::council::{CastVote, Manner, Matter, ProposeDecision, RecordDecision, SetCouncilScore, Vote};
use proto::act::examination::ExamineAppeal;
use proto::act::publication::PublishResult;
use proto::act::round::{CloseRound, ExtendDeadline};
use proto::act::sheet::ReopenSheet;
use proto::act::survey::{MergeSurvey, VoidBatch};
use proto::as_of::minute_in_vietnam;
use proto::work::RoundWork;
use proto::{Act, BatchId, Decimal, DecisionId, Hash, Instant, RoundId};

use super::Doing;
use crate::page::inputs::written;
use crate::refusal::Refusal;
use crate::sign_in::Fields;

/// The act that a form asks for.
///
/// # Errors
/// `bad_form` for what no form of ours sends; `bad_query` for a moment that somebody wrote and that is none.
pub fn act(work: &RoundWork, doing: Doing, fields: &Fields) -> Result<Act, Refusal> {
    let round = work.query.round.clone();
    let text = |name| written(fields.get(name));
    Ok(match doing {
        Doing::Extend => {
            let unit = if fields.get("unit").is_empty() { None } else { Some(parsed(fields, "unit")?) };
            let (phase, until) = (parsed(fields, "phase")?, until(fields)?);
            Act::ExtendDeadline(ExtendDeadline { round, phase, unit, until, reason: text("reason") })
        }
        Doing::Reopen => {
            let (unit, until) = (parsed(fields, "unit")?, until(fields)?);
            Act::ReopenSheet(ReopenSheet { round, unit, until, reason: text("reason") })
        }
        Doing::ProposeResult => {
            let (decision, matter) = (parsed(fields, "decision")?, Matter::Result { digest: digest(fields)? });
            Act::ProposeDecision(ProposeDecision { round, decision, matter })
        }
        Doing::Vote => vote(round, fields)?,
        Doing::Record => {
            let decision = parsed(fields, "decision")?;
            Act::RecordDecision(RecordDecision { round, decision, minutes: text("minutes") })
        }
        Doing::CarryOut => {
            let (unit, leaf) = (parsed(fields, "unit")?, parsed(fields, "leaf")?);
            let (revision, decision) = (parsed(fields, "revision")?, parsed(fields, "decision")?);
            Act::SetCouncilScore(SetCouncilScore { round, unit, leaf, revision, decision })
        }
        Doing::Publish => Act::PublishResult(PublishResult {
            round,
            publication: parsed(fields, "publication")?,
            decision: parsed(fields, "decision")?,
            position: parsed(fields, "position")?,
            digest: digest(fields)?,
            reason: text("reason"),
        }),
        Doing::Examine => {
            let (number, position) = (parsed(fields, "number")?, parsed(fields, "position")?);
            Act::ExamineAppeal(ExamineAppeal { round, number, position, digest: digest(fields)? })
        }
        Doing::Answer => {
            Act::AnswerAppeal(AnswerAppeal { round, number: parsed(fields, "number")?, text: text("text") })
        }
        Doing::Decide => {
            let (number, decision) = (parsed(fields, "number")?, parsed(fields, "decision")?);
            Act::DecideAppeal(DecideAppeal { round, number, decision })
        }
        Doing::Correct => {
            let (unit, leaf) = (parsed(fields, "unit")?, parsed(fields, "leaf")?);
            let (revision, appeal) = (parsed(fields, "revision")?, parsed(fields, "number")?);
            Act::CorrectScore(CorrectScore { round, unit, leaf, revision, appeal })
        }
        Doing::Void => Act::VoidBatch(VoidBatch { round, batch: parsed(fields, "batch")?, reason: text("reason") }),
        Doing::Merge => {
            let batches = fields.all("batches").map(BatchId::parse);
            let batches = batches.collect::<Result<_, _>>().map_err(|_| Refusal::BadForm)?;
            Act::MergeSurvey(MergeSurvey { round, batches })
        }
        Doing::Award => Act::AwardBonus(extra(round, fields)?),
        Doing::Impose => Act::ImposePenalty(extra(round, fields)?),
        Doing::Close => Act::CloseRound(CloseRound { round }),
    })
}

fn extra(round: RoundId, fields: &Fields) -> Result<SetExtra, Refusal> {
    let (unit, code) = (parsed(fields, "unit")?, parsed(fields, "code")?);
    let points = points(fields.get("points")).ok_or(Refusal::BadQuery("points"))?;
    let revision = parsed(fields, "revision")?;
    Ok(SetExtra { round, unit, code, revision, points, reason: written(fields.get("reason")) })
}

/// Points as somebody types them: `1,50` is 1.5.
fn points(text: &str) -> Option<Decimal> {
    let text = text.trim().replace(',', ".");
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Decimal::parse(short).ok()
}

fn vote(round: RoundId, fields: &Fields) -> Result<Act, Refusal> {
    let vote = match fields.get("vote") {
        "for" => Vote::For,
        "against" => Vote::Against,
        "abstain" => Vote::Abstain,
        _ => return Err(Refusal::BadForm),
    };
    let manner = match fields.get("manner") {
        "meeting" => Manner::Meeting,
        "writing" => Manner::Writing,
        _ => return Err(Refusal::BadForm),
    };
    Ok(Act::CastVote(CastVote { round, decision: parsed(fields, "decision")?, vote, manner }))
}

/// An id for the round's next decision; none once there are more than ids can count.
pub fn next_decision(work: &RoundWork) -> Option<DecisionId> {
    let known = |id: &DecisionId| work.decisions.iter().any(|decision| decision.decision == *id);
    let mut ids = (work.decisions.len() + 1..).map_while(|n| DecisionId::parse(&format!("qn-{n}")).ok());
    ids.find(|id| !known(id))
}

fn parsed<T: FromStr>(fields: &Fields, name: &str) -> Result<T, Refusal> {
    fields.get(name).parse().map_err(|_| Refusal::BadForm)
}

fn digest(fields: &Fields) -> Result<Hash, Refusal> {
    Hash::parse(fields.get("digest")).map_err(|_| Refusal::BadForm)
}

fn until(fields: &Fields) -> Result<Instant, Refusal> {
    minute_in_vietnam(fields.get("until")).ok_or(Refusal::BadQuery("until"))
}
