//! `parindex inspector watch`: follows a log's checkpoints and the log under them until something does not hold.
//! Exit status 1 with the alarm; it changes nothing, and writes nothing but the mirror of a log that is only served.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use clap::Args;
use inspector::{Alarm, Mirror, Mirrored, Now, Served, Source, Watching};

use super::mirror::{only_log, served};
use crate::against::{BelievedArgs, checkpoint_file, read};
use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::serve::stop_signal;

/// `watch`
#[derive(Debug, Args)]
pub struct Watch {
    #[command(flatten)]
    data: Data,
    /// Or the address of a log that is only served, as in http://127.0.0.1:8286.
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "checkpoint"], requires = "mirror")]
    from: Option<String>,
    /// The file with a token that may read the served log's events; none where the log wants none.
    #[arg(long, value_name = "FILE", requires = "from")]
    token: Option<PathBuf>,
    /// The folder into which a served log is taken: empty, not there yet, or a mirror of the same log.
    #[arg(long, value_name = "DIR", requires = "from")]
    mirror: Option<PathBuf>,
    /// The file with the newest checkpoint, as it is served; a data folder's own if absent.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    believed: BelievedArgs,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    every: u64,
    /// Seconds without a new checkpoint after which it is too long, where the log went on; that a cosignature may be old; and
    /// that a served log may be away.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    stale: u64,
    /// Look so often and end; without end if absent.
    #[arg(long, value_name = "COUNT")]
    looks: Option<u64>,
}

/// Where the newest checkpoint is.
enum Newest {
    File(PathBuf),
    Served(Served),
}

impl Newest {
    async fn read(&self) -> anyhow::Result<Result<Vec<u8>, Alarm>> {
        match self {
            Self::File(path) => Ok(Ok(read(path)?)),
            Self::Served(served) => Ok(served.checkpoint().await.map_err(Alarm::Away)),
        }
    }
}

/// Does it.
pub async fn run(args: Watch) -> anyhow::Result<ExitCode> {
    let (looks, every) = (args.looks, Duration::from_secs(args.every));
    let (mut watching, newest) = begin(args).await?;
    let (begun, mut done, mut away) = (Instant::now(), 0, false);
    let mut stop = std::pin::pin!(stop_signal()?);
    loop {
        let (read, now) = (newest.read().await?, now(begun)?);
        let looked = match read {
            Ok(checkpoint) => watching.look(&checkpoint, now).await,
            Err(alarm) => Err(alarm),
        };
        match looked {
            Ok(look) => {
                away = false;
                if look.is_new {
                    let (size, root) = (look.signed.size, look.signed.root.base64());
                    say!("holds up to #{size}, root {root}; {} events behind it", look.window);
                }
            }
            Err(Alarm::Away(what)) if watching.bears(now) => {
                if !std::mem::replace(&mut away, true) {
                    eprintln!("{what}");
                }
            }
            Err(alarm) => {
                say!("ALARM: {alarm}");
                return Ok(ExitCode::from(1));
            }
        }
        done += 1;
        if looks.is_some_and(|most| done >= most) {
            let gone = || Failure::new("watch_away", "the log is not reached, so nothing is known of it");
            return if away { Err(gone().into()) } else { Ok(ExitCode::SUCCESS) };
        }
        tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(every) => {}
        }
    }
}

async fn begin(args: Watch) -> anyhow::Result<(Watching, Newest)> {
    let stale = Duration::from_secs(args.stale);
    if let (Some(url), Some(folder)) = (&args.from, &args.mirror) {
        let policy = args.believed.named()?;
        let (origin, served) = (only_log(&policy)?, served(url, args.token.as_deref())?);
        let mirror = Mirror::open(folder, origin.clone(), policy.clone())?;
        let log = Mirrored { mirror, served: served.clone() };
        return Ok((Watching::new(log, origin, policy, stale), Newest::Served(served)));
    }
    let home = Home::open(&args.data).await?;
    let policy = args.believed.named_or_own(&home)?;
    let path = checkpoint_file(args.checkpoint, &home)?;
    let source = Source::open(home.paths().ledger.clone()).await?;
    Ok((Watching::new(source, home.origin().clone(), policy, stale), Newest::File(path)))
}

fn now(begun: Instant) -> anyhow::Result<Now> {
    let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(Now { unix: unix.as_secs(), running: begun.elapsed() })
}
