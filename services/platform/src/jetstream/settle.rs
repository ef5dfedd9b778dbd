//! Settling: finds out how much of the log the stream holds, and makes it anew where it holds anything else.
//! It alone deletes a stream, and never one that knows events which the log has lost, or one of another log.

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Info, Stream};
use async_nats::jetstream::{Context, ErrorCode};
use futures::{StreamExt, TryStreamExt, stream};

use super::bus::{BusError, Settings};
use super::stream::{ORIGIN, differences, wanted};
use crate::feed::Feed;

/// Messages that are compared with the log, beside the first and the last. Where any one event was changed and the links
/// after it made to fit, the last one differs; one changed alone is found by whoever reads it.
const SAMPLES: u64 = 32;
/// Messages that are asked for at once.
const SAMPLES_AT_ONCE: usize = 8;
/// How often a stream is made anew before the publisher rests.
const TRIES: usize = 3;

/// What is known of a stream that holds the log up to a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The last position in it; one less than its first if it is empty.
    pub last: u64,
    /// When it was made, in nanoseconds since 1970: a stream that was made anew has another.
    pub created: i128,
}

/// What looking at a stream has found.
enum Found {
    /// It holds the log up to there.
    Holds(Known),
    /// It holds something else.
    Differs(String),
}

/// Brings the stream to where it holds the log up to some position and nothing else. `unconfirmed` is the first position that it
/// did not confirm, where it was published to before: something else may have taken that place, and later events stand behind it.
pub(super) async fn settle(
    context: &Context,
    settings: &Settings,
    log: &dyn Feed,
    unconfirmed: Option<u64>,
) -> Result<Known, BusError> {
    let name = settings.stream();
    for _ in 0..TRIES {
        let stream = match context.get_stream(&name).await {
            Ok(stream) => stream,
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(e) if e.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                    context.create_stream(wanted(settings)).await.map_err(BusError::failed)?;
                    tracing::warn!(stream = name, first = settings.first, "bus.stream_made");
                    continue;
                }
                _ => return Err(BusError::failed(error)),
            },
        };
        let info = stream.cached_info();
        if let Some(origin) = info.config.metadata.get(ORIGIN).filter(|o| **o != settings.origin.as_str()) {
            return Err(BusError::Foreign { stream: name, origin: origin.clone() });
        }
        let differs = differences(&info.config, settings);
        if !differs.is_empty() && context.update_stream(wanted(settings)).await.is_ok() {
            tracing::warn!(stream = name, ?differs, "bus.stream_configured");
            continue;
        }
        let found = match differs.as_slice() {
            [] => compare(&stream, info, (settings, unconfirmed), log).await?,
            // The server changes no stream in this: storage, or a permission to delete that was given away.
            differs => Found::Differs(format!("its configuration: {differs:?}")),
        };
        match found {
            Found::Holds(known) => return Ok(known),
            Found::Differs(why) => {
                tracing::error!(stream = name, why, "bus.stream_replaced");
                context.delete_stream(&name).await.map_err(BusError::failed)?;
            }
        }
    }
    Err(BusError::Changed(format!("the stream was made anew {TRIES} times and is still another")))
}

/// Says what is plainly wrong with the extent of a stream: its first message, a hole, messages that are gone.
pub(super) fn extent(info: &Info, settings: &Settings) -> Result<Known, String> {
    let (state, first) = (&info.state, settings.first);
    let known = Known { last: state.last_sequence, created: info.created.unix_timestamp_nanos() };
    if state.messages == 0 && state.last_sequence == first - 1 {
        return Ok(known);
    }
    if state.messages == 0 || state.first_sequence != first {
        return Err(format!("it begins at #{}, not at #{first}", state.first_sequence));
    }
    if state.messages != state.last_sequence - first + 1 {
        return Err(format!("it has {} messages from #{first} to #{}", state.messages, state.last_sequence));
    }
    Ok(known)
}

async fn compare(
    stream: &Stream,
    info: &Info,
    (settings, unconfirmed): (&Settings, Option<u64>),
    log: &dyn Feed,
) -> Result<Found, BusError> {
    let known = match extent(info, settings) {
        Ok(known) => known,
        Err(why) => return Ok(Found::Differs(why)),
    };
    let (first, last) = (settings.first, known.last);
    if last < first {
        return Ok(Found::Holds(known));
    }
    let mut positions = vec![last, first];
    let mut ahead = None;
    if log.after(last - 1, 1).await?.is_empty() {
        let head = *log.head().borrow();
        ahead = Some(BusError::Ahead { last, head });
        positions = if head < first { Vec::new() } else { vec![head, first] };
    }
    let top = positions.first().copied().unwrap_or(first);
    positions.extend(unconfirmed.filter(|position| (first..=top).contains(position)));
    positions.extend(samples(first, top)?);
    let same = |position: u64| async move {
        let sent = stream.get_raw_message(position).await.map_err(BusError::failed)?;
        let kept = log.after(position - 1, 1).await?;
        Ok::<_, BusError>((position, kept.first().is_some_and(|kept| kept[..] == sent.payload[..])))
    };
    let compared = stream::iter(positions).map(same).buffer_unordered(SAMPLES_AT_ONCE);
    let wrong: Vec<u64> = compared.try_filter_map(async |(p, same)| Ok((!same).then_some(p))).try_collect().await?;
    match (wrong.iter().min(), ahead) {
        (Some(position), _) => Ok(Found::Differs(format!("#{position} is not the log's"))),
        (None, Some(ahead)) => Err(ahead),
        (None, None) => Ok(Found::Holds(known)),
    }
}

/// Positions that nobody can foretell.
fn samples(first: u64, last: u64) -> Result<Vec<u64>, BusError> {
    let mut positions = Vec::new();
    for _ in 0..SAMPLES.min(last - first) {
        let bits = getrandom::u64().map_err(BusError::failed)?;
        positions.push(first + bits % (last - first + 1));
    }
    Ok(positions)
}
