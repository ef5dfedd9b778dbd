//! One leaf of a unit's sheet, to be filled in: its rule, what it asks for, what is on record. What was typed is read by the intake and
//! decided by the ledger; whatever comes of it, what was typed stays on the page until it is saved.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::sheet::ClaimExemption;
use proto::document::Lang;
use proto::filling::{LeafForm, SheetForm, Typed, TypedFault, TypedQuery, TypedTold};
use proto::{Accepted, Act, Acting, Code, CommandId, Exact, Refused};

use super::files::{self, Files, Waiting};
use super::flag::{self, Answer, Question};
use super::sign::told;
use super::{Here, asked, closed, framed, here, is_scored, merge, name, receipt, session, text};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::Printer;
use crate::page::inputs::{self, Inputs, Naming};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{self, FillWords, MergeWords, UnitWords, Words, exemption, fill};

#[derive(Template)]
#[template(path = "fill_leaf.html")]
struct LeafPage {
    t: &'static Words,
    w: &'static FillWords,
    f: Frame,
    here: Here,
    csrf: String,
    command: String,
    /// The name of the unit.
    unit: String,
    code: String,
    title: String,
    maximum: String,
    /// What it stands under, the field first.
    under: Vec<(String, String)>,
    rule: String,
    asks: String,
    stands: String,
    marks: Vec<&'static str>,
    /// What was claimed, in words.
    explained: String,
    /// The revision that what is typed goes on from.
    revision: u64,
    inputs: Inputs,
    by_rule: Option<String>,
    /// What is wrong with all of it.
    faults: Vec<String>,
    stale: Option<String>,
    saved: Option<String>,
    closed: Option<&'static str>,
    /// What two people have changed.
    merge: Option<merge::Shown>,
    mw: &'static MergeWords,
    /// What stood in the fields when the form was made.
    was: Vec<(String, String)>,
    may_exempt: bool,
    u: &'static UnitWords,
    /// What an appraiser asks.
    question: Option<Question>,
    files: Files,
    /// The receipt of what was just done.
    receipt: Option<u64>,
    before: Option<String>,
    after: Option<String>,
}

/// What is shown beside what is on record.
#[derive(Default)]
pub struct Shown {
    /// What was typed into the fields.
    pub typed: Option<Typed>,
    /// What that comes to.
    pub told: Option<TypedTold>,
    /// What is wrong with all of it.
    pub faults: Vec<String>,
    /// The revision that was typed over, where the log has moved on since.
    pub stale: Option<u64>,
    /// The form in which it was typed, where it has to be merged with what stands now.
    pub over: Option<Fields>,
    /// The event that was just made, and the sentence that says so.
    pub saved: Option<(u64, &'static str)>,
    /// Files beside those that stand there.
    pub files: Waiting,
    /// What was answered to a question, and not taken.
    pub answer: Answer,
}

/// `GET /rounds/{round}/units/{unit}/fill/{leaf}`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = match looked(&ask) {
        Ok(shown) => page(&desk, &ask, &session, shown).await,
        Err(refusal) => Err(refusal),
    };
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// What the address says that was done before.
fn looked(ask: &Ask) -> Result<Shown, Refusal> {
    let sent = files::addresses(ask.value("sent")?.unwrap_or_default())?;
    let files = Waiting { received: !sent.is_empty() && ask.value("received")?.is_some(), sent, ..Waiting::default() };
    let saved = ask.position()?.map(|position| match ask.value("done") {
        Ok(Some("explained")) => (position, UnitWords::of(ask.lang).flag_sent),
        _ => (position, FillWords::of(ask.lang).saved),
    });
    Ok(Shown { saved, files, ..Shown::default() })
}

/// `POST /rounds/{round}/units/{unit}/fill/{leaf}`: calculates, or saves.
pub async fn save(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let saved = saved(&desk, &ask, &session, &fields).await;
    shown(&desk, &ask, &session, saved).await
}

/// `POST /rounds/{round}/units/{unit}/fill/{leaf}/exempt`
pub async fn exempt(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    let claimed = claimed_exempt(&desk, &ask, &session, &fields).await;
    shown(&desk, &ask, &session, claimed).await
}

