//! What whoever is signed in is to be told, in every round that is open, where he wants to be written to, and what of. The address is his
//! own affair and no fact of a round: it goes to identity, and nothing of it on record. The page shows all that there is to be told.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::{Letter, MailAddress, Session};
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
use crate::words::{NoticeWords, Words, fill, notice, notice_kind as kind_words, pick};

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
    /// What was done just now.
    done: Option<&'static str>,
    fault: Option<String>,
    /// How it stands with the address.
    stands: Option<String>,
    /// What confirms it, as far as it is known here; none where there is nothing to confirm.
    token: Option<String>,
    token_fault: Option<&'static str>,
    kinds: Vec<Kind>,
}

/// A kind of notices.
struct Kind {
    kind: &'static str,
    name: &'static str,
    /// Whether it is sent by mail.
    is_sent: bool,
    /// Whether that is for him to say.
    is_chosen: bool,
}

/// What is wrong with what was sent.
enum Fault<'f> {
    /// No address.
    Address(&'f str),
    /// What confirms nothing.
    Token(&'f str),
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
        let page = page(&desk, &ask, &session, Some(Fault::Address(address))).await;
        return personal_answer(&ask, origin, StatusCode::UNPROCESSABLE_ENTITY, page);
    }
    let wanted = (!address.is_empty()).then_some((address, ask.lang));
    let identity = &desk.doors.sign_in.identity;
    match identity.set_mail_address(&session.actor, wanted, desk.doors.sign_in.now()).await {
        Ok(()) => see_other("/notices?saved=yes"),
        Err(error) => personal_answer::<NoticesPage>(&ask, origin, StatusCode::OK, Err(error.into())),
    }
}

/// `POST /notices/{doing}`: that the address is his, or what he wants by mail.
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let (identity, now) = (&desk.doors.sign_in.identity, desk.doors.sign_in.now());
    let done = match ask.named("doing").unwrap_or_default() {
        "confirm" => {
            let token = fields.get("token").trim();
            match identity.confirm_mail(&session.actor, token, now).await {
                Ok(true) => Ok("/notices?saved=confirmed"),
                Ok(false) => {
                    let page = page(&desk, &ask, &session, Some(Fault::Token(token))).await;
                    return personal_answer(&ask, origin, StatusCode::UNPROCESSABLE_ENTITY, page);
                }
                Err(error) => Err(error.into()),
            }
        }
        "kinds" => {
            let wanted: Vec<NoticeKind> = fields.all("kind").filter_map(NoticeKind::parse).collect();
            let left_out: Vec<NoticeKind> = NoticeKind::ALL.into_iter().filter(|kind| !wanted.contains(kind)).collect();
            identity.leave_out(&session.actor, &left_out).await.map(|()| "/notices?saved=yes").map_err(Refusal::from)
        }
        _ => Err(Refusal::unknown("page_unknown")),
    };
    match done {
        Ok(place) => see_other(place),
        Err(refusal) => personal_answer::<NoticesPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, refused: Option<Fault<'_>>) -> Result<NoticesPage, Refusal> {
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
    let identity = &desk.doors.sign_in.identity;
    let known = identity.mail_address(&session.actor).await?;
    let (typed, token_typed) = match refused {
        Some(Fault::Address(typed)) => (Some(typed), None),
        Some(Fault::Token(typed)) => (None, Some(typed)),
        None => (None, None),
    };
    let fault = match (typed, &known) {
        (Some(_), _) => Some(w.address_wrong.to_owned()),
        (None, Some(known)) if !known.refused.is_empty() => Some(fill(w.address_refused, &[&known.refused])),
        (None, _) => None,
    };
    let is_open = known.as_ref().is_some_and(|known| known.confirmed_at.is_none() && known.refused.is_empty());
    let stands = match &known {
        Some(known) if fault.is_none() => Some(stands(desk, w, known).await?),
        _ => None,
    };
    let token = match token_typed {
        Some(typed) => typed.to_owned(),
        None => ask.value("token")?.unwrap_or_default().to_owned(),
    };
    let left_out = identity.left_out(&session.actor).await?;
    let kind = |kind: NoticeKind| Kind {
        kind: kind.as_str(),
        name: kind_words(lang, kind),
        is_sent: !left_out.contains(&kind),
        is_chosen: kind.may_be_left_out(),
    };
    let done = match ask.value("saved")? {
        Some("confirmed") => Some(w.confirmed_now),
        Some(_) => Some(w.saved),
        None => None,
    };
    let address = typed.map(str::to_owned).or_else(|| known.map(|known| known.address)).unwrap_or_default();
    Ok(NoticesPage {
        t,
        w,
        f,
        rounds,
        csrf: session.csrf.clone(),
        address,
        mails: desk.mails,
        done: done.filter(|_| fault.is_none() && token_typed.is_none()),
        fault,
        stands,
        // What was brought here is shown, whatever it confirms.
        token: (is_open || !token.is_empty()).then_some(token),
        token_fault: token_typed.map(|_| w.token_wrong),
        kinds: NoticeKind::ALL.into_iter().map(kind).collect(),
    })
}

/// How it stands with an address that is kept.
async fn stands(desk: &Desk, w: &'static NoticeWords, known: &MailAddress) -> Result<String, Refusal> {
    if let Some(at) = known.confirmed_at {
        return Ok(fill(w.confirmed, &[&at.vietnam()]));
    }
    let sign_in = &desk.doors.sign_in;
    Ok(match sign_in.identity.letter(known, sign_in.now()).await? {
        Letter::Due => w.letter_due.to_owned(),
        Letter::Sent { at, until } => fill(w.letter_sent, &[&at.vietnam(), &until.vietnam()]),
        Letter::Over => w.letter_over.to_owned(),
        Letter::TooMany(until) => fill(w.letter_many, &[&until.vietnam()]),
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
