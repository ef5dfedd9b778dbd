//! The shell of a service: it listens, says how it is, keeps its limits, and ends in order.
//! It listens from the first moment, also while the service behind it is not ready: whoever asks is told so.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use proto::Rejection;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tracing::Instrument;

use crate::behind::Behind;
use crate::config::Limits;
use crate::health::{Health, Stage};
use crate::http::{Problem, problem, problems, security_headers};
use crate::limited::Limited;
use crate::metrics::Metrics;

/// How long the next bytes of a request's body may take, in milliseconds.
const BODY_SILENCE_MS: u64 = 30_000;

/// A service's shell.
#[derive(Clone)]
pub struct Shell {
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    limits: Limits,
    places: Arc<Semaphore>,
    app: Arc<OnceLock<Router>>,
    stopping: watch::Sender<bool>,
}

/// Whether the service is about to end, as each request carries it: an answer that lasts as long as somebody listens ends with it.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Waits until the service is told to stop.
    pub async fn stopped(&mut self) {
        // A shell that is gone has stopped.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }
}

impl Shell {
    /// The shell of a service, which is starting.
    #[must_use]
    pub fn new(service: &'static str, limits: Limits) -> Self {
        Self {
            health: Arc::new(Health::new(service, limits.lag)),
            metrics: Arc::default(),
            limits,
            places: Arc::new(Semaphore::new(limits.requests)),
            app: Arc::default(),
            stopping: watch::Sender::new(false),
        }
    }

    /// How the service is.
    #[must_use]
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Its figures.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// A reader of the log belongs to the service; without it, or with it far behind, a service that needs it is not ready.
    pub fn reads(&self, behind: Behind, needed: bool) {
        let behind = Arc::new(behind);
        self.metrics.reader(&behind);
        self.health.reads(behind, needed);
    }

    /// From now on requests go to these routes, and the service is ready as far as it depends on itself.
    pub fn open(&self, app: Router) {
        let app = app
            .layer(DefaultBodyLimit::max(self.limits.body_bytes))
            .layer(RequestBodyTimeoutLayer::new(Duration::from_millis(BODY_SILENCE_MS)))
            .layer(middleware::from_fn(problems))
            // The figures alone: a shell in its own routes would never end.
            .layer(middleware::from_fn_with_state(Arc::clone(&self.metrics), observed));
        let mut app = app;
        for (name, value) in security_headers() {
            app = app.layer(SetResponseHeaderLayer::overriding(name, value));
        }
        if self.app.set(app.layer(CompressionLayer::new())).is_err() {
            tracing::error!("shell.opened_twice");
        }
        self.health.is_at(Stage::Serving);
    }

    /// Serves until told to stop, then waits for the requests that it has, but not for ever.
    ///
    /// # Errors
    /// What the system says of the listener.
    pub async fn serve(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let router = Router::new()
            .route("/healthz", get(healthz))
            .route("/readyz", get(readyz))
            .route("/metrics", get(figures))
            .fallback(to_the_service)
            .with_state(self.clone());
        let (stopping, mut stopped) = (self.stopping.clone(), self.stopping.subscribe());
        let health = Arc::clone(&self.health);
        let told = async move {
            stop.await;
            health.is_at(Stage::Draining);
            stopping.send_replace(true);
        };
        let listener = Limited::new(listener, self.limits.connections);
        let serving = axum::serve(listener, router).with_graceful_shutdown(told);
        let drained = async {
            let _ = stopped.wait_for(|stopped| *stopped).await;
            tokio::time::sleep(self.limits.drain).await;
        };
        tokio::select! {
            ended = serving => ended,
            () = drained => {
                tracing::warn!(seconds = self.limits.drain.as_secs(), "shell.requests_cut_off");
                Ok(())
            }
        }
    }
}

/// The process lives.
async fn healthz() -> &'static str {
    "ok\n"
}

async fn readyz(State(shell): State<Shell>) -> Response {
    let (ready, told) = shell.health.told().await;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, format!("{told}\n")).into_response()
}

async fn figures(State(shell): State<Shell>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], shell.metrics.text()).into_response()
}

/// Hands a request to the service, if it is open and has room.
async fn to_the_service(State(shell): State<Shell>, mut request: Request) -> Response {
    let Some(app) = shell.app.get() else {
        let stage = shell.health.stage();
        let told = match stage {
            Stage::StandsBy => (
                "Máy chủ này đang dự phòng; máy chủ khác đang ghi nhật ký.",
                "This ledger stands by; another one writes the log.",
            ),
            _ => ("Dịch vụ đang khởi động.", "The service is starting."),
        };
        let mut response =
            problem(StatusCode::SERVICE_UNAVAILABLE, stage.word(), (told.0.to_owned(), told.1.to_owned()), []);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    let Ok(_place) = shell.places.try_acquire() else {
        shell.metrics.answered(request.method().as_str(), "", StatusCode::TOO_MANY_REQUESTS.as_u16(), 0.0);
        return Problem(Rejection::Overloaded {}).into_response();
    };
    request.extensions_mut().insert(Stopping(shell.stopping.subscribe()));
    match app.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Counts a request and puts it in a span.
async fn observed(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or(String::new(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("http.request", %method, route, status = tracing::field::Empty);
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.record("status", status);
    metrics.answered(method.as_str(), &route, status, begun.elapsed().as_secs_f64());
    response
}
