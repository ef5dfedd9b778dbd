//! Survey points from tallies: the mean of each question, of each group, the weighted mean of the groups, times the
//! maximum. No respondent is known here, only counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use proto::document::{Answer, Form, Group, MissingGroup, Question, ShortGroup, Tally};
use proto::{BatchId, Code, Decimal, Exact, UnitId};

use crate::round::Round;

/// A survey leaf of one unit: its points, and the groups that they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyLeaf {
    /// Its points.
    pub points: Exact,
    /// The groups that were asked, in the rulebook's order.
    pub groups: Vec<GroupMean>,
    /// The merged batches that hold answers about it.
    pub batches: BTreeSet<BatchId>,
}

/// What a group said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMean {
    /// The group.
    pub group: Code,
    /// Its weight.
    pub weight: Decimal,
    /// How many answered: the most answers to any of its questions about the unit, counted or not.
    pub answered: u64,
    /// How many were planned.
    pub planned: Option<u32>,
    /// Its questions about the leaf.
    pub questions: Vec<QuestionMean>,
    /// The mean share of the maximum that counts.
    pub mean: Mean,
}

/// The mean of a group, as the rulebook lets it count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mean {
    /// It counts.
    Counts(Exact),
    /// Nobody answered.
    Nobody,
    /// The group is under its sample, and the rulebook treats it as one that gave no answer.
    Short,
}

/// What a group said to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionMean {
    /// The question; none where the leaf is its own.
    pub question: Option<Code>,
    /// Its weight.
    pub weight: Decimal,
    /// The answers that count: how many, and their share of the maximum.
    pub answers: Vec<(i128, Decimal)>,
    /// Their mean share; none where no answer counts.
    pub mean: Option<Exact>,
}

/// Survey leaves by unit, in the order of the tree's leaves.
pub type SurveyPoints = HashMap<UnitId, Vec<Option<SurveyLeaf>>>;

/// What a group answered about a unit's leaf, by question, added up over the batches.
#[derive(Default)]
struct Counted<'a> {
    by_question: HashMap<(&'a Code, Option<&'a Code>), Vec<i128>>,
    batches: BTreeSet<&'a BatchId>,
}

/// The points that the batches' tallies give; their counts are added up by unit, leaf, group and question.
pub fn survey_points(round: &Round, batches: &[(BatchId, Arc<Tally>)]) -> SurveyPoints {
    let mut leaves: HashMap<(usize, usize), Counted> = HashMap::new();
    for (batch, tally) in batches {
        for row in &tally.rows {
            let Some((place, unit)) = round.unit(&row.unit) else { continue };
            let Some((leaf, _)) = unit.tree.leaf(&row.leaf) else { continue };
            let counted = leaves.entry((place, leaf)).or_default();
            counted.batches.insert(batch);
            let sums = counted.by_question.entry((&row.group, row.question.as_ref())).or_default();
            sums.resize(sums.len().max(row.counts.len()), 0);
            for (sum, n) in sums.iter_mut().zip(&row.counts) {
                *sum += i128::from(*n);
            }
        }
    }
    let answered = answered(&leaves);
    let mut points = SurveyPoints::new();
    for ((place, leaf), counted) in &leaves {
        let unit = &round.units[*place];
        let groups = round.book.groups.iter().filter(|g| g.kind == unit.tree.kind).filter_map(|group| {
            let answered = answered.get(&(*place, &group.code)).copied().unwrap_or(0);
            group_mean(round, (*place, *leaf), group, counted, answered)
        });
        let Some(found) = weighted(round, (*place, *leaf), groups.collect(), counted) else { continue };
        let of_unit = points.entry(unit.unit.clone()).or_insert_with(|| vec![None; unit.tree.leaves.len()]);
        of_unit[*leaf] = Some(found);
    }
    points
}

/// The most answers that each group gave to any question about each unit.
fn answered<'a>(leaves: &HashMap<(usize, usize), Counted<'a>>) -> HashMap<(usize, &'a Code), u64> {
    let mut most = HashMap::new();
    for ((place, _), counted) in leaves {
        for ((group, _), counts) in &counted.by_question {
            let n = u64::try_from(counts.iter().sum::<i128>()).unwrap_or(u64::MAX);
            let entry: &mut u64 = most.entry((*place, *group)).or_default();
            *entry = n.max(*entry);
        }
    }
    most
}

