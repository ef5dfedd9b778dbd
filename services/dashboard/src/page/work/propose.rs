//! Points of leaves are put to the council's vote: of one leaf, or of those that an appeal is about. What is typed is read by the intake,
//! held against the rules before it is proposed, and stays on the page until it is.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::appraisal::Appraisal;
use proto::act::council::{Matter, Outcome, ProposeDecision, ScoreChange};
use proto::document::Lang;
use proto::filling::Typed;
use proto::work::{AppealWork, Case, CaseQuery, JudgedQuery, JudgedTold};
use proto::{Act, CommandId, Exact, UnitId};

use super::{Desktop, OF_COUNCIL, Worked, asked};
use crate::acts::{Doing, next_decision};
use crate::ask::Ask;
use crate::desk::{Desk, command_id, principal};
use crate::page::fill::sign::told;
use crate::page::fill::{session, text};
use crate::page::inputs::{self, Inputs, Naming, written};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{FillWords, Words, WorkWords, fill, outcome};

/// The outcomes that can be proposed, as a form sends them.
const OUTCOMES: [(&str, Outcome); 3] =
    [("upheld", Outcome::Upheld), ("upheld_in_part", Outcome::UpheldInPart), ("dismissed", Outcome::Dismissed)];

#[derive(Template)]
#[template(path = "propose.html")]
struct ProposePage {
    t: &'static Words,
    w: &'static WorkWords,
    fw: &'static FillWords,
    f: Frame,
    d: Desktop,
    command: String,
    decision: String,
    action: String,
    faults: Vec<String>,
    appeal: Option<OfAppeal>,
    unit: String,
    leaves: Vec<Leaf>,
}

/// What is asked for an appeal.
struct OfAppeal {
    number: u32,
    text: String,
    outcomes: Vec<(&'static str, &'static str, bool)>,
    reason: String,
}

struct Leaf {
    code: String,
    title: String,
    maximum: String,
    rule: String,
    stands: String,
    /// The name of the box that says that points are proposed; none where they are in any case.
    chosen: Option<(String, bool)>,
    inputs: Inputs,
    by_rule: Option<String>,
}

/// What is proposed: an appeal, or a leaf.
struct Proposed {
    worked: Worked,
    appeal: Option<AppealWork>,
    unit: UnitId,
    cases: Vec<Case>,
    /// The page's address.
    action: String,
}

/// `GET /rounds/{round}/propose`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = async {
        let proposed = proposed(&desk, &ask, &session).await?;
        page(&desk, &ask, &session, (proposed, &Fields::of(Vec::new()), Vec::new()), Vec::new())
    };
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page.await)
}

