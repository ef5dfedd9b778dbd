//! A validating witness's second look: before it cosigns, it takes the log into a mirror of its own and recomputes it.
//! It never waits long: while it folds, whoever asks is told to ask again, and it folds on.

use std::time::Duration;

use proto::Origin;
use proto::note::Note;
use proto::tree::TreeHead;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::recomputed::{Dispute, NotRecomputed, Recomputed};
use crate::mirror::{Mirror, Served};

/// How long an answer waits for the fold, in milliseconds. Who asks gives up after 5,000, and may have asked once before.
pub const FOLD_WAIT_MS: u64 = 2_500;
/// The most checkpoints that wait to be recomputed.
const ASKS_MAX: usize = 16;

/// How far the log was recomputed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Events that were found to be what they must be.
    pub recomputed: u64,
    /// Why the last checkpoint that was looked at is not cosigned.
    pub disputed: Option<Dispute>,
}

/// Whoever recomputes one log.
#[derive(Debug)]
pub struct Validating {
    asks: mpsc::Sender<Ask>,
    standing: watch::Receiver<Standing>,
    working: JoinHandle<()>,
}

impl Drop for Validating {
    fn drop(&mut self) {
        self.working.abort();
    }
}

/// A checkpoint to be recomputed.
struct Ask {
    note: Note,
    head: TreeHead,
    answer: oneshot::Sender<Result<(), NotRecomputed>>,
}

impl Validating {
    /// Begins to fold what the mirror of a log holds, and follows it where it is served.
    #[must_use]
    pub fn begin(mirror: Mirror, served: Served, origin: Origin) -> Self {
        let (asks, asked) = mpsc::channel(ASKS_MAX);
        let (tell, standing) = watch::channel(Standing::default());
        let worker = Worker { mirror, served, origin, fold: None, tell };
        Self { asks, standing, working: tokio::spawn(worker.run(asked)) }
    }

    /// How far it has come.
    #[must_use]
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// Tells whether its work has ended, which only a fault of its own does.
    pub fn ended(&self) -> impl Fn() -> bool + use<> {
        let asks = self.asks.clone();
        move || asks.is_closed()
    }

    /// Recomputes a checkpoint that the log has signed: its root from the entries, its events from the rules.
    ///
    /// # Errors
    /// [`NotRecomputed`].
    pub async fn recompute(&self, note: Note, head: TreeHead) -> Result<(), NotRecomputed> {
        let behind = |what: &str| NotRecomputed::Behind(what.to_owned());
        let (answer, answered) = oneshot::channel();
        self.asks.try_send(Ask { note, head, answer }).map_err(|refused| match refused {
            TrySendError::Full(_) => behind("too many checkpoints wait"),
            TrySendError::Closed(_) => {
                tracing::error!("witness.fold_ended");
                behind("its fold has ended by a fault; it must be started anew")
            }
        })?;
        match tokio::time::timeout(Duration::from_millis(FOLD_WAIT_MS), answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(behind("it ends")),
            Err(_) => Err(behind("the log is not folded up to there yet")),
        }
    }
}

/// Who does it, one checkpoint after the other.
struct Worker {
    mirror: Mirror,
    served: Served,
    origin: Origin,
    fold: Option<Recomputed>,
    tell: watch::Sender<Standing>,
}

impl Worker {
    async fn run(mut self, mut asked: mpsc::Receiver<Ask>) {
        let held = self.mirror.size_and_root().size;
        if let Err(error) = self.fold_to(held).await {
            self.say(Err(error));
        }
        while let Some(Ask { note, head, answer }) = asked.recv().await {
            // Who has stopped waiting asks again.
            if !answer.is_closed() {
                let recomputed = self.recompute(&note, head).await;
                self.say(recomputed.clone());
                let _ = answer.send(recomputed);
            }
        }
    }

    async fn recompute(&mut self, note: &Note, head: TreeHead) -> Result<(), NotRecomputed> {
        if self.mirror.size_and_root().size < head.size {
            self.mirror.come_to(note, &self.served).await?;
        }
        if self.mirror.root_at(head.size) != Some(head.root) {
            let what = "the entries that came under another checkpoint do not come to this root";
            return Err(Dispute::Entries { position: head.size, what }.into());
        }
        self.fold_to(head.size).await
    }

    async fn fold_to(&mut self, size: u64) -> Result<(), NotRecomputed> {
        let mut fold = match self.fold.take() {
            Some(fold) => fold,
            None => {
                let begun = Recomputed::begin(self.mirror.clone(), self.origin.clone()).await;
                begun.map_err(|e| NotRecomputed::Behind(e.to_string()))?
            }
        };
        let tell = |recomputed| self.tell.send_modify(|standing| standing.recomputed = recomputed);
        let done = fold.go_to(size, tell).await;
        // A fold that could not read is begun anew: recovery is the ordinary way gone again.
        if !matches!(done, Err(NotRecomputed::Behind(_))) {
            self.fold = Some(fold);
        }
        done
    }

    /// Says what came of a checkpoint, once as long as it is the same.
    fn say(&self, recomputed: Result<(), NotRecomputed>) {
        let disputed = match recomputed {
            Ok(()) => None,
            Err(NotRecomputed::Disputed(dispute)) => Some(dispute),
            Err(NotRecomputed::Behind(what)) => return tracing::warn!(what, "witness.behind"),
        };
        self.tell.send_if_modified(|standing| {
            let changed = standing.disputed != disputed;
            if let Some(dispute) = disputed.as_ref().filter(|_| changed) {
                tracing::error!(log.origin = self.origin.as_str(), %dispute, "log_disputed");
            }
            standing.disputed = disputed;
            changed
        });
    }
}
