//! The log over JetStream: what is done to the stream under way changes nothing in what the projectors come to.
//! Each story ends in the comparison with what the log itself makes. Servers are real, with the files of deploy/nats.

use system_tests::bus::{Seed, World, Writers};
use system_tests::nats::Nats;

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_holds_the_log_and_projectors_follow_it() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let mut world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 16).expect("callers");
    for _ in 0..3 {
        world.write(&mut writers, seed.next(50, 500)).await.expect("writes");
        world.check(&nats).await.expect("reads");
    }
    world.stop().await;
}
