//! The load program's parts: each measures one path of the system beside its raw baseline, in the same run.
//! A figure without its baseline is never printed.

pub mod append;
pub mod ballots;
pub mod bus;
pub mod files;
pub mod growth;
pub mod pages;
pub mod postgres;
pub mod proof;
pub mod rebuild;
pub mod round;
pub mod soak;
pub mod verify;

use std::time::Duration;

/// The middle of some measurements.
///
/// # Panics
/// When there are none.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Things done per second.
#[must_use]
pub fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// The memory that this process holds, in MiB.
#[must_use]
pub fn resident_mib() -> f64 {
    memory_mib("VmRSS:")
}

/// The most memory that this process ever held, in MiB.
#[must_use]
pub fn peak_mib() -> f64 {
    memory_mib("VmHWM:")
}

fn memory_mib(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Prints a figure beside its bar.
pub fn bar(name: &str, ratio: f64, needed: f64, at_most: bool) {
    let holds = if at_most { ratio <= needed } else { ratio >= needed };
    let word = if at_most { "at most" } else { "at least" };
    println!("  {}  {name}: {ratio:.2} ({word} {needed})", if holds { "ok   " } else { "SHORT" });
}
