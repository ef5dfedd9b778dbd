//! `parindex evidence log`: who was handed which file out, as it stands in the access log, and whether that is still what was
//! written. It changes nothing.

use std::process::ExitCode;

use clap::Args;
use intake::access::AccessLog;
use proto::Hash;
use proto::access::{AccessEntry, AccessHead, AccessKind};

use crate::failure::Failure;
use crate::files_home::FilesArgs;

/// `evidence log`
#[derive(Debug, Args)]
pub struct Accesses {
    /// Where it is.
    #[command(flatten)]
    pub at: FilesArgs,
    /// Where the log ended at an earlier time, as it was printed then: it must still stand so.
    #[arg(long, value_name = "NUMBER:HASH", value_parser = head)]
    pub head: Option<AccessHead>,
}

fn head(text: &str) -> Result<AccessHead, String> {
    let form = || "a number, a colon and a hash, as they were printed".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(form)?;
    let hash = Hash::parse(hash).map_err(|e| e.to_string())?;
    Ok(AccessHead { number: number.parse().map_err(|_| form())?, hash: Some(hash) })
}

/// `evidence log`
pub async fn run(args: Accesses) -> anyhow::Result<ExitCode> {
    let mut passed = args.head.is_none();
    let end = match args.at.home()?.access() {
        None => AccessHead::default(),
        Some(place) => {
            let log = AccessLog::open(&place).await?;
            let show = |entry: &AccessEntry, at: AccessHead| {
                passed |= args.head == Some(at);
                show(entry)
            };
            let end = log.walk(show).await?;
            log.close().await?;
            end
        }
    };
    if let Some(head) = args.head.filter(|_| !passed) {
        let what = format!("the log did not pass through {}:{}", head.number, hash(&head));
        return Err(Failure::new("access_damaged", what).into());
    }
    match end.hash {
        Some(_) => say!("{} entries; keep this elsewhere: {}:{}", end.number, end.number, hash(&end)),
        None => say!("0 entries"),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(entry: &AccessEntry) -> anyhow::Result<()> {
    let done = match entry.kind {
        AccessKind::HandOut => "handed out",
        AccessKind::Refuse => "REFUSED",
    };
    let credential = entry.credential.as_ref().map(|c| format!(" {c}")).unwrap_or_default();
    let (number, at, actor, via) = (entry.number, entry.at, &entry.actor, entry.via.as_str());
    say!("#{number}  {at}  {done}  {}  to {actor} by {via}{credential}", entry.address);
    Ok(())
}

fn hash(head: &AccessHead) -> String {
    head.hash.map(|hash| hash.to_string()).unwrap_or_default()
}
