//! Survey batches: recorded by their tallies, voided, replaced, asked again. A tally that does not fit is refused whole.
//! What was recorded is never changed: a batch that was wrong is voided or replaced, with a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proto::act::round::Phase;
use proto::act::survey::{BallotSet, RecheckBatch, RecordBatch, VoidBatch};
use proto::document::{Answer, DocKind, DocRef, RecheckRow, Source, Tally, TallyRow, Text};
use proto::text;
use proto::{BatchId, Capacity, Code, Fact, Rejection, RoundId, Stream, UnitId};

use super::Decision;
use super::hearing::{Hearing, required};
use super::publication::not_published;
use super::sheet::evidence_fits;
use crate::batch::{Batch, BatchState};
use crate::documents::Meaning;
use crate::round::Round;

pub fn record(hearing: &Hearing, act: &RecordBatch) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::SurveyStaff], Some(round.id()))?;
    if !round.survey_held() {
        return Err(Rejection::NoSurvey {});
    }
    hearing.window(round, Phase::Survey, None)?;
    if round.batches.contains_key(&act.batch) {
        return Err(Rejection::BatchExists { batch: act.batch.clone() });
    }
    if let Some(old) = &act.replaces {
        standing(round, &old.batch)?;
        not_published(round)?;
        required(&old.reason)?;
    }
    let tally = own_tally(hearing, round, &act.round, &act.tally)?;
    tally_fits(round, act, &tally).map_err(|detail| Rejection::BadTally { detail })?;
    if let Some(ballots) = &act.ballots {
        evidence_fits(std::slice::from_ref(&ballots.file))?;
        ballots_fit(act, ballots, &tally).map_err(|detail| Rejection::BadTally { detail })?;
    }
    let stream = Stream::Survey(act.round.clone(), act.batch.clone());
    Ok(Decision::new(stream, Fact::BatchRecorded(act.clone())))
}

pub fn void(hearing: &Hearing, act: &VoidBatch) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::SurveyStaff, Capacity::Secretariat], Some(round.id()))?;
    standing(round, &act.batch)?;
    not_published(round)?;
    required(&act.reason)?;
    Ok(Decision::new(Stream::Survey(act.round.clone(), act.batch.clone()), Fact::BatchVoided(act.clone())))
}

pub fn recheck(hearing: &Hearing, act: &RecheckBatch) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::SurveyStaff], Some(round.id()))?;
    let batch = standing(round, &act.batch)?;
    not_published(round)?;
    required(&act.reason)?;
    let tally = own_tally(hearing, round, &act.round, &act.tally)?;
    let first = tally_of(hearing, &batch.recorded.tally)?;
    recheck_fits(round, act, &tally, &first).map_err(|detail| Rejection::BadTally { detail })?;
    Ok(Decision::new(Stream::Survey(act.round.clone(), act.batch.clone()), Fact::BatchRechecked(act.clone())))
}

/// A batch that was neither voided nor replaced.
pub fn standing<'a>(round: &'a Round, batch: &BatchId) -> Result<&'a Batch, Rejection> {
    let found = round.batches.get(batch).ok_or_else(|| Rejection::BatchUnknown { batch: batch.clone() })?;
    match found.state {
        BatchState::Stands => Ok(found),
        BatchState::Voided | BatchState::Replaced(_) => Err(Rejection::BatchVoid { batch: batch.clone() }),
    }
}

fn tally_of(hearing: &Hearing, doc: &DocRef) -> Result<Arc<Tally>, Rejection> {
    match hearing.world.meaning(DocKind::Tally, &doc.id, doc.digest) {
        Some(Meaning::Tally(tally)) => Ok(tally),
        _ => Err(Rejection::DocumentUnknown { id: doc.id.clone() }),
    }
}

