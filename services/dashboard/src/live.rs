//! A page is live while somebody looks at it: a stream of events (WHATWG HTML, server-sent events) says up to which position the rows
//! have come. It tells a position and no figure; whoever may see the page may hear of it, and what the page shows he asks for by right
//! again. However many listen, the rows' place is read once a moment; and no listener keeps a server that ends from ending.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use platform::shell::Stopping;
use proto::Rejection;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::Dashboard;
use crate::ask::Ask;
use crate::refusal::Refusal;

/// The most that listen at once: a quarter of the connections that a service holds by default.
const LISTENERS_MAX: usize = 256;
/// How often the rows' place is looked at, in milliseconds.
const LOOK_MS: u64 = 1_000;
/// How often something is sent where nothing happens, in milliseconds: a proxy ends what is silent for long.
const HEARTBEAT_MS: u64 = 15_000;
/// How long one listens, in milliseconds. A browser comes again by itself, and is asked anew who it is and what it may see.
const LISTEN_MS: u64 = 600_000;

/// Who listens, and what was seen last.
#[derive(Clone)]
pub struct Live {
    dashboard: Dashboard,
    places: Arc<Semaphore>,
    seen: Arc<Mutex<Option<(Instant, u64)>>>,
}

impl Live {
    /// Nobody listens yet.
    pub fn new(dashboard: Dashboard) -> Self {
        Self { dashboard, places: Arc::new(Semaphore::new(LISTENERS_MAX)), seen: Arc::default() }
    }

    /// Up to where both projections have come: read again once what was seen is old, whoever asks.
    async fn position(&self) -> Option<u64> {
        let mut seen = self.seen.lock().await;
        let fresh = seen.filter(|(at, _)| at.elapsed() < Duration::from_millis(LOOK_MS));
        if let Some((_, position)) = fresh {
            return Some(position);
        }
        let index = self.dashboard.index.view().await.ok()?.cursor().position;
        let ranking = self.dashboard.ranking.view().await.ok()?.cursor().position;
        *seen = Some((Instant::now(), index.min(ranking)));
        Some(index.min(ranking))
    }
}

/// One who listens.
struct Listener {
    live: Live,
    told: Option<u64>,
    until: tokio::time::Instant,
    stopping: Option<Stopping>,
    _place: OwnedSemaphorePermit,
}

/// `/rounds/{round}/events`, `/rounds/{round}/state/events`, `/rounds/{round}/units/{unit}/events`: each by the right of its page.
pub async fn listen(
    State(live): State<Live>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    ask: Ask,
) -> Response {
    match begun(live, stopping.map(|Extension(stopping)| stopping), &headers, &ask).await {
        Ok(response) => response,
        Err(refusal) => refusal.problem(),
    }
}

async fn begun(live: Live, stopping: Option<Stopping>, headers: &HeaderMap, ask: &Ask) -> Result<Response, Refusal> {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if !accepted.flat_map(|line| line.split(',')).any(|one| one.trim().starts_with("text/event-stream")) {
        return Err(Refusal::StreamAlone);
    }
    let round = ask.round()?;
    let known = live.dashboard.index.view().await?.round(&round).await?.is_some();
    if !known {
        return Err(Rejection::RoundUnknown { round }.into());
    }
    let place = Arc::clone(&live.places).try_acquire_owned().map_err(|_| Refusal::ListenersFull)?;
    let until = tokio::time::Instant::now() + Duration::from_millis(LISTEN_MS);
    let listener = Listener { live, told: None, until, stopping, _place: place };
    let events = stream::unfold(listener, |mut listener| async move {
        let position = listener.next().await?;
        let event = Event::default().event("position").id(position.to_string()).data(position.to_string());
        Some((Ok::<_, Infallible>(event), listener))
    });
    let alive = KeepAlive::new().interval(Duration::from_millis(HEARTBEAT_MS));
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl Listener {
    /// The next position that he has not been told; none once it is over.
    async fn next(&mut self) -> Option<u64> {
        loop {
            // Rows that cannot be read now are looked at again a moment later.
            let position = self.live.position().await;
            if let Some(position) = position.filter(|position| self.told != Some(*position)) {
                self.told = Some(position);
                return Some(position);
            }
            let stopping = &mut self.stopping;
            let stopped = async move {
                match stopping {
                    Some(stopping) => stopping.stopped().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
                () = tokio::time::sleep_until(self.until) => return None,
                () = stopped => return None,
            }
        }
    }
}
