//! The bus: catching up from JetStream beside plain consumption of the same messages, and how long after its
//! acknowledgement an event's rows stand in both projections, beside the transport's own time for the same bodies.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::Config;
use futures::StreamExt;
use index::Index;
use ledger::Log;
use platform::feed::SharedFeed;
use platform::jetstream::{Bus, JetStreamFeed, Publisher, Settings};
use platform::projector::{Projection, Projector, follow, make};
use ranking::Ranking;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::append::through_submit;
use super::round::{Caller, begin, origin};
use super::{bar, median, rate};
use crate::nats::Nats;

const REPEATS: usize = 3;
const CATCH_UP_EVENTS: usize = 40_000;
/// Callers of the measurement at half load.
const CALLERS: usize = 32;
const FULL_LOAD_EVENTS: usize = 6_400;
const HALF_LOAD_S: u64 = 10;

/// Measures and prints.
///
/// # Errors
/// When any part fails.
pub async fn measure() -> Result<()> {
    let (nats, folder) = (Nats::one().await, tempfile::tempdir()?);
    let open = begin(folder.path().join("ledger.db")).await?;
    let mut callers = (0..super::append::CALLERS).map(|i| Caller::new(i, &open.units)).collect::<Result<Vec<_>>>()?;
    through_submit(&open, &mut callers, CATCH_UP_EVENTS).await?;
    open.ledger.stop().await;
    catch_up(folder.path(), &nats).await?;
    after_acknowledgement(&nats).await
}

async fn catch_up(folder: &Path, nats: &Nats) -> Result<()> {
    let (moved, head) = watch::channel(0);
    let log = Log::open(&folder.join("ledger.db"), head).await?;
    let size = log.head_row().await?.position;
    moved.send_replace(size);
    let (stop, stopped) = watch::channel(false);
    let (publisher, mut published) = Publisher::new(nats.bus(&origin(), "ledger"), Arc::new(log.clone()));
    let start = Instant::now();
    let publisher = tokio::spawn(publisher.run(stopped));
    published.wait_for(|p| p.position == size).await?;
    let filled = rate(usize::try_from(size)?, start.elapsed());
    stop.send_replace(true);
    publisher.await?;

    let context = nats.connect("ledger").await.map_err(anyhow::Error::msg)?;
    let (mut plain, mut index, mut ranking) = (Vec::new(), Vec::new(), Vec::new());
    let (mut index_log, mut ranking_log) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        plain.push(consume(&context, &nats.settings(&origin(), "ledger"), size).await?);
        index.push(project::<Index>(folder, by_bus::<Index>(nats, &log)).await?);
        ranking.push(project::<Ranking>(folder, by_bus::<Ranking>(nats, &log)).await?);
        index_log.push(project::<Index>(folder, Arc::new(log.clone())).await?);
        ranking_log.push(project::<Ranking>(folder, Arc::new(log.clone())).await?);
    }
    let (plain, index, ranking) = (median(plain), median(index), median(ranking));
    let (index_log, ranking_log) = (median(index_log), median(ranking_log));
    println!("\nbus: {size} events, one NATS server, {REPEATS} times in turn");
    println!(
        "  stream filled {filled:.0}/s; plain consumption {plain:.0}/s; index {index:.0}/s; ranking {ranking:.0}/s"
    );
    println!("  the same projectors from the log itself: index {index_log:.0}/s; ranking {ranking_log:.0}/s");
    bar("catch-up of index from JetStream / plain consumption", index / plain, 0.5, false);
    bar("catch-up of ranking from JetStream / plain consumption", ranking / plain, 0.5, false);
    log.close().await;
    Ok(())
}

/// Takes every message and does nothing with it: the baseline.
async fn consume(context: &Context, settings: &Settings, size: u64) -> Result<f64> {
    let consumer = consumer(context, &settings.stream(), "plain").await?;
    let start = Instant::now();
    let mut messages = consumer.stream().max_messages_per_batch(2_048).messages().await?;
    let (mut last, mut bytes) = (0, 0);
    while last < size {
        let message = messages.next().await.context("a message")??;
        last = message.info().map_err(anyhow::Error::msg)?.stream_sequence;
        bytes += message.payload.len();
    }
    anyhow::ensure!(bytes > 0, "there were messages");
    Ok(rate(usize::try_from(size)?, start.elapsed()))
}

