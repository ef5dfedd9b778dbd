//! `parindex inspector predecessor`: which log this one goes on from, by its first event, and whether that is the one of a checkpoint.
//! Of the old log it says nothing that a signature does not: its own `verify` does, with the checkpoint that is written here.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::Source;
use platform::feed::Feed;
use proto::act::log::Continued;
use proto::checkpoint::BadCheckpoint;
use proto::note::{Key, Note};
use proto::policy::{Believed, Policy};
use proto::{Event, Fact};

use crate::against::{BelievedArgs, read};
use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;

/// `inspector predecessor`
#[derive(Debug, Args)]
pub struct Predecessor {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    believed: BelievedArgs,
    /// A signed checkpoint of the old log that was kept outside; several may be given.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Write the checkpoint over the old log's end to this file: `verify --checkpoint` holds the old log against it.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Does it.
pub async fn run(args: Predecessor) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let policy = args.believed.named()?;
    let first = Source::open(home.paths().ledger).await?.after(0, 1).await?.pop();
    let genesis = Event::decode(&first.context("log_missing: the log has no events")?)?.fact;
    let Fact::LogCreated(genesis) = genesis else {
        return Err(Failure::new("log_damaged", "the first event is no beginning of a log").into());
    };
    let Some(old) = genesis.continues else {
        return Err(Failure::new("no_predecessor", format!("{} goes on from no other log", home.origin())).into());
    };
    say!("{} goes on from {}: {} events, root {}", home.origin(), old.origin, old.size, old.root);
    let believed = open(old.checkpoint.as_bytes(), &policy);
    match &believed {
        Ok(believed) => {
            let by = believed.signed_by.iter().map(Key::short).collect::<Vec<_>>().join(", ");
            let by = believed.cosigned_by.iter().fold(by, |by, (witness, _)| format!("{by}, cosigned by {witness}"));
            say!("  its end is signed by {by}");
        }
        Err(error) => say!("FAILED: its end is not signed by whom was named: {error}"),
    }
    let signed = believed.is_ok_and(|believed| believed.quorum_met && is_of(&believed, &old));
    let mut holds = signed;
    for path in &args.checkpoint {
        let kept = open(&read(path)?, &policy)?;
        let (name, size) = (path.display(), kept.checkpoint.head.size);
        let wrong = match () {
            () if kept.checkpoint.origin != old.origin.as_str() => {
                Some(format!("is of the log {}", kept.checkpoint.origin))
            }
            () if is_of(&kept, &old) => None,
            () if size == old.size => {
                Some("has another root: that is not the log which this one goes on from".to_owned())
            }
            () if size > old.size => Some(format!("covers {size} events: the old log was written to after its end")),
            () => {
                say!("  {name} covers {size} events of it: only the old log tells whether they lead to its end");
                continue;
            }
        };
        match &wrong {
            Some(wrong) => say!("FAILED: {name} {wrong}"),
            None => say!("  {name} is of the same end"),
        }
        holds &= wrong.is_none();
    }
    if let Some(to) = &args.to {
        std::fs::write(to, &old.checkpoint).with_context(|| format!("writing {}", to.display()))?;
        say!(
            "  the checkpoint over it is in {}: hold the old log against it by `parindex verify --checkpoint`",
            to.display()
        );
    }
    say!("{}", if holds { "OK: it goes on from that log" } else { "FAILED: something does not hold" });
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn open(checkpoint: &[u8], policy: &Policy) -> Result<Believed, BadCheckpoint> {
    policy.open(&Note::parse(checkpoint)?)
}

/// Whether a checkpoint is over the end that is named.
fn is_of(believed: &Believed, old: &Continued) -> bool {
    let end = &believed.checkpoint;
    end.origin == old.origin.as_str() && (end.head.size, end.head.root) == (old.size, old.root)
}
