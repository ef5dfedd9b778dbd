//! Anchors: the heads map is put on record after each publication, after each round's end, at an interval where something was
//! written, and on the operator's word. The map is folded beside the writer, by a task of its own: the writer is asked for
//! nothing but to take one more command.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::{Heads, World};
use platform::along::{Along, AlongError};
use platform::clock::Clock;
use platform::feed::Feed;
use platform::ports::SharedReceipts;
use proto::act::log::Anchor;
use proto::document::Text;
use proto::fold::Streams;
use proto::{
    Accepted, Act, Acting, Answer, Capacity, Command, CommandId, Event, Fact, Hash, Instant, Origin, Principal,
    Refused, text,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::log::Log;
use crate::submit::Door;

/// How often an anchor is made anew that came too late: the root at its end is remembered for a while only.
const ATTEMPTS_MAX: usize = 5;
/// Askings of the operator that may wait.
const ASKED_MAX: usize = 16;
/// How long after a failure it is tried again, in milliseconds.
const AGAIN_MS: u64 = 60_000;

/// How long after a start an anchor is made that was owed: until then the signer has said who he is.
const OWED_MS: u64 = 1_000;

/// Why no anchor was made.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The log could not be followed.
    #[error("anchor_unfolded: {0}")]
    Along(#[from] AlongError),
    /// A stream has no state.
    #[error("anchor_unfolded: {0}")]
    Unfolded(#[from] domain::Unfolded),
    /// There is nothing to anchor.
    #[error("anchor_empty: the log has no events")]
    Empty,
    /// The command was refused.
    #[error("{}: {}", .0.code, .0.en)]
    Refused(Box<Refused>),
    /// The task has ended.
    #[error("not_written: the ledger is stopping")]
    Stopped,
}

/// An anchor that stands on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchored {
    /// What it says.
    pub anchor: Anchor,
    /// Where it stands.
    pub accepted: Accepted,
}

/// A checkpoint that the operator wants in it, and who waits.
type Asked = (Option<String>, oneshot::Sender<Result<Anchored, AnchorError>>);

/// Whoever makes anchors.
pub struct Anchors {
    asked: mpsc::Sender<Asked>,
    signer: Arc<OnceLock<SharedReceipts>>,
    task: JoinHandle<()>,
}

impl Anchors {
    /// Begins. Where the clock is a script's, only the operator's word makes an anchor; `every` is the interval otherwise.
    pub fn begin(
        (log, door): (Log, Door),
        (origin, clock): (Origin, Arc<Clock>),
        wanted: watch::Receiver<u64>,
        every: Option<Duration>,
    ) -> Self {
        let (asked, askings) = mpsc::channel(ASKED_MAX);
        let every = every.filter(|_| matches!(*clock, Clock::System));
        let signer = Arc::new(OnceLock::new());
        let maker = Maker { map: Map::new(&origin), log, door, origin, clock, every, signer: Arc::clone(&signer) };
        Self { asked, signer, task: tokio::spawn(maker.run(askings, wanted)) }
    }

    /// Says who is asked for the newest cosigned checkpoint. Until then anchors hold none.
    pub fn ask(&self, signer: SharedReceipts) {
        // Whoever was named first stays.
        let _ = self.signer.set(signer);
    }

    /// An anchor over all that is durable now, on the operator's word; with the newest cosigned checkpoint, or his.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn now(&self, checkpoint: Option<String>) -> Result<Anchored, AnchorError> {
        let (reply, answer) = oneshot::channel();
        self.asked.send((checkpoint, reply)).await.map_err(|_| AnchorError::Stopped)?;
        answer.await.unwrap_or(Err(AnchorError::Stopped))
    }

    /// Ends once every anchor is made that is to follow what was written.
    pub async fn stop(self) {
        drop(self.asked);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "ledger.anchors_ended");
        }
    }
}

/// The heads map, as far as it was folded.
struct Map {
    along: Along<World>,
    heads: Heads,
}

