//! The log over JetStream: what is done to the stream under way changes nothing in what the projectors come to.
//! Each story ends in the comparison with what the log itself makes. Servers are real, with the files of deploy/nats.

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::stream::DiscardPolicy;
use platform::feed::Feed;
use platform::jetstream::stream::wanted;
use platform::jetstream::{Bus, Following};
use proto::{Event, Fact};
use system_tests::bus::{World, Writers, fill, until};
use system_tests::load::round::origin;
use system_tests::nats::Nats;
use system_tests::seed::Seed;

/// When a stream was made.
type Created = async_nats::datetime::DateTime;

fn by_log(now: &Following) -> bool {
    *now != Following::Stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_holds_the_log_and_projectors_follow_it() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 16).expect("callers");
    world.until_published().await;
    world.until_projected().await;
    for _ in 0..3 {
        world.write(&mut writers, seed.next(50, 500)).await.expect("writes");
        world.check(&nats).await.expect("reads");
    }
    world.write_until_by_stream(&mut writers).await.expect("writes");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_deleted_under_way_is_filled_again() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    let context = nats.connect("ledger").await.expect("lets in");
    let name = nats.settings(&origin(), "ledger").stream();
    for _ in 0..3 {
        world.write(&mut writers, seed.next(1, 200)).await.expect("writes");
        world.until_published().await;
        let writing = world.keep_writing(writers);
        let made = context.get_stream(&name).await.expect("is there").cached_info().created;
        context.delete_stream(&name).await.expect("deletes");
        until_made_anew(&context, &name, made).await;
        writers = writing.end().await.expect("nobody is refused");
        world.check(&nats).await.expect("reads");
    }
    world.stop().await;
}

