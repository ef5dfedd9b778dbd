//! A soak: full load on the services apart, PostgreSQL and NATS for some minutes, with the memory of the processes looked at
//! on the way. It says whether each service's memory is flat by a rule, and ends in a full verify; it is no test of CI.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use platform::db::Role;
use proto::Answer;

use super::{bar, median};
use crate::calling::Way;
use crate::load::round::{Caller, begin, origin};
use crate::nats::Nats;
use crate::postgres::{Disk, Postgres};
use crate::prove::{Projected, prove};
use crate::record::Records;
use crate::served::callers;
use crate::stack::Stack;

/// Minutes, where none are given.
pub const MINUTES: u64 = 10;
/// Who is looked at.
const SERVICES: [&str; 5] = ["ledger", "index", "ranking", "inspector", "dashboard"];
/// Clients at once.
const CLIENTS: usize = 128;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// Flat: the median of the last third is at most so many times that of the first third, once warm.
const FLAT: f64 = 1.1;
/// What is left out at the beginning, while pools, caches and working state fill: one look in so many.
const WARM: usize = 10;

/// Looks at memory for some minutes.
///
/// # Errors
/// When a part cannot be started, or is refused what it asks.
pub async fn measure(minutes: u64) -> Result<()> {
    println!("soak: {CLIENTS} clients over HTTP for {minutes} min, services apart, PostgreSQL and NATS");
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await?;
    let mut stack = Stack::of(server, Some(Nats::one().await), origin());
    let clients = callers(&stack.postgres, &open, stack.address("ledger"), CLIENTS).await?;
    open.ledger.stop().await;
    stack.start_ready(&SERVICES).await;
    let processes: Vec<u32> = SERVICES.iter().map(|name| stack.process(name)).collect();
    let (nats, postgres) = (stack.nats.as_ref().context("it has a bus")?.process(0), stack.postgres.process());

    let (over, accepted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let load = |(caller, way)| tokio::spawn(call(caller, way, Arc::clone(&over), Arc::clone(&accepted)));
    let tasks: Vec<_> = clients.into_iter().map(load).collect();
    let (began, total) = (Instant::now(), Duration::from_secs(minutes * 60));
    let names: Vec<&str> = SERVICES.into_iter().chain(["nats-server", "postgres"]).collect();
    let mut seen: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    let mut looks = tokio::time::interval(LOOK.min(total / 20));
    looks.tick().await;
    while began.elapsed() < total {
        looks.tick().await;
        let of_postgres: f64 = family(postgres).into_iter().map(|id| mib(id, "RssAnon:")).sum();
        let ours = processes.iter().map(|process| mib(*process, "VmRSS:"));
        let now: Vec<f64> = ours.chain([mib(nats, "VmRSS:"), of_postgres]).collect();
        let told: Vec<String> = names.iter().zip(&now).map(|(name, mib)| format!("{name} {mib:.1} MiB")).collect();
        let commands = accepted.load(Ordering::SeqCst);
        println!("  {:>5.0} s  {commands} commands  {}", began.elapsed().as_secs_f64(), told.join("  "));
        seen.iter_mut().zip(now).for_each(|(seen, now)| seen.push(now));
    }
    over.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await??;
    }
    println!("  {:.0} commands a second", accepted.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64());
    for (name, seen) in names.iter().zip(&seen) {
        let warm = &seen[seen.len() / WARM..];
        let third = (warm.len() / 3).max(1);
        let ratio = median(warm[warm.len() - third..].to_vec()) / median(warm[..third].to_vec());
        // The other two are not ours: their figures are printed, and judged by nobody.
        if SERVICES.contains(name) {
            bar(&format!("{name}: memory of the last third by that of the first, once warm"), ratio, FLAT, true);
        } else {
            println!("        {name}: {ratio:.2}");
        }
    }
    prove(&stack.postgres.paths(), origin(), &Records::default(), u64::MAX, Projected::Followed).await;
    println!("  verified");
    Ok(())
}

async fn call(mut caller: Caller, way: Way, over: Arc<AtomicBool>, accepted: Arc<AtomicU64>) -> Result<()> {
    while !over.load(Ordering::SeqCst) {
        let command = caller.pending()?;
        let answer = way.send(&caller, &command).await;
        let Some(Answer::Accepted(told)) = &answer else {
            ensure!(matches!(&answer, Some(Answer::Refused(r)) if r.code == "overloaded"), "{answer:?}");
            continue;
        };
        caller.scored(told);
        accepted.fetch_add(1, Ordering::SeqCst);
    }
    Ok(())
}

/// A process and its children.
fn family(parent: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    std::iter::once(parent).chain(children.split_whitespace().filter_map(|id| id.parse().ok())).collect()
}

/// A figure of a process's memory, in MiB.
fn mib(process: u32, figure: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(figure)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
