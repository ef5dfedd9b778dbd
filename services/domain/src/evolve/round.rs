//! What each event does to its round: phases, sheets, scores, batches, decisions, publications, appeals.
//! Every change says what it touched, so that a projector writes those rows and no others.

use std::collections::{BTreeMap, BTreeSet};

use proto::act::appraisal::{Appraisal, SetExtra};
use proto::act::council::Matter;
use proto::act::round::Stage;
use proto::act::sheet::Inputs;
use proto::act::survey::PlannedSample;
use proto::document::{Group, Sign};
use proto::rows::{ExemptionState, FlagState, SheetState};
use proto::score::{Score, StageState};
use proto::{BatchId, Code, Decimal, Event, Exact, Fact, UnitId};

use super::Done;
use crate::batch::{Batch, BatchState, Seed};
use crate::council::DecisionState;
use crate::result::standings;
use crate::round::{Appeal, Publication, Round, UnitState};
use crate::rule::{self, Insists};
use crate::sheet::Asides;
use crate::sheet::ExtraState;
use crate::survey::sample_of;

/// What one event touched.
#[derive(Default)]
pub struct Marks {
    /// All of the round.
    pub all: bool,
    /// Leaves by unit, both by place.
    pub units: BTreeMap<usize, BTreeSet<usize>>,
    /// A new publication.
    pub publication: Option<u32>,
}

/// What an event changes in one score.
struct Change<'a> {
    unit: &'a UnitId,
    leaf: &'a Code,
    version: u64,
}

