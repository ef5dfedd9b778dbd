//! `parindex verify`: what the inspector finds, told on standard output. Exit status 1 if something does not hold.

use std::process::ExitCode;

use inspector::{Against, Kept, KeptHead, Report, TIME_TOLERANCE_S, verify};
use proto::Instant;
use proto::note::Key;

use crate::command_line::Verify;
use crate::home::Home;
use crate::progress::bar;

/// Does it.
pub async fn run(args: Verify) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let holds = check(&home, &args.kept.against(&home)?).await?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Verifies a log and tells what was found; says whether everything holds.
pub async fn check(home: &Home, against: &Against) -> anyhow::Result<bool> {
    let bar = bar("verifying", 0);
    let paths = home.paths();
    let report = verify(&paths, home.origin().clone(), against, |at, total| {
        if at % 256 == 0 {
            bar.set_length(total);
            bar.set_position(at);
        }
    });
    let report = report.await;
    bar.finish_and_clear();
    let report = report?;
    say!("\nverify {}", report.origin);
    for finding in &report.findings {
        say!("BROKEN  {finding}");
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
    tell_bounds(&report)?;
    for note in &report.notes {
        say!("note: {note}");
    }
    tell_vouched(&report, against)?;
    if report.needs_rebuild() {
        say!("the log holds: `parindex rebuild` makes the projections again from it");
    }
    let holds = report.holds();
    say!("{}", if holds { "OK: the log and both projections hold" } else { "FAILED: something does not hold" });
    Ok(holds)
}

/// How far witnesses bound the times of events.
fn tell_bounds(report: &Report) -> anyhow::Result<()> {
    let (by, since) = report.bounded;
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
