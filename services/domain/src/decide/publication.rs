//! Publication: only what the council adopted, only as it stands now, only once (RULINGS 14).

use proto::act::council::Matter;
use proto::act::publication::PublishResult;
use proto::inquiry::Severity;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::council::carried;
use super::hearing::{Hearing, bounded, required};
use crate::check::check_round;
use crate::result::result_digest;
use crate::round::Round;

/// Nothing is published yet: what is published changes by decision of the council alone.
pub fn not_published(round: &Round) -> Result<(), Rejection> {
    if round.publications.is_empty() { Ok(()) } else { Err(Rejection::ResultFixed {}) }
}

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
    let unfit = || Rejection::DecisionUnfit { decision: act.decision.clone() };
    // A first publication is an adopted result; a correction follows from any decision of the council.
    let adopted = match &decision.matter {
        Matter::Result { digest } => Some(*digest),
        Matter::Appeal { .. } | Matter::Scores { .. } if expected > 1 => None,
        Matter::Appeal { .. } | Matter::Scores { .. } => return Err(unfit()),
    };
    nothing_pending(round)?;
    if expected > 1 {
        required(&act.reason)?;
    }
    bounded(&act.reason)?;
    let faults: Vec<_> = check_round(round).into_iter().filter(|o| o.severity == Severity::Fault).collect();
    if let Some(first) = faults.first().filter(|_| act.reason.trim().is_empty()) {
        return Err(Rejection::ChecksFailed { faults: faults.len(), first: first.text.clone() });
    }
    if act.position > hearing.world.position {
        return Err(Rejection::PositionAhead { position: act.position });
    }
    let digest = result_digest(round);
    if digest != act.digest {
        return Err(Rejection::ResultMoved { digest: digest.to_string(), position: hearing.world.position });
    }
    // The council adopted one result, not whatever stands later.
    if adopted.is_some_and(|adopted| adopted != digest) {
        return Err(unfit());
    }
    let mut decision = Decision::new(Stream::Round(act.round.clone()), Fact::ResultPublished(act.clone()));
    decision.cause = carried(round, &act.decision)?.recorded_by.clone();
    Ok(decision)
}
