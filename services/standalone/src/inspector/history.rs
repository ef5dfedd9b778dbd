//! `parindex inspector prove-history` and `verify-history`: all that ever happened to a unit's sheet, in one file, with the
//! proof that nothing was left out. Whoever verifies it needs the keys, and no log.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::verify_history;
use platform::durable::{self, Readable};
use proto::history_proof::{HISTORY_BYTES_MAX, HistoryProof};
use proto::note::{Key, Note};
use proto::policy::Policy;
use proto::{Code, RoundId, UnitId};

use crate::against::{BelievedArgs, checkpoint_file, read};
use crate::data::Data;
use crate::failure::Failure;
use crate::home::Home;
use crate::inquiry::open;

/// `prove-history`
#[derive(Debug, Args)]
pub struct ProveHistory {
    #[command(flatten)]
    data: Data,
    /// The round; the latest one if absent.
    #[arg(long)]
    round: Option<RoundId>,
    /// The unit.
    #[arg(long)]
    unit: UnitId,
    /// The signed checkpoint that the proof ends in; a data folder's own if absent.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    believed: BelievedArgs,
    /// Where to write.
    file: PathBuf,
}

/// `verify-history`
#[derive(Debug, Args)]
pub struct VerifyHistory {
    /// The file.
    file: PathBuf,
    /// Tell the points of this leaf alone.
    #[arg(long)]
    leaf: Option<Code>,
    #[command(flatten)]
    believed: BelievedArgs,
}

/// Makes one.
pub async fn prove(args: ProveHistory) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let policy = args.believed.named_or_own(&home)?;
    let note = read(&checkpoint_file(args.checkpoint, &home)?)?;
    let note = Note::parse(&note).map_err(proto::checkpoint::BadCheckpoint::from)?;
    let (inspector, round) = open(&home, args.round).await?;
    let history = inspector.prove_history(round, args.unit, (&note, &policy)).await?;
    let bytes = history.to_bytes()?;
    durable::write(&args.file, &bytes, Readable::ByAll)
        .with_context(|| format!("file_unwritable: {}", args.file.display()))?;
    let events: usize = history.streams.iter().map(|stream| stream.events.len()).sum();
    say!("{}: {} streams, {events} events, {} bytes", args.file.display(), history.streams.len(), bytes.len());
    told(&history, &policy, None)
}

/// Verifies one.
pub fn verify(args: &VerifyHistory) -> anyhow::Result<ExitCode> {
    let policy = args.believed.named()?;
    let length = std::fs::metadata(&args.file).map_or(0, |file| file.len());
    if length > HISTORY_BYTES_MAX as u64 {
        return Err(Failure::new("history_too_large", format!("{length} bytes")).into());
    }
    let bytes = std::fs::read(&args.file).with_context(|| format!("file_missing: {}", args.file.display()))?;
    match HistoryProof::parse(&bytes) {
        Ok(history) => told(&history, &policy, args.leaf.as_ref()),
        Err(bad) => {
            say!("FAILED: {bad}");
            Ok(ExitCode::from(1))
        }
    }
}

/// What a history proves, and whether it does.
fn told(history: &HistoryProof, policy: &Policy, leaf: Option<&Code>) -> anyhow::Result<ExitCode> {
    let verified = match verify_history(history, policy) {
        Ok(verified) => verified,
        Err(bad) => {
            say!("FAILED: {bad}");
            return Ok(ExitCode::from(1));
        }
    };
    let (believed, covered) = (&verified.proven.believed, &verified.proven.covered);
    let (size, round, unit) = (covered.anchor.size, &history.round, &history.unit);
    say!("the sheet of {unit} in {round}, log {}: complete up to #{size}", believed.checkpoint.origin);
    say!(
        "  by the anchor at #{}: {} streams, heads {}",
        covered.position,
        covered.anchor.heads.count,
        covered.anchor.heads.root
    );
    let by = believed.signed_by.iter().map(Key::short).collect::<Vec<_>>().join(", ");
    say!("  under the checkpoint of {} events, signed by {by}", believed.checkpoint.head.size);
    for stream in &history.streams {
        let head = &stream.presence.head;
        say!("  {}: all {} events, the last one {}", head.stream, head.version, head.hash);
    }
    for absence in &history.absences {
        say!("  {}: no events", absence.stream);
    }
    for listing in &history.listings {
        say!("  {}: {} streams, and no others", listing.prefix, listing.within.len());
    }
    for (code, points) in verified.scores.iter().filter(|(code, _)| leaf.is_none_or(|leaf| leaf == code)) {
        let points = points.as_ref().map_or("-".to_owned(), proto::Exact::plain);
        say!("  {code}  {points}");
    }
    if !believed.quorum_met {
        say!("FAILED: it holds in the log that was signed, but too few witnesses have seen that log");
        return Ok(ExitCode::from(1));
    }
    say!("OK: nothing is left out, and the events lead to these points");
    Ok(ExitCode::SUCCESS)
}
