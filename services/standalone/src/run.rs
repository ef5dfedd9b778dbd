//! `parindex run`: one service of the production form, by its configuration, until SIGINT or SIGTERM.
//! Each listens from its first moment and says how it is; what it needs it waits for, and it ends only when told to, or
//! when what it was told cannot be right.

mod at_work;
mod dashboard;
mod inspector;
mod intake;
mod ledger;
mod projector;
mod signer;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ::ledger::Log;
use anyhow::Context;
use clap::Args;
use identity::{Identity, IdentityError};
use index::Index;
use platform::clock::Clock;
use platform::config::Config;
use platform::db::{DbError, Place, Role};
use platform::feed::{Feed, HttpFeed};
use platform::http::ReadGuard;
use platform::shell::Shell;
use platform::telemetry;
use proto::act::log::ClockKind;
use proto::{Event, Fact, Scope};
use ranking::Ranking;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::serve;

/// How long a service rests before it asks again for a database that is away, in milliseconds.
const RETRY_MS: u64 = 1_000;

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// Which.
    pub service: Service,
    /// The configuration file; the environment goes over it.
    #[arg(long, value_name = "FILE", env = "PARINDEX_CONFIG")]
    pub config: Option<PathBuf>,
    /// Say what is wrong with the configuration, and start nothing; exit status 2 if anything is.
    #[arg(long)]
    pub check_config: bool,
}

/// A service that runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Service {
    /// The only writer; a second one stands by.
    Ledger,
    /// Signs checkpoints of the log, and serves them with tiles and receipts.
    Signer,
    /// The projector of scores and indexes.
    Index,
    /// The projector of ranks.
    Ranking,
    /// The auditor.
    Inspector,
    /// Pages and read API.
    Dashboard,
    /// Takes files of evidence, keeps them, hands them out; several may run.
    Intake,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Signer => "signer",
            Self::Index => "index",
            Self::Ranking => "ranking",
            Self::Inspector => "inspector",
            Self::Dashboard => "dashboard",
            Self::Intake => "intake",
        }
    }
}

/// Does it.
pub async fn run(args: Run) -> anyhow::Result<ExitCode> {
    let name = args.service.name();
    let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    let config = match Config::read(args.config.as_deref(), environment) {
        Ok(config) => config,
        Err(faults) => {
            for fault in &faults.0 {
                eprintln!("error: {fault}");
            }
            return Ok(ExitCode::from(2));
        }
    };
    if args.check_config {
        say!("{name}: the configuration is sound; it listens on {}", config.listen[name]);
        return Ok(ExitCode::SUCCESS);
    }
    let telling = telemetry::of_a_service(name, &config.telemetry).map_err(|e| Failure::new("telemetry_failed", e))?;
    let listener = serve::listen(config.listen[name]).await?;
    tracing::info!(service = name, listen = %listener.local_addr()?, version = env!("CARGO_PKG_VERSION"), "service.begins");
    let service = Running { shell: Shell::new(name, config.limits), config, listener };
    let ended = match args.service {
        Service::Ledger => ledger::run(service).await,
        Service::Signer => signer::run(service).await,
        Service::Index => projector::run::<Index>(service, "index", Role::Index).await,
        Service::Ranking => projector::run::<Ranking>(service, "ranking", Role::Ranking).await,
        Service::Inspector => inspector::run(service).await,
        Service::Dashboard => dashboard::run(service).await,
        Service::Intake => intake::run(service).await,
    };
    tracing::info!(service = name, "service.ended");
    drop(telling);
    ended
}

/// A service that is coming up.
struct Running {
    shell: Shell,
    config: Config,
    listener: TcpListener,
}

/// A service whose shell is served.
struct Served {
    shell: Shell,
    config: Config,
    serving: JoinHandle<anyhow::Result<()>>,
    stopped: watch::Receiver<bool>,
}

