//! The dashboard: pages that people read and print, reports as files, and the same rows as JSON.
//! It reads projections and asks the inspector for histories. What people do on its pages it sends to the ledger as commands; it knows no
//! rule, and writes nothing itself but that identity begins and ends sessions for it.

mod acts;
mod api;
mod ask;
mod assets;
mod blocks;
mod chart;
mod desk;
mod live;
mod mailing;
mod moment;
mod number;
mod openapi;
mod own_eyes;
mod page;
mod refusal;
pub mod report;
mod seeing;
mod sign_in;
mod table;
mod tagged;
mod words;

pub use desk::{Desk, router as desk};
pub use mailing::Mailing;
pub use refusal::Refusal;
pub use seeing::{Seeing, seeing};
pub use sign_in::{BACK, BadSite, Doors, SIGN_IN, SignIn, Site, recognising};

use axum::routing::{get, post};
use axum::{Router, middleware};
use platform::ports::SharedAsk;
use proto::Origin;

use crate::tagged::{Tags, tag, tag_told};

/// What the dashboard reads.
#[derive(Clone)]
pub struct Dashboard {
    /// The index's rows.
    pub index: index::Reader,
    /// The ranking's rows.
    pub ranking: ranking::Reader,
    /// The inspector, for histories and for how numbers came about.
    pub inspector: SharedAsk,
    /// The log that all of it comes from.
    pub origin: Origin,
    /// Whether whoever signs the log gives receipts here.
    pub receipts: bool,
}

/// All pages that stand on rows, and the read API. It brings the fallback too: what no other router knows is not found here.
pub fn router(dashboard: Dashboard) -> Router {
    Router::new()
        .route("/", get(page::start::show))
        .route("/rounds/{round}/report.docx", get(page::report::docx))
        .route("/rounds/{round}/report.xlsx", get(page::report::xlsx))
        .route("/rounds/{round}/inspect", get(page::inspect::show))
        .merge(on_rows(&dashboard))
        .merge(on_log())
        .merge(live(&dashboard))
        .fallback(page::start::nowhere)
        .with_state(dashboard)
}

/// What follows from the projections' rows alone, tagged by where they stand.
fn on_rows(dashboard: &Dashboard) -> Router<Dashboard> {
    let tags = middleware::from_fn_with_state(Tags::new(dashboard.clone()), tag);
    Router::new()
        .route("/rounds/{round}", get(page::ranking::show))
        .route("/rounds/{round}/report", get(page::report::show))
        .route("/rounds/{round}/fields", get(page::fields::show))
        .route("/rounds/{round}/movement", get(page::movement::show))
        .route("/rounds/{round}/compare", get(page::compare::show))
        .route("/units/{unit}", get(page::years::show))
        .route("/rounds/{round}/state", get(page::state::show))
        .route("/rounds/{round}/units/{unit}", get(page::unit::show))
        .route("/api/rounds", get(api::rounds))
        .route("/api/rounds/{round}", get(api::round))
        .route("/api/rounds/{round}/ranking", get(api::ranking))
        .route("/api/rounds/{round}/units/{unit}", get(api::unit))
        .route_layer(tags)
}

/// What the inspector folds from the log, for people and for programs: tagged by where it stands.
fn on_log() -> Router<Dashboard> {
    Router::new()
        .route("/rounds/{round}/check", get(page::check::show))
        .route("/rounds/{round}/appeals/{number}", get(page::appeal::show))
        .route("/rounds/{round}/diff", get(page::diff::show))
        .route("/rounds/{round}/who", get(page::who::show))
        .route("/rounds/{round}/units/{unit}/history", get(page::history::show))
        .route("/rounds/{round}/units/{unit}/explain", get(page::explain::show))
        .route("/rounds/{round}/units/{unit}/what-if", get(page::explain::show_what_if))
        .route("/rounds/{round}/units/{unit}/why-rank", get(page::why_rank::show))
        .route("/api/rounds/{round}/check", get(api::check))
        .route("/api/rounds/{round}/appeals/{number}", get(api::appeal))
        .route("/api/rounds/{round}/units/{unit}/history", get(api::history))
        .route("/api/rounds/{round}/units/{unit}/explain", get(api::explain))
        .route("/api/rounds/{round}/units/{unit}/what-if", get(api::what_if))
        .route("/api/rounds/{round}/diff", get(api::inspector::diff))
        .route("/api/rounds/{round}/units/{unit}/why-rank", get(api::inspector::why_rank))
        .route("/api/who", get(api::inspector::who))
        .route_layer(middleware::from_fn(tag_told))
}

/// What says that a page's rows have gone on, below the page's own address: whoever may see the one may hear the other.
fn live(dashboard: &Dashboard) -> Router<Dashboard> {
    Router::new()
        .route("/rounds/{round}/events", get(live::listen))
        .route("/rounds/{round}/state/events", get(live::listen))
        .route("/rounds/{round}/units/{unit}/events", get(live::listen))
        .with_state(live::Live::new(dashboard.clone()))
}

/// What everybody may read, whoever may read the rest: which personal data is held, and the assets that pages are laid out by.
pub fn public(origin: Origin) -> Router {
    Router::new()
        .route("/privacy", get(page::privacy::show))
        .route("/api/openapi.json", get(page::docs::json))
        .route("/api/docs", get(page::docs::show))
        .route("/assets/{file}", get(assets::plain))
        .route("/assets/{version}/{file}", get(assets::versioned))
        .with_state(origin)
}

/// Where people sign in and out: for everybody, for each looks at the session himself.
pub fn doors(dashboard: Dashboard, sign_in: SignIn) -> Router {
    let routes = Router::new()
        .route("/sign-in", get(page::sign_in::show).post(page::sign_in::enter))
        .route("/sign-in/oidc", get(page::provided::begin))
        .route("/sign-in/oidc/back", get(page::provided::back))
        .route("/sign-out", post(page::sign_in::leave))
        .route("/sign-out-everywhere", post(page::sign_in::leave_everywhere))
        .route("/password", get(page::password::show).post(page::password::change));
    sign_in::bounded(routes).with_state(sign_in::Doors { dashboard, sign_in })
}
