//! Who may do what, since when, granted by whom: from the log's grants, and from no account. Administrators grant, confirm and take back
//! here; that nobody grants himself, and that some grants take two people, the ledger sees to (RULINGS 19).

mod granted;
mod offices;
pub mod person;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::grants::{ConfirmGrant, GrantCapacity, RevokeCapacity};
use proto::as_of::minute_in_vietnam;
use proto::document::Lang;
use proto::said::Named;
use proto::who::GrantStands;
use proto::work::{Power, Powers};
use proto::{Act, Acting, ActorId, Capacity, Code, CommandId, GrantId, Instant};

pub use self::granted::{Granted, dates, granted, scope};
use self::offices::{Held, offices};
use super::fill::session;
use super::fill::sign::told;
use super::inputs::written;
use super::{Frame, Moment, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::count;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{PowerWords, Words, fill};

#[derive(Template)]
#[template(path = "powers.html")]
struct PowersPage {
    t: &'static Words,
    w: &'static PowerWords,
    f: Frame,
    at: Moment,
    csrf: String,
    command: String,
    fault: Option<String>,
    done: Option<String>,
    people: Vec<Person>,
    /// Offices that changed hands, or in which somebody acts for another.
    offices: Vec<Held>,
    /// Whether whoever looks gives accounts out.
    accounts: bool,
    /// The form of a new grant, for those who grant.
    new: Option<New>,
}

struct Person {
    actor: String,
    credentials: String,
    grants: Vec<Grant>,
}

struct Grant {
    id: String,
    is: Granted,
    /// Whether it can be confirmed, and taken back, by whoever looks.
    confirm: bool,
    revoke: bool,
}

/// What was typed into the form of a new grant.
pub struct New {
    /// The capacities: what is sent, what it says, whether it is chosen.
    pub capacities: Vec<(&'static str, &'static str, bool)>,
    /// The other fields: name, kind, label, value.
    pub values: Vec<(&'static str, &'static str, &'static str, String)>,
}

/// `GET /powers`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    shown(&desk, &ask, &session, (StatusCode::OK, &Fields::of(Vec::new()), None)).await
}

/// `POST /powers/{doing}`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let asked = act(ask.named("doing").unwrap_or_default(), &fields)
        .and_then(|act| Ok((CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?, act)));
    let (id, act) = match asked {
        Ok(asked) => asked,
        Err(refusal @ Refusal::BadQuery(_)) => {
            let told = (refusal.status(), &fields, Some(refusal.sentence(ask.lang)));
            return shown(&desk, &ask, &session, told).await;
        }
        Err(refusal) => return personal_answer::<PowersPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    };
    let acting = Acting { capacity: Capacity::Administrator, unit: None };
    match desk.send(&session, (id, acting), act).await {
        Ok(accepted) => see_other(&format!("/powers?position={}", accepted.position)),
        Err(refused) => {
            let (status, sentence) = told(ask.lang, &refused);
            shown(&desk, &ask, &session, (status, &fields, Some(sentence))).await
        }
    }
}

/// The act that a form asks for.
///
/// # Errors
/// `bad_query` for what somebody typed; `bad_form` for what no form of ours sends.
pub fn act(doing: &str, fields: &Fields) -> Result<Act, Refusal> {
    let actor = || ActorId::parse(fields.get("actor").trim()).map_err(|_| Refusal::BadQuery("actor"));
    let grant = || GrantId::parse(fields.get("grant").trim()).map_err(|_| Refusal::BadQuery("grant"));
    match doing {
        "grant" => {
            let capacity = Capacity::ALL.into_iter().find(|c| c.is_grantable() && c.as_str() == fields.get("capacity"));
            Ok(Act::GrantCapacity(GrantCapacity {
                actor: actor()?,
                grant: grant()?,
                capacity: capacity.ok_or(Refusal::BadForm)?,
                unit: optional(fields, "unit", |text| text.parse().ok())?,
                round: optional(fields, "round", |text| text.parse().ok())?,
                fields: codes(fields.get("fields"))?,
                from: moment(fields, "from")?.ok_or(Refusal::BadQuery("from"))?,
                until: moment(fields, "until")?,
                acting_for: optional(fields, "acting_for", |text| text.parse().ok())?,
            }))
        }
        "confirm" => Ok(Act::ConfirmGrant(ConfirmGrant { actor: actor()?, grant: grant()? })),
        "revoke" => {
            let reason = written(fields.get("reason"));
            Ok(Act::RevokeCapacity(RevokeCapacity { actor: actor()?, grant: grant()?, reason }))
        }
        _ => Err(Refusal::unknown("page_unknown")),
    }
}

