//! The dossiers that an inspector can have of a round, and how each is checked by whoever is given one. The inspector makes them; a
//! page sends what it is handed, as it comes.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Session;
use platform::http::see_other;
use proto::dossier_asked::DossierAsked;
use proto::rows::Level;
use proto::{Code, UnitId};

use super::fill::session;
use super::verify::OF_INSPECTION;
use super::work::{Desktop, Worked, asked};
use super::{Frame, personal_answer};
use crate::ask::Ask;
use crate::desk::{Desk, principal};
use crate::refusal::Refusal;
use crate::sign_in::Fields;
use crate::words::{InspectWords, Words, WorkWords, fill, pick};

#[derive(Template)]
#[template(path = "dossiers.html")]
struct DossiersPage {
    t: &'static Words,
    w: &'static InspectWords,
    dw: &'static WorkWords,
    f: Frame,
    d: Desktop,
    /// Whether they are handed out here.
    handed_out: bool,
    /// The checkpoint that they stand under: size and root.
    under: Option<(u64, String)>,
    units: Vec<(String, String)>,
    /// The leaves by the kind of units that have them: code, title.
    leaves: Vec<(String, Vec<(String, String)>)>,
    /// Appeals, by the unit that lodged each: unit, words.
    appeals: Vec<(String, String)>,
    publications: Vec<u32>,
}

/// `GET /rounds/{round}/dossiers`
pub async fn show(State(desk): State<Desk>, ask: Ask) -> Response {
    let Some(session) = session(&ask) else { return see_other(&ask.sign_in) };
    let page = page(&desk, &ask, &session).await;
    personal_answer(&ask, &desk.doors.dashboard.origin, StatusCode::OK, page)
}

/// `POST /rounds/{round}/dossiers`: the file that was asked for.
pub async fn take(State(desk): State<Desk>, ask: Ask, headers: HeaderMap, fields: Fields) -> Response {
    let origin = &desk.doors.dashboard.origin;
    let session = match fields.of_session(&ask, &desk.doors.sign_in, &headers) {
        Ok(session) => session,
        Err(refused) => return refused.page(&ask, origin),
    };
    match taken(&desk, &ask, &session, &fields).await {
        Ok(response) => response,
        Err(refusal) => personal_answer::<DossiersPage>(&ask, origin, StatusCode::OK, Err(refusal)),
    }
}

async fn taken(desk: &Desk, ask: &Ask, session: &Session, fields: &Fields) -> Result<Response, Refusal> {
    let worked = asked(desk, ask, session).await?;
    worked.only(&OF_INSPECTION)?;
    let dossiers = desk.dossiers.as_ref().ok_or_else(|| Refusal::unknown("page_unknown"))?;
    let file = dossiers.hand_out(&principal(session), wanted(&worked, fields)?).await?;
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_LENGTH, file.bytes.to_string()),
        (header::CONTENT_DISPOSITION, file.kept_as),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(file.pieces)).into_response())
}

/// Which one a form asks for.
fn wanted(worked: &Worked, fields: &Fields) -> Result<DossierAsked, Refusal> {
    let round = worked.work.query.round.clone();
    let bad = || Refusal::BadForm;
    match fields.get("dossier") {
        "round" => Ok(DossierAsked::Round { round }),
        "score" => {
            let unit = UnitId::parse(fields.get("unit")).map_err(|_| bad())?;
            let leaf = Some(fields.get("leaf")).filter(|leaf| !leaf.is_empty());
            let leaf = leaf.map(Code::parse).transpose().map_err(|_| bad())?;
            Ok(DossierAsked::Score { round, unit, leaf, complete: !fields.get("complete").is_empty() })
        }
        "publication" => {
            let publication = fields.get("publication").parse().map_err(|_| bad())?;
            Ok(DossierAsked::Publication { round, publication })
        }
        _ => Err(bad()),
    }
}

async fn page(desk: &Desk, ask: &Ask, session: &Session) -> Result<DossiersPage, Refusal> {
    let (t, w) = (Words::of(ask.lang), InspectWords::of(ask.lang));
    let mut worked = asked(desk, ask, session).await?;
    worked.only(&OF_INSPECTION)?;
    let under = match &desk.dossiers {
        Some(dossiers) => dossiers.under().await?,
        None => None,
    };
    let mut f = worked.framed(ask, w.dossiers);
    if let Some(under) = &under {
        f.reads(w.dossiers_under, under.size, under.root, None);
    }
    let id = worked.opened.round.round.clone();
    let rows = worked.opened.view.units(&id).await?;
    let mut kinds: Vec<&Code> = rows.iter().map(|row| &row.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut leaves = Vec::new();
    for kind in kinds {
        let nodes = worked.opened.view.nodes(&id, kind).await?;
        let title = |vi, en| pick(ask.lang, vi, en).to_owned();
        let of_kind = nodes.iter().filter(|node| node.level == Level::Leaf);
        let told = of_kind.map(|node| (node.code.to_string(), title(&node.title_vi, &node.title_en)));
        leaves.push((kind.to_string(), told.collect()));
    }
    let appeal = |number: u32, unit: &UnitId| {
        let said = format!("{}: {}", fill(t.appeal_title, &[&number.to_string()]), worked.unit(ask.lang, unit));
        (unit.to_string(), said)
    };
    Ok(DossiersPage {
        t,
        w,
        dw: WorkWords::of(ask.lang),
        d: worked.desktop(ask, session, "dossiers")?,
        f,
        handed_out: desk.dossiers.is_some(),
        under: under.map(|under| (under.size, under.root.to_string())),
        units: rows.iter().map(|u| (u.unit.to_string(), pick(ask.lang, &u.name_vi, &u.name_en).to_owned())).collect(),
        leaves,
        appeals: worked.work.appeals.iter().map(|a| appeal(a.number, &a.unit)).collect(),
        publications: worked.work.publications.iter().map(|p| p.number).collect(),
    })
}