impl Round {
    /// Takes an event of the round, and marks what it touched.
    pub fn take(&mut self, event: &Event, fact: &Fact, marks: &mut Marks) -> Done {
        let version = event.envelope.version;
        let at = |unit, leaf| Change { unit, leaf, version };
        match fact {
            Fact::LogCreated(_)
            | Fact::KeyNamed(_)
            | Fact::Anchored(_)
            | Fact::LogClosed(_)
            | Fact::CapacityGranted(_)
            | Fact::GrantConfirmed(_)
            | Fact::CapacityRevoked(_)
            | Fact::CredentialBound(_)
            | Fact::CredentialUnbound(_)
            | Fact::PartEntered(_)
            | Fact::CaseOpened(_)
            | Fact::CaseAnswered(_)
            | Fact::ErasureOrdered(_)
            | Fact::ErasureConfirmed(_)
            | Fact::CaseClosed(_)
            | Fact::DocumentSealed(_)
            | Fact::RoundOpened(_) => Err("an event of another stream".to_owned()),
            Fact::PhaseClosed(f) => {
                self.closed_phases.insert(f.phase, event.envelope.id.clone());
                self.schedule();
                Ok(())
            }
            Fact::DeadlineExtended(f) => {
                match &f.unit {
                    Some(unit) => {
                        self.extensions.insert((f.phase, unit.clone()), f.until);
                    }
                    None => self.windows.get_mut(&f.phase).ok_or("no such phase")?.until = f.until,
                }
                self.schedule();
                Ok(())
            }
            Fact::SelfScored(f) => {
                let insists = Insists::WithGround(!f.explanation.trim().is_empty());
                let points = self.points(&f.unit, &f.leaf, &f.inputs, f.claimed, insists)?;
                self.score(&at(&f.unit, &f.leaf), marks, |score| {
                    score.set(stage(Stage::Own, &f.inputs, points, String::new(), version));
                    score.exemption = None;
                    score.evidence.clone_from(&f.evidence);
                    score.explanation.clone_from(&f.explanation);
                })
            }
            Fact::EvidenceWithdrawn(f) => {
                let mut held = true;
                self.score(&at(&f.unit, &f.leaf), marks, |score| {
                    let before = score.evidence.len();
                    score.evidence.retain(|file| file.address != f.address);
                    held = score.evidence.len() < before;
                })?;
                if held { Ok(()) } else { Err(format!("the file {} is not attached to {}", f.address, f.leaf)) }
            }
            Fact::ExemptionClaimed(f) => {
                self.score(&at(&f.unit, &f.leaf), marks, |s| s.exemption = Some(ExemptionState::Claimed))
            }
            Fact::SheetSubmitted(f) => self.sheet(&f.unit, version, marks, |u| {
                u.sheet.state = SheetState::Submitted;
                u.sheet.signed = f.evidence.first().cloned();
            }),
            Fact::SheetWithdrawn(f) => self.sheet(&f.unit, version, marks, |u| {
                u.sheet.state = SheetState::Open;
                u.sheet.signed = None;
            }),
            Fact::SheetReopened(f) => self.sheet(&f.unit, version, marks, |u| {
                u.sheet.state = SheetState::Open;
                u.sheet.signed = None;
                u.sheet.unsubmitted = None;
                u.sheet.reopened_until = Some(f.until);
            }),
            Fact::SheetClosed(f) => self.sheet(&f.unit, version, marks, |u| {
                u.sheet.state = SheetState::Closed;
                u.sheet.unsubmitted = Some(f.policy);
            }),
            Fact::ScoreConfirmed(f) => {
                let f = &f.act;
                let stands = self.standing_points(&f.unit, &f.leaf).ok_or("nothing to confirm")?;
                self.score(&at(&f.unit, &f.leaf), marks, |score| {
                    score.set(stage(appraised(f.appraisal), &stands.0, stands.1, String::new(), version));
                    settle(score, f.appraisal);
                })
            }
            Fact::ScoreAdjusted(f) => {
                let f = &f.act;
                let points = self.points(&f.unit, &f.leaf, &f.inputs, f.points, Insists::Never)?;
                self.score(&at(&f.unit, &f.leaf), marks, |score| {
                    score.set(stage(appraised(f.appraisal), &f.inputs, points, f.reason.clone(), version));
                    settle(score, f.appraisal);
                })
            }
            Fact::ScoreFlagged(f) => {
                self.asides(&f.act.unit)?.explained.remove(&f.act.leaf);
                self.score(&at(&f.act.unit, &f.act.leaf), marks, |s| s.flag = Some(FlagState::Raised))
            }
            Fact::FlagExplained(f) => {
                self.asides(&f.unit)?.explained.insert(f.leaf.clone());
                self.score(&at(&f.unit, &f.leaf), marks, |score| {
                    score.flag = Some(FlagState::Explained);
                    score.evidence.extend(f.evidence.iter().cloned());
                })
            }
            Fact::ExemptionAccepted(f) => {
                let f = &f.act;
                self.asides(&f.unit)?.judged.insert(f.leaf.clone(), event.envelope.at);
                self.score(&at(&f.unit, &f.leaf), marks, |s| s.exemption = Some(ExemptionState::Accepted))
            }
            Fact::ExemptionRefused(f) => {
                let f = &f.act;
                self.asides(&f.unit)?.judged.insert(f.leaf.clone(), event.envelope.at);
                self.score(&at(&f.unit, &f.leaf), marks, |s| s.exemption = Some(ExemptionState::Refused))
            }
            Fact::BonusAwarded(f) => self.extra(&f.act, Sign::Bonus, version, marks),
            Fact::PenaltyImposed(f) => self.extra(&f.act, Sign::Penalty, version, marks),
            Fact::SamplePlanned(f) => f.rows.iter().try_for_each(|row| self.plan(row)),
            Fact::SeedCommitted(f) => {
                let seed = Seed { commitment: f.commitment, position: event.envelope.position, drawn: None };
                self.seeds.insert(f.sample.clone(), seed);
                Ok(())
            }
            Fact::SampleDrawn(f) => {
                let seed = self.seeds.get_mut(&f.act.sample);
                let seed = seed.ok_or_else(|| format!("no seed of a sample {}", f.act.sample))?;
                seed.drawn = Some(f.act.batch.clone());
                Ok(())
            }
            Fact::BatchRecorded(f) => {
                self.batches.insert(f.batch.clone(), Batch::recorded(f.clone(), event.envelope.position));
                match &f.replaces {
                    Some(old) => self.drop_batch(&old.batch, BatchState::Replaced(f.batch.clone()), marks),
                    None => Ok(()),
                }
            }
            Fact::BatchVoided(f) => self.drop_batch(&f.batch, BatchState::Voided, marks),
            Fact::BatchRechecked(_) => Ok(()),
            Fact::SurveyMerged(f) => {
                self.merged.clone_from(&f.batches);
                self.last_merged.clone_from(&f.batches);
                Ok(())
            }
            Fact::DecisionProposed(f) => {
                let examination = match &f.matter {
                    Matter::Appeal { number, .. } => self.appeal_mut(*number)?.examined.clone(),
                    Matter::Result { .. } | Matter::Scores { .. } => None,
                };
                let state = DecisionState {
                    matter: f.matter.clone(),
                    votes: BTreeMap::new(),
                    carried: None,
                    recorded_by: None,
                    examination,
                    applied: BTreeSet::new(),
                };
                self.decisions.insert(f.decision.clone(), state);
                Ok(())
            }
            Fact::VoteCast(f) => {
                let decision = self.decision(&f.act.decision)?;
                decision.votes.insert(event.envelope.actor.id.clone(), f.act.vote);
                Ok(())
            }
            Fact::DecisionRecorded(f) => {
                let decision = self.decision(&f.act.decision)?;
                decision.carried = Some(f.carried);
                decision.recorded_by = Some(event.envelope.id.clone());
                Ok(())
            }
            Fact::CouncilScored(f) => {
                let applied = (f.act.unit.clone(), f.act.leaf.clone());
                self.decision(&f.act.decision)?.applied.insert(applied);
                self.unpublished_correction |= !self.publications.is_empty();
                let points = self.points(&f.act.unit, &f.act.leaf, &f.inputs, f.points, Insists::Never)?;
                self.score(&at(&f.act.unit, &f.act.leaf), marks, |score| {
                    score.set(stage(Stage::Council, &f.inputs, points, f.reason.clone(), version));
                })
            }
            Fact::ResultPublished(f) => {
                self.publications.push(Publication {
                    number: f.publication,
                    at: event.envelope.at,
                    position: event.envelope.position,
                    digest: f.digest,
                    decision: f.decision.clone(),
                    reason: f.reason.clone(),
                    standings: standings(self),
                });
                self.unpublished_correction = false;
                marks.publication = Some(f.publication);
                Ok(())
            }
            Fact::AppealLodged(f) => {
                self.appeals.push(Appeal { lodged: f.clone(), examined: None, answers: 0, decided: None });
                Ok(())
            }
            Fact::AppealExamined(f) => {
                self.appeal_mut(f.act.number)?.examined = Some(event.envelope.id.clone());
                Ok(())
            }
            Fact::AppealAnswered(f) => {
                self.appeal_mut(f.number)?.answers += 1;
                Ok(())
            }
            Fact::AppealDecided(f) => {
                let decided = (f.act.decision.clone(), event.envelope.id.clone());
                self.appeal_mut(f.act.number)?.decided = Some(decided);
                Ok(())
            }
            Fact::ScoreCorrected(f) => {
                let appeal = self.appeal_mut(f.act.appeal)?;
                let decision = appeal.decided.as_ref().ok_or("a correction before its decision")?.0.clone();
                let applied = (f.act.unit.clone(), f.act.leaf.clone());
                self.decision(&decision)?.applied.insert(applied);
                self.unpublished_correction = true;
                let points = self.points(&f.act.unit, &f.act.leaf, &f.inputs, f.points, Insists::Never)?;
                self.score(&at(&f.act.unit, &f.act.leaf), marks, |score| {
                    score.set(stage(Stage::Correction, &f.inputs, points, f.reason.clone(), version));
                })
            }
            Fact::RoundClosed(_) => {
                self.closed = true;
                self.schedule();
                Ok(())
            }
        }
    }