fn optional<T>(fields: &Fields, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    match fields.get(name).trim() {
        "" => Ok(None),
        text => read(text).map(Some).ok_or(Refusal::BadQuery(name)),
    }
}

fn moment(fields: &Fields, name: &'static str) -> Result<Option<Instant>, Refusal> {
    optional(fields, name, minute_in_vietnam)
}

fn codes(text: &str) -> Result<Vec<Code>, Refusal> {
    let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    parts.map(|part| Code::parse(part).map_err(|_| Refusal::BadQuery("fields"))).collect()
}

async fn shown(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (status, fields, fault): (StatusCode, &Fields, Option<String>),
) -> Response {
    let page = page(desk, ask, session, (fields, fault)).await;
    personal_answer(ask, &desk.doors.dashboard.origin, status, page)
}

async fn page(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (fields, fault): (&Fields, Option<String>),
) -> Result<PowersPage, Refusal> {
    let (t, w, lang) = (Words::of(ask.lang), PowerWords::of(ask.lang), ask.lang);
    let told = desk.work.powers(&principal(session)).await?;
    let mut f = Frame::new(ask, &desk.doors.dashboard.origin, w.title);
    f.reads(t.as_of_inspector, told.position, told.root, None);
    let person = |person: &proto::work::PersonPowers| Person {
        actor: person.actor.to_string(),
        credentials: fill(w.credentials, &[&count(lang, person.credentials)]),
        grants: person.grants.iter().map(|power| grant(lang, &told, power, session)).collect(),
    };
    Ok(PowersPage {
        t,
        w,
        f,
        at: told.at.into(),
        csrf: session.csrf.clone(),
        command: command_id(desk)?.to_string(),
        fault,
        done: ask.position()?.map(|position| fill(w.done, &[&position.to_string()])),
        people: told.people.iter().map(person).collect(),
        offices: offices(lang, &told),
        accounts: told.grants,
        new: told.grants.then(|| new(lang, w, fields)),
    })
}

/// The form of a new grant, with what was typed.
pub fn new(lang: Lang, w: &'static PowerWords, fields: &Fields) -> New {
    let grantable = Capacity::ALL.into_iter().filter(|capacity| capacity.is_grantable());
    let chosen = fields.get("capacity");
    let capacities = grantable.map(|c| (c.as_str(), c.name(lang), c.as_str() == chosen)).collect();
    let asked = [
        ("actor", "text", w.actor),
        ("grant", "text", w.grant_id),
        ("unit", "text", w.unit),
        ("round", "text", w.round),
        ("fields", "text", w.fields),
        ("from", "datetime-local", w.from),
        ("until", "datetime-local", w.until),
        ("acting_for", "text", w.acting_for),
    ];
    let values = asked.into_iter().map(|(name, kind, label)| (name, kind, label, fields.get(name).to_owned()));
    New { capacities, values: values.collect() }
}

fn grant(lang: Lang, told: &Powers, power: &Power, session: &Session) -> Grant {
    let (over, mine) = (
        matches!(power.state, GrantStands::Over | GrantStands::Revoked),
        power.grant.actor == session.actor || power.granted.by == session.actor,
    );
    Grant {
        id: power.grant.grant.to_string(),
        is: granted(lang, power),
        confirm: told.grants && power.state == GrantStands::Pending && !mine,
        revoke: told.grants && !over,
    }
}
