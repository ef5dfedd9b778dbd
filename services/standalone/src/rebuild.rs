//! `parindex rebuild`: a projection from the log, beside the one that serves, which it replaces once it was verified.
//! Killed at any moment, it leaves the old one serving; the next run goes on where it came to.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use index::Index;
use indicatif::ProgressBar;
use inspector::{Beside, BesideError};
use ledger::Log;
use platform::feed::{BATCH_EVENTS_MAX, Feed};
use platform::generation::{Begun, Next};
use platform::projector::{ProjectError, Projection, Projector};
use proto::Hash;
use ranking::Ranking;
use tokio::sync::watch;

use crate::data::Data;
use crate::failure::Failure;
use crate::home::{Home, Part};
use crate::progress::bar;

/// `rebuild`
#[derive(Debug, Args)]
pub struct Rebuild {
    #[command(flatten)]
    pub data: Data,
    /// Which projection; both if absent.
    #[arg(value_parser = ["index", "ranking"])]
    pub projection: Option<String>,
}

/// Does it.
pub async fn run(args: Rebuild) -> anyhow::Result<ExitCode> {
    let home = Home::open(&args.data).await?;
    let wanted = args.projection.as_deref();
    if wanted.is_none_or(|w| w == Index::NAME) {
        rebuild::<Index>(&home, Part::Index, "rebuilding index").await?;
    }
    if wanted.is_none_or(|w| w == Ranking::NAME) {
        rebuild::<Ranking>(&home, Part::Ranking, "rebuilding ranking").await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn rebuild<P: Projection>(home: &Home, part: Part, title: &'static str) -> anyhow::Result<()> {
    let log = Log::open(home.paths().ledger, watch::channel(0).1).await?;
    let mut next = Next::<P>::take(&home.writing(part)).await?;
    go_on(&mut next, &log).await?;
    let head = log.head_row().await?.position;
    // The projector makes the rows and the inspector folds the log too, each for itself and both at once.
    let bar = bar(title, 2 * head);
    let projected = {
        let (place, origin, log) = (next.place().clone(), home.origin().clone(), Arc::new(log.clone()));
        let bar = bar.clone();
        tokio::spawn(async move {
            let mut projector = Projector::<P>::open(place, origin, log, watch::channel(0).0).await?;
            bar.inc(projector.stored().0);
            // A batch that is not full is the end: the rest is read while the live projection stands still.
            while step(&mut projector, &bar).await? == BATCH_EVENTS_MAX {}
            Ok::<_, ProjectError>(projector)
        })
    };
    let folded = {
        let mut beside = Beside::begin(home.paths().ledger, home.origin().clone()).await?;
        let bar = bar.clone();
        tokio::spawn(async move {
            beside.go_to(head, |events| bar.inc(events)).await?;
            Ok::<_, BesideError>(beside)
        })
    };
    let (projected, folded) = tokio::join!(projected, folded);
    bar.finish_and_clear();
    let (mut projector, mut beside) = match (projected?, folded?) {
        (Ok(projector), Ok(beside)) => (projector, beside),
        (Err(error), _) => return give_up(next, error.is_of_the_log(), error.into()).await,
        (_, Err(error)) => return give_up(next, matches!(error, BesideError::Broken(_)), error.into()).await,
    };

    let place = next.place().clone();
    let held = next.hold().await?;
    // Where the log ends before the live projection does, that one holds what is not of this log.
    while projector.stored().0 < held.position() && projector.batch().await? > 0 {}
    let at = projector.stored();
    projector.close().await?;
    beside.go_to(at.0, |_| {}).await?;
    let (findings, report) = beside.compare(P::NAME, &place).await?;
    beside.close().await;
    log.close().await;
    if !findings.is_empty() {
        held.discard().await?;
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let what = format!("what was made is not what the log makes, and was dropped: {}", told.join("; "));
        return Err(Failure::new("rebuild_differs", what).into());
    }
    let digest = report.context("a projection that was compared has a digest")?.digest;
    held.switch(at).await?;
    say!("{}: rebuilt at #{}, digest {digest}", P::NAME, at.0);
    Ok(())
}

/// Keeps what an earlier run has made, if it is of this log and this version's format; anything else goes.
async fn go_on<P: Projection>(next: &mut Next<P>, log: &Log) -> anyhow::Result<()> {
    let why = match next.begun().await? {
        Begun::Nothing => return Ok(()),
        Begun::At(cursor) if cursor.position == 0 => return Ok(()),
        Begun::At(cursor) if is_prefix((cursor.position, cursor.hash), log).await? => {
            say!("{}: goes on at #{} of its next generation", P::NAME, cursor.position);
            return Ok(());
        }
        Begun::At(cursor) => format!("what it holds up to #{} is not of this log", cursor.position),
        Begun::Unusable(why) => why,
    };
    next.clear().await?;
    say!("{}: its next generation was dropped and is begun again: {why}", P::NAME);
    Ok(())
}

/// Whether the log has an event of this hash at this position, and so everything that came before it.
async fn is_prefix((position, hash): (u64, Option<Hash>), log: &Log) -> anyhow::Result<bool> {
    let Some(before) = position.checked_sub(1) else { return Ok(hash.is_none()) };
    let kept = log.after(before, 1).await?;
    Ok(hash.is_some() && kept.first().map(|body| Hash::entry(body)) == hash)
}

async fn step<P: Projection>(projector: &mut Projector<P>, bar: &ProgressBar) -> Result<usize, ProjectError> {
    let events = projector.batch().await?;
    bar.inc(events as u64);
    Ok(events)
}

/// Of a log that does not hold nothing is kept.
async fn give_up<P: Projection>(mut next: Next<P>, log_broken: bool, error: anyhow::Error) -> anyhow::Result<()> {
    if log_broken {
        next.clear().await?;
    }
    Err(error)
}
