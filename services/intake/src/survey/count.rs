//! Counting ballots: by unit, group, question and answer, in memory that does not grow with their number, but for what is needed to
//! tell equal ones. No ballot is kept here.

use std::collections::{BTreeSet, HashMap};

use proto::document::{BallotFinding, Collected, Respondents, Tally, TallyRow};
use proto::{Code, Day, Hash};

use super::asks::Asks;
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
    /// For each question, how many gave which answer.
    pub counts: Vec<Vec<u32>>,
    /// Ballots that give one answer to everything.
    pub straight: u32,
    /// Ballots that say how long they took.
    pub timed: u32,
    /// Those of them that were too fast.
    pub fast: u32,
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
    by_place: HashMap<(usize, usize), usize>,
    /// How many ballots of a cell gave these answers.
    pub alike: HashMap<Box<[u8]>, u32>,
    /// Collectors in the order in which they came, and how many ballots each brought.
    pub collectors: Vec<(String, u32)>,
    by_name: HashMap<String, usize>,
    /// For each collector and cell, the counts of each question behind each other.
    pub collected: HashMap<(usize, usize), Vec<Vec<u32>>>,
}

impl Counting {
    /// Counts one ballot.
    ///
    /// # Errors
    /// [`TooMany`]; nothing that was counted is of use then.
    pub fn take(&mut self, ballot: &Marked, asks: &Asks) -> Result<(), TooMany> {
        if self.ballots == BALLOTS_MAX {
            return Err(TooMany::Ballots);
        }
        self.ballots += 1;
        let (from, to) = self.days.unwrap_or((ballot.day, ballot.day));
        self.days = Some((from.min(ballot.day), to.max(ballot.day)));
        let at = self.cell(ballot, asks);
        let cell = &mut self.cells[at];
        cell.ballots += 1;
        answered(&mut cell.counts, &ballot.answers);
        cell.straight += u32::from(findings::is_straight(&ballot.answers));
        if let Some(seconds) = ballot.seconds {
            cell.timed += 1;
            cell.fast += u32::from(findings::is_fast(&ballot.answers, seconds));
        }
        if findings::is_comparable(&ballot.answers) {
            let place = u32::try_from(at).expect("there are few cells").to_be_bytes();
            *self.alike.entry([&place[..], &ballot.answers].concat().into()).or_default() += 1;
        }
        if ballot.collector.is_empty() { Ok(()) } else { self.collected(ballot, at, asks) }
    }

    fn cell(&mut self, ballot: &Marked, asks: &Asks) -> usize {
        let (unit, sheet) = (ballot.unit, ballot.sheet);
        *self.by_place.entry((unit, sheet)).or_insert_with(|| {
            let counts = none(asks, sheet);
            self.cells.push(Cell { unit, sheet, ballots: 0, counts, straight: 0, timed: 0, fast: 0 });
            self.cells.len() - 1
        })
    }

    fn collected(&mut self, ballot: &Marked, cell: usize, asks: &Asks) -> Result<(), TooMany> {
        let who = match self.by_name.get(&ballot.collector) {
            Some(who) => *who,
            None if self.collectors.len() == COLLECTORS_MAX => return Err(TooMany::Collectors),
            None => {
                self.by_name.insert(ballot.collector.clone(), self.collectors.len());
                self.collectors.push((ballot.collector.clone(), 0));
                self.collectors.len() - 1
            }
        };
        self.collectors[who].1 += 1;
        let full = self.collected.len() == COLLECTED_MAX;
        match self.collected.get_mut(&(who, cell)) {
            Some(counts) => answered(counts, &ballot.answers),
            None if full => return Err(TooMany::Collectors),
            None => {
                let mut counts = none(asks, ballot.sheet);
                answered(&mut counts, &ballot.answers);
                self.collected.insert((who, cell), counts);
            }
        }
        Ok(())
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
        let mut cells: Vec<&Cell> = self.cells.iter().collect();
        cells.sort_by_key(|cell| (cell.unit, cell.sheet));
        let named = |cell: &Cell| (asks.units[cell.unit].unit.clone(), asks.sheets[cell.sheet].group.clone());
        let rows = cells.iter().flat_map(|cell| {
            let questions = asks.sheets[cell.sheet].questions.iter().zip(&cell.counts);
            questions.map(|(asked, counts)| {
                let (unit, group) = named(cell);
                let (leaf, question) = (asked.leaf.clone(), asked.question.clone());
                TallyRow { unit, group, leaf, question, counts: counts.clone() }
            })
        });
        let respondents = cells.iter().map(|cell| {
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

fn none(asks: &Asks, sheet: usize) -> Vec<Vec<u32>> {
    asks.sheets[sheet].questions.iter().map(|question| vec![0; question.scale.len()]).collect()
}

fn answered(counts: &mut [Vec<u32>], answers: &[u8]) {
    for (counts, answer) in counts.iter_mut().zip(answers).filter(|(_, answer)| **answer != UNANSWERED) {
        counts[usize::from(*answer)] += 1;
    }
}
