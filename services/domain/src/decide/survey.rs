//! Survey batches and their merging. A tally that does not fit the round is refused whole.

use std::collections::BTreeSet;

use proto::act::round::Phase;
use proto::act::survey::{MergeSurvey, RecordBatch};
use proto::document::{DocKind, Source, Tally};
use proto::text;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::Hearing;
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
    let Some(Meaning::Tally(tally)) = hearing.world.meaning(DocKind::Tally, &act.tally.id, act.tally.digest) else {
        return Err(Rejection::DocumentUnknown { id: act.tally.id.clone() });
    };
    let id = &act.tally.id;
    if round.batches.values().any(|b| b.tally.id == *id) {
        return Err(Rejection::BadTally {
            detail: text!("bảng {id} đã thuộc một đợt khác", "the tally {id} is in another batch"),
        });
    }
    tally_fits(round, act, &tally)?;
    let stream = Stream::Survey(act.round.clone(), act.batch.clone());
    Ok(Decision::new(stream, Fact::BatchRecorded(act.clone())))
}

fn tally_fits(round: &Round, act: &RecordBatch, tally: &Tally) -> Result<(), Rejection> {
    let bad = |detail| Err(Rejection::BadTally { detail });
    if tally.round != act.round {
        let other = &tally.round;
        return bad(text!("bảng thuộc kỳ {other}", "it is of round {other}"));
    }
    let answers = round.book.answers.len();
    let mut seen = BTreeSet::new();
    for row in &tally.rows {
        let at = format!("{} {} {}", row.unit, row.group, row.leaf);
        let Some((_, unit)) = round.unit(&row.unit) else {
            return bad(text!("{at}: không có đơn vị này", "{at}: no such unit"));
        };
        let survey = unit.tree.leaf(&row.leaf).is_some_and(|(_, l)| l.leaf.source == Source::Survey);
        if !survey {
            return bad(text!("{at}: không có tiêu chí điều tra này", "{at}: no such survey leaf"));
        }
        let known = round.book.groups.iter().any(|g| g.kind == unit.tree.kind && g.code == row.group);
        if !known || !act.groups.contains(&row.group) {
            return bad(text!("{at}: đợt này không có nhóm này", "{at}: no such group in this batch"));
        }
        if row.counts.len() != answers {
            let n = row.counts.len();
            return bad(text!(
                "{at}: {n} số đếm, thang có {answers} mức",
                "{at}: {n} counts, the scale has {answers} answers"
            ));
        }
        let total: u64 = row.counts.iter().map(|n| u64::from(*n)).sum();
        if total > u64::from(act.respondents) {
            return bad(text!("{at}: số trả lời nhiều hơn số phiếu", "{at}: more answers than respondents"));
        }
        if !seen.insert((&row.unit, &row.group, &row.leaf)) {
            return bad(text!("{at}: có hai lần", "{at}: stands twice"));
        }
    }
    if tally.rows.is_empty() { bad(text!("bảng trống", "it is empty")) } else { Ok(()) }
}

pub fn merge(hearing: &Hearing, act: &MergeSurvey) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if !round.survey_held() {
        return Err(Rejection::NoSurvey {});
    }
    super::publication::not_published(round)?;
    let mut seen = BTreeSet::new();
    for batch in &act.batches {
        if !round.batches.contains_key(batch) || !seen.insert(batch) {
            return Err(Rejection::BatchUnknown { batch: batch.clone() });
        }
    }
    if act.batches.is_empty() {
        return Err(Rejection::SurveyNotMerged {});
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::SurveyMerged(act.clone())))
}
