//! Requests about personal data: opened, answered, ended by the secretariat; an erasure is ordered by one person and confirmed by
//! another. Nothing in the log is ever changed by one.

use std::collections::BTreeSet;

use proto::act::privacy::{
    AnswerCase, CloseCase, ConfirmErasure, ERASED_MAX, OpenCase, OrderErasure, RequestKind, WITHIN_DAYS_MAX,
    WITHIN_DAYS_MIN,
};
use proto::text;
use proto::{Capacity, CaseId, Day, Fact, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::case::Case;

fn decided(case: &CaseId, fact: Fact) -> Decision {
    Decision::new(Stream::Case(case.clone()), fact)
}

/// A case that has not ended, before the secretariat.
fn open_case<'a>(hearing: &Hearing<'a>, case: &CaseId) -> Result<&'a Case, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Secretariat], None)?;
    going_on(hearing, case)
}

fn going_on<'a>(hearing: &Hearing<'a>, case: &CaseId) -> Result<&'a Case, Rejection> {
    let found = hearing.world.cases.get(case).ok_or_else(|| Rejection::CaseUnknown { case: case.clone() })?;
    if found.outcome.is_some() { Err(Rejection::CaseClosed { case: case.clone() }) } else { Ok(found) }
}

pub fn open(hearing: &Hearing, act: &OpenCase) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Secretariat], None)?;
    if hearing.world.cases.contains_key(&act.case) {
        return Err(Rejection::CaseExists { case: act.case.clone() });
    }
    required(&act.ground)?;
    if (act.request == RequestKind::Retention) != act.requester.is_none() {
        let detail = text!(
            "chỉ khi hết thời hạn lưu trữ mới không có người yêu cầu",
            "somebody asks, unless it is the time for keeping that is over, and then nobody does"
        );
        return Err(Rejection::BadCase { detail });
    }
    if !(WITHIN_DAYS_MIN..=WITHIN_DAYS_MAX).contains(&act.within_days) {
        let (least, most) = (WITHIN_DAYS_MIN, WITHIN_DAYS_MAX);
        let detail =
            text!("phải thực hiện trong {least} đến {most} ngày", "it is carried out in {least} to {most} days");
        return Err(Rejection::BadCase { detail });
    }
    if act.received > Day::of(hearing.at) {
        let detail = text!("ngày nhận yêu cầu ở tương lai", "the request would come in the future");
        return Err(Rejection::BadCase { detail });
    }
    Ok(decided(&act.case, Fact::CaseOpened(act.clone())))
}

pub fn answer(hearing: &Hearing, act: &AnswerCase) -> Result<Decision, Rejection> {
    let case = open_case(hearing, &act.case)?;
    if case.opened.requester.is_none() {
        let detail = text!("hồ sơ không có người yêu cầu để trả lời", "nobody asked who could be answered");
        return Err(Rejection::BadCase { detail });
    }
    required(&act.text)?;
    Ok(decided(&act.case, Fact::CaseAnswered(act.clone())))
}

pub fn order(hearing: &Hearing, act: &OrderErasure) -> Result<Decision, Rejection> {
    let case = open_case(hearing, &act.case)?;
    required(&act.ground)?;
    let bad = |detail| Err(Rejection::BadCase { detail });
    if case.opened.request == RequestKind::Access {
        return bad(text!("yêu cầu chỉ là được cung cấp thông tin", "all that was asked for is to be told"));
    }
    if case.pending().is_some() {
        return Err(Rejection::ErasurePending { case: act.case.clone() });
    }
    let (files, ballots, batches) = (act.files.len(), act.ballots.len(), act.batches.len());
    if files + ballots + batches == 0 {
        return bad(text!("lệnh xóa trống", "it erases nothing"));
    }
    if files + ballots + batches > ERASED_MAX {
        return bad(text!(
            "nhiều hơn {ERASED_MAX} tệp, phiếu và đợt",
            "more than {ERASED_MAX} files, ballots and batches"
        ));
    }
    let ballot = |b: &proto::act::privacy::ErasedBallot| (b.round.clone(), b.batch.clone(), b.index);
    let batch = |b: &proto::act::privacy::ErasedBatch| (b.round.clone(), b.batch.clone());
    let twice = act.files.iter().collect::<BTreeSet<_>>().len() < files
        || act.ballots.iter().map(ballot).collect::<BTreeSet<_>>().len() < ballots
        || act.batches.iter().map(batch).collect::<BTreeSet<_>>().len() < batches;
    if twice {
        return bad(text!("một tệp, phiếu hoặc đợt có hai lần", "a file, ballot or batch stands twice"));
    }
    Ok(decided(&act.case, Fact::ErasureOrdered(act.clone())))
}

pub fn confirm(hearing: &Hearing, act: &ConfirmErasure) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Administrator], None)?;
    let case = going_on(hearing, &act.case)?;
    let order = case.pending().ok_or_else(|| Rejection::ErasureNotOrdered { case: act.case.clone() })?;
    if order.by == hearing.principal.actor {
        return Err(Rejection::ErasureSamePerson {});
    }
    Ok(decided(&act.case, Fact::ErasureConfirmed(act.clone())))
}

pub fn close(hearing: &Hearing, act: &CloseCase) -> Result<Decision, Rejection> {
    let case = open_case(hearing, &act.case)?;
    required(&act.text)?;
    if case.pending().is_some() {
        return Err(Rejection::ErasurePending { case: act.case.clone() });
    }
    Ok(decided(&act.case, Fact::CaseClosed(act.clone())))
}
