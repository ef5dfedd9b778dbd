//! What became of a unit's claims: of each leaf what it claimed, what every stage made of it and why, and the points that count. It shows
//! what the log leads to, and says of nothing whether it is right.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::act::round::Stage;
use proto::filling::{LeafForm, SheetForm};
use proto::history::HistoryQuery;
use proto::said::Named;
use proto::{Exact, Stream};

use super::{Here, asked, framed, here, name, receipt, session, text};
use crate::ask::Ask;
use crate::desk::Desk;
use crate::number::Printer;
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::words::{self, FillWords, UnitWords, Words, fill};

/// The kind of the event by which a sheet is signed.
const SIGNED: &str = "sheet_submitted";

#[derive(Template)]
#[template(path = "fill_outcome.html")]
struct OutcomePage {
    t: &'static Words,
    w: &'static FillWords,
    u: &'static UnitWords,
    f: Frame,
    here: Here,
    unit: String,
    state: &'static str,
    provisional: bool,
    sums: String,
    /// The events by which the sheet was signed, and what each is called.
    signed: Vec<(u64, String)>,
    receipts: bool,
    /// Whether they are handed out with the event in them, as to whoever fills the sheet in.
    own: bool,
    groups: Vec<Group>,
}

struct Group {
    code: String,
    title: String,
    lines: Vec<Line>,
}

struct Line {
    code: String,
    title: String,
    maximum: String,
    claimed: String,
    stages: Vec<Made>,
    explained: Option<String>,
    marks: Vec<&'static str>,
    counts: String,
    class: &'static str,
}

/// What a stage made of it.
struct Made {
    stage: &'static str,
    points: String,
    reason: String,
}

/// `GET /rounds/{round}/units/{unit}/outcome`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<OutcomePage, Refusal> {
    let u = UnitWords::of(ask.lang);
    let (mut opened, form) = asked(desk, ask, session).await?;
    let unit = name(&mut opened, ask.lang, &form.query.unit).await?;
    let (printer, provisional) = (opened.printer, !opened.round.decided);
    let mut f = framed(ask, opened, &form);
    f.title = fill(u.outcome_title_of, &[&unit]);
    Ok(OutcomePage {
        t: Words::of(ask.lang),
        w: FillWords::of(ask.lang),
        u,
        here: here(&form),
        unit,
        state: form.state.name(ask.lang),
        provisional,
        sums: sums(&printer, u, &form),
        signed: signed(desk, u, &form).await?,
        receipts: desk.receipts.is_some(),
        own: receipt::is_given(desk, &form),
        groups: groups(&printer, &form),
        f,
    })
}

/// By which events the sheet was signed.
async fn signed(desk: &Desk, u: &'static UnitWords, form: &SheetForm) -> Result<Vec<(u64, String)>, Refusal> {
    let (round, unit) = (form.query.round.clone(), form.query.unit.clone());
    let sheet = Stream::Sheet(round.clone(), unit.clone());
    let query = HistoryQuery { round, unit, leaf: None, position: None, at: None, held: Some(form.held.clone()) };
    let history = desk.doors.dashboard.inspector.history(query).await?;
    let signed = history.steps.iter().filter(|step| step.kind == SIGNED && step.stream == sheet);
    Ok(signed.map(|step| (step.position, fill(u.outcome_signed, &[&step.position.to_string()]))).collect())
}

/// How many leaves stand as they were claimed, were lowered, raised, or have no points.
fn sums(printer: &Printer, u: &'static UnitWords, form: &SheetForm) -> String {
    let (mut kept, mut lowered, mut raised, mut none) = (0, 0, 0, 0);
    for leaf in &form.leaves {
        match class(leaf) {
            "kept" => kept += 1,
            "lowered" => lowered += 1,
            "raised" => raised += 1,
            _ => none += 1,
        }
    }
    fill(u.outcome_kept, &[kept, lowered, raised, none].map(|n: u64| printer.count(n)).each_ref().map(String::as_str))
}

fn class(leaf: &LeafForm) -> &'static str {
    match (leaf.claimed.as_ref().map(|claimed| &claimed.points), &leaf.counts) {
        (_, None) => "none",
        (Some(claimed), Some(counts)) if counts < claimed => "lowered",
        (Some(claimed), Some(counts)) if counts == claimed => "kept",
        (_, Some(_)) => "raised",
    }
}

fn groups(printer: &Printer, form: &SheetForm) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for leaf in &form.leaves {
        let (code, title) = match leaf.under.first() {
            Some(field) => (field.code.to_string(), text(printer.lang, &field.title)),
            None => (leaf.leaf.to_string(), String::new()),
        };
        match groups.last_mut().filter(|group| group.code == code) {
            Some(group) => group.lines.push(line(printer, leaf)),
            None => groups.push(Group { code, title, lines: vec![line(printer, leaf)] }),
        }
    }
    groups
}

fn line(printer: &Printer, leaf: &LeafForm) -> Line {
    let (lang, t) = (printer.lang, Words::of(printer.lang));
    let points = |points: Option<&Exact>| points.map_or_else(|| t.none.to_owned(), |points| printer.exact(points));
    let made = leaf.stages.iter().filter(|stage| stage.stage != Stage::Own).map(|stage| Made {
        stage: stage.stage.name(lang),
        points: printer.exact(&stage.points),
        reason: stage.reason.clone(),
    });
    let marks = leaf.flag.map(|flag| words::flag(lang, flag)).into_iter();
    let explanation = leaf.claimed.as_ref().map(|claimed| claimed.typed.explanation.as_str()).unwrap_or_default();
    Line {
        code: leaf.leaf.to_string(),
        title: text(lang, &leaf.title),
        maximum: printer.exact(&Exact::from(leaf.maximum)),
        claimed: points(leaf.claimed.as_ref().map(|claimed| &claimed.points)),
        stages: made.collect(),
        explained: (!explanation.is_empty()).then(|| fill(UnitWords::of(lang).outcome_explained, &[explanation])),
        marks: marks.chain(leaf.exemption.map(|exemption| words::exemption(lang, exemption))).collect(),
        counts: points(leaf.counts.as_ref()),
        class: class(leaf),
    }
}
