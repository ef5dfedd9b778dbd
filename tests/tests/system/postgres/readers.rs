//! Nothing missed: while sixteen write and an idle transaction stands open elsewhere, whoever asks for what lies behind
//! his position sees every event once and in order. Stores that order by a sequence lose events under this very load.

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
use system_tests::load::round::{Caller, begin, origin};
use system_tests::postgres::{Disk, Postgres, execute};
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
    let mut writers = Vec::new();
    for i in 0..WRITERS {
        let (door, mut caller) = (open.ledger.door(), Caller::new(i, &open.units).expect("a caller"));
        writers.push(tokio::spawn(async move {
            for _ in 0..EACH {
                caller.score(&door).await.expect("scores");
            }
        }));
    }
    for writer in writers {
        writer.await.expect("the writer ends");
    }
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
    let report = inspector::verify(&server.paths(), origin(), None, |_, _| {}).await.expect("verifies");
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!((report.events, report.projections.len()), (head, 2));
    execute(&mut idle, "ROLLBACK").await;
}