/// A sealed tally of this round that no batch has named before.
fn own_tally(hearing: &Hearing, round: &Round, id: &RoundId, doc: &DocRef) -> Result<Arc<Tally>, Rejection> {
    let tally = tally_of(hearing, doc)?;
    let bad = |detail| Err(Rejection::BadTally { detail });
    if round.batches.values().any(|b| b.names(&doc.id)) {
        let id = &doc.id;
        return bad(text!("bảng {id} đã thuộc một đợt khác", "the tally {id} is in another batch"));
    }
    if tally.round != *id {
        let other = &tally.round;
        return bad(text!("bảng thuộc kỳ {other}", "it is of round {other}"));
    }
    Ok(tally)
}

/// Which answers a row counts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Asked<'a> {
    unit: &'a UnitId,
    group: &'a Code,
    leaf: &'a Code,
    question: Option<&'a Code>,
}

impl std::fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} {} {}", self.unit, self.group, self.leaf)?;
        self.question.map_or(Ok(()), |question| write!(f, " {question}"))
    }
}

fn of_row(row: &TallyRow) -> Asked<'_> {
    Asked { unit: &row.unit, group: &row.group, leaf: &row.leaf, question: row.question.as_ref() }
}

fn of_recheck(row: &RecheckRow) -> Asked<'_> {
    Asked { unit: &row.unit, group: &row.group, leaf: &row.leaf, question: row.question.as_ref() }
}

/// The scale of what was asked, if the round asks it.
fn scale<'a>(round: &'a Round, asked: &Asked) -> Result<&'a [Answer], Text> {
    let Some((_, unit)) = round.unit(asked.unit) else {
        return Err(text!("{asked}: không có đơn vị này", "{asked}: no such unit"));
    };
    if unit.tree.leaf(asked.leaf).is_none_or(|(_, l)| l.leaf.source != Source::Survey) {
        return Err(text!("{asked}: không có tiêu chí điều tra này", "{asked}: no such survey leaf"));
    }
    let kind = &unit.tree.kind;
    if !round.book.groups.iter().any(|g| g.kind == *kind && g.code == *asked.group) {
        return Err(text!("{asked}: đợt này không có nhóm này", "{asked}: no such group in this batch"));
    }
    let unasked = || text!("{asked}: phiếu hỏi không có câu này", "{asked}: the form has no such question");
    match (round.forms.is_empty(), asked.question) {
        (true, None) => Ok(&round.book.answers),
        (true, Some(_)) => Err(text!("{asked}: kỳ này không có phiếu hỏi", "{asked}: the round has no forms")),
        (false, question) => {
            let form = round.form(kind, asked.group).ok_or_else(unasked)?;
            let question = form.questions.iter().find(|q| Some(&q.code) == question && q.leaf == *asked.leaf);
            Ok(round.scale(question.ok_or_else(unasked)?))
        }
    }
}

fn tally_fits(round: &Round, act: &RecordBatch, tally: &Tally) -> Result<(), Text> {
    let mut seen = BTreeSet::new();
    if !tally.rechecks.is_empty() {
        return Err(text!("đây là bảng của lần kiểm tra lại", "it is the tally of a re-check"));
    }
    for row in &tally.rows {
        let asked = of_row(row);
        let answers = scale(round, &asked)?.len();
        if !act.groups.contains(&row.group) {
            return Err(text!("{asked}: đợt này không có nhóm này", "{asked}: no such group in this batch"));
        }
        if row.counts.len() != answers {
            let n = row.counts.len();
            return Err(text!(
                "{asked}: {n} số đếm, thang có {answers} mức",
                "{asked}: {n} counts, the scale has {answers} answers"
            ));
        }
        more_than(act.respondents, &asked, &row.counts)?;
        if !seen.insert(of_row(row)) {
            return Err(text!("{asked}: có hai lần", "{asked}: stands twice"));
        }
    }
    if tally.rows.is_empty() { Err(text!("bảng trống", "it is empty")) } else { Ok(()) }
}