async fn consumer(
    context: &Context,
    stream: &str,
    name: &str,
) -> Result<async_nats::jetstream::consumer::Consumer<pull::Config>> {
    let config = pull::Config {
        name: Some(name.to_owned()),
        ack_policy: AckPolicy::None,
        memory_storage: true,
        inactive_threshold: Duration::from_secs(60),
        ..pull::Config::default()
    };
    let _ = context.delete_consumer_from_stream(name, stream).await;
    Ok(context.create_consumer_on_stream(config, stream).await?)
}

fn by_bus<P: Projection>(nats: &Nats, log: &Log) -> SharedFeed {
    Arc::new(JetStreamFeed::new(nats.bus(&origin(), P::NAME), P::NAME, Arc::new(log.clone())))
}

async fn project<P: Projection>(folder: &Path, feed: SharedFeed) -> Result<f64> {
    let path = folder.join(format!("{}-{}.db", P::NAME, getrandom::u64()?));
    let start = Instant::now();
    let mut projector = Projector::<P>::open(&path, origin(), feed, watch::channel(0).0).await?;
    let events = projector.catch_up(|_| {}).await?;
    let rate = rate(usize::try_from(events)?, start.elapsed());
    projector.close().await?;
    Ok(rate)
}

/// When a position was reached by whoever moves a watched cursor.
async fn reached(mut cursor: watch::Receiver<u64>, say: mpsc::UnboundedSender<(u64, Instant)>) {
    while cursor.changed().await.is_ok() {
        let at = *cursor.borrow_and_update();
        if say.send((at, Instant::now())).is_err() {
            return;
        }
    }
}

async fn after_acknowledgement(nats: &Nats) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let context = nats.connect("ledger").await.map_err(anyhow::Error::msg)?;
    let settings = nats.settings(&origin(), "ledger");
    let _ = context.delete_stream(settings.stream()).await;
    let open = begin(folder.path().join("ledger.db")).await?;
    let (stop, stopped) = watch::channel(false);
    let log: SharedFeed = Arc::new(open.ledger.log());
    let (publisher, mut published) = Publisher::new(Bus::new(settings.clone())?, Arc::clone(&log));
    let mut tasks = vec![tokio::spawn(publisher.run(stopped.clone()))];
    let mut cursors = Vec::new();
    for feed in [by_bus::<Index>(nats, &open.ledger.log()), by_bus::<Ranking>(nats, &open.ledger.log())] {
        let (moved, cursor) = watch::channel(0);
        let path = folder.path().join(format!("p{}.db", cursors.len()));
        tasks.push(if cursors.is_empty() {
            make::<Index>(&path).await?;
            tokio::spawn(follow::<Index>(path.into(), origin(), feed, moved, stopped.clone()))
        } else {
            make::<Ranking>(&path).await?;
            tokio::spawn(follow::<Ranking>(path.into(), origin(), feed, moved, stopped.clone()))
        });
        cursors.push(cursor);
    }
    let mut callers = (0..CALLERS).map(|i| Caller::new(i, &open.units)).collect::<Result<Vec<_>>>()?;
    through_submit(&open, &mut callers, FULL_LOAD_EVENTS / 4).await?;
    let (took, _) = through_submit(&open, &mut callers, FULL_LOAD_EVENTS).await?;
    let full = rate(FULL_LOAD_EVENTS, took);
    let head = *log.head().borrow();
    published.wait_for(|p| p.position >= head).await?;
    for cursor in &mut cursors {
        cursor.wait_for(|at| *at >= head).await?;
    }

    let mut moves = Vec::new();
    for cursor in &cursors {
        let (say, said) = mpsc::unbounded_channel();
        tasks.push(tokio::spawn(reached(cursor.clone(), say)));
        moves.push(said);
    }
    let pause = Duration::from_secs_f64(CALLERS as f64 / (full / 2.0));
    let mut calling = Vec::new();
    for mut caller in callers {
        let door = open.ledger.door();
        calling.push(tokio::spawn(async move {
            let (mut ticks, mut acked) = (interval(pause), Vec::new());
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let until = Instant::now() + Duration::from_secs(HALF_LOAD_S);
            while Instant::now() < until {
                ticks.tick().await;
                let position = caller.score(&door).await?;
                acked.push((position, Instant::now()));
            }
            anyhow::Ok(acked)
        }));
    }
    let mut acked = Vec::new();
    for calls in calling {
        acked.extend(calls.await??);
    }
    let head = *log.head().borrow();
    for cursor in &mut cursors {
        cursor.wait_for(|at| *at >= head).await?;
    }
    stop.send_replace(true);
    let bodies = log.after(head - 500, 500).await?;
    for task in tasks.into_iter().take(3) {
        task.await?;
    }
    let mut late = Vec::new();
    let moves: Vec<Vec<(u64, Instant)>> = moves.into_iter().map(drain).collect();
    for (position, at) in &acked {
        let of = |moves: &Vec<(u64, Instant)>| {
            let first = moves.partition_point(|(to, _)| to < position);
            moves.get(first).map(|(_, when)| when.saturating_duration_since(*at))
        };
        late.extend(moves.iter().filter_map(of).max());
    }
    anyhow::ensure!(late.len() == acked.len(), "every event came to both projections");
    open.ledger.stop().await;
    let floor = floor(&context, &bodies, pause).await?;
    let (ours, theirs) = (percentiles(late), percentiles(floor));
    println!("\nafter the acknowledgement: {CALLERS} callers at half of {full:.0}/s for {HALF_LOAD_S} s");
    println!("  to the rows of both projections: p50 {:.1} ms, p99 {:.1} ms", ours.0, ours.1);
    println!("  NATS alone, from sending to receiving the same bodies: p50 {:.1} ms, p99 {:.1} ms", theirs.0, theirs.1);
    bar("p99 beyond the transport's own, in milliseconds", ours.1 - theirs.1, 50.0, true);
    Ok(())
}

