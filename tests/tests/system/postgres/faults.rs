//! The server is killed or restarted under load, or a session is cut off: nothing acknowledged is lost, nothing is
//! written twice, and no answer says of a command what the log does not bear out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use inspector::{Source, walk_log};
use ledger::Door;
use platform::clock::Clock;
use platform::db::Role;
use platform::feed::Feed;
use platform::ports::Submit;
use proto::{Answer, Event};
use system_tests::load::round::{Caller, OpenLedger, begin, origin};
use system_tests::postgres::{Disk, Postgres};

/// Callers at once.
const CALLERS: usize = 32;

fn rounds() -> usize {
    if std::env::var_os("PARINDEX_FULL").is_some() { 20 } else { 4 }
}

/// What callers do until it is over, and what they were told.
struct Load {
    over: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    unsure: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<BTreeMap<String, u64>>>,
}

impl Load {
    fn start(open: &OpenLedger) -> Self {
        let (over, accepted, unsure) = (Arc::default(), Arc::default(), Arc::default());
        let mut load = Self { over, accepted, unsure, tasks: Vec::new() };
        for i in 0..CALLERS {
            let caller = Caller::new(i, &open.units).expect("a caller");
            let (over, counts) = (Arc::clone(&load.over), (Arc::clone(&load.accepted), Arc::clone(&load.unsure)));
            load.tasks.push(tokio::spawn(call(open.ledger.door(), caller, over, counts)));
        }
        load
    }

    /// Waits until so many more commands were acknowledged.
    async fn more(&self, count: usize) {
        let from = self.accepted.load(Ordering::SeqCst);
        while self.accepted.load(Ordering::SeqCst) < from + count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until somebody was told that it did not go well.
    async fn trouble(&self) {
        let from = self.unsure.load(Ordering::SeqCst);
        while self.unsure.load(Ordering::SeqCst) == from {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The position that every command was acknowledged at.
    async fn end(self) -> BTreeMap<String, u64> {
        self.over.store(true, Ordering::SeqCst);
        let mut acknowledged = BTreeMap::new();
        for task in self.tasks {
            acknowledged.extend(task.await.expect("the caller ends"));
        }
        acknowledged
    }
}

async fn call(
    door: Door,
    mut caller: Caller,
    over: Arc<AtomicBool>,
    (accepted_count, unsure): (Arc<AtomicUsize>, Arc<AtomicUsize>),
) -> BTreeMap<String, u64> {
    let mut acknowledged = BTreeMap::new();
    let mut unwritten_until = None;
    while !over.load(Ordering::SeqCst) || caller.is_waiting() {
        let command = caller.pending().expect("a command");
        match door.submit(caller.principal(), vec![Ok(command)]).await.pop().expect("an answer") {
            Answer::Accepted(accepted) => {
                // Who was told that nothing was written finds no event that stood there by then.
                assert!(unwritten_until.take().is_none_or(|told| accepted.at >= told), "{accepted:?}");
                acknowledged.insert(accepted.command.to_string(), accepted.position);
                caller.scored(&accepted);
                accepted_count.fetch_add(1, Ordering::SeqCst);
            }
            Answer::Refused(r) => {
                assert!(["not_written", "outcome_unknown"].contains(&r.code.as_str()), "{}: {}", r.code, r.en);
                if r.code == "not_written" {
                    unwritten_until = Some(Clock::System.now());
                }
                unsure.fetch_add(1, Ordering::SeqCst);
                // A server that is away takes a while to come back; until then the answer is the same.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    acknowledged
}

/// Every acknowledged command stands once, where it was said to; nothing else was written; the log holds.
async fn check(server: &Postgres, from: u64, acknowledged: &BTreeMap<String, u64>) {
    let source = Source::open(server.paths().ledger).await.expect("opens");
    let (walk, broken) = walk_log(&source, origin(), async |_, _| Ok(())).await.expect("reads");
    assert_eq!(broken, None);
    let mut found = BTreeMap::new();
    for body in source.after(from, usize::MAX >> 1).await.expect("reads") {
        let e = Event::decode(&body).expect("an event").envelope;
        let twice = found.insert(e.command.id.to_string(), e.position);
        assert_eq!(twice, None, "{} stands twice", e.command.id);
    }
    assert_eq!(found.len() as u64, walk.position() - from);
    assert!(found == *acknowledged, "{} stand in the log, {} were acknowledged", found.len(), acknowledged.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashes_under_load_loses_nothing_acknowledged_and_writes_nothing_twice() {
    let mut server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let from = open.ledger.log().head_row().await.expect("a head").position;
    let load = Load::start(&open);
    for round in 0..rounds() {
        load.more(300 + round * 111).await;
        if round % 2 == 0 {
            server.kill();
        } else {
            server.stop();
        }
        load.trouble().await;
        server.start_again();
    }
    load.more(300).await;
    let acknowledged = load.end().await;
    open.ledger.stop().await;
    check(&server, from, &acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_cut_off_in_the_middle_leaves_no_doubt_behind() {
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let from = open.ledger.log().head_row().await.expect("a head").position;
    let load = Load::start(&open);
    let mut admin = server.admin().await;
    for _ in 0..rounds() * 5 {
        load.more(100).await;
        let ended: Vec<bool> = sqlx::query_scalar(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'parindex' AND state <> 'idle'",
        )
        .fetch_all(&mut admin)
        .await
        .expect("ends sessions");
        drop(ended);
    }
    load.more(100).await;
    let acknowledged = load.end().await;
    assert!(!*open.ledger.lost().borrow(), "nobody else was there to take the lead");
    open.ledger.stop().await;
    check(&server, from, &acknowledged).await;
}
