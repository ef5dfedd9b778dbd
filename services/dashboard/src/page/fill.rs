//! A unit's sheet as its people fill it in: what is scored, what is missing, each leaf a link to where it is filled in; and where
//! the chief signs. It shows what the log leads to, to those who may have the sheet, and adds nothing up.

pub mod appeal;
pub mod files;
pub mod flag;
pub mod leaf;
pub mod merge;
pub mod outcome;
pub mod receipt;
pub mod sign;
pub mod signed;
pub mod workbook;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::document::{Lang, Text};
use proto::filling::{LeafForm, SheetForm, SheetQuery};
use proto::rows::{ExemptionState, FlagState, SheetState};
use proto::said::Named;
use proto::{Exact, UnitId};

use self::signed::SignedFile;
use super::{Frame, Moment, Opened, open, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::Printer;
use crate::refusal::Refusal;
use crate::sign_in::Visitor;
use crate::words::{self, ClaimWords, FillWords, ReleasedWords, UnitWords, Words, fill, pick};

#[derive(Template)]
#[template(path = "fill.html")]
struct FillPage {
    t: &'static Words,
    w: &'static FillWords,
    f: Frame,
    here: Here,
    csrf: String,
    until: Option<Moment>,
    state: &'static str,
    scored: String,
    /// The leaves that are missing.
    missing: Vec<Missing>,
    missing_count: String,
    flagged: u64,
    /// Why nothing can be changed here.
    closed: Option<&'static str>,
    groups: Vec<Group>,
    sign: Option<Signing>,
    u: &'static UnitWords,
    done: Option<String>,
    /// The receipt of what was just done.
    receipt: Option<u64>,
    /// Whether it is the time of appeals, and whoever reads this makes them.
    appeals: bool,
    fault: Option<String>,
    c: &'static ClaimWords,
    /// Whether a signed file can be sent here, and how that is said.
    signed_hint: Option<String>,
    /// The one that goes along when the sheet is submitted.
    to_sign: SignedFile,
    /// The one that stands with it: its address, and what it is called.
    signed: Option<(String, String)>,
}

/// Where a sheet's pages are.
pub struct Here {
    /// The round.
    pub round: String,
    /// The unit.
    pub unit: String,
}

struct Missing {
    code: String,
    title: String,
}

/// The leaves of a field.
struct Group {
    code: String,
    title: String,
    leaves: Vec<Leaf>,
}

struct Leaf {
    code: String,
    title: String,
    maximum: String,
    points: String,
    files: Option<String>,
    tag: &'static str,
    class: &'static str,
}

/// What the chief does here.
enum Signing {
    /// He signs.
    Here { version: u64, digest: String, command: String, lead: String },
    /// He cannot yet.
    Missing(String),
    /// He takes it back.
    Withdraw { command: String },
    /// Somebody else signs.
    Elsewhere,
}

/// `GET /rounds/{round}/units/{unit}/fill`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, None).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// Whoever is signed in.
pub fn session(ask: &Ask) -> Option<Arc<Session>> {
    ask.visitor.as_ref().and_then(|Visitor(session)| session.clone())
}

/// The sheet of the path, with the round around it.
pub async fn asked(desk: &Desk, ask: &Ask, session: &Session) -> Result<(Opened, SheetForm), Refusal> {
    let unit = ask.unit()?;
    let opened = open(&desk.doors.dashboard, ask, "").await?;
    let query = SheetQuery { round: opened.round.round.clone(), unit };
    let form = desk.sheets.form(&principal(session), query).await?;
    Ok((opened, form))
}

/// The frame of a page about a sheet: its figures are the log's, and not the projection's.
pub fn framed(ask: &Ask, opened: Opened, form: &SheetForm) -> Frame {
    let mut f = opened.frame;
    f.readings.clear();
    f.reads(Words::of(ask.lang).as_of_inspector, form.position, form.root, None);
    // While it is filled in there is nothing to release.
    let is_held = !form.held.is_nothing() && form.state != SheetState::Open;
    f.held = is_held.then(|| ReleasedWords::of(ask.lang).held);
    f
}

/// Where the pages of a sheet are.
pub fn here(form: &SheetForm) -> Here {
    Here { round: form.query.round.to_string(), unit: form.query.unit.to_string() }
}

/// The name of a unit, from the projection; its id where it is not there yet.
pub async fn name(opened: &mut Opened, lang: Lang, unit: &UnitId) -> Result<String, Refusal> {
    let row = opened.view.unit(&opened.round.round, unit).await?;
    Ok(row.map_or_else(|| unit.to_string(), |row| pick(lang, &row.name_vi, &row.name_en).to_owned()))
}

/// Why nothing can be changed, if it cannot.
pub fn closed(w: &'static FillWords, form: &SheetForm) -> Option<&'static str> {
    if form.state != SheetState::Open {
        return Some(w.locked);
    }
    form.fills_in.is_none().then_some(w.only_read)
}

/// Whether the unit has said something of a leaf.
pub fn is_scored(leaf: &LeafForm) -> bool {
    leaf.claimed.is_some() || leaf.exemption.is_some()
}

pub fn text(lang: Lang, text: &Text) -> String {
    pick(lang, &text.vi, &text.en).to_owned()
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, fault: Option<String>) -> Result<FillPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), FillWords::of(ask.lang));
    let (mut opened, form) = asked(desk, ask, session).await?;
    let name = name(&mut opened, ask.lang, &form.query.unit).await?;
    let printer = opened.printer;
    let missing: Vec<Missing> =
        form.leaves.iter().filter(|leaf| !is_scored(leaf)).map(|l| missing(ask.lang, l)).collect();
    let scored = (form.leaves.len() - missing.len()) as u64;
    let flagged = form.leaves.iter().filter(|leaf| leaf.flag == Some(FlagState::Raised)).count() as u64;
    let count = |n: u64| printer.count(n);
    let to_sign = signed::shown(desk, ask, session, &form).await?;
    let signed = signed::standing(desk, ask, session, &form).await?;
    let c = ClaimWords::of(ask.lang);
    let mut f = framed(ask, opened, &form);
    f.title = fill(w.title_of, &[&name]);
    Ok(FillPage {
        t,
        w,
        csrf: session.csrf.clone(),
        until: form.until.map(Moment::from),
        state: form.state.name(ask.lang),
        scored: fill(w.scored_of, &[&count(scored), &count(form.leaves.len() as u64)]),
        missing_count: fill(w.missing_count, &[&count(missing.len() as u64)]),
        sign: sign(desk, w, &form, missing.len() as u64)?,
        missing,
        flagged,
        closed: closed(w, &form),
        groups: groups(&printer, w, &form),
        u: UnitWords::of(ask.lang),
        done: done(ask, w)?,
        receipt: ask.position()?.filter(|_| receipt::is_given(desk, &form)),
        appeals: form.appeal.is_some() && form.signs,
        here: here(&form),
        f,
        fault,
        c,
        signed_hint: desk.files.is_some().then(|| fill(c.signed_hint, &[&form.version.to_string()])),
        to_sign,
        signed,
    })
}

