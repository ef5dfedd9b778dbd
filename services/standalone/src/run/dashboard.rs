//! The dashboard apart: it reads both projections from their database and asks the inspector over HTTP. Where browsers reach it by an address
//! of its own, people sign in and work there. How far the projections are it reads off their cursors, once a second.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use dashboard::Dashboard;
use platform::behind::Behind;
use platform::db::{Place, Role};
use platform::feed::Feed;
use platform::http::guard_reading;
use platform::ports::FarInspector;
use tokio::sync::watch;

use super::{Running, Served, at_work};
use crate::failure::Failure;

/// How often the cursors are read, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// Runs it.
pub async fn run(running: Running) -> anyhow::Result<ExitCode> {
    let served = running.serve(std::future::pending())?;
    let place = |schema| Place::Schema { server: served.config.database.clone(), schema, role: Role::Dashboard };
    let Some(index) = served.opened("index", || index::Reader::open(place("index"))).await? else {
        return served.ended().await;
    };
    let Some(ranking) = served.opened("ranking", || ranking::Reader::open(place("ranking"))).await? else {
        return served.ended().await;
    };
    let far = FarInspector::new(&served.config.inspector_url, served.config.token.clone());
    let inspector = Arc::new(far.map_err(|e| Failure::new("inspector_unusable", e))?);
    let feed = served.feed()?;
    served.shell.metrics().log(feed.head());
    let (of_index, of_ranking) = (index.clone(), ranking.clone());
    let positions = [
        ("index", look(move || position_of_index(of_index.clone()))),
        ("ranking", look(move || position_of_ranking(of_ranking.clone()))),
    ];
    for (name, position) in positions {
        // Old rows name their position: pages are better than none.
        served.shell.reads(Behind::of_far(name, position, feed.head(), feed.reached()), false);
    }
    let asked = index.clone();
    served.shell.health().needs("projections", move || {
        let index = asked.clone();
        async move { index.view().await.map(|_| ()).map_err(|e| e.to_string()) }
    });
    let pages = Dashboard { index, ranking, inspector, origin: served.config.origin.clone(), receipts: false };
    let routes = match served.config.public_url.clone() {
        Some(url) => at_work::routes(&served, &pages, &url).await?,
        None => read_only(&served, pages).await?,
    };
    if let Some(routes) = routes {
        served.shell.open(routes);
    }
    served.ended().await
}

/// Pages and rows alone, for whoever has a token for the log.
async fn read_only(served: &Served, pages: Dashboard) -> anyhow::Result<Option<Router>> {
    tracing::info!(key = "dashboard.public_url", "dashboard.read_only: nobody signs in while the address is not set");
    let Some(guard) = served.guard().await? else { return Ok(None) };
    let public = dashboard::public(pages.origin.clone());
    let pages = dashboard::router(pages);
    Ok(Some(pages.layer(middleware::from_fn_with_state(guard, guard_reading)).merge(public)))
}

async fn position_of_index(reader: index::Reader) -> Option<u64> {
    Some(reader.view().await.ok()?.cursor().position)
}

async fn position_of_ranking(reader: ranking::Reader) -> Option<u64> {
    Some(reader.view().await.ok()?.cursor().position)
}

/// A position, read again and again until nobody watches it.
fn look<F>(read: impl Fn() -> F + Send + 'static) -> watch::Receiver<u64>
where
    F: Future<Output = Option<u64>> + Send,
{
    let (position, at) = watch::channel(0);
    tokio::spawn(async move {
        while !position.is_closed() {
            if let Some(now) = read().await {
                position.send_if_modified(|before| std::mem::replace(before, now) != now);
            }
            tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        }
    });
    at
}
