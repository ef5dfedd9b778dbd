//! `parindex backup` and `parindex restore`: a copy of a data folder that is whole at one moment, also while somebody
//! serves it; and a folder made from such a copy, verified before anyone is told that it stands.
//! The signed checkpoints go with the copy: by the log's key they say whether it is still what was signed. What was written after
//! it is known to those alone who keep a head or a checkpoint elsewhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{Against, Kept, KeptHead};
use intake::evidence::FILES;
use ledger::Log;
use platform::db::sqlite::copy_into;
use platform::durable::sync_folder;
use platform::objects::INCOMING;
use tokio::sync::watch;

use crate::against::{KeptArgs, read};
use crate::failure::Failure;
use crate::files_home::ACCESS;
use crate::folder::{CARD, Folder};
use crate::home::Home;
use crate::signed::{self, Signed};
use crate::verify;

/// The databases in the order in which they are copied: the log last, so that nothing in the copy is ahead of its log.
const DATABASES: [&str; 5] = ["identity.db", "index.db", "ranking.db", ACCESS, "ledger.db"];

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
    let (from, home) = (folder.path().to_owned(), Home::Folder(folder));
    // The log is copied later, and has all that they count.
    if let Some(signed) = Signed::read(None, &home)? {
        signed.write(|name| args.to.join(name))?;
    }
    copy_databases(&from, &args.to).await?;
    copy_files(&from, &args.to)?;
    // The card goes last: without it a copy that broke off is taken for no data folder.
    copy_card(&from, &args.to)?;
    let log = Log::open(args.to.join("ledger.db"), watch::channel(0).1).await?;
    let head = log.head_row().await?;
    log.close().await;
    say!(
        "{} events in {}; keep a head or a signed checkpoint elsewhere: parindex export",
        head.position,
        args.to.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// `restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The data folder to be made: empty, or not there yet.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// What it is held against, which also says what the backup has not. The checkpoints that lie in the backup are, where
    /// --policy or --log-key says whose signature is believed.
    #[command(flatten)]
    pub kept: KeptArgs,
    /// The backup.
    pub from: PathBuf,
}

/// `restore`
pub async fn restore(args: Restore) -> anyhow::Result<ExitCode> {
    let backup = Home::Folder(Folder::open(&args.from)?);
    let mut against = args.kept.against(&backup)?;
    empty_folder(&args.data)?;
    in_backup(&args.from, &mut against)?;
    copy_databases(&args.from, &args.data).await?;
    copy_files(&args.from, &args.data)?;
    let log = Log::open(args.data.join("ledger.db"), watch::channel(0).1).await?;
    let events = log.head_row().await?.position;
    log.close().await;
    copy_card(&args.from, &args.data)?;
    let home = Home::Folder(Folder::open(&args.data)?);
    // What counts more events than the copy has vouches for none of them; what it says of the rest is told apart.
    let (beyond, vouching): (Vec<KeptHead>, _) = against.heads.into_iter().partition(|kept| kept.head.size > events);
    (against.heads, against.tiles) = (vouching, against.tiles.filter(|(_, head)| head.size <= events));
    let holds = verify::check(&home, &against).await?;
    for kept in &beyond {
        let more = kept.head.size - events;
        say!("LOST: {} knows {more} events beyond the {events} that were restored", kept.name);
    }
    say!("{events} events restored to {}", args.data.display());
    Ok(if holds && beyond.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Adds the checkpoints that lie in a backup, as far as those who were named have signed them. Whoever has the backup can take
/// them away, or put older ones there: so they vouch for no end.
fn in_backup(from: &Path, against: &mut Against) -> anyhow::Result<()> {
    let there: Vec<&str> = signed::NAMES.into_iter().filter(|name| from.join(name).exists()).collect();
    let Some(policy) = &against.believed else {
        if !there.is_empty() {
            eprintln!("note: the backup's signed checkpoints are not looked at: say --policy FILE or --log-key KEY");
        }
        return Ok(());
    };
    for name in there {
        let called = if name == signed::NAMES[0] { "checkpoint" } else { "cosigned checkpoint" };
        let kept =
            KeptHead::of_checkpoint(&format!("the backup's {called}"), Kept::Beside, &read(&from.join(name))?, policy)?;
        against.heads.push(kept);
    }
    Ok(())
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
        // A folder that has lost a projection or its tokens, or has no files, is copied without; its log it must have.
        if from.exists() || name == "ledger.db" {
            copy_into(&from, &to).await.with_context(|| format!("copying {}", from.display()))?;
            std::fs::File::open(&to)?.sync_all()?;
        }
    }
    Ok(sync_folder(to)?)
}

/// Copies the files of evidence as they are stored, encrypted. Their keys go into no backup but one of their own (RULINGS 29).
fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (from, to) = (from.join(FILES), to.join(FILES));
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&to)?;
    for folder in std::fs::read_dir(&from)? {
        let folder = folder?;
        // What has not come whole is nobody's.
        if folder.file_name() == INCOMING {
            continue;
        }
        let into = to.join(folder.file_name());
        std::fs::create_dir_all(&into)?;
        for file in std::fs::read_dir(folder.path())? {
            let file = file?;
            let copy = into.join(file.file_name());
            std::fs::copy(file.path(), &copy).with_context(|| format!("copying {}", file.path().display()))?;
            std::fs::File::open(&copy)?.sync_all()?;
        }
        sync_folder(&into)?;
    }
    Ok(sync_folder(&to)?)
}

fn copy_card(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::copy(from.join(CARD), to.join(CARD)).context("copying the card")?;
    std::fs::File::open(to.join(CARD))?.sync_all()?;
    Ok(sync_folder(to)?)
}
