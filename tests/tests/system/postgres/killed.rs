//! SIGKILL at seeded random moments under load, on PostgreSQL and NATS, of one process that is all services and of each
//! service apart: what clients were told holds, and both projections and the stream come to the log's end.
//! `tests/run --full` kills ten times as often.

use platform::db::Role;
use system_tests::bus::same_as_the_log;
use system_tests::calling::Calling;
use system_tests::load::round::{begin, origin};
use system_tests::nats::Nats;
use system_tests::postgres::{Disk, Postgres};
use system_tests::prove::{Projected, prove};
use system_tests::record::Records;
use system_tests::seed::Seed;
use system_tests::served::{callers, kill_at_random, lasting_address, serve};
use system_tests::stack::Stack;

/// Clients at once.
const CLIENTS: usize = 16;
/// How often it is killed.
const KILLS: usize = 20;

fn kills() -> usize {
    if std::env::var_os("PARINDEX_FULL").is_some() { KILLS * 10 } else { KILLS }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_moment_loses_nothing_acknowledged_and_writes_nothing_twice() {
    let mut seed = Seed::drawn();
    let server = Postgres::start(Disk::Synced);
    let nats = Nats::one().await;
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let address = lasting_address();
    let clients = callers(&server, &open, address, CLIENTS).await.expect("tokens");
    let since = *platform::feed::Feed::head(&open.ledger.log()).borrow();
    open.ledger.stop().await;

    let bus = ["--nats-url".to_owned(), nats.urls().join(","), "--nats-user".to_owned(), "ledger".to_owned()];
    let password = ("PARINDEX_NATS_PASSWORD", Nats::password("ledger"));
    let kind = serve(&server, address, bus.to_vec(), vec![password]);
    let records = Records::default();
    let mut processes = [(&kind, kind.start().await)];
    let calling = Calling::start(clients, &records, &mut seed);
    kill_at_random(&mut processes, kills(), &calling, &mut seed).await;
    calling.more(200).await;
    calling.end().await;

    let proof = prove(&server.paths(), origin(), &records, since, Projected::Followed).await;
    assert!(proof.counts.unknown > 0, "the kills met clients who waited: {:?}", proof.counts);
    the_stream_is_the_log(&server, &nats, proof.counts.events).await;
    drop(processes);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_service_killed_at_any_moment_loses_nothing_acknowledged_and_writes_nothing_twice() {
    let mut seed = Seed::drawn();
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let stack = Stack::of(server, Some(Nats::one().await), origin());
    let clients = callers(&stack.postgres, &open, stack.address("ledger"), CLIENTS).await.expect("tokens");
    let since = *platform::feed::Feed::head(&open.ledger.log()).borrow();
    open.ledger.stop().await;

    let kinds = ["ledger", "index", "ranking", "inspector", "dashboard"].map(|name| stack.kind(name));
    let mut processes = Vec::new();
    for kind in &kinds {
        processes.push((kind, kind.start().await));
    }
    let records = Records::default();
    let calling = Calling::start(clients, &records, &mut seed);
    kill_at_random(&mut processes, kills(), &calling, &mut seed).await;
    // The one that clients wait for is killed in any case.
    kill_at_random(&mut processes[..1], 2, &calling, &mut seed).await;
    calling.more(200).await;
    calling.end().await;

    let proof = prove(&stack.postgres.paths(), origin(), &records, since, Projected::Followed).await;
    assert!(proof.counts.unknown > 0, "the kills met clients who waited: {:?}", proof.counts);
    let nats = stack.nats.as_ref().expect("it has a bus");
    the_stream_is_the_log(&stack.postgres, nats, proof.counts.events).await;
    for name in ["inspector", "dashboard"] {
        stack.until_ready(name).await;
    }
}

/// The stream comes to hold the log, byte by byte.
async fn the_stream_is_the_log(server: &Postgres, nats: &Nats, events: u64) {
    let context = nats.connect("ledger").await.expect("lets in");
    let stream = nats.settings(&origin(), "ledger").stream();
    let log = ledger::Log::open(&server.paths().ledger, tokio::sync::watch::channel(0).1).await.expect("opens");
    until_in_the_stream(&context, &stream, events).await;
    same_as_the_log(&context, &stream, &log).await.expect("reads");
    log.close().await;
}

/// Waits until the stream's last message is the log's last event.
async fn until_in_the_stream(context: &async_nats::jetstream::Context, stream: &str, head: u64) {
    let until = std::time::Instant::now() + system_tests::calling::WAIT;
    loop {
        let last = match context.get_stream(stream).await {
            Ok(stream) => stream.cached_info().state.last_sequence,
            Err(_) => 0,
        };
        if last >= head {
            return;
        }
        assert!(std::time::Instant::now() < until, "the stream holds {last} of {head}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
