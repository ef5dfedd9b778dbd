//! Publication: only what the council adopted, only as it stands now, only once (RULINGS 14).

use proto::act::council::Matter;
use proto::act::publication::PublishResult;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::council::carried;
use super::hearing::{Hearing, bounded, required};
use crate::result::result_digest;
use crate::round::Round;

/// No decision is left that is not carried out in full.
pub fn nothing_pending(round: &Round) -> Result<(), Rejection> {
    let pending = round.decisions.iter().find(|(_, d)| d.is_pending());
    pending.map_or(Ok(()), |(id, _)| Err(Rejection::ChangesPending { decision: id.clone() }))
}

pub fn publish(hearing: &Hearing, act: &PublishResult) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Publisher], Some(round.id()))?;
    let expected = u32::try_from(round.publications.len()).unwrap_or(u32::MAX) + 1;
    if act.publication != expected {
        return Err(Rejection::PublicationOutOfOrder { expected });
    }
    if round.survey_held() && round.survey.is_none() {
        return Err(Rejection::SurveyNotMerged {});
    }
    let decision = carried(round, &act.decision)?;
    let fits = match &decision.matter {
        Matter::Result {} => true,
        Matter::Appeal { .. } | Matter::Scores { .. } => expected > 1,
    };
    if !fits {
        return Err(Rejection::DecisionUnfit { decision: act.decision.clone() });
    }
    nothing_pending(round)?;
    if expected > 1 {
        required(&act.reason)?;
    }
    bounded(&act.reason)?;
    if act.position > hearing.world.position {
        return Err(Rejection::PositionAhead { position: act.position });
    }
    let digest = result_digest(round);
    if digest != act.digest {
        return Err(Rejection::ResultMoved { digest: digest.to_string(), position: hearing.world.position });
    }
    let mut decision = Decision::new(Stream::Round(act.round.clone()), Fact::ResultPublished(act.clone()));
    decision.cause = carried(round, &act.decision)?.recorded_by.clone();
    Ok(decision)
}