fn drain(mut said: mpsc::UnboundedReceiver<(u64, Instant)>) -> Vec<(u64, Instant)> {
    std::iter::from_fn(|| said.try_recv().ok()).collect()
}

/// The transport alone: the same bodies at the same pace, from as many senders, to one reader.
async fn floor(context: &Context, bodies: &[Vec<u8>], pause: Duration) -> Result<Vec<Duration>> {
    let (name, on) = ("parindex-floor", "parindex.floor.log");
    let _ = context.delete_stream(name).await;
    let config = Config { name: name.to_owned(), subjects: vec![on.to_owned()], ..Config::default() };
    context.create_stream(config).await?;
    let consumer = consumer(context, name, "plain").await?;
    let mut messages = consumer.stream().max_messages_per_batch(2_048).messages().await?;
    let reading = tokio::spawn(async move {
        let mut late = Vec::new();
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_secs(2), messages.next()).await {
            let message = message?;
            let sent = message.headers.as_ref().and_then(|h| h.get("Sent")).context("when it was sent")?;
            late.push((sent.as_str().parse::<u64>()?, Instant::now()));
        }
        anyhow::Ok(late)
    });
    let began = Instant::now();
    let mut sending = Vec::new();
    for sender in 0..CALLERS {
        let (context, body) = (context.clone(), bodies[sender % bodies.len()].clone());
        sending.push(tokio::spawn(async move {
            let mut ticks = interval(pause);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while began.elapsed() < Duration::from_secs(HALF_LOAD_S) {
                ticks.tick().await;
                let mut headers = async_nats::HeaderMap::new();
                headers.insert("Sent", began.elapsed().as_nanos().to_string());
                context.publish_with_headers(on, headers, body.clone().into()).await?.await?;
            }
            anyhow::Ok(())
        }));
    }
    for sender in sending {
        sender.await??;
    }
    let late = reading.await??;
    anyhow::ensure!(!late.is_empty(), "something came");
    Ok(late.into_iter().map(|(sent, at)| (at - began).saturating_sub(Duration::from_nanos(sent))).collect())
}

/// The middle and the 99th of a hundred, in milliseconds.
fn percentiles(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    (at(0.5), at(0.99))
}
