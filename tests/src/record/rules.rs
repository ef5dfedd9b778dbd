//! The checker's rules, one function each, over clients' records and the bodies of a log.
//! They are pure: the same records and bodies give the same faults, and no rule looks at a service.

use std::collections::{BTreeMap, HashMap};

use proto::act::log::ClockKind;
use proto::walk::Walk;
use proto::{Accepted, Answer, Event, Fact, Hash, Instant, Origin, Principal};

use super::{Fault, Rule, Sent};

/// What was looked at, so that a test can see that it was enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events in the log.
    pub events: u64,
    /// Those of commands in the records.
    pub asked: u64,
    /// Commands that were acknowledged.
    pub acknowledged: u64,
    /// Sendings that got no answer, or one that says that the outcome is not known.
    pub unknown: u64,
    /// Sendings whose sender was told that the command is not in the log.
    pub denied: u64,
}

/// What an answer says of the command that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It has an event.
    Written,
    /// It may have one, or come to have one.
    Unknown,
    /// This sending made none; of an earlier one nothing is said.
    NotThis,
    /// It has none, whatever was sent before.
    Denied,
    /// Something else has an event under its id.
    Reused,
}

fn says(sent: &Sent) -> Says {
    match &sent.told {
        None => Says::Unknown,
        Some((_, Answer::Accepted(_))) => Says::Written,
        Some((_, Answer::Refused(refused))) => match refused.code.as_str() {
            // Who has lost the lead may have lost it in the middle of this command's group.
            "outcome_unknown" | "lost_lead" => Says::Unknown,
            "overloaded" | "unauthenticated" => Says::NotThis,
            "command_reused" => Says::Reused,
            _ => Says::Denied,
        },
    }
}

/// Later than any test.
fn never() -> Instant {
    Instant::from_micros(253_402_300_799_000_000).expect("the last second of the year 9999")
}

/// The end of a sending: a sender without an answer waits for ever.
fn ended(sent: &Sent) -> Instant {
    sent.told.as_ref().map_or(never(), |(at, _)| *at)
}

fn acknowledgement(sent: &Sent) -> Option<&Accepted> {
    match &sent.told {
        Some((_, Answer::Accepted(accepted))) => Some(accepted),
        Some((_, Answer::Refused(_))) | None => None,
    }
}

/// An event and what an acknowledgement of it has to say.
struct Found {
    event: Event,
    hash: Hash,
    position: u64,
}

/// One command: all its sendings, and its event.
struct Asked<'a> {
    id: &'a str,
    digest: Hash,
    sent: Vec<&'a Sent>,
    event: Option<&'a Found>,
}

/// Holds records against the bodies of a whole log. Behind the position `since` every event must be of a command in the
/// records, or the system's own; `u64::MAX` where others write too.
///
/// # Errors
/// All faults that were found.
pub fn check(sent: &[Sent], bodies: &[Vec<u8>], origin: Origin, since: u64) -> Result<Counts, Vec<Fault>> {
    let mut faults = Vec::new();
    let found = read(bodies, origin, &mut faults);
    let mut by_id: HashMap<&str, &Found> = HashMap::new();
    for event in &found {
        let id = event.event.envelope.command.id.as_str();
        if let Some(before) = by_id.insert(id, event) {
            let what = format!("{id} stands at {} and at {}", before.position, event.position);
            faults.push(Fault { rule: Rule::Once, what });
        }
    }
    let mut groups: BTreeMap<(&str, Hash), Vec<&Sent>> = BTreeMap::new();
    for one in sent {
        groups.entry((one.command.as_str(), one.digest)).or_default().push(one);
    }
    let asked: Vec<Asked> = groups
        .into_iter()
        .map(|((id, digest), sent)| {
            let event = by_id.get(id).copied().filter(|e| e.event.envelope.command.digest == digest);
            Asked { id, digest, sent, event }
        })
        .collect();
    let wall = found.first().is_some_and(|first| match &first.event.fact {
        Fact::LogCreated(genesis) => genesis.clock == ClockKind::System,
        _ => false,
    });
    let mut counts = Counts { events: found.len() as u64, ..Counts::default() };
    for one in &asked {
        kept(one, &by_id, &mut faults);
        denied(one, wall, &mut faults);
        if wall {
            timed(one, &mut faults);
        }
        counts.asked += u64::from(one.event.is_some());
        counts.acknowledged += u64::from(one.sent.iter().any(|s| says(s) == Says::Written));
        counts.unknown += one.sent.iter().filter(|s| says(s) == Says::Unknown).count() as u64;
        counts.denied += one.sent.iter().filter(|s| says(s) == Says::Denied).count() as u64;
    }
    shared(&asked, &mut faults);
    ordered(&asked, &mut faults);
    strangers(&found, &asked, since, &mut faults);
    if faults.is_empty() { Ok(counts) } else { Err(faults) }
}