async fn until_made_anew(context: &async_nats::jetstream::Context, name: &str, before: Created) {
    for _ in 0..2_000 {
        if let Ok(stream) = context.get_stream(name).await
            && before != stream.cached_info().created
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{name} was not made anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_trimmed_is_filled_again() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    world.write(&mut writers, seed.next(200, 400)).await.expect("writes");
    world.until_published().await;
    let context = nats.connect("ledger").await.expect("lets in");
    let settings = nats.settings(&origin(), "ledger");
    let writing = world.keep_writing(writers);
    // Whoever has the ledger's password gives the stream a limit, and the server drops what is over it.
    let mut limited = wanted(&settings);
    (limited.max_messages, limited.discard) = (i64::try_from(seed.next(10, 100)).expect("small"), DiscardPolicy::Old);
    let made = context.get_stream(settings.stream()).await.expect("is there").cached_info().created;
    context.update_stream(&limited).await.expect("limits");
    until_made_anew(&context, &settings.stream(), made).await;
    writing.end().await.expect("nobody is refused");
    world.check(&nats).await.expect("reads");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trimmed_stream_has_lost_is_read_from_the_log() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let mut world = World::quiet().await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    world.write(&mut writers, 300).await.expect("writes");
    let context = nats.connect("ledger").await.expect("lets in");
    let first = seed.next(2, world.head());
    let mut settings = nats.settings(&origin(), "ledger");
    settings.first = first;
    let bodies = world.log().after(first - 1, 4_000).await.expect("reads");
    fill(&context, &settings, &bodies).await.expect("fills");

    // Nobody said that the stream begins late: the readers find out.
    world.project(&nats, 1).await.expect("projects");
    world.until_projected().await;
    world.check_projections().await.expect("reads");
    world.until_following("the log was read", by_log).await;

    // Where it is known, the stream is read from there on, and the publisher leaves it as it is.
    world.project(&nats, first).await.expect("projects");
    world.publish(Bus::new(settings.clone()).expect("addresses"));
    world.until_published().await;
    world.write(&mut writers, 20).await.expect("writes");
    world.until_projected().await;
    world.check_projections().await.expect("reads");
    world.until_published().await;
    let stream = context.get_stream(settings.stream()).await.expect("is there");
    assert_eq!(stream.cached_info().state.first_sequence, first);
    assert_eq!(stream.cached_info().state.last_sequence, world.head());
    world.write_until_by_stream(&mut writers).await.expect("writes");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_other_content_deceives_no_projector_and_is_replaced() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let mut world = World::quiet().await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    world.write(&mut writers, 200).await.expect("writes");
    let context = nats.connect("ledger").await.expect("lets in");
    let settings = nats.settings(&origin(), "ledger");
    let bodies = world.log().after(0, 4_000).await.expect("reads");
    let last = bodies.len() - 1;
    // One in the middle, the last one, with links that fit and without.
    let middle = usize::try_from(seed.next(1, last as u64)).expect("small");
    let cases = [("in the middle", middle, false), ("the last", last, false), ("from the middle on", middle, true)];
    for (what, at, relinked) in cases {
        eprintln!("changed: {what}, #{}", at + 1);
        fill(&context, &settings, &forged(&bodies, at, relinked)).await.expect("fills");
        world.project(&nats, 1).await.expect("projects");
        world.until_projected().await;
        world.check_projections().await.expect("reads");
    }
    // The publisher comes back, and meets a stream of which the end is another.
    fill(&context, &settings, &forged(&bodies, middle, true)).await.expect("fills");
    world.project(&nats, 1).await.expect("projects");
    world.publish(nats.bus(&origin(), "ledger"));
    world.write(&mut writers, 50).await.expect("writes");
    world.check(&nats).await.expect("reads");
    world.stop().await;
}

/// The log with another explanation in the first self-score from a place on; and the links after it as they must be then.
fn forged(bodies: &[Vec<u8>], from: usize, relinked: bool) -> Vec<Vec<u8>> {
    let mut forged: Vec<Vec<u8>> = bodies.to_vec();
    let mut changed = false;
    for at in from..bodies.len() {
        let mut event = Event::decode(&bodies[at]).expect("an event");
        if !changed && let Fact::SelfScored(score) = &mut event.fact {
            score.explanation = "khác".to_owned();
            changed = true;
        }
        if relinked && at > 0 {
            event.envelope.prev = Some(proto::Hash::entry(&forged[at - 1]));
        }
        if changed {
            forged[at] = event.encode().expect("a body");
        }
        if changed && !relinked {
            break;
        }
    }
    assert!(changed, "there is a self-score to change");
    forged
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_knows_more_than_the_log_is_left_alone() {
    let nats = Nats::one().await;
    let mut world = World::quiet().await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    world.write(&mut writers, 40).await.expect("writes");
    let context = nats.connect("ledger").await.expect("lets in");
    let settings = nats.settings(&origin(), "ledger");
    let mut bodies = world.log().after(0, 4_000).await.expect("reads");
    // One event more, with a link that fits: what the log would have lost by a restore, or a forger's work.
    let mut event = Event::decode(bodies.last().expect("events")).expect("an event");
    event.envelope.position += 1;
    event.envelope.version += 1;
    event.envelope.prev = bodies.last().map(|b| proto::Hash::entry(b));
    event.envelope.stream_prev = event.envelope.prev;
    bodies.push(event.encode().expect("a body"));
    fill(&context, &settings, &bodies).await.expect("fills");
    world.project(&nats, 1).await.expect("projects");
    world.publish(nats.bus(&origin(), "ledger"));
    let said = |text: &str, published: &platform::jetstream::Published| {
        published.trouble.as_deref().is_some_and(|t| t.starts_with(text))
    };
    until(&mut world.published(), "the publisher halts", |p| said("bus_stream_ahead", p)).await;
    world.until_projected().await;
    world.check_projections().await.expect("reads");
    let stream = context.get_stream(settings.stream()).await.expect("is there");
    assert_eq!(stream.cached_info().state.last_sequence, world.head() + 1, "nothing was deleted");
    // An operator has saved it and deletes it: the publisher goes on.
    context.delete_stream(settings.stream()).await.expect("deletes");
    world.write(&mut writers, 10).await.expect("writes");
    world.check(&nats).await.expect("reads");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_another_log_is_left_alone() {
    let nats = Nats::one().await;
    let mut world = World::quiet().await.expect("begins");
    let context = nats.connect("ledger").await.expect("lets in");
    let settings = nats.settings(&origin(), "ledger");
    let mut other = nats.settings(&proto::Origin::parse("other.example/log").expect("an origin"), "ledger");
    other.log = settings.log.clone();
    fill(&context, &other, &[b"{}".to_vec()]).await.expect("fills");
    world.publish(nats.bus(&origin(), "ledger"));
    let foreign =
        |p: &platform::jetstream::Published| p.trouble.as_deref().is_some_and(|t| t.starts_with("bus_stream_foreign"));
    until(&mut world.published(), "the publisher waits", foreign).await;
    let stream = context.get_stream(settings.stream()).await.expect("is there");
    assert_eq!(stream.cached_info().state.messages, 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_and_strays_leave_no_trace() {
    let mut seed = Seed::drawn();
    let nats = Nats::one().await;
    let mut world = World::begin(&nats).await.expect("begins");
    // Two publishers at once: each message is taken once, in its place.
    world.publish(nats.bus(&origin(), "ledger"));
    let mut writers = Writers::new(&world.open, 16).expect("callers");
    world.write(&mut writers, seed.next(300, 600)).await.expect("writes");
    world.check(&nats).await.expect("reads");

    // A message sent again as it was is refused, and without its place it is known by its id.
    let context = nats.connect("ledger").await.expect("lets in");
    let settings = nats.settings(&origin(), "ledger");
    let stream = context.get_stream(settings.stream()).await.expect("is there");
    let last = stream.get_raw_message(world.head()).await.expect("is there");
    let again = context.publish_with_headers(last.subject.clone(), last.headers.clone(), last.payload.clone());
    assert!(again.await.expect("sends").await.is_err());
    let mut id = HeaderMap::new();
    id.insert(NATS_MESSAGE_ID, last.headers.get(NATS_MESSAGE_ID).expect("it has one").clone());
    let again = context.publish_with_headers(last.subject.clone(), id, last.payload.clone());
    let again = again.await.expect("sends").await.expect("is confirmed");
    assert!(again.duplicate && again.sequence == world.head());
    // Without its id it stands in the stream a second time, and the stream is made anew.
    let made = stream.cached_info().created;
    let stray = context.publish_with_headers(last.subject, HeaderMap::new(), last.payload);
    let stray = stray.await.expect("sends").await.expect("is confirmed");
    assert_eq!(stray.sequence, world.head() + 1);
    world.write(&mut writers, seed.next(1, 50)).await.expect("writes");
    until_made_anew(&context, &settings.stream(), made).await;
    world.check(&nats).await.expect("reads");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_nats_is_up_everything_goes_on_without_it() {
    let mut nats = Nats::not_yet();
    let world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    world.write(&mut writers, 100).await.expect("writes");
    world.until_projected().await;
    world.check_projections().await.expect("reads");
    world.until_following("the log is read", by_log).await;
    let head = world.head();
    until(&mut world.published(), "the publisher says how far behind it is", |p| {
        !p.connected && p.lag() == head && p.trouble.as_deref().is_some_and(|t| t.starts_with("bus_away"))
    })
    .await;
    nats.start(0);
    nats.ready().await;
    world.until_published().await;
    until(&mut world.published(), "it is connected", |p| p.connected && p.lag() == 0).await;
    world.write(&mut writers, 100).await.expect("writes");
    world.check(&nats).await.expect("reads");
    world.write_until_by_stream(&mut writers).await.expect("writes");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_under_way_is_met_again() {
    let mut seed = Seed::drawn();
    let mut nats = Nats::one().await;
    let world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    for _ in 0..3 {
        world.write(&mut writers, seed.next(1, 300)).await.expect("writes");
        let writing = world.keep_writing(writers);
        nats.kill(0);
        until(&mut world.published(), "the loss is noticed", |p| !p.connected).await;
        let head = world.head();
        until(&mut world.log().head(), "writing goes on", |at| *at > head).await;
        nats.start(0);
        nats.ready().await;
        writers = writing.end().await.expect("nobody is refused");
        world.check(&nats).await.expect("reads");
    }
    world.stop().await;
}
