//! `parindex inspector export publication`: the sheet that goes with a printed decision.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{Source, print_publication};
use platform::durable::{self, Readable};
use proto::RoundId;

use super::SealArgs;
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open;

/// `inspector export publication`
#[derive(Debug, Args)]
pub struct Publication {
    #[command(flatten)]
    data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    round: Option<RoundId>,
    /// The publication's number; the latest one under the checkpoint if absent.
    #[arg(long, value_name = "NUMBER")]
    publication: Option<u32>,
    #[command(flatten)]
    seal: SealArgs,
    /// Where to write, as SVG: it must not be there yet.
    file: PathBuf,
}

/// Does it.
pub async fn run(args: Publication) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let seal = args.seal.seal(&home)?;
    let (_, round) = open(&home, args.round).await?;
    let source = Source::open(&home.paths().ledger).await?;
    let printed = print_publication((&source, home.origin()), &round, args.publication, &seal).await?;
    durable::create(&args.file, printed.sheet.as_bytes(), Readable::ByAll)
        .with_context(|| format!("writing {}", args.file.display()))?;
    say!("publication {} of the round {round}: event #{}", printed.publication, printed.position);
    say!("  the proof is a code of {m} x {m} modules, {} characters", printed.code.len(), m = printed.modules);
    super::tell(seal.believed())?;
    Ok(ExitCode::SUCCESS)
}
