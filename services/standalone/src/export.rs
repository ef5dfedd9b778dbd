//! `parindex export`: the log as a file that anyone can verify without this program. It works on a broken log too.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{Source, export};

use crate::data::Data;
use crate::home::Home;
use crate::progress::bar;

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub data: Data,
    /// Where to write; the head goes beside it, with .head behind the name.
    pub file: PathBuf,
}

/// Does it.
pub async fn run(args: Export) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
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
    let mut beside = args.file.into_os_string();
    beside.push(".head");
    let Some(head) = exported.head else {
        eprintln!("note: the stored head cannot be read; {} is not written", beside.display());
        say!("{} events", exported.events);
        return Ok(ExitCode::from(1));
    };
    let mut file = File::create(&beside).with_context(|| format!("writing {}", beside.display()))?;
    file.write_all(head.to_string().as_bytes())?;
    file.sync_all()?;
    say!("{} events, head of {}", exported.events, head.size);
    Ok(ExitCode::SUCCESS)
}
