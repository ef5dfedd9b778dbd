//! `parindex retention`: what is past the time for which it is kept, and the commands by which two people may have it erased. It
//! destroys nothing itself, whatever the day.

mod orders;
mod rule;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use inspector::{KeptFor, PastTime, Retained, Retention, Source, Years, retained};
use intake::access::AccessLog;
use platform::clock::Clock;
use proto::access::{AccessEntry, AccessHead};
use proto::{Day, Hash, UnitId};

use crate::failure::Failure;
use crate::files_home::ACCESS;
use crate::folder::Folder;

/// `retention`
#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The rule: years after a round's closing, in TOML.
    #[arg(long, value_name = "FILE")]
    pub rule: PathBuf,
    /// On which day; today if absent.
    #[arg(long, value_name = "DAY")]
    pub as_of: Option<Day>,
    /// The unit in which whoever sends the commands is secretariat, if it is held in one.
    #[arg(long, requires = "out")]
    pub held_in: Option<UnitId>,
    /// Write the commands that open cases and order the erasures into a file, one a line, for `submit`.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Does it.
pub async fn run(args: RetentionArgs) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.rule).with_context(|| format!("file_missing: {}", args.rule.display()))?;
    let years = std::str::from_utf8(&bytes).map_err(|e| vec![e.to_string()]).and_then(rule::read);
    let years = years.map_err(|faults| Failure::new("retention_rule_bad", faults.join("; ")))?;
    let folder = Folder::open(&args.data)?;
    let day = args.as_of.unwrap_or_else(|| Day::of(Clock::System.now()));
    let source = Source::open(folder.file("ledger.db")).await?;
    let log = retained(&source).await;
    source.close().await;
    let log = log?;
    let past = log.past(years, day);
    tell_rounds(&log, years)?;
    past.iter().try_for_each(tell)?;
    tell_accesses(&folder, &log, years, day).await?;
    let free: Vec<&PastTime> = past.iter().filter(|past| past.kept.is_none()).collect();
    say!("{} past their time on {day}, {} of them kept", past.len(), past.len() - free.len());
    if let Some(out) = args.out {
        let sender = (folder.origin(), args.held_in.as_ref());
        let commands = orders::of(&free, (years, Hash::digest(&bytes)), day, sender);
        let lines: Vec<u8> = commands.iter().flat_map(|c| [c.to_canonical(), b"\n".to_vec()].concat()).collect();
        std::fs::write(&out, lines).with_context(|| format!("writing {}", out.display()))?;
        let (commands, out) = (commands.len(), out.display());
        say!(
            "{commands} commands in {out}, for `submit` by the secretariat; nothing is erased before an administrator, another person, confirms each case"
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_rounds(log: &Retention, years: Years) -> anyhow::Result<()> {
    for (round, end) in log.rounds() {
        match end.closed {
            None => {
                let appeals = end.open_appeals.len();
                say!("round {round} never closed: it keeps everything ({appeals} appeals open)");
            }
            Some(at) => {
                let until = |years: u32| Day::of(at).plus_years(years);
                let (evidence, ballots) = (until(years.evidence), until(years.ballots));
                let access = until(years.access);
                say!(
                    "round {round} closed on {}: evidence is kept through {evidence}, ballots through {ballots}, accesses through {access}",
                    Day::of(at)
                );
            }
        }
    }
    Ok(())
}

fn tell(past: &PastTime) -> anyhow::Result<()> {
    let what = match &past.what {
        Retained::File(address) => format!("file {address}"),
        Retained::BatchFile(address) => format!("file of a batch {address}"),
        Retained::Ballots(batch) => format!("ballots of {batch}"),
    };
    let (round, since) = (&past.round, past.since);
    let over = format!("of {round}, past its time since {since}");
    match &past.kept {
        None => say!("past  {what} {over}"),
        Some(KeptFor::CaseOpen(case)) => say!("kept  {what} {over}: the case {case} is open, and may be about it"),
        Some(KeptFor::Ordered(case)) => say!("kept  {what} {over}: the case {case} orders it to be erased already"),
        Some(KeptFor::Round(other)) => say!("kept  {what} {over}: the round {other} refers to it, and keeps it"),
    }
    Ok(())
}

/// Entries of the access log are linked, so that none is ever taken out of it: how far they are past their time is told.
async fn tell_accesses(folder: &Folder, log: &Retention, years: Years, day: Day) -> anyhow::Result<()> {
    let place = folder.file(ACCESS);
    if !place.exists() {
        return Ok(());
    }
    let (mut past, mut last) = (0_u64, 0);
    let access = AccessLog::open(&place.into()).await?;
    let show = |entry: &AccessEntry, at: AccessHead| {
        let rounds = log.rounds_of(entry.address);
        let over = |round: &&proto::RoundId| log.over_since(round, years.access).is_some_and(|since| since <= day);
        if !rounds.is_empty() && rounds.iter().all(over) {
            (past, last) = (past + 1, at.number);
        }
        anyhow::Ok(())
    };
    access.walk(show).await?;
    access.close().await?;
    if past > 0 {
        say!(
            "access log: {past} entries are past their time, the last of them #{last}; they are linked, and no order erases one"
        );
    }
    Ok(())
}
