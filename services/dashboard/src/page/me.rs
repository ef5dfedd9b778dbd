//! Who one is: for whom one's account speaks, what the log grants him, with the events that did, and the tokens by which programs speak for
//! him. It shows nobody but whoever asks, and grants nothing itself: a token opens no more than he may do anyway.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::{Session, Token};
use platform::http::see_other;
use proto::document::Lang;
use proto::who::GrantStands;
use proto::work::OwnPowers;
use proto::{Acting, Capacity, CommandId, CredentialId, Rejection, Scope, Scopes, ViaKind};

use super::accounts::{Failed, kept};
use super::inputs::written;
use super::powers::{Granted, granted};
use super::{Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::refusal::Refusal;
use crate::sign_in::{Fields, SIGN_IN, Visitor};
use crate::words::{AccountWords, InspectorWords, SignInWords, Words, fill, scope};

/// The most characters of what a token is for.
const LABEL_CHARS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    t: &'static Words,
    s: &'static SignInWords,
    a: &'static AccountWords,
    f: Frame,
    session: Arc<Session>,
    /// Whether a provider vouches for him.
    by_provider: bool,
    command: String,
    said: Said,
    /// At which moment the grants hold.
    at: String,
    grants: Vec<Granted>,
    /// How many sessions are open.
    open: String,
    tokens: Vec<Row>,
    /// The scopes that a token made here can have: word, sentence, whether it is chosen. None for who holds no capacity.
    scopes: Vec<(&'static str, &'static str, bool)>,
    label: String,
    /// Whether he gives accounts out.
    accounts: bool,
}

#[derive(Default)]
struct Said {
    fault: Option<String>,
    done: Option<String>,
    token: Option<String>,
}

struct Row {
    credential: String,
    label: String,
    scopes: String,
    since: Moment,
}

/// `GET /me`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(Visitor(Some(session))) = &ask.visitor else { return see_other(SIGN_IN) };
    let page = page(&desk, &ask, Arc::clone(session), (&Fields::of(Vec::new()), Said::default())).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /me/tokens/{doing}`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let (status, said) = match done(&desk, &ask, &session, &fields).await {
        Ok(said) => (StatusCode::OK, said),
        Err(Failed::Said(status, sentence)) => (status, Said { fault: Some(sentence), ..Said::default() }),
        Err(Failed::Refusal(refusal)) => {
            return personal_answer::<MePage>(&ask, origin, StatusCode::OK, Err(refusal));
        }
    };
    let page = page(&desk, &ask, session, (&fields, said)).await;
    personal_answer(&ask, origin, status, page)
}

async fn done(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Said, Failed> {
    let (a, lang) = (AccountWords::of(ask.lang), ask.lang);
    let own = desk.work.own_powers(&principal(session)).await?;
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let nothing_held = || {
        let (actor, capacity) = (session.actor.clone(), Capacity::Drafter);
        Refusal::from(Rejection::CapacityMissing { actor, capacity })
    };
    let giving = desk.giving(session, acting(&own).ok_or_else(nothing_held)?);
    match ask.named("doing").unwrap_or_default() {
        "make" => {
            let chosen: Result<Vec<Scope>, _> = fields.all("scope").map(str::parse).collect();
            let chosen = chosen.map_err(|_| Refusal::BadForm)?;
            let none = |_| Failed::Said(StatusCode::UNPROCESSABLE_ENTITY, a.token_scope_needed.to_owned());
            let scopes = Scopes::of(chosen).map_err(none)?;
            if !scopes.within(Scopes::OWN) {
                // What reads the whole log goes beyond every capacity.
                return Err(Rejection::TerminalRequired { actor: session.actor.clone() }.into());
            }
            let label: String = fields.get("label").trim().chars().take(LABEL_CHARS_MAX).collect();
            let given = giving.token(id, session.actor.clone(), (&label, scopes)).await;
            let given = given.map_err(|error| kept(lang, error))?;
            Ok(Said { token: Some(given.token), ..Said::default() })
        }
        "revoke" => {
            let credential = CredentialId::parse(fields.get("credential")).map_err(|_| Refusal::BadForm)?;
            let whose = (session.actor.clone(), &credential);
            let ended = giving.end_token(id, whose, written(fields.get("reason"))).await;
            ended.map_err(|error| kept(lang, error))?;
            Ok(Said { done: Some(a.token_revoked.to_owned()), ..Said::default() })
        }
        _ => Err(Refusal::unknown("page_unknown").into()),
    }
}

/// The first capacity that he holds: in it he speaks of his own tokens.
fn acting(own: &OwnPowers) -> Option<Acting> {
    let holds = own.grants.iter().find(|power| power.state == GrantStands::Holds)?;
    Some(Acting { capacity: holds.grant.capacity, unit: holds.grant.unit.clone() })
}

async fn page(
    desk: &Desk,
    ask: &Ask,
    session: Arc<Session>,
    (fields, said): (&Fields, Said),
) -> Result<MePage, Refusal> {
    let (t, s, w) = (Words::of(ask.lang), SignInWords::of(ask.lang), InspectorWords::of(ask.lang));
    let mut f = Frame::new(ask, &desk.doors.dashboard.origin, s.me_title);
    let own = desk.work.own_powers(&principal(&session)).await?;
    f.reads(t.as_of_inspector, own.position, own.root, None);
    let identity = &desk.doors.sign_in.identity;
    let open = identity.sessions_of(&session.credential, desk.doors.sign_in.now()).await?;
    let holds =
        |capacity| own.grants.iter().any(|power| power.grant.capacity == capacity && power.state == GrantStands::Holds);
    let mine = |token: &Token| token.actor == session.actor && own.credentials.contains(&token.credential);
    let tokens = identity.tokens().into_iter().filter(mine).map(|token| row(ask.lang, &token)).collect();
    let failed = said.fault.is_some();
    let chosen = |scope: Scope| fields.all("scope").any(|word| failed && word == scope.as_str());
    let scopes = acting(&own).map_or(Vec::new(), |_| {
        Scopes::OWN.each().map(|each| (each.as_str(), scope(ask.lang, each), chosen(each))).collect()
    });
    let held = own.grants.iter().filter(|power| matches!(power.state, GrantStands::Holds | GrantStands::NotYet));
    Ok(MePage {
        t,
        s,
        a: AccountWords::of(ask.lang),
        by_provider: session.method == ViaKind::Oidc,
        command: command_id(desk)?.to_string(),
        at: fill(w.who_at, &[&Moment::from(own.at).text]),
        grants: held.map(|power| granted(ask.lang, power)).collect(),
        open: fill(s.me_sessions, &[&open.to_string()]),
        accounts: holds(Capacity::Administrator),
        label: if failed { fields.get("label").to_owned() } else { String::new() },
        f,
        session,
        said,
        tokens,
        scopes,
    })
}

fn row(lang: Lang, token: &Token) -> Row {
    let all = || AccountWords::of(lang).everything.to_owned();
    let words = |scopes: Scopes| scopes.each().map(|each| scope(lang, each)).collect::<Vec<_>>().join("; ");
    Row {
        credential: token.credential.to_string(),
        label: token.label.clone(),
        scopes: token.scopes.map_or_else(all, words),
        since: token.created_at.into(),
    }
}
