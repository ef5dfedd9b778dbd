//! A round as those work on it who have duties in it: what their capacities are, how far everything is, and the acts that are theirs as
//! forms. What a form asks for is sent to the ledger, which alone decides.

pub mod appeals;
pub mod council;
pub mod done;
pub mod extras;
pub mod propose;
pub mod survey;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::document::Lang;
use proto::rows::SheetState;
use proto::said::Named;
use proto::work::{PhaseWork, RoundQuery, RoundWork, UnitWork};
use proto::{Acting, ActorId, Capacity, Rejection, UnitId};

use super::fill::session;
use super::notices::{Told, all_told};
use super::verify::OF_INSPECTION;
use super::{Frame, Moment, Opened, open, personal_answer};
use crate::acts::{ActForm, Doing, Forms, Kind};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{InspectWords, ModerationWords, NoticeWords, Words, WorkWords, fill, pick};

/// For whom the pages of the work are, the usual one first; RULINGS 20, and deploy/RIGHTS.md tells them all.
pub const OF_APPRAISAL: [Capacity; 4] =
    [Capacity::Appraiser, Capacity::Secretariat, Capacity::Council, Capacity::Inspector];
pub const OF_SURVEY: [Capacity; 5] =
    [Capacity::SurveyStaff, Capacity::Secretariat, Capacity::Council, Capacity::Publisher, Capacity::Inspector];
pub const OF_COUNCIL: [Capacity; 4] =
    [Capacity::Council, Capacity::Secretariat, Capacity::Publisher, Capacity::Inspector];
pub const OF_MODERATION: [Capacity; 3] = [Capacity::Council, Capacity::Secretariat, Capacity::Inspector];
pub const OF_APPEALS: [Capacity; 5] =
    [Capacity::Secretariat, Capacity::Council, Capacity::Publisher, Capacity::Inspector, Capacity::Appraiser];

/// What every page of the round's work has.
pub struct Desktop {
    /// The round.
    pub round: String,
    /// The secret of the session's forms.
    pub csrf: String,
    /// The pages of the work: address, name, whether it is this one.
    pub tabs: Vec<(String, &'static str, bool)>,
    /// What was done just now.
    pub done: Option<String>,
}

/// A round that was opened for work.
pub struct Worked {
    /// The round with its index.
    pub opened: Opened,
    /// What there is to do.
    pub work: RoundWork,
    /// Who asks.
    actor: ActorId,
}

#[derive(Template)]
#[template(path = "work.html")]
struct WorkPage {
    t: &'static Words,
    w: &'static WorkWords,
    f: Frame,
    d: Desktop,
    at: Moment,
    n: &'static NoticeWords,
    /// What whoever asks is to be told of the round.
    notices: Vec<Told>,
    roles: Vec<String>,
    /// The sheets of whoever asks: unit, name.
    sheets: Vec<(String, String)>,
    phases: Vec<Phase>,
    /// The units that are his to see.
    units: Vec<Unit>,
    /// How far all of them are together.
    together: String,
    forms: Vec<ActForm>,
}

struct Phase {
    name: &'static str,
    from: Moment,
    until: Moment,
    state: &'static str,
    class: &'static str,
}

struct Unit {
    unit: String,
    name: String,
    state: &'static str,
    until: Option<Moment>,
    scored: String,
    appraised: String,
    flags: Option<String>,
}

/// `GET /rounds/{round}/work`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// The round of the path, as whoever is signed in works on it.
pub async fn asked(desk: &Desk, ask: &Ask, session: &Session) -> Result<Worked, Refusal> {
    let opened = open(&desk.doors.dashboard, ask, "").await?;
    let query = RoundQuery { round: opened.round.round.clone() };
    let work = desk.work.round(&principal(session), query).await?;
    Ok(Worked { opened, work, actor: session.actor.clone() })
}

impl Worked {
    /// The frame of a page of the work, its title and its place among the others.
    pub fn framed(&self, ask: &Ask, title: &str) -> Frame {
        let mut f = self.opened.frame.clone();
        f.title = title.to_owned();
        f.readings.clear();
        f.here = "work";
        f.reads(Words::of(ask.lang).as_of_inspector, self.work.position, self.work.root, None);
        f
    }