/// Goes on from what is on record, or shows the page with what it is not there for.
pub async fn shown(desk: &Desk, ask: &Ask, session: &Arc<Session>, saved: Result<Saved, Refusal>) -> Response {
    let origin = &desk.doors.dashboard.origin;
    match saved {
        Ok(Saved::There(place)) => see_other(&place),
        Ok(Saved::Not(status, shown)) => personal_answer(ask, origin, status, page(desk, ask, session, *shown).await),
        Err(refusal) => personal_answer::<LeafPage>(ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// What became of a form.
pub enum Saved {
    /// It is on record; the browser goes on there.
    There(String),
    /// It is not, and the page says why.
    Not(StatusCode, Box<Shown>),
}

async fn saved(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Saved, Refusal> {
    let (opened, form) = asked(desk, ask, session).await?;
    let leaf = leaf_of(ask, &form)?;
    let (typed, open) = merge::chosen_of(leaf, fields, &inputs::typed(leaf, fields, ""));
    let revision: u64 = fields.get("revision").parse().map_err(|_| Refusal::BadForm)?;
    let files = files::waiting(fields)?;
    let attach = files::attached(desk, session, &form, &files).await?;
    let (round, unit) = (opened.round.round, form.query.unit.clone());
    let query = TypedQuery {
        round: round.clone(),
        unit: unit.clone(),
        leaf: leaf.leaf.clone(),
        revision,
        typed: typed.clone(),
        attach,
    };
    let told_of = desk.sheets.typed(&principal(session), query).await?;
    let over = (!fields.get("contested").is_empty()).then(|| fields.clone());
    let shown = Shown { typed: Some(typed), files, over, ..Shown::default() };
    let to_save = fields.get("do") != "calculate";
    // Of a field that both have changed, nothing goes on record before somebody has chosen.
    if to_save && !open.is_empty() && revision == leaf.revision {
        let unchosen = merge::unchosen(ask.lang, leaf, &open);
        let shown = Shown { told: Some(told_of), faults: vec![unchosen], ..shown };
        return Ok(Saved::Not(StatusCode::UNPROCESSABLE_ENTITY, Box::new(shown)));
    }
    let Some(act) = told_of.act.clone().filter(|_| to_save) else {
        let status = if to_save { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        return Ok(Saved::Not(status, Box::new(Shown { told: Some(told_of), ..shown })));
    };
    let shown = Shown { told: Some(told_of), ..shown };
    match send(desk, session, &form, fields, Act::ScoreSelf(act)).await? {
        Ok(Accepted { position, .. }) => {
            let at = &leaf.leaf;
            let next = form.leaves.iter().skip_while(|l| l.leaf != *at).skip(1).find(|l| !is_scored(l));
            let to = next.filter(|_| fields.get("do") == "next").map_or(at, |next| &next.leaf);
            let place = format!("/rounds/{round}/units/{unit}/fill/{to}");
            Ok(Saved::There(if to == at { format!("{place}?position={position}") } else { place }))
        }
        Err(refused) => Ok(not(ask.lang, &refused, revision, Shown { over: Some(fields.clone()), ..shown })),
    }
}

async fn claimed_exempt(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Saved, Refusal> {
    let (opened, form) = asked(desk, ask, session).await?;
    let leaf = leaf_of(ask, &form)?;
    let revision = fields.get("revision").parse().map_err(|_| Refusal::BadForm)?;
    let (round, unit, leaf) = (opened.round.round, form.query.unit.clone(), leaf.leaf.clone());
    let ground = inputs::written(fields.get("ground"));
    let place = format!("/rounds/{round}/units/{unit}/fill/{leaf}");
    let act = Act::ClaimExemption(ClaimExemption { round, unit, leaf, revision, ground });
    match send(desk, session, &form, fields, act).await? {
        Ok(Accepted { position, .. }) => Ok(Saved::There(format!("{place}?position={position}"))),
        Err(refused) => Ok(not(ask.lang, &refused, revision, Shown::default())),
    }
}

/// Sends what a form asks for, in the capacity in which its sender fills the sheet in.
pub async fn send(
    desk: &Desk,
    session: &Session,
    form: &SheetForm,
    fields: &Fields,
    act: Act,
) -> Result<Result<Accepted, Box<Refused>>, Refusal> {
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    // Somebody who only reads it asks as its drafter, and is told that he is none.
    let capacity = form.fills_in.unwrap_or(proto::Capacity::Drafter);
    Ok(desk.send(session, (id, Acting { capacity, unit: Some(form.query.unit.clone()) }), act).await)
}

/// A refusal, on the page. What was typed over another revision stays there, to be held against what stands now.
pub fn not(lang: Lang, refused: &Refused, revision: u64, shown: Shown) -> Saved {
    let (status, sentence) = told(lang, refused);
    let shown = match refused.code.as_str() {
        "stale_revision" => Shown { stale: Some(revision), ..shown },
        _ => {
            Shown { faults: vec![sentence], over: shown.over.filter(|over| !over.get("contested").is_empty()), ..shown }
        }
    };
    Saved::Not(status, Box::new(shown))
}

pub fn leaf_of<'f>(ask: &Ask, form: &'f SheetForm) -> Result<&'f LeafForm, Refusal> {
    let unknown = || Refusal::unknown("leaf_unknown");
    let leaf = Code::parse(ask.named("leaf").unwrap_or_default()).map_err(|_| unknown())?;
    form.leaves.iter().find(|form| form.leaf == leaf).ok_or_else(unknown)
}

async fn page(desk: &Desk, ask: &Ask, session: &Arc<Session>, shown: Shown) -> Result<LeafPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), FillWords::of(ask.lang));
    let (mut opened, form) = asked(desk, ask, session).await?;
    let unit = name(&mut opened, ask.lang, &form.query.unit).await?;
    let printer = opened.printer;
    let leaf = leaf_of(ask, &form)?;
    let place = form.leaves.iter().position(|l| l.leaf == leaf.leaf).unwrap_or_default();
    let beside = |at: Option<usize>| at.and_then(|at| form.leaves.get(at)).map(|leaf| leaf.leaf.to_string());
    let claimed = leaf.claimed.as_ref();
    let typed = shown.typed.or_else(|| claimed.map(|c| c.typed.clone())).unwrap_or_default();
    let merge = shown.over.as_ref().map(|over| merge::merged(leaf, over, &typed));
    let before_it = merge::before(leaf, shown.over.as_ref().zip(merge.as_ref()));
    let typed = merge.as_ref().map_or(typed, |merge| merge.typed.clone());
    let faults = shown.told.as_ref().map_or(&[][..], |told| &told.faults);
    let question = flag::question(desk, ask, (&form, leaf), shown.answer).await?;
    let files = files::shown(desk, session, &printer, (&form, leaf), shown.files).await?;
    let whole = faults.iter().filter(|fault| fault.field.is_empty()).map(|fault| text(ask.lang, &fault.text));
    let mut f = framed(ask, opened, &form);
    f.title = format!("{} {}", leaf.leaf, text(ask.lang, &leaf.title));
    let closed = closed(w, &form);
    let marks = leaf.flag.map(|state| words::flag(ask.lang, state)).into_iter();
    Ok(LeafPage {
        t,
        w,
        csrf: session.csrf.clone(),
        command: command_id(desk)?.to_string(),
        here: here(&form),
        unit,
        code: leaf.leaf.to_string(),
        title: text(ask.lang, &leaf.title),
        maximum: printer.exact(&Exact::from(leaf.maximum)),
        under: leaf.under.iter().map(|node| (node.code.to_string(), text(ask.lang, &node.title))).collect(),
        rule: text(ask.lang, &leaf.rule),
        asks: leaf.asks.as_ref().map_or_else(String::new, |asks| text(ask.lang, asks)),
        stands: stands(&printer, w, leaf),
        marks: marks.chain(leaf.exemption.map(|state| exemption(ask.lang, state))).collect(),
        explained: claimed.map_or_else(String::new, |c| c.typed.explanation.clone()),
        revision: leaf.revision,
        inputs: inputs(&printer, w, (&form, leaf), &typed, faults),
        by_rule: shown
            .told
            .as_ref()
            .and_then(|told| told.by_rule.as_ref())
            .map(|points| fill(w.by_rule, &[&printer.exact(points)])),
        faults: whole.chain(shown.faults).collect(),
        stale: shown.stale.map(|seen| fill(w.stale, &[&seen.to_string(), &leaf.revision.to_string()])),
        saved: shown.saved.map(|(position, sentence)| fill(sentence, &[&position.to_string()])),
        receipt: shown.saved.map(|(position, _)| position).filter(|_| receipt::is_given(desk, &form)),
        u: UnitWords::of(ask.lang),
        question,
        files,
        merge: merge.as_ref().map(|both| merge::shown(&printer, leaf, both)),
        mw: MergeWords::of(ask.lang),
        was: before_it,
        may_exempt: closed.is_none() && leaf.exemptible && leaf.exemption.is_none(),
        closed,
        before: beside(place.checked_sub(1)),
        after: beside(place.checked_add(1)),
        f,
    })
}

fn stands(printer: &Printer, w: &'static FillWords, leaf: &LeafForm) -> String {
    match &leaf.claimed {
        Some(claimed) => fill(w.stands_points, &[&printer.exact(&claimed.points), &leaf.revision.to_string()]),
        None => w.stands_none.to_owned(),
    }
}

fn inputs(
    printer: &Printer,
    w: &'static FillWords,
    (form, leaf): (&SheetForm, &LeafForm),
    typed: &Typed,
    faults: &[TypedFault],
) -> Inputs {
    let points = match (leaf.fields.points, form.differing) {
        (true, _) => Some(fill(w.stated, &[&printer.exact(&Exact::from(leaf.maximum))])),
        (false, true) => Some(w.differing.to_owned()),
        (false, false) => None,
    };
    inputs::inputs(printer, leaf, Naming { prefix: "", points, explanation: w.explanation }, typed, faults)
}
