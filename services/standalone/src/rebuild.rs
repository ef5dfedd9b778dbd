//! `parindex rebuild`: a projection from the log, beside the one that stands, which it replaces once it is whole.
//! Killed at any moment, it leaves the old one standing.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use index::Index;
use ledger::Log;
use platform::projector::{Projection, Projector};
use ranking::Ranking;
use tokio::sync::watch;

use crate::command_line::Rebuild;
use crate::folder::{Folder, HeldFolder};
use crate::progress::bar;

/// Does it.
pub async fn run(args: Rebuild) -> anyhow::Result<ExitCode> {
    let held = Folder::hold(&args.data.data)?;
    let wanted = args.projection.as_deref();
    if wanted.is_none_or(|w| w == Index::NAME) {
        rebuild::<Index>(&held, "rebuilding index").await?;
    }
    if wanted.is_none_or(|w| w == Ranking::NAME) {
        rebuild::<Ranking>(&held, "rebuilding ranking").await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn rebuild<P: Projection>(held: &HeldFolder, title: &'static str) -> anyhow::Result<()> {
    let folder = held.folder();
    let (standing, beside) = (folder.file(&format!("{}.db", P::NAME)), folder.file(&format!("{}.db.new", P::NAME)));
    remove(&beside);
    let log = Log::open(folder.file("ledger.db"), watch::channel(0).1).await?;
    let head = log.head_row().await?.position;
    let bar = bar(title, head);
    let (cursor, _) = watch::channel(0);
    let mut projector = Projector::<P>::open(&beside, folder.origin().clone(), Arc::new(log), cursor).await?;
    let position = projector.catch_up(|at| bar.set_position(at)).await;
    bar.finish_and_clear();
    let position = match position {
        Ok(position) => position,
        Err(error) => {
            drop(projector);
            remove(&beside);
            return Err(error.into());
        }
    };
    projector.close().await?;
    // The new file is whole and its write-ahead log is gone: the old one's companions go, then one rename switches.
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(with(&standing, suffix));
    }
    std::fs::rename(&beside, &standing)?;
    std::fs::File::open(folder.path())?.sync_all()?;
    say!("{}: rebuilt at #{position}", P::NAME);
    Ok(())
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(with(path, suffix));
    }
}

fn with(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