fn missing(lang: Lang, leaf: &LeafForm) -> Missing {
    Missing { code: leaf.leaf.to_string(), title: text(lang, &leaf.title) }
}

/// What was done just now, as the address says.
fn done(ask: &Ask, w: &'static FillWords) -> Result<Option<String>, Refusal> {
    let said = match (ask.position()?, ask.value("done")?) {
        (Some(position), Some("signed")) => Some((w.signed, position)),
        (Some(position), Some("withdrawn")) => Some((w.withdrawn, position)),
        (Some(position), Some("taken")) => Some((UnitWords::of(ask.lang).book_taken, position)),
        _ => None,
    };
    Ok(said.map(|(sentence, position)| fill(sentence, &[&position.to_string()])))
}

fn sign(desk: &Desk, w: &'static FillWords, form: &SheetForm, missing: u64) -> Result<Option<Signing>, Refusal> {
    if !form.signs {
        return Ok(form.fills_in.filter(|_| form.state == SheetState::Open).map(|_| Signing::Elsewhere));
    }
    let command = command_id(desk)?.to_string();
    Ok(match form.state {
        SheetState::Closed => None,
        SheetState::Submitted => Some(Signing::Withdraw { command }),
        SheetState::Open if missing > 0 => Some(Signing::Missing(fill(w.sign_missing, &[&missing.to_string()]))),
        SheetState::Open => {
            let (version, digest) = (form.version, form.digest.to_string());
            let lead = fill(w.sign_lead, &[&version.to_string(), &digest]);
            Some(Signing::Here { version, digest, command, lead })
        }
    })
}

fn groups(printer: &Printer, w: &'static FillWords, form: &SheetForm) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for leaf in &form.leaves {
        let (code, title) = match leaf.under.first() {
            Some(field) => (field.code.to_string(), text(printer.lang, &field.title)),
            None => (leaf.leaf.to_string(), String::new()),
        };
        if groups.last().is_none_or(|group| group.code != code) {
            groups.push(Group { code, title, leaves: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.leaves.push(line(printer, w, leaf));
        }
    }
    groups
}

fn line(printer: &Printer, w: &'static FillWords, leaf: &LeafForm) -> Leaf {
    let (tag, class) = match (leaf.flag, leaf.exemption) {
        (Some(flag @ FlagState::Raised), _) => (words::flag(printer.lang, flag), "flag"),
        (_, Some(exemption @ (ExemptionState::Claimed | ExemptionState::Accepted))) => {
            (words::exemption(printer.lang, exemption), "exempt")
        }
        _ if is_scored(leaf) => (w.tag_scored, "done"),
        _ => (w.tag_missing, "due"),
    };
    Leaf {
        code: leaf.leaf.to_string(),
        title: text(printer.lang, &leaf.title),
        maximum: printer.exact(&Exact::from(leaf.maximum)),
        points: leaf.claimed.as_ref().map_or_else(String::new, |claimed| printer.exact(&claimed.points)),
        files: leaf
            .claimed
            .as_ref()
            .map(|claimed| claimed.evidence.len() as u64)
            .filter(|files| *files > 0)
            .map(|files| fill(w.files, &[&printer.count(files)])),
        tag,
        class,
    }
}
