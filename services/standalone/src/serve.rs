//! `parindex serve`: pages and API over HTTP until SIGINT or SIGTERM, then a clean end.
//! On any address but loopback, reading needs a token too (RULINGS 20).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

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
use tokio::sync::{mpsc, oneshot};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::command_line::Serve;
use crate::failure::Failure;
use crate::folder::{Folder, Server};
use crate::node::Node;
use crate::operate::{Done, Operation, perform};

/// Requests of the operator's own programs that may wait.
const OPERATOR_QUEUE: usize = 16;

/// Does it.
pub async fn run(args: Serve) -> anyhow::Result<ExitCode> {
    let held = Folder::hold(&args.data.data)?;
    let listener = listen(args.listen).await?;
    serve(Node::open(held, None).await?, listener).await
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
    node.held.announce(&Server { url: url.clone(), operator })?;
    eprintln!("\nserving {url}  (Ctrl-C stops)");
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopped = async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
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
    node.held.withdraw();
    node.stop().await;
    eprintln!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn app(node: &Node, loopback: bool, operator: String, ask: mpsc::Sender<Job>) -> anyhow::Result<Router> {
    let authenticate: SharedAuthenticate = node.identity.clone();
    let (write, read) = ledger::router(LedgerHttp {
        submit: Arc::new(node.door()),
        authenticate: authenticate.clone(),
        log: node.ledger().log(),
        origin: node.ledger().origin().clone(),
    });
    let paths = node.held.folder().paths();
    let pages = dashboard::router(Dashboard {
        index: index::Reader::open(&paths.index).await?,
        ranking: ranking::Reader::open(&paths.ranking).await?,
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
