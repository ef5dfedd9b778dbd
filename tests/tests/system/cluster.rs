//! The cluster of three: a server lost, two lost, and what each service's user may not do.
//! Writing goes on through all of it, and everything ends in the comparison with the log.

use std::time::Duration;

use async_nats::{ConnectOptions, Event};
use platform::feed::Feed;
use platform::jetstream::stream::wanted;
use platform::jetstream::{Following, Published};
use system_tests::bus::{World, Writers, until};
use system_tests::load::round::origin;
use system_tests::nats::Nats;
use system_tests::seed::Seed;
use tokio::sync::mpsc;

#[tokio::test(flavor = "multi_thread")]
async fn one_server_of_three_may_die_and_then_two() {
    let mut seed = Seed::drawn();
    let mut nats = Nats::three().await;
    let world = World::begin(&nats).await.expect("begins");
    let mut writers = Writers::new(&world.open, 8).expect("callers");
    world.write(&mut writers, 200).await.expect("writes");
    world.check(&nats).await.expect("reads");

    // One, while work goes on.
    let one = usize::try_from(seed.next(0, 3)).expect("small");
    eprintln!("killed: {one}");
    let writing = world.keep_writing(writers);
    nats.kill(one);
    let head = world.head();
    until(&mut world.published(), "publishing goes on", |p| p.position > head).await;
    writers = writing.end().await.expect("nobody is refused");
    world.until_published().await;
    world.until_projected().await;
    world.check_projections().await.expect("reads");
    world.write_until_by_stream(&mut writers).await.expect("writes");
    nats.start(one);
    nats.ready().await;

    // Two: no majority is left, and nothing is confirmed any more.
    let alone = usize::try_from(seed.next(0, 3)).expect("small");
    eprintln!("left alone: {alone}");
    let writing = world.keep_writing(writers);
    for i in (0..3).filter(|i| *i != alone) {
        nats.kill(i);
    }
    let behind = |p: &Published| p.lag() > 0 && p.trouble.is_some();
    until(&mut world.published(), "the publisher says that it is behind", behind).await;
    world.until_following("the log is read", |f| matches!(f, Following::Log(_))).await;
    let head = world.head();
    until(&mut world.log().head(), "writing goes on", |at| *at > head + 50).await;
    writers = writing.end().await.expect("nobody is refused");
    world.until_projected().await;
    world.check_projections().await.expect("reads");
    for i in (0..3).filter(|i| *i != alone) {
        nats.start(i);
    }
    nats.ready().await;
    world.until_published().await;
    world.write_until_by_stream(&mut writers).await.expect("writes");
    world.check(&nats).await.expect("reads");
    world.stop().await;
}

/// Something that a user tries: what it is, the subject it takes, and what is sent there.
type Tried = (&'static str, String, String);

#[tokio::test(flavor = "multi_thread")]
async fn only_the_ledger_publishes_and_a_projector_only_reads() {
    let nats = Nats::three().await;
    let world = World::begin(&nats).await.expect("begins");
    world.check(&nats).await.expect("reads");
    let settings = nats.settings(&origin(), "ledger");
    let stream = settings.stream();
    let config = serde_json::to_string(&wanted(&settings)).expect("a configuration");
    let consumer = "{\"stream_name\":\"x\",\"config\":{\"ack_policy\":\"none\"}}".to_owned();
    for (user, other) in [("index", "ranking"), ("ranking", "index")] {
        let api = |rest: String| format!("$JS.API.{rest}");
        let tried: Vec<Tried> = vec![
            ("publishing an event", format!("parindex.{}.log", settings.log), "{}".to_owned()),
            ("publishing to another log", "parindex.other.log".to_owned(), "{}".to_owned()),
            ("deleting the stream", api(format!("STREAM.DELETE.{stream}")), String::new()),
            ("purging it", api(format!("STREAM.PURGE.{stream}")), String::new()),
            ("deleting a message", api(format!("STREAM.MSG.DELETE.{stream}")), "{\"seq\":1}".to_owned()),
            ("configuring it", api(format!("STREAM.UPDATE.{stream}")), config.clone()),
            ("making a stream", api("STREAM.CREATE.mine".to_owned()), config.clone()),
            ("another's consumer", api(format!("CONSUMER.CREATE.{stream}.{other}")), consumer.clone()),
            ("dropping another's", api(format!("CONSUMER.DELETE.{stream}.{other}")), String::new()),
            ("another's messages", api(format!("CONSUMER.MSG.NEXT.{stream}.{other}")), "{\"batch\":1}".to_owned()),
            ("a consumer without a name", api(format!("CONSUMER.CREATE.{stream}")), consumer.clone()),
            ("a snapshot", api(format!("STREAM.SNAPSHOT.{stream}")), "{\"deliver_subject\":\"x\"}".to_owned()),
        ];
        let (say, mut said) = mpsc::unbounded_channel();
        let options = ConnectOptions::with_user_and_password(user.to_owned(), Nats::password(user));
        let options = options.custom_inbox_prefix(format!("_INBOX.{user}")).event_callback(move |event| {
            if let Event::ServerError(error) = event {
                // Whoever listens may have gone by then.
                let _ = say.send(error.to_string());
            }
            async {}
        });
        let client = options.connect(nats.urls()).await.expect("lets in");
        let mut refused = async |what: &str, subject: &str| {
            let told = tokio::time::timeout(Duration::from_secs(10), said.recv()).await;
            let told = told.unwrap_or_else(|_| panic!("{user} was not refused {what}")).expect("a word");
            let told = told.to_lowercase();
            assert!(told.contains("permissions violation") && told.contains(&subject.to_lowercase()), "{what}: {told}");
        };
        for (what, subject, payload) in tried {
            client.publish(subject.clone(), payload.into()).await.expect("sends");
            client.flush().await.expect("sends");
            refused(what, &subject).await;
        }
        for subject in ["parindex.>", "_INBOX.ledger.>", ">", "$JS.EVENT.>"] {
            let _listening = client.subscribe(subject).await.expect("sends");
            client.flush().await.expect("sends");
            refused("listening", subject).await;
        }
    }
    for (user, password) in [("index", "wrong"), ("nobody", "wrong"), ("", "")] {
        let options = ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned());
        assert!(options.connect(nats.urls()).await.is_err(), "{user:?} with a wrong password");
    }
    // The ledger itself cannot take a message out of the stream.
    let context = nats.connect("ledger").await.expect("lets in");
    let held = context.get_stream(&stream).await.expect("is there");
    assert!(held.cached_info().config.deny_delete && held.cached_info().config.deny_purge);
    world.check(&nats).await.expect("reads");
    world.stop().await;
}
