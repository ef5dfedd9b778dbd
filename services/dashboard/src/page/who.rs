//! Who did what, and who held which capacity when, as the log says it: by an actor, or by a capacity.
//! It knows no name: people stand in the log by opaque ids.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::between::EventLine;
use proto::document::Lang;
use proto::said::Named;
use proto::who::{CredentialLine, GrantLine, GrantStands, HoldersQuery, WhoQuery};
use proto::{Capacity, Hash, Instant};

use super::between::{self, EventRow};
use super::then::spelled;
use super::{Frame, Moment, open, tabled_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::table::{Table, Tabled, Value, cell, column, row, text};
use crate::words::{self, InspectorWords, Words, fill};

#[derive(Template)]
#[template(path = "who.html")]
struct WhoPage {
    t: &'static Words,
    w: &'static InspectorWords,
    f: Frame,
    id: String,
    /// What the form shows as asked.
    actor: String,
    unit: String,
    as_of: String,
    /// What links to other people take along.
    kept: String,
    capacities: Vec<(&'static str, &'static str, bool)>,
    at: Option<String>,
    person: Option<Person>,
    held: Option<Held>,
    /// What was asked for, as files: who holds it, or what somebody was granted and did.
    lists: Vec<Table>,
}

impl Tabled for WhoPage {
    fn frame(&self) -> &Frame {
        &self.f
    }

    fn tables(&self) -> Vec<&Table> {
        self.lists.iter().collect()
    }

    fn standing(&self) -> Vec<String> {
        let cut = self.person.iter().flat_map(|p| [p.grants_cut.clone(), p.acts_cut.as_ref().map(|cut| cut.0.clone())]);
        let held = self.held.iter().map(|held| held.cut.clone());
        self.at.iter().cloned().chain(cut.chain(held).flatten()).collect()
    }

    fn file(&self) -> String {
        format!("ai-lam-gi-{}", self.id)
    }
}

struct Person {
    grants: Vec<Grant>,
    grants_cut: Option<String>,
    credentials: Vec<Credential>,
    credentials_cut: Option<String>,
    kinds: String,
    acts: Vec<EventRow>,
    /// How many acts are left out, and the position that they are asked for with.
    acts_cut: Option<(String, u64)>,
}

struct Held {
    title: String,
    grants: Vec<Grant>,
    cut: Option<String>,
}

/// A grant as a page shows it.
pub struct Grant {
    actor: String,
    grant: String,
    /// The capacity's name.
    pub capacity: &'static str,
    /// Where it holds.
    pub scope: String,
    /// From when, until when.
    pub dates: String,
    state: &'static str,
    class: &'static str,
    /// The events that granted it, confirmed it, took it back.
    pub events: Vec<EventRow>,
}

struct Credential {
    id: String,
    bound: EventRow,
    unbound: Option<EventRow>,
}

/// `/rounds/{round}/who`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    tabled_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await)
}

/// What is asked: of an actor, or of a capacity.
pub enum Asked {
    /// Every act of an actor.
    Actor(WhoQuery),
    /// Who held a capacity.
    Capacity(HoldersQuery),
}

/// What a request asks; none as long as it names neither actor nor capacity.
pub fn asked(ask: &Ask) -> Result<Option<Asked>, Refusal> {
    let (unit, as_of) = (ask.id("unit")?, ask.as_of("as_of")?);
    let actor = ask.id("actor")?.map(|actor| Asked::Actor(WhoQuery { actor, as_of, after: None, limit: None }));
    let capacity = ask.capacity()?.map(|capacity| Asked::Capacity(HoldersQuery { capacity, unit, as_of }));
    Ok(actor.or(capacity))
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<WhoPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), InspectorWords::of(ask.lang));
    let opened = open(dashboard, ask, w.who_title).await?;
    let (printer, id) = (opened.printer, opened.round.round.to_string());
    let (mut f, asked, chosen) = (opened.frame, asked(ask)?, ask.capacity()?);
    f.here = "who";
    let grantable = Capacity::ALL.into_iter().filter(|c| c.is_grantable());
    let capacities = grantable.map(|c| (c.as_str(), c.name(ask.lang), chosen == Some(c))).collect();
    let (mut person, mut held, mut stands, mut lists) = (None, None, None, Vec::new());
    match asked {
        Some(Asked::Actor(query)) => {
            let told = dashboard.inspector.who(query).await?;
            stands = Some((told.position, told.root, told.at));
            lists = vec![acts(&printer, &told.acts), grants(&printer, w.who_grants, &told.grants)];
            person = Some(of_person(&printer, &told));
        }
        Some(Asked::Capacity(query)) => {
            let told = dashboard.inspector.holders(query).await?;
            stands = Some((told.position, told.root, told.at));
            lists = vec![grants(&printer, told.query.capacity.name(ask.lang), &told.held)];
            held = Some(Held {
                title: fill(w.who_held, &[told.query.capacity.name(ask.lang)]),
                grants: told.held.iter().map(|g| grant(printer.lang, g)).collect(),
                cut: left_out(&printer, told.left_out),
            });
        }
        None => {}
    }
    let at = reads(&mut f, t, w, stands);
    let text = |name| Ok::<_, Refusal>(ask.value(name)?.unwrap_or_default().to_owned());
    let (actor, unit, as_of) = (text("actor")?, text("unit")?, text("as_of")?);
    let kept = if as_of.is_empty() { String::new() } else { format!("&as_of={}", spelled(&as_of)) };
    Ok(WhoPage { t, w, f, id, actor, unit, as_of, kept, capacities, at, person, held, lists })
}

