//! Who sees which figures (RULINGS 20). Once a result is published its tables are for everybody; before, and beside them, those see
//! everything who decide and audit it, and a unit's people their own unit. On loopback alone, where whoever sits at the machine reads
//! everything anyway, nothing is kept from anybody.

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::http::Uri;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use platform::http::{Problem, SignedIn, is_page, principal};
use platform::ports::{SharedAuthenticate, SharedSheets, SharedWork};
use proto::work::RoundQuery;
use proto::{AsOf, Capacity, Principal, Rejection, RoundId, Scope, UnitId};
use ranking::Which;

use crate::Dashboard;
use crate::ask::Ask;
use crate::desk::principal as of_session;
use crate::own_eyes::OwnEyes;
use crate::page::start::refused;
use crate::refusal::Refusal;
use crate::sign_in::Visitor;

/// What is asked, to know who sees what.
#[derive(Clone)]
pub struct Seeing {
    /// The pages beside.
    pub dashboard: Dashboard,
    /// Rounds, by right.
    pub work: SharedWork,
    /// Sheets, by right.
    pub sheets: SharedSheets,
    /// Who tokens speak for.
    pub authenticate: SharedAuthenticate,
}

/// What a path shows.
#[derive(Debug, PartialEq, Eq)]
enum Shows {
    /// No figure of a round.
    Nothing,
    /// The tables of a round: published ones, unless the query wants others.
    Tables(RoundId),
    /// A unit over years: published figures alone.
    Years(UnitId),
    /// One unit.
    Unit(RoundId, UnitId),
    /// One appeal.
    Appeal(RoundId, u32),
    /// What is for those alone who see everything.
    All(RoundId),
    /// What everybody did and was granted.
    Everybody,
    /// Something of a round whose name is none as it is written: an id needs no other spelling, and none is looked behind.
    Unnamed,
}

/// The pages and rows of a router, for those who may see them.
pub fn seeing(routes: Router, seeing: Seeing) -> Router {
    routes.layer(middleware::from_fn_with_state(seeing, see))
}

async fn see(
    State(seeing): State<Seeing>,
    OriginalUri(uri): OriginalUri,
    ask: Ask,
    mut request: Request,
    next: Next,
) -> Response {
    let shows = shown_by(&uri);
    if shows == Shows::Nothing {
        return next.run(request).await;
    }
    if shows == Shows::Unnamed {
        let refusal = Refusal::unknown("round_unknown");
        return if is_page(&request) { refused(&ask, &seeing.dashboard.origin, refusal) } else { refusal.problem() };
    }
    // As the page itself reads the query: the figures of this moment nobody has published, nor those of one before the first publication.
    if let (Shows::Tables(round), Ok(Which::Latest | Which::Publication(_))) = (&shows, ask.which()) {
        match is_published(&seeing, round, ask.moment()).await {
            // For everybody, whoever he is.
            Ok(true) => {
                request.extensions_mut().insert(SignedIn);
                return next.run(request).await;
            }
            Ok(false) => {}
            Err(refusal) => return refusal.problem(),
        }
    }
    if let Shows::Years(unit) = &shows {
        match is_in_a_publication(&seeing, unit).await {
            Ok(true) => _ = request.extensions_mut().insert(SignedIn),
            Ok(false) => {}
            Err(refusal) => return refusal.problem(),
        }
        return next.run(request).await;
    }
    let asked_by = match request.extensions().get::<Visitor>().and_then(|Visitor(session)| session.clone()) {
        Some(session) => Some(of_session(&session)),
        None => principal(&seeing.authenticate, request.headers(), Scope::Read).await.ok(),
    };
    // Whoever is nobody is met by the guard behind this.
    let Some(asked_by) = asked_by else { return next.run(request).await };
    match allowed(&seeing, &asked_by, shows, &uri).await {
        Ok(own) => {
            if let Some(own) = own {
                request.extensions_mut().insert(own);
            }
            next.run(request).await
        }
        Err(rejection) if is_page(&request) => refused(&ask, &seeing.dashboard.origin, rejection.into()),
        Err(rejection) => Problem(rejection).into_response(),
    }
}

