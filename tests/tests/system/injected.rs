//! T19: a call to the system fails, or the process is killed in it, anywhere on the way of an append, a tile or a checkpoint.
//! Afterwards what was acknowledged is there once, and everything holds; strace makes the calls fail.

use std::collections::BTreeMap;
use std::process::Command;

use system_tests::folder::{Folder, Said, sample_round};
use system_tests::seed::Seed;

/// Lines of the sample's self-scores that are played while calls fail.
const LINES: usize = 150;
/// The calls by which databases, tiles and checkpoints reach the disk.
const CALLS: [&str; 8] =
    ["pwrite64", "write", "fsync", "openat", "renameat,rename", "unlink,unlinkat", "ftruncate", "pread64"];
const FAULTS: [&str; 3] = ["error=EIO", "error=ENOSPC", "signal=KILL"];

/// How long a run may take, in seconds, before it is killed: strace counts for each thread anew, so that a call may fail again
/// each time something is tried again.
const KILLED_AFTER: &str = "20";

/// How often each call fails in each way.
fn times() -> usize {
    if std::env::var_os("PARINDEX_FULL").is_some() { 40 } else { 1 }
}

/// The binary's command under strace, with these of its options, and what ends it before its time.
fn traced(folder: &Folder, options: &[&str], ended_by: &[&str]) -> Said {
    let inner = folder.command(&["play", "--data", "@", "lines.ndjson"]);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options).args(ended_by);
    command.arg(inner.get_program()).args(inner.get_args());
    command.current_dir(folder.beside("")).output().expect("strace starts").into()
}

/// How often a thread of the program makes a call on its way, the one that makes it most often.
fn calls(folder: &Folder, call: &str) -> u64 {
    let trace = folder.beside("trace");
    let path = trace.to_str().expect("a path");
    let said = traced(folder, &["-e", &format!("trace={call}"), "-o", path], &[]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for line in std::fs::read_to_string(trace).expect("a trace").lines().filter(|l| l.contains('(')) {
        *counts.entry(line.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts.into_values().max().expect("it makes that call")
}

#[test]
fn whatever_call_fails_nothing_acknowledged_is_lost_and_the_log_holds() {
    let mut seed = Seed::drawn();
    let base = Folder::small_round(1);
    let scores = std::fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
    let lines: String = scores.split_inclusive('\n').skip(1).take(LINES).collect();
    let copy = || {
        let copy = base.copy();
        std::fs::write(copy.beside("lines.ndjson"), &lines).expect("writes");
        copy
    };
    let (mut failed, mut runs) = (0, 0);
    for call in CALLS {
        let made = calls(&copy(), call);
        for fault in FAULTS {
            for _ in 0..times() {
                let folder = copy();
                let when = seed.next(1, made + 1);
                let inject = format!("inject={call}:{fault}:when={when}");
                let options = ["-e", &format!("trace={call}"), "-e", &inject, "-o", "/dev/null"];
                let said = traced(&folder, &options, &["timeout", "--signal", "KILL", KILLED_AFTER]);
                runs += 1;
                failed += usize::from(said.code != Some(0));
                let accepted: Vec<&str> = said.out.lines().filter(|l| l.contains("\"accepted\"")).collect();
                let again = folder.must(&["play", "--data", "@", "lines.ndjson"]).out;
                for line in accepted {
                    assert!(again.lines().any(|l| l == line), "{inject}: acknowledged, and another now: {line}");
                }
                assert_eq!(again.lines().filter(|l| l.contains("\"accepted\"")).count(), LINES, "{inject}");
                let verified = folder.run(&["verify", "--data", "@"]);
                assert_eq!(verified.code, Some(0), "{inject}: {}{}", verified.out, verified.err);
            }
        }
    }
    assert!(failed * 6 > runs, "{failed} of {runs} runs met their fault");
}
