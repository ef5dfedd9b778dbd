//! A round as folded from its streams: configuration, phases, sheets, survey, decisions, publications, appeals.
//! It never forgets an event's effect before the round is closed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use proto::act::appeal::LodgeAppeal;
use proto::act::round::{OpenRound, Phase, Policy, Window};
use proto::document::{CatalogueUnit, Form, Source};
use proto::rows::SheetState;
use proto::{BatchId, BlockId, Code, DecisionId, EventId, Hash, Instant, Rejection, RoundId, SampleId, UnitId};

use crate::batch::{Batch, Seed};
use crate::council::DecisionState;
use crate::result::Standing;
use crate::rulebook::{Book, Tree};
use crate::sheet::Sheet;
use crate::survey::{Samples, SurveyLeaf, SurveyPoints};

/// A round.
#[derive(Debug)]
pub struct Round {
    /// Its configuration, as opened.
    pub config: OpenRound,
    /// Its rulebook.
    pub book: Arc<Book>,
    /// Its units, block by block in the configured order.
    pub units: Vec<UnitState>,
    /// Its windows, with extensions for all units.
    pub windows: BTreeMap<Phase, Window>,
    /// Extensions for single units.
    pub extensions: HashMap<(Phase, UnitId), Instant>,
    /// Phases that the timer has closed, with the event that closed them.
    pub closed_phases: BTreeMap<Phase, EventId>,
    /// Survey batches.
    pub batches: BTreeMap<BatchId, Batch>,
    /// The survey's forms.
    pub forms: Vec<Arc<Form>>,
    /// Samples that are planned by unit and group.
    pub samples: Samples,
    /// Seeds of samples for asking again.
    pub seeds: BTreeMap<SampleId, Seed>,
    /// The batches that are the round's survey; none before they are merged.
    pub merged: Vec<BatchId>,
    /// The batches that were merged last, whatever became of one of them since.
    pub last_merged: Vec<BatchId>,
    /// Survey points, once merged.
    pub survey: Option<SurveyPoints>,
    /// Decisions of the council.
    pub decisions: BTreeMap<DecisionId, DecisionState>,
    /// Publications in order.
    pub publications: Vec<Publication>,
    /// Appeals in order of their numbers, from 1.
    pub appeals: Vec<Appeal>,
    /// Whether a correction stands that is not published.
    pub unpublished_correction: bool,
    /// Whether the round has ended.
    pub closed: bool,
    /// When the timer has to act next.
    pub next_due: Option<Instant>,
    by_unit: HashMap<UnitId, usize>,
}

/// A unit in a round.
#[derive(Debug, Clone)]
pub struct UnitState {
    /// The unit.
    pub unit: UnitId,
    /// Its block's place in the configuration.
    pub block: usize,
    /// Whether it is ranked.
    pub ranked: bool,
    /// Its entry in the catalogue.
    pub entry: CatalogueUnit,
    /// The tree that applies.
    pub tree: Arc<Tree>,
    /// Its sheet.
    pub sheet: Sheet,
}

/// A publication.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Its number.
    pub number: u32,
    /// When.
    pub at: Instant,
    /// The position of its event.
    pub position: u64,
    /// The digest of its rows.
    pub digest: Hash,
    /// The decision that it rests on.
    pub decision: DecisionId,
    /// Why it supersedes the one before.
    pub reason: String,
    /// Its rows.
    pub standings: Vec<Standing>,
}

/// An appeal.
#[derive(Debug, Clone)]
pub struct Appeal {
    /// What was lodged.
    pub lodged: LodgeAppeal,
    /// Its latest examination.
    pub examined: Option<EventId>,
    /// How often it was answered.
    pub answers: u32,
    /// The decision on it, and the event that recorded it.
    pub decided: Option<(DecisionId, EventId)>,
}

impl Round {
    /// A round as it stands when it is opened; `None` if it does not fit its documents.
    #[must_use]
    pub fn open(
        config: OpenRound,
        book: Arc<Book>,
        catalogue: &[CatalogueUnit],
        forms: Vec<Arc<Form>>,
    ) -> Option<Self> {
        let entries: HashMap<&UnitId, &CatalogueUnit> = catalogue.iter().map(|u| (&u.unit, u)).collect();
        let mut units = Vec::new();
        for (block, of) in config.blocks.iter().enumerate() {
            let tree = book.trees.get(&of.kind)?;
            for unit in &of.units {
                units.push(UnitState {
                    unit: unit.clone(),
                    block,
                    ranked: !of.unranked.contains(unit),
                    entry: (*entries.get(unit)?).clone(),
                    tree: Arc::clone(tree),
                    sheet: Sheet::untouched(tree.leaves.iter().map(|l| l.code.clone())),
                });
            }
        }
        let by_unit = units.iter().enumerate().map(|(i, u)| (u.unit.clone(), i)).collect();
        let windows = config.phases.iter().map(|w| (w.phase, w.clone())).collect();
        let mut round = Self {
            config,
            book,
            units,
            windows,
            extensions: HashMap::new(),
            closed_phases: BTreeMap::new(),
            batches: BTreeMap::new(),
            forms,
            samples: Samples::new(),
            seeds: BTreeMap::new(),
            merged: Vec::new(),
            last_merged: Vec::new(),
            survey: None,
            decisions: BTreeMap::new(),
            publications: Vec::new(),
            appeals: Vec::new(),
            unpublished_correction: false,
            closed: false,
            next_due: None,
            by_unit,
        };
        round.schedule();
        Some(round)
    }

