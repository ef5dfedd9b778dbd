//! The writer: one task that decides commands in order and commits them in groups.
//! While one group is being made durable the next one is decided; an answer is given only after its group's commit.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use platform::clock::Clock;
use platform::db::open_writer;
use proto::{Answer, Command, Origin, Principal, Rejection};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::append::{AppendError, Appender, Stamped};
use crate::group::{Group, Job, Outcome};
use crate::log::{HeadRow, Log, schema};
use crate::lookup;
use crate::state::State;
use crate::submit::StartError;

/// The most commands of one group.
pub const GROUP_COMMANDS_MAX: usize = 512;
/// The longest sleep of the timer, in milliseconds: clocks may be set.
const TIMER_MS_MAX: u64 = 30_000;
/// The shortest sleep of the timer after a failure, in milliseconds.
const TIMER_MS_AFTER_FAILURE: u64 = 1_000;

/// The writer's task.
pub struct Writer {
    path: PathBuf,
    log: Log,
    clock: Arc<Clock>,
    published: watch::Sender<u64>,
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
        path: PathBuf,
        log: Log,
        clock: Arc<Clock>,
        origin: Origin,
        published: watch::Sender<u64>,
    ) -> Result<Self, StartError> {
        let state = State::new(log.clone(), Arc::clone(&clock), origin);
        let mut writer = Self {
            path,
            log,
            clock,
            published,
            groups: Arc::default(),
            appender: None,
            durable: state.head().clone(),
            state,
            open: Group::default(),
            flight: None,
            crowded: false,
            suspect: false,
            stale: true,
        };
        writer.load().await?;
        Ok(writer)
    }

    /// The count of groups that were committed.
    pub fn groups(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.groups)
    }

    /// Reads the state from the log over a new connection: at the start, and after a failure, when the old connection
    /// may be in the middle of a transaction.
    async fn load(&mut self) -> Result<(), StartError> {
        self.stale = true;
        let mut appender = Appender::new(open_writer(&self.path, &schema()).await?);
        self.state.load(appender.db()).await?;
        self.appender = Some(appender);
        self.durable = self.state.head().clone();
        self.published.send_replace(self.durable.position);
        self.stale = false;
        Ok(())
    }

    /// Works until told to stop and all that was waiting is answered.
    pub async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
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
                () = sleep(timer), if timer.is_some() && self.has_room() => self.act_on_time().await,
            }
            self.depart_if_free().await;
        }
        while self.flight.is_some() {
            let landing = landing(&mut self.flight).await;
            self.landed(landing).await;
            self.depart_if_free().await;
        }
        if let Some(appender) = self.appender
            && let Err(error) = sqlx::Connection::close(appender.into_db()).await
        {
            tracing::warn!(%error, "ledger.close");
        }
    }

    /// Whether a job may be taken now.
    fn has_room(&self) -> bool {
        self.open.commands < GROUP_COMMANDS_MAX && !self.crowded
    }

    /// How long until the timer has to act, in milliseconds; none where nothing is due.
    fn timer_wait(&self) -> Option<u64> {
        let due = self.state.next_due()?;
        let wait = (due.micros() - self.clock.now().micros()).max(0) / 1_000 + 1;
        let least = if self.stale { TIMER_MS_AFTER_FAILURE } else { 0 };
        Some(u64::try_from(wait).unwrap_or(0).clamp(least, TIMER_MS_MAX))
    }

    async fn take(&mut self, job: Job) {
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
        let task = tokio::spawn(async move {
            let written = if events.is_empty() { Ok(()) } else { appender.append(&old, &to, &mut events).await };
            (appender, events, written)
        });
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
            Err(error) => return Err((group.into_jobs(), error)),
        };
        self.appender = Some(appender);
        if let Err(error) = written {
            return Err((group.into_jobs(), error.to_string()));
        }
        if !events.is_empty() {
            self.durable = next;
            self.groups.fetch_add(1, Ordering::Relaxed);
            self.published.send_replace(self.durable.position);
        }
        group.events = events;
        self.crowded |= group.closes || self.state.is_crowded();
        let repeated = |o: &Outcome| matches!(o, Outcome::Done(Answer::Accepted(_)));
        self.suspect &= group.jobs.iter().any(|(_, outcomes)| outcomes.iter().any(repeated));
        match self.answers(&group).await {
            Ok(answers) => {
                for ((job, _), answers) in group.jobs.into_iter().zip(answers) {
                    // A sender that has gone away finds its answer by sending the same ids again.
                    let _ = job.reply.send(answers);
                }
                Ok(())
            }
            Err(error) => Err((group.into_jobs(), error)),
        }
    }

    async fn answers(&self, group: &Group) -> Result<Vec<Vec<Answer>>, String> {
        let mut all = Vec::with_capacity(group.jobs.len());
        for (job, outcomes) in &group.jobs {
            let mut answers = Vec::with_capacity(outcomes.len());
            for (outcome, command) in outcomes.iter().zip(&job.commands) {
                answers.push(self.answer(group, &job.principal, outcome, command).await?);
            }
            all.push(answers);
        }
        Ok(all)
    }

    async fn answer(
        &self,
        group: &Group,
        principal: &Principal,
        outcome: &Outcome,
        command: &Result<Command, Rejection>,
    ) -> Result<Answer, String> {
        let rejection = match (outcome, command) {
            (Outcome::Done(answer), _) => return Ok(answer.clone()),
            (Outcome::Written(place), _) => return Ok(Answer::Accepted(group.events[*place].accepted.clone())),
            (Outcome::Refused(rejection), _) => Some(rejection),
            (Outcome::Before, _) => None,
        };
        let Ok(command) = command else { return Err("what is no command was decided".to_owned()) };
        match (lookup::earlier(&self.log, principal, command).await?, rejection) {
            (Some(answer), _) => Ok(answer),
            (None, Some(rejection)) => Ok(Answer::refused(Some(&command.id), rejection)),
            (None, None) => Err("the group before this one is gone".to_owned()),
        }
    }

    /// After a failure: everything that is not answered is decided once more, from what the log holds, and every command
    /// is looked up first, so that none is written twice and none is answered wrongly.
    async fn start_over(&mut self, mut jobs: Vec<Job>, error: String) {
        tracing::warn!(%error, "ledger.group_failed");
        if let Some(mut flight) = self.flight.take() {
            let landing = arrive(&mut flight.task).await;
            if let Err((unanswered, _)) = self.finish(flight.group, flight.next, landing).await {
                jobs.extend(unanswered);
            }
        }
        jobs.extend(std::mem::take(&mut self.open).into_jobs());
        (self.stale, self.suspect) = (true, true);
        if let Err((jobs, error)) = self.once_more(jobs).await {
            self.stale = true;
            self.give_up(jobs, &error).await;
        }
    }

    async fn once_more(&mut self, jobs: Vec<Job>) -> Result<(), Unanswered> {
        if let Err(error) = self.load().await {
            return Err((jobs, error.to_string()));
        }
        let mut group = Group::default();
        let mut failed = Ok(());
        for job in jobs {
            match failed {
                Ok(()) => failed = self.state.take(job, &mut group, None, true).await,
                Err(_) => group.put(job, Vec::new()),
            }
        }
        if let Err(error) = failed {
            return Err((group.into_jobs(), error));
        }
        let mut flight = self.depart(group);
        let landing = arrive(&mut flight.task).await;
        self.finish(flight.group, flight.next, landing).await
    }

    /// Answers jobs that could not be written. The outcome must be known before anyone is answered: what did get into
    /// the log is found there, and nobody else is told more than that nothing is certain yet.
    async fn give_up(&self, jobs: Vec<Job>, detail: &str) {
        for job in jobs {
            let mut answers = Vec::with_capacity(job.commands.len());
            for command in &job.commands {
                answers.push(self.last_word(&job.principal, command, detail).await);
            }
            let _ = job.reply.send(answers);
        }
    }

    async fn last_word(&self, who: &Principal, command: &Result<Command, Rejection>, detail: &str) -> Answer {
        match command {
            Err(rejection) => Answer::refused(None, rejection),
            Ok(command) => match lookup::earlier(&self.log, who, command).await {
                Ok(Some(answer)) => answer,
                Ok(None) | Err(_) => {
                    let rejection = Rejection::NotWritten { detail: detail.to_owned() };
                    Answer::refused(Some(&command.id), &rejection)
                }
            },
        }
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
    tokio::time::sleep(std::time::Duration::from_millis(ms.unwrap_or(TIMER_MS_MAX))).await;
}
