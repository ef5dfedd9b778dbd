//! `parindex erase`: carries out what the log orders to be erased, and says when it is complete. It destroys nothing that two people
//! have not put on record.

use std::process::ExitCode;

use clap::Args;
use inspector::Source;
use intake::erasure::{KEY_BACKUP_DAYS, carry_out};
use proto::Day;

use crate::evidence::FilesArgs;
use crate::folder::Folder;

/// `erase`
#[derive(Debug, Args)]
pub struct Erase {
    /// Where files and keys are.
    #[command(flatten)]
    pub at: FilesArgs,
}

/// Does it.
pub async fn run(args: Erase) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.at.data)?;
    let source = Source::open(folder.file("ledger.db")).await?;
    let erased = carry_out(&source, &args.at.store()?).await?;
    source.close().await;
    for file in &erased {
        let what = if file.now { "erased now" } else { "nothing is there any more" };
        let complete = Day::of(file.at).plus_days(KEY_BACKUP_DAYS);
        say!(
            "{}, confirmed at #{}: {what}; complete on {complete}, when the last backup of its key is over",
            file.address,
            file.position
        );
    }
    say!(
        "{} files are ordered to be erased, {} were erased now",
        erased.len(),
        erased.iter().filter(|f| f.now).count()
    );
    Ok(ExitCode::SUCCESS)
}
