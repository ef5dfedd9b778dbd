//! Nothing missed: while sixteen write and an idle transaction stands open elsewhere, whoever asks for what lies behind
//! his position sees every event once and in order. Stores that order by a sequence lose events under this very load.

use platform::outward;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use index::Index;
use ledger::Log;
use platform::db::Role;
use platform::feed::SharedFeed;
use platform::projector::{Projection, Projector};
use proto::walk::Walk;
use ranking::Ranking;
use system_tests::calling::{Calling, Way};
use system_tests::load::round::{Caller, begin, origin};
use system_tests::postgres::{Disk, Postgres, execute};
use system_tests::prove::{Projected, prove};
use system_tests::record::Records;
use system_tests::seed::Seed;
use system_tests::served::{callers, lasting_address, serve};
use tokio::sync::watch;

const WRITERS: usize = 16;
const LISTENERS: usize = 4;
const EACH: usize = 150;
const POLL: Duration = Duration::from_millis(5);

/// Polls until the log's end is reached, and walks what it gets.
async fn listen(feed: SharedFeed, end: Arc<AtomicU64>) -> (u64, usize) {
    let (mut walk, mut polls) = (Walk::new(origin()), 0);
    while walk.position() < end.load(Ordering::SeqCst) {
        for body in feed.after(walk.position(), 64).await.expect("reads") {
            walk.step(&body).expect("the next event, and no other");
        }
        polls += 1;
        tokio::time::sleep(POLL).await;
    }
    (walk.position(), polls)
}

async fn project<P: Projection>(server: &Postgres, schema: &'static str, role: Role, end: Arc<AtomicU64>) -> u64 {
    let log = Log::open(server.place("ledger", Role::Inspector), watch::channel(0).1).await.expect("opens");
    let place = server.place(schema, role);
    let cursor = watch::channel(0).0;
    let mut projector = Projector::<P>::open(&place, origin(), Arc::new(log), cursor).await.expect("opens");
    loop {
        let position = projector.catch_up(|_| {}).await.expect("projects");
        if position >= end.load(Ordering::SeqCst) {
            projector.close().await.expect("closes");
            return position;
        }
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_sees_every_event_once_and_in_order_while_sixteen_write() {
    let server = Arc::new(Postgres::start(Disk::Synced));
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    // Somebody has begun to write something and gone to lunch.
    let mut idle = server.admin().await;
    execute(&mut idle, "BEGIN; CREATE TABLE public.lunch (one int); INSERT INTO public.lunch VALUES (1)").await;
    let end = Arc::new(AtomicU64::new(u64::MAX));
    let mut listeners = Vec::new();
    for _ in 0..LISTENERS {
        let log = Log::open(server.place("ledger", Role::Inspector), watch::channel(0).1).await.expect("opens");
        listeners.push(tokio::spawn(listen(Arc::new(log), Arc::clone(&end))));
    }
    let index = {
        let (server, end) = (Arc::clone(&server), Arc::clone(&end));
        tokio::spawn(async move { project::<Index>(&server, "index", Role::Index, end).await })
    };
    let ranking = {
        let (server, end) = (Arc::clone(&server), Arc::clone(&end));
        tokio::spawn(async move { project::<Ranking>(&server, "ranking", Role::Ranking, end).await })
    };
    let since = open.ledger.log().head_row().await.expect("a head").position;
    let (records, mut seed) = (Records::default(), Seed::drawn());
    let writers = (0..WRITERS).map(|i| Caller::new(i, &open.units).expect("a caller"));
    let writers = writers.map(|caller| (caller, Way::Door(open.ledger.door())));
    let calling = Calling::start(writers.collect(), &records, &mut seed);
    calling.more(WRITERS * EACH).await;
    calling.end().await;
    let head = open.ledger.log().head_row().await.expect("a head").position;
    assert!(head > (WRITERS * EACH) as u64);
    end.store(head, Ordering::SeqCst);
    for listener in listeners {
        let (seen, polls) = listener.await.expect("the listener ends");
        assert_eq!(seen, head);
        assert!(polls > 10, "it looked while they wrote: {polls}");
    }
    assert_eq!((index.await.expect("projects"), ranking.await.expect("projects")), (head, head));
    open.ledger.stop().await;
    let proof = prove(&server.paths(), origin(), &records, since, Projected::Followed).await;
    assert_eq!(proof.counts.events, head);
    execute(&mut idle, "ROLLBACK").await;
}

/// Polls an address of the ledger until the log's end is reached, and walks what it gets.
async fn listen_over_http(url: String, end: Arc<AtomicU64>) -> (u64, usize) {
    let (mut walk, mut polls, client) = (Walk::new(origin()), 0, outward::client());
    while walk.position() < end.load(Ordering::SeqCst) {
        let request = client.get(format!("{url}?after={}&limit=64", walk.position()));
        let response = request.send().await.expect("answers").error_for_status().expect("gives events");
        let lines = response.bytes().await.expect("a body");
        for body in lines.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
            walk.step(body).expect("the next event, and no other");
        }
        polls += 1;
        tokio::time::sleep(POLL).await;
    }
    (walk.position(), polls)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_over_http_sees_every_event_once_and_in_order_while_sixteen_write() {
    let server = Postgres::start(Disk::Synced);
    let open = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let address = lasting_address();
    let clients = callers(&server, &open, address, WRITERS).await.expect("tokens");
    let since = open.ledger.log().head_row().await.expect("a head").position;
    open.ledger.stop().await;
    // One process with both projectors, which follow by themselves; the writers come over HTTP too.
    let kind = serve(&server, address, Vec::new(), Vec::new());
    let running = kind.start().await;
    let mut idle = server.admin().await;
    execute(&mut idle, "BEGIN; CREATE TABLE public.lunch (one int); INSERT INTO public.lunch VALUES (1)").await;
    let end = Arc::new(AtomicU64::new(u64::MAX));
    let paths = ["/api/events", "/api/feed", "/api/events", "/api/feed"];
    let listeners = paths.map(|path| {
        let (url, end) = (format!("http://{address}{path}"), Arc::clone(&end));
        tokio::spawn(async move { listen_over_http(url, end).await })
    });
    let records = Records::default();
    let calling = Calling::start(clients, &records, &mut Seed::drawn());
    calling.more(WRITERS * EACH / 2).await;
    calling.end().await;
    let log = Log::open(server.place("ledger", Role::Inspector), watch::channel(0).1).await.expect("opens");
    let head = log.head_row().await.expect("a head").position;
    end.store(head, Ordering::SeqCst);
    for listener in listeners {
        let (seen, polls) = listener.await.expect("the listener ends");
        assert_eq!(seen, head);
        assert!(polls > 10, "it looked while they wrote: {polls}");
    }
    let proof = prove(&server.paths(), origin(), &records, since, Projected::Followed).await;
    assert_eq!(proof.counts.events, head);
    drop(running);
    execute(&mut idle, "ROLLBACK").await;
}
