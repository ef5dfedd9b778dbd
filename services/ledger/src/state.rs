//! The writer's working state: where the log ends, who may act, the open rounds. It decides commands and stamps their
//! events, ahead of what is durable by at most two groups; after a failure it is thrown away and read again.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Past, World, decide_by, due, reach, system_command_id_after};
use platform::clock::Clock;
use platform::db::At;
use platform::feed::Feed;
use platform::restore::restore;
use proto::act::log::Anchor;
use proto::envelope::CommandRef;
use proto::event::EncodeError;
use proto::fold::{Fold, Streams};
use proto::walk::Head;
use proto::{
    Act, Actor, Command, CommandId, EVENT_BYTES_MAX, Envelope, Event, Hash, Instant, Origin, Principal, Rejection,
    Stream, ViaKind,
};

use crate::group::{Group, Job, Outcome};
use crate::log::{HeadRow, Log, check_end, read_head};
use crate::lookup;
use crate::newest::Newest;
use crate::roots::Roots;
use crate::stamp::Ids;
use crate::submit::StartError;

/// How far the clock may stand behind the last event before writing is refused, in microseconds.
pub const DRIFT_MICROS: i64 = 5_000_000;
/// Stream heads that are kept in memory before they are dropped and read again on demand.
const HEADS_MAX: usize = 100_000;

/// The working state.
pub struct State {
    log: Log,
    clock: Arc<Clock>,
    origin: Origin,
    ids: Ids,
    world: World,
    head: HeadRow,
    /// The newest event of each stream that was written to; every event that is not durable yet has its stream here.
    heads: HashMap<Stream, Head>,
    /// The bodies that a reader of the log does not see yet.
    newest: Newest,
    /// Where the last groups ended that are durable.
    roots: Roots,
}

impl State {
    /// The state of a log that nothing was read of yet.
    pub fn new(log: Log, clock: Arc<Clock>, origin: Origin) -> Self {
        let head = HeadRow { position: 0, hash: None, range: proto::tree::CompactRange::default() };
        let ids = Ids::new(matches!(*clock, Clock::Scripted(_)));
        Self {
            log,
            clock,
            origin,
            ids,
            world: World::default(),
            head,
            heads: HashMap::new(),
            newest: Newest::default(),
            roots: Roots::default(),
        }
    }

    /// Reads head, powers and open rounds from the log.
    pub async fn load(&mut self, mut db: At<'_>) -> Result<(), StartError> {
        let head = read_head(db.again()).await?;
        check_end(db, &head).await?;
        let upto = head.position;
        let mut world = World::default();
        restore(&self.log, &mut world, Streams::Log, upto).await?;
        restore(&self.log, &mut world, Streams::Grants, upto).await?;
        restore(&self.log, &mut world, Streams::Cases, upto).await?;
        for stream in self.log.open_rounds().await? {
            let Ok(Stream::Round(round)) = Stream::parse(&stream) else { continue };
            restore(&self.log, &mut world, Streams::Round(round), upto).await?;
        }
        let last = self.log.after(upto.saturating_sub(1), 1).await?;
        if let Some(body) = last.first().filter(|_| upto > 0) {
            let event = Event::decode(body).map_err(|e| StartError::Damaged(e.to_string()))?;
            world.at = Some(event.envelope.at);
            self.clock.advance(event.envelope.at);
        }
        world.position = upto;
        (self.world, self.head) = (world, head);
        self.heads.clear();
        self.newest = Newest::default();
        self.roots = Roots::default();
        self.durable_to(&self.head.clone());
        Ok(())
    }

    /// Where the log ends once all that was decided is durable.
    pub fn head(&self) -> &HeadRow {
        &self.head
    }

    /// A group is durable that ended here.
    pub fn durable_to(&mut self, head: &HeadRow) {
        self.roots.remember(head.range.head());
    }

    /// Whether more is held than needed.
    pub fn is_crowded(&self) -> bool {
        self.heads.len() > HEADS_MAX
    }

    /// Forgets closed rounds and the heads of streams. Everything decided must be durable: it is read from the log again.
    pub fn tidy(&mut self) {
        self.world.forget_closed();
        self.heads.clear();
    }

    /// When the timer has to act next; never where the clock is a script's.
    pub fn next_due(&self) -> Option<Instant> {
        self.world.next_due().filter(|_| matches!(*self.clock, Clock::System))
    }

    /// Decides a job's commands into a group. `before` is the group that is being made durable; if `suspect`, each
    /// command is looked up first. The job is in the group in any case.
    ///
    /// # Errors
    /// What failed; the state and the group are then worth nothing.
    pub async fn take(
        &mut self,
        job: Job,
        group: &mut Group,
        before: Option<&Group>,
        suspect: bool,
    ) -> Result<(), String> {
        self.newest.drop_until(self.log.durable());
        let mut outcomes = Vec::with_capacity(job.commands.len());
        let mut failed = Ok(());
        for command in &job.commands {
            let outcome = match command {
                Err(rejection) => Ok(Outcome::Done(proto::Answer::refused(None, rejection))),
                Ok(command) if before.is_some_and(|b| b.has(&command.id)) => Ok(Outcome::Before),
                Ok(command) => self.one(&job, command, group, suspect).await,
            };
            match outcome {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => {
                    failed = Err(error);
                    break;
                }
            }
        }
        group.put(job, outcomes);
        failed
    }

