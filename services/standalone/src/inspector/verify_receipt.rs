//! `parindex inspector verify-receipt`: whether an event is in a log, from a file and keys alone.
//! It asks nobody and needs no log.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use proto::act::log::Anchor;
use proto::checkpoint::Checkpoint;
use proto::note::Key;
use proto::policy::Believed;
use proto::receipt::{BadReceipt, Receipt};
use proto::{Event, Fact, Hash, Instant};

use crate::against::BelievedArgs;
use crate::failure::Failure;

/// `verify-receipt`
#[derive(Debug, Args)]
pub struct VerifyReceipt {
    /// The receipt.
    pub file: PathBuf,
    /// The event's bytes, where the receipt does not carry them.
    #[arg(long, value_name = "FILE")]
    pub event: Option<PathBuf>,
    #[command(flatten)]
    pub believed: BelievedArgs,
}

/// Does it.
pub fn run(args: &VerifyReceipt) -> anyhow::Result<ExitCode> {
    let policy = args.believed.named()?;
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("file_missing: {}", path.display()));
    let receipt = Receipt::parse(&read(&args.file)?)?;
    let body = match (&args.event, &receipt.extra) {
        (Some(path), _) => {
            let mut body = read(path)?;
            // A line of an export is a body too.
            body.truncate(body.trim_ascii_end().len());
            body
        }
        (None, Some(body)) => body.clone(),
        (None, None) => {
            return Err(Failure::new("usage", "the receipt does not carry its event: say --event FILE").into());
        }
    };
    let hash = Hash::entry(&body);
    let believed = match receipt.verify(hash, &policy) {
        Ok(believed) => believed,
        Err(bad @ (BadReceipt::Proof(_) | BadReceipt::Checkpoint(_))) => {
            say!("FAILED: {bad}");
            return Ok(ExitCode::from(1));
        }
        Err(bad @ BadReceipt::Form(_)) => return Err(bad.into()),
    };
    let event = Event::decode(&body).context("bad_receipt: what was logged is no event")?;
    let e = &event.envelope;
    if e.log.as_str() != believed.checkpoint.origin || e.position.checked_sub(1) != Some(receipt.index) {
        say!("FAILED: the event says that it stands at {} of {}", e.position, e.log);
        return Ok(ExitCode::from(1));
    }
    say!("event #{} of {}: {} in {} (version {})", e.position, e.log, event.fact.kind(), e.stream, e.version);
    say!("  hash {hash}");
    say!("  by {} as {}, by the ledger's clock at {}", e.actor.id, e.actor.capacity, e.at.vietnam());
    if let Fact::Anchored(Anchor { checkpoint: Some(checkpoint), .. }) = &event.fact
        && let Ok(held) = Checkpoint::on_record(checkpoint).and_then(|(note, _)| policy.open(&note))
        && let Some(since) = held.not_before().and_then(instant)
    {
        say!("it was made after {}, as enough witnesses say whose cosignatures it holds", since.vietnam());
    }
    tell(&believed)?;
    Ok(if believed.quorum_met { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Who vouches for the checkpoint, and whether that is enough.
fn tell(believed: &Believed) -> anyhow::Result<()> {
    let head = believed.checkpoint.head;
    say!("under the checkpoint of {} events, root {}", head.size, head.root);
    say!("  signed by {}", believed.signed_by.iter().map(Key::short).collect::<Vec<_>>().join(", "));
    for (witness, seconds) in &believed.cosigned_by {
        say!("  cosigned by {witness} at {}", instant(*seconds).map_or_else(|| "no time".to_owned(), Instant::vietnam));
    }
    if let Some(at) = believed.no_later_than().and_then(instant) {
        say!("it was in the log no later than {}, as enough witnesses say", at.vietnam());
    }
    match (believed.quorum_met, believed.cosigned_by.is_empty()) {
        (true, false) => say!("OK: the event is in the log, and enough witnesses have seen that log"),
        (true, true) => say!("OK: the event is in the log, by the log's own signature alone; no witness was asked for"),
        (false, _) => say!("FAILED: the event is in the log that was signed, but too few witnesses have seen that log"),
    }
    Ok(())
}

fn instant(seconds: u64) -> Option<Instant> {
    Instant::from_micros(i64::try_from(seconds).ok()?.checked_mul(1_000_000)?)
}