    /// What every page of the work has.
    ///
    /// # Errors
    /// A query that cannot be read.
    pub fn desktop(&self, ask: &Ask, session: &Session, here: &str) -> Result<Desktop, Refusal> {
        let (w, i, round) = (WorkWords::of(ask.lang), InspectWords::of(ask.lang), &self.work.query.round);
        let tab = |page: &str, name| (format!("/rounds/{round}/{page}"), name, page == here);
        let offered = [
            ("work", w.title, true),
            ("appraise", w.appraise, self.has(&OF_APPRAISAL)),
            ("survey", w.survey, self.work.survey && self.has(&OF_SURVEY)),
            ("moderation", ModerationWords::of(ask.lang).title, self.has(&OF_MODERATION)),
            ("council", w.council, self.has(&OF_COUNCIL)),
            ("appeals", w.appeals, self.has(&OF_APPEALS)),
            ("inspect", i.title, self.has(&OF_INSPECTION)),
            ("verify", i.verify, self.has(&OF_INSPECTION)),
            ("dossiers", i.dossiers, self.has(&OF_INSPECTION)),
        ];
        let tabs = offered.into_iter().filter(|(.., is_his)| *is_his).map(|(page, name, _)| tab(page, name));
        let done = ask.position()?.map(|position| fill(w.done, &[&position.to_string()]));
        Ok(Desktop { round: round.to_string(), csrf: session.csrf.clone(), tabs: tabs.collect(), done })
    }

    /// Whether whoever asks acts in one of some capacities.
    pub fn has(&self, capacities: &[Capacity]) -> bool {
        self.work.roles.iter().any(|role| capacities.contains(&role.capacity))
    }

    /// Refuses a page to whoever holds none of the capacities that it is for.
    ///
    /// # Errors
    /// `capacity_missing`, with the first of them.
    pub fn only(&self, capacities: &[Capacity]) -> Result<(), Refusal> {
        match self.has(capacities) {
            true => Ok(()),
            false => Err(Rejection::CapacityMissing { actor: self.actor.clone(), capacity: capacities[0] }.into()),
        }
    }

    /// Whether an act is his.
    pub fn may(&self, doing: Doing) -> bool {
        !self.work.closed && self.has(doing.capacities())
    }

    /// In which capacity he does it. Whoever holds none asks as the one whose it is, and is told so.
    pub fn acting(&self, doing: Doing) -> Acting {
        let usual = || Acting { capacity: doing.capacities()[0], unit: None };
        let held = doing.capacities().iter().find_map(|c| self.work.roles.iter().find(|role| role.capacity == *c));
        held.map_or_else(usual, |role| Acting { capacity: role.capacity, unit: role.unit.clone() })
    }

    /// The form of an act, if it is his.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub fn form(&self, desk: &Desk, lang: Lang, doing: Doing, about: &Fields) -> Result<Option<ActForm>, Refusal> {
        if !self.may(doing) {
            return Ok(None);
        }
        let command = command_id(desk)?.to_string();
        Ok(Some(Forms { lang, work: &self.work }.form(doing, about, command)))
    }