/// A batch that was counted from ballots counts each of them once, in a unit and group of its own, and no answer that is on none.
fn ballots_fit(act: &RecordBatch, ballots: &BallotSet, tally: &Tally) -> Result<(), Text> {
    let (from, to) = (ballots.from, ballots.to);
    if from > to {
        return Err(text!("ngày đầu {from} sau ngày cuối {to}", "the first day {from} is after the last, {to}"));
    }
    let mut counted = BTreeMap::new();
    for row in &tally.respondents {
        let (unit, group) = (&row.unit, &row.group);
        if !act.groups.contains(group) {
            return Err(text!(
                "{unit} {group}: đợt này không có nhóm này",
                "{unit} {group}: no such group in this batch"
            ));
        }
        if counted.insert((unit, group), row.ballots).is_some() {
            return Err(text!("{unit} {group}: có hai lần", "{unit} {group}: stands twice"));
        }
    }
    let total: u64 = counted.values().map(|n| u64::from(*n)).sum();
    let respondents = act.respondents;
    if total != u64::from(respondents) {
        return Err(text!("{total} phiếu, đợt ghi {respondents}", "{total} ballots, the batch says {respondents}"));
    }
    if tally.collectors.iter().map(|c| u64::from(c.ballots)).sum::<u64>() > total {
        return Err(text!(
            "điều tra viên mang về nhiều hơn số phiếu",
            "collectors brought more ballots than there are"
        ));
    }
    for row in &tally.rows {
        let ballots = counted.get(&(&row.unit, &row.group)).copied().unwrap_or(0);
        more_than(ballots, &of_row(row), &row.counts)?;
    }
    Ok(())
}

/// Nobody answers a question more than once.
fn more_than(respondents: u32, asked: &Asked, counts: &[u32]) -> Result<(), Text> {
    let total: u64 = counts.iter().map(|n| u64::from(*n)).sum();
    if total > u64::from(respondents) {
        return Err(text!("{asked}: số trả lời nhiều hơn số phiếu", "{asked}: more answers than respondents"));
    }
    Ok(())
}

/// Whoever is asked again must have answered before: by question and first answer, no more than the batch counted.
///
/// # Errors
/// What does not fit, in words.
pub fn recheck_fits(round: &Round, act: &RecheckBatch, tally: &Tally, first: &Tally) -> Result<(), Text> {
    if !tally.rows.is_empty() {
        return Err(text!("đây là bảng của một đợt", "it is the tally of a batch"));
    }
    let first: BTreeMap<Asked, &TallyRow> = first.rows.iter().map(|row| (of_row(row), row)).collect();
    let mut seen = BTreeSet::new();
    for row in &tally.rechecks {
        let asked = of_recheck(row);
        let answers = scale(round, &asked)?.len();
        let Some(before) = first.get(&asked) else {
            return Err(text!("{asked}: đợt này không hỏi câu đó", "{asked}: the batch did not ask this"));
        };
        let (n, cells) = (row.counts.len(), answers * answers);
        if n != cells {
            return Err(text!(
                "{asked}: {n} số đếm, thang {answers} mức cần {cells}",
                "{asked}: {n} counts, a scale of {answers} answers needs {cells}"
            ));
        }
        more_than(act.respondents, &asked, &row.counts)?;
        let again = row.counts.chunks(answers).map(|second| second.iter().map(|n| u64::from(*n)).sum::<u64>());
        if again.zip(&before.counts).any(|(again, before)| again > u64::from(*before)) {
            return Err(text!(
                "{asked}: số hỏi lại nhiều hơn số đã trả lời như vậy",
                "{asked}: more were asked again than had answered so"
            ));
        }
        if !seen.insert(of_recheck(row)) {
            return Err(text!("{asked}: có hai lần", "{asked}: stands twice"));
        }
    }
    if tally.rechecks.is_empty() { Err(text!("bảng trống", "it is empty")) } else { Ok(()) }
}
