//! A grant as pages show it: what was granted, how it stands, and the events that gave it and took it back, each by its position.

use proto::act::grants::GrantCapacity;
use proto::document::Lang;
use proto::said::Named;
use proto::who::GrantStands;
use proto::work::{Power, PowerEvent};
use proto::{Capacity, Code};

use crate::page::Moment;
use crate::words::{PowerWords, fill, stands};

/// A grant.
pub struct Granted {
    /// The capacity's name.
    pub capacity: &'static str,
    /// Where it holds.
    pub scope: String,
    /// From when, until when.
    pub dates: String,
    /// How it stands.
    pub state: &'static str,
    /// The same as a class.
    pub class: &'static str,
    /// The events that granted it, confirmed it, took it back.
    pub events: Vec<Line>,
}

/// An event that gave a power or took it.
pub struct Line {
    /// What it did.
    pub what: &'static str,
    /// Where it stands.
    pub position: u64,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// In which capacity.
    pub capacity: &'static str,
}

/// A grant in a language.
pub fn granted(lang: Lang, power: &Power) -> Granted {
    let (w, grant) = (PowerWords::of(lang), &power.grant);
    let events = [
        (w.granted, Some(&power.granted)),
        (w.confirmed, power.confirmed.as_ref()),
        (w.revoked, power.revoked.as_ref()),
    ];
    Granted {
        capacity: grant.capacity.name(lang),
        scope: scope(lang, grant),
        dates: dates(lang, grant),
        state: stands(lang, power.state),
        class: match power.state {
            GrantStands::Holds => "done",
            GrantStands::Pending | GrantStands::NotYet => "due",
            GrantStands::Over | GrantStands::Revoked => "later",
        },
        events: events.into_iter().filter_map(|(what, event)| event.map(|event| line(lang, what, event))).collect(),
    }
}

/// What a grant covers.
pub fn scope(lang: Lang, granted: &GrantCapacity) -> String {
    let w = PowerWords::of(lang);
    let mut scope: Vec<String> = granted.unit.iter().map(ToString::to_string).collect();
    scope.extend(granted.round.as_ref().map(|round| fill(w.of_round, &[round.as_str()])));
    let fields: Vec<&str> = granted.fields.iter().map(Code::as_str).collect();
    if !fields.is_empty() {
        scope.push(fill(w.of_fields, &[&fields.join(", ")]));
    }
    scope.extend(granted.acting_for.as_ref().map(|chief| fill(w.acting, &[chief.as_str()])));
    if scope.is_empty() { w.everywhere.to_owned() } else { scope.join("; ") }
}

/// From when until when it holds.
pub fn dates(lang: Lang, granted: &GrantCapacity) -> String {
    let w = PowerWords::of(lang);
    let from = fill(w.since, &[&granted.from.vietnam()]);
    let until = granted.until.map(|until| fill(w.to, &[&until.vietnam()]));
    [Some(from), until].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn line(lang: Lang, what: &'static str, event: &PowerEvent) -> Line {
    // Whom genesis names nobody has granted anything: it is the act of whoever sits at the data folder.
    let by = if event.capacity == Capacity::Operator { "operator".to_owned() } else { event.by.to_string() };
    Line { what, position: event.position, at: event.at.into(), by, capacity: event.capacity.name(lang) }
}
