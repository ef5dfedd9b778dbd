//! The ledger as others hold it: opened once, submitted to by many, stopped cleanly.
//! One process writes a log; a second one on the same folder is refused before it comes here.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use async_trait::async_trait;
use platform::clock::Clock;
use platform::db::{DbError, Place};
use platform::feed::{Feed, FeedError};
use platform::ports::{SharedReceipts, Submit};
use platform::restore::RestoreError;
use proto::act::log::ClockKind;
use proto::{Answer, Command, CommandId, Event, Fact, Instant, Origin, Principal, Rejection};
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::anchors::{AnchorError, Anchored, Anchors};
use crate::append::Appender;
use crate::group::Job;
use crate::lead::Lead;
use crate::log::{Log, LogError, first_head};
use crate::state::State;
use crate::writer::Writer;

/// Submissions that may wait for their turn.
const QUEUE_JOBS_MAX: usize = 4_096;
/// How long a submission waits for a place in the queue before it is told to come back, in milliseconds.
const QUEUE_WAIT_MS: u64 = 5_000;

/// What a ledger is opened with.
#[derive(Debug, Clone)]
pub struct Config {
    /// The log's database.
    pub place: Place,
    /// The origin of a new log; for one that has begun it must be the same, or absent.
    pub origin: Option<Origin>,
    /// For a new training log on a scripted clock: where the script begins.
    pub scripted_from: Option<Instant>,
    /// What to do where another ledger writes the log on the same server.
    pub lead: Lead,
    /// How often an anchor is made where something was written; only when a result is published or a round ends, if absent.
    pub anchor_every: Option<Duration>,
}

impl Config {
    /// A log that has begun.
    pub fn begun(place: impl Into<Place>) -> Self {
        Self { place: place.into(), origin: None, scripted_from: None, lead: Lead::Wait, anchor_every: None }
    }
}

/// Why a ledger does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The feed failed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The state could not be restored.
    #[error("log_damaged: {0}; run `parindex verify`")]
    Restore(#[from] RestoreError),
    /// A stored body is no event.
    #[error("log_damaged: {0}; run `parindex verify`")]
    Damaged(String),
    /// Another ledger leads.
    #[error("lead_held: another ledger writes this log")]
    LeadHeld,
    /// Another ledger has taken the lead from this one.
    #[error("lost_lead: another ledger writes this log now")]
    LostLead,
    /// A new log needs an origin.
    #[error("log_missing: the log has not begun and no origin is given")]
    NoOrigin,
    /// The log is another one.
    #[error("origin_differs: the log's origin is {found}, not {given}")]
    Origin {
        /// What stands in the log.
        found: Origin,
        /// What was given.
        given: Origin,
    },
}

impl StartError {
    /// Whether the database could not be asked, and may be there again later.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Db(e) | Self::Log(LogError::Db(e)) => {
                matches!(e, DbError::Unreachable { .. } | DbError::Refused { .. } | DbError::Engine(_))
            }
            Self::Engine(_) | Self::Feed(_) | Self::Log(LogError::Engine(_)) | Self::Restore(RestoreError::Feed(_)) => {
                true
            }
            _ => false,
        }
    }
}

/// The running ledger.
pub struct Ledger {
    jobs: mpsc::Sender<Job>,
    writer: JoinHandle<()>,
    anchors: Anchors,
    stop: Arc<Notify>,
    log: Log,
    origin: Origin,
    clock: Arc<Clock>,
    groups: Arc<AtomicU64>,
    lost: watch::Receiver<bool>,
}