    /// A batch that counts no longer; a survey that holds it is no longer merged.
    fn drop_batch(&mut self, batch: &BatchId, state: BatchState, marks: &mut Marks) -> Done {
        self.batch_mut(batch)?.state = state;
        if self.merged.contains(batch) {
            self.merged.clear();
            self.survey = None;
            marks.all = true;
        }
        Ok(())
    }

    /// A batch that an event names.
    pub fn batch_mut(&mut self, batch: &BatchId) -> Result<&mut Batch, String> {
        self.batches.get_mut(batch).ok_or_else(|| format!("no batch {batch}"))
    }

    fn plan(&mut self, row: &PlannedSample) -> Done {
        let (_, unit) = self.unit(&row.unit).ok_or_else(|| format!("no unit {}", row.unit))?;
        let of_kind = |g: &&Group| g.kind == unit.tree.kind && g.code == row.group;
        let group = self.book.groups.iter().find(of_kind).ok_or_else(|| format!("no group {}", row.group))?;
        let by_margin = || Some(sample_of(row.population?, group.margin?));
        let sample = row.respondents.or_else(by_margin).ok_or("a sample without a number")?;
        self.samples.insert((row.unit.clone(), row.group.clone()), sample);
        Ok(())
    }

    fn decision(&mut self, id: &proto::DecisionId) -> Result<&mut DecisionState, String> {
        self.decisions.get_mut(id).ok_or_else(|| format!("no decision {id}"))
    }