impl Map {
    fn new(origin: &Origin) -> Self {
        Self { along: Along::new(origin.clone(), World::default()), heads: Heads::default() }
    }

    /// What is to be put on record over the log's first events.
    async fn at(&mut self, log: &Log, size: u64) -> Result<Anchor, AnchorError> {
        let heads = &mut self.heads;
        self.along.go_to(log, size, |world, event, hash| heads.follow(world, event, hash)).await?;
        let root = self.along.walk().root();
        Ok(Anchor { checkpoint: None, heads: self.heads.root(self.along.fold())?, root, size })
    }

    /// Whether a checkpoint may stand in an anchor over what was folded.
    fn takes(&self, checkpoint: &str) -> Result<(), Text> {
        let log = self.along.fold().log.as_ref().ok_or_else(|| text!("chưa có nhật ký", "the log has not begun"))?;
        log.cosigned(checkpoint).map(|_| ())
    }
}

struct Maker {
    map: Map,
    log: Log,
    door: Door,
    origin: Origin,
    clock: Arc<Clock>,
    every: Option<Duration>,
    signer: Arc<OnceLock<SharedReceipts>>,
}

impl Maker {
    async fn run(mut self, mut askings: mpsc::Receiver<Asked>, mut wanted: watch::Receiver<u64>) {
        wanted.mark_unchanged();
        let mut due = match self.owes().await {
            true => self.after(Duration::from_millis(OWED_MS)),
            false => self.first_due().await,
        };
        let mut open = true;
        loop {
            let automatic = matches!(*self.clock, Clock::System);
            tokio::select! {
                asked = askings.recv() => {
                    let Some((checkpoint, reply)) = asked else { break };
                    let made = self.make(&Principal::operator(), Capacity::Operator, checkpoint).await;
                    // Whoever asked may have gone away; the anchor stands on record.
                    let _ = reply.send(made);
                }
                changed = wanted.changed(), if automatic && open => match changed {
                    Ok(()) => due = self.by_itself().await,
                    Err(_) => open = false,
                },
                () = until(due) => due = self.on_time().await,
            }
        }
        if matches!(*self.clock, Clock::System) && wanted.has_changed().unwrap_or(false) {
            self.by_itself().await;
        }
    }

    /// When the interval is over for the first time: counted from the last anchor, or from now where there is none.
    async fn first_due(&self) -> Option<Instant> {
        let every = self.every?;
        let last = self.last().await.map_or_else(|| self.clock.now(), |last| last.envelope.at);
        Instant::from_micros(last.micros() + micros(every))
    }

