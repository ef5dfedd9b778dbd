//! The server is killed or restarted under load, its sessions are ended, its connections cut or stalled, its disk is full:
//! nothing acknowledged is lost, nothing is written twice, and no answer says of a command what the log does not bear out.
//! Each story ends in the checker over the callers' records and a full verify.

use std::time::{Duration, Instant};

use platform::db::{Place, Role};
use sqlx::postgres::PgConnection;
use system_tests::calling::{Calling, WAIT, Way};
use system_tests::load::round::{Caller, OpenLedger, begin, origin};
use system_tests::postgres::{Disk, Postgres, execute};
use system_tests::prove::{Projected, Proof, prove};
use system_tests::proxy::{Held, Proxy};
use system_tests::record::Records;
use system_tests::seed::Seed;

/// Callers at once.
const CALLERS: usize = 32;

/// Within which time all of them have been told several times that the server is away.
const TOLD: Duration = Duration::from_secs(8);

/// How many faults of a kind there are: more of them by `tests/run --full`.
fn some(few: usize) -> usize {
    if std::env::var_os("PARINDEX_FULL").is_some() { few * 5 } else { few }
}

/// A ledger with callers at work.
struct Story {
    seed: Seed,
    open: OpenLedger,
    records: Records,
    since: u64,
    calling: Calling,
}

impl Story {
    async fn begin(place: Place) -> Self {
        let mut seed = Seed::drawn();
        let open = begin(place).await.expect("begins");
        let since = open.ledger.log().head_row().await.expect("a head").position;
        let records = Records::default();
        let callers =
            (0..CALLERS).map(|i| (Caller::new(i, &open.units).expect("a caller"), Way::Door(open.ledger.door())));
        let calling = Calling::start(callers.collect(), &records, &mut seed);
        Self { seed, open, records, since, calling }
    }

