//! `parindex inspector verify-mirror`: a log in files, bundles of entries beside a signed checkpoint, by nothing but them and keys.
//! Whoever copied it from where it is served can do so, with `inspector mirror` or any client of C2SP tlog-tiles.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{Bundles, Wide, read_bounded};
use proto::Origin;
use proto::checkpoint::BadCheckpoint;
use proto::note::{NOTE_BYTES_MAX, Note};

use super::export::tell;
use crate::against::BelievedArgs;
use crate::verify::cores;

/// `verify-mirror`
#[derive(Debug, Args)]
pub struct VerifyMirror {
    /// The folder: `checkpoint`, and `tile/entries/...`.
    folder: PathBuf,
    #[command(flatten)]
    believed: BelievedArgs,
    /// On how many cores; on all if absent.
    #[arg(long, value_name = "COUNT")]
    cores: Option<NonZeroUsize>,
}

/// Verifies it.
pub fn run(args: &VerifyMirror) -> anyhow::Result<ExitCode> {
    let policy = args.believed.named()?;
    let path = args.folder.join("checkpoint");
    let note = read_bounded(&path, NOTE_BYTES_MAX).with_context(|| format!("file_missing: {}", path.display()))?;
    let note = Note::parse(&note).map_err(BadCheckpoint::from)?;
    let believed = policy.open(&note)?;
    let (head, origin) = (believed.checkpoint.head, Origin::parse(&believed.checkpoint.origin)?);
    let (walk, broken) = Bundles::of(&args.folder, head.size).walk(&origin, Wide::on(cores(args.cores)))?;
    let fault = match broken {
        Some(finding) => Some(finding.to_string()),
        None if walk.root() != head.root => {
            Some(format!("the root of the events is not the checkpoint's, {}", head.root))
        }
        None if !believed.quorum_met => Some("the quorum is not met".to_owned()),
        None => None,
    };
    say!("verify {origin}");
    if let Some(fault) = &fault {
        say!("BROKEN  {fault}");
    }
    say!("log: {} events follow each other, root {}", walk.position(), walk.root());
    tell(&believed)?;
    say!(
        "{}; rules were not looked at",
        if fault.is_none() { "OK: the log holds" } else { "FAILED: it does not hold" }
    );
    Ok(ExitCode::from(u8::from(fault.is_some())))
}