    /// Whether an anchor that was to follow was never made: whoever wrote last was killed before it.
    async fn owes(&self) -> bool {
        if self.every.is_none() {
            return false;
        }
        let anchored = self.last().await.map_or(0, |last| match last.fact {
            Fact::Anchored(anchor) => anchor.size,
            _ => 0,
        });
        self.log.ended_since(anchored).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "ledger.anchor_failed");
            false
        })
    }

    /// The last anchor.
    async fn last(&self) -> Option<Event> {
        let bodies = self.log.streams(&Streams::Log, u64::MAX).await.ok()?;
        let mut events = bodies.iter().rev().filter_map(|body| Event::decode(body).ok());
        events.find(|event| matches!(event.fact, Fact::Anchored(_)))
    }

    /// Makes one if something was written since the last one.
    async fn on_time(&mut self) -> Option<Instant> {
        let written = *self.log.head().borrow();
        if self.last().await.is_some_and(|last| last.envelope.position == written) {
            return self.after(self.every?);
        }
        self.by_itself().await
    }

    async fn by_itself(&mut self) -> Option<Instant> {
        match self.make(&Principal::system(), Capacity::System, None).await {
            Ok(made) => {
                tracing::info!(event.position = made.accepted.position, size = made.anchor.size, "ledger.anchored");
                self.after(self.every?)
            }
            // Nothing comes behind a log's end.
            Err(AnchorError::Refused(refused)) if refused.code == "log_closed" => None,
            Err(error) => {
                tracing::warn!(%error, "ledger.anchor_failed");
                self.after(Duration::from_millis(AGAIN_MS))
            }
        }
    }

    fn after(&self, wait: Duration) -> Option<Instant> {
        Instant::from_micros(self.clock.now().micros() + micros(wait))
    }

    /// The newest checkpoint that enough witnesses have cosigned, as the signer tells it. An anchor does not wait for one.
    async fn newest(&self) -> Option<String> {
        let newest = self.signer.get()?.cosigned().await;
        newest.unwrap_or_else(|error| {
            tracing::warn!(%error, "ledger.anchor_without_checkpoint");
            None
        })
    }

    /// Makes one over all that is durable now.
    async fn make(
        &mut self,
        principal: &Principal,
        capacity: Capacity,
        checkpoint: Option<String>,
    ) -> Result<Anchored, AnchorError> {
        let mut newest = if checkpoint.is_none() { self.newest().await } else { None };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let size = *self.log.head().borrow();
            if size == 0 {
                return Err(AnchorError::Empty);
            }
            let mut anchor = match self.map.at(&self.log, size).await {
                Ok(anchor) => anchor,
                Err(error) => {
                    // What failed on its way is begun again: recovery is the ordinary way.
                    self.map = Map::new(&self.origin);
                    return Err(error);
                }
            };
            anchor.checkpoint = checkpoint.clone().or_else(|| {
                newest.clone().filter(|newest| match self.map.takes(newest) {
                    Ok(()) => true,
                    Err(why) => {
                        tracing::warn!(why = why.en, "ledger.anchor_without_checkpoint");
                        false
                    }
                })
            });
            match self.submit(principal, capacity, &anchor).await {
                Answer::Accepted(accepted) => return Ok(Anchored { anchor, accepted }),
                Answer::Refused(refused) if refused.code == "anchor_stale" && attempts < ATTEMPTS_MAX => {}
                // The signer may be ahead of what is durable for this task: an anchor does not wait for it.
                Answer::Refused(refused) if refused.code == "bad_anchor_checkpoint" && newest.is_some() => {
                    newest = None
                }
                Answer::Refused(refused) => return Err(AnchorError::Refused(Box::new(refused))),
            }
        }
    }

    async fn submit(&self, principal: &Principal, capacity: Capacity, anchor: &Anchor) -> Answer {
        let id = self.command_id(principal, anchor);
        let command = Command::new(id, Acting { capacity, unit: None }, Act::Anchor(anchor.clone()));
        let job = self.door.enqueue(principal.clone(), vec![Ok(command)], None).await;
        job.answers().await.pop().expect("one answer for each command")
    }

    /// The moment's milliseconds, then bits of SHA-256 over the log, who asks, and what is anchored.
    fn command_id(&self, principal: &Principal, anchor: &Anchor) -> CommandId {
        let Anchor { checkpoint, heads, root, size } = anchor;
        let checkpoint = checkpoint.as_deref().unwrap_or_default();
        let told = format!("anchor\n{}\n{}\n{size}\n{root}\n{}{checkpoint}", self.origin, principal.actor, heads.root);
        let mut bits = [0; 10];
        bits.copy_from_slice(&Hash::digest(told.as_bytes()).0[..10]);
        CommandId::v7(self.clock.now().millis(), bits)
    }
}

fn micros(wait: Duration) -> i64 {
    i64::try_from(wait.as_micros()).unwrap_or(i64::MAX / 4)
}

/// Waits until a moment of the machine's clock; for ever where there is none.
async fn until(due: Option<Instant>) {
    let Some(due) = due else { return std::future::pending().await };
    loop {
        let left = due.micros() - Clock::System.now().micros();
        let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else { return };
        // Clocks may be set: it is looked at again now and then.
        tokio::time::sleep(Duration::from_micros(left).min(Duration::from_secs(60))).await;
    }
}
