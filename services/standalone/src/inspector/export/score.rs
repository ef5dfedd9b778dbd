//! `parindex inspector export score`: the history of a score or a sheet as one archive, with its proofs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use inspector::{OfScore, Source, export_score};
use proto::{Code, RoundId, UnitId};

use super::{SealArgs, new_file};
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open;

/// `inspector export score`
#[derive(Debug, Args)]
pub struct Score {
    #[command(flatten)]
    data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    round: Option<RoundId>,
    /// The unit.
    #[arg(long)]
    unit: UnitId,
    /// The leaf that the page is to show; the whole sheet if absent.
    #[arg(long)]
    leaf: Option<Code>,
    /// Prove that nothing is missing up to the last anchor, by the sheet's complete history: it holds the appeals of other
    /// units too.
    #[arg(long)]
    complete: bool,
    #[command(flatten)]
    seal: SealArgs,
    /// Where to write: it must not be there yet.
    file: PathBuf,
}

/// Does it.
pub async fn run(args: Score) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let seal = args.seal.seal(&home)?;
    let (_, round) = open(&home, args.round).await?;
    let source = Source::open(&home.paths().ledger).await?;
    let of = OfScore { round, unit: args.unit, leaf: args.leaf, complete: args.complete };
    let export = async |out: &std::fs::File| export_score((&source, home.origin()), &of, &seal, out).await;
    let manifest = new_file(&args.file, export).await?;
    super::tell_dossier(&manifest)?;
    super::tell(seal.believed())?;
    Ok(ExitCode::SUCCESS)
}
