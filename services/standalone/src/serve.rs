//! `parindex serve`: pages and API over HTTP until SIGINT or SIGTERM, then a clean end.
//! On any address but loopback, reading needs a token or a session (RULINGS 20); people sign in on pages.

mod by_provider;
mod dossiers;
mod files;
mod mailed;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use clap::Args;
use dashboard::{Dashboard, Desk, Doors, SIGN_IN, Seeing, SignIn, Site, recognising};
use inspector::{CasesHttp, Source, Verifier, cases_router};
use intake::FilesByRight;
use ledger::LedgerHttp;
use platform::clock::Clock;
use platform::config::Limits;

use platform::http::{Problem, ReadGuard, bearer, guard_reading, problem};
use platform::mail::Mail;
use platform::ports::{
    BySession, SharedAuthenticate, SharedDossiers, SharedSheets, SharedSurveys, SharedUnitFiles, SharedVerifies,
    SharedWork,
};
use platform::shell::Shell;
use proto::{Rejection, Scope};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::against;
use crate::bus::OnNats;
use crate::data::Data;
use crate::failure::Failure;
use crate::files_home::KeptElsewhere;
use crate::folder::Server;
use crate::home::{Held, Home, Part};
use crate::node::{Node, Opening};
use crate::operate::{Done, Operation, perform};
use crate::signing::Signing;

/// Requests of the operator's own programs that may wait.
const OPERATOR_QUEUE: usize = 16;
/// How long a server that has lost the lead still answers, in milliseconds.
const STEP_DOWN_MS: u64 = 1_000;

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    /// Where to serve. On any address but loopback, and with --public-url there too, reading needs a token or an account.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8282")]
    pub listen: SocketAddr,
    /// The address by which browsers reach it over https, through a proxy that ends TLS: sessions are then never sent over plain http.
    #[arg(long, value_name = "https://HOST")]
    pub public_url: Option<Site>,
    /// How often an anchor is put on record where something was written, in hours; 0: only when a result is published or a
    /// round ends.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(..=8_760))]
    pub anchor_hours: u64,
    #[command(flatten)]
    pub nats: OnNats,
    #[command(flatten)]
    pub signing: Signing,
    #[command(flatten)]
    pub files: KeptElsewhere,
    #[command(flatten)]
    pub mail: mailed::ByMail,
    #[command(flatten)]
    pub provider: by_provider::ByProvider,
}