    /// Nobody else was there to take the lead, and all that was said is true.
    async fn end(self, server: &Postgres) -> Proof {
        self.calling.end().await;
        assert!(!*self.open.ledger.lost().borrow(), "nobody else was there to take the lead");
        self.open.ledger.stop().await;
        let (index, ranking) = (server.place("index", Role::Index), server.place("ranking", Role::Ranking));
        prove(&server.paths(), origin(), &self.records, self.since, Projected::Here { index, ranking }).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashes_under_load_loses_nothing_acknowledged_and_writes_nothing_twice() {
    let mut server = Postgres::start(Disk::Synced);
    let mut story = Story::begin(server.place("ledger", Role::Ledger)).await;
    for round in 0..some(4) {
        let more = story.seed.next(100, 700);
        story.calling.more(usize::try_from(more).expect("small")).await;
        if round % 2 == 0 {
            server.kill();
        } else {
            server.stop();
        }
        // While it is away nobody waits for long: each caller is told so, and told again.
        let away = Instant::now();
        story.calling.trouble(3 * CALLERS).await;
        assert!(away.elapsed() < TOLD, "it took {:?}", away.elapsed());
        server.start_again();
    }
    story.calling.more(300).await;
    let proof = story.end(&server).await;
    assert!(proof.counts.unknown > 0, "some were cut off in the middle: {:?}", proof.counts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_cut_off_in_the_middle_leaves_no_doubt_behind() {
    let server = Postgres::start(Disk::Synced);
    let story = Story::begin(server.place("ledger", Role::Ledger)).await;
    let mut admin = server.admin().await;
    for _ in 0..some(20) {
        story.calling.more(100).await;
        let ended: Vec<bool> = sqlx::query_scalar(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'parindex' AND state <> 'idle'",
        )
        .fetch_all(&mut admin)
        .await
        .expect("ends sessions");
        drop(ended);
    }
    story.calling.more(100).await;
    story.end(&server).await;
}

/// The longest hold, in milliseconds: longer than the server waits for a word of the leader's (3 s).
const HOLD_MS_MAX: u64 = 4_200;

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_or_stalled_leaves_no_doubt_behind() {
    let server = Postgres::start(Disk::Synced);
    let proxy = Proxy::to(server.address()).await;
    let mut story = Story::begin(server.place_by(proxy.address(), "ledger", Role::Ledger)).await;
    // What a group had done when its answer was held, and the connection then cut, is what nobody can know; every way
    // stands in the list, and the rest is drawn.
    let held = [Held::Answers, Held::Requests, Held::Everything];
    for round in 0..some(9) {
        story.calling.more(60).await;
        tokio::time::sleep(Duration::from_micros(story.seed.next(0, 5_000))).await;
        let which = held[round % held.len()];
        let longest = if round == 0 { HOLD_MS_MAX } else { 600 };
        let hold = Duration::from_millis(if round == 0 { longest } else { story.seed.next(1, longest) });
        eprintln!("{which:?} held for {hold:?}");
        match round % 4 {
            // Held, and let go.
            0 => {
                proxy.hold(which);
                tokio::time::sleep(hold).await;
                proxy.hold(Held::Nothing);
            }
            // Held, and cut: what was asked may have been done.
            1 | 2 => {
                proxy.hold(which);
                tokio::time::sleep(hold).await;
                proxy.cut();
            }
            // Cut, and away for a while.
            _ => {
                proxy.shut(true);
                story.calling.trouble(1).await;
                proxy.shut(false);
            }
        }
    }
    story.calling.more(60).await;
    let proof = story.end(&server).await;
    assert!(proof.counts.denied + proof.counts.unknown > 0, "somebody was in trouble: {:?}", proof.counts);
}

/// Sessions whose append has waited for somebody's lock for half a second.
const WAITING: &str = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH moved%' \
    AND query_start < clock_timestamp() - interval '500 milliseconds'";

/// Waits until an append waits at the server, other than those that did before.
async fn until_an_append_waits(admin: &mut PgConnection, before: &[i32]) -> Vec<i32> {
    let until = Instant::now() + WAIT;
    loop {
        let waiting: Vec<i32> = sqlx::query_scalar(WAITING).fetch_all(&mut *admin).await.expect("asks");
        if waiting.iter().any(|session| !before.contains(session)) {
            return waiting;
        }
        assert!(Instant::now() < until, "no append waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_may_still_write_is_not_said_to_be_unwritten() {
    let server = Postgres::start(Disk::Synced);
    let proxy = Proxy::to(server.address()).await;
    let story = Story::begin(server.place_by(proxy.address(), "ledger", Role::Ledger)).await;
    story.calling.more(20).await;
    // Somebody holds the head's row, so that appends wait at the server, and go on there when nobody hears of them.
    let (mut holder, mut admin) = (server.admin().await, server.admin().await);
    execute(&mut holder, "BEGIN; SELECT 1 FROM ledger.head FOR UPDATE").await;
    let first = until_an_append_waits(&mut admin, &[]).await;
    proxy.cut();
    // It is tried once more, when the server has given the first one up, and cut off again: no third one follows.
    until_an_append_waits(&mut admin, &first).await;
    proxy.cut();
    story.calling.trouble(1).await;
    execute(&mut holder, "COMMIT").await;
    story.calling.more(100).await;
    let proof = story.end(&server).await;
    assert!(proof.counts.unknown > 0, "{:?}", proof.counts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_is_full_refuses_or_falls_and_goes_on_once_there_is_room() {
    let mut server = Postgres::on_a_small_disk();
    let story = Story::begin(server.place("ledger", Role::Ledger)).await;
    for _ in 0..some(2) {
        story.calling.more(50).await;
        server.small_disk().fill();
        // It finds no room for its next segment, and ends what it does; it may come to its end over that.
        story.calling.trouble(1).await;
        server.small_disk().free();
        if server.has_ended() {
            server.start_again();
        }
        story.calling.more(50).await;
    }
    story.end(&server).await;
}