/// The log's events; where they are not chained, what can be read of them.
fn read(bodies: &[Vec<u8>], origin: Origin, faults: &mut Vec<Fault>) -> Vec<Found> {
    let (mut walk, mut broken, mut found) = (Walk::new(origin), false, Vec::with_capacity(bodies.len()));
    for (place, body) in (1_u64..).zip(bodies) {
        if !broken && let Err(fault) = walk.step(body) {
            broken = true;
            faults.push(Fault { rule: Rule::Chained, what: fault.to_string() });
        }
        match Event::decode(body) {
            Ok(event) => found.push(Found { event, hash: Hash::entry(body), position: place }),
            Err(error) => faults.push(Fault { rule: Rule::Chained, what: format!("#{place} is no event: {error}") }),
        }
    }
    found
}

/// What was acknowledged is there, as it was acknowledged, and was acknowledged in one way.
fn kept(asked: &Asked, by_id: &HashMap<&str, &Found>, faults: &mut Vec<Fault>) {
    let id = asked.id;
    let mut told: Vec<&Accepted> = asked.sent.iter().filter_map(|s| acknowledgement(s)).collect();
    told.dedup();
    if told.len() > 1 {
        let positions: Vec<u64> = told.iter().map(|a| a.position).collect();
        faults.push(Fault { rule: Rule::Same, what: format!("{id} was acknowledged in several ways: {positions:?}") });
    }
    for accepted in told {
        let Some(found) = asked.event else {
            let (rule, there) = match by_id.get(id) {
                Some(other) => (Rule::Borne, format!("other content at {}", other.position)),
                None => (Rule::Kept, "nothing".to_owned()),
            };
            let what = format!("{id} was acknowledged at {}, and the log has {there}", accepted.position);
            faults.push(Fault { rule, what });
            continue;
        };
        let e = &found.event.envelope;
        let members = [
            ("command", accepted.command == e.command.id),
            ("digest", asked.digest == e.command.digest),
            ("event", accepted.event == e.id),
            ("position", accepted.position == found.position && accepted.position == e.position),
            ("hash", accepted.hash == found.hash),
            ("stream", accepted.stream == e.stream),
            ("version", accepted.version == e.version),
            ("at", accepted.at == e.at),
        ];
        for (member, _) in members.into_iter().filter(|(_, holds)| !holds) {
            let what = format!("{id} at {}: the acknowledgement's {member} is not the log's", found.position);
            faults.push(Fault { rule: Rule::Borne, what });
        }
    }
    for sent in asked.sent.iter().filter(|s| says(s) == Says::Reused) {
        if asked.event.is_some() || !by_id.contains_key(id) {
            let what = format!("{} was told that {id} was used for something else, and it was not", sent.client);
            faults.push(Fault { rule: Rule::Borne, what });
        }
    }
}

/// An event comes from a sending that may have made it, and from none that ended before its sender was told that there
/// was none. Its time, where the clock is the wall's, says the same once more.
fn denied(asked: &Asked, wall: bool, faults: &mut Vec<Fault>) {
    let Some(found) = asked.event else { return };
    let id = asked.id;
    let may: Vec<&&Sent> = asked.sent.iter().filter(|s| matches!(says(s), Says::Written | Says::Unknown)).collect();
    if may.is_empty() {
        let what = format!("{id} stands at {}, and no sending of it was taken", found.position);
        faults.push(Fault { rule: Rule::Denied, what });
    }
    for denial in asked.sent.iter().filter(|s| says(s) == Says::Denied) {
        let until = ended(denial);
        let later = may.iter().any(|s| ended(s) > denial.began);
        let overlaps = may.iter().any(|s| s.began < until && ended(s) > denial.began);
        let earliest = if overlaps { denial.began } else { until };
        if !later || (wall && found.event.envelope.at < earliest) {
            let what = format!(
                "{} was told at {until} that {id} was not written, and it stands at {} from {}",
                denial.client, found.position, found.event.envelope.at
            );
            faults.push(Fault { rule: Rule::Denied, what });
        }
    }
}

