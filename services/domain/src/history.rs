//! The history of a score or sheet: what each event changed, told before and after (RULINGS 15).
//! It is a fold like any other, made from the log alone.

use proto::act::council::Matter;
use proto::act::examination::Verdict;
use proto::fold::Unfit;
use proto::history::{HistoryQuery, Step};
use proto::rows::{ExemptionState, SheetState};
use proto::{Code, Event, Fact, Hash, RoundId, UnitId};

use crate::released::{hold_back_sheet, is_held};
use crate::result::leaf_points;
use crate::round::Round;
use crate::world::World;

/// Folds a log and keeps the steps of one history.
#[derive(Debug)]
pub struct Historian {
    world: World,
    query: HistoryQuery,
    steps: Vec<Step>,
}

impl Historian {
    /// A historian before the first event.
    #[must_use]
    pub fn new(query: HistoryQuery) -> Self {
        Self { world: World::default(), query, steps: Vec::new() }
    }

    /// One whose state keeps account of what was touched.
    pub(crate) fn tracking(query: HistoryQuery) -> Self {
        Self { world: World::tracking(), ..Self::new(query) }
    }

    /// Takes the next event; says whether it is a step of the history.
    ///
    /// # Errors
    /// [`Unfit`] when it does not fit what came before it.
    pub fn step(&mut self, event: &Event, hash: Hash) -> Result<bool, Unfit> {
        let held = self.query.held.as_ref().is_some_and(|held| is_held(held, &event.fact, event.envelope.at));
        let told = !held && self.concerns(event);
        let before = if told { self.state(event) } else { String::new() };
        self.world.evolve(event)?;
        if told {
            let after = self.state(event);
            self.steps.push(step(event, &self.query.unit, hash, (before, after)));
        }
        Ok(told)
    }

    /// The state that the events have led to.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The same, for whoever brings in what the next event needs.
    pub(crate) fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// The steps so far.
    #[must_use]
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    fn concerns(&self, event: &Event) -> bool {
        let HistoryQuery { round, unit, leaf, .. } = &self.query;
        if event.envelope.stream.round() != Some(round) {
            return false;
        }
        let named = leaf_of(&event.fact);
        let here = |r: &RoundId, u: &UnitId| r == round && u == unit;
        match &event.fact {
            Fact::RoundOpened(f) => f.blocks.iter().any(|b| b.units.contains(unit)),
            Fact::DeadlineExtended(f) => f.unit.as_ref().is_none_or(|u| u == unit),
            Fact::PhaseClosed(_) | Fact::ResultPublished(_) | Fact::RoundClosed(_) => true,
            Fact::SurveyMerged(_)
            | Fact::SamplePlanned(_)
            | Fact::SeedCommitted(_)
            | Fact::SampleDrawn(_)
            | Fact::BatchRecorded(_)
            | Fact::BatchVoided(_)
            | Fact::BatchRechecked(_) => self.asks_for_survey(),
            Fact::DecisionProposed(f) => self.matter_concerns(&f.matter),
            Fact::VoteCast(f) => self.decision_concerns(&f.act.decision),
            Fact::DecisionRecorded(f) => self.decision_concerns(&f.act.decision),
            Fact::AppealLodged(f) => {
                here(&f.round, &f.unit) && leaf.as_ref().is_none_or(|l| f.leaves.is_empty() || f.leaves.contains(l))
            }
            Fact::AppealExamined(f) => self.appeal_concerns(f.act.number),
            Fact::AppealAnswered(f) => self.appeal_concerns(f.number),
            Fact::AppealDecided(f) => self.appeal_concerns(f.act.number),
            _ => {
                let own = matches!(&event.envelope.stream, proto::Stream::Sheet(r, u) if here(r, u));
                own && (leaf.is_none() || named.is_none() || named == leaf.as_ref())
            }
        }
    }

    /// Whether the survey bears on what is asked for: the whole sheet, or a leaf that the survey scores.
    fn asks_for_survey(&self) -> bool {
        let Some(leaf) = &self.query.leaf else { return true };
        let unit = self.round().and_then(|r| r.unit(&self.query.unit));
        let node = unit.and_then(|(_, u)| u.tree.leaf(leaf));
        node.is_some_and(|(_, node)| node.leaf.source == proto::document::Source::Survey)
    }

    fn matter_concerns(&self, matter: &Matter) -> bool {
        let HistoryQuery { unit, leaf, .. } = &self.query;
        match matter {
            Matter::Result { .. } => true,
            Matter::Scores { changes } => {
                changes.iter().any(|c| c.unit == *unit && leaf.as_ref().is_none_or(|l| *l == c.leaf))
            }
            Matter::Appeal { number, .. } => self.appeal_concerns(*number),
        }
    }

