//! What whoever is signed in is to be told, in every round that is open, and where he wants to be written to. The address is his own
//! affair and no fact of a round: it goes to identity, and nothing of it on record.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use platform::mail::is_address;
use proto::RoundId;
use proto::document::Lang;
use proto::notices::{Notice, NoticeKind, Notices};
use proto::work::RoundQuery;

use super::fill::session;
use super::{Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{NoticeWords, Words, fill, notice, pick};

/// A notice as a page shows it.
pub struct Told {
    /// What it says.
    pub text: String,
    /// Where one goes from here.
    pub place: String,
    /// Whether something is to be done before a deadline.
    pub is_urgent: bool,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    t: &'static Words,
    w: &'static NoticeWords,
    f: Frame,
    rounds: Vec<RoundTold>,
    csrf: String,
    address: String,
    /// Whether mail is sent here at all.
    mails: bool,
    saved: bool,
    fault: Option<String>,
}

struct RoundTold {
    round: String,
    title: String,
    at: Moment,
    notices: Vec<Told>,
}

/// `GET /notices`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, None).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /notices`: the address.
pub async fn save(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let address = fields.get("address").trim();
    if !address.is_empty() && !is_address(address) {
        let page = page(&desk, &ask, &session, Some(address)).await;
        return personal_answer(&ask, origin, StatusCode::UNPROCESSABLE_ENTITY, page);
    }
    let wanted = (!address.is_empty()).then_some((address, ask.lang));
    let identity = &desk.doors.sign_in.identity;
    match identity.set_mail_address(&session.actor, wanted, desk.doors.sign_in.now()).await {
        Ok(()) => see_other("/notices?saved=yes"),
        Err(error) => personal_answer::<NoticesPage>(&ask, origin, StatusCode::OK, Err(error.into())),
    }
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, refused: Option<&str>) -> Result<NoticesPage, Refusal> {
    let (t, w, lang) = (Words::of(ask.lang), NoticeWords::of(ask.lang), ask.lang);
    let mut f = Frame::new(ask, &desk.doors.dashboard.origin, w.title);
    let mut rounds = Vec::new();
    for row in desk.doors.dashboard.index.view().await?.rounds().await?.into_iter().filter(|row| !row.closed) {
        let query = RoundQuery { round: row.round.clone() };
        let told = desk.work.notices(&principal(session), query).await?;
        f.reads(t.as_of_inspector, told.position, told.root, None);
        rounds.push(RoundTold {
            round: row.round.to_string(),
            title: pick(lang, &row.title_vi, &row.title_en).to_owned(),
            at: told.at.into(),
            notices: all_told(lang, &told),
        });
    }
    let known = desk.doors.sign_in.identity.mail_address(&session.actor).await?;
    let fault = match (refused, &known) {
        (Some(_), _) => Some(w.address_wrong.to_owned()),
        (None, Some(known)) if !known.refused.is_empty() => Some(fill(w.address_refused, &[&known.refused])),
        (None, _) => None,
    };
    let address = refused.map(str::to_owned).or_else(|| known.map(|known| known.address)).unwrap_or_default();
    Ok(NoticesPage {
        t,
        w,
        f,
        rounds,
        csrf: session.csrf.clone(),
        address,
        mails: desk.mails,
        saved: fault.is_none() && ask.value("saved")?.is_some(),
        fault,
    })
}

/// The notices of a round, as pages show them.
pub fn all_told(lang: Lang, told: &Notices) -> Vec<Told> {
    let round = &told.query.round;
    told.notices
        .iter()
        .map(|of| Told { text: notice(lang, of), place: place(round, of), is_urgent: urges(of) })
        .collect()
}

fn urges(notice: &Notice) -> bool {
    matches!(notice.kind, NoticeKind::DeadlineNear | NoticeKind::FlagRaised)
}

/// Where one does what a notice asks for, or sees what it tells of.
fn place(round: &RoundId, notice: &Notice) -> String {
    let Some(unit) = &notice.unit else {
        // Whoever appraises is told of no unit.
        return format!("/rounds/{round}/appraise");
    };
    match (notice.kind, &notice.leaf) {
        (NoticeKind::FlagRaised, Some(leaf)) => format!("/rounds/{round}/units/{unit}/fill/{leaf}"),
        (NoticeKind::DeadlineNear, _) => format!("/rounds/{round}/units/{unit}/fill"),
        (NoticeKind::ResultPublished, _) => format!("/rounds/{round}"),
        (NoticeKind::AppealDecided, _) => format!("/rounds/{round}/units/{unit}/appeal"),
        (NoticeKind::AppraisalReleased | NoticeKind::FlagRaised, _) => format!("/rounds/{round}/units/{unit}/outcome"),
    }
}
