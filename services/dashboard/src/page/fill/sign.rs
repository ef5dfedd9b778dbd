//! The chief signs his unit's sheet as he has seen it, or takes it back before the deadline. What he signs is the version and the digest
//! that his page showed; if the sheet has moved on since, nothing is signed.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use platform::http::see_other;
use proto::act::sheet::{SubmitSheet, WithdrawSheet};
use proto::document::Lang;
use proto::{Accepted, Act, Acting, Capacity, CommandId, Hash, Refused, RoundId, UnitId};

use super::{page, signed};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::personal_answer;
use crate::refusal::Refusal;
use crate::sign_in::Fields;

/// `POST /rounds/{round}/units/{unit}/sign`
pub async fn sign(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let evidence = match signed::attached(&desk, &ask, &session, &fields).await {
        Ok(evidence) => evidence,
        Err(refusal) => return personal_answer::<super::FillPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    };
    let act = |round, unit| {
        let version = fields.get("version").parse().ok()?;
        let digest = Hash::parse(fields.get("digest")).ok()?;
        Some(Act::SubmitSheet(SubmitSheet { round, unit, version, digest, evidence }))
    };
    send(&desk, &ask, (&headers, &fields), act, "signed").await
}

/// `POST /rounds/{round}/units/{unit}/withdraw`
pub async fn withdraw(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let act = |round, unit| {
        let reason = fields.get("reason").trim().replace("\r\n", "\n");
        Some(Act::WithdrawSheet(WithdrawSheet { round, unit, reason }))
    };
    send(&desk, &ask, (&headers, &fields), act, "withdrawn").await
}

/// Does what the chief asks, and shows the sheet again.
async fn send(
    desk: &Desk,
    ask: &Ask,
    (headers, fields): (&HeaderMap, &Fields),
    act: impl FnOnce(RoundId, UnitId) -> Option<Act>,
    done: &str,
) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(ask, &desk.doors.sign_in, headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(ask, origin),
    };
    let asked = (|| {
        let (round, unit) = (ask.round()?, ask.unit()?);
        let act = act(round.clone(), unit.clone()).ok_or(Refusal::BadForm)?;
        let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
        Ok((round, unit, id, act))
    })();
    let (round, unit, id, act) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return personal_answer::<super::FillPage>(ask, origin, StatusCode::OK, Err(refusal)),
    };
    let acting = Acting { capacity: Capacity::Chief, unit: Some(unit.clone()) };
    match desk.send(&session, (id, acting), act).await {
        Ok(Accepted { position, .. }) => {
            see_other(&format!("/rounds/{round}/units/{unit}/fill?done={done}&position={position}"))
        }
        Err(refused) => {
            let (status, sentence) = told(ask.lang, &refused);
            personal_answer(ask, origin, status, page(desk, ask, &session, Some(sentence)).await)
        }
    }
}

/// A refusal's status, and its sentence.
pub fn told(lang: Lang, refused: &Refused) -> (StatusCode, String) {
    let sentence = match lang {
        Lang::Vi => &refused.vi,
        Lang::En => &refused.en,
    };
    (StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), sentence.clone())
}
