//! A survey as those look at it who hold it: what was planned and came in, what a batch counts, which samples there are. It shows what stands; whether
//! an act is allowed is the ledger's, command by command.

use std::collections::HashMap;

use proto::act::round::Phase;
use proto::act::survey::RecheckBatch;
use proto::document::{BallotFinding, DocKind, DocRef, Group, Tally, Text};
use proto::surveyed::{
    AgainTold, AskedAgain, BatchQuery, BatchTold, Counted, CountedAnswer, CountedQuestion, Covered, FindingTold,
    SampleWork, SurveyQuery, SurveyTold,
};
use proto::{Capacity, Code, Hash, Instant, Principal, Rejection, RoundId, UnitId};

use crate::asking::Asking;
use crate::batch::{Batch, BatchState, Recheck};
use crate::decide::{recheck_fits, standing};
use crate::documents::Meaning;
use crate::round::{Round, UnitState};
use crate::work::batch_work;
use crate::world::World;

/// Those who see what a survey has counted before it is published (RULINGS 20), the usual one first.
const SEE: [Capacity; 5] =
    [Capacity::SurveyStaff, Capacity::Secretariat, Capacity::Council, Capacity::Publisher, Capacity::Inspector];

/// Somebody who may see a round's survey.
fn seen<'w>(world: &'w World, who: &'w Principal, at: Instant, round: &RoundId) -> Result<Asking<'w>, Rejection> {
    // What he is stands in the log, and is asked for by nobody else.
    let asking = Asking::new(world, who, at, round)?;
    if !SEE.into_iter().any(|capacity| asking.has(capacity)) {
        return Err(asking.misses(SEE[0]));
    }
    if !asking.round.survey_held() {
        return Err(Rejection::NoSurvey {});
    }
    Ok(asking)
}

/// Whether somebody may see what stands of a survey.
///
/// # Errors
/// A credential that speaks for nobody; `round_unknown`; `capacity_missing`; `no_survey`.
pub fn may_see_survey(world: &World, who: &Principal, at: Instant, round: &RoundId) -> Result<(), Rejection> {
    seen(world, who, at, round).map(|_| ())
}

/// The unit in which somebody is a round's survey staff; none where it is held in no unit.
#[must_use]
pub fn staff_of(world: &World, who: &Principal, at: Instant, round: &RoundId) -> Option<UnitId> {
    let asking = Asking::new(world, who, at, round).ok()?;
    asking.grants(Capacity::SurveyStaff).next().and_then(|grant| grant.grant.unit.clone())
}

/// A survey as it stands.
///
/// # Errors
/// As [`may_see_survey`].
pub fn survey_told(
    world: &World,
    who: &Principal,
    (at, root): (Instant, Hash),
    query: SurveyQuery,
) -> Result<SurveyTold, Rejection> {
    let asking = seen(world, who, at, &query.round)?;
    let round = asking.round;
    let open = round.windows.get(&Phase::Survey).is_some_and(|window| window.from <= at)
        && round.until(Phase::Survey, None).is_some_and(|until| at < until);
    let mut collected: HashMap<(UnitId, Code), u64> = HashMap::new();
    for batch in round.batches.values().filter(|batch| batch.state == BatchState::Stands) {
        for (key, answered) in tally(world, batch).map_or_else(HashMap::new, |tally| answered(&tally)) {
            *collected.entry(key).or_default() += answered;
        }
    }
    let coverage = asked(round).map(|(unit, group)| {
        let key = (unit.unit.clone(), group.code.clone());
        covered(round, unit, group, collected.get(&key).copied().unwrap_or_default())
    });
    Ok(SurveyTold {
        position: world.position,
        root,
        sends: open && asking.has(Capacity::SurveyStaff) && !round.closed,
        held_in: staff_of(world, who, at, &query.round),
        coverage: coverage.collect(),
        samples: samples(round),
        query,
    })
}

/// A batch with all that it counts.
///
/// # Errors
/// As [`may_see_survey`]; `batch_unknown`.
pub fn batch_told(
    world: &World,
    who: &Principal,
    (at, root): (Instant, Hash),
    query: BatchQuery,
) -> Result<BatchTold, Rejection> {
    let round = seen(world, who, at, &query.round)?.round;
    let unknown = || Rejection::BatchUnknown { batch: query.batch.clone() };
    let batch = round.batches.get(&query.batch).ok_or_else(unknown)?;
    let tally = tally(world, batch).ok_or_else(unknown)?;
    Ok(BatchTold {
        position: world.position,
        root,
        batch: batch_work(round, batch),
        tally: batch.recorded.tally.id.clone(),
        ballots: batch.recorded.ballots.as_ref().map(|ballots| ballots.root),
        replaces: batch.recorded.replaces.clone(),
        counted: counted(round, &tally),
        again: batch.rechecks.iter().filter_map(|recheck| again_told(world, round, recheck)).collect(),
        query,
    })
}