impl Ledger {
    /// Opens the log and starts its writer.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(config: Config) -> Result<Self, StartError> {
        let mut appender = Appender::open(&config.place, config.lead).await?;
        first_head(appender.db()).await?;
        let (published, head) = watch::channel(0);
        let log = Log::open(&config.place, head).await?;
        let first = log.after(0, 1).await?;
        let (origin, clock) = match first.first() {
            None => {
                let clock = config.scripted_from.map_or(Clock::System, Clock::scripted);
                (config.origin.ok_or(StartError::NoOrigin)?, clock)
            }
            Some(body) => begun(body, config.origin)?,
        };
        let clock = Arc::new(clock);
        let state = State::new(log.clone(), Arc::clone(&clock), origin.clone());
        let writer = Writer::start((config.place, appender), log.clone(), state, Arc::clone(&clock), published).await?;
        let (groups, lost, wanted) = (writer.groups(), writer.lost(), writer.anchors());
        let (jobs, queue) = mpsc::channel(QUEUE_JOBS_MAX);
        let stop = Arc::new(Notify::new());
        let writer = tokio::spawn(writer.run(queue, Arc::clone(&stop)));
        let door = Door { jobs: jobs.clone() };
        let of = (origin.clone(), Arc::clone(&clock));
        let anchors = Anchors::begin((log.clone(), door), of, wanted, config.anchor_every);
        Ok(Self { jobs, writer, anchors, stop, log, origin, clock, groups, lost })
    }

    /// The log, for reading.
    #[must_use]
    pub fn log(&self) -> Log {
        self.log.clone()
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The ledger's clock.
    #[must_use]
    pub fn clock(&self) -> Arc<Clock> {
        Arc::clone(&self.clock)
    }

    /// How many groups were committed since the ledger was opened.
    #[must_use]
    pub fn groups(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.groups)
    }

    /// How many submissions wait for their turn; it keeps no door open.
    pub fn waiting(&self) -> impl Fn() -> usize + Send + Sync + use<> {
        let jobs = self.jobs.downgrade();
        move || jobs.upgrade().map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    /// Whether another ledger has taken the lead. This one then writes nothing any more, says so to everyone who asks,
    /// and is to be stopped.
    #[must_use]
    pub fn lost(&self) -> watch::Receiver<bool> {
        self.lost.clone()
    }

    /// The door for others.
    #[must_use]
    pub fn door(&self) -> Door {
        Door { jobs: self.jobs.clone() }
    }

    /// Puts on record where every stream ends, on the operator's word; with a checkpoint that he hands in, or the newest cosigned
    /// one.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn anchor(&self, checkpoint: Option<String>) -> Result<Anchored, AnchorError> {
        self.anchors.now(checkpoint).await
    }

    /// Says who is asked for the newest cosigned checkpoint when an anchor is made.
    pub fn asks_for_checkpoints(&self, signer: SharedReceipts) {
        self.anchors.ask(signer);
    }

    /// Stops once everything that was submitted is answered. Whoever comes to a [`Door`] later is refused.
    pub async fn stop(self) {
        self.anchors.stop().await;
        self.stop.notify_one();
        if let Err(error) = self.writer.await {
            tracing::error!(%error, "ledger.writer_ended");
        }
    }
}

fn begun(body: &[u8], given: Option<Origin>) -> Result<(Origin, Clock), StartError> {
    let event = Event::decode(body).map_err(|e| StartError::Damaged(e.to_string()))?;
    let found = event.envelope.log;
    if let Some(given) = given.filter(|given| *given != found) {
        return Err(StartError::Origin { found, given });
    }
    let Fact::LogCreated(genesis) = event.fact else {
        return Err(StartError::Damaged("the first event is no genesis".to_owned()));
    };
    let clock = match genesis.clock {
        ClockKind::System => Clock::System,
        ClockKind::Scripted => Clock::scripted(event.envelope.at),
    };
    Ok((found, clock))
}

/// The door to the ledger within this process.
#[derive(Clone)]
pub struct Door {
    jobs: mpsc::Sender<Job>,
}

/// A submission under way.
#[derive(Debug)]
pub struct Pending {
    ids: Vec<Option<CommandId>>,
    answers: Result<oneshot::Receiver<Vec<Answer>>, Rejection>,
}

impl Pending {
    /// The answers, once they are durable.
    pub async fn answers(self) -> Vec<Answer> {
        let refuse = |rejection: &Rejection| {
            let refused = self.ids.iter().map(|id| Answer::refused(id.as_ref(), rejection));
            refused.collect()
        };
        let ended = || Rejection::OutcomeUnknown { detail: "the ledger has ended".to_owned() };
        match self.answers {
            Ok(answers) => answers.await.unwrap_or_else(|_| refuse(&ended())),
            Err(rejection) => refuse(&rejection),
        }
    }
}

impl Door {
    /// Puts commands in the queue, at the moment of a script where there is one. The order of calls is the order of
    /// turns, so a sender need not wait for one answer before it sends the next.
    pub async fn enqueue(
        &self,
        principal: Principal,
        commands: Vec<Result<Command, Rejection>>,
        at: Option<Instant>,
    ) -> Pending {
        let ids = commands.iter().map(|c| c.as_ref().ok().map(|c| c.id.clone())).collect();
        let (reply, answers) = oneshot::channel();
        let job = Job { principal, commands, at, reply };
        let sent = self.jobs.send_timeout(job, Duration::from_millis(QUEUE_WAIT_MS)).await;
        let answers = sent.map(|()| answers).map_err(|e| match e {
            SendTimeoutError::Timeout(_) => Rejection::Overloaded {},
            SendTimeoutError::Closed(_) => Rejection::NotWritten { detail: "the ledger is stopping".to_owned() },
        });
        Pending { ids, answers }
    }

    /// Submits commands that come at the moment of a script.
    pub async fn play(&self, at: Instant, principal: Principal, commands: Vec<Command>) -> Vec<Answer> {
        self.enqueue(principal, commands.into_iter().map(Ok).collect(), Some(at)).await.answers().await
    }
}

#[async_trait]
impl Submit for Door {
    async fn submit(&self, principal: Principal, commands: Vec<Result<Command, Rejection>>) -> Vec<Answer> {
        self.enqueue(principal, commands, None).await.answers().await
    }
}