    /// The round as it was opened, with one unit alone.
    #[must_use]
    pub fn of_one(&self, unit: &UnitId) -> Option<Self> {
        let (_, state) = self.unit(unit)?;
        let mut config = self.config.clone();
        let mut block = config.blocks.swap_remove(state.block);
        block.units = vec![unit.clone()];
        block.unranked.retain(|u| u == unit);
        config.blocks = vec![block];
        Self::open(config, Arc::clone(&self.book), std::slice::from_ref(&state.entry), self.forms.clone())
    }

    /// The round's id.
    #[must_use]
    pub fn id(&self) -> &RoundId {
        &self.config.round
    }

    /// The declared rules.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.config.policy
    }

    /// A unit: its place and itself.
    #[must_use]
    pub fn unit(&self, unit: &UnitId) -> Option<(usize, &UnitState)> {
        self.by_unit.get(unit).map(|&i| (i, &self.units[i]))
    }

    /// A unit's place.
    #[must_use]
    pub fn place(&self, unit: &UnitId) -> Option<usize> {
        self.by_unit.get(unit).copied()
    }

    /// A unit's block.
    #[must_use]
    pub fn block(&self, unit: &UnitState) -> &BlockId {
        &self.config.blocks[unit.block].block
    }

    /// Whether a survey is held.
    #[must_use]
    pub fn survey_held(&self) -> bool {
        self.windows.contains_key(&Phase::Survey)
    }

    /// The deadline of a phase for a unit, with extensions.
    #[must_use]
    pub fn until(&self, phase: Phase, unit: Option<&UnitId>) -> Option<Instant> {
        let window = self.windows.get(&phase)?;
        let own = unit.and_then(|u| self.extensions.get(&(phase, u.clone())));
        Some(own.map_or(window.until, |own| window.until.max(*own)))
    }

    /// Until when a phase is open for a unit, where it is at a moment.
    ///
    /// # Errors
    /// `phase_unknown`, `too_early`, `deadline_passed`.
    pub fn open_until(&self, phase: Phase, unit: Option<&UnitId>, at: Instant) -> Result<Instant, Rejection> {
        let window = self.windows.get(&phase).ok_or(Rejection::PhaseUnknown { phase })?;
        if at < window.from {
            return Err(Rejection::TooEarly { phase, from: window.from });
        }
        let until = self.until(phase, unit).unwrap_or(window.until);
        if at < until { Ok(until) } else { Err(Rejection::DeadlinePassed { phase, until }) }
    }

    /// The deadline until which a unit may change its sheet.
    #[must_use]
    pub fn sheet_until(&self, unit: &UnitState) -> Option<Instant> {
        unit.sheet.reopened_until.or_else(|| self.until(Phase::SelfScoring, Some(&unit.unit)))
    }

    /// Whether the council has adopted the result.
    #[must_use]
    pub fn decided(&self) -> bool {
        use proto::act::council::Matter;
        self.decisions.values().any(|d| d.carried == Some(true) && matches!(d.matter, Matter::Result { .. }))
    }

    /// Leaves of a tree that its unit scores itself.
    pub fn own_leaves(tree: &Tree) -> impl Iterator<Item = (usize, &Code)> + Clone {
        let own = tree.leaves.iter().enumerate().filter(|(_, l)| l.leaf.source != Source::Survey);
        own.map(|(i, l)| (i, &l.code))
    }

    /// What the survey says of a leaf.
    #[must_use]
    pub fn survey_leaf(&self, unit: &UnitState, leaf: usize) -> Option<&SurveyLeaf> {
        self.survey.as_ref()?.get(&unit.unit)?.get(leaf)?.as_ref()
    }

    /// Works out anew when the timer has to act next.
    pub fn schedule(&mut self) {
        let phases = self.windows.values().filter(|w| !self.closed_phases.contains_key(&w.phase)).map(|w| w.until);
        let sheets = self.closed_phases.contains_key(&Phase::SelfScoring).then(|| {
            let open = self.units.iter().filter(|u| u.sheet.state == SheetState::Open);
            open.filter_map(|u| self.sheet_until(u))
        });
        self.next_due =
            if self.closed { None } else { phases.min().into_iter().chain(sheets.into_iter().flatten()).min() };
    }
}
