//! The writer: one task that decides commands in order and commits them in groups.
//! While one group is being made durable the next one gathers; an answer is given only after the commit.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{World, decide, due, reach};
use platform::clock::Clock;
use platform::db::open_writer;
use platform::restore::restore;
use proto::event::EncodeError;
use proto::fold::{Fold, Streams};
use proto::walk::Head;
use proto::{
    Accepted, Actor, Answer, Command, EVENT_BYTES_MAX, Envelope, Event, Fact, Hash, Instant, Origin, Principal,
    Rejection, RoundId, Stream,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::append::{AppendError, Appender, Stamped};
use crate::log::{HeadRow, Log, read_head, schema};
use crate::lookup;
use crate::stamp::Ids;
use crate::submit::StartError;

/// The most commands of one group.
pub const GROUP_COMMANDS_MAX: usize = 512;
/// How far the clock may stand behind the last event before writing is refused, in microseconds.
pub const DRIFT_MICROS: i64 = 5_000_000;
/// Stream heads that are kept in memory before they are dropped and read again on demand.
const HEADS_MAX: usize = 100_000;
/// The longest sleep of the timer, in milliseconds: clocks may be set.
const TIMER_MS_MAX: u64 = 30_000;

/// Commands of one sender, and where their answers go.
pub struct Job {
    pub principal: Principal,
    pub commands: Vec<Result<Command, Rejection>>,
    /// The moment of a script's line.
    pub at: Option<Instant>,
    pub reply: oneshot::Sender<Vec<Answer>>,
}

/// The writer's task.
pub struct Writer {
    path: PathBuf,
    log: Log,
    appender: Appender,
    clock: Arc<Clock>,
    origin: Origin,
    published: watch::Sender<u64>,
    groups: Arc<AtomicU64>,
    world: World,
    head: HeadRow,
    heads: HashMap<Stream, Head>,
    ids: Ids,
    /// Whether commands are looked up before they are decided: after a failure, until a group has no repetition.
    suspect: bool,
    /// Whether the state is to be loaded before anything else: after a failure.
    stale: bool,
}

/// One answer in the making.
enum Outcome {
    /// The answer stands.
    Done(Answer),
    /// It is the event at this place of the group.
    Written(usize),
    /// It was refused, unless the command made an event before.
    Refused(Rejection),
}

/// A group in the making.
#[derive(Default)]
struct Group {
    events: Vec<Stamped>,
    by_command: HashMap<proto::CommandId, (usize, Hash, proto::ActorId)>,
    closed: Vec<RoundId>,
}

impl Writer {
    /// A writer that has read its state from the log.
    pub async fn start(
        path: PathBuf,
        log: Log,
        clock: Arc<Clock>,
        origin: Origin,
        published: watch::Sender<u64>,
    ) -> Result<Self, StartError> {
        let appender = Appender::new(open_writer(&path, &schema()).await?);
        let head = HeadRow { position: 0, hash: None, range: proto::tree::CompactRange::default() };
        let ids = Ids::new(matches!(*clock, Clock::Scripted(_)));
        let (world, heads) = (World::default(), HashMap::new());
        let mut writer = Self {
            path,
            log,
            appender,
            clock,
            origin,
            published,
            groups: Arc::default(),
            world,
            head,
            heads,
            ids,
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

    /// Begins again after a failure: another connection (the old one may be in the middle of a transaction), then the
    /// ordinary start.
    async fn recover(&mut self) -> Result<(), StartError> {
        self.appender.replace(open_writer(&self.path, &schema()).await?);
        self.load().await
    }

    /// Reads head, powers and open rounds from the log: at the start, and after every failure.
    async fn load(&mut self) -> Result<(), StartError> {
        self.stale = true;
        self.head = read_head(self.appender.db()).await?;
        let upto = self.head.position;
        let mut world = World::default();
        restore(&self.log, &mut world, Streams::Log, upto).await?;
        restore(&self.log, &mut world, Streams::Grants, upto).await?;
        for stream in self.log.open_rounds().await? {
            let Ok(Stream::Round(round)) = Stream::parse(&stream) else { continue };
            restore(&self.log, &mut world, Streams::Round(round), upto).await?;
        }
        let last = platform::feed::Feed::after(&self.log, upto.saturating_sub(1), 1).await?;
        if let Some(body) = last.first().filter(|_| upto > 0) {
            let event = Event::decode(body).map_err(|e| StartError::Damaged(e.to_string()))?;
            world.at = Some(event.envelope.at);
            self.clock.advance(event.envelope.at);
        }
        world.position = upto;
        self.world = world;
        self.heads.clear();
        self.stale = false;
        self.published.send_replace(upto);
        Ok(())
    }

    /// Works until told to stop and all that was waiting is answered.
    pub async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        loop {
            let first = tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => Some(job),
                    None => break,
                },
                () = sleep(self.timer_wait()), if self.timer_wait().is_some() => None,
            };
            let mut group: Vec<Job> = first.into_iter().collect();
            let mut commands: usize = group.iter().map(|j| j.commands.len()).sum();
            while commands < GROUP_COMMANDS_MAX {
                let Ok(job) = jobs.try_recv() else { break };
                commands += job.commands.len();
                group.push(job);
            }
            self.serve(group).await;
        }
        if let Err(error) = sqlx::Connection::close(self.appender.into_db()).await {
            tracing::warn!(%error, "ledger.close");
        }
    }

    /// How long until the timer has to act, in milliseconds; none where the clock is a script's or nothing is due.
    fn timer_wait(&self) -> Option<u64> {
        let due = self.world.next_due().filter(|_| matches!(*self.clock, Clock::System))?;
        let wait = (due.micros() - self.clock.now().micros()).max(0) / 1_000 + 1;
        Some(u64::try_from(wait).unwrap_or(0).min(TIMER_MS_MAX))
    }

    /// Decides and writes a group, and answers it. After a failure it reads its state again and tries once more,
    /// looking every command up first, so that none is written twice and none is answered wrongly.
    async fn serve(&mut self, jobs: Vec<Job>) {
        let mut detail = String::new();
        for _ in 0..2 {
            if self.stale
                && let Err(error) = self.recover().await
            {
                detail = error.to_string();
                break;
            }
            match self.attempt(&jobs).await {
                Ok(answers) => {
                    for (job, answers) in jobs.into_iter().zip(answers) {
                        // A sender that has gone away finds its answer by sending the same ids again.
                        let _ = job.reply.send(answers);
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, commands = jobs.len(), "ledger.group_failed");
                    detail = error;
                    (self.stale, self.suspect) = (true, true);
                }
            }
        }
        // The outcome must be known before anyone is answered: the state was read again, or nobody is told more
        // than that nothing is certain yet.
        for job in jobs {
            let mut answers = Vec::with_capacity(job.commands.len());
            for command in &job.commands {
                answers.push(self.answer_failed(&job.principal, command, &detail).await);
            }
            let _ = job.reply.send(answers);
        }
    }

    async fn answer_failed(&self, who: &Principal, command: &Result<Command, Rejection>, detail: &str) -> Answer {
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

    async fn attempt(&mut self, jobs: &[Job]) -> Result<Vec<Vec<Answer>>, String> {
        let mut group = Group::default();
        let mut outcomes: Vec<Vec<Outcome>> = Vec::with_capacity(jobs.len());
        let mut repeated = false;
        if jobs.is_empty() {
            self.do_what_is_due(self.clock.now(), &mut group).await?;
        }
        for job in jobs {
            let mut of_job = Vec::with_capacity(job.commands.len());
            for command in &job.commands {
                let outcome = match command {
                    Err(rejection) => Outcome::Done(Answer::refused(None, rejection)),
                    Ok(command) => self.one(job, command, &mut group).await?,
                };
                repeated |= matches!(&outcome, Outcome::Done(Answer::Accepted(_)));
                of_job.push(outcome);
            }
            outcomes.push(of_job);
        }
        let accepted: Vec<Accepted> = group.events.iter().map(|e| e.accepted.clone()).collect();
        if !group.events.is_empty() {
            self.head =
                self.appender.append(&self.head, &mut group.events).await.map_err(|e: AppendError| e.to_string())?;
            self.groups.fetch_add(1, Ordering::Relaxed);
            self.published.send_replace(self.head.position);
        }
        self.suspect &= repeated;
        if !group.closed.is_empty() || self.heads.len() > HEADS_MAX {
            self.world.forget_closed();
            self.heads.clear();
        }
        let mut answers = Vec::with_capacity(jobs.len());
        for (job, outcomes) in jobs.iter().zip(outcomes) {
            answers.push(self.answers(job, outcomes, &accepted).await?);
        }
        Ok(answers)
    }

    async fn answers(&self, job: &Job, outcomes: Vec<Outcome>, accepted: &[Accepted]) -> Result<Vec<Answer>, String> {
        let mut answers = Vec::with_capacity(outcomes.len());
        for (outcome, command) in outcomes.into_iter().zip(&job.commands) {
            answers.push(match (outcome, command) {
                (Outcome::Done(answer), _) => answer,
                (Outcome::Written(place), _) => Answer::Accepted(accepted[place].clone()),
                (Outcome::Refused(rejection), Ok(command)) => {
                    let earlier = lookup::earlier(&self.log, &job.principal, command).await?;
                    earlier.unwrap_or_else(|| Answer::refused(Some(&command.id), &rejection))
                }
                (Outcome::Refused(rejection), Err(_)) => Answer::refused(None, &rejection),
            });
        }
        Ok(answers)
    }

    /// One command's turn.
    async fn one(&mut self, job: &Job, command: &Command, group: &mut Group) -> Result<Outcome, String> {
        if let Some((place, digest, actor)) = group.by_command.get(&command.id) {
            let same = *digest == command.digest && *actor == job.principal.actor;
            return Ok(if same { Outcome::Written(*place) } else { Outcome::Done(lookup::reused(command)) });
        }
        if self.suspect
            && let Some(answer) = lookup::earlier(&self.log, &job.principal, command).await?
        {
            return Ok(Outcome::Done(answer));
        }
        let now = job.at.unwrap_or_else(|| self.clock.now());
        if let Some(last) = self.world.at.filter(|last| now.plus_micros(DRIFT_MICROS) < *last) {
            return Ok(Outcome::Refused(Rejection::ClockBehind { now, last }));
        }
        self.clock.advance(now);
        self.do_what_is_due(now, group).await?;
        for streams in reach(&command.act) {
            self.hold(streams).await?;
        }
        let at = self.world.at.map_or(now, |last| last.max(now));
        match self.write(&job.principal, at, command, group).await? {
            Ok(place) => Ok(Outcome::Written(place)),
            Err(rejection) => Ok(Outcome::Refused(rejection)),
        }
    }

    /// The timer's commands, before anyone's after their deadline.
    async fn do_what_is_due(&mut self, now: Instant, group: &mut Group) -> Result<(), String> {
        while let Some(due) = due(&self.world, now) {
            let moment = if matches!(*self.clock, Clock::System) { now } else { due.deadline };
            let at = self.world.at.map_or(moment, |last| last.max(moment));
            let written = self.write(&Principal::system(), at, &due.command, group).await?;
            written.map_err(|rejection| format!("the timer's own command was refused: {rejection}"))?;
        }
        Ok(())
    }

    /// Loads what a command reaches, if it is not held. What the group has opened is held already.
    async fn hold(&mut self, streams: Streams) -> Result<(), String> {
        let held = match &streams {
            Streams::Round(round) => self.world.rounds.contains_key(round),
            Streams::Document(kind, id) => self.world.documents.contains_key(&(*kind, id.clone())),
            Streams::Log | Streams::Grants | Streams::One(_) => true,
        };
        if held {
            return Ok(());
        }
        restore(&self.log, &mut self.world, streams, self.head.position).await.map_err(|e| e.to_string())
    }

    /// Decides a command, stamps its event, and takes it into the state and the group.
    async fn write(
        &mut self,
        principal: &Principal,
        at: Instant,
        command: &Command,
        group: &mut Group,
    ) -> Result<Result<usize, Rejection>, String> {
        let decision = match decide(&self.world, principal, at, command) {
            Ok(decision) => decision,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let (prev, last) = match group.events.last() {
            Some(last) => (Some(last.accepted.hash), last.accepted.position),
            None => (self.head.hash, self.head.position),
        };
        let stream_head = self.stream_head(&decision.stream).await?;
        let envelope = Envelope {
            actor: Actor {
                capacity: command.acting.capacity,
                id: principal.actor.clone(),
                unit: command.acting.unit.clone(),
            },
            at,
            cause: decision.cause,
            command: proto::envelope::CommandRef { digest: command.digest, id: command.id.clone() },
            id: self.ids.next(&self.origin, &command.id, at).map_err(|e| e.to_string())?,
            log: self.origin.clone(),
            position: last + 1,
            prev,
            stream: decision.stream,
            stream_prev: stream_head.map(|h| h.hash),
            version: stream_head.map_or(0, |h| h.version) + 1,
            via: principal.via.clone(),
        };
        let event = Event { envelope, fact: decision.fact };
        let body = match event.encode() {
            Ok(body) => body,
            Err(EncodeError::TooLarge(bytes)) => {
                return Ok(Err(Rejection::EventTooLarge { bytes, maximum: EVENT_BYTES_MAX }));
            }
            Err(EncodeError::Write(error)) => return Err(error.to_string()),
        };
        self.world.fold(&event).map_err(|unfit| format!("decided and unfit: {unfit}"))?;
        Ok(Ok(self.take(event, body, principal, group)))
    }

    fn take(&mut self, event: Event, body: Vec<u8>, principal: &Principal, group: &mut Group) -> usize {
        let hash = Hash::entry(&body);
        let Event { envelope: e, fact } = event;
        if let Fact::RoundClosed(f) = &fact {
            group.closed.push(f.round.clone());
        }
        self.heads.insert(e.stream.clone(), Head { version: e.version, hash });
        let place = group.events.len();
        group.by_command.insert(e.command.id.clone(), (place, e.command.digest, principal.actor.clone()));
        let accepted = Accepted {
            command: e.command.id,
            event: e.id,
            position: e.position,
            hash,
            stream: e.stream,
            version: e.version,
            at: e.at,
        };
        group.events.push(Stamped { accepted, kind: fact.kind(), body });
        place
    }

    async fn stream_head(&mut self, stream: &Stream) -> Result<Option<Head>, String> {
        if let Some(head) = self.heads.get(stream) {
            return Ok(Some(*head));
        }
        let found = self.log.stream_head(&stream.to_string()).await.map_err(|e| e.to_string())?;
        let head = found.map(|(version, hash)| Head { version, hash });
        if let Some(head) = head {
            self.heads.insert(stream.clone(), head);
        }
        Ok(head)
    }
}

async fn sleep(ms: Option<u64>) {
    tokio::time::sleep(std::time::Duration::from_millis(ms.unwrap_or(TIMER_MS_MAX))).await;
}
