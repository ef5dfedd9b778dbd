//! The button by which an inspector has the log verified, how far that is, and what it came to. The inspector does it; here it is asked
//! for and set in type.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::Capacity;
use proto::verification::{FoundFault, Verdict, Verification, Verifying};

use super::fill::session;
use super::work::{Desktop, asked};
use super::{Frame, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{self, InspectWords, Words, WorkWords, fill};

/// For whom this page and the dossiers are: an inspector sees the log (RULINGS 20).
pub const OF_INSPECTION: [Capacity; 1] = [Capacity::Inspector];
/// How often the page of a verification that runs loads itself again, in seconds.
const LOADS_AGAIN_S: u32 = 3;

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    t: &'static Words,
    w: &'static InspectWords,
    dw: &'static WorkWords,
    f: Frame,
    d: Desktop,
    /// Whether it can be asked for here.
    offered: bool,
    running: Option<Run>,
    /// Whether the page loads itself again.
    follows: bool,
    follow: String,
    last: Option<Told>,
}

struct Run {
    begun: String,
    told: String,
    walked: u64,
    of: u64,
}

struct Told {
    holds: bool,
    said: String,
    ended: String,
    position: u64,
    root: Option<String>,
    checked: Vec<String>,
    outside: Option<&'static str>,
    faults: Vec<Fault>,
    more: Option<String>,
    notes: Vec<String>,
}

struct Fault {
    position: Option<u64>,
    code: String,
    kind: String,
    place: String,
    what: String,
}

/// `GET /rounds/{round}/verify`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    let follows = page.as_ref().is_ok_and(|page| page.running.is_some() && page.follows);
    let mut response = personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page);
    if follows {
        let again = HeaderValue::from(LOADS_AGAIN_S);
        response.headers_mut().insert(header::REFRESH, again);
    }
    response
}

/// `POST /rounds/{round}/verify`
pub async fn begin(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    match begun(&desk, &ask, &session).await {
        Ok(place) => see_other(&place),
        Err(refusal) => personal_answer::<VerifyPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn begun(desk: &Desk, ask: &Ask, session: &Session) -> Result<String, Refusal> {
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_INSPECTION)?;
    let verifies = desk.verifies.as_ref().ok_or_else(|| Refusal::unknown("page_unknown"))?;
    // Where one runs already, its page tells.
    verifies.begin(&principal(session)).await;
    Ok(format!("/rounds/{}/verify?follow=1", worked.work.query.round))
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<VerifyPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), InspectWords::of(ask.lang));
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_INSPECTION)?;
    let printer = worked.opened.printer;
    let stands = match &desk.verifies {
        Some(verifies) => verifies.stands().await,
        None => Verification { running: None, last: None },
    };
    let mut f = worked.framed(ask, w.verify);
    if let Some((verdict, root)) = stands.last.as_ref().and_then(|last| Some((last, last.root?))) {
        f.reads(w.verdict, verdict.events, root, None);
    }
    Ok(VerifyPage {
        t,
        w,
        dw: WorkWords::of(ask.lang),
        d: worked.desktop(ask, session, "verify")?,
        f,
        offered: desk.verifies.is_some(),
        running: stands.running.as_ref().map(|running| run(w, &printer, running)),
        follows: ask.value("follow")?.is_some(),
        follow: fill(w.verify_follow, &[&LOADS_AGAIN_S.to_string()]),
        last: stands.last.as_ref().map(|verdict| told(w, &printer, verdict)),
    })
}

fn run(w: &InspectWords, printer: &Printer, running: &Verifying) -> Run {
    let (walked, of) = (printer.count(running.walked), printer.count(running.of));
    let told = match (running.walked, running.of) {
        (_, 0) => w.verify_opens.to_owned(),
        (walked, of) if walked >= of => fill(w.verify_compares, &[&printer.count(of)]),
        _ => fill(w.verify_walked, &[&walked, &of]),
    };
    Run {
        begun: fill(w.verify_begun, &[&running.begun.vietnam(), running.by.as_str()]),
        told,
        walked: running.walked,
        of: running.of,
    }
}

fn told(w: &'static InspectWords, printer: &Printer, verdict: &Verdict) -> Told {
    let said = match &verdict.failed {
        Some(why) => fill(w.verdict_failed, &[why]),
        None if verdict.rebuild => w.verdict_rebuild.to_owned(),
        None if verdict.faults.is_empty() => w.verdict_holds.to_owned(),
        None => w.verdict_fails.to_owned(),
    };
    let is_carried_out = verdict.failed.is_none();
    let outside = !verdict.heads.iter().any(|head| head.outside && head.size == verdict.events);
    let fault = |fault: &FoundFault| Fault {
        position: fault.position,
        code: fault.code.clone(),
        kind: words::fault(printer.lang, &fault.code).to_owned(),
        place: fault.place.clone(),
        what: fault.what.clone(),
    };
    Told {
        holds: is_carried_out && verdict.faults.is_empty(),
        said,
        ended: fill(w.verdict_ended, &[&verdict.ended.vietnam(), verdict.by.as_str()]),
        position: verdict.events,
        root: verdict.root.map(|root| root.to_string()),
        checked: if is_carried_out { checked(w, printer, verdict) } else { Vec::new() },
        outside: (is_carried_out && outside).then_some(w.checked_outside),
        faults: verdict.faults.iter().map(fault).collect(),
        more: (verdict.left_out > 0).then(|| fill(w.fault_more, &[&printer.count(verdict.left_out)])),
        notes: verdict.notes.clone(),
    }
}

/// What was held against what, in words.
fn checked(w: &InspectWords, printer: &Printer, verdict: &Verdict) -> Vec<String> {
    let mut said = vec![fill(w.checked_log, &[&printer.count(verdict.events)]), w.checked_rules.to_owned()];
    said.extend(
        verdict
            .projections
            .iter()
            .map(|p| fill(w.checked_table, &[&p.name, &p.position.to_string(), &p.digest.to_string()])),
    );
    if verdict.anchors > 0 {
        said.push(fill(w.checked_anchors, &[&printer.count(verdict.anchors)]));
    }
    said.extend(verdict.heads.iter().map(|head| {
        let kept = if head.outside { w.checked_head } else { w.checked_signer };
        fill(kept, &[&printer.count(head.size)])
    }));
    said
}
