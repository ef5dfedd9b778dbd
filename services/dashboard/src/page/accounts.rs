//! Accounts given out, reset, unlocked and ended, for administrators; the ledger decides whether one may, and each step is on record
//! before it is done. No password is kept here: a first one is shown once.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::{Account, GivenAccount, GivingError, IdentityError, LoginName, Session, Subject, Voucher};
use platform::http::see_other;
use platform::mail::is_address;
use proto::document::Lang;
use proto::who::GrantStands;
use proto::work::{PersonPowers, Powers};
use proto::{Acting, ActorId, Capacity, CommandId, CredentialId, Instant, Rejection};

use super::fill::session;
use super::fill::sign::told;
use super::inputs::written;
use super::{Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{AccountWords, NoticeWords, Words, fill};

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    t: &'static Words,
    w: &'static AccountWords,
    f: Frame,
    at: Moment,
    csrf: String,
    command: String,
    said: Said,
    accounts: Vec<Row>,
    /// What was typed for a new account.
    actor: String,
    name: String,
    mail: String,
    /// What is asked for an account by the provider, where there is one.
    bind_label: Option<String>,
    /// What was typed for an account by the provider.
    subject: String,
}

/// What is said above the list.
#[derive(Default)]
struct Said {
    fault: Option<String>,
    done: Option<String>,
    note: Option<String>,
    /// A sentence, and the password that follows it.
    password: Option<(String, String)>,
}

struct Row {
    name: String,
    actor: String,
    credential: String,
    since: Moment,
    last: Option<Moment>,
    locked: Option<String>,
    first: bool,
    /// Who vouches for the name, where it is a provider: the issuer, and the claim.
    by: Option<Voucher>,
    /// Why nothing can be done here, where that is so.
    terminal: Option<&'static str>,
    /// Whether it is locked, and not one's own.
    unlock: bool,
}

/// `GET /accounts`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    shown(&desk, &ask, &session, (StatusCode::OK, &Fields::of(Vec::new()), Said::default())).await
}

/// `POST /accounts/{doing}`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    match done(&desk, &ask, &session, &fields).await {
        Ok(said) => shown(&desk, &ask, &session, (StatusCode::OK, &Fields::of(Vec::new()), said)).await,
        Err(Failed::Said(status, sentence)) => {
            let said = Said { fault: Some(sentence), ..Said::default() };
            shown(&desk, &ask, &session, (status, &fields, said)).await
        }
        Err(Failed::Refusal(refusal)) => personal_answer::<AccountsPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// Why a form did nothing.
pub enum Failed {
    /// The page says so.
    Said(StatusCode, String),
    /// There is no such page.
    Refusal(Refusal),
}

impl<R: Into<Refusal>> From<R> for Failed {
    fn from(refusal: R) -> Self {
        Self::Refusal(refusal.into())
    }
}

/// What keeps a credential from being given out or ended, for the page.
pub fn kept(lang: Lang, error: GivingError) -> Failed {
    let w = AccountWords::of(lang);
    match error {
        GivingError::Refused(refused) => {
            let (status, sentence) = told(lang, &refused);
            Failed::Said(status, sentence)
        }
        GivingError::Exists(name) => Failed::Said(StatusCode::CONFLICT, fill(w.exists, &[&name])),
        GivingError::Unknown(name) => Failed::Said(StatusCode::NOT_FOUND, fill(w.unknown, &[&name])),
        GivingError::Subject(_) => Failed::Said(StatusCode::UNPROCESSABLE_ENTITY, w.subject_wrong.to_owned()),
        GivingError::Name(_) => Failed::Said(StatusCode::UNPROCESSABLE_ENTITY, w.name_wrong.to_owned()),
        GivingError::Store(error) => Failed::Refusal(error.into()),
    }
}

/// Who gives accounts out; refused to everybody else, before anything is looked up.
async fn powers(desk: &Desk, session: &Session) -> Result<Powers, Refusal> {
    let told = desk.work.powers(&principal(session)).await?;
    let (actor, capacity) = (session.actor.clone(), Capacity::Administrator);
    if told.grants { Ok(told) } else { Err(Rejection::CapacityMissing { actor, capacity }.into()) }
}

