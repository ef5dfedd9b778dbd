//! `parindex verify`: what the inspector finds, told on standard output. Exit status 1 if something does not hold.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::available_parallelism;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use inspector::{Against, HeadFile, Kept, KeptHead, Report, TIME_TOLERANCE_S, Wide, verify, verify_log};
use platform::durable::{self, Readable};
use proto::Instant;
use proto::note::Key;
use proto::tree::TreeHead;

use crate::against::{KeptArgs, read};
use crate::data::Data;
use crate::home::Home;
use crate::progress::bar;

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    kept: KeptArgs,
    /// What was verified before: begin behind it, if the log still is that one, and keep there what holds now. The file is
    /// made where there is none.
    #[arg(long, value_name = "FILE", conflicts_with = "log_only")]
    verified: Option<PathBuf>,
    /// The log alone, as fast as it can be read: bytes, columns, links, tree, and what it is held against. Neither whether the
    /// rules led to it, nor the projections.
    #[arg(long)]
    log_only: bool,
    /// On how many cores the log alone is verified; on all if absent.
    #[arg(long, value_name = "COUNT", requires = "log_only")]
    cores: Option<NonZeroUsize>,
}

/// The program's version, by which something was verified: another one may see more.
const VERSION: &str = concat!("parindex ", env!("CARGO_PKG_VERSION"));

/// Does it.
pub async fn run(args: Verify) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let mut against = args.kept.against(&home)?;
    let holds = if args.log_only {
        let ledger = home.paths().ledger;
        let report = verify_log(&ledger, home.origin().clone(), &against, Wide::on(cores(args.cores)), shown()).await?;
        tell(&report, &against)?;
        let words = if report.holds() { "OK: the log holds" } else { "FAILED: something does not hold" };
        say!("{words}; rules and projections were not looked at");
        report.holds()
    } else {
        if let Some(path) = args.verified.as_deref().filter(|path| path.exists()) {
            against.verified = verified_before(path, &home, &mut against)?;
        }
        let report = checked(&home, &against).await?;
        if let (Some(path), Some(root), true) = (&args.verified, report.root, report.holds()) {
            let head = HeadFile { origin: report.origin.clone(), size: report.events, root };
            let kept = durable::write(path, format!("{head}{VERSION}\n").as_bytes(), Readable::ByAll);
            kept.with_context(|| format!("file_unwritable: {}", path.display()))?;
        }
        report.holds()
    };
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// On how many cores: as many as were asked for, or all.
pub fn cores(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// What a file says was verified before; nothing where another version of the program did it. The log is held against it
/// either way.
fn verified_before(path: &Path, home: &Home, against: &mut Against) -> anyhow::Result<Option<TreeHead>> {
    let text = String::from_utf8(read(path)?).with_context(|| format!("bad_head: {}", path.display()))?;
    let head = HeadFile::parse(&text)?;
    let kept = KeptHead::of_head("what was verified before", &head);
    against.heads.push(KeptHead { kept: Kept::Before, ..kept });
    let by_this = text.lines().nth(3) == Some(VERSION) && head.origin == *home.origin();
    Ok(by_this.then_some(TreeHead { size: head.size, root: head.root }))
}

/// Verifies a log and tells what was found; says whether everything holds.
pub async fn check(home: &Home, against: &Against) -> anyhow::Result<bool> {
    Ok(checked(home, against).await?.holds())
}

/// Verifies a log and tells what was found.
async fn checked(home: &Home, against: &Against) -> anyhow::Result<Report> {
    let report = verify(&home.paths(), home.origin().clone(), against, shown()).await?;
    tell(&report, against)?;
    if report.needs_rebuild() {
        say!("the log holds: `parindex rebuild` makes the projections again from it");
    }
    say!(
        "{}",
        if report.holds() { "OK: the log and both projections hold" } else { "FAILED: something does not hold" }
    );
    Ok(report)
}

/// Shows how far a verification has come, until it is dropped.
fn shown() -> impl FnMut(u64, u64) {
    let bar = Cleared(bar("verifying", 0));
    move |at, total| {
        if at % 256 == 0 {
            bar.0.set_length(total);
            bar.0.set_position(at);
        }
    }
}

/// A bar that leaves nothing behind.
struct Cleared(ProgressBar);

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Tells what a verification found.
fn tell(report: &Report, against: &Against) -> anyhow::Result<()> {
    say!("\nverify {}", report.origin);
    for finding in &report.findings {
        say!("BROKEN  {finding}");
    }
    if report.resumed > 0 {
        say!("events 1 to {} were verified before: held to their root, and not read again", report.resumed);
    }
    match report.root {
        Some(root) => say!("log: {} events hold, root {root}, in a head's base64 {}", report.events, root.base64()),
        None => say!("log: {} events hold", report.events),
    }
    for projection in &report.projections {
        say!("{}: at #{}, digest {}", projection.name, projection.position, projection.digest);
    }
    if let Some(old) = &report.continues {
        say!("it goes on from the log {}: {} events, root {}", old.origin, old.size, old.root);
    }
    if let Some(position) = report.closed {
        say!("it ended at #{position}");
    }
    if report.anchors > 0 {
        say!("anchors: {} hold", report.anchors);
    }
    tell_bounds(report.bounded)?;
    for note in &report.notes {
        say!("note: {note}");
    }
    tell_vouched(report, against)
}

/// How far witnesses bound the times of events: up to where from above, and from where on from below.
pub fn tell_bounds((by, since): (Option<u64>, Option<u64>)) -> anyhow::Result<()> {
    let by = by.map(|upto| format!("those up to #{upto} by when they stood"));
    let since = since.map(|from| format!("those from #{from} on since when"));
    let told: Vec<String> = by.into_iter().chain(since).collect();
    if !told.is_empty() {
        say!("times: witnesses say of events, give or take {TIME_TOLERANCE_S} s: {}", told.join(", "));
    }
    Ok(())
}

/// Who vouches for how much of the log.
fn tell_vouched(report: &Report, against: &Against) -> anyhow::Result<()> {
    for kept in &report.vouched {
        if let Some(signed) = &kept.signed {
            let by = signed.signed_by.iter().map(Key::short).collect::<Vec<_>>().join(", ");
            let by: String = signed.cosigned_by.iter().fold(format!("signed by {by}"), |told, (witness, seconds)| {
                let at = i64::try_from(*seconds).ok().and_then(|s| Instant::from_micros(s.checked_mul(1_000_000)?));
                format!("{told}, cosigned by {witness} at {}", at.map_or(String::new(), Instant::vietnam))
            });
            say!("{}, {by}: {} events", kept.name, kept.head.size);
        }
    }
    let outside = |kept: &&KeptHead| kept.kept == Kept::Outside;
    match report.vouched.iter().rfind(outside) {
        Some(kept) if kept.head.size == report.events => say!("{} vouches for the end", kept.name),
        Some(kept) => {
            say!("{} vouches for the first {} events, NOTHING OUTSIDE FOR THE REST", kept.name, kept.head.size);
        }
        None if !against.heads.iter().any(|kept| outside(&kept)) => {
            say!("NOTHING OUTSIDE VOUCHES FOR THE END: give --head FILE or --checkpoint FILE");
        }
        None => {}
    }
    Ok(())
}
