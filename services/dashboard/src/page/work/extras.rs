//! Bonuses and penalties: what stands in the round, what a unit can have, and the forms by which they are set.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Session;
use platform::http::see_other;
use proto::document::Sign;
use proto::extra_work::{ExtraWork, ExtrasQuery};
use proto::{Capacity, Exact, UnitId};

use super::{Desktop, OF_APPRAISAL, Worked, asked};
use crate::acts::{ActForm, Doing, Kind};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::number::Printer;
use crate::page::fill::{session, text};
use crate::page::{Frame, personal_answer};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{SurveyWords, Words, WorkWords};

#[derive(Template)]
#[template(path = "extras.html")]
struct ExtrasPage {
    t: &'static Words,
    w: &'static WorkWords,
    s: &'static SurveyWords,
    f: Frame,
    d: Desktop,
    any: bool,
    note: Option<&'static str>,
    units: Vec<(String, String, bool)>,
    /// The unit that is looked at.
    unit: Option<String>,
    rows: Vec<Row>,
    stands: Vec<Row>,
}

struct Row {
    id: String,
    place: String,
    name: String,
    code: String,
    title: String,
    kind: &'static str,
    points: String,
    cap: String,
    form: Option<ActForm>,
}

/// `GET /rounds/{round}/extras`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<ExtrasPage, Refusal> {
    let (w, s, lang) = (WorkWords::of(ask.lang), SurveyWords::of(ask.lang), ask.lang);
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_APPRAISAL)?;
    let (round, unit) = (worked.work.query.round.clone(), ask.id::<UnitId>("unit")?);
    let all = desk.work.extras(&principal(session), ExtrasQuery { round: round.clone(), unit: None }).await?;
    let own = match &unit {
        Some(unit) => {
            Some(desk.work.extras(&principal(session), ExtrasQuery { round, unit: Some(unit.clone()) }).await?)
        }
        None => None,
    };
    let open = own.as_ref().unwrap_or(&all);
    let sets = worked.has(&[Capacity::Appraiser, Capacity::Secretariat]);
    let note = match (sets, open.open, &own) {
        (false, ..) => Some(w.appraise_only_read),
        (true, false, _) => Some(s.extras_shut),
        (true, true, Some(own)) if own.kept_off => Some(s.extras_own),
        (true, true, Some(own)) if !own.locked => Some(s.extras_unlocked),
        (true, true, _) => None,
    };
    let mut f = worked.framed(ask, s.extras);
    f.reads(Words::of(lang).as_of_inspector, all.position, all.root, None);
    let may = sets && note.is_none();
    let mut rows = Vec::new();
    for extra in own.iter().flat_map(|own| &own.rows) {
        let mut row = told(&worked, s, extra);
        if may {
            row.form = form(desk, ask, &worked, extra)?;
        }
        rows.push(row);
    }
    let chosen = unit.as_ref();
    let units = worked.work.units.iter();
    Ok(ExtrasPage {
        t: Words::of(lang),
        w,
        s,
        f,
        d: worked.desktop(ask, session, "appraise")?,
        any: all.any,
        note,
        units: units.map(|u| (u.unit.to_string(), text(lang, &u.name), chosen == Some(&u.unit))).collect(),
        unit: chosen.map(|unit| worked.unit(lang, unit)),
        rows,
        stands: all.rows.iter().map(|extra| told(&worked, s, extra)).collect(),
    })
}

fn told(worked: &Worked, s: &SurveyWords, extra: &ExtraWork) -> Row {
    let printer: &Printer = &worked.opened.printer;
    let id = format!("{}-{}", extra.unit, extra.code);
    Row {
        place: format!("/rounds/{}/extras?unit={}", worked.work.query.round, extra.unit),
        id,
        name: text(printer.lang, &extra.name),
        code: extra.code.to_string(),
        title: text(printer.lang, &extra.title),
        kind: if extra.sign == Sign::Bonus { s.bonus } else { s.penalty },
        points: extra.points.as_ref().map_or_else(|| Words::of(printer.lang).none.to_owned(), |p| printer.exact(p)),
        cap: printer.exact(&Exact::from(extra.cap)),
        form: None,
    }
}

fn form(desk: &Desk, ask: &Ask, worked: &Worked, extra: &ExtraWork) -> Result<Option<ActForm>, Refusal> {
    let doing = if extra.sign == Sign::Bonus { Doing::Award } else { Doing::Impose };
    let about =
        [("unit", extra.unit.to_string()), ("code", extra.code.to_string()), ("revision", extra.revision.to_string())];
    worked.form(desk, ask.lang, doing, &Fields::of(about.to_vec()))
}
