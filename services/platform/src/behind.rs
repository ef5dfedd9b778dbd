//! How far a reader of the log is behind it: in events, and in seconds since it last stood at the log's end.
//! It only watches; a reader that is behind is neither hurried nor stopped.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A reader, watched.
#[derive(Debug)]
pub struct Behind {
    name: &'static str,
    position: watch::Receiver<u64>,
    head: watch::Receiver<u64>,
    /// Whether the log's end is known now.
    known: watch::Receiver<bool>,
    /// Since when it is behind, or the log's end not known.
    since: Arc<Mutex<Option<Instant>>>,
    watching: JoinHandle<()>,
}

impl Drop for Behind {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl Behind {
    /// Watches a reader's position against the log's end, where that is always known.
    #[must_use]
    pub fn new(name: &'static str, position: watch::Receiver<u64>, head: watch::Receiver<u64>) -> Self {
        Self::of_far(name, position, head, watch::channel(true).1)
    }

    /// The same where the log's end is known only while somebody who tells it is reached.
    #[must_use]
    pub fn of_far(
        name: &'static str,
        position: watch::Receiver<u64>,
        head: watch::Receiver<u64>,
        known: watch::Receiver<bool>,
    ) -> Self {
        let since = Arc::new(Mutex::new(Some(Instant::now())));
        let watching = tokio::spawn(watch(position.clone(), head.clone(), known.clone(), Arc::clone(&since)));
        Self { name, position, head, known, since, watching }
    }

    /// Whose it is.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The last position that it has.
    #[must_use]
    pub fn position(&self) -> u64 {
        *self.position.borrow()
    }

    /// The log's last position, as far as it is known.
    #[must_use]
    pub fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Whether the log's end is known now.
    #[must_use]
    pub fn is_known(&self) -> bool {
        *self.known.borrow()
    }

    /// Events of the log that it has not.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.head().saturating_sub(self.position())
    }

    /// Since it last stood at the log's end, as far as that is known; zero where it does.
    #[must_use]
    pub fn time(&self) -> Duration {
        let since = *self.since.lock().expect("no thread panics while it holds this");
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

async fn watch(
    mut position: watch::Receiver<u64>,
    mut head: watch::Receiver<u64>,
    mut known: watch::Receiver<bool>,
    since: Arc<Mutex<Option<Instant>>>,
) {
    let (mut moves, mut grows, mut tells) = (true, true, true);
    while moves || grows {
        let behind = !*known.borrow_and_update() || *position.borrow_and_update() < *head.borrow_and_update();
        {
            let mut since = since.lock().expect("no thread panics while it holds this");
            *since = if behind { since.or_else(|| Some(Instant::now())) } else { None };
        }
        tokio::select! {
            changed = position.changed(), if moves => moves = changed.is_ok(),
            changed = head.changed(), if grows => grows = changed.is_ok(),
            changed = known.changed(), if tells => tells = changed.is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::watch;

    use super::Behind;

    #[tokio::test]
    async fn a_reader_is_behind_until_it_stands_at_the_end_and_while_the_end_is_not_known() {
        let ((at, position), (to, head), (told, known)) = (watch::channel(0), watch::channel(0), watch::channel(false));
        let behind = Behind::of_far("index", position, head, known);
        let becomes = async |late: bool| {
            let waited = async {
                while (behind.time() > Duration::ZERO) != late {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(10), waited).await.expect("in time");
        };
        becomes(true).await;
        told.send_replace(true);
        becomes(false).await;
        to.send_replace(7);
        becomes(true).await;
        assert_eq!((behind.position(), behind.head(), behind.events()), (0, 7, 7));
        at.send_replace(7);
        becomes(false).await;
        told.send_replace(false);
        becomes(true).await;
        assert_eq!(behind.events(), 0);
    }
}
