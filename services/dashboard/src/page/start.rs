//! The first page, which leads to the newest round, and the pages that say that there is nothing to show.
//! None of them shows a figure of a round.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use proto::Origin;
use proto::document::Lang;

use super::{Frame, answer, html_answer};
use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::words::Words;

#[derive(Template)]
#[template(path = "empty.html")]
struct EmptyPage {
    t: &'static Words,
    f: Frame,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    t: &'static Words,
    f: Frame,
    code: String,
    own: String,
    other: String,
}

/// `/`: to the newest round, or a page that says that there is none.
pub async fn show(State(dashboard): State<Dashboard>, ask: Ask) -> Response {
    match newest(&dashboard).await {
        Ok(Some(round)) => {
            let mut response =
                (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/rounds/{round}"))]).into_response();
            if let Some(cookie) = ask.remember() {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Ok(None) => answer(&ask, &dashboard.origin, empty(&dashboard, &ask).await),
        Err(refusal) => refused(&ask, &dashboard.origin, refusal),
    }
}

/// Any other path: a page for people, problem details below `/api/`.
pub async fn nowhere(State(dashboard): State<Dashboard>, OriginalUri(uri): OriginalUri, ask: Ask) -> Response {
    let refusal = Refusal::unknown("page_unknown");
    if uri.path().starts_with("/api/") {
        return refusal.problem();
    }
    refused(&ask, &dashboard.origin, refusal)
}

/// A refusal as a page that says it in both languages.
pub fn refused(ask: &Ask, origin: &Origin, refusal: Refusal) -> Response {
    let t = Words::of(ask.lang);
    let status = refusal.status();
    let title = match status {
        StatusCode::NOT_FOUND => t.refused_404,
        s if s.is_server_error() => t.refused_500,
        _ => t.refused_4xx,
    };
    let other = match ask.lang {
        Lang::Vi => Lang::En,
        Lang::En => Lang::Vi,
    };
    let page = RefusedPage {
        t,
        f: Frame::new(ask, origin, title),
        code: refusal.code().to_owned(),
        own: refusal.sentence(ask.lang),
        other: refusal.sentence(other),
    };
    refusal.record();
    match page.render() {
        Ok(html) => html_answer(ask, status, html),
        Err(error) => Refusal::from(error).problem(),
    }
}

async fn newest(dashboard: &Dashboard) -> Result<Option<proto::RoundId>, Refusal> {
    let rounds = dashboard.index.view().await?.rounds().await?;
    Ok(rounds.into_iter().next().map(|r| r.round))
}

async fn empty(dashboard: &Dashboard, ask: &Ask) -> Result<EmptyPage, Refusal> {
    let t = Words::of(ask.lang);
    let mut f = Frame::new(ask, &dashboard.origin, t.empty_title);
    f.reads_at(t.as_of_index, dashboard.index.view().await?.cursor());
    Ok(EmptyPage { t, f })
}
