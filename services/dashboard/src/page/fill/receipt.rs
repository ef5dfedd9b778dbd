//! The receipt of an event of a unit's own sheet, with the event in it, for that unit's people: the one file proves it without this
//! server. An event of another sheet is answered like one that is not there, and so is what is not released to them yet.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use identity::Session;
use platform::http::see_other;
use platform::ports::NoReceipt;
use proto::checkpoint::Checkpoint;
use proto::filling::{SheetForm, SheetQuery};
use proto::receipt::Receipt;
use proto::tree::verify_inclusion;
use proto::{Hash, Vouched};

use super::session;
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::page::start::refused;
use crate::refusal::Refusal;

/// How long an event is waited for that is under no checkpoint yet, in milliseconds.
const WAIT_MS: u64 = 5_000;

/// Whether whoever looks at a sheet is handed receipts of it here.
pub fn is_given(desk: &Desk, form: &SheetForm) -> bool {
    desk.receipts.is_some() && form.fills_in.is_some()
}

/// `GET /rounds/{round}/units/{unit}/receipts/{position}`
pub async fn hand_out(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    match handed_out(&desk, &ask, &session).await {
        Ok(response) => response,
        Err(refusal) => refused(&ask, &desk.doors.dashboard.origin, refusal),
    }
}

async fn handed_out(desk: &Desk, ask: &Ask, session: &Session) -> Result<Response, Refusal> {
    let unknown = || Refusal::unknown("event_unknown");
    let signer = desk.receipts.as_ref().ok_or_else(|| Refusal::unknown("page_unknown"))?;
    let written = ask.named("position").unwrap_or_default();
    let position: u64 = written.parse().ok().filter(|p: &u64| p.to_string() == written).ok_or_else(unknown)?;
    let query = SheetQuery { round: ask.round()?, unit: ask.unit()? };
    let body = desk.sheets.event(&principal(session), query, position).await?.ok_or_else(unknown)?;
    let receipt = match signer.receipt(position, Vouched::Signed, Duration::from_millis(WAIT_MS)).await {
        Ok(receipt) => receipt,
        Err(NoReceipt::Pending) => return Err(Refusal::unknown("receipt_pending")),
        Err(NoReceipt::Failed(error)) => return Err(Refusal::Malformed(error)),
    };
    fits(&receipt, position, &body).map_err(Refusal::Malformed)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{position}.tlog-proof\"")),
    ];
    Ok((headers, Receipt { extra: Some(body), ..receipt }.to_string()).into_response())
}

/// A receipt that does not fit its event is never handed on.
fn fits(receipt: &Receipt, position: u64, body: &[u8]) -> Result<(), String> {
    let head = Checkpoint::parse(receipt.checkpoint.text()).map_err(|e| e.to_string())?.head;
    verify_inclusion(position - 1, Hash::entry(body), head.size, head.root, &receipt.proof).map_err(|e| e.to_string())
}
