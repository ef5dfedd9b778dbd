//! The writer: one task that decides commands in order and commits them in groups.
//! While one group is being made durable the next one is decided; an answer is given only after its group's commit.

mod recovery;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use platform::clock::Clock;
use platform::db::Place;
use proto::Answer;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::append::{AppendError, Appender, Stamped, Watched};
use crate::group::{Group, Job, Outcome};
use crate::lead::Lead;
use crate::log::{HeadRow, Log};
use crate::lookup;
use crate::state::State;
use crate::submit::StartError;

/// The most commands of one group.
pub const GROUP_COMMANDS_MAX: usize = 512;
/// The longest sleep of the timer, in milliseconds: clocks may be set.
const TIMER_MS_MAX: u64 = 30_000;
/// The shortest sleep of the timer after a failure, in milliseconds.
const TIMER_MS_AFTER_FAILURE: u64 = 1_000;
/// How long after a server could not be asked it is asked again, in milliseconds. Until then whoever comes is told at once
/// that the outcome is not known: each of many who had to wait for a server that is away would hold up the others.
const AWAY_MS: u64 = 100;
/// How often it is asked whether the server has to be shown that this ledger is alive, in milliseconds.
const BEAT_ASK_MS: u64 = 250;

/// The writer's task.
pub struct Writer {
    place: Place,
    log: Log,
    clock: Arc<Clock>,
    published: watch::Sender<u64>,
    /// The end of the last group that an anchor is to follow.
    anchors: watch::Sender<u64>,
    groups: Arc<AtomicU64>,
    /// None while a group is being made durable.
    appender: Option<Appender>,
    /// Where the log ends on disk.
    durable: HeadRow,
    state: State,
    /// The group that is being decided.
    open: Group,
    /// The group that is being made durable.
    flight: Option<Flight>,
    /// Whether the state is to be tidied once everything is durable; until then nothing new is decided.
    crowded: bool,
    /// Whether commands are looked up before they are decided: after a failure, until a group has no repetition.
    suspect: bool,
    /// Whether the state is to be loaded before anything else: after a failure.
    stale: bool,
    /// Whether the last group with events was not written: the timer then waits before it tries again.
    failed: bool,
    /// Whether a group may be in the log, or may still come to be, without this writer knowing: nobody is told before
    /// the state has been read again that his command was not written.
    doubt: bool,
    /// When the server could not be asked last, and why, where it could not since.
    away: Option<(Instant, String)>,
    /// Whether a line of a script was not written. None that follows it is then written either, until the ledger is
    /// opened anew: the script's clock does not go back for the line that is missing.
    broken_off: bool,
    /// Whether another ledger has taken the lead: nothing is written any more.
    lost: watch::Sender<bool>,
}

/// A group on its way to the disk. Its events travel with the appender and come back with it.
struct Flight {
    group: Group,
    next: HeadRow,
    task: JoinHandle<Landing>,
}

type Landing = (Appender, Vec<Stamped>, Result<(), AppendError>);

/// Jobs that got no answer, and why.
type Unanswered = (Vec<Job>, String);

impl Writer {
    /// A writer that has read its state from the log.
    pub async fn start(
        (place, appender): (Place, Appender),
        log: Log,
        state: State,
        clock: Arc<Clock>,
        published: watch::Sender<u64>,
    ) -> Result<Self, StartError> {
        let mut writer = Self {
            place,
            log,
            clock,
            published,
            anchors: watch::channel(0).0,
            groups: Arc::default(),
            appender: Some(appender),
            durable: state.head().clone(),
            state,
            open: Group::default(),
            flight: None,
            crowded: false,
            suspect: false,
            stale: true,
            failed: false,
            doubt: false,
            away: None,
            broken_off: false,
            lost: watch::channel(false).0,
        };
        writer.load().await?;
        Ok(writer)
    }

