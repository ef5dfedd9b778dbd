//! A unit's own acts on its sheet, and the timer's and secretariat's on its lock.

use proto::act::round::Phase;
use proto::act::sheet::{
    ClaimExemption, CloseSheet, EVIDENCE_MAX, Evidence, ExplainFlag, ReopenSheet, ScoreSelf, SheetClosed, SubmitSheet,
    WithdrawEvidence, WithdrawSheet,
};
use proto::rows::{FlagState, SheetState};
use proto::text;
use proto::{Capacity, Fact, Rejection, RoundId, Stream, UnitId};

use super::Decision;
use super::hearing::{Hearing, bounded, required};
use crate::asking::OF_A_UNIT;
use crate::round::{Round, UnitState};
use crate::rule::{self, Insists};
use crate::rulebook::LeafNode;

/// The media type of a sheet that was signed outside.
const PDF: &str = "application/pdf";

fn stream(round: &RoundId, unit: &UnitId) -> Stream {
    Stream::Sheet(round.clone(), unit.clone())
}

/// The sheet is open and its deadline has not passed.
fn open(hearing: &Hearing, round: &Round, unit: &UnitState) -> Result<(), Rejection> {
    if unit.sheet.state != SheetState::Open {
        return Err(Rejection::SheetLocked { unit: unit.unit.clone(), state: unit.sheet.state });
    }
    match unit.sheet.reopened_until {
        None => hearing.window(round, Phase::SelfScoring, Some(&unit.unit)),
        Some(until) if hearing.at < until => Ok(()),
        Some(until) => Err(Rejection::DeadlinePassed { phase: Phase::SelfScoring, until }),
    }
}

pub fn evidence_fits(evidence: &[Evidence]) -> Result<(), Rejection> {
    let bad = |detail| Err(Rejection::BadEvidence { detail });
    if evidence.len() > EVIDENCE_MAX {
        return bad(text!("quá nhiều tệp", "too many files"));
    }
    if evidence.iter().any(|e| e.size == 0) {
        return bad(text!("tệp rỗng", "an empty file"));
    }
    let media = |t: &str| t.len() <= 100 && t.split_once('/').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
    if evidence.iter().any(|e| !media(&e.media_type)) {
        return bad(text!("loại tệp không hợp lệ", "a type that is no media type"));
    }
    if evidence.iter().any(|e| e.page.len() > 100) {
        return bad(text!("số trang hoặc mục dài quá 100 byte", "a page or section of more than 100 bytes"));
    }
    Ok(())
}

pub fn score(hearing: &Hearing, act: &ScoreSelf) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let at = hearing.score(round, &act.unit, &act.leaf)?;
    hearing.for_unit(&OF_A_UNIT, round.id(), &act.unit)?;
    open(hearing, round, at.unit)?;
    at.applies()?;
    at.fresh(act.revision)?;
    score_fits(round, at.leaf, act)?;
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::SelfScored(act.clone())))
}

/// What a self-score says fits its leaf, whoever says it and when.
pub fn score_fits(round: &Round, leaf: &LeafNode, act: &ScoreSelf) -> Result<(), Rejection> {
    let ground = Insists::WithGround(!act.explanation.trim().is_empty());
    rule::points(&round.book.claims, leaf, &act.inputs, act.claimed, ground)?;
    evidence_fits(&act.evidence)?;
    bounded(&act.explanation)?;
    if leaf.leaf.evidence && act.evidence.is_empty() && act.explanation.trim().is_empty() {
        return Err(Rejection::EvidenceRequired { leaf: act.leaf.clone() });
    }
    Ok(())
}

pub fn withdraw_evidence(hearing: &Hearing, act: &WithdrawEvidence) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let at = hearing.score(round, &act.unit, &act.leaf)?;
    hearing.for_unit(&OF_A_UNIT, round.id(), &act.unit)?;
    open(hearing, round, at.unit)?;
    at.fresh(act.revision)?;
    required(&act.reason)?;
    if !at.score.evidence.iter().any(|file| file.address == act.address) {
        return Err(Rejection::EvidenceNotAttached { leaf: act.leaf.clone(), address: act.address });
    }
    // What a self-score may not do, a withdrawal may not lead to: a score with neither a file nor a word on why there is none.
    let bare = at.score.evidence.iter().all(|file| file.address == act.address);
    if bare && at.leaf.leaf.evidence && at.score.explanation.trim().is_empty() && at.applies().is_ok() {
        return Err(Rejection::EvidenceRequired { leaf: act.leaf.clone() });
    }
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::EvidenceWithdrawn(act.clone())))
}