    /// The name of a unit.
    pub fn unit(&self, lang: Lang, unit: &UnitId) -> String {
        let known = self.work.units.iter().find(|known| known.unit == *unit);
        known.map_or_else(|| unit.to_string(), |known| pick(lang, &known.name.vi, &known.name.en).to_owned())
    }
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<WorkPage, Refusal> {
    let (t, w, lang) = (Words::of(ask.lang), WorkWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    let work = &worked.work;
    let notices = desk.work.notices(&principal(session), work.query.clone()).await?;
    let mut forms = Vec::new();
    let nothing = Fields::of(Vec::new());
    let is_unpublished = work.publications.is_empty();
    let is_locked = work.units.iter().any(|unit| unit.state != SheetState::Open);
    forms.extend(worked.form(desk, lang, Doing::Extend, &nothing)?.filter(|_| is_unpublished));
    forms.extend(worked.form(desk, lang, Doing::Reopen, &nothing)?.filter(|_| is_unpublished && is_locked));
    forms.extend(worked.form(desk, lang, Doing::Close, &nothing)?.filter(|_| !is_unpublished));
    let own = work.roles.iter().filter(|role| matches!(role.capacity, Capacity::Drafter | Capacity::Chief));
    let mut sheets: Vec<(String, String)> =
        own.filter_map(|role| role.unit.as_ref()).map(|u| (u.to_string(), worked.unit(lang, u))).collect();
    sheets.dedup();
    Ok(WorkPage {
        t,
        w,
        f: worked.framed(ask, w.title),
        d: worked.desktop(ask, session, "work")?,
        at: work.at.into(),
        n: NoticeWords::of(lang),
        notices: all_told(lang, &notices),
        roles: work.roles.iter().map(|role| role_told(&worked, lang, role)).collect(),
        sheets,
        phases: work.phases.iter().map(|phase| phase_told(w, lang, work, phase)).collect(),
        units: work.units.iter().map(|unit| unit_told(&worked.opened.printer, w, unit)).collect(),
        together: together(&worked.opened.printer, w, &work.units),
        forms,
    })
}

fn role_told(worked: &Worked, lang: Lang, role: &proto::work::Role) -> String {
    let w = WorkWords::of(lang);
    let mut told = role.capacity.name(lang).to_owned();
    if let Some(unit) = &role.unit {
        told = format!("{told}, {}", worked.unit(lang, unit));
    }
    if role.capacity == Capacity::Appraiser {
        let fields = role.fields.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let fields = if fields.is_empty() { w.role_all.to_owned() } else { fill(w.role_fields, &[&fields]) };
        told = format!("{told}, {fields}");
    }
    told
}

fn phase_told(w: &'static WorkWords, lang: Lang, work: &RoundWork, phase: &PhaseWork) -> Phase {
    let (state, class) = match work.at {
        at if at < phase.from => (w.phase_later, "later"),
        at if at < phase.until => (w.phase_now, "now"),
        _ => (w.phase_over, "done"),
    };
    Phase { name: phase.phase.name(lang), from: phase.from.into(), until: phase.until.into(), state, class }
}

/// How far all units are together: sheets that are in, leaves that are scored, and appraised.
fn together(printer: &Printer, w: &'static WorkWords, units: &[UnitWork]) -> String {
    let sum = |of: fn(&UnitWork) -> u64| printer.count(units.iter().map(of).sum());
    let submitted = sum(|unit| u64::from(unit.state == SheetState::Submitted));
    let (all, scored, leaves) = (printer.count(units.len() as u64), sum(|u| u.scored), sum(|u| u.leaves));
    let (appraised, raised, explained) = (sum(|u| u.appraised), sum(|u| u.raised), sum(|u| u.explained));
    let flags = fill(w.flags_of, &[&raised, &explained]);
    let first = fill(w.together, &[&submitted, &all]);
    format!("{first}; {}", fill(w.together_leaves, &[&scored, &appraised, &leaves, &flags]))
}

fn unit_told(printer: &Printer, w: &'static WorkWords, unit: &UnitWork) -> Unit {
    let of = |n: u64| format!("{} / {}", printer.count(n), printer.count(unit.leaves));
    let flags = fill(w.flags_of, &[&printer.count(unit.raised), &printer.count(unit.explained)]);
    Unit {
        unit: unit.unit.to_string(),
        name: pick(printer.lang, &unit.name.vi, &unit.name.en).to_owned(),
        state: unit.state.name(printer.lang),
        until: unit.until.map(Moment::from),
        scored: of(unit.scored),
        appraised: of(unit.appraised),
        flags: (unit.raised + unit.explained > 0).then_some(flags),
    }
}
