//! What is past the time for which it is kept (Law 33/2024: how long is configuration), and what is kept all the same. It destroys
//! nothing and decides nothing: a list, out of the log, for two people who do.

use std::collections::{BTreeMap, BTreeSet};

use proto::act::privacy::{ErasedBatch, OrderErasure, RequestKind};
use proto::fold::Unfit;
use proto::{BatchId, CaseId, Day, Event, Fact, Hash, Instant, RoundId, Stream};

use crate::case::{Case, Cases};
use crate::evolve::take_case;

/// For how many years after a round's closing things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Years {
    /// Files of evidence.
    pub evidence: u32,
    /// Ballots, and the files that they came in.
    pub ballots: u32,
    /// The log of who was handed which file.
    pub access: u32,
}

/// What can be past its time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retained {
    /// A file of evidence.
    File(Hash),
    /// The file that a batch's ballots came in.
    BatchFile(Hash),
    /// The ballots of a batch.
    Ballots(BatchId),
}

/// Why something past its time is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptFor {
    /// A case is open, and only those who handle it know whose data it is about.
    CaseOpen(CaseId),
    /// It is ordered to be erased already.
    Ordered(CaseId),
    /// A round that has not closed, or whose time is not over, refers to it too.
    Round(RoundId),
}

/// Something past its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTime {
    /// The round.
    pub round: RoundId,
    /// What.
    pub what: Retained,
    /// The first day on which it is not to be kept any more.
    pub since: Day,
    /// Why it is kept all the same; otherwise it may be erased.
    pub kept: Option<KeptFor>,
}

/// A round, and what follows from its closing.
#[derive(Debug, Clone, Default)]
pub struct RoundEnd {
    /// When it was closed; a round that never was keeps everything.
    pub closed: Option<Instant>,
    /// Appeals that are not decided.
    pub open_appeals: BTreeSet<u32>,
    files: BTreeSet<Hash>,
    batches: BTreeMap<BatchId, Hash>,
}

/// What the log refers to, by rounds, and the cases about it.
#[derive(Debug, Default)]
pub struct Retention {
    rounds: BTreeMap<RoundId, RoundEnd>,
    cases: Cases,
}

impl Retention {
    /// Takes the next event of the log.
    ///
    /// # Errors
    /// [`Unfit`] when it does not fit what came before it.
    pub fn take(&mut self, event: &Event) -> Result<(), Unfit> {
        if let Stream::Case(_) = &event.envelope.stream {
            let position = event.envelope.position;
            return take_case(&mut self.cases, event).map_err(|what| Unfit { position, what });
        }
        let Some(round) = event.envelope.stream.round() else { return Ok(()) };
        let round = self.rounds.entry(round.clone()).or_default();
        round.files.extend(event.fact.evidence().iter().map(|file| file.address));
        match &event.fact {
            Fact::RoundClosed(_) => round.closed = Some(event.envelope.at),
            Fact::BatchRecorded(f) => {
                round.batches.extend(f.ballots.as_ref().map(|set| (f.batch.clone(), set.file.address)));
            }
            Fact::AppealLodged(f) => drop(round.open_appeals.insert(f.number)),
            Fact::AppealDecided(f) => drop(round.open_appeals.remove(&f.act.number)),
            _ => {}
        }
        Ok(())
    }

    /// The rounds, by their ids.
    #[must_use]
    pub fn rounds(&self) -> &BTreeMap<RoundId, RoundEnd> {
        &self.rounds
    }

    /// The first day on which what has so many years is not to be kept any more; none where the round never closed.
    #[must_use]
    pub fn over_since(&self, round: &RoundId, years: u32) -> Option<Day> {
        let closed = self.rounds.get(round)?.closed?;
        Some(Day::of(closed).plus_years(years).plus_days(1))
    }

    /// The rounds that refer to a file in any way.
    #[must_use]
    pub fn rounds_of(&self, file: Hash) -> Vec<&RoundId> {
        let has = |end: &RoundEnd| end.files.contains(&file) || end.batches.values().any(|of| *of == file);
        self.rounds.iter().filter(|(_, end)| has(end)).map(|(id, _)| id).collect()
    }

    /// Everything past its time on a day, by rounds; what is erased already is left out.
    #[must_use]
    pub fn past(&self, years: Years, day: Day) -> Vec<PastTime> {
        let mut all = Vec::new();
        for (round, end) in &self.rounds {
            let over = |years| self.over_since(round, years).filter(|since| *since <= day);
            if let Some(since) = over(years.evidence) {
                let own = end.files.iter().map(|file| Retained::File(*file));
                all.extend(own.map(|what| PastTime { round: round.clone(), what, since, kept: None }));
            }
            if let Some(since) = over(years.ballots) {
                let files = end.batches.values().map(|file| Retained::BatchFile(*file));
                let ballots = end.batches.keys().map(|batch| Retained::Ballots(batch.clone()));
                let both = files.chain(ballots);
                all.extend(both.map(|what| PastTime { round: round.clone(), what, since, kept: None }));
            }
        }
        all.retain(|past| !self.orders().any(|(_, order, confirmed)| confirmed && names(order, past)));
        for past in &mut all {
            past.kept = self.kept(past, years, day);
        }
        all
    }

    fn kept(&self, past: &PastTime, years: Years, day: Day) -> Option<KeptFor> {
        if let Some((case, ..)) = self.orders().find(|(_, order, confirmed)| !confirmed && names(order, past)) {
            return Some(KeptFor::Ordered(case.clone()));
        }
        // Whose data a request is about is known outside the log alone: so each that is open keeps everything.
        let asked = |case: &Case| case.outcome.is_none() && case.opened.request != RequestKind::Retention;
        if let Some((case, _)) = self.cases.iter().find(|(_, case)| asked(case)) {
            return Some(KeptFor::CaseOpen(case.clone()));
        }
        let (Retained::File(file) | Retained::BatchFile(file)) = &past.what else { return None };
        let mut others = self.rounds_of(*file).into_iter();
        let still = |round: &&RoundId| {
            let years = if self.rounds[*round].files.contains(file) { years.evidence } else { years.ballots };
            self.over_since(round, years).is_none_or(|since| since > day)
        };
        others.find(still).cloned().map(KeptFor::Round)
    }

    /// Every order, and whether it is confirmed.
    fn orders(&self) -> impl Iterator<Item = (&CaseId, &OrderErasure, bool)> {
        self.cases.iter().flat_map(|(id, case)| {
            let open = case.outcome.is_none();
            let orders = case.orders.iter().filter(move |order| open || order.confirmed.is_some());
            orders.map(move |order| (id, &order.ordered, order.confirmed.is_some()))
        })
    }
}

/// Whether an order names it.
fn names(order: &OrderErasure, past: &PastTime) -> bool {
    match &past.what {
        Retained::File(file) | Retained::BatchFile(file) => order.files.contains(file),
        Retained::Ballots(batch) => {
            order.batches.contains(&ErasedBatch { round: past.round.clone(), batch: batch.clone() })
        }
    }
}