/// Acts as a table.
fn acts(printer: &Printer, acts: &[EventLine]) -> Table {
    let (t, w, lang) = (Words::of(printer.lang), InspectorWords::of(printer.lang), printer.lang);
    let columns = vec![
        column("position", t.position, "num").naming(),
        column("at", t.time, ""),
        column("kind", t.what, ""),
        column("leaf", t.leaf, ""),
        column("stream", w.who_holds_in, ""),
        column("capacity", t.who, ""),
        column("unit", t.unit, ""),
        column("reason", t.reason, ""),
        column("hash", t.event_hash, "hash"),
    ];
    let line = |act: &EventLine| {
        let said = between::event(lang, act);
        let leaf = act.leaf.as_ref().map_or_else(String::new, ToString::to_string);
        row(vec![
            // A position is no count: it is set without groups.
            text(format!("#{}", act.position)),
            cell(Value::Time(act.at)),
            text(said.kind),
            text(leaf),
            text(said.stream),
            text(said.capacity),
            text(said.unit),
            text(said.reason),
            text(act.hash.to_string()),
        ])
    };
    Table::of_file(printer, ("viec-da-lam", w.who_acts), columns, acts.iter().map(line).collect())
}

/// Grants as a table.
fn grants(printer: &Printer, caption: &str, grants: &[GrantLine]) -> Table {
    let (w, lang) = (InspectorWords::of(printer.lang), printer.lang);
    let columns = vec![
        column("actor", w.who_actor, "").naming(),
        column("grant", w.who_grant_id, ""),
        column("capacity", w.who_grant, ""),
        column("scope", w.who_holds_in, ""),
        column("dates", w.who_dates, ""),
        column("state", w.who_state, ""),
        column("granted", w.who_on_record, "num"),
    ];
    let line = |of: &GrantLine| {
        let said = grant(lang, of);
        let granted = text(format!("#{}", of.granted.position));
        let words = [said.actor, said.grant, said.capacity.to_owned(), said.scope, said.dates, said.state.to_owned()];
        row(words.into_iter().map(text).chain([granted]).collect())
    };
    Table::of_file(printer, ("tu-cach", caption), columns, grants.iter().map(line).collect())
}

/// Says what was read, and the moment that it is about.
fn reads(f: &mut Frame, t: &Words, w: &InspectorWords, stands: Option<(u64, Hash, Option<Instant>)>) -> Option<String> {
    let (position, root, at) = stands?;
    f.reads(t.as_of_inspector, position, root, None);
    Some(fill(w.who_at, &[&Moment::from(at?).text]))
}

fn left_out(printer: &Printer, lines: u64) -> Option<String> {
    (lines > 0).then(|| fill(InspectorWords::of(printer.lang).who_left_out, &[&printer.count(lines)]))
}

fn of_person(printer: &Printer, told: &proto::who::Who) -> Person {
    let cut = |first: &proto::between::EventLine| {
        let said = fill(InspectorWords::of(printer.lang).who_cut, &[&printer.count(told.acts_left_out)]);
        (said, first.position - 1)
    };
    Person {
        grants: told.grants.iter().map(|g| grant(printer.lang, g)).collect(),
        grants_cut: left_out(printer, told.grants_left_out),
        credentials: told.credentials.iter().map(|c| credential(printer, c)).collect(),
        credentials_cut: left_out(printer, told.credentials_left_out),
        kinds: between::kinds(printer.lang, &told.kinds),
        acts: told.acts.iter().map(|e| between::event(printer.lang, e)).collect(),
        acts_cut: told.acts.first().filter(|_| told.acts_left_out > 0).map(cut),
    }
}

/// A grant in a language.
pub fn grant(lang: Lang, line: &GrantLine) -> Grant {
    let w = InspectorWords::of(lang);
    let mut scope: Vec<String> = line.unit.iter().map(ToString::to_string).collect();
    scope.extend(line.round.as_ref().map(|round| fill(w.who_round, &[round.as_str()])));
    let fields: Vec<&str> = line.fields.iter().map(proto::Code::as_str).collect();
    if !fields.is_empty() {
        scope.push(fill(w.who_fields, &[&fields.join(", ")]));
    }
    scope.extend(line.acting_for.as_ref().map(|chief| fill(w.who_acting, &[chief.as_str()])));
    let mut dates = fill(w.who_from, &[&line.from.vietnam()]);
    if let Some(until) = line.until {
        dates = format!("{dates} {}", fill(w.who_until, &[&until.vietnam()]));
    }
    let events = [Some(&line.granted), line.confirmed.as_ref(), line.revoked.as_ref()];
    Grant {
        actor: line.actor.to_string(),
        grant: line.grant.to_string(),
        capacity: line.capacity.name(lang),
        scope: if scope.is_empty() { w.who_everywhere.to_owned() } else { scope.join("; ") },
        dates,
        state: words::stands(lang, line.state),
        class: match line.state {
            GrantStands::Holds => "done",
            GrantStands::Pending | GrantStands::NotYet => "due",
            GrantStands::Over | GrantStands::Revoked => "later",
        },
        events: events.into_iter().flatten().map(|e| between::event(lang, e)).collect(),
    }
}

fn credential(printer: &Printer, line: &CredentialLine) -> Credential {
    Credential {
        id: format!("{} ({})", line.credential, line.method.as_str()),
        bound: between::event(printer.lang, &line.bound),
        unbound: line.unbound.as_ref().map(|e| between::event(printer.lang, e)),
    }
}
