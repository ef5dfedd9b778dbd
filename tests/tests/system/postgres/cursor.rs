//! Two projectors of one database, as when a paused process wakes beside the one that took its place: the cursor moves by
//! compare-and-swap, so that the one who comes too late writes no row and begins again from where the other stands.

use std::sync::Arc;

use index::Index;
use ledger::Log;
use platform::db::{Place, Role};
use platform::projector::{ProjectError, Projection, Projector};
use ranking::Ranking;
use system_tests::calling::{Calling, Way};
use system_tests::load::round::{Caller, begin, origin};
use system_tests::postgres::{Disk, Postgres};
use system_tests::prove::{Projected, at, prove};
use system_tests::record::Records;
use system_tests::seed::Seed;
use tokio::sync::watch;

async fn open<P: Projection>(server: &Postgres, place: &Place) -> Projector<P> {
    let log = Log::open(server.place("ledger", Role::Inspector), watch::channel(0).1).await.expect("opens");
    Projector::<P>::open(place, origin(), Arc::new(log), watch::channel(0).0).await.expect("opens")
}

/// One goes on to the log's end while the other waits; the other then comes with a batch from where both stood.
async fn too_late<P: Projection>(server: &Postgres, place: &Place, late: &mut Projector<P>) {
    let mut first = open::<P>(server, place).await;
    let end = first.catch_up(|_| {}).await.expect("projects");
    first.close().await.expect("closes");
    let lost = late.batch().await;
    assert!(matches!(lost, Err(ProjectError::LostPlace)), "{}: {lost:?}", P::NAME);
    assert_eq!(at::<P>(place).await, Ok(end), "{}: the cursor stays where the first one put it", P::NAME);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projector_that_comes_too_late_moves_neither_cursor_nor_rows() {
    let server = Postgres::start(Disk::Unsynced);
    let ledger = begin(server.place("ledger", Role::Ledger)).await.expect("begins");
    let (records, mut seed) = (Records::default(), Seed::drawn());
    let since = ledger.ledger.log().head_row().await.expect("a head").position;
    let mut callers: Vec<Caller> = (0..4).map(|i| Caller::new(i, &ledger.units).expect("a caller")).collect();
    let (index, ranking) = (server.place("index", Role::Index), server.place("ranking", Role::Ranking));
    for _ in 0..3 {
        let mut late = (open::<Index>(&server, &index).await, open::<Ranking>(&server, &ranking).await);
        let ways = callers.into_iter().map(|caller| (caller, Way::Door(ledger.ledger.door())));
        let calling = Calling::start(ways.collect(), &records, &mut seed);
        calling.more(usize::try_from(seed.next(10, 60)).expect("small")).await;
        callers = calling.end().await;
        too_late(&server, &index, &mut late.0).await;
        too_late(&server, &ranking, &mut late.1).await;
    }
    ledger.ledger.stop().await;
    prove(&server.paths(), origin(), &records, since, Projected::Followed).await;
}