fn timed(asked: &Asked, faults: &mut Vec<Fault>) {
    let Some(found) = asked.event else { return };
    let at = found.event.envelope.at;
    let first = asked.sent.iter().map(|s| s.began).min().expect("it was sent");
    let known = asked.sent.iter().filter(|s| acknowledgement(s).is_some()).map(|s| ended(s)).min();
    if at < first || known.is_some_and(|known| at > known) {
        let what = format!("{} happened at {at}, sent from {first} on, acknowledged at {known:?}", asked.id);
        faults.push(Fault { rule: Rule::Timed, what });
    }
}

/// No two commands were acknowledged at one position.
fn shared(asked: &[Asked], faults: &mut Vec<Fault>) {
    let mut taken: BTreeMap<u64, &str> = BTreeMap::new();
    for one in asked {
        let Some(accepted) = one.sent.iter().find_map(|s| acknowledgement(s)) else { continue };
        if let Some(other) = taken.insert(accepted.position, one.id) {
            let what = format!("{other} and {} were both acknowledged at {}", one.id, accepted.position);
            faults.push(Fault { rule: Rule::Same, what });
        }
    }
}

/// One client's commands stand in the order of their turns, and whatever was begun after an answer stands behind it.
fn ordered(asked: &[Asked], faults: &mut Vec<Fault>) {
    let mut clients: BTreeMap<&str, BTreeMap<u64, &Asked>> = BTreeMap::new();
    let mut timeline: Vec<(Instant, Instant, u64, &str)> = Vec::new();
    for one in asked {
        let Some(found) = one.event else { continue };
        for sent in &one.sent {
            clients.entry(&sent.client).or_default().insert(sent.turn, one);
        }
        let began = one.sent.iter().map(|s| s.began).min().expect("it was sent");
        let known = one.sent.iter().filter(|s| acknowledgement(s).is_some()).map(|s| ended(s)).min();
        // What was never acknowledged binds nobody who came later.
        timeline.push((began, known.unwrap_or(never()), found.position, one.id));
    }
    for (client, turns) in clients {
        let mut before = 0;
        for (turn, one) in turns {
            let position = one.event.expect("only those with an event").position;
            if position < before {
                let what = format!("{client}: its command {turn}, {}, stands at {position}, behind {before}", one.id);
                faults.push(Fault { rule: Rule::Ordered, what });
            }
            before = position;
        }
    }
    timeline.sort();
    let mut answered = timeline.clone();
    answered.sort_by_key(|(_, known, ..)| *known);
    let (mut next, mut last) = (0, (0, ""));
    for (began, _, position, id) in timeline {
        while let Some((_, known, earlier, id)) = answered.get(next)
            && *known < began
        {
            last = last.max((*earlier, *id));
            next += 1;
        }
        if position < last.0 {
            let what =
                format!("{id} was begun after {} had been acknowledged, and stands before it: {position}", last.1);
            faults.push(Fault { rule: Rule::Ordered, what });
        }
    }
}

fn strangers(found: &[Found], asked: &[Asked], since: u64, faults: &mut Vec<Fault>) {
    let known: std::collections::HashSet<&str> = asked.iter().map(|a| a.id).collect();
    let system = Principal::system().actor;
    for event in found.iter().filter(|e| e.position > since) {
        let e = &event.event.envelope;
        if e.actor.id != system && !known.contains(e.command.id.as_str()) {
            let what = format!("#{}: nobody sent {}", event.position, e.command.id);
            faults.push(Fault { rule: Rule::Asked, what });
        }
    }
}