    /// The count of groups that were committed.
    pub fn groups(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.groups)
    }

    /// The end of the last group that an anchor is to follow.
    pub fn anchors(&self) -> watch::Receiver<u64> {
        self.anchors.subscribe()
    }

    /// Whether another ledger has taken the lead.
    pub fn lost(&self) -> watch::Receiver<bool> {
        self.lost.subscribe()
    }

    /// Reads the state from the log: at the start, and after a failure. A connection that may be in the middle of
    /// something is left for a new one; on a server a new one has the lead only once the old one's session has ended, and
    /// with it whatever it was still doing.
    async fn load(&mut self) -> Result<(), StartError> {
        let loaded = self.read().await;
        let away = loaded.as_ref().err().filter(|e| matches!(self.place, Place::Schema { .. }) && e.is_away());
        self.away = away.map(|error| (Instant::now(), error.to_string()));
        loaded
    }

    async fn read(&mut self) -> Result<(), StartError> {
        self.stale = true;
        let mut appender = match self.appender.take().filter(Appender::is_sound) {
            Some(appender) => appender,
            None => match Appender::open(&self.place, Lead::Again).await {
                Err(StartError::LostLead) => {
                    tracing::error!("ledger.lost_lead");
                    self.lost.send_replace(true);
                    return Err(StartError::LostLead);
                }
                opened => opened?,
            },
        };
        appender.guard(Watched::Loading).await?;
        self.state.load(appender.db()).await?;
        appender.guard(Watched::Serving).await?;
        self.appender = Some(appender);
        self.durable = self.state.head().clone();
        self.published.send_replace(self.durable.position);
        (self.stale, self.doubt) = (false, false);
        Ok(())
    }

    /// Works until told to stop and all that was waiting is answered.
    pub async fn run(mut self, mut jobs: mpsc::Receiver<Job>, stop: Arc<Notify>) {
        let on_a_server = matches!(self.place, Place::Schema { .. });
        let (mut stopped, mut closed) = (std::pin::pin!(stop.notified()), false);
        loop {
            let timer = self.timer_wait();
            tokio::select! {
                biased;
                landing = landing(&mut self.flight) => self.landed(landing).await,
                job = jobs.recv(), if self.has_room() => {
                    let Some(job) = job else { break };
                    self.take(job).await;
                    // Who waits already comes along, where nothing keeps this group from leaving.
                    while self.flight.is_none() && self.has_room() && let Ok(job) = jobs.try_recv() {
                        self.take(job).await;
                    }
                }
                () = &mut stopped, if !closed => {
                    // What waits is still taken; who comes now is told that the ledger is stopping.
                    closed = true;
                    jobs.close();
                }
                () = sleep(timer), if timer.is_some() && self.has_room() => self.act_on_time().await,
                () = tokio::time::sleep(Duration::from_millis(BEAT_ASK_MS)), if on_a_server => {}
            }
            self.depart_if_free().await;
            self.beat_if_quiet().await;
        }
        while self.flight.is_some() {
            let landing = landing(&mut self.flight).await;
            self.landed(landing).await;
            self.depart_if_free().await;
        }
        if let Some(appender) = self.appender {
            appender.close().await;
        }
    }

    /// Whether a job may be taken now.
    fn has_room(&self) -> bool {
        self.open.commands < GROUP_COMMANDS_MAX && !self.crowded
    }

    /// How long until the timer has to act, in milliseconds; none where nothing is due.
    fn timer_wait(&self) -> Option<u64> {
        if *self.lost.borrow() {
            return None;
        }
        if self.stale {
            // What is due is known once the state has been read again.
            return matches!(*self.clock, Clock::System).then_some(TIMER_MS_AFTER_FAILURE);
        }
        let due = self.state.next_due()?;
        let wait = (due.micros() - self.clock.now().micros()).max(0) / 1_000 + 1;
        let least = if self.failed { TIMER_MS_AFTER_FAILURE } else { 0 };
        Some(u64::try_from(wait).unwrap_or(0).clamp(least, TIMER_MS_MAX))
    }

    async fn take(&mut self, job: Job) {
        if *self.lost.borrow() {
            return self.give_up(vec![job], "").await;
        }
        if self.broken_off && job.at.is_some() {
            return self.give_up(vec![job], "a line of the script before this one was not written").await;
        }
        let away = |(at, why): &(Instant, String)| (at.elapsed() < Duration::from_millis(AWAY_MS)).then(|| why.clone());
        if let Some(why) = self.away.as_ref().and_then(away) {
            return self.give_up(vec![job], &why).await;
        }
        if self.stale
            && let Err(error) = self.load().await
        {
            return self.give_up(vec![job], &error.to_string()).await;
        }
        let before = self.flight.as_ref().map(|f| &f.group);
        if let Err(error) = self.state.take(job, &mut self.open, before, self.suspect).await {
            self.start_over(Vec::new(), error).await;
        }
    }

    async fn act_on_time(&mut self) {
        if self.stale
            && let Err(error) = self.load().await
        {
            tracing::warn!(%error, "ledger.load_failed");
            return;
        }
        if let Err(error) = self.state.do_what_is_due(self.clock.now(), &mut self.open).await {
            self.start_over(Vec::new(), error).await;
        }
    }

    /// Shows the server that this ledger is alive, where nothing else did for a while.
    async fn beat_if_quiet(&mut self) {
        let Some(appender) = self.appender.as_mut().filter(|a| a.is_quiet()) else { return };
        if let Err(error) = appender.beat().await {
            self.start_over(Vec::new(), error.to_string()).await;
        }
    }

    /// Sends the open group on its way, if none is under way.
    async fn depart_if_free(&mut self) {
        if self.flight.is_some() {
            return;
        }
        if !self.open.is_empty() {
            let group = std::mem::take(&mut self.open);
            self.flight = Some(self.depart(group));
        } else if self.crowded {
            self.state.tidy();
            self.crowded = false;
        }
    }

    /// Begins to make a group durable.
    fn depart(&mut self, mut group: Group) -> Flight {
        let (old, next) = (self.durable.clone(), self.state.head().clone());
        let mut appender = self.appender.take().expect("no other group is under way");
        let mut events = std::mem::take(&mut group.events);
        let to = next.clone();
        let span = tracing::info_span!("ledger.append", events = events.len(), to = to.position);
        let append = async move {
            let written = if events.is_empty() { Ok(()) } else { appender.append(&old, &to, &mut events).await };
            (appender, events, written)
        };
        let task = tokio::spawn(append.instrument(span));
        Flight { group, next, task }
    }

    async fn landed(&mut self, landing: Result<Landing, String>) {
        let Some(flight) = self.flight.take() else { return };
        if let Err((jobs, error)) = self.finish(flight.group, flight.next, landing).await {
            self.start_over(jobs, error).await;
        }
    }

    /// What follows the end of a flight: the new head is told, and every command answered.
    async fn finish(
        &mut self,
        mut group: Group,
        next: HeadRow,
        landing: Result<Landing, String>,
    ) -> Result<(), Unanswered> {
        let (appender, events, written) = match landing {
            Ok(landing) => landing,
            Err(error) => {
                self.doubt = true;
                return Err((group.into_jobs(), error));
            }
        };
        self.appender = Some(appender);
        if let Err(error) = written {
            self.doubt |= error.is_unknown();
            return Err((group.into_jobs(), error.to_string()));
        }
        if !events.is_empty() {
            (self.durable, self.failed) = (next, false);
            self.groups.fetch_add(1, Ordering::Relaxed);
            self.state.durable_to(&self.durable);
            self.published.send_replace(self.durable.position);
            if group.anchors {
                self.anchors.send_replace(self.durable.position);
            }
        }
        group.events = events;
        self.crowded |= group.closes || self.state.is_crowded();
        let repeated = |o: &Outcome| matches!(o, Outcome::Done(Answer::Accepted(_)));
        self.suspect &= group.jobs.iter().any(|(_, outcomes)| outcomes.iter().any(repeated));
        let mut unanswered: Unanswered = (Vec::new(), String::new());
        for (job, outcomes) in group.jobs {
            match self.answers(&group.events, &job, outcomes).await {
                // A sender that has gone away finds its answer by sending the same ids again.
                Ok(answers) => drop(job.reply.send(answers)),
                Err(error) => {
                    unanswered.0.push(job);
                    unanswered.1 = error;
                }
            }
        }
        if unanswered.0.is_empty() { Ok(()) } else { Err(unanswered) }
    }

    /// The answers to a job, of whose group these events are.
    async fn answers(&self, events: &[Stamped], job: &Job, outcomes: Vec<Outcome>) -> Result<Vec<Answer>, String> {
        let mut answers = Vec::with_capacity(outcomes.len());
        for (outcome, command) in outcomes.into_iter().zip(&job.commands) {
            let rejection = match outcome {
                Outcome::Done(answer) => {
                    answers.push(answer);
                    continue;
                }
                Outcome::Written(place) => {
                    answers.push(Answer::Accepted(events[place].accepted.clone()));
                    continue;
                }
                Outcome::Refused(rejection) => Some(rejection),
                Outcome::Before => None,
            };
            let Ok(command) = command else { return Err("what is no command was decided".to_owned()) };
            answers.push(match (lookup::earlier(&self.log, &job.principal, command).await?, rejection) {
                (Some(answer), _) => answer,
                (None, Some(rejection)) => Answer::refused(Some(&command.id), &rejection),
                (None, None) => return Err("the group before this one is gone".to_owned()),
            });
        }
        Ok(answers)
    }
}

/// Waits for the group that is under way; for ever if there is none.
async fn landing(flight: &mut Option<Flight>) -> Result<Landing, String> {
    match flight {
        Some(flight) => arrive(&mut flight.task).await,
        None => std::future::pending().await,
    }
}

async fn arrive(task: &mut JoinHandle<Landing>) -> Result<Landing, String> {
    task.await.map_err(|e| format!("the append ended: {e}"))
}

async fn sleep(ms: Option<u64>) {
    tokio::time::sleep(Duration::from_millis(ms.unwrap_or(TIMER_MS_MAX))).await;
}
