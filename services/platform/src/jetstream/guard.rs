//! The guard: sees to it that whoever follows learns of the log's end, at once by the stream or a while later without it.
//! It reads nothing itself; it only says when there is something to read.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How long an open stream may take to bring an event that the log has, in milliseconds, before it is read from the log.
pub const LAG_MS: u64 = 1_000;

/// What is known of the stream, by whoever reads it.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    /// The last position that came by the stream, or that the reader has from the log.
    announced: watch::Sender<u64>,
    /// Whether the stream can be read now.
    open: watch::Sender<bool>,
}

impl Signals {
    /// Nothing has come, and the stream is not open.
    pub fn new() -> Self {
        Self { announced: watch::channel(0).0, open: watch::channel(false).0 }
    }

    /// A position has come.
    pub fn came(&self, position: u64) {
        raise(&self.announced, position);
    }

    /// The stream can be read from now on, or no more.
    pub fn is_open(&self, open: bool) {
        self.open.send_if_modified(|before| std::mem::replace(before, open) != open);
    }
}

/// Raises a watched position; says nothing where it is as high already.
fn raise(watched: &watch::Sender<u64>, to: u64) {
    watched.send_if_modified(|at| {
        let moved = to > *at;
        *at = to.max(*at);
        moved
    });
}

/// Raises `head` with what comes, and to the log's end where that does not come by an open stream in time, or where no
/// stream is open. It ends with whoever holds it.
pub(super) async fn guard(mut log: watch::Receiver<u64>, signals: Signals, head: watch::Sender<u64>, consumer: String) {
    let (mut came, mut open) = (signals.announced.subscribe(), signals.open.subscribe());
    // What is waited for, and until when.
    let mut patience: Option<(u64, Instant)> = None;
    let mut log_goes_on = true;
    loop {
        let (has, wanted) = (*came.borrow_and_update(), *log.borrow_and_update());
        raise(&head, has);
        let until = match patience {
            _ if has >= wanted => None,
            _ if !*open.borrow_and_update() => {
                raise(&head, wanted);
                None
            }
            Some((position, until)) if has < position && until <= Instant::now() => {
                tracing::warn!(consumer, position = has, head = wanted, "feed.stream_lags");
                raise(&head, wanted);
                None
            }
            Some((position, until)) if has < position => Some((position, until)),
            _ => Some((has + 1, Instant::now() + Duration::from_millis(LAG_MS))),
        };
        patience = until;
        let late = async {
            match until {
                Some((_, until)) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        // The senders of `came` and `open` live in `signals`, so those two never end.
        tokio::select! {
            _ = came.changed() => {}
            _ = open.changed() => {}
            moved = log.changed(), if log_goes_on => log_goes_on = moved.is_ok(),
            () = late => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LAG_MS, Signals, guard};
    use std::time::Duration;
    use tokio::sync::watch;
    use tokio::time::{Instant, timeout};

    #[tokio::test]
    async fn whoever_follows_learns_of_the_logs_end_with_and_without_a_stream() {
        let ((log, ends), (head, mut told)) = (watch::channel(0), watch::channel(0));
        let signals = Signals::new();
        let guard = tokio::spawn(guard(ends, signals.clone(), head, "test".to_owned()));
        let mut is_told = async |position: u64| {
            let start = Instant::now();
            let told = timeout(Duration::from_secs(20), told.wait_for(|at| *at == position)).await;
            assert!(told.is_ok_and(|told| told.is_ok()), "of #{position}");
            start.elapsed()
        };
        // No stream: at once, again and again.
        for position in 1..=3 {
            log.send_replace(position);
            assert!(is_told(position).await < Duration::from_millis(LAG_MS / 2));
            signals.came(position);
        }
        // A stream that is open is waited for, so that the log is not read where it would have come by itself.
        signals.is_open(true);
        log.send_replace(4);
        assert!(is_told(4).await >= Duration::from_millis(LAG_MS / 2));
        signals.came(4);
        // What it brings is told at once.
        log.send_replace(6);
        signals.came(5);
        assert!(is_told(5).await < Duration::from_millis(LAG_MS / 2));
        signals.came(6);
        assert!(is_told(6).await < Duration::from_millis(LAG_MS / 2));
        // Where it is lost while it is waited for, the wait is over.
        log.send_replace(7);
        tokio::task::yield_now().await;
        signals.is_open(false);
        assert!(is_told(7).await < Duration::from_millis(LAG_MS / 2));
        guard.abort();
    }
}
