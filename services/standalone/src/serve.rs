//! `parindex serve`: pages and API over HTTP until SIGINT or SIGTERM, then a clean end.
//! On any address but loopback, reading needs a token too (RULINGS 20).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use dashboard::Dashboard;
use ledger::LedgerHttp;
use platform::http::{BODY_BYTES_MAX, Problem, ReadGuard, bearer, guard_reading, problem, problems, security_headers};
use platform::ports::SharedAuthenticate;
use proto::Rejection;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::command_line::Serve;
use crate::failure::Failure;
use crate::folder::Server;
use crate::home::{Held, Home, Part};
use crate::node::{Node, Opening};
use crate::operate::{Done, Operation, perform};

/// Requests of the operator's own programs that may wait.
const OPERATOR_QUEUE: usize = 16;
/// How long a server that has lost the lead still answers, in milliseconds.
const STEP_DOWN_MS: u64 = 1_000;

/// Does it.
pub async fn run(args: Serve) -> anyhow::Result<ExitCode> {
    let bus = args.nats.bus(Home::open(&args.data).await?.origin())?;
    let held = Held::hold(&args.data)?;
    // One who stands by takes the address once he leads: nobody is sent to him before, and on one machine it is then free.
    let stands_by = matches!(held, Held::Database(_));
    let listener = if stands_by { None } else { Some(listen(args.listen).await?) };
    if stands_by {
        eprintln!("waiting for the lead");
    }
    let node = Node::open(held, Opening { bus, ..Opening::STANDING_BY }).await?;
    let listener = match listener {
        Some(listener) => listener,
        None => listen(args.listen).await?,
    };
    serve(node, listener).await
}

/// Takes the address, before anything else is done.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|e| {
        let taken = e.kind() == ErrorKind::AddrInUse;
        let code = if taken { "address_taken" } else { "address_unusable" };
        Failure::new(code, format!("{address}: {e}; say --listen ADDRESS")).into()
    })
}

/// Serves a node until it is told to stop.
pub async fn serve(node: Node, listener: TcpListener) -> anyhow::Result<ExitCode> {
    let address = listener.local_addr()?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    let operator: String = secret.iter().map(|b| format!("{b:02x}")).collect();
    let (ask, mut asked) = mpsc::channel(OPERATOR_QUEUE);
    let app = app(&node, address.ip().is_loopback(), operator.clone(), ask).await?;
    let url = format!("http://{address}");
    let announced = Server { url: url.clone(), operator };
    node.announce(&announced).await?;
    eprintln!("\nserving {url}  (Ctrl-C stops)");
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let lost = node.ledger().lost();
    let stopped = async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {}, () = step_down(lost) => {} }
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(stopped);
    let mut server = std::pin::pin!(server.into_future());
    loop {
        tokio::select! {
            ended = &mut server => {
                ended.context("serving")?;
                break;
            }
            Some(Job { operation, reply }) = asked.recv() => {
                // Whoever asked may have gone away; what was done stands on record.
                let _ = reply.send(perform(&node, operation).await);
            }
        }
    }
    node.withdraw(&announced).await;
    let lost = *node.ledger().lost().borrow();
    node.stop().await;
    eprintln!("stopped");
    if lost {
        return Err(Failure::new("lost_lead", "another ledger writes this log now; start again to stand by").into());
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends a while after the lead was lost: who has asked already is told so.
async fn step_down(mut lost: watch::Receiver<bool>) {
    // A ledger that has ended lost nothing.
    if lost.wait_for(|lost| *lost).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(Duration::from_millis(STEP_DOWN_MS)).await;
}

async fn app(node: &Node, loopback: bool, operator: String, ask: mpsc::Sender<Job>) -> anyhow::Result<Router> {
    let authenticate: SharedAuthenticate = node.identity.clone();
    let (write, read) = ledger::router(LedgerHttp {
        submit: Arc::new(node.door()),
        authenticate: authenticate.clone(),
        log: node.ledger().log(),
        origin: node.ledger().origin().clone(),
    });
    let home = node.home();
    let pages = dashboard::router(Dashboard {
        index: index::Reader::open(home.projection(Part::Index)).await?,
        ranking: ranking::Reader::open(home.projection(Part::Ranking)).await?,
        inspector: Arc::new(node.inspector().await?),
        origin: node.ledger().origin().clone(),
    });
    let guard = ReadGuard { authenticate, open: loopback };
    let read = read.merge(pages).layer(middleware::from_fn_with_state(guard, guard_reading));
    let operate = Router::new().route("/api/operator", post(operate)).with_state(Operator { operator, ask });
    let app = write.merge(operate).merge(read).layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    let mut app = app.layer(middleware::from_fn(problems));
    for (name, value) in security_headers() {
        app = app.layer(SetResponseHeaderLayer::overriding(name, value));
    }
    Ok(app.layer(CompressionLayer::new()))
}

/// An operation to be done by the one who holds the folder.
struct Job {
    operation: Operation,
    reply: oneshot::Sender<anyhow::Result<Done>>,
}

#[derive(Clone)]
struct Operator {
    operator: String,
    ask: mpsc::Sender<Job>,
}

/// Does what the operator's own program asks, which has read the secret in the data folder.
async fn operate(State(operator): State<Operator>, headers: HeaderMap, Json(operation): Json<Operation>) -> Response {
    let given = bearer(&headers).unwrap_or_default();
    // Compared as digests, so that the time it takes tells nothing about the secret.
    if proto::Hash::digest(given.as_bytes()) != proto::Hash::digest(operator.operator.as_bytes()) {
        return Problem(Rejection::Unauthenticated {}).into_response();
    }
    let (reply, answer) = oneshot::channel();
    if operator.ask.send(Job { operation, reply }).await.is_err() {
        return Problem(Rejection::Overloaded {}).into_response();
    }
    match answer.await {
        Ok(Ok(done)) => Json(done).into_response(),
        Ok(Err(error)) => match error.downcast_ref::<Failure>() {
            Some(failure) => {
                let told = failure.what().to_owned();
                problem(StatusCode::CONFLICT, failure.code(), (told.clone(), told), [])
            }
            None => Problem(Rejection::NotWritten { detail: format!("{error:#}") }).into_response(),
        },
        Err(_) => Problem(Rejection::Overloaded {}).into_response(),
    }
}