/// `POST /rounds/{round}/propose`
pub async fn send(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    match became(&desk, &ask, &session, &fields).await {
        Ok(Became::There(place)) => see_other(&place),
        Ok(Became::Not(status, page)) => personal_answer(&ask, origin, status, Ok(*page)),
        Err(refusal) => personal_answer::<ProposePage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

/// What became of the form.
enum Became {
    /// It is on record; the browser goes on there.
    There(String),
    /// It is not, and the page says why.
    Not(StatusCode, Box<ProposePage>),
}

async fn proposed(desk: &Desk, ask: &Ask, session: &Session) -> Result<Proposed, Refusal> {
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_COUNCIL)?;
    let round = worked.work.query.round.clone();
    let number: Option<u32> = ask.id("appeal")?;
    let appeal = match number {
        Some(number) => {
            let known = worked.work.appeals.iter().find(|appeal| appeal.number == number);
            Some(known.ok_or_else(|| Refusal::unknown("appeal_unknown"))?.clone())
        }
        None => None,
    };
    let (unit, leaves) = match &appeal {
        Some(appeal) => (appeal.unit.clone(), appeal.leaves.clone()),
        None => {
            let unit: Option<UnitId> = ask.id("unit")?;
            let leaf = ask.code("leaf")?.ok_or_else(|| Refusal::unknown("leaf_unknown"))?;
            (unit.ok_or_else(|| Refusal::unknown("unit_unknown"))?, vec![leaf])
        }
    };
    let action = match number {
        Some(number) => format!("/rounds/{round}/propose?appeal={number}"),
        None => format!("/rounds/{round}/propose?unit={unit}&leaf={}", leaves[0]),
    };
    let mut cases = Vec::new();
    for leaf in leaves {
        let query = CaseQuery { round: round.clone(), unit: unit.clone(), leaf };
        cases.push(desk.work.case(&principal(session), query).await?);
    }
    Ok(Proposed { worked, appeal, unit, cases, action })
}

async fn became(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Became, Refusal> {
    let proposed = proposed(desk, ask, session).await?;
    let round = proposed.worked.work.query.round.clone();
    let mut read = Vec::new();
    for (i, case) in proposed.cases.iter().enumerate() {
        read.push(judged(desk, session, case, is_on(&proposed, fields, i).then(|| typed(case, fields, i))).await?);
    }
    let faulty = read.iter().flatten().any(|told| told.act.is_none());
    if faulty || fields.get("do") == "calculate" {
        let status = if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = page(desk, ask, session, (proposed, fields, read), Vec::new())?;
        return Ok(Became::Not(status, Box::new(page)));
    }
    let changes: Vec<ScoreChange> = read.iter().flatten().filter_map(change).collect();
    let matter = match &proposed.appeal {
        None => Matter::Scores { changes },
        Some(appeal) => {
            let chosen = OUTCOMES.into_iter().find(|(value, _)| *value == fields.get("outcome"));
            let (_, outcome) = chosen.ok_or(Refusal::BadForm)?;
            Matter::Appeal { number: appeal.number, outcome, changes, reason: written(fields.get("reason")) }
        }
    };
    let decision = fields.get("decision").parse().map_err(|_| Refusal::BadForm)?;
    let id = CommandId::parse(fields.get("command")).map_err(|_| Refusal::BadForm)?;
    let act = Act::ProposeDecision(ProposeDecision { round: round.clone(), decision, matter });
    let acting = proposed.worked.acting(Doing::ProposeResult);
    match desk.send(session, (id, acting), act).await {
        Ok(accepted) => Ok(Became::There(format!("/rounds/{round}/council?position={}", accepted.position))),
        Err(refused) => {
            let (status, fault) = told(ask.lang, &refused);
            Ok(Became::Not(status, Box::new(page(desk, ask, session, (proposed, fields, read), vec![fault])?)))
        }
    }
}

/// Whether points are proposed for a leaf: always, but where an appeal is about it and nobody has chosen to.
fn is_on(proposed: &Proposed, fields: &Fields, i: usize) -> bool {
    proposed.appeal.is_none() || fields.get(&chosen(i)) == "yes"
}

fn chosen(i: usize) -> String {
    format!("l{i}.chosen")
}

fn prefix(i: usize) -> String {
    format!("l{i}.")
}

fn typed(case: &Case, fields: &Fields, i: usize) -> Typed {
    inputs::typed(&case.form, fields, &prefix(i))
}

/// What was typed for a leaf comes to; none where nothing is proposed for it.
async fn judged(
    desk: &Desk,
    session: &Session,
    case: &Case,
    typed: Option<Typed>,
) -> Result<Option<JudgedTold>, Refusal> {
    let Some(typed) = typed else { return Ok(None) };
    let CaseQuery { round, unit, leaf } = case.query.clone();
    let revision = case.form.revision;
    let query = JudgedQuery { round, unit, leaf, revision, appraisal: Appraisal::First, typed };
    Ok(Some(desk.work.judged(&principal(session), query).await?))
}

fn change(told: &JudgedTold) -> Option<ScoreChange> {
    let act = told.act.clone()?;
    Some(ScoreChange { unit: act.unit, leaf: act.leaf, inputs: act.inputs, points: act.points, reason: act.reason })
}

fn page(
    desk: &Desk,
    ask: &Ask,
    session: &Session,
    (proposed, fields, read): (Proposed, &Fields, Vec<Option<JudgedTold>>),
    faults: Vec<String>,
) -> Result<ProposePage, Refusal> {
    let (w, lang) = (WorkWords::of(ask.lang), ask.lang);
    let worked = &proposed.worked;
    let of_appeal = |appeal: &AppealWork| OfAppeal {
        number: appeal.number,
        text: appeal.text.clone(),
        outcomes: OUTCOMES.map(|(value, said)| (value, outcome(lang, said), value == fields.get("outcome"))).to_vec(),
        reason: fields.get("reason").to_owned(),
    };
    let title = match &proposed.appeal {
        Some(appeal) => fill(w.propose_appeal, &[&appeal.number.to_string()]),
        None => w.propose_title.to_owned(),
    };
    let given = |name| Some(fields.get(name)).filter(|given: &&str| !given.is_empty());
    let next = || next_decision(&worked.work).map_or_else(String::new, |id| id.to_string());
    let mut whole = faults;
    for fault in read.iter().flatten().flat_map(|told| &told.faults).filter(|fault| fault.field.is_empty()) {
        whole.push(text(lang, &fault.text));
    }
    let leaves = proposed.cases.iter().enumerate();
    Ok(ProposePage {
        t: Words::of(lang),
        w,
        fw: FillWords::of(lang),
        f: worked.framed(ask, &title),
        d: worked.desktop(ask, session, "")?,
        command: command_id(desk)?.to_string(),
        decision: given("decision").map_or_else(next, str::to_owned),
        action: proposed.action.clone(),
        faults: whole,
        unit: worked.unit(lang, &proposed.unit),
        leaves: leaves.map(|(i, case)| leaf(lang, &proposed, (i, case), fields, read.get(i))).collect(),
        appeal: proposed.appeal.as_ref().map(of_appeal),
    })
}

fn leaf(
    lang: Lang,
    proposed: &Proposed,
    (i, case): (usize, &Case),
    fields: &Fields,
    read: Option<&Option<JudgedTold>>,
) -> Leaf {
    let (w, printer, form) = (WorkWords::of(lang), &proposed.worked.opened.printer, &case.form);
    let told = read.and_then(Option::as_ref);
    // What was not typed yet stands as it counts now; the reason never does.
    let typed = if read.is_some() { typed(case, fields, i) } else { case.stands.clone() };
    let prefix = prefix(i);
    let naming = Naming { prefix: &prefix, points: Some(w.propose_points.to_owned()), explanation: w.propose_reason };
    let stands = case.stages.last().map(|stage| printer.exact(&stage.points));
    Leaf {
        code: form.leaf.to_string(),
        title: text(lang, &form.title),
        maximum: printer.exact(&Exact::from(form.maximum)),
        rule: text(lang, &form.rule),
        stands: stands.unwrap_or_else(|| Words::of(lang).none.to_owned()),
        chosen: proposed.appeal.is_some().then(|| (chosen(i), read.is_none() || is_on(proposed, fields, i))),
        inputs: inputs::inputs(printer, form, naming, &typed, told.map_or(&[][..], |told| &told.faults)),
        by_rule: told
            .and_then(|told| told.by_rule.as_ref())
            .map(|points| fill(FillWords::of(lang).by_rule, &[&printer.exact(points)])),
    }
}
