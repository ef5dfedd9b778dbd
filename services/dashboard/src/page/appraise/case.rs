//! One score before an appraiser: the unit's claim beside the rule, the figures and the files, what happened to it, what others have; and
//! what he decides. What he types is read by the intake and decided by the ledger; it stays on the page until it is on record.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::appraisal::{Appraisal, ConfirmScore, FlagScore, JudgeExemption};
use proto::act::sheet::Evidence;
use proto::document::Lang;
use proto::filling::{Typed, TypedFault};
use proto::history::{HistoryQuery, Step};
use proto::rows::{ExemptionState, SheetState};
use proto::said::Named;
use proto::work::{Case, CaseQuery, JudgedQuery, JudgedTold};
use proto::{Act, Acting, Capacity, Code, CommandId, Exact};

use super::{name, named};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::number::Printer;
use crate::page::fill::sign::told;
use crate::page::fill::{session, text};
use crate::page::inputs::{self, Inputs, Naming, written};
use crate::page::work::{Desktop, Worked, asked};
use crate::page::{Frame, Moment, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{self, FillWords, Words, WorkWords, exemption, fill, flag};

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    t: &'static Words,
    w: &'static WorkWords,
    fw: &'static FillWords,
    f: Frame,
    d: Desktop,
    command: String,
    unit: String,
    unit_name: String,
    code: String,
    title: String,
    maximum: String,
    under: Vec<(String, String)>,
    rule: String,
    asks: String,
    explained: String,
    marks: Vec<&'static str>,
    files: Vec<File>,
    stages: Vec<Stage>,
    steps: Vec<Line>,
    others: Vec<Other>,
    revision: u64,
    faults: Vec<String>,
    note: Option<&'static str>,
    /// What he can decide here.
    decide: Option<Decide>,
    /// Where other points can be put to the council.
    propose: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

/// What can be decided.
struct Decide {
    title: &'static str,
    appraisal: &'static str,
    confirm: Option<String>,
    flag: bool,
    exempt: bool,
    inputs: Inputs,
    by_rule: Option<String>,
    reasons: Vec<String>,
    question: String,
    ground: String,
}

struct Stage {
    name: &'static str,
    points: String,
    inputs: String,
    reason: String,
}

struct Line {
    kind: String,
    at: Moment,
    capacity: &'static str,
    reason: String,
}

/// A file: what is known of it, and where it is opened, if there is a store here.
struct File {
    told: String,
    place: Option<String>,
}

struct Other {
    unit: String,
    name: String,
    claimed: String,
    stands: String,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Shown {
    typed: Option<Typed>,
    told: Option<JudgedTold>,
    faults: Vec<String>,
    question: String,
    ground: String,
}

/// What became of a form.
enum Became {
    /// It is on record; the browser goes on there.
    There(String),
    /// It is not, and the page says why.
    Not(StatusCode, Box<Shown>),
}

/// `GET /rounds/{round}/units/{unit}/appraise/{leaf}`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session, Shown::default()).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /rounds/{round}/units/{unit}/appraise/{leaf}`: decides, or calculates.
pub async fn decide(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    match became(&desk, &ask, &session, &fields).await {
        Ok(Became::There(place)) => see_other(&place),
        Ok(Became::Not(status, shown)) => {
            personal_answer(&ask, origin, status, page(&desk, &ask, &session, *shown).await)
        }
        Err(refusal) => personal_answer::<CasePage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn case(desk: &Desk, ask: &Ask, session: &Session) -> Result<Case, Refusal> {
    let leaf = Code::parse(ask.named("leaf").unwrap_or_default()).map_err(|_| Refusal::unknown("leaf_unknown"))?;
    let query = CaseQuery { round: ask.round()?, unit: ask.unit()?, leaf };
    Ok(desk.work.case(&principal(session), query).await?)
}

async fn became(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Became, Refusal> {
    let case = case(desk, ask, session).await?;
    let typed = inputs::typed(&case.form, fields, "");
    let mut shown = Shown {
        question: written(fields.get("question")),
        ground: written(fields.get("ground")),
        typed: Some(typed.clone()),
        ..Shown::default()
    };
    let (revision, appraisal) =
        (fields.get("revision").parse().map_err(|_| Refusal::BadForm)?, named(fields.get("appraisal"))?);
    let CaseQuery { round, unit, leaf } = case.query.clone();
    let doing = fields.get("do");
    let judges = |reason: String| JudgeExemption {
        round: round.clone(),
        unit: unit.clone(),
        leaf: leaf.clone(),
        revision,
        reason,
    };
    let act = match doing {
        "confirm" | "confirm_next" => {
            let (round, unit, leaf) = (round.clone(), unit.clone(), leaf.clone());
            Act::ConfirmScore(ConfirmScore { round, unit, leaf, revision, appraisal })
        }
        "flag" => {
            let (round, unit, leaf) = (round.clone(), unit.clone(), leaf.clone());
            Act::FlagScore(FlagScore { round, unit, leaf, revision, reason: shown.question.clone() })
        }
        "accept" => Act::AcceptExemption(judges(shown.ground.clone())),
        "refuse" => Act::RefuseExemption(judges(shown.ground.clone())),
        "adjust" | "calculate" => {
            let (round, unit, leaf) = (round.clone(), unit.clone(), leaf.clone());
            let query = JudgedQuery { round, unit, leaf, revision, appraisal, typed };
            let told = desk.work.judged(&principal(session), query).await?;
            let act = told.act.clone();
            shown.told = Some(told);
            match act {
                Some(act) if doing == "adjust" => Act::AdjustScore(act),
                _ => {
                    let faulty = doing == "adjust";
                    let status = if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
                    return Ok(Became::Not(status, Box::new(shown)));
                }
            }
        }
        _ => return Err(Refusal::BadForm),
    };
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let acting = Acting { capacity: Capacity::Appraiser, unit: case.role.as_ref().and_then(|role| role.unit.clone()) };
    match desk.send(session, (id, acting), act).await {
        Ok(accepted) => {
            let next = case.beside.1.as_ref().filter(|_| doing == "confirm_next").unwrap_or(&leaf);
            let place = format!("/rounds/{round}/units/{unit}/appraise/{next}");
            Ok(Became::There(format!("{place}?position={}", accepted.position)))
        }
        Err(refused) => {
            let (status, fault) = told(ask.lang, &refused);
            shown.faults.push(fault);
            Ok(Became::Not(status, Box::new(shown)))
        }
    }
}

async fn page(desk: &Desk, ask: &Ask, session: &Session, shown: Shown) -> Result<CasePage, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    let case = case(desk, ask, session).await?;
    let (printer, form) = (worked.opened.printer, &case.form);
    let CaseQuery { round, unit, leaf } = case.query.clone();
    let history = HistoryQuery {
        round: round.clone(),
        unit: unit.clone(),
        leaf: Some(leaf.clone()),
        position: None,
        at: None,
        held: None,
    };
    let history = desk.doors.dashboard.inspector.history(history).await?;
    let mut faults = shown.faults.clone();
    let read = shown.told.as_ref().map_or(&[][..], |told| &told.faults);
    faults.extend(read.iter().filter(|fault| fault.field.is_empty()).map(|fault| text(lang, &fault.text)));
    let none = || Words::of(lang).none.to_owned();
    let stage = |stage: &proto::work::StageTold| Stage {
        name: stage.stage.name(lang),
        points: printer.exact(&stage.points),
        inputs: text(lang, &stage.inputs),
        reason: stage.reason.clone(),
    };
    let other = |other: &proto::work::OtherScore| Other {
        unit: other.unit.to_string(),
        name: text(lang, &other.name),
        claimed: other.claimed.as_ref().map_or_else(none, |points| printer.exact(points)),
        stands: other.stands.as_ref().map_or_else(none, |points| printer.exact(points)),
    };
    let title = text(lang, &form.title);
    let marks = form.flag.map(|state| flag(lang, state)).into_iter();
    let evidence = form.claimed.iter().flat_map(|claimed| &claimed.evidence).enumerate();
    Ok(CasePage {
        t: Words::of(lang),
        w,
        fw: FillWords::of(lang),
        f: worked.framed(ask, &format!("{leaf} {title}")),
        d: worked.desktop(ask, session, "")?,
        command: command_id(desk)?.to_string(),
        unit: unit.to_string(),
        unit_name: text(lang, &case.name),
        code: leaf.to_string(),
        title,
        maximum: printer.exact(&Exact::from(form.maximum)),
        under: form.under.iter().map(|node| (node.code.to_string(), text(lang, &node.title))).collect(),
        rule: text(lang, &form.rule),
        asks: form.asks.as_ref().map_or_else(String::new, |asks| text(lang, asks)),
        explained: form.claimed.as_ref().map_or_else(String::new, |claimed| claimed.typed.explanation.clone()),
        marks: marks.chain(form.exemption.map(|state| exemption(lang, state))).collect(),
        files: evidence.map(|of| file(desk, (&printer, w), &case, of)).collect(),
        stages: case.stages.iter().map(stage).collect(),
        steps: history.steps.iter().map(|step| line(lang, step)).collect(),
        others: case.others.iter().map(other).collect(),
        revision: form.revision,
        faults,
        note: note(w, &case),
        decide: decided(&printer, w, &case, &shown, read),
        propose: can_propose(&worked).then(|| format!("/rounds/{round}/propose?unit={unit}&leaf={leaf}")),
        before: case.beside.0.as_ref().map(ToString::to_string),
        after: case.beside.1.as_ref().map(ToString::to_string),
    })
}

fn can_propose(worked: &Worked) -> bool {
    worked.may(crate::acts::Doing::ProposeResult) && worked.work.publications.is_empty()
}

/// Why nothing can be decided, if nothing can.
fn note(w: &'static WorkWords, case: &Case) -> Option<&'static str> {
    match case {
        Case { role: None, .. } => Some(w.appraise_only_read),
        Case { kept_off: true, .. } => Some(w.kept_off),
        Case { open: None, .. } => Some(w.appraise_shut),
        Case { state: SheetState::Open, .. } => Some(w.case_open_sheet),
        _ => None,
    }
}

fn decided(
    printer: &Printer,
    w: &'static WorkWords,
    case: &Case,
    shown: &Shown,
    faults: &[TypedFault],
) -> Option<Decide> {
    let open =
        case.open.filter(|_| note(w, case).is_none() && case.form.exemption != Some(ExemptionState::Accepted))?;
    let typed = shown.typed.clone().unwrap_or_else(|| case.stands.clone());
    let label = if case.form.fields.points { w.adjust_stated } else { w.adjust_points };
    let naming = Naming { prefix: "", points: Some(label.to_owned()), explanation: w.adjust_reason };
    let by_rule = shown.told.as_ref().and_then(|told| told.by_rule.as_ref());
    let stands = case.stages.last().map(|stage| printer.exact(&stage.points));
    Some(Decide {
        title: if open == Appraisal::First { w.appraise_first } else { w.appraise_second },
        appraisal: name(open),
        confirm: stands.map(|points| fill(w.confirm_lead, &[&points])),
        flag: open == Appraisal::First && case.form.flag.is_none(),
        exempt: case.form.exemption == Some(ExemptionState::Claimed),
        inputs: inputs::inputs(printer, &case.form, naming, &typed, faults),
        by_rule: by_rule.map(|points| fill(FillWords::of(printer.lang).by_rule, &[&printer.exact(points)])),
        reasons: case.reasons.clone(),
        question: shown.question.clone(),
        ground: shown.ground.clone(),
    })
}

fn file(desk: &Desk, (printer, w): (&Printer, &WorkWords), case: &Case, (i, file): (usize, &Evidence)) -> File {
    let bytes = printer.count(file.size);
    let told = fill(w.case_file, &[&(i + 1).to_string(), &file.media_type, &bytes]);
    let paged = || format!("{told}, {}", fill(w.case_pages, &[&file.page]));
    let CaseQuery { round, unit, .. } = &case.query;
    File {
        place: desk.files.as_ref().map(|_| format!("/rounds/{round}/units/{unit}/files/{}", file.address)),
        told: if file.page.is_empty() { told } else { paged() },
    }
}

fn line(lang: Lang, step: &Step) -> Line {
    Line {
        kind: words::kind(lang, &step.kind).to_owned(),
        at: step.at.into(),
        capacity: step.actor.capacity.name(lang),
        reason: step.reason.clone(),
    }
}