/// The mean of one group at one leaf; none where its form asks nothing about it.
fn group_mean(
    round: &Round,
    (place, leaf): (usize, usize),
    group: &Group,
    counted: &Counted,
    answered: u64,
) -> Option<GroupMean> {
    let unit = &round.units[place];
    let code = &unit.tree.leaves[leaf].code;
    let mean = |question: Option<&Code>, weight, scale| {
        let counts = counted.by_question.get(&(&group.code, question)).map_or(&[][..], Vec::as_slice);
        question_mean(question, weight, scale, counts)
    };
    let questions: Vec<QuestionMean> = match round.forms.is_empty() {
        true => vec![mean(None, None, &round.book.answers)],
        false => {
            let form = round.form(&group.kind, &group.code)?;
            let of_leaf = form.questions.iter().filter(|q| q.leaf == *code);
            of_leaf.map(|q| mean(Some(&q.code), q.weight, round.scale(q))).collect()
        }
    };
    if questions.is_empty() {
        return None;
    }
    let planned = round.planned(&unit.unit, group);
    let answering = questions.iter().filter(|q| q.mean.is_some());
    let weights = Exact::sum_decimals(answering.clone().map(|q| &q.weight));
    let sum: Exact = answering.filter_map(|q| Some(q.mean.as_ref()? * &Exact::from(q.weight))).sum();
    let short = planned.is_some_and(|planned| answered < u64::from(planned));
    let mean = match sum.checked_div(&weights) {
        None => Mean::Nobody,
        Some(_) if short && round.book.short_group == ShortGroup::Missing => Mean::Short,
        Some(mean) => Mean::Counts(mean),
    };
    let weight = group.weight.unwrap_or(Decimal::ONE);
    Some(GroupMean { group: group.code.clone(), weight, answered, planned, questions, mean })
}

/// The mean share of the answers to one question that count.
fn question_mean(question: Option<&Code>, weight: Option<Decimal>, scale: &[Answer], counts: &[i128]) -> QuestionMean {
    let answers = scale.iter().zip(counts).filter_map(|(answer, n)| Some((*n, answer.share?)));
    let answers: Vec<(i128, Decimal)> = answers.filter(|(n, _)| *n > 0).collect();
    let counted: i128 = answers.iter().map(|(n, _)| n).sum();
    let nanos: i128 = answers.iter().map(|(n, share)| share.nanos() * n).sum();
    let mean = counted.checked_mul(1_000_000_000).and_then(|denominator| Exact::ratio(nanos, denominator));
    QuestionMean { question: question.cloned(), weight: weight.unwrap_or(Decimal::ONE), answers, mean }
}

/// The weighted mean of the groups, times the maximum; none where no group's answers count.
fn weighted(
    round: &Round,
    (place, leaf): (usize, usize),
    groups: Vec<GroupMean>,
    counted: &Counted,
) -> Option<SurveyLeaf> {
    if !groups.iter().any(|g| matches!(g.mean, Mean::Counts(_))) {
        return None;
    }
    let counts = |g: &&GroupMean| matches!(g.mean, Mean::Counts(_)) || round.book.missing_group == MissingGroup::Zero;
    let weights = Exact::sum_decimals(groups.iter().filter(counts).map(|g| &g.weight));
    let share = |g: &GroupMean| g.mean.counts().map(|mean| mean * &Exact::from(g.weight));
    let sum: Exact = groups.iter().filter_map(share).sum();
    let points = sum.checked_div(&weights)? * Exact::from(round.units[place].tree.leaves[leaf].maximum);
    let batches = counted.batches.iter().map(|b| (*b).clone()).collect();
    Some(SurveyLeaf { points, groups, batches })
}

impl Mean {
    /// The mean, where it counts.
    #[must_use]
    pub fn counts(&self) -> Option<&Exact> {
        match self {
            Self::Counts(mean) => Some(mean),
            Self::Nobody | Self::Short => None,
        }
    }
}

/// The sample of a population N for a margin of error e: N / (1 + N e^2), rounded up (Yamane 1967).
#[must_use]
pub fn sample_of(population: u32, margin: Decimal) -> u32 {
    let (n, scale) = (i128::from(population), 10_i128.pow(u32::from(margin.scale())));
    let (whole, part) = (scale * scale, i128::from(margin.mantissa()).pow(2));
    let by = whole + n * part;
    u32::try_from((n * whole + by - 1) / by).expect("a sample is no larger than its population")
}

/// Samples that a round plans, by unit and group.
pub type Samples = BTreeMap<(UnitId, Code), u32>;

impl Round {
    /// The form that a group fills in about a kind of unit.
    #[must_use]
    pub fn form(&self, kind: &Code, group: &Code) -> Option<&Form> {
        self.forms.iter().find(|f| f.kind == *kind && f.groups.contains(group)).map(Arc::as_ref)
    }

    /// The scale of a question: its own, or the rulebook's.
    #[must_use]
    pub fn scale<'a>(&'a self, question: &'a Question) -> &'a [Answer] {
        if question.answers.is_empty() { &self.book.answers } else { &question.answers }
    }

    /// How many of a group are planned to answer about a unit: as planned for it, or as the rulebook says for all.
    #[must_use]
    pub fn planned(&self, unit: &UnitId, group: &Group) -> Option<u32> {
        self.samples.get(&(unit.clone(), group.code.clone())).copied().or(group.sample)
    }
}