/// What a batch's respondents said who were asked again.
fn again_told(world: &World, round: &Round, recheck: &Recheck) -> Option<AgainTold> {
    let RecheckBatch { tally, method, respondents, reason, .. } = &recheck.recorded;
    Some(AgainTold {
        tally: tally.id.clone(),
        position: recheck.position,
        method: *method,
        respondents: *respondents,
        reason: reason.clone(),
        asked: recheck.asked,
        same: recheck.same,
        questions: asked_again(round, &*document(world, tally)?),
    })
}

/// How each question was answered twice, over all units, in the order of the rulebook's groups and of what they are asked.
#[must_use]
pub fn asked_again(round: &Round, tally: &Tally) -> Vec<AskedAgain> {
    let rows =
        tally.rechecks.iter().map(|row| (&row.unit, &row.group, &row.leaf, row.question.as_ref(), &row.counts[..]));
    let told = summed(round, rows).into_iter().filter_map(|(key, counts)| {
        let width = counts.len().isqrt();
        let first: Vec<u64> = counts.chunks(width.max(1)).map(|again| again.iter().sum()).collect();
        let question = question(round, key, &first)?;
        let same = counts.iter().step_by(width + 1).sum();
        Some(AskedAgain { asked: counts.iter().sum(), same, question, counts })
    });
    told.collect()
}

/// Whether a tally of asking again could be recorded of a batch as it stands: it must, and whoever asks must be survey staff.
///
/// # Errors
/// `batch_unknown`, `batch_void`; `bad_tally` with what does not fit.
pub fn again_fits(world: &World, act: &RecheckBatch, tally: &Tally) -> Result<(), Rejection> {
    let round = world.rounds.get(&act.round).ok_or_else(|| Rejection::RoundUnknown { round: act.round.clone() })?;
    let batch = standing(round, &act.batch)?;
    let first = self::tally(world, batch).ok_or_else(|| Rejection::BatchUnknown { batch: act.batch.clone() })?;
    recheck_fits(round, act, tally, &first).map_err(|detail| Rejection::BadTally { detail })
}

/// The tally of a batch of a round.
#[must_use]
pub fn tally_of(world: &World, query: &BatchQuery) -> Option<std::sync::Arc<Tally>> {
    tally(world, world.rounds.get(&query.round)?.batches.get(&query.batch)?)
}

fn tally(world: &World, batch: &Batch) -> Option<std::sync::Arc<Tally>> {
    document(world, &batch.recorded.tally)
}

fn document(world: &World, doc: &DocRef) -> Option<std::sync::Arc<Tally>> {
    match world.meaning(DocKind::Tally, &doc.id, doc.digest)? {
        Meaning::Tally(tally) => Some(tally),
        _ => None,
    }
}

/// The groups that are asked about each unit, in the round's order.
fn asked(round: &Round) -> impl Iterator<Item = (&UnitState, &Group)> {
    round.units.iter().flat_map(move |unit| {
        let groups = round.book.groups.iter().filter(move |group| group.kind == unit.tree.kind);
        // Where a round has forms, a group is asked what its form asks.
        let groups =
            groups.filter(move |group| round.forms.is_empty() || round.form(&group.kind, &group.code).is_some());
        groups.map(move |group| (unit, group))
    })
}

fn covered(round: &Round, unit: &UnitState, group: &Group, collected: u64) -> Covered {
    Covered {
        unit: unit.unit.clone(),
        name: unit.entry.name.clone(),
        group: group.code.clone(),
        title: group.title.clone(),
        planned: round.planned(&unit.unit, group),
        collected,
    }
}

/// How many of each group answered about each unit: ballots where they were counted, otherwise the most answers to any question.
fn answered(tally: &Tally) -> HashMap<(UnitId, Code), u64> {
    let mut most: HashMap<(UnitId, Code), u64> = HashMap::new();
    for row in &tally.rows {
        let answers: u64 = row.counts.iter().map(|n| u64::from(*n)).sum();
        let entry = most.entry((row.unit.clone(), row.group.clone())).or_default();
        *entry = answers.max(*entry);
    }
    for row in &tally.respondents {
        most.insert((row.unit.clone(), row.group.clone()), row.ballots.into());
    }
    most
}

