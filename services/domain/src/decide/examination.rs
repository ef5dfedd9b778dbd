//! Claims of an appeal as they come in, and their examination: what the log says to them is put on record.
//! The sender says nothing of his own here: a verdict that is not the log's is refused, whoever sends it.

use proto::act::appeal::LodgeAppeal;
use proto::act::examination::{AppealExamined, Asserted, CLAIMS_MAX, Claim, ExamineAppeal, verdicts_digest};
use proto::document::Text;
use proto::text;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::appeal::open;
use super::hearing::{Hearing, bounded, required};
use crate::examine::examine as verdicts_of;
use crate::round::{Appeal, Round};

/// Claims are few, each once, about the appeal's own leaves and what the round has.
pub fn claims_fit(hearing: &Hearing, round: &Round, act: &LodgeAppeal) -> Result<(), Rejection> {
    let bad = |detail: Text| Err(Rejection::BadClaim { detail });
    if act.claims.len() > CLAIMS_MAX {
        return bad(text!("quá {CLAIMS_MAX} nội dung", "more than {CLAIMS_MAX}"));
    }
    for (i, Claim { that, text }) in act.claims.iter().enumerate() {
        if let Some(leaf) = that.leaf() {
            hearing.score(round, &act.unit, leaf)?;
            if !act.leaves.is_empty() && !act.leaves.contains(leaf) {
                return bad(text!("{leaf} không thuộc kiến nghị", "the appeal is not about {leaf}"));
            }
        }
        let published = round.publications.len();
        match that {
            Asserted::Judgement {} => required(text)?,
            Asserted::BatchOmitted { .. } if !round.survey_held() => return Err(Rejection::NoSurvey {}),
            Asserted::PublishedDiffers { publication: Some(n), .. }
                if *n == 0 || usize::try_from(*n).is_ok_and(|n| n > published) =>
            {
                return bad(text!("không có lần công bố {n}", "there is no publication {n}"));
            }
            Asserted::SelfScored { .. }
            | Asserted::EvidenceAttached { .. }
            | Asserted::AdjustedWithoutReason { .. }
            | Asserted::AdjustedAfterDeadline { .. }
            | Asserted::AdjustedByInterested { .. }
            | Asserted::PublishedDiffers { .. }
            | Asserted::BatchOmitted { .. } => bounded(text)?,
        }
        if act.claims[..i].iter().any(|earlier| earlier.that == *that && !matches!(that, Asserted::Judgement {})) {
            return bad(text!("một nội dung có hai lần", "one stands twice"));
        }
    }
    Ok(())
}

/// An appeal that makes claims is put to the vote only after the log was asked.
pub fn examined(appeal: &Appeal) -> Result<(), Rejection> {
    match appeal.examined {
        None if !appeal.lodged.claims.is_empty() => Err(Rejection::AppealNotExamined { number: appeal.lodged.number }),
        _ => Ok(()),
    }
}

pub fn examine(hearing: &Hearing, act: &ExamineAppeal) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    // Nobody's word counts here, so whoever keeps the procedure may send it, and whoever audits it, and no conflict of
    // interest keeps anyone from it.
    hearing.capacity(&[Capacity::Inspector, Capacity::Secretariat], Some(round.id()))?;
    let appeal = &open(round, act.number)?.lodged;
    if appeal.claims.is_empty() {
        return Err(Rejection::NothingClaimed { number: act.number });
    }
    let position = hearing.world.position;
    if act.position > position || hearing.past.wants(round, appeal).is_some() {
        return Err(Rejection::PositionAhead { position: act.position });
    }
    // What was folded into the working state folds again; if it ever did not, nothing could be said of it.
    let unfit = |_| Rejection::PositionAhead { position: act.position };
    let verdicts = verdicts_of(round, appeal, hearing.past).map_err(unfit)?;
    let digest = verdicts_digest(&verdicts);
    if digest != act.digest {
        return Err(Rejection::ExaminationDiffers { digest: digest.to_string(), position });
    }
    let stream = Stream::Appeal(act.round.clone(), act.number);
    Ok(Decision::new(stream, Fact::AppealExamined(AppealExamined { act: act.clone(), verdicts })))
}
