//! `parindex erase`: carries out what the log orders to be erased, and says when it is complete. It destroys nothing that two people
//! have not put on record.

use std::process::ExitCode;

use clap::Args;
use intake::erasure::{KEY_BACKUP_DAYS, carry_out};
use proto::Day;

use crate::files_home::FilesArgs;

/// `erase`
#[derive(Debug, Args)]
pub struct Erase {
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
}

/// Does it.
pub async fn run(args: Erase) -> anyhow::Result<ExitCode> {
    let home = args.at.home()?;
    let source = home.log().await?;
    let store = home.store()?;
    let erased = carry_out(&source, &store).await;
    source.close().await;
    store.close().await?;
    let erased = erased?;
    for erasure in &erased {
        let done = if erasure.now { "erased now" } else { "nothing is there any more" };
        let complete = Day::of(erasure.at).plus_days(KEY_BACKUP_DAYS);
        let (what, position) = (&erasure.what, erasure.position);
        say!(
            "{what}, confirmed at #{position}: {done}; complete on {complete}, when the last backup of its key is over"
        );
    }
    let now = erased.iter().filter(|erasure| erasure.now).count();
    say!("{} files, ballots and batches are ordered to be erased, {now} were erased now", erased.len());
    Ok(ExitCode::SUCCESS)
}
