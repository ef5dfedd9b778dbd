//! The survey's counted answers, made so that each unit reaches its share of the survey's maximum.
//! Only counts are made here; no respondent exists.

use proto::Code;
use proto::document::{Tally, TallyRow};

use super::prng::Rng;
use super::rulebook::{Form, LeafSpec};
use super::units::{SO, Unit};
use super::words::{code, round};

/// Respondent groups of each kind of unit.
pub const GROUPS: usize = 5;
/// Every number of answers divides this, so that all of a unit's shares have one small denominator.
const COMMON: i64 = 600;
/// What the answers A, B, C, D lose of a full answer, in fifths.
const LOSSES: [i64; 4] = [0, 2, 4, 5];

/// How one group answered one question about one unit.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The group, from 1.
    pub group: usize,
    /// The leaf's code.
    pub leaf: Code,
    /// Answers A, B, C, D.
    pub counts: [i64; 4],
    /// What one fifth of an answer weighs: the leaf's maximum x COMMON / answers.
    weight: i64,
}

/// All answers about one unit.
#[derive(Debug, Clone)]
pub struct Surveyed {
    /// Leaf by leaf and in it group by group.
    pub answers: Vec<Answers>,
    /// Answers to each question, by group.
    pub asked: [i64; GROUPS],
    /// The maximum of all survey leaves in hundredths.
    pub maximum: i64,
}

/// The denominator of a unit's survey points in hundredths: 5 fifths x groups x COMMON.
pub const DENOMINATOR: i64 = 5 * GROUPS as i64 * COMMON;

impl Surveyed {
    fn loss(&self) -> i64 {
        self.answers.iter().map(|a| a.loss() * a.weight).sum()
    }

    /// The points reached, in hundredths x [`DENOMINATOR`]: an exact number.
    #[must_use]
    pub fn reached(&self) -> i64 {
        self.maximum * DENOMINATOR - self.loss()
    }
}

impl Answers {
    fn loss(&self) -> i64 {
        self.counts.iter().zip(LOSSES).map(|(n, loss)| n * loss).sum()
    }
}

/// How many are asked, by kind and group: at most and at least, chosen among divisors of 600.
fn asked(kind: &Code, rng: &mut Rng) -> [i64; GROUPS] {
    let mut of = |sizes: &[i64]| *rng.pick(sizes);
    // The City's delegates are the same people for every department, so their number is one.
    let delegates = if kind.as_str() == SO { 60 } else { of(&[24, 25, 30]) };
    [delegates, of(&[24, 25, 30, 40]), of(&[25, 30]), of(&[30, 40, 50]), of(&[50, 60, 75, 100])]
}

/// Makes the answers about a unit, so that its share of the maximum comes to `unit.survey` within 0.003 per cent.
#[must_use]
pub fn surveyed(unit: &Unit, leaves: &[LeafSpec]) -> Surveyed {
    let mut rng = Rng::of(&format!("survey {}", unit.id()));
    let asked = asked(unit.kind(), &mut rng);
    let offsets: [i64; GROUPS] = [0; GROUPS].map(|_| rng.between(-2_000, 2_000));
    let mut answers = Vec::new();
    let mut maximum = 0;
    for leaf in leaves.iter().filter(|l| matches!(l.form, Form::Survey)) {
        maximum += leaf.maximum;
        let of_leaf = rng.between(-2_500, 2_500);
        for (g, n) in asked.into_iter().enumerate() {
            // A share in thousandths of a per cent, and the fifths that are lost against all answering A.
            let share = (unit.survey + offsets[g] + of_leaf + rng.between(-2_500, 2_500)).min(99_500);
            let counts = counts(n, 5 * n * (100_000 - share) / 100_000, &mut rng);
            answers.push(Answers { group: g + 1, leaf: leaf.code.clone(), counts, weight: leaf.maximum * COMMON / n });
        }
    }
    let mut surveyed = Surveyed { answers, asked, maximum };
    tune(&mut surveyed, maximum * DENOMINATOR / 100_000 * (100_000 - unit.survey), &mut rng);
    surveyed
}

/// Answers that lose about so many fifths.
fn counts(n: i64, loss: i64, rng: &mut Rng) -> [i64; 4] {
    let d = rng.between(0, loss / 20);
    let c = rng.between(0, (loss - 5 * d) / 10);
    let b = ((loss - 5 * d - 4 * c) / 2).clamp(0, n - c - d);
    [n - b - c - d, b, c, d]
}

/// Turns single answers A into B or back, first those that weigh much, until the loss is as near `wanted` as it can be.
fn tune(surveyed: &mut Surveyed, wanted: i64, rng: &mut Rng) {
    let mut over = surveyed.loss() - wanted;
    let mut order: Vec<usize> = (0..surveyed.answers.len()).collect();
    rng.shuffle(&mut order);
    order.sort_by_key(|&i| -surveyed.answers[i].weight);
    for _ in 0..20 {
        for &i in &order {
            let answers = &mut surveyed.answers[i];
            let step = 2 * answers.weight;
            if over.abs() * 2 < step {
                continue;
            }
            if over > 0 && answers.counts[1] > 0 {
                answers.counts[1] -= 1;
                answers.counts[0] += 1;
                over -= step;
            } else if over < 0 && answers.counts[0] > 0 {
                answers.counts[0] -= 1;
                answers.counts[1] += 1;
                over += step;
            }
        }
    }
    assert!(over.abs() * 30_000 < surveyed.maximum * DENOMINATOR, "the answers miss their share by {over}");
}

/// The tally of one group over all units of a kind, and how many people answered.
#[must_use]
pub fn tally(units: &[(&Unit, &Surveyed)], kind: &str, group: usize) -> (Tally, u32) {
    let mut rows = Vec::new();
    let mut people = 0;
    for (unit, surveyed) in units.iter().filter(|(u, _)| u.kind().as_str() == kind) {
        let asked = surveyed.asked[group - 1];
        // The City's delegates answer about every department; everybody else about one unit.
        people = if kind == SO && group == 1 { asked } else { people + asked };
        let of_group = surveyed.answers.iter().filter(|a| a.group == group);
        rows.extend(of_group.map(|a| TallyRow {
            unit: unit.id().clone(),
            group: code(&format!("{kind}-{group}")),
            leaf: a.leaf.clone(),
            question: None,
            counts: a.counts.map(|n| u32::try_from(n).expect("counts are not negative")).to_vec(),
        }));
    }
    (
        Tally {
            round: round(),
            rows,
            rechecks: Vec::new(),
            respondents: Vec::new(),
            collectors: Vec::new(),
            findings: Vec::new(),
        },
        u32::try_from(people).expect("a survey asks thousands at most"),
    )
}
