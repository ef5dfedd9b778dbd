//! `parindex export`: the log as a file that anyone can verify without this program. It works on a broken log too.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{Source, export};
use platform::durable::{self, Readable};

use crate::data::Data;
use crate::home::Home;
use crate::progress::bar;
use crate::signed::Signed;

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub data: Data,
    /// The signer's folder, whose signed checkpoints go beside the export; a data folder's own if absent.
    #[arg(long, value_name = "DIR")]
    pub signer_store: Option<PathBuf>,
    /// Where to write; the head goes beside it, with .head behind the name, and the signed checkpoint with .checkpoint. Where
    /// witnesses have cosigned an earlier one, that one too, with .cosigned.
    pub file: PathBuf,
}

/// Does it.
pub async fn run(args: Export) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    // The log is read later, and has all that they count.
    let signed = Signed::read(args.signer_store.as_deref(), &home)?;
    let source = Source::open(&home.paths().ledger).await?;
    let file = File::create(&args.file).with_context(|| format!("writing {}", args.file.display()))?;
    let mut out = BufWriter::new(file);
    let bar = bar("exporting", 0);
    let exported = export(&source, home.origin(), &mut out, |at| {
        if at % 256 == 0 {
            bar.set_position(at);
        }
    });
    let exported = exported.await;
    bar.finish_and_clear();
    let exported = exported?;
    out.into_inner().context("writing")?.sync_all()?;
    let beside = |name: &str| {
        let mut path = args.file.clone().into_os_string();
        path.push(format!(".{name}"));
        PathBuf::from(path)
    };
    if let Some(signed) = &signed {
        signed.write(beside).context("writing the checkpoint")?;
    }
    let Some(head) = exported.head else {
        eprintln!("note: the stored head cannot be read; {} is not written", beside("head").display());
        say!("{} events", exported.events);
        return Ok(ExitCode::from(1));
    };
    durable::write(&beside("head"), head.to_string().as_bytes(), Readable::ByAll).context("writing the head")?;
    let checkpoint = signed.and_then(|signed| signed.events());
    let checkpoint = checkpoint.map_or(String::new(), |events| format!(", signed checkpoint of {events}"));
    say!("{} events, head of {}{checkpoint}", exported.events, head.size);
    Ok(ExitCode::SUCCESS)
}