    fn round(&self) -> Option<&Round> {
        self.world.rounds.get(&self.query.round)
    }

    fn decision_concerns(&self, id: &proto::DecisionId) -> bool {
        self.round().and_then(|r| r.decisions.get(id)).is_some_and(|d| self.matter_concerns(&d.matter))
    }

    fn appeal_concerns(&self, number: u32) -> bool {
        let appeal = self.round().and_then(|r| r.appeals.get((number as usize).checked_sub(1)?));
        appeal.is_some_and(|a| {
            let leaf = self.query.leaf.as_ref();
            a.lodged.unit == self.query.unit
                && leaf.is_none_or(|l| a.lodged.leaves.is_empty() || a.lodged.leaves.contains(l))
        })
    }

    /// The state of the score, or of the sheet where the event touches no leaf.
    fn state(&self, event: &Event) -> String {
        let Some(round) = self.round() else { return String::new() };
        let Some((_, unit)) = round.unit(&self.query.unit) else { return String::new() };
        let leaf = leaf_of(&event.fact).or(self.query.leaf.as_ref());
        let Some((i, _)) = leaf.and_then(|l| unit.tree.leaf(l)) else {
            return match unit.sheet.state {
                SheetState::Open | SheetState::Submitted | SheetState::Closed => unit.sheet.state.to_string(),
            };
        };
        // What is held back from whoever asks is part of no state that he is told.
        let held = self.query.held.as_ref().map(|held| {
            let mut own = unit.clone();
            hold_back_sheet(&mut own.sheet, held);
            own
        });
        let unit = held.as_ref().unwrap_or(unit);
        let score = &unit.sheet.scores[i];
        let of_survey = unit.tree.leaves[i].leaf.source == proto::document::Source::Survey;
        let without = of_survey && self.query.held.as_ref().is_some_and(|held| held.result);
        let points = if without { None } else { leaf_points(round, unit, i).0 };
        let stage = unit.sheet.final_stage(score, round.policy()).map_or("", |s| s.stage.as_str());
        let mut told: Vec<String> = points.iter().map(|p| format!("{stage} {p}").trim().to_owned()).collect();
        told.extend(score.flag.iter().map(|f| format!("flag {f}")));
        let exemption = |e: &ExemptionState| format!("exemption {e}");
        told.extend(score.exemption.iter().map(exemption));
        told.join(", ")
    }
}

/// The leaf that an event touches.
pub fn leaf_of(fact: &Fact) -> Option<&Code> {
    match fact {
        Fact::SelfScored(f) => Some(&f.leaf),
        Fact::EvidenceWithdrawn(f) => Some(&f.leaf),
        Fact::ExemptionClaimed(f) => Some(&f.leaf),
        Fact::FlagExplained(f) => Some(&f.leaf),
        Fact::ScoreConfirmed(f) => Some(&f.act.leaf),
        Fact::ScoreAdjusted(f) => Some(&f.act.leaf),
        Fact::ScoreFlagged(f) => Some(&f.act.leaf),
        Fact::ExemptionAccepted(f) | Fact::ExemptionRefused(f) => Some(&f.act.leaf),
        Fact::BonusAwarded(f) | Fact::PenaltyImposed(f) => Some(&f.act.code),
        Fact::CouncilScored(f) => Some(&f.act.leaf),
        Fact::ScoreCorrected(f) => Some(&f.act.leaf),
        Fact::LogCreated(_)
        | Fact::KeyNamed(_)
        | Fact::CaseOpened(_)
        | Fact::CaseAnswered(_)
        | Fact::ErasureOrdered(_)
        | Fact::ErasureConfirmed(_)
        | Fact::CaseClosed(_)
        | Fact::Anchored(_)
        | Fact::LogClosed(_)
        | Fact::CapacityGranted(_)
        | Fact::GrantConfirmed(_)
        | Fact::CapacityRevoked(_)
        | Fact::CredentialBound(_)
        | Fact::CredentialUnbound(_)
        | Fact::PartEntered(_)
        | Fact::DocumentSealed(_)
        | Fact::RoundOpened(_)
        | Fact::PhaseClosed(_)
        | Fact::DeadlineExtended(_)
        | Fact::SheetSubmitted(_)
        | Fact::SheetWithdrawn(_)
        | Fact::SheetReopened(_)
        | Fact::SheetClosed(_)
        | Fact::SamplePlanned(_)
        | Fact::SeedCommitted(_)
        | Fact::SampleDrawn(_)
        | Fact::BatchRecorded(_)
        | Fact::BatchVoided(_)
        | Fact::BatchRechecked(_)
        | Fact::SurveyMerged(_)
        | Fact::DecisionProposed(_)
        | Fact::VoteCast(_)
        | Fact::DecisionRecorded(_)
        | Fact::ResultPublished(_)
        | Fact::AppealLodged(_)
        | Fact::AppealExamined(_)
        | Fact::AppealAnswered(_)
        | Fact::AppealDecided(_)
        | Fact::RoundClosed(_) => None,
    }
}

