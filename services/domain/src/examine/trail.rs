//! One unit's way through its round, folded again from its streams: what counted before each event, which deadline stood,
//! what was published. It knows no other unit's scores, and decides nothing.

use std::collections::BTreeMap;

use proto::act::appraisal::Appraisal;
use proto::act::round::Phase;
use proto::document::Source;
use proto::fold::Unfit;
use proto::{BatchId, Code, Exact, Fact, Instant, Stream, UnitId};

use super::past::{Past, Read};
use crate::batch::Batch;
use crate::evolve::Marks;
use crate::history::leaf_of;
use crate::round::Round;
use crate::sheet::{Sheet, exempt};

/// An event on the way.
pub struct Step<'a> {
    /// The event.
    pub read: &'a Read,
    /// The points that counted at its leaf before it.
    pub before: Option<Exact>,
    /// For an act of the appraisal: the deadline that stood, and the event that had set it.
    pub deadline: Option<(Instant, Option<&'a Read>)>,
}

/// A publication on the way, and what stood when it was made.
pub struct Published<'a> {
    pub number: u32,
    pub read: &'a Read,
    pub sheet: Sheet,
    pub batches: BTreeMap<BatchId, Batch>,
    pub merged: Vec<BatchId>,
}

/// The way.
pub struct Trail<'a> {
    /// The round with this unit alone.
    pub round: Round,
    pub steps: Vec<Step<'a>>,
    pub publications: Vec<Published<'a>>,
    /// The appeal's lodging.
    pub lodged: Option<&'a Read>,
}

impl<'a> Trail<'a> {
    /// Follows a unit to where the events end.
    pub fn follow(round: &Round, unit: &UnitId, appeal: &Stream, past: &'a Past) -> Result<Self, Unfit> {
        let begun = round.of_one(unit).ok_or_else(|| Unfit { position: 0, what: format!("no unit {unit}") })?;
        let mut trail = Self { round: begun, steps: Vec::new(), publications: Vec::new(), lodged: None };
        for read in past.events() {
            let envelope = &read.event.envelope;
            // Powers are looked at by themselves.
            if envelope.stream.round() == Some(round.id()) {
                let taken = trail.step(unit, appeal, read);
                taken.map_err(|what| Unfit { position: envelope.position, what })?;
            }
        }
        Ok(trail)
    }

    fn step(&mut self, unit: &UnitId, appeal: &Stream, read: &'a Read) -> Result<(), String> {
        let fact = &read.event.fact;
        let before = leaf_of(fact).and_then(|leaf| self.counts(leaf));
        let deadline = self.deadline(unit, fact);
        match fact {
            Fact::ResultPublished(f) => self.publications.push(Published {
                number: f.publication,
                read,
                sheet: self.round.units[0].sheet.clone(),
                batches: self.round.batches.clone(),
                merged: self.round.merged.clone(),
            }),
            Fact::AppealLodged(_) if read.event.envelope.stream == *appeal => self.lodged = Some(read),
            _ => {}
        }
        self.steps.push(Step { read, before, deadline });
        match fact {
            // It was opened before the first step; samples are planned for units that are not here.
            Fact::RoundOpened(_) | Fact::SamplePlanned(_) => Ok(()),
            fact => self.round.take(&read.event, fact, &mut Marks::default()),
        }
    }

    /// The points that count at a leaf of the unit.
    fn counts(&self, leaf: &Code) -> Option<Exact> {
        let unit = &self.round.units[0];
        let (i, node) = unit.tree.leaf(leaf)?;
        if node.leaf.source == Source::Survey {
            return None;
        }
        let score = &unit.sheet.scores[i];
        if exempt(score) { None } else { unit.sheet.final_points(score, self.round.policy()) }
    }

    /// The deadline of the appraisal that an act belongs to.
    fn deadline(&self, unit: &UnitId, fact: &Fact) -> Option<(Instant, Option<&'a Read>)> {
        let phases: &[Phase] = match fact {
            Fact::ScoreConfirmed(f) => of(f.act.appraisal),
            Fact::ScoreAdjusted(f) => of(f.act.appraisal),
            Fact::ExemptionAccepted(_) | Fact::ExemptionRefused(_) => &[Phase::FirstAppraisal, Phase::SecondAppraisal],
            _ => return None,
        };
        let until = |phase: &Phase| Some((self.round.until(*phase, Some(unit))?, *phase));
        let (until, phase) = phases.iter().filter_map(until).max()?;
        let sets = |step: &&Step<'a>| match &step.read.event.fact {
            Fact::RoundOpened(_) => true,
            Fact::DeadlineExtended(f) => {
                f.phase == phase && f.until == until && f.unit.as_ref().is_none_or(|u| u == unit)
            }
            _ => false,
        };
        Some((until, self.steps.iter().rev().find(sets).map(|step| step.read)))
    }

    /// The publication that an appeal is about: one by its number, or the last one before it was lodged.
    pub fn published(&self, number: Option<u32>) -> Option<&Published<'a>> {
        let lodged = self.lodged?.event.envelope.position;
        match number {
            Some(number) => self.publications.iter().find(|p| p.number == number),
            None => self.publications.iter().rev().find(|p| p.read.event.envelope.position < lodged),
        }
    }

    /// The event of a version in the unit's sheet.
    pub fn of_version(&self, version: u64) -> Option<&'a Read> {
        let of = |read: &Read| {
            let e = &read.event.envelope;
            e.version == version && matches!(e.stream, Stream::Sheet(..))
        };
        self.steps.iter().map(|step| step.read).find(|read| of(read))
    }
}

fn of(appraisal: Appraisal) -> &'static [Phase] {
    match appraisal {
        Appraisal::First => &[Phase::FirstAppraisal],
        Appraisal::Second => &[Phase::SecondAppraisal],
    }
}
