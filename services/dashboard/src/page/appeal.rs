//! An appeal's claims and what the log says to each, with the events that decide it, as the inspector finds now.
//! What stands on record of that is told beside it; the page decides nothing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use proto::act::council::Outcome;
use proto::act::examination::{Cited, Found, Verdict};
use proto::examined::{CitedEvent, Examination, ExamineQuery, Recorded};
use proto::said::Named;

use super::then::Then;
use super::{Frame, Moment, open, told_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::words::{self, Words, fill, pick};

/// Digits of an event's hash that a page shows; the read API gives all of them.
const HASH_DIGITS: usize = 12;

#[derive(Template)]
#[template(path = "appeal.html")]
struct AppealPage {
    t: &'static Words,
    f: Frame,
    id: String,
    unit: String,
    unit_name: String,
    /// Its leaves, with the way to the history of each.
    leaves: Vec<String>,
    text: String,
    then: Then,
    claims: Vec<Claim>,
    digest: String,
    recorded: Vec<Line>,
    outcome: Option<&'static str>,
}

/// A claim and its verdict.
struct Claim {
    sentence: String,
    text: String,
    found: &'static str,
    class: &'static str,
    events: Vec<Event>,
    more: Option<String>,
}

struct Event {
    position: u64,
    hash: String,
    stream: String,
    kind: String,
    at: Option<Moment>,
    capacity: &'static str,
    actor: String,
    reason: String,
}

/// An examination on record.
struct Line {
    position: u64,
    at: Moment,
    told: String,
}

/// `/rounds/{round}/appeals/{number}`.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    told_answer(&ask, &dashboard.origin, page(&dashboard, &ask).await, |page| &page.f)
}

/// What a request asks of an appeal.
pub fn asked(ask: &Ask) -> Result<ExamineQuery, Refusal> {
    let number = ask.named("number").and_then(|n| n.parse().ok());
    let number = number.ok_or_else(|| Refusal::unknown("appeal_unknown"))?;
    let (position, at) = ask.bounds()?;
    Ok(ExamineQuery { round: ask.round()?, number, position, at })
}

async fn page(dashboard: &Dashboard, ask: &Ask) -> Result<AppealPage, Refusal> {
    let t = Words::of(ask.lang);
    let mut opened = open(dashboard, ask, "").await?;
    let told = dashboard.inspector.examine(asked(ask)?).await?;
    let appeal = &told.appeal;
    let unit = opened.view.unit(&opened.round.round, &appeal.unit).await?;
    let unit_name = unit.map_or_else(|| appeal.unit.to_string(), |u| pick(ask.lang, &u.name_vi, &u.name_en).to_owned());
    let mut f = opened.frame;
    f.title = format!("{}: {unit_name}", fill(t.appeal_title, &[&appeal.number.to_string()]));
    f.reads(t.as_of_inspector, told.position, told.root, None);
    let pairs = appeal.claims.iter().zip(&told.verdicts);
    let claims = pairs.map(|(claim, verdict)| Claim {
        sentence: claim.that.sentence().get(ask.lang).to_owned(),
        text: claim.text.clone(),
        ..of_verdict(ask, &told, verdict)
    });
    let outcome = told.outcome.map(|outcome| match outcome {
        Outcome::Upheld => t.appeal_upheld,
        Outcome::UpheldInPart => t.appeal_upheld_in_part,
        Outcome::Dismissed => t.appeal_dismissed,
    });
    Ok(AppealPage {
        t,
        id: appeal.round.to_string(),
        unit: appeal.unit.to_string(),
        unit_name,
        leaves: appeal.leaves.iter().map(ToString::to_string).collect(),
        text: appeal.text.clone(),
        then: Then::asked(ask)?,
        claims: claims.collect(),
        digest: told.digest.to_string(),
        recorded: told.recorded.iter().map(|recorded| line(t, &told, recorded)).collect(),
        outcome,
        f,
    })
}

fn of_verdict(ask: &Ask, told: &Examination, verdict: &Verdict) -> Claim {
    let t = Words::of(ask.lang);
    let class = match verdict.found {
        Found::BorneOut => "done",
        Found::Contradicted => "due",
        Found::NotOnRecord => "later",
        Found::NeedsJudgement => "now",
    };
    let known = |cited: &Cited| told.events.iter().find(|event| event.cited == *cited);
    Claim {
        sentence: String::new(),
        text: String::new(),
        found: verdict.found.name(ask.lang),
        class,
        events: verdict.events.iter().map(|cited| event(ask, cited, known(cited))).collect(),
        more: (verdict.more > 0).then(|| fill(t.appeal_more, &[&verdict.more.to_string()])),
    }
}

fn event(ask: &Ask, cited: &Cited, known: Option<&CitedEvent>) -> Event {
    Event {
        position: cited.position,
        hash: cited.hash.to_string()[..HASH_DIGITS].to_owned(),
        stream: format!("{} #{}", cited.stream, cited.version),
        kind: known.map_or(String::new(), |event| words::kind(ask.lang, &event.kind).to_owned()),
        at: known.map(|event| event.at.into()),
        capacity: known.map_or("", |event| event.actor.capacity.name(ask.lang)),
        actor: known.map_or(String::new(), |event| event.actor.id.to_string()),
        reason: known.map_or(String::new(), |event| event.reason.clone()),
    }
}

fn line(t: &Words, told: &Examination, recorded: &Recorded) -> Line {
    let same = if recorded.digest == told.digest { t.appeal_same } else { t.appeal_other };
    let rests = if recorded.decided { format!(" {}", t.appeal_rests) } else { String::new() };
    Line { position: recorded.event.position, at: recorded.at.into(), told: format!("{same}{rests}") }
}
