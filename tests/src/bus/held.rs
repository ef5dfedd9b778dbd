//! What a stream holds: held against the log, read by a consumer of the test's own, or filled by whoever has the password.

use std::time::{Duration, Instant};

use anyhow::Result;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{Context, Message};
use futures::{StreamExt, TryStreamExt};
use ledger::Log;
use platform::feed::Feed;
use platform::jetstream::Settings;
use platform::jetstream::stream::wanted;

use super::WAIT_S;

/// Messages that a test publishes before it waits for their confirmation.
const FILL_AT_ONCE: usize = 500;

/// A stream holds the log, byte by byte, each event at the sequence that is its position.
///
/// # Errors
/// When either cannot be read.
///
/// # Panics
/// When they differ.
pub async fn same_as_the_log(context: &Context, stream: &str, log: &Log) -> Result<()> {
    let bodies = log.after(0, usize::MAX >> 1).await?;
    let sent = messages(context, stream, bodies.len()).await?;
    assert_eq!(sent.len(), bodies.len(), "messages in the stream");
    for (position, (sent, kept)) in (1..).zip(sent.iter().zip(&bodies)) {
        let sequence = sent.info().map_err(anyhow::Error::msg)?.stream_sequence;
        assert_eq!(sequence, position, "sequence");
        assert!(sent.payload[..] == kept[..], "#{position} is other bytes on the bus");
    }
    Ok(())
}

/// So many messages of a stream, which it must have, read by a consumer of the test's own.
///
/// # Errors
/// When they cannot be read.
///
/// # Panics
/// When the stream has another number.
pub async fn messages(context: &Context, stream: &str, count: usize) -> Result<Vec<Message>> {
    let until = Instant::now() + Duration::from_secs(WAIT_S);
    loop {
        match read(context, stream, count).await {
            // In a cluster a consumer that was just made may have nobody yet who answers for it.
            Err(error) if Instant::now() < until => eprintln!("reading {stream} again: {error:#}"),
            read => return read,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn read(context: &Context, stream: &str, count: usize) -> Result<Vec<Message>> {
    let config = pull::Config {
        name: Some("test".to_owned()),
        ack_policy: AckPolicy::None,
        inactive_threshold: Duration::from_secs(60),
        ..pull::Config::default()
    };
    let _ = context.delete_consumer_from_stream("test", stream).await;
    let consumer = context.create_consumer_on_stream(config, stream).await?;
    let pending = usize::try_from(consumer.cached_info().num_pending)?;
    assert_eq!(pending, count, "messages in the stream");
    Ok(consumer.messages().await?.take(count).try_collect().await?)
}

/// Makes a log's stream and fills it with bodies, as whoever has the ledger's password could.
///
/// # Errors
/// When the server refuses.
pub async fn fill(context: &Context, settings: &Settings, bodies: &[Vec<u8>]) -> Result<()> {
    let _ = context.delete_stream(settings.stream()).await;
    context.create_stream(wanted(settings)).await?;
    let mut under_way = Vec::new();
    for body in bodies {
        let on = format!("parindex.{}.log", settings.log);
        under_way.push(context.publish(on, body.clone().into()).await?);
        if under_way.len() == FILL_AT_ONCE {
            futures::future::try_join_all(under_way.drain(..).map(IntoFuture::into_future)).await?;
        }
    }
    futures::future::try_join_all(under_way.into_iter().map(IntoFuture::into_future)).await?;
    Ok(())
}