pub fn claim_exemption(hearing: &Hearing, act: &ClaimExemption) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let at = hearing.score(round, &act.unit, &act.leaf)?;
    hearing.for_unit(&OF_A_UNIT, round.id(), &act.unit)?;
    open(hearing, round, at.unit)?;
    at.applies()?;
    if !at.leaf.leaf.exemptible {
        return Err(Rejection::NotExemptible { leaf: act.leaf.clone() });
    }
    at.fresh(act.revision)?;
    required(&act.ground)?;
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::ExemptionClaimed(act.clone())))
}

pub fn submit(hearing: &Hearing, act: &SubmitSheet) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let unit = hearing.unit(round, &act.unit)?;
    hearing.for_unit(&[Capacity::Chief], round.id(), &act.unit)?;
    open(hearing, round, unit)?;
    let missing: Vec<_> = Round::own_leaves(&unit.tree)
        .filter(|(i, _)| unit.sheet.scores[*i].stages.is_empty() && unit.sheet.scores[*i].exemption.is_none())
        .map(|(_, code)| code)
        .collect();
    if let Some(first) = missing.first() {
        return Err(Rejection::SheetIncomplete { missing: missing.len(), first: (*first).clone() });
    }
    signed_outside_fits(&act.evidence)?;
    let digest = unit.sheet.digest();
    if act.version != unit.sheet.version || act.digest != digest {
        let (seen, current) = (act.version, unit.sheet.version);
        return Err(Rejection::StaleSheet { seen, current, digest: digest.to_string() });
    }
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::SheetSubmitted(act.clone())))
}

/// What was signed outside is one PDF, or nothing.
fn signed_outside_fits(evidence: &[Evidence]) -> Result<(), Rejection> {
    evidence_fits(evidence)?;
    let bad = |detail| Err(Rejection::BadEvidence { detail });
    if evidence.len() > 1 {
        return bad(text!("chỉ một bản ký", "one signed file, not more"));
    }
    if evidence.iter().any(|file| file.media_type != PDF) {
        return bad(text!("bản ký phải là tệp PDF", "what was signed must be a PDF"));
    }
    Ok(())
}

pub fn withdraw(hearing: &Hearing, act: &WithdrawSheet) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let unit = hearing.unit(round, &act.unit)?;
    hearing.for_unit(&[Capacity::Chief], round.id(), &act.unit)?;
    if unit.sheet.state != SheetState::Submitted {
        return Err(Rejection::SheetNotSubmitted { unit: act.unit.clone() });
    }
    match round.sheet_until(unit).filter(|until| hearing.at >= *until) {
        Some(until) => return Err(Rejection::DeadlinePassed { phase: Phase::SelfScoring, until }),
        None => required(&act.reason)?,
    }
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::SheetWithdrawn(act.clone())))
}

pub fn reopen(hearing: &Hearing, act: &ReopenSheet) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let unit = hearing.unit(round, &act.unit)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if unit.sheet.state == SheetState::Open {
        return Err(Rejection::SheetOpen { unit: act.unit.clone() });
    }
    super::publication::not_published(round)?;
    required(&act.reason)?;
    let now = round.sheet_until(unit).unwrap_or(hearing.at).max(hearing.at);
    if act.until <= now {
        return Err(Rejection::NotAnExtension { until: now });
    }
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::SheetReopened(act.clone())))
}

pub fn close(hearing: &Hearing, act: &CloseSheet) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let unit = hearing.unit(round, &act.unit)?;
    if unit.sheet.state != SheetState::Open {
        return Err(Rejection::SheetLocked { unit: act.unit.clone(), state: unit.sheet.state });
    }
    let until = round.sheet_until(unit).ok_or(Rejection::PhaseUnknown { phase: Phase::SelfScoring })?;
    let Some(cause) = round.closed_phases.get(&Phase::SelfScoring).filter(|_| hearing.at >= until) else {
        return Err(Rejection::NotDue { until });
    };
    let (round_id, unit_id, policy) = (act.round.clone(), act.unit.clone(), round.policy().unsubmitted);
    let fact = Fact::SheetClosed(SheetClosed { round: round_id, unit: unit_id, policy });
    Ok(Decision { stream: stream(&act.round, &act.unit), fact, cause: Some(cause.clone()) })
}

pub fn explain(hearing: &Hearing, act: &ExplainFlag) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let at = hearing.score(round, &act.unit, &act.leaf)?;
    hearing.for_unit(&OF_A_UNIT, round.id(), &act.unit)?;
    hearing.window(round, Phase::Explanation, Some(&act.unit))?;
    if at.score.flag != Some(FlagState::Raised) {
        return Err(Rejection::NotFlagged { leaf: act.leaf.clone() });
    }
    at.fresh(act.revision)?;
    required(&act.text)?;
    evidence_fits(&act.evidence)?;
    if at.score.evidence.len() + act.evidence.len() > EVIDENCE_MAX {
        return Err(Rejection::BadEvidence { detail: text!("quá nhiều tệp", "too many files") });
    }
    Ok(Decision::new(stream(&act.round, &act.unit), Fact::FlagExplained(act.clone())))
}