/// Does it.
pub async fn run(args: Serve) -> anyhow::Result<ExitCode> {
    // Before anything is held: whoever typed it wrong is told at once.
    let mail = args.mail.server()?;
    let place = args.provider.place(args.public_url.as_ref(), args.listen)?;
    let bus = args.nats.bus(Home::open(&args.data).await?.origin())?;
    let held = Held::hold(&args.data)?;
    // One who stands by takes the address once he leads: nobody is sent to him before, and on one machine it is then free.
    let stands_by = matches!(held, Held::Database(_));
    let listener = if stands_by { None } else { Some(listen(args.listen).await?) };
    if stands_by {
        eprintln!("waiting for the lead");
    }
    let anchor_every = Some(Duration::from_secs(args.anchor_hours * 3_600)).filter(|every| !every.is_zero());
    let opening = Opening { bus, signing: args.signing, anchor_every, files: args.files, ..Opening::standing_by() };
    let mut node = Node::open(held, opening).await?;
    let listener = match listener {
        Some(listener) => listener,
        None => listen(args.listen).await?,
    };
    let site = args.public_url.unwrap_or_default();
    if !site.is_https() && !listener.local_addr()?.ip().is_loopback() {
        eprintln!(
            "note: passwords and sessions cross the network in the clear; put a proxy with TLS before this, and say --public-url"
        );
    }
    if let Some(place) = place {
        node.provider = Some(Arc::new(by_provider::provider(&place, &site, listener.local_addr()?)?));
    }
    serve(node, listener, site, mail).await
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

/// Serves a node and its pages until it is told to stop.
pub async fn serve(node: Node, listener: TcpListener, site: Site, mail: Option<Mail>) -> anyhow::Result<ExitCode> {
    let (shell, is_behind) = (Shell::new("parindex", Limits::default()), site.is_https());
    let home = node.home();
    // Behind no guard: one is for everybody, the others ask for a token themselves.
    let public = dashboard::public(node.ledger().origin().clone()).merge(cases_router(CasesHttp {
        inspector: node.inspector().await?,
        authenticate: node.identity.clone(),
        clock: node.ledger().clock(),
    }));
    let public = public.merge(files::sheets(&node).await?);
    let pages = Dashboard {
        index: index::Reader::open(home.projection(Part::Index)).await?,
        ranking: ranking::Reader::open(home.projection(Part::Ranking)).await?,
        inspector: Arc::new(node.inspector().await?),
        origin: node.ledger().origin().clone(),
        receipts: node.signed().is_some(),
    };
    // The machine's clock, also where the log runs on a script's: a session is of today.
    let (identity, provider) = (node.identity.clone(), node.provider.clone());
    let sign_in = SignIn { identity, clock: Arc::new(Clock::System), site, provider };
    let public = public.merge(dashboard::doors(pages.clone(), sign_in.clone()));
    let work: SharedWork = Arc::new(files::on_desks(&node).await?);
    let sheets: SharedSheets = Arc::new(files::on_pages(&node).await?);
    let kept = files::by_right(&node).await.context("opening the files")?;
    let verifier = Arc::new(verifier(&home));
    let surveys: SharedSurveys = Arc::new(files::on_surveys(&node).await?);
    let public = public.merge(dashboard::desk(Desk {
        doors: Doors { dashboard: pages.clone(), sign_in: sign_in.clone() },
        sheets: Arc::clone(&sheets),
        work: Arc::clone(&work),
        openings: Arc::new(files::on_opening(&node).await?),
        surveys: BySession::one(surveys),
        fields: Arc::new(files::on_fields(&node).await?),
        files: kept.clone().map(|files| BySession::one(files as SharedUnitFiles)),
        verifies: Some(Arc::clone(&verifier) as SharedVerifies),
        dossiers: dossiers(&home, kept.clone()).await?,
        receipts: node.receipts.clone(),
        mails: mail.is_some(),
        submit: BySession::one(node.gate()),
    }));
    let mailing = mail.map(|mail| mailed::begin(mail, &pages, (&work, &sign_in)));
    let seeing = Seeing { dashboard: pages.clone(), work, sheets, authenticate: node.identity.clone() };
    let pages = Pages { guarded: dashboard::router(pages), seeing, public, sign_in, files: kept };
    let address = listener.local_addr()?;
    // Behind a proxy a request says nothing of who sits at the machine.
    let (url, open) = (format!("http://{address}"), address.ip().is_loopback() && !is_behind);
    let lost = node.ledger().lost();
    let serving = tokio::spawn(serve_shell(shell.clone(), listener, step_down(lost)));
    let said = format!("\nserving {url}  (Ctrl-C stops)");
    let ended = lead(node, shell, (url, open, Some(pages)), serving, || eprintln!("{said}")).await;
    drop(mailing);
    verifier.stop().await;
    eprintln!("stopped");
    ended
}

/// Whoever verifies the log when a page asks: as `parindex verify` does without further words.
fn verifier(home: &Home) -> Verifier {
    let beside = home.clone();
    let against = move || against::beside(&beside, None).map_err(|e| format!("{e:#}"));
    Verifier::new(home.paths(), home.origin().clone(), Box::new(against))
}

/// Whoever makes dossiers: where the log is signed in its own folder, and there is a record of who was handed what.
async fn dossiers(home: &Home, files: Option<Arc<FilesByRight>>) -> anyhow::Result<Option<SharedDossiers>> {
    let (Home::Folder(folder), Some(files)) = (home, files) else { return Ok(None) };
    let source = Source::open(home.paths().ledger).await?;
    Ok(Some(Arc::new(dossiers::OnRequest::new((folder.clone(), home.origin().clone()), source, files))))
}

/// A shell's serving, until a signal or something else stops it.
pub async fn serve_shell(
    shell: Shell,
    listener: TcpListener,
    other: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let stopped = stop_signal()?;
    let stop = async move {
        tokio::select! { () = stopped => {}, () = other => {} }
    };
    shell.serve(listener, stop).await.context("serving")
}

/// Waits for SIGINT or SIGTERM.
pub fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}