/// Whether somebody may see it; and with whose eyes, where something of it is held back from him.
async fn allowed(seeing: &Seeing, asked_by: &Principal, shows: Shows, uri: &Uri) -> Result<Option<OwnEyes>, Rejection> {
    let round = match &shows {
        Shows::Nothing | Shows::Unnamed | Shows::Years(_) => return Ok(None),
        Shows::Everybody => return seeing.work.may_ask_who(asked_by).await.map(|()| None),
        Shows::Tables(round) | Shows::Unit(round, _) | Shows::Appeal(round, _) | Shows::All(round) => round,
    };
    let sees = match seeing.work.sees(asked_by, round).await {
        Ok(sees) => sees,
        // That there is no such round, the page says itself.
        Err(Rejection::RoundUnknown { .. }) => return Ok(None),
        Err(rejection) => return Err(rejection),
    };
    if sees.all {
        return Ok(None);
    }
    let actor = asked_by.actor.clone();
    match &shows {
        Shows::Unit(_, unit) => {
            let own = sees.units.into_iter().find(|own| own.unit == *unit);
            let held = own.ok_or_else(|| Rejection::UnitNotOwn { unit: unit.clone() })?.held;
            if held.result && !is_of_one_unit(uri) {
                return Err(Rejection::NotPublished {});
            }
            let (principal, sheets) = (asked_by.clone(), seeing.sheets.clone());
            Ok((!held.is_nothing()).then_some(OwnEyes { held, principal, sheets }))
        }
        Shows::Appeal(round, number) => {
            let work = seeing.work.round(asked_by, RoundQuery { round: round.clone() }).await?;
            let is_his = work.appeals.iter().any(|appeal| appeal.number == *number);
            if is_his { Ok(None) } else { Err(Rejection::CapacityMissing { actor, capacity: Capacity::Secretariat }) }
        }
        Shows::Tables(_) => Err(Rejection::NotPublished {}),
        Shows::All(_) | Shows::Everybody | Shows::Nothing | Shows::Unnamed | Shows::Years(_) => {
            Err(Rejection::CapacityMissing { actor, capacity: Capacity::Inspector })
        }
    }
}

/// Whether a unit's page shows that unit alone, and can leave out what is held back from its people. Where it stands among others is
/// another matter, and so is whatever nobody has thought of.
fn is_of_one_unit(uri: &Uri) -> bool {
    let path = uri.path();
    let mut parts = path.strip_prefix("/api").unwrap_or(path).split('/').skip(5);
    matches!((parts.next(), parts.next()), (None | Some("history" | "explain" | "events"), None))
}

/// What a path shows; pages and the rows of the read API alike.
fn shown_by(uri: &Uri) -> Shows {
    let path = uri.path();
    let parts: Vec<&str> = path.strip_prefix("/api").unwrap_or(path).split('/').skip(1).collect();
    if let ["units", unit] = parts.as_slice()
        && path.starts_with("/units/")
    {
        // Whose id is none as it is written is in no publication.
        return UnitId::parse(unit).map_or(Shows::Nothing, Shows::Years);
    }
    if path == "/api/who" {
        return Shows::Everybody;
    }
    let (Some(&"rounds"), Some(round)) = (parts.first(), parts.get(1)) else { return Shows::Nothing };
    let Ok(round) = RoundId::parse(round) else { return Shows::Unnamed };
    match &parts[2..] {
        [] | ["ranking" | "fields" | "movement" | "compare" | "report" | "report.docx" | "report.xlsx" | "events"] => {
            Shows::Tables(round)
        }
        ["units", unit, ..] => match UnitId::parse(unit) {
            Ok(unit) => Shows::Unit(round, unit),
            Err(_) => Shows::All(round),
        },
        ["appeals", number] => match number.parse() {
            Ok(number) => Shows::Appeal(round, number),
            Err(_) => Shows::All(round),
        },
        _ => Shows::All(round),
    }
}