async fn done(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Said, Failed> {
    let told = powers(desk, session).await?;
    let (w, lang, identity) = (AccountWords::of(ask.lang), ask.lang, &desk.doors.sign_in.identity);
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let giving = desk.giving(session, Acting { capacity: Capacity::Administrator, unit: None });
    let (name, reason) = (fields.get("name").trim(), written(fields.get("reason")));
    match ask.named("doing").unwrap_or_default() {
        "make" => {
            let bad = || Failed::Said(StatusCode::BAD_REQUEST, Refusal::BadQuery("actor").sentence(lang));
            let actor = ActorId::parse(fields.get("actor").trim()).map_err(|_| bad())?;
            let known = told.people.iter().any(|person| person.actor == actor);
            let mail = match fields.get("mail").trim() {
                "" => None,
                _ => Some(address(lang, fields)?),
            };
            let given = giving.account(id, actor, name).await.map_err(|error| kept(lang, error))?;
            let mut notes = Vec::new();
            notes.extend((!known).then(|| fill(w.unknown_actor, &[given.actor.as_str()])));
            if let Some(address) = mail {
                notes.push(written_to(desk, lang, (&given.actor, name), address).await?);
            }
            let note = (!notes.is_empty()).then(|| notes.join(" "));
            Ok(Said { note, ..given_out(w, name, given) })
        }
        "bind" => {
            let bad = || Failed::Said(StatusCode::BAD_REQUEST, Refusal::BadQuery("actor").sentence(lang));
            let provider = desk.doors.sign_in.provider.as_ref().ok_or(Refusal::unknown("page_unknown"))?;
            let actor = ActorId::parse(fields.get("actor").trim()).map_err(|_| bad())?;
            let subject = Subject::new(provider.voucher().clone(), fields.get("subject").trim());
            let subject = subject.map_err(|error| kept(lang, error.into()))?;
            let called = subject.value().to_owned();
            let known = told.people.iter().any(|person| person.actor == actor);
            let given = giving.subject(id, actor, subject).await.map_err(|error| kept(lang, error))?;
            let note = (!known).then(|| fill(w.unknown_actor, &[given.actor.as_str()]));
            Ok(Said { note, done: Some(fill(w.bound, &[&called, given.actor.as_str()])), ..Said::default() })
        }
        "unbind" => {
            let credential = CredentialId::parse(fields.get("credential")).map_err(|_| Refusal::BadForm)?;
            let ended = giving.end_subject(id, &credential, reason).await.map_err(|error| kept(lang, error))?;
            Ok(Said { done: Some(fill(w.ended, &[&ended.name])), ..Said::default() })
        }
        "reset" => {
            let given = giving.reset(id, name, reason).await.map_err(|error| kept(lang, error))?;
            Ok(given_out(w, name, given))
        }
        "end" => {
            giving.disable(id, name, reason).await.map_err(|error| kept(lang, error))?;
            Ok(Said { done: Some(fill(w.ended, &[name])), ..Said::default() })
        }
        "mail" => {
            let parsed = LoginName::parse(name).map_err(|error| kept(lang, error.into()))?;
            let unknown = || kept(lang, GivingError::Unknown(name.to_owned()));
            let account = identity.account(&parsed).await?.ok_or_else(unknown)?;
            let done = written_to(desk, lang, (&account.actor, name), address(lang, fields)?).await?;
            Ok(Said { done: Some(done), ..Said::default() })
        }
        "unlock" => {
            let parsed = LoginName::parse(name).map_err(|error| kept(lang, error.into()))?;
            let unknown = || kept(lang, GivingError::Unknown(name.to_owned()));
            let account = identity.account(&parsed).await?.ok_or_else(unknown)?;
            if account.actor == session.actor {
                return Err(Rejection::TerminalRequired { actor: account.actor }.into());
            }
            identity.unlock_account(&account.credential).await?;
            // Nothing of attempts to sign in is in the log of record.
            tracing::info!(credential = %account.credential, by = %session.credential, "accounts.unlocked");
            Ok(Said { done: Some(fill(w.unlocked, &[name])), ..Said::default() })
        }
        _ => Err(Refusal::unknown("page_unknown").into()),
    }
}

/// The address of a form, if it is one.
fn address(lang: Lang, fields: &Fields) -> Result<&str, Failed> {
    let address = fields.get("mail").trim();
    let wrong = || Failed::Said(StatusCode::UNPROCESSABLE_ENTITY, NoticeWords::of(lang).address_wrong.to_owned());
    if is_address(address) { Ok(address) } else { Err(wrong()) }
}

/// Says where somebody is to be written to, as far as that is not for himself to say. What is sent there first asks whether it is his, in
/// the language that he sees first here.
async fn written_to(
    desk: &Desk,
    lang: Lang,
    (actor, name): (&ActorId, &str),
    address: &str,
) -> Result<String, IdentityError> {
    let (w, sign_in) = (AccountWords::of(lang), &desk.doors.sign_in);
    let taken = sign_in.identity.give_mail_address(actor, (address, Lang::default()), sign_in.now()).await?;
    Ok(fill(if taken { w.mail_given } else { w.mail_own }, &[name]))
}

fn given_out(w: &AccountWords, name: &str, given: GivenAccount) -> Said {
    Said { password: Some((fill(w.password, &[name]), given.password)), ..Said::default() }
}

async fn shown(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (status, fields, said): (StatusCode, &Fields, Said),
) -> Response {
    let page = page(desk, ask, session, (fields, said)).await;
    personal_answer(ask, &desk.doors.dashboard.origin, status, page)
}

async fn page(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, said): (&Fields, Said),
) -> Result<AccountsPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), AccountWords::of(ask.lang));
    let told = powers(desk, session).await?;
    let (identity, now) = (&desk.doors.sign_in.identity, desk.doors.sign_in.now());
    let (mut accounts, last) = (identity.accounts().await?, identity.signed_in().await?);
    accounts.sort_by(|a, b| a.name.cmp(&b.name));
    let people: HashMap<&ActorId, &PersonPowers> = told.people.iter().map(|person| (&person.actor, person)).collect();
    let terminal = |account: &Account| {
        let two = people.get(&account.actor).is_some_and(|person| takes_two(person));
        if account.actor == session.actor { Some(w.own) } else { two.then_some(w.at_terminal) }
    };
    let rows = accounts.iter().map(|account| row(w, account, terminal(account), (&last, now)));
    let accounts: Vec<Row> = rows.collect();
    let mut f = Frame::new(ask, &desk.doors.dashboard.origin, w.title);
    f.reads(t.as_of_inspector, told.position, told.root, None);
    let made = said.fault.is_some() && !fields.get("actor").is_empty();
    let typed = |name: &str| if made { fields.get(name).to_owned() } else { String::new() };
    let provider = desk.doors.sign_in.provider.as_ref();
    Ok(AccountsPage {
        t,
        w,
        f,
        at: told.at.into(),
        csrf: session.csrf.clone(),
        command: command_id(desk)?.to_string(),
        said,
        accounts,
        actor: typed("actor"),
        name: typed("name"),
        mail: typed("mail"),
        bind_label: provider.map(|provider| fill(w.bind_subject, &[&provider.voucher().claim])),
        subject: typed("subject"),
    })
}

/// Whether it takes two people to make somebody what he is or may come to be; as the ledger decides it.
fn takes_two(person: &PersonPowers) -> bool {
    person.grants.iter().any(|power| {
        let two = matches!(power.grant.capacity, Capacity::Administrator | Capacity::Inspector);
        two && !matches!(power.state, GrantStands::Over | GrantStands::Revoked)
    })
}

fn row(
    w: &AccountWords,
    account: &Account,
    terminal: Option<&'static str>,
    (last, now): (&HashMap<CredentialId, Instant>, Instant),
) -> Row {
    let locked = account.locked_until.filter(|until| now < *until);
    Row {
        name: account.name.clone(),
        actor: account.actor.to_string(),
        credential: account.credential.to_string(),
        since: account.created_at.into(),
        last: last.get(&account.credential).copied().map(Moment::from),
        locked: locked.map(|until| fill(w.locked, &[&until.vietnam()])),
        first: account.must_change,
        by: account.by.clone(),
        unlock: locked.is_some() && terminal != Some(w.own),
        terminal,
    }
}
