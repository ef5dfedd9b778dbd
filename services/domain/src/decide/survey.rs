//! The survey as a whole: how many are to be asked, and which batches become the round's survey.
//! The plan stands before the first answer comes in.

use std::collections::BTreeSet;

use proto::act::survey::{MergeSurvey, PlanSample, PlannedSample};
use proto::document::Text;
use proto::text;
use proto::{Capacity, Fact, Rejection, Stream};

use super::Decision;
use super::batch::standing;
use super::hearing::Hearing;
use super::publication::not_published;
use crate::round::Round;

pub fn plan(hearing: &Hearing, act: &PlanSample) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::SurveyStaff, Capacity::Secretariat], Some(round.id()))?;
    if !round.survey_held() {
        return Err(Rejection::NoSurvey {});
    }
    if !round.batches.is_empty() {
        return Err(Rejection::SurveyBegun {});
    }
    let mut faults: Vec<Text> = act.rows.iter().filter_map(|row| unfit(round, row)).collect();
    let mut seen = BTreeSet::new();
    for row in act.rows.iter().filter(|row| !seen.insert((&row.unit, &row.group))) {
        let (unit, group) = (&row.unit, &row.group);
        faults.push(text!("{unit} {group}: có hai lần", "{unit} {group}: stands twice"));
    }
    if act.rows.is_empty() {
        faults.push(text!("không có dòng nào", "no rows"));
    }
    if !faults.is_empty() {
        return Err(Rejection::BadSample { detail: Text::join(&faults) });
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::SamplePlanned(act.clone())))
}

/// What is wrong with a planned sample.
fn unfit(round: &Round, row: &PlannedSample) -> Option<Text> {
    let (unit, group) = (&row.unit, &row.group);
    let Some((_, found)) = round.unit(unit) else {
        return Some(text!("{unit}: không có đơn vị này", "{unit}: no such unit"));
    };
    let Some(of) = round.book.groups.iter().find(|g| g.kind == found.tree.kind && g.code == *group) else {
        return Some(text!("{unit} {group}: không có nhóm này", "{unit} {group}: no such group"));
    };
    match (row.population, row.respondents) {
        (None, Some(1..)) => None,
        (Some(1..), None) if of.margin.is_some() => None,
        (Some(1..), None) => {
            Some(text!("{unit} {group}: nhóm không có sai số", "{unit} {group}: the group has no margin of error"))
        }
        _ => Some(text!(
            "{unit} {group}: cần tổng thể hoặc cỡ mẫu, lớn hơn 0",
            "{unit} {group}: either a population or a number of respondents, above 0"
        )),
    }
}

pub fn merge(hearing: &Hearing, act: &MergeSurvey) -> Result<Decision, Rejection> {
    let round = hearing.round(&act.round)?;
    hearing.capacity(&[Capacity::Secretariat], Some(round.id()))?;
    if !round.survey_held() {
        return Err(Rejection::NoSurvey {});
    }
    not_published(round)?;
    let mut seen = BTreeSet::new();
    for batch in &act.batches {
        standing(round, batch)?;
        if !seen.insert(batch) {
            return Err(Rejection::BatchUnknown { batch: batch.clone() });
        }
    }
    if act.batches.is_empty() {
        return Err(Rejection::SurveyNotMerged {});
    }
    Ok(Decision::new(Stream::Round(act.round.clone()), Fact::SurveyMerged(act.clone())))
}
