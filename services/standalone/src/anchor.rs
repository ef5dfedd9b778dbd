//! `parindex anchor`: puts on record where every stream of the log ends, and what it folds to; `close-log`: where the log ends.
//! Whoever holds a checkpoint from later holds that too.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::against::read;
use crate::data::Data;
use crate::home::Home;
use crate::operate::{Done, Operation, operate};

/// `anchor`
#[derive(Debug, Args)]
pub struct Anchor {
    #[command(flatten)]
    pub data: Data,
    /// A cosigned checkpoint of this log, to stand in the anchor: what comes later was then made after its witnesses' times. The
    /// newest one that the signer has, if absent.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
}

/// `close-log`
#[derive(Debug, Args)]
pub struct CloseLog {
    #[command(flatten)]
    pub data: Data,
    /// Why; it stands on record.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Does it, through the running server where there is one.
pub async fn run(args: Anchor) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let checkpoint = args.checkpoint.as_deref().map(read).transpose()?;
    let checkpoint = checkpoint.map(String::from_utf8).transpose().context("bad_checkpoint: it is no text")?;
    if let Done::Anchored { position, anchor } = operate(&home, Operation::Anchor { checkpoint }).await? {
        say!("anchored at #{position}: the first {} events, root {}", anchor.size, anchor.root);
        say!("  {} streams, heads {}", anchor.heads.count, anchor.heads.root);
        match anchor.cosigned() {
            Some(head) => {
                say!(
                    "  it holds the checkpoint of {} events: whose cosignatures those are, `verify --policy` tells",
                    head.size
                );
            }
            None => say!("  without a cosigned checkpoint: it bounds no event's time"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the log, through the running server where there is one.
pub async fn close_log(args: CloseLog) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    if let Done::Closed { position } = operate(&home, Operation::CloseLog { reason: args.reason }).await? {
        say!("the log ended at #{position}: nothing more is written");
    }
    Ok(ExitCode::SUCCESS)
}