/// The reason, ground, text, vote or minutes in an event; empty where there is none.
pub(crate) fn reason_of(fact: &Fact) -> String {
    told(fact, None).0
}

/// The reason, ground, text or explanation in an event, and whether its actor belongs to the unit asked about.
pub fn told(fact: &Fact, unit: Option<&UnitId>) -> (String, bool) {
    let plain = |text: &str| (text.to_owned(), false);
    match fact {
        Fact::CapacityRevoked(f) => plain(&f.reason),
        Fact::CredentialUnbound(f) => plain(&f.reason),
        Fact::SelfScored(f) => plain(&f.explanation),
        Fact::EvidenceWithdrawn(f) => plain(&f.reason),
        Fact::ExemptionClaimed(f) => plain(&f.ground),
        Fact::SheetWithdrawn(f) => plain(&f.reason),
        Fact::SheetReopened(f) => plain(&f.reason),
        Fact::DeadlineExtended(f) => plain(&f.reason),
        Fact::FlagExplained(f) => plain(&f.text),
        Fact::ScoreConfirmed(f) => (String::new(), f.own_unit),
        Fact::ScoreAdjusted(f) => (f.act.reason.clone(), f.own_unit),
        Fact::ScoreFlagged(f) => (f.act.reason.clone(), f.own_unit),
        Fact::ExemptionAccepted(f) | Fact::ExemptionRefused(f) => (f.act.reason.clone(), f.own_unit),
        Fact::BonusAwarded(f) | Fact::PenaltyImposed(f) => (f.act.reason.clone(), f.own_unit),
        Fact::BatchRecorded(f) => plain(f.replaces.as_ref().map_or("", |old| &old.reason)),
        Fact::BatchVoided(f) => plain(&f.reason),
        Fact::BatchRechecked(f) => plain(&f.reason),
        Fact::VoteCast(f) => {
            (format!("{:?}", f.act.vote).to_lowercase(), f.homes.iter().any(|home| Some(home) == unit))
        }
        Fact::DecisionProposed(f) => match &f.matter {
            Matter::Appeal { reason, .. } => plain(reason),
            Matter::Result { .. } | Matter::Scores { .. } => plain(""),
        },
        Fact::DecisionRecorded(f) => plain(&f.act.minutes),
        Fact::CouncilScored(f) => plain(&f.reason),
        Fact::ResultPublished(f) => plain(&f.reason),
        Fact::AppealLodged(f) => plain(&f.text),
        Fact::AppealExamined(f) => (verdict_words(&f.verdicts), false),
        Fact::AppealAnswered(f) => plain(&f.text),
        Fact::AppealDecided(f) => plain(&f.reason),
        Fact::ScoreCorrected(f) => plain(&f.reason),
        Fact::CaseOpened(f) => plain(&f.ground),
        Fact::CaseAnswered(f) => plain(&f.text),
        Fact::ErasureOrdered(f) => plain(&f.ground),
        Fact::CaseClosed(f) => plain(&f.text),
        Fact::LogCreated(_)
        | Fact::KeyNamed(_)
        | Fact::ErasureConfirmed(_)
        | Fact::Anchored(_)
        | Fact::LogClosed(_)
        | Fact::CapacityGranted(_)
        | Fact::GrantConfirmed(_)
        | Fact::CredentialBound(_)
        | Fact::PartEntered(_)
        | Fact::DocumentSealed(_)
        | Fact::RoundOpened(_)
        | Fact::PhaseClosed(_)
        | Fact::SheetSubmitted(_)
        | Fact::SheetClosed(_)
        | Fact::SamplePlanned(_)
        | Fact::SeedCommitted(_)
        | Fact::SampleDrawn(_)
        | Fact::SurveyMerged(_)
        | Fact::RoundClosed(_) => plain(""),
    }
}

/// The verdicts of an examination by their stable words, in the order of the claims.
fn verdict_words(verdicts: &[Verdict]) -> String {
    verdicts.iter().map(|verdict| verdict.found.word()).collect::<Vec<_>>().join(", ")
}

fn step(event: &Event, unit: &UnitId, hash: Hash, (before, after): (String, String)) -> Step {
    let (reason, own_unit) = told(&event.fact, Some(unit));
    let e = &event.envelope;
    Step {
        position: e.position,
        hash,
        stream: e.stream.clone(),
        version: e.version,
        at: e.at,
        actor: e.actor.clone(),
        kind: event.fact.kind().to_owned(),
        leaf: leaf_of(&event.fact).cloned(),
        before,
        after,
        reason,
        own_unit,
    }
}