/// What a tally counts, told by the round's names.
#[must_use]
pub fn counted(round: &Round, tally: &Tally) -> Counted {
    let answered = answered(tally);
    let units = asked(round).filter_map(|(unit, group)| {
        let key = (unit.unit.clone(), group.code.clone());
        Some(covered(round, unit, group, *answered.get(&key).filter(|n| **n > 0)?))
    });
    Counted {
        units: units.collect(),
        questions: questions(round, tally),
        collectors: tally.collectors.len() as u64,
        findings: tally.findings.iter().map(|finding| found(round, finding)).collect(),
    }
}

/// What tells questions apart: the kind of unit, the group, the leaf, and the question where there are forms.
type Question<'a> = (&'a Code, &'a Code, &'a Code, Option<&'a Code>);

/// How each question was answered over all units, in the order of the rulebook's groups and of what they are asked.
fn questions(round: &Round, tally: &Tally) -> Vec<CountedQuestion> {
    let rows = tally.rows.iter().map(|row| (&row.unit, &row.group, &row.leaf, row.question.as_ref(), &row.counts[..]));
    summed(round, rows).into_iter().filter_map(|(key, counts)| question(round, key, &counts)).collect()
}

/// A row of a tally: unit, group, leaf, question, counts.
type Row<'a> = (&'a UnitId, &'a Code, &'a Code, Option<&'a Code>, &'a [u32]);

/// Counts by question over all units.
fn summed<'a>(round: &'a Round, rows: impl Iterator<Item = Row<'a>>) -> Vec<(Question<'a>, Vec<u64>)> {
    let mut sums: HashMap<Question, Vec<u64>> = HashMap::new();
    let mut order: Vec<Question> = Vec::new();
    for (unit, group, leaf, question, counts) in rows {
        let Some((_, unit)) = round.unit(unit) else { continue };
        let key = (&unit.tree.kind, group, leaf, question);
        let sum = sums.entry(key).or_insert_with(|| {
            order.push(key);
            vec![0; counts.len()]
        });
        sum.iter_mut().zip(counts).for_each(|(sum, n)| *sum += u64::from(*n));
    }
    let place = |(kind, group, ..): &Question| {
        round.book.groups.iter().position(|g| g.kind == **kind && g.code == **group).unwrap_or(usize::MAX)
    };
    order.sort_by_key(place);
    order.into_iter().map(|key| (key, sums.remove(&key).unwrap_or_default())).collect()
}

fn question(round: &Round, (kind, group, leaf, question): Question, counts: &[u64]) -> Option<CountedQuestion> {
    let titled = round.book.groups.iter().find(|g| g.kind == *kind && g.code == *group)?;
    let of_form = round.form(kind, group).and_then(|f| f.questions.iter().find(|q| Some(&q.code) == question));
    let (text, scale) = match of_form {
        Some(asked) => (asked.text.clone(), round.scale(asked)),
        None => {
            let tree = round.book.trees.get(kind)?;
            let (_, node) = tree.leaf(leaf)?;
            (tree.nodes[*node.path.last()?].title.clone(), round.book.answers.as_slice())
        }
    };
    let answers = scale.iter().zip(counts).map(|(answer, count)| CountedAnswer {
        code: answer.code.clone(),
        title: answer.title.clone(),
        count: *count,
    });
    Some(CountedQuestion {
        group: group.clone(),
        title: titled.title.clone(),
        leaf: leaf.clone(),
        question: question.cloned(),
        text,
        answers: answers.collect(),
    })
}

fn found(round: &Round, finding: &BallotFinding) -> FindingTold {
    let unit = finding.unit.as_ref().and_then(|unit| round.unit(unit)).map(|(_, unit)| unit);
    let group = finding.group.as_ref().map(|code| {
        let same = |g: &&Group| g.code == *code && unit.is_none_or(|unit| unit.tree.kind == g.kind);
        let title = round.book.groups.iter().find(same).map(|group| group.title.clone());
        title.unwrap_or_else(|| Text::new(code.to_string(), code.to_string()))
    });
    FindingTold {
        kind: finding.kind,
        unit: unit.map(|unit| unit.entry.name.clone()),
        group,
        collector: finding.collector,
        ballots: finding.ballots,
        of: finding.of,
    }
}

fn samples(round: &Round) -> Vec<SampleWork> {
    let drawable = |batch: &&Batch| batch.state == BatchState::Stands && batch.recorded.ballots.is_some();
    let told = round.seeds.iter().map(|(sample, seed)| SampleWork {
        sample: sample.clone(),
        position: seed.position,
        drawn: seed.drawn.clone(),
        of: match seed.drawn {
            Some(_) => Vec::new(),
            None => {
                let of = round.batches.values().filter(drawable).filter(|batch| batch.position > seed.position);
                of.map(|batch| batch.recorded.batch.clone()).collect()
            }
        },
    });
    told.collect()
}