/// What is served for people.
pub struct Pages {
    /// For whoever may read.
    guarded: Router,
    /// What of it is for whom.
    seeing: Seeing,
    /// For everybody.
    public: Router,
    sign_in: SignIn,
    /// The files that are kept, where there is a store.
    files: Option<Arc<FilesByRight>>,
}

/// Opens a node's routes in a shell that is being served, does what the operator asks, and stops the node in order once
/// the shell has ended. Once the operator's programs find their way, `say` is called.
pub async fn lead(
    node: Node,
    shell: Shell,
    (url, open, pages): (String, bool, Option<Pages>),
    mut serving: JoinHandle<anyhow::Result<()>>,
    say: impl FnOnce(),
) -> anyhow::Result<ExitCode> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    let operator: String = secret.iter().map(|b| format!("{b:02x}")).collect();
    let (ask, mut asked) = mpsc::channel(OPERATOR_QUEUE);
    node.observe(&shell);
    let files = pages.as_ref().and_then(|pages| pages.files.clone());
    let app = app(&node, open, pages, Operator { operator: operator.clone(), ask });
    shell.open(app.merge(files::kept(&node, files).await.context("opening the files")?));
    drop(shell);
    let announced = Server { url, operator };
    node.announce(&announced).await?;
    say();
    loop {
        tokio::select! {
            ended = &mut serving => {
                ended.context("serving")??;
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
    if lost {
        return Err(Failure::new("lost_lead", "another ledger writes this log now; start again to stand by").into());
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends a while after the lead was lost: who has asked already is told so.
pub async fn step_down(mut lost: watch::Receiver<bool>) {
    // A ledger that has ended lost nothing.
    if lost.wait_for(|lost| *lost).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(Duration::from_millis(STEP_DOWN_MS)).await;
}

fn app(node: &Node, open: bool, pages: Option<Pages>, operator: Operator) -> Router {
    let authenticate: SharedAuthenticate = node.identity.clone();
    let (write, read) = ledger::router(LedgerHttp {
        submit: node.gate(),
        authenticate: authenticate.clone(),
        log: node.ledger().log(),
        origin: node.ledger().origin().clone(),
        receipts: node.receipts.clone(),
    });
    let guarded = |routes: Router, scope, sign_in| {
        let guard = ReadGuard { authenticate: authenticate.clone(), open, scope, sign_in };
        routes.layer(middleware::from_fn_with_state(guard, guard_reading))
    };
    let (public, entries) = node.signed().map(signer::router).unwrap_or_default();
    let operate = Router::new().route("/api/operator", post(operate)).with_state(operator);
    let own = write.merge(operate).merge(public);
    // The log itself is for programs: a session opens pages, and a token that is for it the log.
    let own = own.merge(guarded(read.merge(entries), Scope::Log, None));
    match pages {
        Some(pages) => {
            let read = guarded(pages.guarded, Scope::Read, Some(SIGN_IN));
            let read = if open { read } else { dashboard::seeing(read, pages.seeing) };
            // Outside the guard: it is to know who has a session.
            own.merge(recognising(read.merge(pages.public), pages.sign_in))
        }
        None => own,
    }
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