/// Whether a round's result was published by a moment; by now, without one.
async fn is_published(
    seeing: &Seeing,
    round: &RoundId,
    moment: Result<Option<AsOf>, Refusal>,
) -> Result<bool, Refusal> {
    let publications = seeing.dashboard.ranking.view().await?.publications(round).await?;
    // What cannot be read, the page itself refuses; here it opens nothing.
    let Ok(moment) = moment else { return Ok(false) };
    Ok(publications.iter().any(|publication| match moment {
        None => true,
        Some(AsOf::Position(position)) => publication.position <= position,
        Some(AsOf::At(at)) => publication.at <= at,
    }))
}

/// Whether any round has published something of a unit.
async fn is_in_a_publication(seeing: &Seeing, unit: &UnitId) -> Result<bool, Refusal> {
    Ok(!seeing.dashboard.ranking.view().await?.published_of(unit).await?.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Shows, is_of_one_unit, shown_by};
    use proto::{RoundId, UnitId};

    #[test]
    fn every_path_below_a_round_shows_something_to_somebody_alone() {
        let (round, unit) = (RoundId::parse("r-1").expect("a round"), UnitId::parse("u").expect("a unit"));
        let table = [
            ("/", Shows::Nothing),
            ("/api/rounds", Shows::Nothing),
            ("/api/who", Shows::Everybody),
            ("/rounds/r-1", Shows::Tables(round.clone())),
            ("/api/rounds/r-1/ranking", Shows::Tables(round.clone())),
            ("/rounds/r-1/fields", Shows::Tables(round.clone())),
            ("/rounds/r-1/movement", Shows::Tables(round.clone())),
            ("/rounds/r-1/compare", Shows::Tables(round.clone())),
            ("/rounds/r-1/fields/more", Shows::All(round.clone())),
            ("/units/u", Shows::Years(unit.clone())),
            ("/units/%75", Shows::Nothing),
            ("/units/u/more", Shows::Nothing),
            ("/rounds/r-1/report.docx", Shows::Tables(round.clone())),
            ("/rounds/r-1/units/u", Shows::Unit(round.clone(), unit.clone())),
            ("/api/rounds/r-1/units/u/history", Shows::Unit(round.clone(), unit.clone())),
            ("/rounds/r-1/appeals/3", Shows::Appeal(round.clone(), 3)),
            ("/rounds/r-1/check", Shows::All(round.clone())),
            ("/rounds/r-1/events", Shows::Tables(round.clone())),
            ("/rounds/r-1/state/events", Shows::All(round.clone())),
            ("/rounds/r-1/units/u/events", Shows::Unit(round.clone(), unit.clone())),
            ("/rounds/r-1/units/%75", Shows::All(round.clone())),
            ("/rounds/r%2D1/check", Shows::Unnamed),
            ("/rounds/r-1/what-is-added-later", Shows::All(round)),
        ];
        for (path, shows) in table {
            assert_eq!(shown_by(&path.parse().expect("a path")), shows, "{path}");
        }
    }

    #[test]
    fn before_a_result_is_published_a_unit_sees_itself_and_not_where_it_stands() {
        let own = |path: &str| is_of_one_unit(&path.parse().expect("a path"));
        for path in [
            "/rounds/r/units/u",
            "/api/rounds/r/units/u",
            "/rounds/r/units/u/history?leaf=1",
            "/api/rounds/r/units/u/explain",
        ] {
            assert!(own(path), "{path}");
        }
        for path in [
            "/rounds/r/units/u/what-if",
            "/api/rounds/r/units/u/why-rank",
            "/rounds/r/units/u/new",
            "/rounds/r/units/u/history/x",
        ] {
            assert!(!own(path), "{path}");
        }
    }
}