    /// One command's turn.
    async fn one(&mut self, job: &Job, command: &Command, group: &mut Group, suspect: bool) -> Result<Outcome, String> {
        if let Some(outcome) = group.repeated(&job.principal, command) {
            return Ok(outcome);
        }
        if suspect && let Some(answer) = lookup::earlier(&self.log, &job.principal, command).await? {
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
        let past = self.read_again(&job.principal, command).await?;
        let at = self.world.at.map_or(now, |last| last.max(now));
        match self.write(&past, &job.principal, (at, command), group).await? {
            Ok(place) => Ok(Outcome::Written(place)),
            Err(rejection) => Ok(Outcome::Refused(rejection)),
        }
    }

    /// The timer's commands, before anyone's after their deadline.
    ///
    /// # Errors
    /// What failed; the state and the group are then worth nothing.
    pub async fn do_what_is_due(&mut self, now: Instant, group: &mut Group) -> Result<(), String> {
        while let Some(due) = due(&self.world, now) {
            let moment = if matches!(*self.clock, Clock::System) { now } else { due.deadline };
            let at = self.world.at.map_or(moment, |last| last.max(moment));
            let mut command = due.command;
            while group.has(&command.id) || self.is_written(&command.id).await? {
                let id = system_command_id_after(&command.id, due.deadline);
                command = Command::new(id, command.acting, command.act);
            }
            let written = self.write(&Past::default(), &Principal::system(), (at, &command), group).await?;
            written.map_err(|rejection| format!("the timer's own command was refused: {rejection}"))?;
        }
        Ok(())
    }

    /// Whether a command of this id has an event in the log.
    async fn is_written(&self, command: &CommandId) -> Result<bool, String> {
        let body = self.log.of_command(command.as_str()).await.map_err(|e| e.to_string())?;
        Ok(body.is_some())
    }

    /// Loads what a command reaches, if it is not held. What is not durable yet is held.
    async fn hold(&mut self, streams: Streams) -> Result<(), String> {
        if self.world.holds(&streams) {
            return Ok(());
        }
        restore(&self.log, &mut self.world, streams, self.head.position).await.map_err(|e| e.to_string())
    }

    /// Reads again what a command asks of the past, up to the last event that was decided.
    async fn read_again(&self, principal: &Principal, command: &Command) -> Result<Past, String> {
        let mut past = Past::default();
        if let Act::Anchor(anchor) = &command.act {
            if let Some(head) = self.roots.at(anchor.size) {
                past.take_root(head.size, head.root);
            }
            if let Some(size) = self.checkpointed(principal, anchor) {
                let root = self.roots.anywhere(&self.log, size).await.map_err(|e| e.to_string())?;
                root.into_iter().for_each(|root| past.take_root(size, root));
            }
        }
        while let Some(streams) = past.wants_for(&self.world, &command.act) {
            let mut bodies = self.log.streams(&streams, self.head.position).await.map_err(|e| e.to_string())?;
            self.newest.join(&streams, &mut bodies);
            past.take(streams, &bodies).map_err(|e| e.to_string())?;
        }
        Ok(past)
    }

    /// The size under the checkpoint in an anchor, if its root is worth reading the log for: nobody but the operator and the
    /// ledger itself makes the writer do that, and for nothing that would be refused all the same.
    fn checkpointed(&self, principal: &Principal, anchor: &Anchor) -> Option<u64> {
        let of_the_house = matches!(principal.via.kind, ViaKind::Cli | ViaKind::System);
        let known = self.roots.at(anchor.size).is_some_and(|head| head.root == anchor.root);
        if !of_the_house || !known {
            return None;
        }
        let signed = self.world.log.as_ref()?.cosigned(anchor.checkpoint.as_deref()?).ok()?;
        Some(signed.head.size).filter(|size| *size <= anchor.size)
    }

    /// Decides a command, stamps its event, and takes it into the state and the group.
    async fn write(
        &mut self,
        past: &Past,
        principal: &Principal,
        (at, command): (Instant, &Command),
        group: &mut Group,
    ) -> Result<Result<usize, Rejection>, String> {
        let decision = match decide_by(&self.world, past, principal, at, command) {
            Ok(decision) => decision,
            Err(rejection) => return Ok(Err(rejection)),
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
            command: CommandRef { digest: command.digest, id: command.id.clone() },
            id: self.ids.next(&self.origin, &command.id, at).map_err(|e| e.to_string())?,
            log: self.origin.clone(),
            position: self.head.position + 1,
            prev: self.head.hash,
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
        let hash = Hash::entry(&body);
        self.head.position += 1;
        self.newest.take(self.head.position, &body);
        self.head.hash = Some(hash);
        self.head.range.append(hash);
        self.heads.insert(event.envelope.stream.clone(), Head { version: event.envelope.version, hash });
        Ok(Ok(group.take(event, body, hash, principal.actor.clone())))
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
