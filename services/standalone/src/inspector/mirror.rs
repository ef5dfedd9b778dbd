//! `parindex inspector mirror`: keeps a copy of a log that is served, entries and last checkpoint, in a folder of its own.
//! It needs the log's address, its key and a token that may read; it writes nothing but that folder.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use inspector::{Mirror, MirrorError, Served};
use proto::Origin;
use proto::policy::{Believed, Policy};

use crate::against::BelievedArgs;
use crate::failure::Failure;
use crate::serve::stop_signal;

/// Where a log is served.
#[derive(Debug, Args)]
pub struct From {
    /// The address at which the log is served, as in http://127.0.0.1:8286.
    #[arg(long = "from", value_name = "URL")]
    pub url: String,
    /// The file with a token that may read events; none where the log wants none.
    #[arg(long, value_name = "FILE")]
    pub token: Option<PathBuf>,
}

/// `mirror`
#[derive(Debug, Args)]
pub struct MirrorArgs {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    believed: BelievedArgs,
    /// The folder: empty, not there yet, or one that this command has made of the same log.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// Go on, with so many seconds between two looks; look once if absent.
    #[arg(long, value_name = "SECONDS")]
    every: Option<u64>,
    /// Look so often and end; without end if absent.
    #[arg(long, value_name = "COUNT", requires = "every")]
    looks: Option<u64>,
}

impl From {
    /// The log, to be asked.
    pub fn served(&self) -> anyhow::Result<Served> {
        served(&self.url, self.token.as_deref())
    }
}

/// A log at an address, with the token in a file.
pub fn served(url: &str, token: Option<&std::path::Path>) -> anyhow::Result<Served> {
    let read = |path: &std::path::Path| {
        std::fs::read_to_string(path).with_context(|| format!("file_missing: {}", path.display()))
    };
    let token = token.map(read).transpose()?.map(|token| token.trim().to_owned());
    Served::new(url, token).map_err(|what| Failure::new("client_unusable", what).into())
}

/// The one log that a policy names.
pub fn only_log(policy: &Policy) -> anyhow::Result<Origin> {
    let mut names = policy.logs().iter().map(|known| known.key.name().as_str());
    let first = names.next().ok_or_else(|| Failure::new("policy_without_logs", "the policy names no log"))?;
    if names.any(|name| name != first) {
        return Err(Failure::new("policy_of_many_logs", "the policy names several logs; a mirror is of one").into());
    }
    Ok(Origin::parse(first)?)
}

/// Keeps it.
pub async fn run(args: MirrorArgs) -> anyhow::Result<ExitCode> {
    let policy = args.believed.named()?;
    let mirror = Mirror::open(&args.into, only_log(&policy)?, policy)?;
    let served = args.from.served()?;
    let looks = args.looks.or(args.every.is_none().then_some(1));
    let (mut done, mut stop, mut size) = (0, std::pin::pin!(stop_signal()?), None);
    loop {
        done += 1;
        let last = looks.is_some_and(|most| done >= most);
        match mirror.follow(&served).await {
            Ok(believed) => {
                let now = believed.checkpoint.head.size;
                if size.replace(now) != Some(now) {
                    tell(&believed)?;
                }
            }
            // Who goes on asks again; what was held is held still.
            Err(MirrorError::NotServed(away)) if !last => eprintln!("{away}"),
            Err(error) => return Err(error.into()),
        }
        if last {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(Duration::from_secs(args.every.unwrap_or_default())) => {}
        }
    }
}

/// What is held now, and who vouches for it.
fn tell(believed: &Believed) -> anyhow::Result<()> {
    let head = believed.checkpoint.head;
    let witnesses: Vec<&str> = believed.cosigned_by.iter().map(|(witness, _)| witness.as_str()).collect();
    let by = match (&witnesses[..], believed.quorum_met) {
        ([], true) => String::new(),
        ([], false) => "; TOO FEW WITNESSES: nobody has cosigned it".to_owned(),
        (some, true) => format!("; cosigned by {}", some.join(", ")),
        (some, false) => format!("; TOO FEW WITNESSES: cosigned by {} alone", some.join(", ")),
    };
    say!("holds {} events, root {}{by}", head.size, head.root.base64());
    Ok(())
}