    fn appeal_mut(&mut self, number: u32) -> Result<&mut Appeal, String> {
        let place = (number as usize).checked_sub(1);
        place.and_then(|i| self.appeals.get_mut(i)).ok_or_else(|| format!("no appeal {number}"))
    }

    fn unit_mut(&mut self, unit: &UnitId) -> Result<(usize, &mut UnitState), String> {
        let place = self.place(unit).ok_or_else(|| format!("no unit {unit}"))?;
        Ok((place, &mut self.units[place]))
    }

    fn sheet(&mut self, unit: &UnitId, version: u64, marks: &mut Marks, change: impl Fn(&mut UnitState)) -> Done {
        let (place, unit) = self.unit_mut(unit)?;
        change(unit);
        unit.sheet.version = version;
        // Whether the unit's own stages count hangs on the sheet's state, so every leaf is touched.
        marks.units.entry(place).or_default().extend(0..unit.tree.leaves.len());
        self.schedule();
        Ok(())
    }

    fn score(&mut self, at: &Change, marks: &mut Marks, change: impl FnOnce(&mut Score)) -> Done {
        let (place, unit) = self.unit_mut(at.unit)?;
        let (leaf, _) = unit.tree.leaf(at.leaf).ok_or_else(|| format!("no leaf {}", at.leaf))?;
        let score = &mut unit.sheet.scores[leaf];
        change(score);
        score.revision = at.version;
        unit.sheet.version = at.version;
        marks.units.entry(place).or_default().insert(leaf);
        Ok(())
    }

    /// What is known of a unit's sheet beside its state.
    fn asides(&mut self, unit: &UnitId) -> Result<&mut Asides, String> {
        Ok(&mut self.unit_mut(unit)?.1.sheet.asides)
    }

    /// The points of a stage, by the rule and not by what the event states alone.
    fn points(
        &self,
        unit: &UnitId,
        leaf: &Code,
        inputs: &Inputs,
        stated: Decimal,
        insists: Insists,
    ) -> Result<Exact, String> {
        let (_, of) = self.unit(unit).ok_or_else(|| format!("no unit {unit}"))?;
        let (_, node) = of.tree.leaf(leaf).ok_or_else(|| format!("no leaf {leaf}"))?;
        rule::points(&self.book.claims, node, inputs, stated, insists).map_err(|rejection| rejection.to_string())
    }

    fn extra(&mut self, act: &SetExtra, sign: Sign, version: u64, marks: &mut Marks) -> Done {
        let (place, unit) = self.unit_mut(&act.unit)?;
        let state = ExtraState { sign, points: Exact::from(act.points), revision: version };
        unit.sheet.extras.insert(act.code.clone(), state);
        unit.sheet.version = version;
        marks.units.entry(place).or_default();
        Ok(())
    }

    /// The inputs and points that a confirmation confirms.
    fn standing_points(&self, unit: &UnitId, leaf: &Code) -> Option<(Inputs, Exact)> {
        let (_, unit) = self.unit(unit)?;
        let (leaf, _) = unit.tree.leaf(leaf)?;
        let score = &unit.sheet.scores[leaf];
        let points = unit.sheet.final_points(score, self.policy())?;
        Some((unit.sheet.final_stage(score, self.policy())?.inputs.clone(), points))
    }
}

fn stage(stage: Stage, inputs: &Inputs, points: Exact, reason: String, event: u64) -> StageState {
    StageState { stage, inputs: inputs.clone(), points, reason, event }
}

fn appraised(appraisal: Appraisal) -> Stage {
    match appraisal {
        Appraisal::First => Stage::First,
        Appraisal::Second => Stage::Second,
    }
}

/// A second appraisal settles a flag.
fn settle(score: &mut Score, appraisal: Appraisal) {
    if appraisal == Appraisal::Second && score.flag.is_some() {
        score.flag = Some(FlagState::Settled);
    }
}
