//! What somebody should look at in a batch of ballots. Each measure is exact, in whole numbers, and stated here and
//! in services/intake/README.md; nothing follows from a finding by itself.

use proto::document::BallotFindingKind;

use super::asks::Asks;
use super::count::{Counting, UNANSWERED};

/// How many questions must be answered before two equal ballots say anything.
const ALIKE_QUESTIONS_MIN: usize = 8;
/// How many ballots of a unit and group may be equal in every answer.
const ALIKE_BALLOTS_MAX: u32 = 5;
/// How many questions must be answered before one answer to all of them says anything.
const STRAIGHT_QUESTIONS_MIN: usize = 5;
/// The seconds that a question takes to be read and answered.
const SECONDS_PER_QUESTION_MIN: u64 = 3;
/// A unit and group is named where more than one of so many ballots are straight, or fast.
const ONE_OF: u64 = 10;
/// How many ballots a collector, and all others together, must have brought before they are compared.
const EVEN_BALLOTS_MIN: u32 = 20;
/// A collector is too even where his ballots differ less than one part in so many of how much the others' differ.
const EVEN_PART: u128 = 2;

/// A finding, by places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noticed {
    /// What.
    pub kind: BallotFindingKind,
    /// The unit.
    pub unit: Option<usize>,
    /// What its group is asked.
    pub sheet: Option<usize>,
    /// The collector.
    pub collector: Option<usize>,
    /// How many ballots it is about.
    pub ballots: u32,
    /// Of how many.
    pub of: u32,
}

/// What a ballot answers, as far as findings go.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// How many questions it answers.
    questions: usize,
    /// Whether it gives one answer to all of them.
    one: bool,
}

impl Given {
    /// Of a ballot.
    #[must_use]
    pub fn of(answers: &[u8]) -> Self {
        let questions = answers.iter().map(|answer| usize::from(*answer != UNANSWERED)).sum();
        let first = answers.iter().copied().find(|answer| *answer != UNANSWERED).unwrap_or(UNANSWERED);
        let one = answers.iter().all(|answer| *answer == first || *answer == UNANSWERED);
        Self { questions, one }
    }

    /// Whether it gives one answer to everything that it answers.
    #[must_use]
    pub fn is_straight(self) -> bool {
        self.one && self.questions >= STRAIGHT_QUESTIONS_MIN
    }

    /// Whether it was filled in faster than its questions can be read.
    #[must_use]
    pub fn is_fast(self, seconds: u32) -> bool {
        u64::from(seconds) < SECONDS_PER_QUESTION_MIN * self.questions as u64
    }

    /// Whether it says something if another ballot gives the same answers.
    #[must_use]
    pub fn is_comparable(self) -> bool {
        self.questions >= ALIKE_QUESTIONS_MIN
    }
}

/// All findings: by unit and group in the round's order, then by collector in the order of the file.
#[must_use]
pub fn of(counting: &Counting, asks: &Asks) -> Vec<Noticed> {
    let mut order: Vec<usize> = (0..counting.cells.len()).collect();
    order.sort_by_key(|at| (counting.cells[*at].unit, counting.cells[*at].sheet));
    let mut found = Vec::new();
    for at in order {
        let cell = &counting.cells[at];
        let mut notice = |kind, ballots, of| {
            let (unit, sheet) = (Some(cell.unit), Some(cell.sheet));
            found.push(Noticed { kind, unit, sheet, collector: None, ballots, of });
        };
        let alike = cell.alike.more_than(ALIKE_BALLOTS_MAX);
        if alike > 0 {
            notice(BallotFindingKind::Alike, alike, cell.ballots);
        }
        let many = |ballots: u32, of: u32| u64::from(ballots) * ONE_OF > u64::from(of);
        if many(cell.straight, cell.ballots) {
            notice(BallotFindingKind::StraightLine, cell.straight, cell.ballots);
        }
        if many(cell.fast, cell.timed) {
            notice(BallotFindingKind::Fast, cell.fast, cell.timed);
        }
        if let Some(planned) = asks.planned(cell.unit, cell.sheet).filter(|planned| *planned > cell.ballots) {
            notice(BallotFindingKind::UnderPlan, cell.ballots, planned);
        }
    }
    found.extend(even(counting));
    found
}

/// How many pairs of answers there are, and how many of them differ.
#[derive(Debug, Clone, Copy, Default)]
struct Pairs {
    all: u128,
    differ: u128,
}

/// Collectors whose ballots differ less from each other than those of all others.
///
/// For every question, the answers that one collector brought of one unit and group are compared in pairs. What is compared between
/// collectors is the share of pairs that differ: those of one against those of all others, each within its own unit, group
/// and collector, so that it does not matter who asked about which unit. It is compared by multiplying out.
fn even(counting: &Counting) -> Vec<Noticed> {
    let mut by_collector = vec![Pairs::default(); counting.collectors.len()];
    let mut total = Pairs::default();
    let collected = counting.brought.iter().filter_map(|brought| Some((brought.who?, brought)));
    for (who, brought) in collected {
        for counts in brought.questions() {
            let pairs = |n: u128| n * n.saturating_sub(1) / 2;
            let all = pairs(counts.iter().map(|n| u128::from(*n)).sum());
            let differ = all - counts.iter().map(|n| pairs(u128::from(*n))).sum::<u128>();
            for sum in [&mut by_collector[who], &mut total] {
                sum.all += all;
                sum.differ += differ;
            }
        }
    }
    let brought: u32 = counting.collectors.iter().map(|(_, ballots)| ballots).sum();
    let mut found = Vec::new();
    for (who, (own, (_, ballots))) in by_collector.iter().zip(&counting.collectors).enumerate() {
        let others = Pairs { all: total.all - own.all, differ: total.differ - own.differ };
        let enough =
            *ballots >= EVEN_BALLOTS_MIN && brought - ballots >= EVEN_BALLOTS_MIN && own.all > 0 && others.all > 0;
        // own.differ / own.all < others.differ / others.all / EVEN_PART
        if enough && own.differ * others.all * EVEN_PART < others.differ * own.all {
            let (kind, collector) = (BallotFindingKind::Even, Some(who));
            found.push(Noticed { kind, unit: None, sheet: None, collector, ballots: *ballots, of: brought });
        }
    }
    found
}
