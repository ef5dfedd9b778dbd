//! Counting ballots: by unit, group, collector, question and answer, in memory that does not grow with their number, but for what is
//! needed to tell equal ones. No ballot is kept here.

use std::collections::{BTreeSet, HashMap};

use proto::document::{BallotFinding, Collected, Respondents, Tally, TallyRow};
use proto::{Code, Day, Hash};

use super::alike::Alike;
use super::asks::Asks;
use super::dense::{Pairs, pair};
use super::findings::{self, Noticed};

/// The most ballots of a batch.
pub const BALLOTS_MAX: u32 = 1_000_000;
/// The most collectors of a batch.
pub const COLLECTORS_MAX: usize = 5_000;
/// The most pairs of a collector and a unit's group: for each of them answers are counted apart.
pub const COLLECTED_MAX: usize = 20_000;
/// What stands for a question that was not answered.
pub const UNANSWERED: u8 = u8::MAX;

/// A ballot by places: in the round's units, in what the groups are asked, in the scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The unit.
    pub unit: usize,
    /// What its group is asked.
    pub sheet: usize,
    /// The day.
    pub day: Day,
    /// The answer to each question of the sheet.
    pub answers: Vec<u8>,
    /// How long it took.
    pub seconds: Option<u32>,
    /// Who collected it; empty where nobody did.
    pub collector: String,
}

/// A ballot as it stands in its row, by the same places.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The unit.
    pub unit: usize,
    /// What its group is asked.
    pub sheet: usize,
    /// The day.
    pub day: Day,
    /// The answer to each question of the sheet.
    pub answers: &'a [u8],
    /// How long it took.
    pub seconds: Option<u32>,
    /// Who collected it; empty where nobody did.
    pub collector: &'a str,
    /// The collector's place among those who were counted, where that is known already.
    pub who: Option<usize>,
}

impl Marked {
    /// The same as it stood in its row.
    #[must_use]
    pub fn seen(&self) -> Seen<'_> {
        let Self { unit, sheet, day, ref answers, seconds, ref collector } = *self;
        Seen { unit, sheet, day, answers, seconds, collector, who: None }
    }
}

impl Seen<'_> {
    /// The same by itself.
    #[must_use]
    pub fn marked(&self) -> Marked {
        let Self { unit, sheet, day, answers, seconds, collector, .. } = *self;
        Marked { unit, sheet, day, answers: answers.to_vec(), seconds, collector: collector.to_owned() }
    }
}

/// A batch that has too much of something to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMany {
    /// Ballots.
    Ballots,
    /// Collectors, or units and groups of theirs.
    Collectors,
}

/// What was counted of one unit and group.
#[derive(Debug)]
pub struct Cell {
    /// The unit.
    pub unit: usize,
    /// What its group is asked.
    pub sheet: usize,
    /// Ballots.
    pub ballots: u32,
    /// Ballots that give one answer to everything.
    pub straight: u32,
    /// Ballots that say how long they took.
    pub timed: u32,
    /// Those of them that were too fast.
    pub fast: u32,
    /// Those that say something if another one gives the same answers.
    pub alike: Alike,
}

/// What one collector, or nobody in particular, brought of one unit and group.
#[derive(Debug)]
pub struct Brought {
    /// The unit and group.
    pub cell: usize,
    /// The collector.
    pub who: Option<usize>,
    /// For each question, as many counts as the sheet's longest scale has answers.
    counts: Vec<u32>,
    answers: usize,
}

impl Brought {
    /// For each question, how many gave which answer.
    pub fn questions(&self) -> impl Iterator<Item = &[u32]> {
        self.counts.chunks_exact(self.answers)
    }
}

/// What is counted.
#[derive(Debug, Default)]
pub struct Counting {
    /// Ballots.
    pub ballots: u32,
    /// The first day and the last.
    pub days: Option<(Day, Day)>,
    /// By unit and group, in the order in which they came.
    pub cells: Vec<Cell>,
    by_place: Pairs,
    /// Collectors in the order in which they came, and how many ballots each brought.
    pub collectors: Vec<(String, u32)>,
    by_name: HashMap<String, usize>,
    /// By unit, group and collector, in the order in which they came: each ballot is counted in one of them alone.
    pub brought: Vec<Brought>,
    by_who: Pairs,
    /// How many of them have a collector.
    collected: usize,
}

impl Counting {
    /// Counts one ballot; gives its collector's place.
    ///
    /// # Errors
    /// [`TooMany`]; nothing that was counted is of use then.
    pub fn take(&mut self, ballot: &Seen, asks: &Asks) -> Result<Option<usize>, TooMany> {
        if self.ballots == BALLOTS_MAX {
            return Err(TooMany::Ballots);
        }
        self.ballots += 1;
        let (from, to) = self.days.unwrap_or((ballot.day, ballot.day));
        self.days = Some((from.min(ballot.day), to.max(ballot.day)));
        let at = self.cell(ballot, asks);
        let (given, cell) = (findings::Given::of(ballot.answers), &mut self.cells[at]);
        cell.ballots += 1;
        cell.straight += u32::from(given.is_straight());
        if let Some(seconds) = ballot.seconds {
            cell.timed += 1;
            cell.fast += u32::from(given.is_fast(seconds));
        }
        if given.is_comparable() {
            cell.alike.take(ballot.answers);
        }
        let who = self.who(ballot)?;
        let brought = self.brought(ballot, at, who, asks)?;
        for (counts, answer) in brought.counts.chunks_exact_mut(brought.answers).zip(ballot.answers) {
            // One that was not answered has no place.
            if let Some(count) = counts.get_mut(usize::from(*answer)) {
                *count += 1;
            }
        }
        Ok(who)
    }

