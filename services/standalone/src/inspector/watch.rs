//! `parindex inspector watch`: follows a log's checkpoints and the log under them until something does not hold.
//! Exit status 1 with the alarm; it reads, and changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use clap::Args;
use inspector::{Now, Source, Watching};

use crate::against::{BelievedArgs, checkpoint_file, read};
use crate::data::Data;
use crate::home::Home;
use crate::serve::stop_signal;

/// `watch`
#[derive(Debug, Args)]
pub struct Watch {
    #[command(flatten)]
    data: Data,
    /// The file with the newest checkpoint, as it is served; a data folder's own if absent.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    believed: BelievedArgs,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    every: u64,
    /// Seconds without a new checkpoint after which it is too long, where the log went on, and that a cosignature may be old.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    stale: u64,
    /// Look so often and end; without end if absent.
    #[arg(long, value_name = "COUNT")]
    looks: Option<u64>,
}

/// Does it.
pub async fn run(args: Watch) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let policy = args.believed.named_or_own(&home)?;
    let path = checkpoint_file(args.checkpoint, &home)?;
    let source = Source::open(home.paths().ledger.clone()).await?;
    let mut watching = Watching::new(source, home.origin().clone(), policy, Duration::from_secs(args.stale));
    let (begun, mut looks, mut stop) = (Instant::now(), 0, std::pin::pin!(stop_signal()?));
    loop {
        match watching.look(&read(&path)?, now(begun)?).await {
            Ok(look) if look.is_new => {
                let (size, root) = (look.signed.size, look.signed.root.base64());
                say!("holds up to #{size}, root {root}; {} events behind it", look.window);
            }
            Ok(_) => {}
            Err(alarm) => {
                say!("ALARM: {alarm}");
                return Ok(ExitCode::from(1));
            }
        }
        looks += 1;
        if args.looks.is_some_and(|most| looks >= most) {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(Duration::from_secs(args.every)) => {}
        }
    }
}

fn now(begun: Instant) -> anyhow::Result<Now> {
    let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(Now { unix: unix.as_secs(), running: begun.elapsed() })
}
