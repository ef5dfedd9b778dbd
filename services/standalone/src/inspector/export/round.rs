//! `parindex inspector export round`: a round's dossier. A file that is there already is never written over.

use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use inspector::{Source, export_round};
use proto::RoundId;

use super::{SealArgs, new_file};
use crate::data::Data;
use crate::home::Home;
use crate::inquiry::open;
use crate::progress::bar;

/// `inspector export round`
#[derive(Debug, Args)]
pub struct Round {
    #[command(flatten)]
    data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    round: Option<RoundId>,
    #[command(flatten)]
    seal: SealArgs,
    /// Where to write: it must not be there yet.
    file: PathBuf,
}

/// Does it.
pub async fn run(args: Round) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let seal = args.seal.seal(&home)?;
    let (_, round) = open(&home, args.round).await?;
    let source = Source::open(&home.paths().ledger).await?;
    let bar = bar("exporting", seal.head().size);
    let export = async |out: &std::fs::File| {
        let out = BufWriter::with_capacity(1 << 16, out);
        export_round((&source, home.origin()), &round, &seal, out, |at| bar.set_position(at)).await
    };
    let manifest = new_file(&args.file, export).await;
    bar.finish_and_clear();
    super::tell_dossier(&manifest?)?;
    super::tell(seal.believed())?;
    Ok(ExitCode::SUCCESS)
}