    fn cell(&mut self, ballot: &Seen, asks: &Asks) -> usize {
        let (unit, sheet) = (ballot.unit, ballot.sheet);
        *self.by_place.entry(pair(unit, sheet)).or_insert_with(|| {
            let alike = Alike::new(asks.sheets[sheet].questions.len(), longest(asks, sheet));
            self.cells.push(Cell { unit, sheet, ballots: 0, straight: 0, timed: 0, fast: 0, alike });
            self.cells.len() - 1
        })
    }

    /// The collector's place, with this ballot of his counted.
    fn who(&mut self, ballot: &Seen) -> Result<Option<usize>, TooMany> {
        if ballot.collector.is_empty() {
            return Ok(None);
        }
        let who = match ballot.who.or_else(|| self.by_name.get(ballot.collector).copied()) {
            Some(who) => who,
            None if self.collectors.len() == COLLECTORS_MAX => return Err(TooMany::Collectors),
            None => {
                self.by_name.insert(ballot.collector.to_owned(), self.collectors.len());
                self.collectors.push((ballot.collector.to_owned(), 0));
                self.collectors.len() - 1
            }
        };
        self.collectors[who].1 += 1;
        Ok(Some(who))
    }

    fn brought(
        &mut self,
        ballot: &Seen,
        cell: usize,
        who: Option<usize>,
        asks: &Asks,
    ) -> Result<&mut Brought, TooMany> {
        let key = pair(cell, who.map_or(0, |who| who + 1));
        let at = match self.by_who.get(&key) {
            Some(at) => *at,
            None if who.is_some() && self.collected == COLLECTED_MAX => return Err(TooMany::Collectors),
            None => {
                let answers = longest(asks, ballot.sheet);
                let counts = vec![0; asks.sheets[ballot.sheet].questions.len() * answers];
                self.collected += usize::from(who.is_some());
                self.brought.push(Brought { cell, who, counts, answers });
                self.by_who.insert(key, self.brought.len() - 1);
                self.brought.len() - 1
            }
        };
        Ok(&mut self.brought[at])
    }

    /// For each unit and group: for each question, how many gave which answer.
    fn counts(&self, asks: &Asks) -> Vec<Vec<Vec<u32>>> {
        let none = |cell: &Cell| asks.sheets[cell.sheet].questions.iter().map(|q| vec![0; q.scale.len()]).collect();
        let mut sums: Vec<Vec<Vec<u32>>> = self.cells.iter().map(none).collect();
        for brought in &self.brought {
            for (sum, counts) in sums[brought.cell].iter_mut().zip(brought.questions()) {
                sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        sums
    }

    /// The groups that answered, in the order of their codes.
    #[must_use]
    pub fn groups(&self, asks: &Asks) -> Vec<Code> {
        let groups: BTreeSet<&Code> = self.cells.iter().map(|cell| &asks.sheets[cell.sheet].group).collect();
        groups.into_iter().cloned().collect()
    }

    /// The tally: its rows in the order of the round, its collectors by what they are committed to.
    #[must_use]
    pub fn tally(&self, asks: &Asks, commitment: impl Fn(&str) -> Hash) -> Tally {
        let counts = self.counts(asks);
        let mut counted: Vec<(&Cell, &Vec<Vec<u32>>)> = self.cells.iter().zip(&counts).collect();
        counted.sort_by_key(|(cell, _)| (cell.unit, cell.sheet));
        let named = |cell: &Cell| (asks.units[cell.unit].unit.clone(), asks.sheets[cell.sheet].group.clone());
        let rows = counted.iter().flat_map(|(cell, counts)| {
            let questions = asks.sheets[cell.sheet].questions.iter().zip(*counts);
            questions.map(|(asked, counts)| {
                let (unit, group) = named(cell);
                let (leaf, question) = (asked.leaf.clone(), asked.question.clone());
                TallyRow { unit, group, leaf, question, counts: counts.clone() }
            })
        });
        let respondents = counted.iter().map(|(cell, _)| {
            let (unit, group) = named(cell);
            Respondents { unit, group, ballots: cell.ballots }
        });
        let hashes: Vec<Hash> = self.collectors.iter().map(|(name, _)| commitment(name)).collect();
        let collected = hashes.iter().zip(&self.collectors);
        let mut collectors: Vec<Collected> =
            collected.map(|(hash, (_, ballots))| Collected { collector: *hash, ballots: *ballots }).collect();
        // In an order that says nothing about who came first.
        collectors.sort_by_key(|collected| collected.collector);
        let findings = findings::of(self, asks).into_iter().map(|noticed| told(&noticed, asks, &hashes));
        Tally {
            round: asks.round.clone(),
            rows: rows.collect(),
            rechecks: Vec::new(),
            respondents: respondents.collect(),
            collectors,
            findings: findings.collect(),
        }
    }
}

fn told(noticed: &Noticed, asks: &Asks, collectors: &[Hash]) -> BallotFinding {
    BallotFinding {
        kind: noticed.kind,
        unit: noticed.unit.map(|unit| asks.units[unit].unit.clone()),
        group: noticed.sheet.map(|sheet| asks.sheets[sheet].group.clone()),
        collector: noticed.collector.map(|who| collectors[who]),
        ballots: noticed.ballots,
        of: noticed.of,
    }
}

/// The answers of a sheet's longest scale.
fn longest(asks: &Asks, sheet: usize) -> usize {
    asks.sheets[sheet].questions.iter().map(|question| question.scale.len()).max().unwrap_or(0).max(1)
}