impl Running {
    /// Serves the shell until a signal comes, or until `other` ends.
    fn serve(self, other: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<Served> {
        let (stop, stopped) = watch::channel(false);
        let signal = serve::stop_signal()?;
        let told = async move {
            tokio::select! { () = signal => {}, () = other => {} }
            stop.send_replace(true);
        };
        let (shell, listener) = (self.shell.clone(), self.listener);
        let serving = tokio::spawn(async move { shell.serve(listener, told).await.context("serving") });
        Ok(Served { shell: self.shell, config: self.config, serving, stopped })
    }
}

impl Served {
    /// Waits for the end of what was told to stop.
    async fn ended(self) -> anyhow::Result<ExitCode> {
        drop(self.shell);
        self.serving.await.context("serving")??;
        Ok(ExitCode::SUCCESS)
    }

    /// Opens something in a database, again and again while that is away or has not its tables; none if it is told to stop
    /// before.
    async fn opened<T, E, F>(&self, what: &str, open: impl Fn() -> F) -> anyhow::Result<Option<T>>
    where
        E: Into<anyhow::Error>,
        F: Future<Output = Result<T, E>>,
    {
        let mut stopped = self.stopped.clone();
        loop {
            let opened = tokio::select! {
                opened = open() => opened.map_err(Into::into),
                _ = stopped.wait_for(|stopped| *stopped) => return Ok(None),
            };
            match opened {
                Ok(opened) => return Ok(Some(opened)),
                Err(error) if is_away(&error) => tracing::warn!(error = format!("{error:#}"), "{what}.waits"),
                Err(error) => return Err(error.context(format!("opening {what}"))),
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(RETRY_MS)) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return Ok(None),
            }
        }
    }

    /// Who speaks, as the store of tokens, accounts and sessions has it.
    async fn identity(&self) -> anyhow::Result<Option<Arc<Identity>>> {
        let place = || Place::Schema { server: self.config.identity.clone(), schema: "identity", role: Role::Identity };
        let Some(identity) = self.opened("identity", || Identity::open(place())).await? else { return Ok(None) };
        let identity = Arc::new(identity);
        tokio::spawn(Identity::follow(Arc::clone(&identity)));
        Ok(Some(identity))
    }

    /// Who may read here: everyone who has a token for the log; on loopback everyone (RULINGS 20).
    async fn guard(&self) -> anyhow::Result<Option<ReadGuard>> {
        let Some(identity) = self.identity().await? else { return Ok(None) };
        let open = self.config.listen[self.shell.health().service()].ip().is_loopback();
        // What services ask of each other goes beyond every capacity, and so do rows that are given without looking at grants.
        Ok(Some(ReadGuard { authenticate: identity, open, scope: Scope::Log, sign_in: None }))
    }

    /// The log as the ledgers give it.
    fn feed(&self) -> anyhow::Result<HttpFeed> {
        Ok(HttpFeed::new(&self.config.ledger_url, self.config.token.clone())?)
    }
}

/// The log's clock, for a service whose work goes by the present.
async fn clock(log: &Log) -> anyhow::Result<Arc<Clock>> {
    let first = log.after(0, 1).await?;
    let missing = || Failure::new("log_missing", "no log has begun: run `parindex init`");
    let event = Event::decode(first.first().ok_or_else(missing)?).context("log_damaged: run `parindex verify`")?;
    match event.fact {
        Fact::LogCreated(genesis) if genesis.clock == ClockKind::System => Ok(Arc::new(Clock::System)),
        Fact::LogCreated(_) => {
            let what =
                "files are kept, and people work on pages, for a log on the machine's clock; this one follows a script";
            Err(Failure::new("log_scripted", what).into())
        }
        _ => Err(Failure::new("log_damaged", "the first event is no genesis").into()),
    }
}

/// Whether a failure passes without this service being started again: the server is away, or the tables are not made yet.
fn is_away(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let db = cause
            .downcast_ref::<DbError>()
            .or_else(|| match cause.downcast_ref::<IdentityError>() {
                Some(IdentityError::Db(db)) => Some(db),
                _ => None,
            })
            .or_else(|| intake::db_error(cause));
        matches!(db, Some(DbError::Unreachable { .. } | DbError::Unprepared(_)))
    })
}
