//! `parindex verify`: what the inspector finds, told on standard output. Exit status 1 if something does not hold.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use inspector::{HeadFile, in_base64, verify};

use crate::command_line::Verify;
use crate::home::Home;
use crate::progress::bar;

/// Does it.
pub async fn run(args: Verify) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let holds = check(&home, args.head.as_deref()).await?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Verifies a log and tells what was found; says whether everything holds.
pub async fn check(home: &Home, head: Option<&Path>) -> anyhow::Result<bool> {
    let outside = match head {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("file_missing: {}", path.display()))?;
            Some(HeadFile::parse(&text)?)
        }
    };
    let bar = bar("verifying", 0);
    let paths = home.paths();
    let report = verify(&paths, home.origin().clone(), outside.as_ref(), |at, total| {
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
        Some(root) => say!("log: {} events hold, root {root}, in a head's base64 {}", report.events, in_base64(root)),
        None => say!("log: {} events hold", report.events),
    }
    for projection in &report.projections {
        say!("{}: at #{}, digest {}", projection.name, projection.position, projection.digest);
    }
    for note in &report.notes {
        say!("note: {note}");
    }
    match report.vouched {
        Some(size) if size == report.events => say!("the head vouches for the end"),
        Some(size) => say!("the head vouches for the first {size} events, NOTHING OUTSIDE FOR THE REST"),
        None if outside.is_none() => say!("NOTHING OUTSIDE VOUCHES FOR THE END: give --head FILE"),
        None => {}
    }
    if report.needs_rebuild() {
        say!("the log holds: `parindex rebuild` makes the projections again from it");
    }
    let holds = report.holds();
    say!("{}", if holds { "OK: the log and both projections hold" } else { "FAILED: something does not hold" });
    Ok(holds)
}
