//! `parindex backup` and `parindex restore`: a copy of a data folder that is whole at one moment, also while somebody
//! serves it; and a folder made from such a copy, verified before anyone is told that it stands.
//! A copy proves nothing by itself: what was written after it is known to those alone who keep a head.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{Against, HeadFile};
use ledger::Log;
use platform::db::sqlite::copy_into;
use platform::durable::sync_folder;
use tokio::sync::watch;

use crate::failure::Failure;
use crate::folder::{CARD, Folder};
use crate::home::Home;
use crate::verify;

/// The databases in the order in which they are copied: the log last, so that nothing in the copy is ahead of its log.
const DATABASES: [&str; 4] = ["identity.db", "index.db", "ranking.db", "ledger.db"];

/// `backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where the copy goes: a folder that is empty or not there yet.
    pub to: PathBuf,
}

/// `backup`
pub async fn backup(args: Backup) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.data)?;
    empty_folder(&args.to)?;
    copy_databases(folder.path(), &args.to).await?;
    // The card goes last: without it a copy that broke off is taken for no data folder.
    copy_card(folder.path(), &args.to)?;
    let log = Log::open(args.to.join("ledger.db"), watch::channel(0).1).await?;
    let head = log.head_row().await?;
    log.close().await;
    say!("{} events in {}; keep a head elsewhere: parindex export", head.position, args.to.display());
    Ok(ExitCode::SUCCESS)
}

/// `restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The data folder to be made: empty, or not there yet.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// A head kept outside: origin, size and root on three lines. It says what the backup has not.
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
    /// The backup.
    pub from: PathBuf,
}

/// `restore`
pub async fn restore(args: Restore) -> anyhow::Result<ExitCode> {
    let outside = args.head.as_deref().map(read_head).transpose()?;
    Folder::open(&args.from)?;
    empty_folder(&args.data)?;
    copy_databases(&args.from, &args.data).await?;
    let log = Log::open(args.data.join("ledger.db"), watch::channel(0).1).await?;
    let events = log.head_row().await?.position;
    log.close().await;
    copy_card(&args.from, &args.data)?;
    let home = Home::Folder(Folder::open(&args.data)?);
    // A head of more events than the copy has vouches for none of them; what it says of the rest is told apart.
    let beyond = outside.as_ref().map_or(0, |head| head.size.saturating_sub(events));
    let vouching = outside.filter(|_| beyond == 0).map_or_else(Against::default, Against::from);
    let holds = verify::check(&home, &vouching).await?;
    if beyond > 0 {
        say!("LOST: the head kept outside knows {beyond} events beyond the {events} that were restored");
    }
    say!("{events} events restored to {}", args.data.display());
    Ok(if holds && beyond == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn read_head(path: &Path) -> anyhow::Result<HeadFile> {
    let text = std::fs::read_to_string(path).with_context(|| format!("file_missing: {}", path.display()))?;
    Ok(HeadFile::parse(&text)?)
}

fn empty_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))?;
    if std::fs::read_dir(path)?.next().is_some() {
        return Err(Failure::new("folder_taken", format!("{} is not empty", path.display())).into());
    }
    Ok(())
}

/// Copies the databases, each as it stands at one moment.
async fn copy_databases(from: &Path, to: &Path) -> anyhow::Result<()> {
    for name in DATABASES {
        let (from, to) = (from.join(name), to.join(name));
        // A folder that has lost a projection or its tokens is copied without; its log it must have.
        if from.exists() || name == "ledger.db" {
            copy_into(&from, &to).await.with_context(|| format!("copying {}", from.display()))?;
            std::fs::File::open(&to)?.sync_all()?;
        }
    }
    Ok(sync_folder(to)?)
}

fn copy_card(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::copy(from.join(CARD), to.join(CARD)).context("copying the card")?;
    std::fs::File::open(to.join(CARD))?.sync_all()?;
    Ok(sync_folder(to)?)
}
