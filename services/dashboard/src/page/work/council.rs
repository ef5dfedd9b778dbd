//! The council's page: what was put to the vote, the votes, what was decided and is carried out, and the publication that rests on it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::council::{Matter, ScoreChange, Vote};
use proto::document::Lang;
use proto::said::with_comma;
use proto::work::{DecisionWork, PublicationWork};
use proto::{Capacity, Decimal};

use super::{Desktop, OF_COUNCIL, Worked, asked};
use crate::acts::{ActForm, Doing, Forms, Kind};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::fill::{session, text};
use crate::page::{Frame, Moment, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{Words, WorkWords, fill, matter};

#[derive(Template)]
#[template(path = "council.html")]
struct CouncilPage {
    t: &'static Words,
    w: &'static WorkWords,
    f: Frame,
    d: Desktop,
    decisions: Vec<Decision>,
    propose: Option<ActForm>,
    /// The units whose points can be put to the vote.
    units: Vec<(String, String)>,
    publications: Vec<Published>,
    /// What checks find, where somebody publishes.
    faults: Vec<String>,
    faults_count: String,
    publish: Option<ActForm>,
    /// Nothing can be published yet.
    is_nothing: bool,
}

struct Decision {
    id: String,
    title: String,
    state: &'static str,
    class: &'static str,
    votes: String,
    notes: Vec<String>,
    changes: Vec<String>,
    forms: Vec<ActForm>,
}

struct Published {
    title: String,
    at: Moment,
    position: u64,
    digest: String,
    reason: String,
}

/// `GET /rounds/{round}/council`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<CouncilPage, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_COUNCIL)?;
    let work = &worked.work;
    let untyped = Fields::of(Vec::new());
    let mut decisions = Vec::new();
    for decision in work.decisions.iter().rev() {
        decisions.push(decision_told(desk, ask, &worked, decision)?);
    }
    let publishes = worked.may(Doing::Publish);
    let publish = worked.form(desk, lang, Doing::Publish, &untyped)?;
    let publish = publish.filter(|_| !Forms { lang, work }.published_by().is_empty());
    let proposes = work.publications.is_empty();
    // What is before the council, or adopted, is not put to it again while it is still the result.
    let same = |matter: &Matter| matches!(matter, Matter::Result { digest } if *digest == work.digest);
    let is_before_it = work.decisions.iter().any(|d| d.carried != Some(false) && same(&d.matter));
    let published = |p: &PublicationWork| Published {
        title: fill(w.published_before, &[&p.number.to_string()]),
        at: p.at.into(),
        position: p.position,
        digest: p.digest.to_string(),
        reason: p.reason.clone(),
    };
    let units = work.units.iter().map(|unit| (unit.unit.to_string(), text(lang, &unit.name)));
    let faults = work.faults.iter().filter(|_| publishes).map(|fault| text(lang, fault)).collect::<Vec<_>>();
    Ok(CouncilPage {
        t: Words::of(lang),
        w,
        f: worked.framed(ask, w.council),
        d: worked.desktop(ask, session, "council")?,
        decisions,
        propose: worked.form(desk, lang, Doing::ProposeResult, &untyped)?.filter(|_| proposes && !is_before_it),
        units: units.filter(|_| proposes && worked.may(Doing::ProposeResult)).collect(),
        publications: work.publications.iter().map(published).collect(),
        faults_count: fill(w.publish_faults, &[&worked.opened.printer.count(faults.len() as u64)]),
        faults,
        is_nothing: publishes && publish.is_none(),
        publish,
    })
}

fn decision_told(desk: &Desk, ask: &Ask, worked: &Worked, decision: &DecisionWork) -> Result<Decision, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let count = |n: u32| worked.opened.printer.count(n.into());
    let (state, class) = match decision.carried {
        None => (w.being_voted, "now"),
        Some(true) => (w.carried, "done"),
        Some(false) => (w.not_carried, "due"),
    };
    let mut notes = Vec::new();
    if matches!(decision.matter, Matter::Result { digest } if digest != worked.work.digest) {
        notes.push(w.result_moved.to_owned());
    }
    if let Some(unit) = decision.recused.as_ref().filter(|_| worked.has(&[Capacity::Council])) {
        notes.push(fill(w.recused, &[&worked.unit(lang, unit)]));
    }
    notes.extend(decision.own.map(|own| fill(w.own_vote, &[vote_told(w, own)])));
    let id = decision.decision.to_string();
    let about = Fields::of(vec![("decision", id.clone())]);
    let mut forms = Vec::new();
    if decision.carried.is_none() {
        forms.extend(worked.form(desk, lang, Doing::Vote, &about)?.filter(|_| decision.recused.is_none()));
        forms.extend(worked.form(desk, lang, Doing::Record, &about)?);
    }
    for change in &decision.pending {
        let (unit, leaf) = (worked.unit(lang, &change.unit), change.leaf.to_string());
        let lead = fill(w.carry_out_one, &[&unit, &leaf, &points(lang, &change.points)]);
        let about = Fields::of(vec![
            ("decision", id.clone()),
            ("unit", change.unit.to_string()),
            ("leaf", leaf),
            ("revision", change.revision.to_string()),
        ]);
        forms.extend(worked.form(desk, lang, Doing::CarryOut, &about)?.map(|form| ActForm { lead, ..form }));
    }
    let changes: &[ScoreChange] = match &decision.matter {
        Matter::Result { .. } => &[],
        Matter::Scores { changes } | Matter::Appeal { changes, .. } => changes,
    };
    let change = |change: &ScoreChange| {
        let unit = worked.unit(lang, &change.unit);
        let told = fill(w.change, &[&unit, change.leaf.as_str(), &points(lang, &change.points)]);
        format!("{told}. {}", change.reason)
    };
    let votes = [decision.votes_for, decision.votes_against, decision.abstained, decision.members].map(count);
    Ok(Decision {
        title: matter(lang, &decision.matter),
        state,
        class,
        votes: fill(w.votes, &votes.each_ref().map(String::as_str)),
        notes,
        changes: changes.iter().map(change).collect(),
        forms,
        id,
    })
}

/// Points, in the reader's language.
pub fn points(lang: Lang, points: &Decimal) -> String {
    match lang {
        Lang::Vi => with_comma(points),
        Lang::En => points.to_string(),
    }
}

fn vote_told(w: &WorkWords, vote: Vote) -> &'static str {
    match vote {
        Vote::For => w.vote_for,
        Vote::Against => w.vote_against,
        Vote::Abstain => w.vote_abstain,
    }
}
