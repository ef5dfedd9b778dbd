//! `parindex inspector witness`: a witness of others' logs. It needs nothing of ours but this program: a key, a store, the
//! policy that names the logs, and to recompute one a token that may read it. It has no place on a machine of those whom it watches.

use std::future::pending;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use inspector::{Mirror, Validating, WitnessStore, serve_witness, witness_limits};
use platform::clock::Clock;
use platform::shell::Shell;
use proto::checkpoint::{BadCheckpoint, Checkpoint};
use proto::policy::Policy;
use proto::witness::Weight;

use super::mirror::{only_log, served};
use crate::failure::Failure;
use crate::serve;

/// `inspector witness`
#[derive(Debug, Args)]
pub struct Witness {
    /// The witness's key, as `parindex keygen --kind witness` made it.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Its store, as `parindex inspector witness-init` made it.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// A policy (C2SP tlog-policy) whose `log` lines name the logs that it watches.
    #[arg(long, value_name = "FILE")]
    pub logs: PathBuf,
    /// Recompute the one log that it watches before it cosigns: the address at which its entries are served.
    #[arg(long, value_name = "URL", requires = "mirror")]
    pub follow: Option<String>,
    /// The file with a token that may read the log's events; none where the log wants none.
    #[arg(long, value_name = "FILE", requires = "follow")]
    pub token: Option<PathBuf>,
    /// The folder into which the log is taken: empty, not there yet, or a mirror of the same log.
    #[arg(long, value_name = "DIR", requires = "follow")]
    pub mirror: Option<PathBuf>,
    /// Where it listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8287")]
    pub listen: SocketAddr,
}

/// `inspector witness-init`
#[derive(Debug, Args)]
pub struct WitnessInit {
    /// The witness's key; it is marked as having a store.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The store: an empty folder, or none yet.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
}

/// `inspector exhibit`
#[derive(Debug, Args)]
pub struct Exhibit {
    /// A policy (C2SP tlog-policy) with the log's key.
    #[arg(long, value_name = "FILE")]
    pub logs: PathBuf,
    /// The file, out of a witness's `exhibits` folder.
    pub file: PathBuf,
}

/// Cosigns until told to stop.
pub async fn run(args: Witness) -> anyhow::Result<ExitCode> {
    let policy = read_policy(&args.logs)?;
    let witness = inspector::Witness::open(&args.store, &args.key, &policy)?;
    let validating = validating(&args, &policy)?;
    let listener = serve::listen(args.listen).await?;
    eprintln!("witness {}", witness.key());
    for origin in witness.origins() {
        let size = witness.last(origin).map_or(0, |held| held.head.size);
        eprintln!("watches {origin}, cosigned up to {size}");
    }
    let address = listener.local_addr()?;
    let shell = Shell::new("witness", witness_limits());
    let serving = tokio::spawn(serve::serve_shell(shell.clone(), listener, pending()));
    serve_witness(witness, validating, Arc::new(Clock::System), &shell);
    drop(shell);
    eprintln!("serving http://{address}  (Ctrl-C stops)");
    serving.await.context("serving")??;
    eprintln!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Whoever recomputes the log, where it is to be recomputed.
fn validating(args: &Witness, policy: &Policy) -> anyhow::Result<Option<Validating>> {
    let (Some(url), Some(folder)) = (&args.follow, &args.mirror) else { return Ok(None) };
    let (origin, log) = (only_log(policy)?, served(url, args.token.as_deref())?);
    let mirror = Mirror::open(folder, origin.clone(), policy.clone())?;
    eprintln!("recomputes {origin}, of which it holds {} events", mirror.size_and_root().size);
    Ok(Some(Validating::begin(mirror, log, origin)))
}

/// Makes a store.
pub fn init(args: &WitnessInit) -> anyhow::Result<ExitCode> {
    let key = WitnessStore::init(&args.store, &args.key)?;
    say!("{key}");
    Ok(ExitCode::SUCCESS)
}

/// Says what an exhibit proves.
pub fn exhibit(args: &Exhibit) -> anyhow::Result<ExitCode> {
    let policy = read_policy(&args.logs)?;
    let keys: Vec<_> = policy.logs().iter().map(|known| known.key.clone()).collect();
    let bytes = std::fs::read(&args.file).with_context(|| format!("file_missing: {}", args.file.display()))?;
    let exhibit = proto::witness::Exhibit::parse(&bytes)?;
    let weight = match exhibit.weigh(&keys) {
        Ok(weight) => weight,
        Err(nothing) => {
            say!("nothing: {nothing}");
            return Ok(ExitCode::from(1));
        }
    };
    let read = |text| -> Result<Checkpoint, BadCheckpoint> { Checkpoint::parse(text) };
    let (held, offered) = (read(exhibit.held.text())?, read(exhibit.offered.note.text())?);
    let word = match weight {
        Weight::Contradiction => "CONTRADICTION: the log signed two roots for one size",
        Weight::Unproven => "UNPROVEN: the log signed a checkpoint that came with a proof which does not hold",
    };
    say!("{word}");
    say!("log   {}", held.origin);
    say!("held  {} {}", held.head.size, held.head.root.base64());
    say!("came  {} {}", offered.head.size, offered.head.root.base64());
    Ok(ExitCode::from(if weight == Weight::Contradiction { 0 } else { 1 }))
}

fn read_policy(path: &Path) -> anyhow::Result<Policy> {
    let text = std::fs::read_to_string(path).with_context(|| format!("file_missing: {}", path.display()))?;
    let policy = Policy::parse(&text)?;
    if policy.logs().is_empty() {
        let what = format!("{} names no log", path.display());
        return Err(Failure::new("policy_without_logs", what).into());
    }
    Ok(policy)
}
