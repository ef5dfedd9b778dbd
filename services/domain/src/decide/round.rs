//! Opening a round, its deadlines, its phases' end and its own.

use std::collections::BTreeSet;

use proto::act::round::{ClosePhase, CloseRound, ExtendDeadline, OpenRound, Phase, Stage, Window};
use proto::document::{Catalogue, DocKind, DocRef};
use proto::{Capacity, Decimal, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::documents::Meaning;
use crate::rulebook::Book;

/// The most digits of a printed index.
const DIGITS_MAX: u8 = 6;

pub fn open(hearing: &Hearing, act: &OpenRound) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Secretariat], None)?;
    if hearing.world.rounds.contains_key(&act.round) {
        return Err(Rejection::RoundExists { round: act.round.clone() });
    }
    let Some(Meaning::Rulebook(book)) = meaning(hearing, DocKind::Rulebook, &act.rulebook) else {
        return Err(Rejection::DocumentUnknown { id: act.rulebook.id.clone() });
    };
    let Some(Meaning::Catalogue(catalogue)) = meaning(hearing, DocKind::Catalogue, &act.catalogue) else {
        return Err(Rejection::DocumentUnknown { id: act.catalogue.id.clone() });
    };
    let mut faults = Vec::new();
    block_faults(act, &book, &catalogue, &mut faults);
    window_faults(&act.phases, &mut faults);
    policy_faults(act, &mut faults);
    if !faults.is_empty() {
        return Err(Rejection::BadRound { detail: faults.join("; ") });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::RoundOpened(act.clone())))
}

fn meaning(hearing: &Hearing, kind: DocKind, doc: &DocRef) -> Option<Meaning> {
    hearing.world.meaning(kind, &doc.id, doc.digest)
}

fn block_faults(act: &OpenRound, book: &Book, catalogue: &Catalogue, faults: &mut Vec<String>) {
    if act.blocks.is_empty() {
        faults.push("no blocks".to_owned());
    }
    let mut blocks = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for block in &act.blocks {
        if !blocks.insert(&block.block) {
            faults.push(format!("block {} stands twice", block.block));
        }
        if !book.trees.contains_key(&block.kind) {
            faults.push(format!("block {}: the rulebook has no tree for {}", block.block, block.kind));
        }
        if block.units.is_empty() {
            faults.push(format!("block {} has no units", block.block));
        }
        for unit in &block.units {
            if !seen.insert(unit) {
                faults.push(format!("unit {unit} stands twice"));
            }
            match catalogue.units.iter().find(|u| u.unit == *unit) {
                None => faults.push(format!("unit {unit} is not in the catalogue")),
                Some(entry) if entry.kind != block.kind => {
                    faults.push(format!("unit {unit} is of kind {}, not {}", entry.kind, block.kind));
                }
                Some(_) => {}
            }
        }
        for unit in block.unranked.iter().filter(|u| !block.units.contains(u)) {
            faults.push(format!("unranked unit {unit} is not in block {}", block.block));
        }
    }
}

fn window_faults(windows: &[Window], faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for window in windows {
        if !seen.insert(window.phase) {
            faults.push(format!("phase {} stands twice", window.phase));
        }
        if window.from >= window.until {
            faults.push(format!("phase {} ends before it begins", window.phase));
        }
    }
    let chain = [Phase::SelfScoring, Phase::FirstAppraisal, Phase::Explanation, Phase::SecondAppraisal, Phase::Council];
    let mut before: Option<&Window> = None;
    for phase in chain {
        let window = windows.iter().find(|w| w.phase == phase);
        if window.is_none() && matches!(phase, Phase::SelfScoring | Phase::FirstAppraisal | Phase::Council) {
            faults.push(format!("phase {phase} is missing"));
        }
        if let (Some(before), Some(window)) = (before, window)
            && window.from < before.until
        {
            faults.push(format!("phase {phase} begins before {} has ended", before.phase));
        }
        before = window.or(before);
    }
}

fn policy_faults(act: &OpenRound, faults: &mut Vec<String>) {
    let policy = &act.policy;
    if policy.digits > DIGITS_MAX {
        faults.push(format!("more than {DIGITS_MAX} digits"));
    }
    if !policy.counts.contains(&Stage::Own) || !policy.counts.contains(&Stage::First) {
        faults.push("self and first must be among the stages that count".to_owned());
    }
    let falling = policy.bands.windows(2).all(|w| w[0].from > w[1].from);
    let codes: BTreeSet<_> = policy.bands.iter().map(|b| &b.code).collect();
    if !falling || codes.len() != policy.bands.len() {
        faults.push("bands must fall, each with a code of its own".to_owned());
    }
    if policy.bands.last().is_some_and(|b| b.from != Decimal::ZERO) {
        faults.push("the last band must begin at 0".to_owned());
    }
}

pub fn close_phase(hearing: &Hearing, act: &ClosePhase) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    let phase = act.phase.as_str();
    let until = round.windows.get(&act.phase).ok_or(Rejection::PhaseUnknown { phase })?.until;
    if round.closed_phases.contains_key(&act.phase) {
        return Err(Rejection::PhaseClosed { phase });
    }
    if hearing.at < until {
        return Err(Rejection::NotDue { until });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::PhaseClosed(act.clone())))
}

pub fn extend(hearing: &Hearing, act: &ExtendDeadline) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    let phase = act.phase.as_str();
    if let Some(unit) = &act.unit {
        hearing.unit(round, unit)?;
    }
    let until = round.until(act.phase, act.unit.as_ref()).ok_or(Rejection::PhaseUnknown { phase })?;
    if round.closed_phases.contains_key(&act.phase) || hearing.at >= until {
        return Err(Rejection::DeadlinePassed { phase, until });
    }
    if act.until <= until || act.until <= hearing.at {
        return Err(Rejection::NotAnExtension { until });
    }
    required(&act.reason)?;
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::DeadlineExtended(act.clone())))
}

pub fn close(hearing: &Hearing, act: &CloseRound) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if round.publications.is_empty() {
        return Err(Rejection::NotPublished {});
    }
    if let Some(until) = round.until(Phase::Appeals, None).filter(|until| hearing.at < *until) {
        return Err(Rejection::NotDue { until });
    }
    if let Some(open) = round.appeals.iter().find(|a| a.decided.is_none()) {
        return Err(Rejection::AppealOpen { number: open.lodged.number });
    }
    super::publication::nothing_pending(round)?;
    if round.unpublished_correction {
        return Err(Rejection::CorrectionUnpublished {});
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::RoundClosed(act.clone())))
}
